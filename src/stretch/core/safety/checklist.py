"""Contents of `data/safety.yaml`: the checklist, the screening questions, and the texts for each outcome."""

from enum import Enum
from functools import cached_property

import msgspec

from stretch.core.errors import UnknownName
from stretch.core.vocabulary import TAG_LABELS, TAGS, Tag


class Outcome(Enum):
    """Result of the safety check, weakest first. Not a string, so that `<` cannot compare letters."""

    GO = "GO"
    GO_GENTLY = "GO-GENTLY"
    SEE_CLINICIAN = "SEE-CLINICIAN"
    EMERGENCY = "EMERGENCY"

    @property
    def stops(self) -> bool:
        """True for the outcomes that allow no session."""
        return self in (Outcome.SEE_CLINICIAN, Outcome.EMERGENCY)


class Urgency(Enum):
    """Time limit of SEE-CLINICIAN: no limit, within days, or the same day."""

    ROUTINE = "routine"
    SOON = "soon"
    TODAY = "today"


def severity(outcome: Outcome, urgency: Urgency | None) -> tuple[int, int]:
    """Return a sort key that grows with the outcome, and within SEE-CLINICIAN with the urgency."""
    return list(Outcome).index(outcome), list(Urgency).index(urgency) if urgency else -1


def strongest(*outcomes: tuple[Outcome, Urgency | None]) -> tuple[Outcome, Urgency | None]:
    """Return the strongest outcome, of two SEE-CLINICIAN the more urgent one; GO if there are none."""
    return max(outcomes, key=lambda pair: severity(*pair), default=(Outcome.GO, None))


class ChecklistLine(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One rule with its id, text and outcome; `source` holds citation keys."""

    id: str
    text: str
    outcome: Outcome | None = None
    urgency: Urgency | None = None
    advise_clinician: bool = False
    source: tuple[str, ...] = ()


class ChecklistSection(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One section of the checklist: heading, instruction and lines."""

    id: str
    heading: str
    action: str
    lines: tuple[ChecklistLine, ...]


class Choice(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One answer to a question, and its consequences.

    A choice with a `line` states that this line of the checklist is true; it takes the outcome, urgency and advice of
    the line, and its text unless it has its own. A `heading` stands above it and the choices after it. `then` are the
    questions that follow. `breath_off` is rule B9, `gentle_only` and `severe_pain` the middle and the top of K3,
    `wait_days` Q8 and `too_young` Q9.
    """

    id: str
    heading: str = ""
    text: str = ""
    line: str = ""
    outcome: Outcome | None = None
    urgency: Urgency | None = None
    tags: tuple[Tag, ...] = ()
    note: str = ""
    advise_clinician: bool = False
    breath_off: bool = False
    gentle_only: bool = False
    severe_pain: bool = False
    wait_days: int = 0
    too_young: bool = False
    then: tuple[str, ...] = ()


class Question(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One question: with `many` any number of choices (`none` is the text for no choice), otherwise exactly one.

    `default` is the choice for Enter; a question without one must be answered. A question is skipped if one of the
    lines in `unless` is already known to be true.
    """

    id: str
    text: str
    choices: tuple[Choice, ...]
    many: bool = False
    none: str = ""
    default: str = ""
    unless: tuple[str, ...] = ()

    @property
    def by_letter(self) -> bool:
        """True if the first letter of a choice answers it: the daily question, and those with a bare yes and no."""
        return self.id == "daily" or [choice.text for choice in self.choices] == ["Yes", "No"]


class CombinedSigns(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A line that becomes another, more serious one if any of the lines `any_of` is true as well."""

    line: str
    any_of: tuple[str, ...]
    becomes: str


class OutcomeMessages(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Texts for each outcome, one or two sentences each."""

    emergency: str
    emergency_over: str
    today: str
    soon: str
    routine: str
    lift: str
    ask_cleared: str
    check_again: str
    confirm: str
    still: str
    said: str
    changed: str
    not_finished: str
    ask_next_time: str
    unasked: str
    on_page: str
    gently: str
    go: str
    advise: str
    wait: str
    severe_pain: str
    too_young: str
    due: str


class SafetyData(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, dict=True):
    """All of `data/safety.yaml`.

    `screens` are the questions of the full check, `quick` the one under each plan, `after_illness` the extra ones after
    rule Q8, and `after_symptoms` those after a session that a symptom ended; every other question follows from a
    choice. `first_sessions` is shown before the first sessions. `trends` are the texts of rules T1-T9. `earlier` are
    the statements that stand for a record without answers.
    """

    checklist: tuple[ChecklistSection, ...]
    screens: tuple[str, ...]
    quick: tuple[str, ...]
    after_illness: tuple[str, ...]
    after_symptoms: dict[str, str]
    questions: tuple[Question, ...]
    together: tuple[CombinedSigns, ...]
    first_sessions: str
    messages: OutcomeMessages
    trends: tuple[ChecklistLine, ...]
    earlier: tuple[Choice, ...]

    @cached_property
    def lines(self) -> dict[str, ChecklistLine]:
        """The lines of the checklist by id, in the order of the file."""
        return {line.id: line for section in self.checklist for line in section.lines}

    def section(self, name: str) -> ChecklistSection:
        """Return the section with the id *name*."""
        return next(section for section in self.checklist if section.id == name)

    def question(self, name: str) -> Question:
        """Return the question with the id *name*. Raise UnknownName."""
        if name not in self._questions:
            raise UnknownName("safety question", name, self._questions)
        return self._questions[name]

    @cached_property
    def _questions(self) -> dict[str, Question]:
        return {each.id: msgspec.structs.replace(each, choices=self.choices(each)) for each in self.questions}

    def choices(self, question: Question) -> tuple[Choice, ...]:
        """Return the choices of *question*, each completed by the line that it states."""
        lines = self.lines
        return tuple(_with_line(choice, lines[choice.line]) if choice.line else choice for choice in question.choices)

    @cached_property
    def statements(self) -> dict[str, Choice]:
        """Everything that a person can be known to have said, by id, with the text to read it back."""
        found = {line.id: _with_line(Choice(id=line.id), line) for line in self.lines.values()}
        found |= {f"earlier.{choice.id}": choice for choice in self.earlier}
        found |= {f"tag.{tag}": Choice(id=tag, text=TAG_LABELS[tag], tags=(tag,)) for tag in TAGS}
        for question in self._questions.values():
            for choice in question.choices:
                text = self.lines[choice.line].text if choice.line else choice.text
                found[f"{question.id}.{choice.id}"] = msgspec.structs.replace(choice, text=text)
        return found


def _with_line(choice: Choice, line: ChecklistLine) -> Choice:
    return msgspec.structs.replace(
        choice,
        text=choice.text or line.text,
        outcome=line.outcome,
        urgency=line.urgency,
        advise_clinician=line.advise_clinician,
    )
