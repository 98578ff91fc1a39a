"""Prompts for a person at a terminal, each answered on one line."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence

from stretch.cli.app import App
from stretch.core.errors import SafetyError
from stretch.core.safety.checklist import Choice, Question
from stretch.core.safety.screening import CONFIRM, END, PAIN
from stretch.core.safety.screening_record import Answers, PreflightResult

YES, NO = ("y", "yes"), ("n", "no")
NONE = (*NO, "none", "0")
"""Words that people type instead of a bare Enter where Enter means "none of these"."""
NUMBER_WIDTH = len("  1  ")
Reader = Callable[[App, str], str]
"""Returns the line typed after a prompt."""


class InputEnded(SafetyError):
    """The input ended before the last question was answered; a missing answer never counts as "go"."""

    def __init__(self) -> None:
        super().__init__("Stopped: a question was not answered.")


class _Back(Exception):
    """The person wants the question before once more."""


def ask_all(app: App, answers: Answers, decide: Callable[[Answers], PreflightResult]) -> PreflightResult:
    """Ask until nothing is left to ask, and return the result; *decide* gets all answers after each one.

    Raise InputEnded if the person leaves or the input ends.
    """
    first, earlier = answers, list[Answers]()
    while question := (result := decide(answers)).question:
        try:
            answer = ask(app, question, answers.get(question.id, ()))
        except _Back:
            answers = earlier.pop() if earlier else answers
            continue
        earlier.append(answers)
        answers = first if (question.id, answer) == (CONFIRM, ("no",)) else {**answers, question.id: answer}
    return result


def ask_score(app: App, text: str, *, read: Reader | None = None) -> int | None:
    """Ask for a score of 0 to 10; None if it is skipped by Enter."""
    while True:
        answer = (read or read_line)(app, f"{text} (Enter skips) ")
        if not answer:
            return None
        if (score := _parse_number(answer, 10)) is not None:
            return score
        app.out.paragraph("Type a number from 0 to 10.")


def confirm(app: App, text: str, *, default: bool | None = None, read: Reader | None = None) -> bool:
    """Ask a yes-or-no question; Enter means *default* unless that is None."""
    while True:
        answer = (read or read_line)(app, f"{text} {'[y/N]' if default is False else '[y/n]'} ")
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


def _read_answer(app: App, prompt: str) -> str:
    """Return the line typed as an answer to a question of the safety check; `b` and `q` go back and leave."""
    answer = read_line(app, prompt)
    if answer in ("q", "quit"):
        raise InputEnded
    if answer in ("b", "back"):
        raise _Back
    return answer


def ask(app: App, question: Question, before: Collection[str] = ()) -> tuple[str, ...]:
    """Ask one question until it is answered; return the ids of the choices, with those chosen *before*."""
    if question.id == PAIN:
        score = ask_score(app, question.text, read=_read_answer)
        return (question.default if score is None else str(score),)
    if question.yes_or_no:
        return ("yes" if confirm(app, question.text, read=_read_answer) else "no",)
    options = [choice for choice in question.choices if choice.id != question.default]
    pages = [*_pages(app, options)]
    chosen = {number for number, choice in enumerate(options, start=1) if choice.id in before}
    app.out.paragraph()
    for number, page in enumerate(pages, start=1):
        _show(app, question.text, options, page)
        more = f"more ({number} of {len(pages)})" if number < len(pages) else ""
        chosen |= _ask_numbers(app, question, page.stop, more, chosen)
        if chosen and not question.many:
            break
    picked = tuple(options[number - 1].id for number in sorted(chosen))
    return (*picked, END) if question.many else picked or (question.default,)


def _ask_numbers(app: App, question: Question, last: int, more: str, chosen: set[int]) -> set[int]:
    """Return the numbers typed below a page that ends with the option *last*; Enter shows *more* of the options."""
    valid = "Type 1 or 2" if last == 2 else f"Type a number from 1 to {last}"
    enter = more or (("no more" if chosen else question.none.lower()) if question.many else "skip")
    required = not (more or question.many or question.default)
    prompt = "Type the numbers that apply" if question.many else valid
    for_enter = "" if required else f", or press Enter {'to' if enter == 'skip' else 'for'} {enter}"
    so_far = f"So far: {', '.join(map(str, sorted(chosen)))}. " if chosen else ""
    while True:
        answer = _read_answer(app, f"{so_far}{prompt}{for_enter}. ")
        numbers = _parse_numbers(answer, last)
        if numbers is not None and (question.many or len(numbers) == 1 or not (numbers or answer or required)):
            return {*numbers}
        app.out.paragraph(f"{valid}{'' if required else ', or only press Enter'}.")


def _parse_numbers(answer: str, last: int) -> list[int] | None:
    """Return the numbers 1 to *last* in *answer*, an empty list for "none of these", or None if it is unclear."""
    if not answer or answer in NONE:
        return []
    numbers = [_parse_number(word, last) for word in answer.replace(",", " ").split()]
    valid = [number for number in numbers if number]
    return valid if valid and len(valid) == len(numbers) else None


def _parse_number(word: str, last: int) -> int | None:
    """Return the number 0 to *last* in *word*, None if it is another text; int() raises for thousands of digits."""
    number = int(word) if len(word) <= 3 and word.isascii() and word.isdigit() else None
    return number if number is not None and number <= last else None


def _show(app: App, title: str, options: Sequence[Choice], page: range) -> None:
    """Print *title* and the numbered *options* of one page.

    A line that has scrolled out of sight has not been asked, and people answer as soon as they see a line that applies.
    """
    app.out.paragraph(title, "bold")
    for index in page:
        if options[index].heading:
            app.out.paragraph(options[index].heading, "bold", indent=1)
        app.out.paragraph(options[index].text, prefix=f"{index + 1:>3}  ")
    app.out.paragraph()


def _pages(app: App, options: Sequence[Choice]) -> Iterator[range]:
    """Yield the indexes of the *options* that fit the window together, under a title and above a prompt."""
    from stretch.player.layout import wrap_text

    columns, lines = app.out.columns or 0, app.out.lines
    first, used = 0, 2
    for index, option in enumerate(options):
        height = bool(option.heading) + len(wrap_text(option.text, columns - NUMBER_WIDTH)) if lines else 0
        if lines and used + height > lines - 3:
            yield range(first, index)
            first, used = index, 2
        used += height
    yield range(first, len(options))
