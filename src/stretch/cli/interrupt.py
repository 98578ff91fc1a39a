"""Ctrl-C handling, with exit code 130 at every moment; `stretch.cli` imports this module before any other."""

from __future__ import annotations

# The module `signal` would be read from the disk first, and so would `typing`.
import _signal as signal  # type: ignore[import-not-found]  # built in, without types
import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

EXIT_CODE = 130


class Interrupted(BaseException):
    """Ctrl-C; for a KeyboardInterrupt click prints an empty line."""


def exit_at_once(*_: object) -> None:
    """End the process without a word: while it loads, there is nothing to clean up."""
    os._exit(EXIT_CODE)


def restore() -> None:
    """Give Ctrl-C back to whoever has imported `stretch.cli`."""
    _replace(exit_at_once, signal.default_int_handler)


def exit_silently() -> None:
    """From now on let Ctrl-C end the process."""
    _replace(signal.default_int_handler, exit_at_once)


def raise_interrupted() -> None:
    """From now on let Ctrl-C raise Interrupted, so that files and the terminal are left in order."""
    _replace(exit_at_once, _raise)
    # Where Python cannot raise it, as in the callback of a weak reference, it would be printed and lost.
    sys.unraisablehook = lambda lost: exit_at_once() if lost.exc_type is Interrupted else sys.__unraisablehook__(lost)


def keyboard_interrupt_in(action: Callable[[], object]) -> None:
    """Call *action*, in which Ctrl-C raises KeyboardInterrupt: click's pager knows that and waits for its program."""
    before = signal.getsignal(signal.SIGINT)
    if callable(before):
        signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        action()
    finally:
        signal.signal(signal.SIGINT, before)


def ignore() -> None:
    """Ignore Ctrl-C, because the process is about to end with its exit code."""
    _replace(_raise, signal.SIG_IGN)


def _raise(*_: object) -> None:
    raise Interrupted


def _replace(old: object, new: object) -> None:
    # A background job of a shell ignores Ctrl-C, and goes on doing so.
    if signal.getsignal(signal.SIGINT) is old:
        signal.signal(signal.SIGINT, new)


exit_silently()
