"""A routine played: on the full screen, or told line by line where there is none."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct

from stretch.cli import plan
from stretch.cli.app import App, is_terminal
from stretch.cli.safety import before_you_start
from stretch.core import words
from stretch.core.routine import Routine
from stretch.core.timing import timeline
from stretch.core.timing.session import NS_PER_MS, Session, stretches_done
from stretch.stage.player import Ears, Ending, Face
from stretch.stage.player import play as run

if TYPE_CHECKING:
    from stretch.cli.gate import Cleared
    from stretch.core.journal.record import SessionRecord
    from stretch.figure.raster import Glyphs
    from stretch.stage.picture import Pictures
    from stretch.stage.scribe import Scribe
    from stretch.stage.speaker import Speaker
    from stretch.stage.terminal import Terminal

FINISHED, STOPPED, SIGNALLED = 0, 3, 128


class Manner(Struct, frozen=True, kw_only=True):
    """How a routine is played: what is seen and heard, how fast, and whether it waits."""

    plain: bool = False
    events: bool = False
    wait: bool = False
    speed: int = 1
    figure: str = "braille"
    sound: bool = True
    voice: str = "no"
    volume: int = 50

    @property
    def heard(self) -> bool:
        """Whether anything is to be heard at all; a rehearsal is too fast for it."""
        return self.speed == 1


def play(app: App, routine: Routine, manner: Manner, *, ask: bool, before: Cleared | None = None) -> int:
    """Play *routine* and return the exit code: 0 finished, 3 stopped before the end, 128 + n for a signal.

    *before* is what was said before it; when something may be asked, it is asked for again after the session.
    """
    session = Session(timeline=timeline.build(routine))
    if ask and not _ready(app, routine, quiet=manner.events):
        return STOPPED
    record = None
    if manner.speed == 1:
        from stretch.cli.diary import begun

        record = begun(app, routine, session, before)
    return go_on(app, routine, session, manner, record, ask=ask)


def go_on(
    app: App,
    routine: Routine,
    session: Session,
    manner: Manner,
    record: SessionRecord | None = None,
    *,
    ask: bool = False,
) -> int:
    """Play *session* of *routine* from where it is, and return the exit code; *record* is what was kept of it."""
    session = msgspec.structs.replace(
        session,
        speed=manner.speed,
        wait=manner.wait,
        waiting=manner.wait and session.moment.phase.kind == "prepare",
        sound=manner.sound,
        voice=manner.voice != "no",
    )
    scribe = _scribe(app, routine, session, manner, record)
    ending = _run(app, routine, session, manner, scribe)
    app.tell(_summary(ending))
    for line in scribe.close(ending.session) if scribe else ():
        app.tell(line)
    if ending.session.ended_for is not None:
        from stretch.cli.gate import after_ending

        after_ending(app, ending.session.ended_for)
    asks = ask and record is not None and app.interactive and not manner.events
    if asks and record and ending.session.over == "finished":
        from stretch.cli.gate import after_session

        after_session(app, record.id)
    if ending.failure is not None:
        raise ending.failure
    if ending.signal is not None:
        return SIGNALLED + ending.signal
    return FINISHED if ending.session.over == "finished" else STOPPED


def _ready(app: App, routine: Routine, *, quiet: bool) -> bool:
    """Show what is coming and what to mind; return False when the person would rather not start."""
    if quiet or not app.interactive:
        before_you_start(app, to_person=True)
        return True
    plan.print_plan(app, routine, brief=True)
    app.out.say()
    before_you_start(app)
    app.out.prompt("\nEnter starts, q leaves. ")
    answer = app.stdin.readline() if app.stdin else ""
    return bool(answer) and answer.strip().lower() not in ("q", "quit", "n", "no")


def _scribe(
    app: App, routine: Routine, session: Session, manner: Manner, record: SessionRecord | None
) -> Scribe | None:
    """Return what writes the session down; None for a rehearsal."""
    if manner.speed > 1:
        return None
    from stretch.cli.diary import scribe

    return scribe(app, routine, session, record, aside=_on_screen(app, manner))


def _on_screen(app: App, manner: Manner) -> bool:
    return app.full_screen and not manner.plain and not manner.events


def _run(app: App, routine: Routine, session: Session, manner: Manner, scribe: Scribe | None) -> Ending:
    screen = _on_screen(app, manner)
    with ExitStack() as stack:
        if is_terminal(app.stdout) and session.speed == 1:
            from stretch.stage.awake import Awake

            stack.enter_context(Awake())
        terminal = stack.enter_context(app.terminal(screen=screen)) if app.ears is None else None
        speaker = _speaker(app, manner, terminal)
        if speaker is not None:
            stack.callback(speaker.close)
        troubled = [part for part in (scribe, speaker) if part is not None]
        face = _face(app, routine, terminal if screen else None, manner, lambda: _trouble(troubled))
        if manner.heard:
            face = _posted(app, routine, face, stack)
        ears: Ears | None = terminal or app.ears
        assert ears
        ending = run(session, routine, clock=app.clock, ears=ears, face=face, voice=speaker, diary=scribe)
        if speaker is not None and ending.session.over == "finished":
            speaker.finish()
        return ending


def _speaker(app: App, manner: Manner, terminal: Terminal | None) -> Speaker | None:
    """Return what makes the session heard; None for a rehearsal, and where there is no terminal to hear it by."""
    if not manner.heard or terminal is None or not is_terminal(app.stdout):
        return None
    from stretch.stage.speaker import Speaker

    return Speaker(
        environ=app.environ,
        which=app.which,
        cache=app.cache,
        ring=terminal.ring,
        clock=app.clock,
        sound=manner.sound,
        voice=manner.voice != "no",
        breath=manner.voice == "breath",
        volume=manner.volume,
        sound_command=app.settings.sound_command,
        voice_command=app.settings.voice_command,
    )


def _pictures(app: App, routine: Routine, terminal: Terminal, figure: str) -> Pictures | None:
    if figure == "none":
        return None
    from stretch.stage.picture import Pictures

    names = [*(move.id for move, _ in routine.warm_up), *(item.stretch.id for item in routine.items)]
    glyphs: Glyphs = "blocks" if figure == "blocks" else "braille"
    return Pictures(app.figures(names), glyphs=glyphs, colour=terminal.style.colour)


def _trouble(parts: Sequence[Scribe | Speaker]) -> str | None:
    return next((part.trouble for part in parts if part.trouble), None)


def _face(
    app: App, routine: Routine, terminal: Terminal | None, manner: Manner, trouble: Callable[[], str | None]
) -> Face:
    if terminal is not None:
        from stretch.stage.screen import Screen

        pictures = _pictures(app, routine, terminal, manner.figure)
        return Screen(routine, terminal, pictures, trouble)
    if manner.events:
        from stretch.stage.events import Events

        return Events(routine, app.write_line)
    from stretch.stage.plain import Plain

    return Plain(routine, app.write_line)


def _posted(app: App, routine: Routine, face: Face, stack: ExitStack) -> Face:
    """Return *face* with a board beside it, from which `stretch status` reads."""
    from stretch.stage.posted import Posted
    from stretch.store.board import Board

    board = Board(app.folder, app.clock())
    stack.callback(board.close)
    return Posted(face, board, routine)


def _summary(ending: Ending) -> str:
    session = ending.session
    done, of = stretches_done(session)
    active = words.duration(session.active_ns // NS_PER_MS)
    what = "Done" if session.over == "finished" else "Stopped"
    rehearsal = f", rehearsed {session.speed} times faster" if session.speed > 1 else ""
    return f"{what}: {done} of {of} stretches, {active}{rehearsal}."
