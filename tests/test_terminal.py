"""The terminal over a pseudo-terminal in this process, with an emulated screen at its other end; and themes."""

from __future__ import annotations

import os
import random
import re
import select
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stretch.core.timing.session import Session
from stretch.core.timing.timeline import Cue, build_timeline
from stretch.core.vocabulary import Palette
from stretch.figure.colors import PALETTES, CellColor, ColorRole
from stretch.figure.render import octants
from stretch.player.displays import ScreenDisplay
from stretch.player.input import InputEvent
from stretch.player.layout import StyledLine, fit_width
from stretch.player.loop import run_session
from stretch.player.terminal import HANG_UP, Terminal
from stretch.player.theme import (
    Background,
    TextRole,
    Theme,
    color_depth,
    detect_background,
    text_color,
    theme_for,
)
from stretch.player.view import render_screen
from support import MS, SAMPLE, FakeClock

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals are POSIX")

if sys.platform != "win32":
    import fcntl
    import pty
    import struct
    import termios

    import pyte

ROUTINE = SAMPLE
TIMELINE = build_timeline(ROUTINE)
NO_COLOR = Theme()
END_MARK = b"\x00\x00"
"""Marks the end of a frame; a terminal ignores it."""


class TerminalPair:
    """Both ends of a pseudo-terminal, and the screen that the user sees."""

    def __init__(self) -> None:
        self.master, self.slave = pty.openpty()
        self._read = b""
        # A thread, because writing to a terminal that nobody reads would block this process.
        self._stop = threading.Event()
        self._reader = threading.Thread(target=self._drain, daemon=True)
        self._reader.start()
        self.screen = pyte.Screen(80, 24)
        self.stream = pyte.ByteStream(self.screen)
        self.raw = b""
        self.resize(80, 24)

    def resize(self, columns: int, lines: int) -> None:
        fcntl.ioctl(self.slave, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
        self.screen.resize(lines, columns)

    def _drain(self) -> None:
        while not self._stop.is_set():
            if select.select([self.master], [], [], 0.02)[0]:
                try:
                    self._read += os.read(self.master, 1 << 16)
                except OSError:
                    return

    def seen(self) -> list[str]:
        """Wait until all that was written has come through and return the rows of the screen."""
        os.write(self.slave, END_MARK)
        deadline = time.monotonic() + 10
        while not self._read.endswith(END_MARK):
            assert time.monotonic() < deadline
            time.sleep(0.0002)
        data, self._read = self._read.removesuffix(END_MARK), b""
        self.raw += data
        self.stream.feed(re.sub(rb"\x1b\[\?2026[hl]", b"", data))
        return list(self.screen.display)

    def hang_up(self) -> None:
        """Close the far end, as closing the window does."""
        self._stop.set()
        self._reader.join()
        os.close(self.master)


@pytest.fixture
def pair() -> Iterator[TerminalPair]:
    made = TerminalPair()
    yield made
    if not made._stop.is_set():
        made.hang_up()
    os.close(made.slave)


def screen_at(position: int, columns: int, lines: int) -> list[StyledLine]:
    return render_screen(Session(timeline=TIMELINE, position_ns=position * MS), columns, lines)


def text_of(rows: list[StyledLine]) -> list[str]:
    return ["".join(text for text, _ in row) for row in rows]


def test_drawn_lines_appear_on_the_screen(pair: TerminalPair) -> None:
    with Terminal(pair.slave, pair.slave, NO_COLOR) as terminal:
        for position in range(0, TIMELINE.length_ms, 7_777):
            rows = screen_at(position, 80, 24)
            terminal.draw(rows)
            assert pair.seen() == text_of(rows)


def test_an_unchanged_frame_writes_nothing_and_the_next_second_little(pair: TerminalPair) -> None:
    hold = next(phase for phase in TIMELINE.phases if phase.kind == "hold")
    with Terminal(pair.slave, pair.slave, theme_for({"COLORTERM": "truecolor"}, "utf-8")) as terminal:
        terminal.draw(screen_at(hold.start_ms, 80, 24))
        pair.seen()
        full, pair.raw = len(pair.raw), b""
        terminal.draw(screen_at(hold.start_ms, 80, 24))
        pair.seen()
        assert pair.raw == b""
        terminal.draw(screen_at(hold.start_ms + 1_000, 80, 24))
        pair.seen()
        assert 0 < len(pair.raw) < full / 3
        assert b"\x1b[2J" not in pair.raw


@pytest.mark.slow
def test_many_resizes_leave_nothing_of_old_frames(pair: TerminalPair) -> None:
    random.seed(7)
    with Terminal(pair.slave, pair.slave, NO_COLOR) as terminal:
        for step in range(40):
            columns, lines = random.randint(1, 300), random.randint(1, 100)
            pair.resize(columns, lines)
            rows = screen_at(step * 15_000, columns, lines)
            terminal.draw(rows)
            while terminal._unwritten:
                terminal.read(0.01)
            assert pair.seen() == text_of(rows)


def test_a_new_height_redraws_every_line(pair: TerminalPair) -> None:
    rows = screen_at(400_000, 80, 24)
    with Terminal(pair.slave, pair.slave, NO_COLOR) as terminal:
        terminal.draw(rows)
        pair.resize(80, 23)
        terminal.draw(rows[:23])
        assert pair.seen() == text_of(rows[:23])


def test_removing_an_accent_redraws_its_wide_character(pair: TerminalPair) -> None:
    with Terminal(pair.slave, pair.slave, NO_COLOR) as terminal:
        terminal.draw([(("aか\u3099", "plain"),)])
        pair.seen()
        pair.raw = b""
        terminal.draw([(("aか", "plain"),)])
        pair.seen()
    assert "\x1b[1;2Hか".encode() in pair.raw.replace(b"\x1b[0m", b"")


class MemoryTerminal(Terminal):
    """A terminal that is drawn in memory."""

    def __init__(self) -> None:
        super().__init__(None, 1, Theme("true"))
        self.view = pyte.Screen(12, 1)
        self.stream = pyte.Stream(self.view)

    def size(self) -> tuple[int, int]:
        return 8, 1

    def _write(self, text: str) -> None:
        self.stream.feed(re.sub(r"\x1b\[\?2026[hl]", "", text))


STYLES = [
    "plain",
    TextRole.NAME,
    None,
    CellColor(ColorRole.SHIRT),
    CellColor(ColorRole.SHIRT, lower=CellColor(ColorRole.PROP)),
]
CHARACTERS = ("a", "b", " ", "▀", "か", "か\u3099", "e\u0301")
row_lines = st.lists(
    st.tuples(st.lists(st.sampled_from(CHARACTERS), min_size=1, max_size=4).map("".join), st.sampled_from(STYLES)),
    min_size=1,
    max_size=4,
).map(lambda spans: [fit_width(tuple(spans), 8)])


@given(st.lists(row_lines, min_size=1, max_size=3), row_lines)
def test_changed_cells_give_the_same_screen_as_a_whole_frame(
    before: list[list[StyledLine]], last: list[StyledLine]
) -> None:
    changed, whole = MemoryTerminal(), MemoryTerminal()
    for rows in (*before, last):
        changed.draw(rows)
    whole.draw(last)

    def cells(terminal: MemoryTerminal) -> list[tuple[object, ...]]:
        row = [terminal.view.buffer[0][x] for x in range(8)]
        return [(cell.data, cell.bg, cell.data.isspace() or (cell.fg, cell.bold)) for cell in row]

    assert cells(changed) == cells(whole)


def test_colors_do_not_change_the_text(pair: TerminalPair) -> None:
    rows = screen_at(400_000, 80, 24)
    for environ in ({"COLORTERM": "truecolor"}, {"TERM": "xterm-256color"}, {"TERM": "xterm"}, {"NO_COLOR": "1"}):
        with Terminal(pair.slave, pair.slave, theme_for(environ, "utf-8")) as terminal:
            terminal.draw(rows)
            assert pair.seen() == text_of(rows)
        if "NO_COLOR" in environ:
            assert not re.search(rb"\x1b\[[0-9;]*[349][0-7]", pair.raw.rpartition(b"\x1b[?1049h")[2])


@pytest.mark.parametrize(
    ("environ", "depth"),
    [
        ({"COLORTERM": "truecolor", "NO_COLOR": "1"}, "none"),
        ({"COLORTERM": "24bit"}, "true"),
        ({"TERM": "xterm-256color"}, "256"),
        ({"TERM": "linux"}, "16"),
        ({"TERM": "screen-256color", "STY": "1", "COLORTERM": "truecolor"}, "256"),
        ({"TERM": "xterm-256color", "STY": "1", "COLORTERM": "truecolor"}, "256"),
        ({"TERM": "tmux-256color", "COLORTERM": "24bit"}, "256"),
        ({"TERM": "xterm-256color", "TMUX": "/tmp/x,1,0", "COLORTERM": "truecolor"}, "256"),
        ({"TERM": "screen"}, "16"),
        ({"NO_COLOR": "", "COLORTERM": "truecolor"}, "true"),
    ],
)
def test_color_depth(environ: dict[str, str], depth: str) -> None:
    assert color_depth(environ) == depth


def luminance(colour: str) -> float:
    """As WCAG 2 has it."""
    shares = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (share / 12.92 if share <= 0.03928 else ((share + 0.055) / 1.055) ** 2.4 for share in shares)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(color: str, other: str) -> float:
    low, high = sorted((luminance(color), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize(
    ("palette", "background", "behind", "least"),
    [
        ("standard", "dark", "#16181d", 3.0),
        ("standard", "light", "#ffffff", 3.0),
        ("standard", "unknown", "#16181d", 3.0),
        ("standard", "unknown", "#ffffff", 3.0),
        ("color-blind", "dark", "#16181d", 3.0),
        ("color-blind", "light", "#ffffff", 3.0),
        ("high-contrast", "dark", "#16181d", 6.5),
        ("high-contrast", "light", "#ffffff", 6.5),
        ("color-blind", "unknown", "#ffffff", 3.0),
    ],
)
def test_every_text_role_has_enough_contrast(
    palette: Palette, background: Background, behind: str, least: float
) -> None:
    for role in TextRole:
        if color := text_color(role, palette, background):
            assert contrast(color, behind) >= least, role


BODY = (ColorRole.SKIN, ColorRole.SHIRT, ColorRole.LEGGINGS)


def test_high_contrast_on_an_unknown_background_is_the_color_of_the_terminal() -> None:
    assert {text_color(role, "high-contrast", "unknown") for role in TextRole} == {""}
    assert Theme("true", palette="high-contrast").code(TextRole.BREATH_IN) == ""
    assert Theme("true", palette="high-contrast").code(TextRole.SIDE) == "1"


def test_palettes_do_what_they_are_named_for() -> None:
    for background, behind in (("dark", "#16181d"), ("light", "#ffffff")):
        standard, strong = PALETTES[background], PALETTES[f"high-contrast {background}"]
        for role in ColorRole:
            if role is not ColorRole.ACCENT:
                assert contrast(strong[role], behind) > contrast(standard[role], behind), role
        safe = PALETTES[f"color-blind {background}"]
        # No kind of color blindness takes away a difference in lightness.
        assert min(contrast(safe[ColorRole.ACCENT], safe[role]) for role in BODY) >= 2.0
        assert min(contrast(standard[ColorRole.ACCENT], standard[role]) for role in BODY) < 1.5


def test_the_palette_of_the_settings_colors_text_and_figures() -> None:
    environ = {"TERM": "xterm-256color", "COLORTERM": "truecolor"}
    codes = set()
    for palette in get_args(Palette):
        for background in ("dark", "light"):
            theme = theme_for(environ, "utf-8", background, palette)
            codes.add((theme.code(TextRole.SIDE), theme.code(CellColor(ColorRole.SHIRT))))
    assert len(codes) == 6


def test_detection_of_light_and_dark_backgrounds() -> None:
    assert detect_background({"COLORFGBG": "0;15"}) == "light"
    assert detect_background({"COLORFGBG": "15;0"}) == "dark"
    assert detect_background({}) == "unknown"
    for odd in ("default;default", "15;default", "0;12", "0;99", ";", "7;-1", "\u0663", "15;0x7"):
        assert detect_background({"COLORFGBG": odd}) == "unknown"
    assert detect_background({"COLORFGBG": "12;7;8"}) == "dark"
    assert detect_background({"COLORFGBG": "15;0"}, "light") == "light"
    assert detect_background({"COLORFGBG": "0;15"}, "dark") == "dark"
    dark, light = theme_for({"TERM": "xterm"}, "utf-8"), theme_for({"TERM": "xterm", "COLORFGBG": "0;15"}, "utf-8")
    assert theme_for({"TERM": "xterm"}, "utf-8", "light").background == "light"
    assert dark.code(TextRole.SIDE) != light.code(TextRole.SIDE)
    assert dark.code(CellColor(ColorRole.SHIRT)) != light.code(CellColor(ColorRole.SHIRT, highlight=8))


def test_the_linux_console_gets_blocks() -> None:
    assert theme_for({"TERM": "linux"}, "utf-8").glyphs == "blocks"
    assert theme_for({"TERM": "xterm"}, "utf-8").glyphs == "braille"


@pytest.mark.parametrize(
    ("environ", "encoding", "unicode"),
    [
        ({"LC_ALL": "C"}, "utf-8", False),
        ({"LANG": "de_DE.ISO-8859-1"}, "utf-8", False),
        ({"LANG": "de_DE.UTF-8"}, "utf-8", True),
        ({}, "utf-8", True),
        ({}, "cp1252", False),
    ],
)
def test_unicode_is_used_only_if_the_locale_has_it(environ: dict[str, str], encoding: str, unicode: bool) -> None:
    assert theme_for(environ, encoding).unicode is unicode


def test_an_ascii_terminal_gets_only_ascii(pair: TerminalPair) -> None:
    with Terminal(pair.slave, pair.slave, Theme(unicode=False)) as terminal:
        terminal.draw([(("Kätzchen ━", "plain"),)])
        pair.seen()
    assert b"K?tzchen ?" in pair.raw
    assert pair.raw.isascii()


def test_the_terminal_is_restored_after_an_exception(pair: TerminalPair) -> None:
    before = termios.tcgetattr(pair.slave)

    class Broken(ScreenDisplay):
        def show(self, session: Session, cues: tuple[Cue, ...]) -> None:
            super().show(session, cues)
            raise ZeroDivisionError("a view that breaks")

    with Terminal(pair.slave, pair.slave, NO_COLOR) as terminal:
        assert termios.tcgetattr(pair.slave) != before
        result = run_session(Session(timeline=TIMELINE), clock=FakeClock(), source=terminal, display=Broken(terminal))
    assert isinstance(result.failure, ZeroDivisionError)
    assert result.session.end_state == "stopped"
    assert termios.tcgetattr(pair.slave) == before
    pair.seen()
    assert pair.raw.endswith(b"\x1b[0m\x1b[H\x1b[2J\x1b[?2004l\x1b[?25h\x1b[?1049l")


def test_unread_keys_do_not_reach_the_shell(pair: TerminalPair) -> None:
    with Terminal(pair.slave, pair.slave, NO_COLOR) as terminal:
        os.write(pair.master, b"rm -rf important\n")
        assert terminal.read(5.0).key == "r"  # all has arrived
    os.set_blocking(pair.slave, False)
    with pytest.raises(BlockingIOError):
        os.read(pair.slave, 100)


def test_keys_typed_until_the_process_ends_do_not_reach_the_shell(
    pair: TerminalPair, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_exit: list[Callable[[], None]] = []
    monkeypatch.setattr("atexit.register", lambda function, *arguments: at_exit.append(partial(function, *arguments)))
    with Terminal(pair.slave, pair.slave, NO_COLOR):
        pass
    os.write(pair.master, b"rm -rf important\n")
    assert select.select([pair.slave], [], [], 5.0)[0]
    for function in at_exit:
        function()
    assert not select.select([pair.slave], [], [], 0.05)[0]


def test_keys_of_one_read_are_returned_one_by_one(pair: TerminalPair) -> None:
    with Terminal(pair.slave, pair.slave, NO_COLOR) as terminal:
        os.write(pair.master, b"n \x1b[Cq")
        assert [terminal.read(5.0).key for _ in range(4)] == ["n", "space", "right", "q"]
        assert terminal.read(0.0).key is None


def test_a_read_without_a_key_ends_in_its_time(pair: TerminalPair) -> None:
    too_late = threading.Timer(3.0, os.write, (pair.master, b"q"))
    too_late.start()
    with Terminal(pair.slave, pair.slave, NO_COLOR) as terminal:
        event = terminal.read(0.05)
    too_late.cancel()
    assert event == InputEvent()


def test_a_closed_terminal_is_reported_as_a_hang_up(pair: TerminalPair) -> None:
    with Terminal(pair.slave, pair.slave, NO_COLOR) as terminal:
        pair.hang_up()
        assert terminal.read(0.5).signal == HANG_UP
        terminal.draw(screen_at(0, 80, 24))
        assert terminal.read(0.5).signal == HANG_UP


def test_an_ignored_signal_stays_ignored(pair: TerminalPair) -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with Terminal(pair.slave, pair.slave, NO_COLOR) as terminal:
            os.kill(os.getpid(), signal.SIGHUP)
            assert terminal.read(0.0).signal is None
            os.kill(os.getpid(), signal.SIGTERM)
            assert terminal.read(5.0).signal == signal.SIGTERM
            signal.setitimer(signal.ITIMER_REAL, 0)  # the output would be checked during the next tests
    finally:
        signal.signal(signal.SIGHUP, before)


def test_an_unknown_size_counts_as_80_by_24(pair: TerminalPair) -> None:
    fcntl.ioctl(pair.slave, termios.TIOCSWINSZ, struct.pack("HHHH", 0, 0, 0, 0))
    assert Terminal(pair.slave, pair.slave, NO_COLOR).size() == (80, 24)


def test_an_accent_on_a_wide_character_moves_nothing_after_it(pair: TerminalPair) -> None:
    before, after = (((text, "plain"),) for text in ("\u304b b      ", "\u304b\u3099 c      "))
    with Terminal(pair.slave, pair.slave, NO_COLOR) as terminal:
        terminal.draw([before])
        terminal.draw([after])
        assert pair.seen()[0].rstrip().endswith(" c")
        assert pair.screen.buffer[0][3].data == "c"


def test_octants_are_drawn_though_python_may_not_know_them(pair: TerminalPair) -> None:
    with Terminal(pair.slave, pair.slave, NO_COLOR) as terminal:
        terminal.draw([((octants()[100:170], "plain"),), (("a\x07\u202e", "plain"),)])
        assert pair.seen()[1].rstrip() == "a??"
    assert octants()[100:170].encode() in pair.raw
