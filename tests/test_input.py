from __future__ import annotations

import os
import signal
import sys

import pytest

from stretch.player.input import SignalCatcher, console_keys
from stretch.player.keymap import KEYMAP, PAIN_ANSWERS, SAME_KEYS, action_of
from support import for_each


@pytest.mark.parametrize(
    ("typed", "keys"),
    [
        (" n", ["space", "n"]),
        ("\x00M\xe0K", ["right", "left"]),
        ("\xe0Q\xe0I", ["page down", "page up"]),
        ("\x00;q", ["q"]),  # F1 is nothing here
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
    assert (action_of("N"), action_of("E")) == ("skip", "ease")
    assert action_of("f") == "other"
    assert sorted(binding.rank for binding in KEYMAP) == list(range(len(KEYMAP)))


@for_each(
    "key, action",
    [
        ("space", "pause"), ("n", "next"), ("right", "next"), ("b", "back"), ("left", "back"), ("+", "more"),
        ("=", "more"), ("-", "less"), ("e", "ease"), ("x", "hurt"), ("1", "other"), ("2", "replace"),
        ("r", "replace"), ("3", "skip"),
        ("s", "sound"), ("v", "voice"), ("?", "help"), ("q", "quit"), ("Q", "quit"), ("w", "other"), ("up", "more"),
        ("down", "less"), ("4", "ease"), ("5", "other"), ("6", "sound"), ("7", "voice"), ("8", "help"), ("0", "quit"),
        ("9", "hurt"), ("enter", "accept"), ("N", "skip"), ("page down", "next"), ("page up", "back"),
    ],
)  # fmt: skip
def test_keys_have_the_documented_actions(key: str, action: str) -> None:
    assert action_of(key) == action


@pytest.mark.parametrize(
    ("key", "action"),
    [
        ("1", "numb"), ("2", "dizzy"), ("3", "eyes"), ("4", "chest"), ("5", "legs"), ("6", "sound"), ("x", "hurt"),
        ("9", "hurt"), ("n", "next"), ("enter", "accept"), ("e", "ease"),
    ],
)  # fmt: skip
def test_while_something_hurts_the_digits_are_symptoms(key: str, action: str) -> None:
    assert action_of(key, in_pain=True) == action


def test_no_symptom_is_answered_by_pressing_the_key_for_pain_twice() -> None:
    (hurt,) = [binding for binding in KEYMAP if binding.action == "hurt"]
    assert not {key for answer in PAIN_ANSWERS for key in answer.keys} & {*hurt.keys}


def test_space_arrows_and_digits_do_everything() -> None:
    for binding in KEYMAP:
        assert any(key.isdigit() or key in ("space", "up", "down", "left", "right") for key in binding.keys)
    assert SAME_KEYS == "On any keyboard: up +, down -, 3 N, 2 r, 4 e, 9 x, 6 s, 7 v, 8 ?, 0 q"


def test_the_label_of_a_binding_is_one_of_its_keys() -> None:
    for binding in KEYMAP:
        assert action_of(binding.label) == binding.action


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pipe for signals")
def test_when_signals_are_no_longer_caught_python_writes_them_where_it_did_before() -> None:
    read, write = os.pipe()
    os.set_blocking(write, False)
    before = signal.set_wakeup_fd(write)
    try:
        with SignalCatcher() as catcher:
            caught = catcher.wakeup_fd
        assert caught is not None
        with pytest.raises(OSError, match="Bad file descriptor"):
            os.fstat(caught)
    finally:
        after = signal.set_wakeup_fd(before)
        os.close(read)
        os.close(write)
    assert after == write
