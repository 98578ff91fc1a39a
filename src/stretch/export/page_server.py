"""A web server for one page on the local network, and the QR code of its address."""

from __future__ import annotations

import errno
import socket
import time
from contextlib import suppress
from secrets import compare_digest, token_urlsafe
from threading import BoundedSemaphore, Event, Thread

from stretch.core.errors import StretchError, UsageError
from stretch.core.text import quote

MAX_READERS = 32
"""Connections at the same time; further ones are closed."""
REQUEST_S, REPLY_S, POLL_S = 5.0, 60.0, 0.2
"""Time in which a reader has to send its request, and to take the page."""
MAX_REQUEST = 8192
"""Bytes of a request with its headers."""
MAX_PORT = 65535
_ELSEWHERE = ("192.0.2.1", 9)
"""A place in another network: the way there shows this computer's own address. Nothing is sent."""
_QUIET = 4
"""Modules that are light on each side of a QR code."""
_HALF_BLOCKS = {(False, False): " ", (True, False): "▀", (False, True): "▄", (True, True): "█"}


class PageServer:
    """Context manager that serves *page* at the secret path of `url`. Raise StretchError if there is no such address.

    *bind* is `ADDRESS` or `ADDRESS:PORT`; by default it is the address in the local network, with any free port.
    Everything but a GET of that path gets the same answer, which repeats nothing of the request.
    """

    def __init__(self, page: bytes, bind: str | None = None) -> None:
        path = f"/{token_urlsafe(16)}"
        self._get = f"GET {path} HTTP/1.".encode()
        self._found, self._not_found = _reply("200 OK", "text/html", page), _reply("404 Not Found", "text/plain", b"")
        self._readers, self._closed = BoundedSemaphore(MAX_READERS), Event()
        self._socket, host = _listen(bind)
        self.url = f"http://{host}:{self._socket.getsockname()[1]}{path}"

    def __enter__(self) -> PageServer:
        self._socket.settimeout(POLL_S)
        self._thread = Thread(target=self._serve, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._closed.set()
        self._thread.join()
        self._socket.close()

    def _serve(self) -> None:
        while not self._closed.is_set():
            # Besides the timeout, a connection may be gone, or there may be no descriptor or thread for it.
            with suppress(OSError, RuntimeError):
                reader, _ = self._socket.accept()
                if self._readers.acquire(blocking=False):
                    Thread(target=self._answer, args=(reader,), daemon=True).start()
                else:
                    reader.close()

    def _answer(self, reader: socket.socket) -> None:
        try:
            with reader, suppress(OSError):
                request = _request_line(reader)
                found = any(compare_digest(request, self._get + version) for version in (b"0", b"1"))
                # The timeout of sendall is that of the whole page.
                reader.settimeout(REPLY_S)
                reader.sendall(self._found if found else self._not_found)
        finally:
            self._readers.release()


def _reply(status: str, kind: str, body: bytes) -> bytes:
    """Return a whole answer. The address is a secret, so it is neither kept nor passed on to other sites."""
    headers = (
        f"HTTP/1.1 {status}",
        f"Content-Type: {kind}; charset=utf-8",
        f"Content-Length: {len(body)}",
        "Cache-Control: no-store",
        "X-Content-Type-Options: nosniff",
        "Referrer-Policy: no-referrer",
        "Connection: close",
    )
    return "\r\n".join((*headers, "", "")).encode() + body


def _request_line(reader: socket.socket) -> bytes:
    """Return the first line of a request; an empty one if the request is not whole in time, or too long."""
    deadline, request = time.monotonic() + REQUEST_S, b""
    while b"\r\n\r\n" not in request:
        reader.settimeout(max(deadline - time.monotonic(), 0.001))
        data = reader.recv(MAX_REQUEST + 1 - len(request))
        request += data
        if not data or len(request) > MAX_REQUEST:
            return b""
    return request.partition(b"\r\n")[0]


def _listen(bind: str | None) -> tuple[socket.socket, str]:
    """Return a listening socket and the address at which others reach it."""
    host, _, port = (_own_address() if bind is None else bind).partition(":")
    try:
        address, number = socket.gethostbyname(host), int(port or 0)
        if not 0 <= number <= MAX_PORT:
            raise ValueError
        shown = _own_address() if address == "0.0.0.0" else address
        return socket.create_server((address, number)), shown
    except (OSError, ValueError) as error:
        if isinstance(error, OSError) and error.errno == errno.EADDRINUSE:
            raise StretchError(f"Port {port} is in use; choose another one or leave it out.") from None
        hint = "Write it like 192.168.1.20 or 192.168.1.20:8000."
        raise UsageError(f"--bind {quote(bind or host)} is no address of this computer. {hint}") from None


def _own_address() -> str:
    """Return the address of this computer in its network. Raise StretchError if it is in none."""
    with socket.socket(type=socket.SOCK_DGRAM) as probe, suppress(OSError):
        probe.connect(_ELSEWHERE)
        return str(probe.getsockname()[0])
    raise StretchError("This computer is in no network, so a phone cannot reach it.")


def qr_code(text: str, *, dark_blocks: bool) -> list[str]:
    """Return the QR code of *text* in half blocks, which are the dark modules or else the light ones.

    Raise StretchError if the library is missing.
    """
    try:
        from segno import make_qr
    except ImportError:
        raise StretchError("A QR code needs segno: run `pip install segno`.") from None
    rows = [[bool(dark) == dark_blocks for dark in row] for row in make_qr(text, error="l").matrix_iter(border=_QUIET)]
    rows += [[not dark_blocks] * len(rows[0])] * (len(rows) % 2)
    pairs = zip(rows[::2], rows[1::2], strict=True)
    return ["".join(_HALF_BLOCKS[pair] for pair in zip(upper, lower, strict=True)) for upper, lower in pairs]
