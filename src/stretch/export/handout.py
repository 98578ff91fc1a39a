"""What stands on the sheet that a person takes home: all of it in words, for every format to lay out."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from msgspec import Struct

from stretch.core.model import Cautions, Dose, Source
from stretch.core.routine import Item, Routine
from stretch.core.safety.checklist import ChecklistSection, Outcome, SafetyData, strongest
from stretch.core.text import dose_label, duration, pluralize, side_label
from stretch.core.timing.timeline import Timeline, build_timeline
from stretch.core.vocabulary import CAUTION_LABELS, POSITION_LABELS
from stretch.export.training_frequency import DAYS, frequency_advice
from stretch.figure.colors import ColorRole
from stretch.figure.model import Figure
from stretch.figure.svg import render_svg

FIRST = ("before", "feel", "stop")
"""The parts of the checklist that are needed each time; the others say when to get help."""
LEGEND = "The striped muscle is the one that is stretched. The paler arm and leg are those further away."
EASIER_FIRST = "The easier way first, half as long"
DISCLAIMER = (
    "This is general wellness information for adults. It does not diagnose or treat anything, and it does not replace "
    "the advice of a doctor or a physiotherapist."
)
GRADES = {
    "A": "an authority or a study, read itself",
    "B": "an authority, read through a copy",
    "C": "clinic or teaching pages: technique only",
    "seed": "an article the catalog began with",
}
WEEKS = 2
DAY_LETTERS = tuple(day[:2].capitalize() for day in DAYS)
PAPER_COLORS: Mapping[ColorRole, str] = {
    ColorRole.SKIN: "#e8c09a",
    ColorRole.FAR_SKIN: "#f3e3d3",
    ColorRole.SHIRT: "#7fb3bb",
    ColorRole.LEGGINGS: "#a3abd6",
    ColorRole.FAR_LEGGINGS: "#d9dcee",
    ColorRole.HAIR: "#5a4036",
    ColorRole.ACCENT: "#d23c00",
    ColorRole.PROP: "#8a7f74",
    ColorRole.STRAP: "#14702c",
}
"""Colors of the figures on paper: pale, so that the stretched muscle is the darkest part in black and white too."""
SCORES = ("Pain before, 0 to 10", "Pain after, 0 to 10")
"""Rows of the table of days into which a number is written."""


class Card(Struct, frozen=True, kw_only=True):
    """One stretch on the sheet; `dose` and `notes` are pairs of a label and what it says."""

    number: int
    name: str
    where: str
    dose: tuple[tuple[str, str], ...]
    short: str
    """The dose in one line."""
    steps: tuple[str, ...]
    notes: tuple[tuple[str, str], ...]
    easier_for: str
    """For whom the dose is halved here and the easier way comes first; empty when it is not."""
    cautions: tuple[tuple[str, str], ...]
    sources: tuple[str, ...]
    picture: str | None = None
    """SVG, start and stretch side by side."""
    side: str = ""
    """The side that the picture shows, for a stretch that has two."""

    @property
    def captions(self) -> tuple[str, str]:
        """What the two halves of the picture show."""
        of_side = f", {self.side}" if self.side else ""
        return f"start{of_side}", f"stretch{of_side}"


class Sheet(Struct, frozen=True, kw_only=True):
    """All that is printed, in the order in which it is read; every string is plain text from anywhere."""

    title: str
    about: str
    how_often: tuple[str, ...]
    notes: tuple[str, ...]
    """What was made of an article or of cautions, and why."""
    first: tuple[ChecklistSection, ...]
    """What to mind each time."""
    help: tuple[ChecklistSection, ...]
    """When to get help, the most urgent first."""
    warm_up: tuple[tuple[str, str, str], ...]
    """Name, length and words of each move."""
    cards: tuple[Card, ...]
    settle: tuple[str, str]
    """The length, and what to do."""
    sources: tuple[Source, ...]
    again: str = ""
    """The command that plays it."""


def sheet(
    routine: Routine,
    *,
    safety: SafetyData,
    sources: Mapping[str, Source],
    figures: Mapping[str, Figure],
    rest: bool,
    again: str = "",
) -> Sheet:
    """Return what the handout of *routine* says.

    *rest* says whether rule D14 asks for rest days, *again* how to play it. Stretches without a figure have no picture.
    """
    laid_out = build_timeline(routine)
    cards = tuple(
        _card(number, item, laid_out, figures.get(item.stretch.id))
        for number, item in enumerate(routine.items, start=1)
    )
    cited = dict.fromkeys(key for card in cards for key in card.sources)
    return Sheet(
        title=routine.title,
        about=f"{pluralize(len(cards), 'stretch')}, about {_minutes(laid_out.length_ms)}",
        how_often=frequency_advice(routine, rest=rest),
        notes=routine.notes,
        first=tuple(part for name in FIRST for part in safety.checklist if part.id == name),
        help=tuple(sorted((part for part in safety.checklist if part.id not in FIRST), key=_urgency, reverse=True)),
        warm_up=tuple((move.name, duration(seconds * 1000), move.text) for move, seconds in routine.warm_up),
        cards=cards,
        settle=(duration(routine.settle_s * 1000), routine.settle_text),
        sources=tuple(sources[key] for key in cited if key in sources),
        again=again,
    )


def _urgency(part: ChecklistSection) -> tuple[int, int]:
    outcome, urgency = strongest(*((line.outcome or Outcome.GO, line.urgency) for line in part.lines))
    return outcome.strength, urgency.strength if urgency else -1


def plain(text: str) -> str:
    """Return *text* as one line without control characters: catalogs come from anywhere, and paper obeys nothing."""
    return " ".join("".join(character if character.isprintable() else " " for character in text).split())


def _card(number: int, item: Item, laid_out: Timeline, figure: Figure | None) -> Card:
    stretch = item.stretch
    return Card(
        number=number,
        name=stretch.name,
        where=_where(item),
        dose=_dose(item),
        short=dose_label(stretch, item.dose).replace(" x ", " \N{MULTIPLICATION SIGN} "),
        steps=stretch.steps,
        notes=_notes(item, laid_out),
        easier_for="; ".join(CAUTION_LABELS[tag] for tag in item.adapted),
        cautions=_cautions(stretch.cautions, item.adapted),
        sources=stretch.source,
        picture=_picture(figure, item) if figure else None,
        side=side_label(item.sides[0]),
    )


def _picture(figure: Figure, item: Item) -> str:
    return render_svg(
        figure, mirror=figure.mirrored_for(item.sides[0]), title=plain(item.stretch.name), palette=PAPER_COLORS
    )


def _where(item: Item) -> str:
    needs = [_NEEDS[thing] for thing in item.stretch.equipment if thing != "none"]
    place = POSITION_LABELS[item.position]
    return place[0].upper() + place[1:] + (f"; you need {' and '.join(needs)}" if needs else "")


_NEEDS = {"chair": "a chair", "wall": "a wall", "strap": "a belt or towel", "mat": "a mat or carpet"}


def _dose(item: Item) -> tuple[tuple[str, str], ...]:
    sides = ", then ".join(side for side in item.sides if side) or "both at once"
    return (*_amounts(item.dose), ("Sides", sides))


def _amounts(dose: Dose) -> tuple[tuple[str, str], ...]:
    repeat = ("Repeat", "once only" if dose.reps == 1 else f"{dose.reps} times")
    if dose.contract is not None:
        c = dose.contract
        press = f"{c.contract_s} s, {c.effort_pct} % effort"
        return ("Press", press), ("Let go", f"{c.release_s} s"), ("Hold", f"{c.hold_s} s"), repeat
    if dose.hold_s is None:
        return (("Move", pluralize(dose.reps, "slow breath")),)
    return ("Hold", f"{dose.hold_s} s"), repeat


def _notes(item: Item, laid_out: Timeline) -> tuple[tuple[str, str], ...]:
    stretch, moves = item.stretch, item.stretch.pace
    inhale, exhale, times = _breath(item, laid_out)
    counted = f" In {inhale}, out {exhale}, {times}." if times and not moves else ""
    notes = (
        ("Side", stretch.side_means or ""),
        ("Breathe", stretch.breath + counted),
        (f"In, {inhale}" if times else "In", moves.inhale if moves else ""),
        (f"Out, {exhale}" if times else "Out", moves.exhale if moves else ""),
        ("Half-way", stretch.halfway or ""),
        ("Not", stretch.mistake),
        ("Easier", stretch.ease_off),
    )
    return tuple((label, text[0].upper() + text[1:]) for label, text in notes if text)


def _breath(item: Item, laid_out: Timeline) -> tuple[str, str, str]:
    """Return how long a breath in and out takes, and how many fill a hold; nothing where breaths are not counted."""
    phase = next(phase for phase in laid_out.phases if phase.item is item and phase.kind in ("hold", "move"))
    if not phase.breaths or not laid_out.pattern.has_cues:
        return "", "", ""
    inhale, exhale = (f"{half / 1000:.1f}".removesuffix(".0") + " s" for half in phase.breaths[0])
    return inhale, exhale, "once" if len(phase.breaths) == 1 else f"{len(phase.breaths)} times"


def _cautions(cautions: Cautions, adapted: Collection[str]) -> tuple[tuple[str, str], ...]:
    """Return for whom not, and for whom the easier way; those it was made easier for are told elsewhere."""
    lists = (
        ("Leave it out", cautions.avoid),
        ("Easier way, half as long", [tag for tag in cautions.adapt if tag not in adapted]),
    )
    return tuple((label, "; ".join(CAUTION_LABELS[tag] for tag in listed) + ".") for label, listed in lists if listed)


def _minutes(milliseconds: int) -> str:
    return pluralize(max(1, round(milliseconds / 60_000)), "minute")
