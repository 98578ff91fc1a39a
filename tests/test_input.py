from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stretch.player.input import KeyDecoder, console_keys
from stretch.player.keymap import KEYMAP, action_of


@pytest.mark.parametrize(
    ("data", "keys"),
    [
        (b" ", ["space"]),
        (b"nq", ["n", "q"]),
        (b"\r", ["enter"]),
        (b"\n", ["enter"]),
        (b"\x1b[C\x1b[D", ["right", "left"]),
        (b"\x1bOA\x1bOB", ["up", "down"]),
        (b"\x1b[15~n", ["n"]),
        (b"\x1b[1;5Cn", ["n"]),
        (b"\x1bxn", ["n"]),
        (b"\x1b[200~q rm -rf q\x1b[201~n", ["n"]),
        (b"\x00\x07\x7fn", ["n"]),
        ("é+猫".encode(), ["é", "+", "猫"]),
        (b"\xff\xfe n", ["space", "n"]),
    ],
)
def test_bytes_are_decoded_to_key_names(data: bytes, keys: list[str]) -> None:
    assert KeyDecoder().feed(data) == keys


@given(st.binary(max_size=40), st.lists(st.integers(0, 40)))
def test_decoding_does_not_depend_on_the_size_of_reads(data: bytes, cuts: list[int]) -> None:
    whole, parts = KeyDecoder(), KeyDecoder()
    edges = [0, *sorted(cut for cut in cuts if cut <= len(data)), len(data)]
    read = [key for start, end in pairwise(edges) for key in parts.feed(data[start:end])]
    assert read == whole.feed(data)


def test_pasted_text_presses_no_key() -> None:
    decoder = KeyDecoder()
    pasted = b"\x1b[200~" + b"q x n\n" * 2_000 + b"\x1b[201~"
    keys = [key for at in range(0, len(pasted), 4096) for key in decoder.feed(pasted[at : at + 4096])]
    assert keys == []
    assert decoder.feed(b"n") == ["n"]


def test_a_lone_escape_is_dropped() -> None:
    decoder = KeyDecoder()
    assert decoder.feed(b"\x1b") == []
    decoder.drop_unfinished()
    assert decoder.feed(b"[Cn") == ["[", "C", "n"]


@pytest.mark.parametrize(
    ("typed", "keys"),
    [
        (" n", ["space", "n"]),
        ("\x00M\xe0K", ["right", "left"]),
        ("\x00;q", ["q"]),  # F1 has no function
        ("\xe0", ["à"]),
        ("\r", ["enter"]),
        ("\x03", []),
    ],
)
def test_keys_of_a_windows_console_are_decoded(typed: str, keys: list[str]) -> None:
    waiting = list(typed)
    assert console_keys(lambda: bool(waiting), lambda: waiting.pop(0)) == keys


def test_every_key_has_one_action_and_every_binding_its_own_rank() -> None:
    keys = [key for binding in KEYMAP for key in binding.keys]
    assert len(keys) == len(set(keys))
    assert action_of("N") == "next"
    assert action_of("f") == "other"
    assert sorted(binding.rank for binding in KEYMAP) == list(range(len(KEYMAP)))


@pytest.mark.parametrize(
    ("key", "action"),
    [
        ("space", "pause"), ("n", "next"), ("right", "next"), ("b", "back"), ("left", "back"), ("+", "more"),
        ("=", "more"), ("-", "less"), ("e", "ease"), ("x", "hurt"), ("1", "numb"), ("2", "dizzy"), ("3", "eyes"),
        ("s", "sound"), ("v", "voice"), ("?", "help"), ("q", "quit"), ("Q", "quit"), ("w", "other"), ("up", "other"),
    ],
)  # fmt: skip
def test_keys_have_the_documented_actions(key: str, action: str) -> None:
    assert action_of(key) == action


def test_the_label_of_a_binding_is_one_of_its_keys() -> None:
    for binding in KEYMAP:
        assert action_of(binding.label) == binding.action
