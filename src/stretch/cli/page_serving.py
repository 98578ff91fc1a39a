"""`stretch page --serve`: the page on the local network, for a phone that reads its address from a QR code."""

from __future__ import annotations

from contextlib import nullcontext
from datetime import timedelta
from typing import TYPE_CHECKING

from stretch.core.errors import Signalled, StretchError
from stretch.core.timing.phases import NS_PER_MS
from stretch.export.page_server import PageServer, qr_code

if TYPE_CHECKING:
    from stretch.cli.app import App

AFTER_MS = 10 * 60_000
"""How long the page is there after the planned end of its session."""
WAIT_S = 1.0
_BLACK_ON_WHITE, _PLAIN = "\x1b[30;107m", "\x1b[0m"


def serve_page(app: App, page: bytes, length_ms: int, bind: str | None) -> None:
    """Serve *page*, a session of *length_ms*, until the person presses q or some minutes after its planned end."""
    left_ms = length_ms + AFTER_MS
    until_ns = app.clock() + left_ms * NS_PER_MS
    with PageServer(page, bind) as server:
        end = app.now() + timedelta(milliseconds=left_ms)
        app.info(
            f"Open this on a phone in the same network, until {end:%H:%M} or until you press q here. "
            "Over http its screen turns off after a while: on an iPhone set Auto-Lock to a longer time."
        )
        app.stdout.write(f"{server.url}\n")
        _print_qr_code(app, server.url)
        with nullcontext(app.input_source) if app.input_source else app.terminal(screen=False) as source:
            while app.clock() < until_ns:
                event = source.read(WAIT_S)
                if event.signal is not None:
                    raise Signalled(event.signal)
                if event.key == "q":
                    return


def _print_qr_code(app: App, url: str) -> None:
    if not app.interactive or not app.theme.unicode:
        return
    try:
        # In its own colors it is readable on any background.
        rows = qr_code(url, dark_blocks=app.theme.has_color or app.theme.background == "light")
    except StretchError as error:
        app.info(str(error))
        return
    before, after = (_BLACK_ON_WHITE, _PLAIN) if app.theme.has_color else ("", "")
    app.stdout.write("".join(f"{before}{row}{after}\n" for row in rows))
    app.stdout.flush()
