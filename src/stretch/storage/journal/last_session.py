"""The last session and the training days, read without the types of the records, which take long to load."""

from collections.abc import Iterable, Iterator
from contextlib import closing, suppress
from datetime import date, datetime
from pathlib import Path
from sqlite3 import Connection, DataError

from stretch.core.journal.streak import LastSession, current_streak
from stretch.core.text import escape_control_chars
from stretch.storage.journal.database import FILE_NAME, SOUND, open_to_read, transaction, translated_errors

_SESSIONS = f"SELECT key FROM session WHERE {SOUND} AND day <= ? ORDER BY epoch DESC, id DESC"
_SESSION = """SELECT started, title, active_seconds, done FROM session
    WHERE key = ? AND typeof(title) = 'text' AND typeof(started) = 'text' AND substr(started, 1, 10) = day"""

_TIMES = "SELECT count(*) FROM session WHERE program = ? AND day = ? AND ended = 'finished' AND done > 0"


def read_last_session(folder: Path, today: date) -> LastSession | None:
    """Return the last session up to *today*, without damaged ones; None if there is none. Raise JournalError."""
    path = folder / FILE_NAME
    with translated_errors(path), closing(open_to_read(folder)) as connection, transaction(connection, "DEFERRED"):
        for (key,) in connection.execute(_SESSIONS, (today.isoformat(),)):
            with suppress(ValueError, DataError):
                for started, title, seconds, done in connection.execute(_SESSION, (key,)):
                    datetime.fromisoformat(started)
                    streak = current_streak(training_days(connection, today), today).days
                    return LastSession(started, escape_control_chars(title), round(seconds), done > 0, streak)
    return None


def times_done(folder: Path, day: date, programs: Iterable[str]) -> dict[str, int]:
    """Return how often each of *programs* was done on a *day*, the finished sessions. Raise JournalError."""
    with translated_errors(folder / FILE_NAME), closing(open_to_read(folder)) as connection:
        return {name: connection.execute(_TIMES, (name, day.isoformat())).fetchone()[0] for name in programs}


def training_days(connection: Connection, today: date, sound: str = SOUND) -> Iterator[date]:
    """Return the days up to *today* with a stretch done, the latest first."""
    query = f"""SELECT DISTINCT day FROM session
        WHERE day <= ? AND done BETWEEN 1 AND 500 AND {sound} ORDER BY day DESC"""
    for (day,) in connection.execute(query, (today.isoformat(),)):
        with suppress(ValueError, TypeError):
            yield date.fromisoformat(day)
