"""A routine played: on the full screen, or told line by line where there is none."""

from __future__ import annotations

from contextlib import ExitStack
from functools import partial
from typing import TYPE_CHECKING
from uuid import uuid4

import msgspec

from stretch.cli import plan
from stretch.cli.app import App
from stretch.cli.console import is_terminal
from stretch.cli.request import PlaybackOptions
from stretch.cli.safety import before_you_start
from stretch.core.journal.progress import side_results, stretches_done
from stretch.core.journal.record import SessionRecord
from stretch.core.routine import Routine
from stretch.core.safety.pain import PainScores
from stretch.core.text import duration, escape_control_chars
from stretch.core.timing.phases import NS_PER_MS
from stretch.core.timing.session import Session
from stretch.core.timing.timeline import Timeline, build_timeline
from stretch.player.loop import Display, InputSource, PlaybackResult, run_session
from stretch.player.recorder import SessionRecorder
from stretch.storage.journal.background_writer import BackgroundWriter
from stretch.storage.journal.journal import Journal
from stretch.storage.journal.stored_plan import encode_plan

if TYPE_CHECKING:
    from stretch.core.safety.screening_record import PreflightResult
    from stretch.figure.render import Glyphs
    from stretch.player.cue_player import CuePlayer
    from stretch.player.figure_renderer import FigureRenderer
    from stretch.player.terminal import Terminal

FINISHED, STOPPED, SIGNALLED = 0, 3, 128
LONGEST_TITLE = 200


def play(app: App, routine: Routine, playback: PlaybackOptions, preflight: PreflightResult | None = None) -> int:
    """Play *routine* and return the exit code: 0 finished, 3 stopped before the end, 128 + n for a signal.

    *preflight* is what was said before it.
    """
    if playback.ask and not _ready(app, routine, quiet=playback.events):
        return STOPPED
    session = Session(timeline=build_timeline(routine))
    if playback.dry_run:
        return play_session(app, session, playback)
    record = new_record(app, routine, session, preflight)
    return play_session(app, session, playback, open_recorder(app, routine, record))


def play_session(app: App, session: Session, playback: PlaybackOptions, scribe: SessionRecorder | None = None) -> int:
    """Play *session* from where it is, written down by *scribe*, and return the exit code."""
    session = msgspec.structs.replace(
        session,
        speed=playback.speed,
        wait=playback.wait,
        waiting=playback.wait and session.moment.phase.kind == "prepare",
        sound=playback.sound,
        voice=playback.voice != "no",
    )
    ending = _Performance(app, playback, scribe).of(session)
    over = ending.session.over
    app.info(_summary(ending))
    for line in scribe.close(ending.session) if scribe else ():
        app.info(line)
    if scribe and not scribe.problem and over == "stopped" and ending.session.ended_for is None:
        app.info("`stretch resume` goes on with it.")
    if ending.session.ended_for is not None:
        from stretch.cli.preflight import after_early_end

        after_early_end(app, ending.session.ended_for)
    if scribe and playback.ask and over == "finished" and app.interactive and not playback.events:
        from stretch.cli.preflight import after_session

        after_session(app, scribe.session_id)
    if ending.failure is not None:
        raise ending.failure
    if ending.signal is not None:
        return SIGNALLED + ending.signal
    return FINISHED if over == "finished" else STOPPED


def _ready(app: App, routine: Routine, *, quiet: bool) -> bool:
    """Show what is coming and what to mind; return False when the person would rather not start."""
    if quiet or not app.interactive:
        before_you_start(app, to_stderr=True)
        return True
    # The plan last: on a small screen it is what should still be there when the answer is given.
    before_you_start(app)
    app.out.paragraph()
    plan.print_plan(app, routine, brief=True)
    app.out.prompt("\nEnter starts, q leaves. ")
    answer = app.stdin.readline() if app.stdin else ""
    return bool(answer) and answer.strip().lower() not in ("q", "quit", "n", "no")


class _Performance:
    """What plays along with a session: the terminal, what is seen and heard, and what is written down."""

    def __init__(self, app: App, playback: PlaybackOptions, scribe: SessionRecorder | None) -> None:
        self.app, self.playback, self.scribe = app, playback, scribe
        self.screen = app.full_screen and not playback.plain and not playback.events
        self.speaker: CuePlayer | None = None

    def of(self, session: Session) -> PlaybackResult:
        """Play *session* to its end and give everything back."""
        app = self.app
        with ExitStack() as stack:
            if is_terminal(app.stdout) and not self.playback.dry_run:
                from stretch.player.awake import KeepAwake

                stack.enter_context(KeepAwake())
            terminal = stack.enter_context(app.terminal(screen=self.screen)) if app.input_source is None else None
            if self.scribe is not None and not self.screen:
                self.scribe.on_problem = app.info
            self.speaker = self._speaker(terminal)
            if self.speaker is not None:
                stack.callback(self.speaker.close)
            display = self._display(session.timeline, terminal)
            if self.scribe is not None:
                display = self._posted(display, self.scribe.session_id, stack)
            source: InputSource | None = terminal or app.input_source
            assert source
            ending = run_session(
                session,
                clock=app.clock,
                source=source,
                display=display,
                audio=self.speaker,
                recorder=self.scribe,
            )
            if self.speaker is not None and ending.session.over == "finished":
                self.speaker.finish()
            return ending

    def _speaker(self, terminal: Terminal | None) -> CuePlayer | None:
        """Return what makes the session heard; None for a rehearsal, and where there is no terminal to hear it by."""
        playback = self.playback
        if playback.dry_run or terminal is None or not is_terminal(self.app.stdout):
            return None
        from stretch.player.cue_player import CuePlayer

        return CuePlayer(
            self.app.audio_backends,
            terminal.bell,
            sound=playback.sound,
            voice=playback.voice != "no",
            breath=playback.voice == "breath",
            volume=playback.volume,
        )

    def _display(self, laid_out: Timeline, terminal: Terminal | None) -> Display:
        if self.screen and terminal is not None:
            from stretch.player.displays import ScreenDisplay

            return ScreenDisplay(terminal, self._pictures(laid_out, terminal), self._trouble)
        if self.playback.events:
            from stretch.player.displays import EventsDisplay

            return EventsDisplay(self.app.write_line)
        from stretch.player.displays import PlainDisplay

        return PlainDisplay(self.app.write_line)

    def _pictures(self, laid_out: Timeline, terminal: Terminal) -> FigureRenderer | None:
        if self.playback.figure == "none":
            return None
        from stretch.player.figure_renderer import FigureRenderer

        moves = (phase.move.id for phase in laid_out.phases if phase.move)
        figures = self.app.figures([*moves, *(item.stretch.id for item in laid_out.items)])
        glyphs: Glyphs = "blocks" if self.playback.figure == "blocks" else "braille"
        return FigureRenderer(figures, glyphs=glyphs, colour=terminal.style.colour)

    def _posted(self, display: Display, session_id: str, stack: ExitStack) -> Display:
        """Return *display* with a status file, which `stretch status` reads."""
        from stretch.player.displays import StatusPublishingDisplay
        from stretch.storage.status_file import StatusFile

        status_file = StatusFile(self.app.folder, session_id)
        stack.callback(status_file.close)
        return StatusPublishingDisplay(display, status_file)

    def _trouble(self) -> str | None:
        """Return what is not being kept, or else cannot be heard."""
        parts = (self.scribe, self.speaker)
        return next((part.problem for part in parts if part is not None and part.problem), None)


def _summary(ending: PlaybackResult) -> str:
    session = ending.session
    done, of = stretches_done(session)
    active = duration(session.active_ns // NS_PER_MS)
    what = "Done" if session.over == "finished" else "Stopped"
    rehearsal = f", rehearsed {session.speed} times faster" if session.speed > 1 else ""
    return f"{what}: {done} of {of} stretches, {active}{rehearsal}."


def open_recorder(app: App, routine: Routine, record: SessionRecord) -> SessionRecorder:
    """Return what writes a session of *routine* down, beginning with *record*."""
    opened = partial(Journal.open_for_writing, app.folder, app.today(), thorough=True)
    return SessionRecorder(record, BackgroundWriter(opened, encode_plan(routine)))


def new_record(app: App, routine: Routine, session: Session, before: PreflightResult | None = None) -> SessionRecord:
    """Return the record of a session that begins now; *before* is what was said of the pain."""
    return SessionRecord(
        id=uuid4().hex,
        started=app.now().isoformat(timespec="seconds"),
        title=escape_control_chars(routine.title)[:LONGEST_TITLE],
        areas=routine.areas,
        planned_seconds=session.timeline.length / 1000,
        parts=side_results(session),
        scores=PainScores(before=before.pain, spread=before.spread, sudden=before.sudden) if before else PainScores(),
    )
