"""Prompts for a person at a terminal, each answered on one line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from stretch.cli.app import App
from stretch.core.errors import SafetyError
from stretch.core.safety.checklist import Choice, Question, SafetyData
from stretch.core.safety.screening import Answers, pain_choice, pending_questions

YES, NO = ("y", "yes"), ("n", "no")
NONE = (*NO, "none", "0")
"""Words that people type instead of a bare Enter where Enter means "none of these"."""
NUMBER_WIDTH = len("  1  ")
PAIN = "K3"
"""Id of the question that is answered by a score."""


class InputEnded(SafetyError):
    """The input ended before the last question was answered; a missing answer never counts as "go"."""


def ask_all(app: App, safety: SafetyData, start: Sequence[str], pain: int | None = None) -> tuple[Answers, int | None]:
    """Ask all questions from *start* on, but not for the *pain* if it is known.

    Return the answers and the pain now, None if skipped. Raise InputEnded.
    """
    answers: dict[str, tuple[str, ...]] = {}
    while questions := pending_questions(safety, answers, start):
        question = questions[0]
        if question.id == PAIN:
            pain = ask_score(app, question.text) if pain is None else pain
            answers[question.id] = (pain_choice(pain),)
        else:
            answers[question.id] = ask(app, safety, question)
    return answers, pain


def ask_score(app: App, text: str) -> int | None:
    """Ask for a score of 0 to 10; None if it is skipped by Enter."""
    while True:
        answer = read_line(app, f"{text} (Enter skips) ")
        if not answer:
            return None
        if (score := _parse_number(answer, 10)) is not None:
            return score
        app.out.paragraph("Type a number from 0 to 10.")


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
        raise InputEnded("Stopped: a question was not answered.")
    return line.strip().lower()


def ask(app: App, safety: SafetyData, question: Question) -> tuple[str, ...]:
    """Ask one question until it is answered; return the ids of the choices. Raise InputEnded."""
    choices = safety.choices(question)
    if {(choice.id, choice.text.strip()) for choice in choices} == {("yes", "Yes"), ("no", "No")}:
        return ("yes" if confirm(app, question.text, default=False if question.default == "no" else None) else "no",)
    options = [choice for choice in choices if choice.id != question.default]
    pages = [*_pages(app, options)]
    chosen: set[int] = set()
    app.out.paragraph()
    for number, page in enumerate(pages, start=1):
        _show(app, question.text, options, page)
        more = f"more ({number} of {len(pages)})" if number < len(pages) else ""
        chosen |= _ask_numbers(app, question, page.stop, more, chosen)
        if chosen and not question.many:
            break
    default = () if question.many else (question.default or "",)
    return tuple(options[number - 1].id for number in sorted(chosen)) or default


def _ask_numbers(app: App, question: Question, last: int, more: str, chosen: set[int]) -> set[int]:
    """Return the numbers typed below a page that ends with the option *last*; Enter shows *more* of the options."""
    valid = "Type 1 or 2" if last == 2 else f"Type a number from 1 to {last}"
    enter = more or (("no more" if chosen else question.none.lower()) if question.many else "skip")
    required = not (more or question.many or question.default)
    prompt = "Type the numbers that apply" if question.many else valid
    for_enter = "" if required else f", or press Enter {'to' if enter == 'skip' else 'for'} {enter}"
    so_far = f"So far: {', '.join(map(str, sorted(chosen)))}. " if chosen else ""
    while True:
        answer = read_line(app, f"{so_far}{prompt}{for_enter}. ")
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
