"""What `data/safety.yaml` holds: the checklist, the questions of the screening, and the words for each outcome."""

from __future__ import annotations

from enum import Enum

import msgspec

from stretch.core.vocabulary import Tag


class Outcome(Enum):
    """What may happen next, weakest first; the strongest wins. Not a string, so that `<` cannot compare letters."""

    GO = "GO"
    GO_GENTLY = "GO-GENTLY"
    SEE_CLINICIAN = "SEE-CLINICIAN"
    EMERGENCY = "EMERGENCY"

    @property
    def strength(self) -> int:
        """0 for GO up to 3 for EMERGENCY."""
        return list(Outcome).index(self)

    @property
    def stops(self) -> bool:
        """True for the two outcomes that allow no session."""
        return self in (Outcome.SEE_CLINICIAN, Outcome.EMERGENCY)


class Urgency(Enum):
    """How soon SEE-CLINICIAN means, least urgent first: routine, soon is within days, today is the same day."""

    ROUTINE = "routine"
    SOON = "soon"
    TODAY = "today"

    @property
    def strength(self) -> int:
        """0 for routine up to 2 for today."""
        return list(Urgency).index(self)


def strongest(*given: tuple[Outcome, Urgency | None]) -> tuple[Outcome, Urgency | None]:
    """The outcome that wins: the strongest, and of two SEE-CLINICIAN the more urgent; GO when nothing is given."""
    return max(
        given,
        key=lambda pair: (pair[0].strength, -1 if pair[1] is None else pair[1].strength),
        default=(Outcome.GO, None),
    )


class Line(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One rule by its id, in the words a person reads, and what it leads to; `source` holds citation keys."""

    id: str
    text: str
    outcome: Outcome | None = None
    urgency: Urgency | None = None
    advise_clinician: bool = False
    source: tuple[str, ...] = ()


class Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One part of the checklist: a heading, the sentence that says what to do, and the lines."""

    id: str
    heading: str
    action: str
    lines: tuple[Line, ...]


class Choice(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One thing that can be picked, and all it leads to.

    A choice with a `line` says that this line of the checklist is true: outcome, urgency and advice are that line's,
    and so are the words where it has none of its own. `then` are the questions it leads to. `breath_off` is rule B9,
    `gentle_only` the middle of K3, `wait_days` Q8 and `too_young` Q9.
    """

    id: str
    text: str = ""
    line: str = ""
    outcome: Outcome | None = None
    urgency: Urgency | None = None
    tags: tuple[Tag, ...] = ()
    note: str = ""
    advise_clinician: bool = False
    breath_off: bool = False
    gentle_only: bool = False
    wait_days: int = 0
    too_young: bool = False
    then: tuple[str, ...] = ()


class Question(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One question: exactly one choice, or any number where `many`, and then `none` says what picking nothing means.

    `default` is the choice that Enter takes; a question without one has to be answered. A question is left out when a
    line named in `unless` is known to be true already.
    """

    id: str
    text: str
    choices: tuple[Choice, ...]
    many: bool = False
    none: str = ""
    default: str = ""
    unless: tuple[str, ...] = ()


class Together(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A line that means more when any of some others is true as well; what it then leads to is the line `becomes`."""

    line: str
    any_of: tuple[str, ...]
    becomes: str


class Messages(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What a person is told for each outcome, one sentence or two each."""

    emergency: str
    emergency_over: str
    today: str
    soon: str
    routine: str
    lift: str
    ask_cleared: str
    gently: str
    go: str
    advise: str
    wait: str
    too_young: str
    due: str
    not_enough: str


class Safety(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """All of `data/safety.yaml`.

    `screens` are the questions of the full check, `signs` those that ask for rules R01-R26, `quick` those before each
    session, and `after_illness` those that come on top after rule Q8; every other question follows from a choice.
    `trends` are the words for rules T1-T9.
    """

    checklist: tuple[Part, ...]
    screens: tuple[str, ...]
    signs: tuple[str, ...]
    quick: tuple[str, ...]
    after_illness: tuple[str, ...]
    questions: tuple[Question, ...]
    together: tuple[Together, ...]
    messages: Messages
    trends: tuple[Line, ...]

    @property
    def lines(self) -> dict[str, Line]:
        """Every line of the checklist by its id, in the order of the file."""
        return {line.id: line for part in self.checklist for line in part.lines}

    def choices(self, question: Question) -> tuple[Choice, ...]:
        """The choices of a question, each with the words and the outcome of the line it stands for."""
        lines = self.lines
        return tuple(_filled(choice, lines[choice.line]) if choice.line else choice for choice in question.choices)


def _filled(choice: Choice, line: Line) -> Choice:
    return msgspec.structs.replace(
        choice,
        text=choice.text or line.text,
        outcome=line.outcome,
        urgency=line.urgency,
        advise_clinician=line.advise_clinician,
    )
