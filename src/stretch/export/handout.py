"""Contents of a handout, a routine on paper, for all formats."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping

from msgspec import Struct
from msgspec.structs import replace

from stretch.core.model import LABELS, SENTENCES, Cautions, Source
from stretch.core.planning.dosing import held_seconds
from stretch.core.prescription import frequency, period
from stretch.core.program import Prescription
from stretch.core.routine import Item, Routine
from stretch.core.safety.checklist import ChecklistSection, Outcome, SafetyData, severity
from stretch.core.text import (
    as_sentences,
    capitalized,
    duration,
    one_line,
    pluralize,
    short_date,
    side_label,
    side_note,
)
from stretch.core.timing.timeline import Timeline, build_timeline
from stretch.core.vocabulary import CAUTION_LABELS, EQUIPMENT_LABELS, POSITION_LABELS, TAG_LABELS, WEEKDAYS, Weekday
from stretch.figure.colors import PALETTES
from stretch.figure.file_format import Figure
from stretch.figure.svg import render_svg

FREQUENCY_RULE = "D12"
"""Line of the checklist in place of which a handout has `frequency_advice`."""
BOTH_SIDES_RULE = "RB7"
EACH_TIME = ("before", "feel", "stop")
"""Sections of the checklist to read each time; the others say when to get help."""
LEGEND = "The striped muscle is the one that is stretched. The paler arm and leg are those further away."
PROGRAM_HINT = re.compile(r" \((?:--|[a-z] in the session:).*\)$")
"""End of a note that names an option or a key, which paper does not have."""
EASIER_FIRST = "Start with the easier way, half as long"
EASIER_OFFERED = "Take the easier way if it bothers you; it is prescribed"
DISCLAIMER = (
    "This is general wellness information for adults. It does not diagnose or treat anything, and it does not replace "
    "the advice of a doctor or a physiotherapist."
)
GRADES = (
    "Grades. A: an authority or a study, read in the original; B: an authority, read in a copy; "
    "C: clinic or teaching pages, for technique only; no letter: an article that the catalog started from."
)
SORE = "Sore the next morning, 4 out of 10 or more? Make that day a rest day or a gentle one."
WEEKS = 2
WEEKS_HINT = "Tick what you did, and write down how much it hurt."
SCORES = ("Pain before, 0 to 10", "Pain after, 0 to 10")
"""Rows of the two weeks in which to write a number."""
Labelled = tuple[tuple[str, str], ...]
"""Pairs of a label and its text."""


class Card(Struct, frozen=True, kw_only=True):
    """One stretch on the handout."""

    number: int
    name: str
    position: str
    """Position, and the equipment needed."""
    dose: Labelled
    dose_line: str
    steps: tuple[str, ...]
    notes: Labelled
    easier: str
    """The cautions for which the dose is halved, or in spite of which it is prescribed; empty if there are none."""
    cautions: Labelled
    sources: tuple[str, ...]
    """Numbers in the list of sources."""
    picture: str | None = None
    """SVG with the start and the stretch side by side."""
    side: str = ""
    """Side that the picture shows, for a stretch that has two."""

    @property
    def captions(self) -> tuple[str, str]:
        """Captions of the two halves of the picture."""
        suffix = f", {self.side}" if self.side else ""
        return f"start{suffix}", f"stretch{suffix}"


class Handout(Struct, frozen=True, kw_only=True):
    """Everything that is printed, in reading order. The strings are untrusted plain text: each format escapes them."""

    title: str
    summary: str
    heading: Labelled
    """For whom, from whom, and a date: blanks to fill in, or what the prescription says."""
    frequency: tuple[str, ...]
    """Sentences on how often to do the routine, and for how long."""
    notes: tuple[str, ...]
    """Changes to an article or because of cautions, with the reasons."""
    each_time: tuple[ChecklistSection, ...]
    get_help: tuple[ChecklistSection, ...]
    """The most urgent first."""
    warm_up: tuple[tuple[str, str, str], ...]
    """Name, duration and instruction of each move."""
    cards: tuple[Card, ...]
    cool_down: tuple[str, str]
    """Duration and instruction."""
    sources: tuple[Source, ...]
    command: str = ""
    """Command line that plays the routine."""
    times_a_day: int = 1
    days: tuple[Weekday, ...] = WEEKDAYS
    """Days with boxes to tick."""

    @property
    def legend(self) -> str:
        """Legend of the pictures, empty if there are none."""
        return LEGEND if any(card.picture for card in self.cards) else ""


def build_handout(
    routine: Routine,
    *,
    safety: SafetyData,
    sources: Mapping[str, Source],
    figures: Mapping[str, Figure],
    rest: bool,
    command: str = "",
) -> Handout:
    """Return the handout of *routine* with its *figures*; *rest* is whether rule D14 requires rest days."""
    timeline = build_timeline(routine)
    cited = dict.fromkeys(key for item in timeline.items for key in item.stretch.source if key in sources)
    cards = tuple(
        _card(number, item, timeline, figures.get(item.stretch.id), [*cited])
        for number, item in enumerate(timeline.items, start=1)
    )
    minutes = max(1, round(timeline.length_ms / 60_000))
    expect = safety.section("expect")
    urgent = [section for section in safety.checklist if section.id not in EACH_TIME and section is not expect]
    urgent.sort(key=lambda s: max(severity(line.outcome or Outcome.GO, line.urgency) for line in s.lines), reverse=True)
    prescription = routine.prescription or Prescription()
    return Handout(
        title=routine.title,
        summary=f"{pluralize(len(cards), 'stretch')}, about {pluralize(minutes, 'minute')}",
        heading=_heading(prescription),
        frequency=(
            *frequency_advice(routine, rest=rest),
            *(f"{line.text}." for line in expect.lines if line.id != FREQUENCY_RULE),
        ),
        notes=tuple(PROGRAM_HINT.sub("", note) for note in routine.notes),
        each_time=tuple(_each_time(routine, safety.section(name)) for name in EACH_TIME),
        get_help=tuple(urgent),
        warm_up=tuple((move.name, duration(seconds * 1000), move.text) for move, seconds in routine.warm_up),
        cards=cards,
        cool_down=_end(routine),
        sources=tuple(sources[key] for key in cited),
        command=command,
        times_a_day=prescription.times_a_day or 1,
        days=prescription.named_days,
    )


def _each_time(routine: Routine, section: ChecklistSection) -> ChecklistSection:
    """Return *section* without the rule of both sides where something else is prescribed."""
    if all(len({*item.sets}) < 2 and len(item.sides) == 1 + item.stretch.both_sides for item in routine.items):
        return section
    return replace(section, lines=tuple(line for line in section.lines if line.id != BOTH_SIDES_RULE))


def _heading(prescription: Prescription) -> Labelled:
    by, review = prescription.clinician, prescription.review
    contact = ", ".join(filter(None, (by.name, by.contact))) if by else ""
    date = ("Review", short_date(review)) if review else ("Date", "")
    return ("For", prescription.patient or ""), ("From", contact), date


def _end(routine: Routine) -> tuple[str, str]:
    """Return the time and the instructions of what follows the stretches."""
    seconds = routine.settle_s + sum(length for _, length in routine.cool_down)
    texts = (*(move.text for move, _ in routine.cool_down), routine.settle_text)
    return duration(seconds * 1000), " ".join(filter(None, texts))


def frequency_advice(routine: Routine, *, rest: bool) -> tuple[str, ...]:
    """Return sentences on how often to do *routine*, the most important first: as prescribed, or rules D12-D14."""
    if routine.prescription:
        asked = routine.prescription
        goal = f"goal: {asked.goal}" if asked.goal else ""
        return *as_sentences(frequency(asked) or "as often as you agreed", goal, period(asked)), SORE
    if rest:
        aim = "Aim for 3 days a week, each followed by a rest day or a gentle day."
    elif all(item.stretch.level == "gentle" for item in routine.items):
        aim = "Aim for 5 days a week, at least 2 or 3; every day is fine too."
    else:
        aim = "Aim for 5 days a week, at least 2 or 3; rest days are fine but not needed."
    moves_only = not any(held_seconds(item.stretch, item.dose) for item in routine.items)
    return (
        aim,
        "Up to 3 short sessions a day are fine." if moves_only and not rest else "Once a day is enough.",
        f"{'' if rest else 'After 4 to 6 weeks, '}3 days a week keep what you have gained; 1 day does not.",
        SORE,
    )


def _card(number: int, item: Item, timeline: Timeline, figure: Figure | None, cited: list[str]) -> Card:
    stretch, is_left = item.stretch.for_side(item.sides[0]), item.sides[0] == "left"
    needed = " and ".join(EQUIPMENT_LABELS[thing] for thing in stretch.equipment if thing != "none")
    title = one_line(stretch.name)
    return Card(
        number=number,
        name=stretch.name,
        position=capitalized(POSITION_LABELS[item.position]) + (f"; you need {needed}" if needed else ""),
        dose=_dose(item),
        dose_line=item.dose_label.replace(" x ", " \N{MULTIPLICATION SIGN} "),
        steps=stretch.steps,
        notes=_notes(item, timeline),
        easier=_easier(EASIER_FIRST, item.adapted) or _easier(EASIER_OFFERED, item.cautions),
        cautions=_cautions(stretch.cautions, (*item.adapted, *item.cautions)),
        sources=tuple(str(cited.index(key) + 1) for key in stretch.source if key in cited),
        picture=render_svg(figure, left=is_left, title=title, palette=PALETTES["paper"]) if figure else None,
        side=side_label(item.sides[0]),
    )


def _easier(words: str, tags: Iterable[str]) -> str:
    """Return *words* with the people that the caution *tags* are for; empty without tags."""
    people = "; ".join(TAG_LABELS[tag] for tag in tags)
    return f"{words}: {people}." if people else ""


def _dose(item: Item) -> Labelled:
    dose = item.dose
    repeat = ("Repeat", "once only" if dose.reps == 1 else f"{dose.reps} times")
    if dose.contract is not None:
        c = dose.contract
        press = f"{c.contract_s} s, {c.effort_pct} % effort"
        return ("Press", press), ("Let go", f"{c.release_s} s"), ("Hold", f"{c.hold_s} s"), repeat, *_sets(item)
    if dose.hold_s is None:
        return ("Move", pluralize(dose.reps, "slow breath")), *_sets(item)
    return ("Hold", f"{dose.hold_s} s"), repeat, *_sets(item)


def _sets(item: Item) -> Iterator[tuple[str, str]]:
    """Yield the sets with the rest between them, if there are several, and the sides."""
    counts = {*item.sets}
    if len(counts) == 1:
        yield "Sets", f"{counts.pop()}, {item.rest_s} s rest"
    elif counts:
        sets = ", ".join(f"{count} {side}" for side, count in zip(item.sides, item.sets, strict=True))
        yield "Sets", f"{sets}; {item.rest_s} s rest"
    only = " only" if len(item.sides) == 1 else ""
    yield "Sides", ", then ".join(f"{side}{only}" for side in item.sides if side) or "both at once"


def _notes(item: Item, timeline: Timeline) -> Labelled:
    stretch = item.stretch.for_side(item.sides[0])
    # With one side only, the note of the item says so.
    side = side_note(item.stretch, item.sides[0]) if len(item.sides) > 1 else ""
    own = {"Note": item.note, "Later": " ".join(as_sentences(*item.later)), "Side": side}
    texts = {label: text for label, text in own.items() if text} | stretch.labelled_texts()
    inhale, exhale, times = _breath(item, timeline)
    seconds = {LABELS["inhale"]: f", {inhale}", LABELS["exhale"]: f", {exhale}"} if times else {}
    if times and not stretch.pace:
        texts[LABELS["breath"]] += f" In {inhale}, out {exhale}, {times}."
    return tuple(
        (label + seconds.get(label, ""), capitalized(text) if label in {*own, *SENTENCES} else text)
        for label, text in texts.items()
    )


def _breath(item: Item, timeline: Timeline) -> tuple[str, str, str]:
    """Return the length of a breath in and out and the number of breaths; empty if breaths are not counted."""
    phase = next(phase for phase in timeline.phases if phase.item is item and phase.kind in ("hold", "move"))
    if not phase.breaths or not timeline.pattern.has_cues:
        return "", "", ""
    inhale, exhale = (f"{half / 1000:.1f}".removesuffix(".0") + " s" for half in phase.breaths[0])
    return inhale, exhale, "once" if len(phase.breaths) == 1 else f"{len(phase.breaths)} times"


def _cautions(cautions: Cautions, known: Collection[str]) -> Labelled:
    """Return the cautions of a stretch, without those that are *known* of the person: the card says what they mean."""
    lists = (
        ("Leave it out", [tag for tag in cautions.avoid if tag not in known]),
        ("Easier way, half as long", [tag for tag in cautions.adapt if tag not in known]),
    )
    return tuple((label, "; ".join(CAUTION_LABELS[tag] for tag in tags) + ".") for label, tags in lists if tags)
