"""Queries to a terminal and its answers, also from terminals that answer late, wrong, in pieces or never."""

from __future__ import annotations

import os
import re
import select
import sys
import time
from base64 import standard_b64encode
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stretch.cli.app import App
from stretch.cli.doctor import _terminal
from stretch.player import terminal as terminal_module
from stretch.player.input import KeyDecoder
from stretch.player.terminal import Terminal
from stretch.player.terminal_answers import FILE_QUERY, TerminalAnswers, queries, with_answer
from stretch.player.theme import Theme, theme_for
from stretch.player.tmux_pictures import tmux_query
from test_terminal import TerminalPair

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals are POSIX")

ASKED = queries({"TERM": "xterm-256color"})
LIGHT, DARK = b"\x1b]11;rgb:fafa/f0f0/e6e6\x1b\\", b"\x1b]11;rgb:1e/2e/3e\x07"
PIXELS, SCHEME, NAME, LAST = b"\x1b_Gi=1;OK\x1b\\", b"\x1b[?997;2n", b"\x1bP>|kitty(0.40.1)\x1b\\", b"\x1b[?62;c"
ALL = PIXELS + LIGHT + SCHEME + NAME + LAST


def answers_of(data: bytes) -> TerminalAnswers:
    decoder, known = KeyDecoder(), TerminalAnswers()
    assert decoder.feed(data, 0.0) == []
    for text in decoder.answers:
        known = with_answer(known, text)
    return known


@pytest.mark.parametrize(
    ("data", "fields"),
    [
        (ALL, {"color": "#faf0e6", "scheme": "light", "name": "kitty(0.40.1)", "graphics": True, "last": True}),
        (DARK, {"color": "#1e2e3e"}),
        (b"\x1b_Gi=2;OK\x1b\\", {"files": True}),
        (b"\x1b_Gi=2;EBADF:No such file\x1b\\", {}),
        (b"\x1b]11;rgba:ffff/ffff/ffff/8000\x1b\\", {"color": "#ffffff"}),
        (b"\x1b]11;rgb:f/8/0\x1b\\", {"color": "#ff8800"}),
        (b"\x1b]11;#Ff8800\x1b\\", {"color": "#Ff8800"}),
        (b"\x1b]11;red\x1b\\\x1b]10;rgb:ff/ff/ff\x07\x1b]11;rgb:12345/0/0\x07", {}),
        (b"\x1b_Gi=1;EINVAL:no\x1b\\", {}),
        (b"\x1b[?997;1n", {"scheme": "dark"}),
        (b"\x1b[?997;3n\x1b[0n\x1b[>1;2c", {}),
        (b"\x1bP>|tmux\x01 3.4\x1b\\", {"name": "tmux 3.4"}),
        (b"\x1bP!|00000000\x1b\\", {}),
        (b"\x1b[?1c", {"last": True}),
    ],
)
def test_answers_are_read(data: bytes, fields: dict[str, Any]) -> None:
    assert answers_of(data) == TerminalAnswers(**fields)


def test_the_color_decides_between_dark_and_light_and_then_what_is_preferred() -> None:
    assert answers_of(DARK + b"\x1b[?997;2n").background == "dark"
    assert answers_of(LIGHT + b"\x1b[?997;1n").background == "light"
    assert answers_of(SCHEME).background == "light"
    assert answers_of(LAST).background == ""


def test_a_multiplexer_and_the_console_are_asked_less() -> None:
    kitty = queries({"TERM": "xterm-kitty"})
    assert [query for query in ("\x1b_G", "\x1b]11;?", "\x1b[?996n", "\x1b[>0q") if query not in kitty] == []
    assert "\x1b_G" in ASKED
    assert ASKED.endswith("\x1b[c")
    for environ in ({"TERM": "tmux-256color"}, {"TERM": "xterm", "TMUX": "x"}, {"TERM": "screen"}, {"STY": "1"}):
        assert "\x1b_G" not in queries({"TERM": "xterm"} | environ)
    for term in ("linux", "dumb", ""):
        assert not queries({"TERM": term})


def test_through_tmux_the_answer_about_files_comes_after_the_last_one() -> None:
    known = with_answer(TerminalAnswers(awaits_files=True), "\x1b[?1;2c")
    assert not known.complete
    assert with_answer(known, "\x1b_Gi=2;OK\x1b\\").complete
    assert with_answer(known, "\x1b_Gi=2;ENOENT\x1b\\").complete
    assert with_answer(TerminalAnswers(), "\x1b[?1;2c").complete


@pytest.mark.parametrize(
    ("told", "environ", "asked"),
    [
        ("1 111 kitty(0.41.1)", {}, True),
        ("all 111 ghostty 1.2.0", {}, True),
        ("1 111 kitty(0.26.5)", {}, False),  # does not know the cells that name a picture
        ("on 111 xterm(380)", {}, False),
        ("0 111 kitty(0.41.1)", {}, False),
        ("off 111 kitty(0.41.1)", {}, False),
        ("1 101 kitty(0.41.1)", {}, False),  # the answer would go to another pane
        ("1 112 kitty(0.41.1)", {}, False),  # two terminals show the session
        ("1 111 kitty(0.41.1)", {"SSH_TTY": "/dev/pts/1"}, False),
        ("1 111 kitty(0.41.1)", {"TMUX": ""}, False),
        ("", {}, False),
    ],
)
def test_the_terminal_around_tmux_is_asked_if_tmux_hands_the_answer_on(
    told: str, environ: dict[str, str], asked: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "tmux"
    program.write_text(f"#!/bin/sh\necho '{told}'\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    query = tmux_query({"TMUX": "socket,1,0", "TMUX_PANE": "%3"} | environ)
    assert query == ("\x1bPtmux;\x1b" + FILE_QUERY + "\x1b\x1b\\\x1b\\" if asked else "")


def test_only_a_terminal_that_may_be_on_this_computer_is_asked_to_read_a_file() -> None:
    assert FILE_QUERY in queries({"TERM": "xterm-kitty"})
    assert FILE_QUERY in queries({"TERM": "xterm-ghostty"})
    for environ in ({"SSH_CONNECTION": "1.2.3.4 5 6.7.8.9 22"}, {"SSH_TTY": "/dev/pts/1"}, {"TMUX": "x"}):
        assert FILE_QUERY not in queries({"TERM": "xterm-kitty"} | environ)
    assert FILE_QUERY not in ASKED


def test_the_files_for_a_terminal_are_gone_after_it_even_if_an_exception_ends_it(
    answering: Callable[..., AnsweringTerminal],
) -> None:
    pair = answering(lambda write: write(b"\x1b_Gi=2;OK\x1b\\" + LAST))
    with (
        suppress(KeyboardInterrupt),
        Terminal(pair.slave, pair.slave, Theme(), queries=queries({"TERM": "xterm-kitty"})) as terminal,
    ):
        assert terminal.answers.files
        folder = terminal.pictures._folder
        assert folder
        path = standard_b64encode(bytes(folder / "1"))
        assert FILE_QUERY.encode() + path + b"\x1b\\" in pair._read
        assert (folder / "1").read_bytes() == bytes(3)
        raise KeyboardInterrupt
    assert not folder.exists()


@given(st.lists(st.tuples(st.integers(0, len(ALL)), st.floats(0, 2.9)), max_size=4), st.sampled_from([0, 1, 30]))
def test_pieces_of_answers_are_no_keys(cuts: list[tuple[int, float]], asked_at: int) -> None:
    decoder, now, keys = KeyDecoder(), float(asked_at), []
    decoder.answers_until = now + 20
    places = sorted(place for place, _ in cuts)
    for start, end, gap in zip([0, *places], [*places, len(ALL)], [0.0, *(gap for _, gap in cuts)], strict=True):
        now += gap
        keys += decoder.feed(ALL[start:end], now)
    assert keys == []
    assert len(decoder.answers) == 5
    assert decoder.feed(b"n", now) == ["n"]


def test_an_answer_that_is_cut_off_does_not_lock_the_keys() -> None:
    decoder = KeyDecoder()
    decoder.answers_until = 20.0
    decoder.feed(b"\x1b]11;rgb:1e", 0.1)
    assert decoder.feed(b"q", 3.2) == ["q"]


def test_the_escape_key_takes_no_later_key_while_answers_are_awaited() -> None:
    decoder = KeyDecoder()
    decoder.answers_until = 20.0
    assert decoder.feed(b"\x1b", 0.1) == []
    assert decoder.feed(b"a", 0.7) == ["a"]


class AnsweringTerminal(TerminalPair):
    """A terminal that does *answer* in a thread, with its writing end, when it is asked the last question."""

    def __init__(self, answer: Callable[[Callable[[bytes], None]], None]) -> None:
        self._answer = answer
        super().__init__()

    def _drain(self) -> None:
        asked = b""
        while not self._stop.is_set():
            if not select.select([self.master], [], [], 0.02)[0]:
                continue
            data = os.read(self.master, 1 << 16)
            self._read += data
            asked += data
            while b"\x1b[c" in asked:
                asked = asked.partition(b"\x1b[c")[2]
                self._answer(self._write)

    def _write(self, data: bytes) -> None:
        os.write(self.master, data)


@pytest.fixture
def answering() -> Iterator[Callable[..., AnsweringTerminal]]:
    made: list[AnsweringTerminal] = []

    def make(answer: Callable[[Callable[[bytes], None]], None]) -> AnsweringTerminal:
        made.append(AnsweringTerminal(answer))
        return made[-1]

    yield make
    for pair in made:
        pair.hang_up()
        os.close(pair.slave)


def at_once(write: Callable[[bytes], None]) -> None:
    write(ALL)


def late(write: Callable[[bytes], None]) -> None:
    time.sleep(0.3)
    write(b"n" + ALL)


def in_pieces(write: Callable[[bytes], None]) -> None:
    for at in range(len(ALL)):
        write(ALL[at : at + 1])
        time.sleep(0.002)


def with_keys_between(write: Callable[[bytes], None]) -> None:
    write(b" " + PIXELS + b"n" + LIGHT + NAME + b"\x1b[C" + LAST + b"q")


def only_the_last(write: Callable[[bytes], None]) -> None:
    write(LAST)


def wrong(write: Callable[[bytes], None]) -> None:
    write(b"\x1b]11;rgb:zz/1/2\x07\x1b[?997;99n\x1bP>|\xff\xfe\x1b\\" + LAST)


def never(write: Callable[[bytes], None]) -> None:
    """Answer nothing."""


@pytest.mark.parametrize(
    ("answer", "background", "keys"),
    [
        (at_once, "light", []),
        (late, "light", ["n"]),
        (in_pieces, "light", []),
        (with_keys_between, "light", ["space", "n", "right", "q"]),
        (only_the_last, "unknown", []),
        (wrong, "unknown", []),
        (never, "unknown", []),
    ],
)
def test_answers_reach_the_theme_and_never_the_keys_or_the_shell(
    answer: Callable[[Callable[[bytes], None]], None],
    background: str,
    keys: list[str],
    answering: Callable[..., AnsweringTerminal],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(terminal_module, "LATE_ANSWERS_S", 0.3 if answer is never else 10.0)
    pair, theme = answering(answer), theme_for({"TERM": "xterm-256color"}, "utf-8")
    asked = time.monotonic()
    with Terminal(pair.slave, pair.slave, theme, queries=ASKED) as terminal:
        waited = time.monotonic() - asked
        read: list[str | None] = []
        while len(read) < len(keys) and time.monotonic() < asked + 30:
            read += filter(None, [terminal.read(0.1).key])
        read.append(terminal.read(0.0).key)
    assert read == [*keys, None]
    assert theme.background == background
    if answer in (late, never):
        assert waited >= 0.15
    os.set_blocking(pair.slave, False)
    with pytest.raises(BlockingIOError):
        os.read(pair.slave, 100)


def test_answers_that_come_after_the_end_are_waited_for(
    answering: Callable[..., AnsweringTerminal], monkeypatch: pytest.MonkeyPatch
) -> None:
    pair = answering(late)
    monkeypatch.setattr(terminal_module, "LATE_ANSWERS_S", 10.0)
    with Terminal(pair.slave, pair.slave, Theme(), queries=ASKED) as terminal:
        pass
    assert terminal.answers.complete
    os.set_blocking(pair.slave, False)
    with pytest.raises(BlockingIOError):
        os.read(pair.slave, 100)


def test_the_theme_follows_a_terminal_that_becomes_dark(answering: Callable[..., AnsweringTerminal]) -> None:
    colors = [LIGHT, DARK]
    pair = answering(lambda write: write(colors.pop(0) + LAST))
    theme = theme_for({"TERM": "xterm-256color"}, "utf-8")
    with Terminal(pair.slave, pair.slave, theme, queries=ASKED) as terminal:
        terminal.draw([(("a", "plain"),)])
        light = theme.background
        assert light == "light"
        pair.seen()
        os.write(pair.master, b"\x1b[?997;1n")
        deadline = time.monotonic() + 10
        while theme.background != "dark" and time.monotonic() < deadline:
            assert terminal.read(0.05).key is None
        assert theme.background == "dark"
        pair.raw = b""
        terminal.draw([(("a", "plain"),)])
        pair.seen()
        assert b"\x1b[2J" in pair.raw  # all is drawn again
        pair.raw = b""
    pair.seen()
    assert pair.raw.startswith(b"\x1b[?2031l")


def test_a_background_of_the_settings_goes_first(answering: Callable[..., AnsweringTerminal]) -> None:
    pair, theme = answering(at_once), theme_for({"TERM": "xterm-256color"}, "utf-8", "dark")
    with Terminal(pair.slave, pair.slave, theme, queries=ASKED) as terminal:
        assert terminal.answers.background == "light"
        assert theme.background == "dark"


def test_what_a_terminal_prints_of_the_queries_is_cleared(answering: Callable[..., AnsweringTerminal]) -> None:
    pair = answering(only_the_last)
    with Terminal(pair.slave, pair.slave, Theme(), queries=ASKED):
        pair.seen()
        assert re.search(rb"\[c\x1b\[2J$", pair.raw)


@pytest.mark.parametrize(
    ("answer", "found"),
    [
        (at_once, ["kitty(0.40.1), light background #faf0e6, octants, pixels", ""]),
        (
            never,
            ["no answer", "Set background to dark or light in the settings if colors are hard to read."],
        ),
    ],
)
def test_the_doctor_tells_what_the_terminal_answered(
    answer: Callable[[Callable[[bytes], None]], None],
    found: list[str],
    answering: Callable[..., AnsweringTerminal],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("stretch.cli.doctor.DOCTOR_WAIT_S", 0.3)
    monkeypatch.setattr(terminal_module, "LATE_ANSWERS_S", 0.3)
    pair = answering(answer)
    with open(pair.slave, "w", closefd=False) as stdout, open(pair.slave, closefd=False) as stdin:
        app = App(environ={"TERM": "xterm-256color", "LANG": "C.UTF-8"}, stdin=stdin, stdout=stdout)
        assert [*_terminal(app)] == found


@pytest.mark.parametrize(
    ("name", "draws"),
    [
        ("kitty(0.40.0)", True), ("kitty(0.39.1)", False), ("kitty(1.0)", True), ("ghostty 1.2.0", True),
        ("ghostty 1.1.3-main+e01", False), ("foot(1.20.2)", True), ("foot(1.9.0)", False), ("VTE(7800)", True),
        ("VTE(7699)", False), ("WezTerm 20240203-110809-5046fc22", False), ("tmux 3.6", False), ("XTerm(390)", False),
        ("kitty", False), ("", False),
    ],
)  # fmt: skip
def test_octants_are_the_default_where_the_terminal_draws_them(name: str, draws: bool) -> None:
    theme = theme_for({"TERM": "xterm"}, "utf-8")
    theme.adapt(TerminalAnswers(name=name))
    assert [theme.glyphs_for(figure) for figure in ("auto", "braille", "blocks", "none")] == [
        "octants" if draws else "braille", "braille", "blocks", None,
    ]  # fmt: skip
    assert theme.glyphs_for("octants") == "octants"
    console = theme_for({"TERM": "linux"}, "utf-8")
    console.adapt(TerminalAnswers(name=name))
    assert {console.glyphs_for("auto"), console.glyphs_for("braille")} == {"blocks"}
