"""The wake lock: held inside the context, and silent where the system does not support it."""

from __future__ import annotations

import sys
import types

import pytest

from stretch.player.awake import KeepAwake


def test_the_screen_is_kept_on_only_inside_the_context(monkeypatch: pytest.MonkeyPatch) -> None:
    entered: list[str] = []

    class Mode:
        def __enter__(self) -> None:
            entered.append("in")

        def __exit__(self, *unused: object) -> None:
            entered.append("out")

    fake = types.ModuleType("wakepy")
    keep = types.SimpleNamespace(presenting=lambda on_fail: Mode())
    monkeypatch.setattr(fake, "keep", keep, raising=False)
    monkeypatch.setitem(sys.modules, "wakepy", fake)
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/run/user/1/bus")
    with KeepAwake():
        pass
    assert entered == ["in", "out"]


def test_a_missing_wakepy_is_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "wakepy", None)
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/run/user/1/bus")
    with KeepAwake():
        pass


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere there is no session bus")
def test_wakepy_is_not_imported_without_a_session_bus(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS", raising=False)
    monkeypatch.delitem(sys.modules, "wakepy", raising=False)
    with KeepAwake():
        pass
    assert "wakepy" not in sys.modules
