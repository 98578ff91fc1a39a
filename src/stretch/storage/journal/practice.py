"""Recent practice for a request, read from a few sessions only: ten years take as long as ten days."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from datetime import date
from sqlite3 import Connection
from typing import Any

import msgspec

from stretch.core.planning.personalize import TWO_WEEKS, PastSession, RecentPractice
from stretch.core.routine import Continuity
from stretch.storage.journal import row_mapping, summary

MAX_SESSIONS = 200
"""Most sessions of two weeks that are read."""


class _Plan(msgspec.Struct):
    continuity: Continuity | None = None


def read_practice(
    connection: Connection, today: date, areas: tuple[str, ...], key: str, plan_of: Callable[[str], bytes | None]
) -> RecentPractice:
    """Return the practice up to *today* for the request with *key*, which is for *areas*.

    *plan_of* returns the plan of a session. What is known by stretch is added by the caller.
    """
    since = (today - TWO_WEEKS).isoformat()
    rows = connection.execute(
        f"""SELECT id, plan, done > 0, EXISTS (SELECT 1 FROM part WHERE session = session.key AND hurt > 0),
            day, {", ".join(row_mapping.SCORE_COLUMNS)}
        FROM session WHERE day BETWEEN ? AND ? AND areas = ? AND {row_mapping.SOUND}
        ORDER BY epoch DESC, id DESC LIMIT ?""",
        (since, today.isoformat(), msgspec.json.encode(areas).decode(), MAX_SESSIONS),
    ).fetchall()
    return RecentPractice(
        days=tuple(_days_back(summary.training_days(connection, today, "IS NOT NULL"), today - TWO_WEEKS)),
        first_side=_first_side(connection, today),
        hurtful=_hurtful(connection),
        continuity=_continuity((row for row in rows if row[4] > since), key, plan_of),
        sessions=tuple(_past_sessions(rows)),
    )


def _days_back(days: Iterable[date], last: date) -> Iterator[date]:
    """Yield *days*, the latest first, up to the first one that is not after *last*."""
    for day in days:
        yield day
        if day <= last:
            return


def _first_side(connection: Connection, today: date) -> Any:
    row = connection.execute(
        """SELECT side FROM part WHERE side IN ('left', 'right') AND session = (
            SELECT key FROM session WHERE day <= ? AND EXISTS (
                SELECT 1 FROM part WHERE session = session.key AND done > 0 AND side IN ('left', 'right')
            ) ORDER BY epoch DESC, id DESC LIMIT 1
        ) ORDER BY number LIMIT 1""",
        (today.isoformat(),),
    ).fetchone()
    return row and row[0]


def _hurtful(connection: Connection) -> tuple[str, ...]:
    rows = connection.execute(
        "SELECT stretch FROM part WHERE hurt > 0 GROUP BY stretch HAVING min(session) < max(session)"
    )
    return tuple(name for (name,) in rows)


def _continuity(rows: Iterable[tuple[Any, ...]], key: str, plan_of: Callable[[str], bytes | None]) -> Continuity | None:
    """Return what the first of *rows* with that *key* left; a plan that several sessions share is read once."""
    read = set()
    for session, plan, *_ in rows:
        if plan is not None and plan not in read:
            read.add(plan)
            with suppress(ValueError, RecursionError):
                found = msgspec.json.decode(plan_of(session) or b"{}", type=_Plan).continuity
                if found and found.key == key:
                    return found
    return None


def _past_sessions(rows: Iterable[tuple[Any, ...]]) -> Iterator[PastSession]:
    for _, _, done, hurt, *scores in rows:
        with suppress(ValueError):
            yield PastSession(done=bool(done), hurt=bool(hurt), pain=row_mapping.pain_entry(scores))
