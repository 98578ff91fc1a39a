"""Terminals: what they send and do, and what must hold."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stretch.core.timing.session import Session, update
from stretch.core.timing.timeline import build_timeline
from stretch.player.input import KeyDecoder
from stretch.player.keymap import KEYMAP, action_of
from support import MS, SAMPLE, for_each

SEQUENCES: dict[str, tuple[bytes, list[str]]] = {
    "space": (b" ", ["space"]),
    "letters": (b"nq", ["n", "q"]),
    "carriage return": (b"\r", ["enter"]),
    "line feed": (b"\n", ["enter"]),
    "arrows": (b"\x1b[C\x1b[D", ["right", "left"]),
    "pages": (b"\x1b[6~\x1b[5~", ["page down", "page up"]),
    "arrows in application mode": (b"\x1bOA\x1bOB", ["up", "down"]),
    "function key": (b"\x1b[15~n", ["n"]),
    "function key of xterm": (b"\x1bOPn", ["n"]),
    "function key of old xterm": (b"\x1bO2Pn", ["n"]),
    "function key of the Linux console": (b"\x1b[[Bn", ["n"]),
    "function key of rxvt": (b"\x1b[3$n", ["n"]),
    "arrow with Ctrl": (b"\x1b[1;5Cn", ["n"]),
    "arrow with Alt": (b"\x1b\x1b[Cn", ["n"]),
    "letter with Alt": (b"\x1bxn", ["n"]),
    "letter of two bytes with Alt": (b"\x1b\xc3\xa9n", ["n"]),
    "single shift two": (b"\x1bNqn", ["n"]),
    "paste": (b"\x1b[200~q rm -rf q\x1b[201~n", ["n"]),
    "paste with sequences": (b"\x1b[200~q\x1b[Cq\x1b]0;q\x07\x1b[201~n", ["n"]),
    "control characters": (b"\x00\x07\x7fn", ["n"]),
    "UTF-8": ("é+猫".encode(), ["é", "+", "猫"]),
    "invalid UTF-8": (b"\xff\xfe \xc3n", ["space", "n"]),
    "color, ended by BEL": (b"\x1b]11;rgb:1e1e/2e2e/3e3e\x07n", ["n"]),
    "color, ended by ST": (b"\x1b]11;rgb:1e1e/2e2e/3e3e\x1b\\n", ["n"]),
    "title": ("\x1b]l✜ q\x1b\\n".encode(), ["n"]),
    "device control string": (b"\x1bP1$r q\x1b\\n", ["n"]),
    "application program command": (b"\x1b_Gi=1;OK\x1b\\n", ["n"]),
    "privacy message": (b"\x1b^q\x1b\\n", ["n"]),
    "start of string": (b"\x1bXq\x1b\\n", ["n"]),
    "control string of eight bits": (b"\x9d0;q\x9cn", ["n"]),
    "control string in UTF-8": ("\u009d0;q\u009cn".encode(), ["n"]),
    "control sequence in UTF-8": ("\u009b12qn".encode(), ["n"]),
    "control string broken off": (b"\x1b]0;q\x18n", ["n"]),
    "control string and an arrow": (b"\x1b]0;q\x1b[Cn", ["right", "n"]),
    "mouse X10": (b"\x1b[M !!n", ["n"]),
    "mouse X10, UTF-8": (b"\x1b[M \xc2\xa0!n", ["n"]),
    "mouse X10, large": (b"\x1b[M \xff\xffn", ["n"]),
    "mouse SGR": (b"\x1b[<0;10;10M\x1b[<0;10;10mn", ["n"]),
    "mouse urxvt": (b"\x1b[32;10;10Mn", ["n"]),
    "focus": (b"\x1b[In\x1b[O", ["n"]),
    "device attributes": (b"\x1b[?62;c\x1b[0nn", ["n"]),
    "cursor position": (b"\x1b[24;80Rn", ["n"]),
    "sequence broken off": (b"\x1b[1\x18n", ["n"]),
    "character set": (b"\x1b(Bn", ["n"]),
}
"""What a terminal sends, and the keys in it."""


@for_each("data, keys", SEQUENCES.values())
def test_only_keys_are_decoded_to_key_names(data: bytes, keys: list[str]) -> None:
    assert KeyDecoder().feed(data, 0.0) == keys


terminal_output = st.lists(
    st.one_of(
        st.binary(max_size=6),
        st.sampled_from([data for data, _ in SEQUENCES.values()]),
        st.sampled_from([data for data, _ in SEQUENCES.values()]).flatmap(
            lambda data: st.integers(0, len(data)).map(lambda end: data[:end])
        ),
    ),
    max_size=6,
).map(b"".join)
"""Random bytes, whole sequences and pieces of sequences."""


@given(terminal_output, st.lists(st.integers(0, 60)))
def test_decoding_does_not_depend_on_the_size_of_reads(data: bytes, cuts: list[int]) -> None:
    whole, parts = KeyDecoder(), KeyDecoder()
    edges = [0, *sorted(cut for cut in cuts if cut <= len(data)), len(data)]
    read = [key for start, end in pairwise(edges) for key in parts.feed(data[start:end], 0.0)]
    assert read == whole.feed(data, 0.0)


@given(terminal_output)
def test_after_a_pause_of_a_second_q_works(data: bytes) -> None:
    decoder = KeyDecoder()
    decoder.feed(data, 0.0)
    assert decoder.feed(b"q", 1.0) == ["q"]


@pytest.mark.parametrize("start", [b"\x1b[200~", b"\x1b]0;", b"\x1bP", b"\x9d", b"\x1b["])
def test_an_endless_sequence_is_given_up_and_takes_little_memory(start: bytes) -> None:
    decoder = KeyDecoder()
    decoder.feed(start, 0.0)
    for tenth in range(1, 99):
        assert decoder.feed(b"0" * 4_096, tenth / 10) == []
    assert len(decoder._pending) < 1_024
    assert decoder.feed(b"q", 10.0) == ["q"]


@pytest.mark.parametrize(("wait", "keys"), [(0.49, []), (0.5, ["["])])
def test_a_lone_escape_is_given_up_after_half_a_second(wait: float, keys: list[str]) -> None:
    decoder = KeyDecoder()
    assert decoder.feed(b"\x1b", 0.0) == []
    assert decoder.feed(b"[", wait) == keys


def test_pasted_text_presses_no_key() -> None:
    decoder = KeyDecoder()
    pasted = b"\x1b[200~" + b"q x n\n" * 2_000 + b"\x1b[201~"
    keys = [key for at in range(0, len(pasted), 4096) for key in decoder.feed(pasted[at : at + 4096], 0.0)]
    assert keys == []
    assert decoder.feed(b"n", 0.0) == ["n"]


BOUND_KEYS = {key for binding in KEYMAP for key in binding.keys}
PLAYING = Session(timeline=build_timeline(SAMPLE), position_ns=100_000 * MS, clock_ns=0)


@given(terminal_output)
def test_only_a_bound_key_changes_a_session_that_plays(data: bytes) -> None:
    for key in KeyDecoder().feed(data, 0.0):
        if key.lower() not in BOUND_KEYS:
            assert update(PLAYING, action_of(key)) == PLAYING


@for_each("name", [name for name, (_, keys) in SEQUENCES.items() if keys == ["n"]])
def test_what_is_no_key_changes_no_session(name: str) -> None:
    data, _ = SEQUENCES[name]
    assert KeyDecoder().feed(data.removesuffix(b"n"), 0.0) in ([], ["n"])
    assert [action_of(key) for key in KeyDecoder().feed(data, 0.0)] == ["next"]
