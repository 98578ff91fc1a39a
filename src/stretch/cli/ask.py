"""Questions to a person at a terminal, one line of answer each."""

from __future__ import annotations

from collections.abc import Sequence

from stretch.cli.app import App
from stretch.core.errors import StretchError
from stretch.core.safety.checklist import Question, Safety
from stretch.core.safety.screening import Answers, owed, pain_choice

YES, NO = ("y", "yes"), ("n", "no")
NOTHING = (*NO, "none", "0")
"""What people type for Enter where Enter means that nothing fits."""
MARK = len("  1  ")
"""The columns that the number of a choice takes."""
PAIN = "K3"
"""The one question that is answered by a score."""


class NotAnswered(StretchError):
    """The input ended before the questions did; nobody is told to go ahead by default."""

    exit_code = 4


def ask_all(app: App, safety: Safety, start: Sequence[str]) -> tuple[Answers, int | None]:
    """Ask what is owed, beginning with the questions *start*; return the answers and the pain now, if it was said.

    Raises NotAnswered.
    """
    answers: dict[str, tuple[str, ...]] = {}
    pain: int | None = None
    while questions := owed(safety, answers, start):
        question = questions[0]
        if question.id == PAIN:
            pain = ask_score(app, question.text)
            answers[question.id] = (pain_choice(pain),)
        else:
            answers[question.id] = ask(app, safety, question)
    return answers, pain


def ask_score(app: App, text: str) -> int | None:
    """Ask for a score of 0 to 10; None when Enter skips it."""
    while True:
        answer = read_line(app, f"{text} Enter skips. ")
        if not answer:
            return None
        if answer.isascii() and answer.isdigit() and int(answer) <= 10:
            return int(answer)
        app.out.paragraph("A number from 0 to 10, please.")


def read_line(app: App, prompt: str) -> str:
    """Return the line a person types after *prompt*, without the spaces around it.

    Raises NotAnswered when there is no more input.
    """
    app.out.prompt(prompt)
    line = app.stdin.readline() if app.stdin else ""
    if not line:
        raise NotAnswered("Not answered, so nothing was started.")
    return line.strip().lower()


def ask(app: App, safety: Safety, question: Question) -> tuple[str, ...]:
    """Ask one question until it is answered; return the ids of the choices.

    Raises NotAnswered.
    """
    choices = safety.choices(question)
    ids = [choice.id for choice in choices]
    if set(ids) == {"yes", "no"} and not any(choice.text.strip() not in ("Yes", "No") for choice in choices):
        return (_ask_yes_or_no(app, question),)
    app.out.paragraph()
    app.out.paragraph(question.text, "bold")
    shown = [choice for choice in choices if choice.id != question.default]
    noted = _list(app, question, [choice.text for choice in shown])
    app.out.paragraph()
    while True:
        answer = read_line(app, _prompt(question, len(shown), noted))
        given = _numbers(answer, len(shown))
        if given is not None and question.many:
            return tuple(shown[number - 1].id for number in sorted({*noted, *given}))
        if given is not None and len(one := given or noted) == 1:
            return (shown[one[0] - 1].id,)
        if not answer and not noted and question.default:
            return (question.default,)
        app.out.paragraph(f"Numbers from 1 to {len(shown)}, please.")


def _numbers(answer: str, most: int) -> list[int] | None:
    """Return the numbers of 1 to *most* in *answer*, none where it says that nothing fits; None if it is unclear."""
    if not answer or answer in NOTHING:
        return []
    words = answer.replace(",", " ").split()
    if not words or not all(word.isascii() and word.isdigit() and 1 <= int(word) <= most for word in words):
        return None
    return [int(word) for word in words]


def _list(app: App, question: Question, texts: Sequence[str]) -> list[int]:
    """Print *texts* with their numbers, a window of them at a time: what scrolls away has not been asked.

    Returns the numbers said between two windows: people answer when they see what fits, not when the list ends.
    """
    from stretch.player.layout import wrap_text

    columns, lines = app.out.columns or 0, app.out.lines
    noted: list[int] = []
    used = 2
    for number, text in enumerate(texts, start=1):
        takes = len(wrap_text(text, columns - MARK)) if lines else 0
        if lines and used + takes > lines - 3:
            noted += _noted(app, number - 1)
            app.out.paragraph(question.text, "bold")
            used = 2
        app.out.paragraph(text, prefix=f"{number:>3}  ")
        used += takes
    return noted


def _noted(app: App, most: int) -> list[int]:
    while True:
        numbers = _numbers(read_line(app, "Numbers that fit, if any; Enter shows the rest. "), most)
        if numbers is not None:
            return numbers
        app.out.paragraph(f"Numbers from 1 to {most}, please, or Enter alone.")


def _ask_yes_or_no(app: App, question: Question) -> str:
    while True:
        answer = read_line(app, f"{question.text} {'[y/N]' if question.default == 'no' else '[y/n]'} ")
        if answer in YES:
            return "yes"
        if answer in NO or (not answer and question.default == "no"):
            return "no"
        app.out.paragraph("y or n, please.")


def _prompt(question: Question, count: int, noted: Sequence[int]) -> str:
    if noted:
        more = "more that fit" if question.many else "another instead"
        return f"Noted: {', '.join(map(str, noted))}. Numbers of {more}, or Enter. "
    if question.many:
        return f"Numbers of those that fit, or Enter for: {question.none}. "
    skip = ", or Enter to skip" if question.default else ""
    return f"Number 1 to {count}{skip}. "
