"""Questions to a person at a terminal, in windows or line by line."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from msgspec.structs import replace

from stretch.cli.app import App
from stretch.core.errors import SafetyError, UsageError
from stretch.core.safety.checklist import Question
from stretch.core.safety.screening import PAIN
from stretch.core.safety.screening_record import Answers, PreflightResult

if TYPE_CHECKING:
    from stretch.player.health_screen import HealthState, HealthWindows

YES, NO = ("y", "yes"), ("n", "no")
BACK_KEYS, CLOSING_KEYS = ("b", "B", "left", "page up"), ("enter", "space", "q", "Q", "0")
"""Keys on the page of a symptom: the key before was a wrong one, or the page is read."""
COLUMNS, LINES = 80, 1000
"""Size of a terminal that does not say how large it is."""


class InputEnded(SafetyError):
    """The input ended before the last question was answered; a missing answer never counts as "go"."""

    def __init__(self, text: str = "Stopped: a question was not answered.") -> None:
        super().__init__(text)


class PersonLeft(InputEnded):
    """The person left instead of answering, and knows it."""

    def __init__(self) -> None:
        super().__init__("")


class WentBack(Exception):
    """The person went back from the first question to what was before it."""


def show_questions(
    app: App, decide: Callable[[Answers], PreflightResult], answers: Answers, *, leads_back: bool = False
) -> PreflightResult:
    """Ask what *decide* asks after *answers*, in windows or in lines; return the result.

    Raise InputEnded, and WentBack where the first question *leads back*.
    """
    from stretch.player.health_screen import HealthWindows
    from stretch.player.loop import run_screen

    windows = HealthWindows(app.safety, decide, app.today(), leads_back, app.theme.unicode)
    state = windows.begin(answers)
    if not app.full_screen:
        state = _show_lines(app, windows, state)
    elif not state.finished:
        with app.terminal(screen=True) as terminal:
            state = run_screen(
                terminal,
                state,
                rows=windows.rows,
                update=lambda state, key: windows.update(state, key, *terminal.size()),
                finished=lambda state: state.finished,
                clock=app.clock,
                guarded=lambda state: state.view,
                animate=windows.animate,
            )
    if state.went_back:
        raise WentBack
    if state.result.question is not None:
        raise PersonLeft
    return state.result


def show_advice(app: App, texts: Sequence[str]) -> bool:
    """Show *texts* on the full screen until a key, and return whether it says that the key before was a wrong one.

    From the floor the lines of a shell are too small.
    """
    from stretch.player.closing_screen import advice_rows
    from stretch.player.loop import run_screen

    # The time since it is shown, and the key.
    start: tuple[int, str] = 0, ""
    with app.terminal(screen=True) as terminal:
        _, key = run_screen(
            terminal,
            start,
            rows=lambda state, columns, lines: advice_rows(
                texts, columns, lines, elapsed_ns=state[0], unicode=app.theme.unicode
            ),
            update=lambda state, key: (state[0], key),
            finished=lambda state: state[1] in (*BACK_KEYS, *CLOSING_KEYS),
            clock=app.clock,
            guarded=lambda state: "advice",
            animate=lambda state, elapsed_ns: (elapsed_ns, state[1]),
        )
    return key in BACK_KEYS


def _show_lines(app: App, windows: HealthWindows, state: HealthState) -> HealthState:
    """Ask in lines what *windows* ask, a window at a time."""
    shown: HealthState | None = None
    size = app.out.columns or COLUMNS, app.out.lines or LINES
    while state.result.question is not None and not state.left:
        rows = ["".join(text for text, _ in row).rstrip() for row in windows.question_rows(state, *size)]
        for row in ["", *rows] if state != shown else rows[-1:]:
            app.out.line(row)
        shown = state
        state = windows.type(state, read_line(app, "> "), *size)
    return state


def ask(app: App, question: Question) -> tuple[str, ...]:
    """Ask one question until it is answered; return the ids of the choices. Raise InputEnded."""

    def decide(answers: Answers) -> PreflightResult:
        return PreflightResult(question=None if question.id in answers else question, answers=answers)

    return show_questions(app, decide, {}).answers[question.id]


def ask_score(app: App, text: str) -> int | None:
    """Ask for a score of 0 to 10; return None if it is skipped by Enter. Raise InputEnded."""
    score = ask(app, replace(app.safety.question(PAIN), text=text))[0]
    return int(score) if score.isdecimal() else None


def confirm(app: App, text: str, instead: str) -> bool:
    """Ask a yes-or-no question; Enter means no. Raise UsageError, with what to do *instead*, without a terminal."""
    if not app.interactive:
        raise UsageError(instead)
    while (answer := read_line(app, f"{text} [y/N] ")) not in ("", *YES, *NO):
        app.out.paragraph("Type y or n.")
    return answer in YES


def read_line(app: App, prompt: str) -> str:
    """Return the line typed after *prompt*, stripped and in lower case; raise InputEnded at the end of the input."""
    app.out.prompt(prompt)
    line = app.stdin.readline() if app.stdin else ""
    if not line:
        raise InputEnded
    return line.strip().lower()
