"""Desk moves for as long as a command runs: one short plan after the other, in one session."""

from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import partial

import msgspec

from stretch.cli.app import App
from stretch.cli.play import Playback, StretchReplacer, new_record, open_recorder, summary
from stretch.cli.preflight import after_early_end
from stretch.cli.request import DESK_MOVES, PlaybackOptions, RoutineOptions, RoutinePlanner, build_request
from stretch.core.errors import UsageError
from stretch.core.journal.progress import encode_plan
from stretch.core.routine import Routine
from stretch.core.safety.screening_record import PreflightResult
from stretch.core.timing.breathing import parse_pattern
from stretch.core.timing.phases import NS_PER_MS
from stretch.core.timing.plan_changes import ending_soon, is_last_stretch, with_more_stretches
from stretch.core.timing.session import Session
from stretch.core.timing.timeline import build_timeline
from stretch.core.vocabulary import Tag
from stretch.player.loop import PlaybackResult

AREA, MINUTES = "desk", 2.0
ENOUGH_NS = 30 * 60_000 * NS_PER_MS
"""After this time no further stretch begins, however long the command runs."""


class DeskMoves(StretchReplacer):
    """The session beside a command. Raise UsageError if the person can do none of the moves."""

    _routine: Routine
    _has_more = True

    def __init__(self, app: App, playback: PlaybackOptions, preflight: PreflightResult, avoid: tuple[Tag, ...]) -> None:
        self._app, self._playback, self._preflight = app, playback, preflight
        settings = app.settings
        options = RoutineOptions(
            areas=(AREA,),
            minutes=MINUTES,
            equipment=settings.equipment,
            level=settings.level,
            avoid=avoid,
            breath=parse_pattern(settings.breath),
            experienced=settings.experienced,
        )
        self._planner = RoutinePlanner(app, options, preflight)
        self._asked = build_request(app, options, voice=playback.voice)
        routine = msgspec.structs.replace(self._planner.plan(self._asked), title=DESK_MOVES)
        super().__init__(routine, partial(self._planner.replace, self._asked, in_place=True), None)

    def play(self, ended: Callable[[], str], name: str, *, now: bool) -> PlaybackResult:
        """Guide the moves until the command *name* has *ended* and its side is done, or *now*, or the person stops.

        *ended* returns how it has, and nothing before; the title shows this from then on.
        """
        app, routine = self._app, self._routine
        session = Session(timeline=build_timeline(routine))
        self._recorder = open_recorder(app, routine, new_record(app, routine, session, self._preflight))

        def adjust(session: Session) -> Session:
            if not (how := ended()):
                return self._with_more(session)
            session, title = ending_soon(session, now=now), f"{name} {how}"
            if session.end_state or session.timeline.title == title:
                return session
            self.problem = f"{title}. Finish this side."
            if not app.full_screen:
                app.info(self.problem)
            return msgspec.structs.replace(session, timeline=msgspec.structs.replace(session.timeline, title=title))

        try:
            result = Playback(app, self._playback, self._recorder, None, self, adjust).run(session)
            notes = self._recorder.close(result.session)
        finally:
            app.release_terminal()
        app.info(summary(result.session), *notes)
        if result.session.end_reason is not None:
            app.info(*after_early_end(app, result.session.end_reason, keep=True).advice)
        return result

    def _with_more(self, session: Session) -> Session:
        """Return *session* with another plan after its last stretch, once that has begun."""
        if not self._has_more or session.active_ns > ENOUGH_NS or session.end_state or not is_last_stretch(session):
            return session
        there = [item.stretch.id for item in session.timeline.items]
        # When all moves were done they begin anew, without what hurt and the latest.
        more = self._plan(there) or self._plan([*session.painful_ids, *there[-(len({*there}) + 1) // 2 :]])
        self._has_more = more is not None
        if more is None or self._recorder is None:
            return session
        self._routine = msgspec.structs.replace(self._routine, items=(*self._routine.items, *more.items))
        self._recorder.replace_plan(encode_plan(self._routine))
        return with_more_stretches(session, more.items)

    def _plan(self, exclude: Iterable[str]) -> Routine | None:
        asked = msgspec.structs.replace(self._asked, exclude=(*self._asked.exclude, *exclude))
        with suppress(UsageError):
            return self._planner.plan(asked)
        return None
