"""Recent practice for a request, read from a few sessions only: ten years take as long as ten days."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from datetime import date
from itertools import takewhile
from sqlite3 import Connection
from typing import Any

import msgspec

from stretch.core.planning.personalize import LAST_DAYS, TWO_WEEKS, PastSession, RecentPractice
from stretch.core.routine import Continuity
from stretch.storage.journal import row_mapping
from stretch.storage.journal.database import SOUND
from stretch.storage.journal.last_session import training_days

MAX_SESSIONS = 200
"""Most sessions of two weeks that are read."""
FIRST_SIDE = """SELECT side FROM part WHERE side IN ('left', 'right') AND session = (
    SELECT key FROM session WHERE day <= ? AND EXISTS (
        SELECT 1 FROM part WHERE session = session.key AND done > 0 AND side IN ('left', 'right')
    ) ORDER BY epoch DESC, id DESC LIMIT 1
) ORDER BY number LIMIT 1"""
HURTFUL = "SELECT stretch FROM part WHERE hurt > 0 GROUP BY stretch HAVING min(session) < max(session)"
HURT_TODAY = """SELECT DISTINCT stretch FROM part JOIN session ON session.key = part.session
WHERE day = ? AND hurt > 0 AND part.done < part.planned"""
WEEK_SECONDS = """SELECT stretch, CAST(SUM(seconds) AS INTEGER) FROM part JOIN session ON session.key = part.session
WHERE day BETWEEN ? AND ? AND side IS NOT 'right' GROUP BY stretch"""
SESSIONS = f"""SELECT EXISTS (SELECT 1 FROM part WHERE session = session.key AND hurt > 0), done > 0, id, plan,
    day, {", ".join(row_mapping.SCORE_COLUMNS)}
FROM session WHERE day BETWEEN ? AND ? AND areas = ? AND {SOUND}
ORDER BY epoch DESC, id DESC LIMIT {MAX_SESSIONS}"""


PROGRAM = f"""SELECT EXISTS (SELECT 1 FROM part WHERE session = session.key AND hurt > 0),
    day, {", ".join(row_mapping.SCORE_COLUMNS)}
FROM session WHERE program = ? AND day BETWEEN ? AND ? AND ended = 'finished' AND done > 0 AND {SOUND}"""


class _Plan(msgspec.Struct):
    continuity: Continuity | None = None


def read_practice(
    connection: Connection, today: date, areas: tuple[str, ...], key: str, plan_of: Callable[[str], bytes | None]
) -> RecentPractice:
    """Return the practice up to *today* for the request with *key*, which is for *areas*.

    *plan_of* returns the plan of a session. What is known by stretch is added by the caller.
    """
    until, since = today.isoformat(), (today - TWO_WEEKS).isoformat()
    rows = connection.execute(SESSIONS, (since, until, msgspec.json.encode(areas).decode())).fetchall()
    sessions = []
    for hurt, done, _, _, *scores in rows:
        with suppress(ValueError):
            sessions.append(PastSession(done=bool(done), hurt=bool(hurt), pain=row_mapping.pain_entry(scores)))
    days = training_days(connection, today)
    return RecentPractice(
        # Whoever is no beginner has also practiced two to four weeks ago.
        days=tuple(takewhile(lambda day: day > today - 2 * TWO_WEEKS, days)),
        first_side=next((side for (side,) in connection.execute(FIRST_SIDE, (until,))), None),
        hurtful=tuple(stretch for (stretch,) in connection.execute(HURTFUL)),
        hurt_today=tuple(stretch for (stretch,) in connection.execute(HURT_TODAY, (until,))),
        continuity=_continuity((row[2:4] for row in rows if row[4] > since), key, plan_of),
        sessions=tuple(sessions),
        week_seconds=dict(connection.execute(WEEK_SECONDS, ((today - LAST_DAYS).isoformat(), until))),
    )


def read_program(connection: Connection, program: str, since: date | None, until: date) -> Iterator[PastSession]:
    """Yield the finished sessions of *program* in a span of days."""
    days = (since or date.min).isoformat(), until.isoformat()
    for hurt, *scores in connection.execute(PROGRAM, (program, *days)).fetchall():
        with suppress(ValueError):
            yield PastSession(done=True, hurt=bool(hurt), pain=row_mapping.pain_entry(scores))


def _continuity(sessions: Iterable[Any], key: str, plan_of: Callable[[str], bytes | None]) -> Continuity | None:
    """Return what the first of *sessions* with that *key* left; a plan that several of them share is read once."""
    read = set()
    for session, plan in sessions:
        if plan is not None and plan not in read:
            read.add(plan)
            with suppress(msgspec.MsgspecError):
                found = msgspec.json.decode(plan_of(session) or b"{}", type=_Plan).continuity
                if found and found.key == key:
                    return found
    return None
