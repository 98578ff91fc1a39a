"""Playback of a routine and its end: full screen, plain lines or events, with sound, voice and the journal."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from functools import partial
from typing import TYPE_CHECKING
from uuid import uuid4

import msgspec

from stretch.cli.app import App
from stretch.cli.console import is_terminal
from stretch.cli.pain_log import is_tracked
from stretch.cli.preflight import after_early_end, after_session, symptom_advice
from stretch.cli.prescribed import today_line
from stretch.cli.request import PlaybackOptions
from stretch.cli.safety import EXPECT, FIRST_SESSIONS
from stretch.core.errors import Signalled, StretchError
from stretch.core.journal.progress import encode_plan, side_results, stretch_count, stretches_done
from stretch.core.journal.record import SessionRecord
from stretch.core.planning.programs import is_hard
from stretch.core.routine import Item, Routine
from stretch.core.safety.pain import PainScores
from stretch.core.text import duration, escape_control_chars
from stretch.core.timing.phases import NS_PER_MS
from stretch.core.timing.plan_changes import can_be_replaced, with_stretch_replaced
from stretch.core.timing.session import Session, with_voice
from stretch.core.timing.timeline import Timeline, build_timeline
from stretch.player.displays import EventsDisplay, PlainDisplay, ScreenDisplay
from stretch.player.input import raise_again
from stretch.player.loop import Display, InputSource, PlaybackResult, run_screen, run_session
from stretch.storage.journal.journal import Journal
from stretch.storage.journal.recorder import BackgroundWriter, SessionRecorder
from stretch.storage.status_file import StatusFile

if TYPE_CHECKING:
    from stretch.core.safety.screening_record import PreflightResult
    from stretch.player.cue_player import CuePlayer
    from stretch.player.terminal import Terminal

FINISHED, STOPPED, SIGNALLED = 0, 3, 128
MAX_TITLE = 200

Replace = Callable[[Routine, str], Routine | None]
"""Returns a routine with another stretch instead of the one of that name; None if there is no other."""


def play_routine(
    app: App,
    routine: Routine,
    playback: PlaybackOptions,
    preflight: PreflightResult | None,
    replace: Replace = lambda routine, name: None,
) -> int:
    """Play *routine* and return the exit code: 0 finished, 3 stopped before the end, 128 + n for signal n."""
    session = Session(timeline=build_timeline(routine))
    recorder = None
    if not playback.dry_run:
        recorder = open_recorder(app, routine, new_record(app, routine, session, preflight))
    return play_session(app, session, playback, recorder, replacer=StretchReplacer(routine, replace, recorder))


def play_session(
    app: App,
    session: Session,
    playback: PlaybackOptions,
    recorder: SessionRecorder | None = None,
    status_file: StatusFile | None = None,
    replacer: StretchReplacer | None = None,
) -> int:
    """Play *session* from its position, kept by *recorder*, and return the exit code.

    The terminal is given back at the end.
    """
    replacer = replacer or StretchReplacer(None, lambda routine, name: None, recorder)
    result = Playback(app, playback, recorder, status_file, replacer).run(session)
    session = result.session
    # The journal before the words: a terminal that takes no output keeps the process waiting.
    notes = recorder.close(session) if recorder else []
    asks_pain, pain = _close(app, session, playback, recorder, notes) if recorder else (False, None)
    session, advice = _advise(app, session, recorder, notes)
    if not app.full_screen:
        app.release_terminal()
    # Under a full screen the words wait until it is left.
    app.info(summary(session), *notes, *advice)
    stopped = session.end_state == "stopped" and session.end_reason is None
    # What hurt is left out; after a wrong key it need not have hurt.
    goes_on = stopped and (not _only_hurt(session) or result.session.end_reason is not None)
    if goes_on and recorder and not recorder.problem:
        app.info("Run `stretch resume` to continue it.")
    if recorder and asks_pain:
        after_session(app, recorder, pain)
    app.release_terminal()
    if result.failure is not None:
        raise result.failure
    if result.signal is not None:
        raise_again(result.signal)
        return SIGNALLED + result.signal
    return FINISHED if session.end_state == "finished" else STOPPED


def _advise(
    app: App, session: Session, recorder: SessionRecorder | None, notes: list[str]
) -> tuple[Session, list[str]]:
    """Return *session*, and what to do if a symptom ended it; after a wrong key it ended without one, or has a note.

    If a signal ends the advice, print it with the *notes*, and raise Signalled.
    """
    if session.end_reason is None:
        return session, []
    keep = recorder is not None
    try:
        end = after_early_end(app, session.end_reason, keep=keep, full_screen=app.full_screen)
    except Signalled:
        app.info(summary(session), *notes, *symptom_advice(app, session.end_reason))
        app.release_terminal()
        raise
    if end.wrong_key and recorder:
        try:
            with Journal.open_for_writing(app.folder, app.today()) as journal:
                journal.set_stopped(recorder.session_id)
        except StretchError as error:
            return session, [f"stretch: {error}"]
    return (msgspec.structs.replace(session, end_reason=None) if end.wrong_key else session), end.advice


def _close(
    app: App,
    session: Session,
    playback: PlaybackOptions,
    recorder: SessionRecorder,
    notes: list[str],
) -> tuple[bool, int | None]:
    """Show the end of a finished session, or add to the *notes*; return whether to ask about pain, and the pain now."""
    if session.end_state != "finished" or playback.events:
        return False, None
    tracked = playback.asks(app) and is_tracked(app, session, recorder.pain_before)
    done, _ = stretches_done(session)
    if app.full_screen and done:
        pain = _show_closing_screen(app, session, playback, recorder.program, tracked=tracked)
        return pain is not None, pain
    if done and (today := today_line(app, recorder.program)):
        notes.append(today)
    if done and playback.ask and (text := _expectation(app)):
        notes.append(text)
    return tracked, None


def _show_closing_screen(
    app: App, session: Session, playback: PlaybackOptions, program: str | None, *, tracked: bool
) -> int | None:
    """Show the closing screen of a finished *session*, perhaps of a *program*; return the pain now if it was said.

    If the pain is *tracked* it is asked for, or, while the settings do not say so, it is offered to follow it.
    """
    # Imported here: sessions without a full screen do without it.
    from stretch.player import closing_screen

    items, last, figure = session.timeline.items, app.last_session(), session.timeline.resting_figure
    first_side = next((item.sides[0] for item in items if item.stretch.both_sides), None)
    terminal = app.keep_terminal(screen=True)
    figures = playback.figure_renderer(app, [figure], terminal)
    state = run_screen(
        terminal,
        closing_screen.ClosingScreen(
            done=stretch_count(session),
            active_ms=session.active_ns // NS_PER_MS,
            streak=last.streak if last else 0,
            rest_next=is_hard(items),
            next_side=first_side and ("left" if first_side == "right" else "right"),
            prescribed=today_line(app, program),
            expect=_expectation(app),
            offers_tracking=tracked and not app.settings.track_pain,
            tracks_pain=tracked and app.settings.track_pain,
        ),
        rows=partial(closing_screen.closing_rows, figures=figures, name=figure, unicode=app.theme.unicode),
        update=closing_screen.update,
        finished=closing_screen.finished,
        clock=app.clock,
        guarded=lambda state: (state.offers_tracking, state.tracks_pain),
        animate=closing_screen.animate,
    )
    if state.tracks_pain and not app.settings.track_pain:
        with app.keeping_choices():
            app.change_setting("track_pain", True)
    return state.pain


def _expectation(app: App) -> str:
    """Return what to expect, after one of the first sessions; empty after later ones."""
    sessions = app.session_count()
    return f"{app.safety.section(EXPECT).lines[sessions - 1].text}." if 0 < sessions <= FIRST_SESSIONS else ""


def _with_options(app: App, session: Session, playback: PlaybackOptions) -> Session:
    has_keys = app.input_source is not None or is_terminal(app.stdin)
    return msgspec.structs.replace(
        with_voice(session, playback.voice != "no"),
        speed=playback.speed,
        wait=playback.wait and has_keys,
        waiting=playback.wait and has_keys and session.moment.phase.kind == "prepare",
        has_keys=has_keys,
        sound=playback.sound,
    )


class StretchReplacer:
    """Replaces stretches of a session that plays *routine*, there and in its plan in the journal."""

    def __init__(self, routine: Routine | None, replace: Replace, recorder: SessionRecorder | None) -> None:
        self._routine, self._replace, self._recorder = routine, replace, recorder
        self.problem = ""
        """Why the last stretch was not replaced."""

    def __call__(self, session: Session) -> Session:
        """Return *session* with another stretch for the same purpose in place of the current one, if there is one."""
        self.problem = ""
        if self._routine is None:
            self.problem = "A resumed session keeps its stretches."
            return session
        if not can_be_replaced(session):
            self.problem = "What hurt is not replaced: press n to leave it out."
            return session
        items = self._routine.items
        index = _index_in(items, session)
        made = self._replace(self._routine, items[index].stretch.id)
        there = {item.stretch.id for item in items}
        new = next((item for item in made.items if item.stretch.id not in there), None) if made else None
        if made is None or new is None:
            self.problem = "There is no other stretch for the same purpose."
            return session
        items = (*items[:index], new, *items[index + 1 :])
        self._routine = msgspec.structs.replace(self._routine, items=items, continuity=made.continuity)
        if self._recorder is not None:
            self._recorder.replace_plan(encode_plan(self._routine))
        return with_stretch_replaced(session, new)


def _index_in(items: Sequence[Item], session: Session) -> int:
    """Return the index among the planned *items* of the current stretch; the session may lack some that hurt."""
    timeline = session.timeline
    number = timeline.stretch_numbers[session.moment.index]
    *before, name = (item.stretch.id for item in timeline.items[:number])
    return [index for index, item in enumerate(items) if item.stretch.id == name][before.count(name)]


class Playback:
    """Terminal, display, audio and recorder of one session."""

    def __init__(
        self,
        app: App,
        options: PlaybackOptions,
        recorder: SessionRecorder | None,
        status_file: StatusFile | None,
        replacer: StretchReplacer,
        adjust: Callable[[Session], Session] = lambda session: session,
    ) -> None:
        self.app, self.options, self.recorder, self.status_file = app, options, recorder, status_file
        self.replacer, self.adjust = replacer, adjust
        self.screen = app.full_screen
        self.cue_player: CuePlayer | None = None
        self._figure_problem = ""

    def run(self, session: Session) -> PlaybackResult:
        """Play *session* to its end."""
        app = self.app
        with ExitStack() as stack:
            if is_terminal(app.stdout) and not self.options.dry_run:
                from stretch.player.awake import KeepAwake

                stack.enter_context(KeepAwake())
            terminal = app.keep_terminal(screen=self.screen) if app.input_source is None else None
            if self.recorder is not None and not self.screen:
                self.recorder.on_problem = app.info
            self.cue_player = self._make_cue_player(terminal)
            if self.cue_player is not None:
                stack.callback(self.cue_player.close)
            source: InputSource | None = terminal or app.input_source
            assert source
            result = run_session(
                _with_options(app, session, self.options),
                clock=app.clock,
                source=source,
                display=self._make_display(session.timeline, terminal),
                audio=self.cue_player,
                observers=self._make_observers(stack),
                replace_stretch=self.replacer,
                adjust=self._adjust,
            )
            if self.cue_player is not None and result.session.end_state == "finished":
                self.cue_player.finish()
            return result

    def _adjust(self, session: Session) -> Session:
        session = self.adjust(session)
        return self.cue_player.with_audio_found(session) if self.cue_player else session

    def _make_cue_player(self, terminal: Terminal | None) -> CuePlayer | None:
        if self.options.dry_run or terminal is None or not is_terminal(self.app.stdout):
            return None
        from stretch.player.cue_player import CuePlayer

        # The output of --events is read by a program.
        ring_bell = (lambda times: None) if self.options.events else terminal.bell
        return CuePlayer(self.app.audio_backends, ring_bell, mode=self.options.voice, volume=self.options.volume)

    def _make_display(self, timeline: Timeline, terminal: Terminal | None) -> Display:
        if self.screen and terminal is not None:
            moves = (phase.move.id for phase in timeline.phases if phase.move)
            stretches = (item.stretch.id for item in timeline.items)
            names = [*moves, *stretches, timeline.resting_figure]
            self._figure_problem = self.options.figure_problem(self.app, terminal.answers)
            return ScreenDisplay(terminal, self.options.figure_renderer(self.app, names, terminal), self._problem)
        if self.options.events:
            return EventsDisplay(self.app.out.json_line)
        # Where the messages are read as well, the summary among them says it.
        apart = not (is_terminal(self.app.stdout) and is_terminal(self.app.stderr))
        return PlainDisplay(self.app.out.line, says_done=apart)

    def _make_observers(self, stack: ExitStack) -> list[Callable[[Session], None]]:
        """Return the observers that record the session and show it to `stretch status`; none without a recorder."""
        if self.recorder is None:
            return []
        status_file = self.status_file or StatusFile(self.app.folder, self.recorder.session_id)
        stack.callback(status_file.close)
        return [self.recorder.record, status_file.update]

    def _problem(self, session: Session) -> str | None:
        """Return the problem of the recorder, or else those of figure, sound and voice; None if all is well."""
        problem = (self.recorder.problem if self.recorder else None) or self.replacer.problem
        heard = self.cue_player.problem(session) if self.cue_player else None
        return problem or " ".join(filter(None, (self._figure_problem, heard))) or None


def summary(session: Session) -> str:
    """Return how a session ended, what was done and how long it took, and what hurt and is to be left out."""
    active = duration(session.active_ns // NS_PER_MS)
    speed = f", {session.speed} times as fast" if session.speed > 1 else ""
    done, _ = stretches_done(session)
    only_hurt = _only_hurt(session)
    ended = "Stopped" if session.end_state == "stopped" or only_hurt else "Done" if done else "Skipped"
    text = f"{ended}: {stretch_count(session)}, {active}{speed}."
    hurt = [session.timeline.phases[index] for index in session.pain_reported_at]
    if not only_hurt:
        finished = session.end_state == "finished"
        hurt = [phase for phase in hurt if finished and phase.item and phase.activity_id not in session.easier_ids]
    if hurt and session.end_reason is None:
        names, rest = dict.fromkeys(phase.name for phase in hurt), "Rest, and leave" if only_hurt else "Leave"
        text += f" What hurt: {'; '.join(names)}. {rest} {'them' if len(names) > 1 else 'it'} out today."
        text += " `stretch safety` lists when to get help."
    return text


def _only_hurt(session: Session) -> bool:
    """Return whether something hurt and no stretch was done."""
    return bool(session.painful_ids) and not stretches_done(session)[0]


def open_recorder(app: App, routine: Routine, record: SessionRecord) -> SessionRecorder:
    """Return a recorder that keeps a session of *routine* in the journal, starting with *record*."""
    open_journal = partial(Journal.open_for_writing, app.folder, app.today(), thorough=True)
    return SessionRecorder(record, BackgroundWriter(open_journal, encode_plan(routine)))


def new_record(app: App, routine: Routine, session: Session, preflight: PreflightResult | None = None) -> SessionRecord:
    """Return the record of a session that starts now; *preflight* holds the pain reported before it."""
    scores = PainScores(before=preflight.pain, spread=preflight.spread) if preflight else PainScores()
    return SessionRecord(
        id=uuid4().hex,
        started=app.now().isoformat(timespec="seconds"),
        title=escape_control_chars(routine.title)[:MAX_TITLE],
        program=routine.program,
        areas=routine.areas,
        planned_seconds=session.timeline.length_ms / 1000,
        parts=side_results(session),
        scores=scores,
    )
