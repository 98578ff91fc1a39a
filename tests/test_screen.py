"""The loop of the screens outside a session: keys, the time before keys count, signals, moving pictures."""

from __future__ import annotations

import io
import signal
import sys
from collections.abc import Sequence

import pytest

from stretch.cli.app import App
from stretch.cli.interrupt import keyboard_interrupt_in
from stretch.core.errors import Signalled
from stretch.player.input import InputEvent
from stretch.player.layout import StyledLine
from stretch.player.loop import GUARD_NS, run_screen
from stretch.player.terminal import Terminal
from stretch.player.theme import Theme
from support import SECOND, FakeClock, MemoryTerminal, run

GUARD_S = GUARD_NS / SECOND


def type_words(*events: InputEvent | str | float, guarded: bool = False) -> tuple[str, MemoryTerminal]:
    """Return the text typed before a full stop, and the terminal it was typed at; each word is a view of its own."""
    clock = FakeClock()
    terminal = MemoryTerminal(clock, events)
    text = run_screen(
        terminal,
        "",
        rows=lambda state, columns, lines: [((f"{columns}x{lines} {state}", "plain"),)],
        update=lambda state, key: state if key == "?" else state + key,
        finished=lambda state: state.endswith("."),
        clock=clock,
        guarded=lambda state: state.count("/") if guarded else None,
    )
    return text, terminal


def test_keys_change_what_is_drawn_until_it_is_finished() -> None:
    text, terminal = type_words("a", "?", "b", ".")
    assert text == "ab."
    assert [row for (row,) in terminal.frames] == ["80x24 ", "80x24 a", "80x24 a", "80x24 ab"]


def test_a_resized_window_is_redrawn_without_a_key() -> None:
    clock = FakeClock()

    class Resized(MemoryTerminal):
        def read(self, timeout: float) -> InputEvent:
            self.columns -= 10
            return super().read(timeout)

    terminal = Resized(clock, (0.1, "."))
    rows = lambda state, columns, lines: [((str(columns), "plain"),)]  # noqa: E731
    run_screen(terminal, "", rows=rows, update=lambda state, key: key, finished=lambda state: state == ".", clock=clock)
    assert terminal.frames == [["80"], ["70"]]


def test_keys_typed_before_a_guarded_view_was_visible_are_ignored() -> None:
    short, long = GUARD_S - 0.02, GUARD_S + 0.02
    assert type_words("a", short, "b", 0.05, "c", "/", "d", long, "e", ".", guarded=True)[0] == "c/e."


@pytest.mark.parametrize("event", [InputEvent(suspended=True), InputEvent(frozen_ns=60 * SECOND)])
def test_a_view_has_to_be_visible_again_after_the_program_stood_still(event: InputEvent) -> None:
    assert type_words(GUARD_S, "a", event, "b", GUARD_S, ".", guarded=True)[0] == "a."


def test_a_view_has_to_be_visible_again_after_a_resize() -> None:
    clock = FakeClock()

    class Enlarged(MemoryTerminal):
        def read(self, timeout: float) -> InputEvent:
            # While it waits for the "a", so before anything is drawn in that size.
            self.columns += 10 if self.events[0] == "a" else 0
            return super().read(timeout)

    typed = run_screen(
        Enlarged(clock, (GUARD_S, "a", 0.1, "b", GUARD_S, ".")), "", rows=lambda *_: [],
        update=lambda state, key: state + key, finished=lambda state: state.endswith("."), clock=clock,
        guarded=lambda state: 1,
    )  # fmt: skip
    assert typed == "."


def test_a_view_has_to_be_visible_again_after_a_resize_between_two_frames() -> None:
    terminal = MemoryTerminal(clock := FakeClock(), (GUARD_S, 0.1, "b", GUARD_S, "."))

    def animate(state: str, elapsed_ns: int) -> str:
        terminal.columns = 80 if elapsed_ns < GUARD_NS else 90
        return state

    typed = run_screen(
        terminal, "", rows=lambda *_: [], update=lambda state, key: state + key,
        finished=lambda state: state.endswith("."), clock=clock, guarded=lambda state: 1, animate=animate,
    )  # fmt: skip
    assert typed == "."


def test_ctrl_c_does_after_a_pager_what_it_did_before() -> None:
    def handler(*_: object) -> None: ...

    before = signal.signal(signal.SIGINT, handler)
    try:
        for ignored in (False, True):
            kept = signal.SIG_IGN if ignored else handler
            signal.signal(signal.SIGINT, kept)
            seen = list[object]()
            keyboard_interrupt_in(lambda seen=seen: seen.append(signal.getsignal(signal.SIGINT)))  # type: ignore[misc]
            assert seen == [signal.SIG_IGN if ignored else signal.default_int_handler]
            assert signal.getsignal(signal.SIGINT) is kept
    finally:
        signal.signal(signal.SIGINT, before)


def test_a_view_that_the_terminal_has_not_taken_is_not_visible() -> None:
    clock = FakeClock()

    class Slow(MemoryTerminal):
        def draw(self, rows: Sequence[StyledLine]) -> bool:
            return super().draw(rows) and len(self.frames) > 3

    terminal = Slow(clock, (1.0, "a", 1.0, 1.0, "."))
    assert run_screen(
        terminal, "", rows=lambda *_: [], update=lambda state, key: state + key,
        finished=lambda state: state != "", clock=clock, guarded=lambda state: 1,
    ) == "."  # fmt: skip


def test_a_signal_ends_the_screen_after_the_last_answer_was_kept() -> None:
    kept: list[str] = []

    def update(state: str, key: str) -> str:
        kept.append(state + key)
        return kept[-1]

    clock = FakeClock()
    terminal = MemoryTerminal(clock, ("a", "b", InputEvent(signal=15), "c"))
    with pytest.raises(Signalled) as ended:
        run_screen(terminal, "", rows=lambda *_: [], update=update, finished=lambda state: False, clock=clock)
    assert ended.value.number == 15
    assert kept == ["a", "ab"]


def test_a_moving_picture_gets_the_time_since_the_screen_began() -> None:
    clock = FakeClock()
    clock.now = 99 * SECOND
    terminal = MemoryTerminal(clock, (1.0, 2.0, "."))
    begun: tuple[int, str] = (0, "")
    run_screen(
        terminal, begun, rows=lambda state, *_: [((str(state[0] // SECOND), "plain"),)],
        update=lambda state, key: (state[0], key), finished=lambda state: state[1] == ".", clock=clock,
        animate=lambda state, elapsed_ns: (elapsed_ns, state[1]),
    )  # fmt: skip
    assert terminal.frames == [["0"], ["1"], ["3"]]


def test_a_signal_at_a_screen_is_the_exit_code(monkeypatch: pytest.MonkeyPatch) -> None:
    def ended(self: App) -> None:
        raise Signalled(signal.SIGTERM)

    monkeypatch.setattr(App, "safety", property(ended))
    assert run("safety", app=App()).exit_code == 128 + signal.SIGTERM


@pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals are POSIX")
def test_a_frame_counts_as_shown_only_when_the_terminal_has_taken_it() -> None:
    import os
    import pty

    master, slave = pty.openpty()
    with Terminal(None, slave, Theme()) as terminal:
        assert terminal.draw([(("short", "plain"),)])
        assert not terminal.draw([(("more than a terminal takes at once", "plain"),)] * 5000)
    os.close(master)
    os.close(slave)


@pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals are POSIX")
def test_one_full_screen_is_shared_and_messages_wait_until_it_is_left() -> None:
    import os
    import pty

    master, slave = pty.openpty()
    os.write(master, b"\x1b[?6c")  # the terminal says at once what it is
    errors = io.StringIO()
    with open(slave, "w", closefd=False) as stream, open(slave, closefd=False) as keys:
        app = App(environ={"TERM": "xterm"}, stdin=keys, stdout=stream, stderr=errors)
        with app.terminal(screen=True) as outer:
            app.info("Saved.")
            with app.terminal(screen=True) as inner:
                assert inner is outer
            assert errors.getvalue() == ""
        assert errors.getvalue() == "Saved.\n"
        app.info("At once.")
        assert errors.getvalue() == "Saved.\nAt once.\n"
    assert os.read(master, 1 << 16).count(b"\x1b[?1049h") == 1
    os.close(master)
    os.close(slave)
