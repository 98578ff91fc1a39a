"""Prompts for a person at a terminal, each answered on one line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stretch.cli.app import App
from stretch.core.errors import SafetyError
from stretch.core.safety.checklist import Question
from stretch.core.safety.screening import PAIN
from stretch.core.safety.screening_record import Answers, PreflightResult

if TYPE_CHECKING:
    from stretch.player.health_screen import HealthWindows

YES, NO = ("y", "yes"), ("n", "no")
COLUMNS, LINES = 80, 1000
"""Size of a terminal that does not say how large it is."""


class InputEnded(SafetyError):
    """The input ended before the last question was answered; a missing answer never counts as "go"."""

    def __init__(self) -> None:
        super().__init__("Stopped: a question was not answered.")


def ask_lines(app: App, windows: HealthWindows, answers: Answers) -> PreflightResult:
    """Ask in lines what *windows* ask after *answers*, a window at a time; return the result. Raise InputEnded."""
    state, shown = windows.begin(answers), None
    size = app.out.columns or COLUMNS, app.out.lines or LINES
    while state.result.question is not None and not state.left:
        rows = ["".join(text for text, _ in row).rstrip() for row in windows.question_rows(state, *size)]
        for row in ["", *rows] if state != shown else rows[-1:]:
            app.out.line(row)
        shown = state
        state = windows.type(state, read_line(app, "> "), *size)
    return state.result


def ask(app: App, question: Question) -> tuple[str, ...]:
    """Ask one question until it is answered; return the ids of the choices. Raise InputEnded."""
    from stretch.player.health_screen import HealthWindows

    windows = HealthWindows(app.safety, lambda answers: only(question, answers), app.today())
    result = ask_lines(app, windows, {})
    if result.question is not None:
        raise InputEnded
    return result.answers[question.id]


def only(question: Question, answers: Answers) -> PreflightResult:
    """Return the result after *answers* where nothing but *question* is asked."""
    return PreflightResult(question=None if question.id in answers else question, answers=answers)


def ask_score(app: App, text: str) -> int | None:
    """Ask for a score of 0 to 10; None if it is skipped by Enter."""
    return score_of(ask(app, app.safety.question(PAIN).with_text(text)))


def score_of(answer: tuple[str, ...]) -> int | None:
    """Return the score in an *answer*, None if it was skipped."""
    return int(answer[0]) if answer[0].isdecimal() else None


def confirm(app: App, text: str, *, default: bool | None = None) -> bool:
    """Ask a yes-or-no question; Enter means *default* unless that is None."""
    while True:
        answer = read_line(app, f"{text} {'[y/N]' if default is False else '[y/n]'} ")
        if answer in (*YES, *NO):
            return answer in YES
        if not answer and default is not None:
            return default
        app.out.paragraph("Type y or n.")


def read_line(app: App, prompt: str) -> str:
    """Return the line typed after *prompt*, stripped and in lower case; raise InputEnded at the end of the input."""
    app.out.prompt(prompt)
    line = app.stdin.readline() if app.stdin else ""
    if not line:
        raise InputEnded
    return line.strip().lower()
