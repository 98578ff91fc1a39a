"""Health check screen: one window for each question, answered by single keys."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from datetime import date

from msgspec import Struct
from msgspec.structs import replace

from stretch.core.safety.checklist import Choice, Outcome, Question, SafetyData
from stretch.core.safety.screening import CONFIRM, END, PAIN, STILL, choose, chosen
from stretch.core.safety.screening_record import Answers, PreflightResult, read_back, status_messages
from stretch.player.big_font import big_text
from stretch.player.layout import (
    StyledLine,
    StyledSpan,
    fit_screen,
    line_width,
    text_above_keys,
    wrap_styled,
    wrap_text,
)
from stretch.player.score_keys import SCORE_KEYS, TypedScore
from stretch.player.theme import TextRole

DIGITS = "1234567890"
"""Keys of the options of a window, in order."""
NUMBERS = tuple(str(number) for number in range(1, 11))
WORDS = {"": "enter", "yes": "y", "no": "n", "none": "n", "pain": "p", "back": "b", "quit": "q"}
"""What people type on a line instead of a key."""
MARGIN = len("  1  ")
MORE: StyledLine = (("...", TextRole.DIM),)
"""In place of rows that do not fit."""
CONFIRM_SIZE = 20, 8
"""Columns and lines from which enough of a long list of what was said is shown to confirm it."""
TOO_SMALL = "Make the window larger to go on."
"""In place of a question that does not fit."""


class HealthState(Struct, frozen=True):
    """What is shown: a question or a stop."""

    result: PreflightResult
    earlier: tuple[Answers, ...] = ()
    """The answers before each one that can be taken back."""
    page: int = 0
    """Page of a question whose options do not fit the window together."""
    typed: TypedScore = TypedScore()
    """What was typed of a pain score."""
    elapsed_ns: int = 0
    """Time since the screen began."""
    left: bool = False
    went_back: bool = False
    """Whether the person left by going back from the first question."""

    @property
    def finished(self) -> bool:
        """True when there is nothing to show any more, or the person left."""
        return self.left or not (self.result.question or self.result.causes)

    @property
    def view(self) -> Hashable:
        """What keys must not answer before it was visible for a while."""
        question = self.result.question
        return (question.id, self.page, bool(self.result.answers.get(question.id))) if question else "stop"


class HealthWindows(Struct, frozen=True):
    """The windows of one check, in which *decide* returns what follows from answers."""

    safety: SafetyData
    decide: Callable[[Answers], PreflightResult]
    today: date
    leads_back: bool = False
    """Whether there is something before the first question to go back to."""
    unicode: bool = False
    """Whether the terminal shows block characters, for large letters."""

    def begin(self, answers: Answers) -> HealthState:
        """Return the state in which *answers* are given already."""
        return self._after(HealthState(PreflightResult()), answers)

    def update(self, state: HealthState, key: str, columns: int, lines: int) -> HealthState:
        """Return *state* after *key*; the same one after a key that means nothing there.

        Where the window does not show the question whole, it can only be left.
        """
        question = state.result.question
        if key != "q" and question is not None and not self._question(state, columns, lines):
            return state
        scored = question is not None and question.id == PAIN
        typed = state.typed.after_key(key) if scored else TypedScore()
        if question is not None and typed != TypedScore():
            return self._after_typing(state, question, typed)
        state = replace(state, typed=typed) if typed != state.typed else state
        return self._press(state, key, columns, lines)

    def animate(self, state: HealthState, elapsed_ns: int) -> HealthState:
        """Return *state* at a time since the screen began."""
        return replace(state, elapsed_ns=elapsed_ns)

    def _after_typing(self, state: HealthState, question: Question, typed: TypedScore) -> HealthState:
        if typed.score is None:
            return replace(state, typed=typed)
        return self._answer(replace(state, typed=TypedScore()), question, str(typed.score), [range(0)])

    def _press(self, state: HealthState, key: str, columns: int, lines: int) -> HealthState:
        question = state.result.question
        if key == "q":
            return replace(state, left=True)
        if key == "b":
            return self._back(state)
        if question is not None:
            return self._answer(state, question, key, _pages(question, columns, lines))
        return replace(state, left=True) if key == "enter" else state

    def type(self, state: HealthState, line: str, columns: int, lines: int) -> HealthState:
        """Return *state* after a typed *line*: a key, or the numbers of all choices that fit and so no more of them."""
        question, key = state.result.question, WORDS.get(line, line)
        assert question
        options, numbers = _options(question), line.replace(",", " ").split()
        if question.many and key in ("n", "0") and key not in DIGITS[: len(options)]:
            key = "enter"
        if not (question.many and numbers and {*numbers} <= {*NUMBERS[: len(options)]}):
            return self._press(state, key, columns, lines)
        answers = state.result.answers
        for name in dict.fromkeys(options[int(number) - 1].id for number in numbers):
            if name not in answers.get(question.id, ()):
                answers = choose(self.safety, answers, question, name)
        if state.page >= len(_pages(question, columns, lines)) - 1:
            answers = choose(self.safety, answers, question, END)
        return self._after(_remember(state), answers)

    def _back(self, state: HealthState) -> HealthState:
        if state.page:
            return replace(state, page=state.page - 1)
        if state.earlier:
            return self._after(replace(state, earlier=state.earlier[:-1]), state.earlier[-1])
        if state.result.causes and state.result.question is None:
            return self._after(_remember(state), {**state.result.answers, STILL: ()})
        return replace(state, left=True, went_back=True) if self.leads_back else state

    def _answer(self, state: HealthState, question: Question, key: str, pages: Sequence[range]) -> HealthState:
        if key == "enter" and state.page < len(pages) - 1:
            return replace(state, page=state.page + 1)
        choice = _choice_of(question, key, pages[min(state.page, len(pages) - 1)])
        if choice is None:
            return state
        if question.id == CONFIRM and choice == "no":
            # After another start there is nothing to go back to: what was said is opened again.
            opened = {name: tuple(each for each in said if each != END) for name, said in state.result.answers.items()}
            return self._back(state) if state.earlier else self._after(state, opened)
        return self._after(_remember(state), choose(self.safety, state.result.answers, question, choice))

    def _after(self, state: HealthState, answers: Answers) -> HealthState:
        result = self.decide(answers)
        same = result.question == state.result.question
        return replace(state, result=result, page=state.page if same else 0)

    def rows(self, state: HealthState, columns: int, lines: int) -> list[StyledLine]:
        """Return the window of *state* for a terminal of that size."""
        if state.result.question is None:
            rows = self._stop_rows(state, columns, lines)
        elif not (rows := self._question(state, columns, lines)):
            text = [*wrap_styled(TOO_SMALL, TextRole.ALERT, columns), *_key_rows(["q: leave."], columns)]
            rows = text_above_keys(text, (), lines, state.elapsed_ns)
        return fit_screen(rows, columns, lines)

    def _question(self, state: HealthState, columns: int, lines: int) -> list[StyledLine]:
        """Return the rows of the question, none if they do not fit; only the beginning of what was said may be cut."""
        rows = self.question_rows(state, columns, lines)
        if len(rows) > lines:
            rows = [row for row in rows if row]
        question = state.result.question
        enough = columns >= CONFIRM_SIZE[0] and lines >= CONFIRM_SIZE[1]
        if question and question.id == CONFIRM and enough and len(rows) > lines:
            rows = [MORE, *rows[1 - lines :]]
        return rows if len(rows) <= lines and max(map(line_width, rows)) <= columns else []

    def question_rows(self, state: HealthState, columns: int, lines: int) -> list[StyledLine]:
        """Return the rows of the question that is asked, as many as it takes."""
        question = state.result.question
        assert question
        pages = _pages(question, columns, lines)
        number = min(state.page, len(pages) - 1)
        marked = chosen(self.safety, state.result.answers, question)
        *about, asked = question.text.split("\n")
        rows: list[StyledLine] = [row for text in about for row in (*wrap_styled(text, TextRole.PLAIN, columns), ())]
        rows += [*wrap_styled(asked, TextRole.NAME, columns), ()]
        for index in pages[number]:
            option = _options(question)[index]
            rows += _option_rows(option, index, columns, option.id in marked)
        if pages[number]:
            rows.append(())
        more = f"{number + 1} of {len(pages)}" if number < len(pages) - 1 else ""
        keys = _keys(question, pages[number], more, bool(marked))
        if state.typed.one:
            keys = ["0: 10.", "Enter: 1."]
        keys += [*["b: back."] * bool(state.page or state.earlier or self.leads_back), "q: leave."]
        return rows + _key_rows(keys, columns)

    def _stop_rows(self, state: HealthState, columns: int, lines: int) -> list[StyledLine]:
        """Return what to do, what was said, and the keys; in a window that is too small, page after page."""
        result = state.result
        assert result.record
        messages = self.safety.messages
        emergency = result.record.outcome is Outcome.EMERGENCY
        texts = (*status_messages(messages, result.record, self.today), *(() if emergency else result.notes))
        role = TextRole.ALERT
        rows: list[StyledLine] = []
        for text in texts:
            rows += [*wrap_styled(text, role, columns), ()]
            role = TextRole.PLAIN
        rows += wrap_styled(messages.said, TextRole.DIM, columns)
        for text in read_back(self.safety, result.causes):
            first, *more = wrap_text(text, columns - MARGIN)
            rows += [((line, TextRole.PLAIN),) for line in (f"  - {first}", *(f"    {line}" for line in more))]
        keys = _key_rows(["b: correct this.", "q: leave."], columns)
        title = big_text("GET HELP", TextRole.ALERT, columns, 2, self.unicode) if emergency else ()
        if title and len(title) + len(rows) + len(keys) + 1 < lines:
            # From the floor only large letters are readable.
            rows = [*title, (), *rows]
        return text_above_keys(rows, keys, lines, state.elapsed_ns)


def _remember(state: HealthState) -> HealthState:
    return replace(state, earlier=(*state.earlier, state.result.answers))


def _choice_of(question: Question, key: str, page: range) -> str | None:
    """Return the id of the choice that *key* stands for, None if it stands for none."""
    if key == "enter":
        return END if question.many else question.default or None
    ids = [choice.id for choice in question.choices]
    if question.id == PAIN:
        return key if key in ids else None
    if question.by_letter or key in ("y", "n"):
        return next((name for name in ids if name in ("yes", "no", "pain") and name[0] == key), None)
    index = DIGITS.find(key) if len(key) == 1 else -1
    return _options(question)[index].id if index in page else None


def _keys(question: Question, page: range, more: str, marked: bool) -> list[str]:
    """Return what the keys do that answer *question*; *more* is the number of the *page* if others follow."""
    if question.id == PAIN:
        return [f"{SCORE_KEYS}.", "Enter: skip."]
    if question.by_letter:
        keys = {question.default: "Enter"}
        return [f"{keys.get(choice.id, choice.id[0])}: {choice.text.lower()}." for choice in question.choices]
    digits = DIGITS[page.start : page.stop]
    numbers = f"{digits[0]} to {digits[-1]}".replace("to 0", "to 9 and 0") if len(digits) > 1 else digits
    numbers += ": more about it." if question.id in ("themes", "new") else ": this fits."
    if not question.many:
        return [numbers, *[f"Enter: more ({more})."] * bool(more), *["Enter: skip."] * bool(question.default)]
    if more:
        return [f"Enter: {'no more' if marked else question.none.lower()}, go on ({more}).", numbers]
    return ["Anything else? Enter: no." if marked else f"Enter: {question.none.lower()}.", numbers]


def _key_rows(parts: Sequence[str], columns: int) -> list[StyledLine]:
    """Return the rows about the keys, each of them bold; a part is broken only if it is wider than the window."""
    rows: list[list[StyledSpan]] = [[]]
    for part in (line for each in parts for line in wrap_text(each, columns)):
        key, colon, rest = part.partition(":")
        if rows[-1] and line_width((*rows[-1], (f"   {part}", None))) > columns:
            rows.append([])
        gap = "   " if rows[-1] else ""
        rows[-1] += [(gap + key, TextRole.KEY if colon else TextRole.DIM), (colon + rest, TextRole.DIM)]
    return [tuple(row) for row in rows]


def _option_rows(choice: Choice, index: int, columns: int, marked: bool) -> Iterator[StyledLine]:
    """Yield the rows of an option, with its number; a marked one has a star, so that it shows without color."""
    if choice.heading:
        yield ((f"  {choice.heading}", TextRole.ALERT if index == 0 else TextRole.BREATH_IN),)
    number = f"{'*' if marked else ' '} {DIGITS[index]}  "
    for line in wrap_text(choice.text, columns - MARGIN):
        yield (number, TextRole.KEY), (line, TextRole.DONE if marked else TextRole.PLAIN)
        number = " " * len(number)


def _options(question: Question) -> list[Choice]:
    """Return the numbered options of *question*, none if it is answered by a score or by letters."""
    numbered = question.id != PAIN and not question.by_letter
    return [choice for choice in question.choices if numbered and choice.id != question.default]


def _pages(question: Question, columns: int, lines: int) -> list[range]:
    """Return the indexes of the options that fit the window together."""
    options = _options(question)
    longest = ["Enter: none of these, go on (9 of 9).", "1 to 9 and 0: more about it.", "b: back.", "q: leave."]
    room = lines - len(wrap_text(question.text, columns)) - len(_key_rows(longest, columns)) - 2
    pages, start, used = [], 0, 0
    for index, option in enumerate(options):
        height = len([*_option_rows(option, 0, columns, False)])
        if used + height > room and index > start:
            pages.append(range(start, index))
            start, used = index, 0
        used += height
    return [*pages, range(start, len(options))]
