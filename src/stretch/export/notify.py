"""One notification on the desktop, by whatever the machine has for it; a scheduler runs it by itself."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable
from html import escape

from stretch.export.install import Run, runner

TITLE = "Time to stretch"
_APPLE = ("on run texts", "display notification (item 2 of texts) with title (item 1 of texts)", "end run")
_WINDOWS = (
    "Add-Type -AssemblyName System.Windows.Forms; $icon = New-Object System.Windows.Forms.NotifyIcon; "
    "$icon.Icon = [System.Drawing.SystemIcons]::Information; $icon.Visible = $true; "
    f"$icon.ShowBalloonTip(15000, '{TITLE}', [Console]::In.ReadToEnd(), 'None'); "
    "Start-Sleep 15; $icon.Dispose()"
)
"""The text comes on the standard input: in a command of PowerShell it would be code."""


def arguments(text: str, which: Callable[[str], str | None], platform: str) -> tuple[list[str], str] | None:
    """Return the arguments and the standard input of what shows *text*; None where there is nothing that could."""
    if platform == "darwin" and (path := which("osascript")):
        script = [word for line in _APPLE for word in ("-e", line)]
        return [path, *script, TITLE, text], ""
    if platform == "win32" and (path := which("powershell")):
        return [path, "-NoProfile", "-Command", _WINDOWS], text
    if path := which("notify-send"):
        # The body of a notification may have markup.
        return [path, "--app-name=stretch", "--", TITLE, escape(text, quote=False)], ""
    return None


def show(text: str, run: Run, which: Callable[[str], str | None], platform: str) -> bool:
    """Show *text* and return whether that worked."""
    found = arguments(text, which, platform)
    try:
        return found is not None and run(*found).code == 0
    except OSError:
        return False


if __name__ == "__main__":
    words = " ".join(sys.argv[1:])
    # What is printed under cron comes by mail, which is better than nothing.
    if not show(words, runner(os.environ), shutil.which, sys.platform) and sys.stdout is not None:
        print(f"{TITLE}: {words}")
