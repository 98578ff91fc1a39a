"""A report for a clinician: what was prescribed and what was done, by week, stretch and side, without any judgment."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import pairwise

from msgspec import Struct

from stretch.core.journal.record import SessionRecord, SideResult
from stretch.core.journal.streak import MAX_REST_DAYS
from stretch.core.model import Stretch
from stretch.core.program import Program
from stretch.core.routine import Item, Routine
from stretch.core.vocabulary import WEEKDAYS, Side

WEEK = timedelta(weeks=1)
HOURS = (0, 9, 12, 17, 21, 24)
"""Hours at which the parts of a day begin and end."""
Place = tuple[str, Side | None]
"""The id of a stretch, and the side."""


class Amount(Struct):
    """How often one side of a stretch was done; `prescribed` is None where nobody said how often."""

    prescribed: int | None = None
    done: int = 0
    """Times with the whole dose."""
    partly: int = 0
    seconds: float = 0.0
    eased: int = 0
    hurt: int = 0


class Row(Struct, frozen=True):
    """One side of a stretch by week, with the sum of all weeks."""

    stretch: str
    name: str
    side: Side | None
    dose: str
    """The dose in the last plan; empty without a program."""
    weeks: tuple[Amount, ...]
    total: Amount


class Week(Struct, frozen=True):
    """A week by its first day, with its sessions, and the number of them that was prescribed, if it was."""

    start: date
    records: tuple[SessionRecord, ...]
    prescribed: int | None = None
    prescribed_days: int = 0
    """The number of days for which they were prescribed."""
    kept_days: int = 0
    """The number of these days with a session."""

    @property
    def days(self) -> int:
        """The number of days with a session."""
        return len({record.day for record in self.records})


class Report(Struct, frozen=True, kw_only=True):
    """Everything on the page."""

    program: Program | None
    since: date
    until: date
    weeks: tuple[Week, ...]
    rows: tuple[Row, ...]
    hours: tuple[int, ...]
    """Sessions in each part of the day."""
    longest_streak: int
    gaps: tuple[tuple[date, date], ...]
    """First and last days without a session, where there are more than the streak forgives."""
    unfinished: tuple[SessionRecord, ...]
    """The sessions that were not played to the end."""
    pain: tuple[SessionRecord, ...]
    """The sessions with a pain score."""
    changes: tuple[tuple[date, str], ...]

    @property
    def sessions(self) -> int:
        """The number of sessions with anything done."""
        return sum(len(week.records) for week in self.weeks)

    @property
    def days(self) -> int:
        """The number of days with a session."""
        return sum(week.days for week in self.weeks)

    @property
    def seconds(self) -> float:
        """The time played."""
        return sum(record.active_seconds for week in self.weeks for record in week.records)

    @property
    def prescribed(self) -> int | None:
        """The number of sessions that were prescribed; None if nobody said how often."""
        wanted = [week.prescribed for week in self.weeks if week.prescribed is not None]
        return sum(wanted) if wanted else None


def build_report(
    records: Sequence[SessionRecord],
    plans: Iterable[tuple[date, Routine]],
    *,
    program: Program | None,
    stretches: Mapping[str, Stretch],
    since: date,
    until: date,
    today: date,
) -> Report:
    """Return the report on *records* from *since* to *until*, the earliest first; *plans* are those of the sessions.

    What is still to be done *today* does not count as prescribed.
    """
    records = [record for record in records if since <= record.day <= until and any(p.done for p in record.parts)]
    days = sorted({record.day for record in records})
    weeks, plans = tuple(_weeks(records, program, since, until, today)), [*plans]
    return Report(
        program=program,
        since=since,
        until=until,
        weeks=weeks,
        rows=tuple(_rows(weeks, program, stretches, plans[-1][1].items if plans else ())),
        hours=tuple(
            sum(first <= int(record.started[11:13]) < last for record in records) for first, last in pairwise(HOURS)
        ),
        longest_streak=_longest_streak(days),
        gaps=tuple(_gaps(days, since, until)),
        unfinished=tuple(record for record in records if record.ended != "finished"),
        pain=tuple(record for record in records if record.scores.known),
        changes=tuple(_changes(plans)) if program else (),
    )


def _weeks(
    records: Sequence[SessionRecord], program: Program | None, since: date, until: date, today: date
) -> Iterator[Week]:
    """Yield the weeks, which begin on the first day of the program, or else on Mondays."""
    first = program.starts if program and program.starts else since - timedelta(days=since.weekday())
    start = first + (since - first) // WEEK * WEEK
    while start <= until:
        days = [day for number in range(7) if since <= (day := start + timedelta(days=number)) <= until]
        done = tuple(record for record in records if record.day in days)
        if program is None or (program.days is None and program.times_a_day is None):
            yield Week(start, done)
        else:
            yield Week(start, done, *_prescribed(program, days, Counter(record.day for record in done), today))
        start += WEEK


def _prescribed(program: Program, days: Sequence[date], done: Counter[date], today: date) -> tuple[int, int, int]:
    """Return how many sessions *program* prescribes for these *days* of one week, on how many days, and those kept."""
    most = program.days if isinstance(program.days, int) else len(WEEKDAYS)
    due = [day for day in days if program.due_on(day)]
    over = min(sum(day < today for day in due), most)
    # Of the current day only what is done of it.
    now = min(done[today], program.times_a_day or 1) if today in due and over < most else 0
    kept = min(sum(day in done for day in due), most)
    return over * (program.times_a_day or 1) + now, over + bool(now), kept


def _rows(
    weeks: Sequence[Week], program: Program | None, stretches: Mapping[str, Stretch], items: Sequence[Item]
) -> Iterator[Row]:
    """Yield those of the program in its order, then what else was done, by name."""
    wanted = Counter(_places(program, stretches)) if program else Counter[Place]()
    parts = [[part for record in week.records for part in record.parts] for week in weeks]
    names = {part.stretch: part.name for week in parts for part in week}
    done = {(part.stretch, part.side) for week in parts for part in week if part.done}
    doses = {(item.stretch.id, side): item.dose_on(side) for item in items for side in item.sides}
    extra = sorted(done - wanted.keys(), key=lambda place: (names[place[0]], place[1] or ""))
    for place in [*wanted, *extra]:
        amounts = [_amount([part for part in week if (part.stretch, part.side) == place]) for week in parts]
        for amount, week in zip(amounts, weeks, strict=True):
            if week.prescribed is not None and place in wanted:
                amount.prescribed = week.prescribed * wanted[place]
        stretch, side = place
        name = stretches[stretch].name if stretch in stretches else names[stretch]
        yield Row(stretch, name, side, doses.get(place, ""), tuple(amounts), _sum(amounts))


def _places(program: Program, stretches: Mapping[str, Stretch]) -> Iterator[Place]:
    for item in program.items:
        if not stretches[item.stretch].both_sides:
            yield item.stretch, None
        elif item.sides in ("left", "right"):
            yield item.stretch, item.sides
        else:
            yield item.stretch, "left"
            yield item.stretch, "right"


def _amount(parts: Sequence[SideResult]) -> Amount:
    return Amount(
        done=sum(part.complete for part in parts),
        partly=sum(0 < part.done < part.planned for part in parts),
        seconds=sum(part.seconds for part in parts),
        eased=sum(part.eased for part in parts),
        hurt=sum(part.hurt for part in parts),
    )


def _sum(amounts: Sequence[Amount]) -> Amount:
    names = ("done", "partly", "seconds", "eased", "hurt")
    prescribed = [amount.prescribed for amount in amounts if amount.prescribed is not None]
    sums = (sum(getattr(amount, name) for amount in amounts) for name in names)
    return Amount(sum(prescribed) if prescribed else None, *sums)


def _longest_streak(days: Sequence[date]) -> int:
    longest = count = 0
    for before, day in pairwise([date.min, *days]):
        count = count + 1 if (day - before).days <= MAX_REST_DAYS + 1 else 1
        longest = max(longest, count)
    return longest


def _gaps(days: Sequence[date], since: date, until: date) -> Iterator[tuple[date, date]]:
    one = timedelta(days=1)
    for before, after in pairwise([since - one, *days, until + one]):
        if (after - before).days - 1 > MAX_REST_DAYS:
            yield before + one, after - one


def _changes(plans: Iterable[tuple[date, Routine]]) -> Iterator[tuple[date, str]]:
    """Yield what is different in each plan from the one before it."""
    before: dict[str, tuple[str, str]] = {}
    for day, plan in plans:
        now = {item.stretch.id: (item.stretch.name, item.dose_label) for item in plan.items}
        for stretch, (name, dose) in now.items():
            if before and stretch not in before:
                yield day, f"{name}: new, {dose}"
            elif before and before[stretch][1] != dose:
                yield day, f"{name}: {dose}, before {before[stretch][1]}"
        yield from ((day, f"{name}: no longer") for stretch, (name, _) in before.items() if stretch not in now)
        before = now
