"""The page on the local network: one page at one path, whatever a reader sends, and the QR code of its address."""

from __future__ import annotations

import io
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stretch.cli.app import App
from stretch.cli.page import AFTER_MS, serve_page
from stretch.core.errors import Signalled, StretchError, UsageError
from stretch.export import page_server
from stretch.export.page_server import PageServer, qr_code
from stretch.player.input import InputEvent
from support import SECOND, FakeClock, ScriptedInput, run

PAGE = "<p>ä</p>".encode() * 100
HERE = "127.0.0.1"


@pytest.fixture(scope="module")
def server() -> Iterator[PageServer]:
    with PageServer(PAGE, HERE) as running:
        yield running


def address(server: PageServer) -> tuple[str, int]:
    host, _, port = server.url.removeprefix("http://").partition("/")[0].rpartition(":")
    return host.strip("[]"), int(port)


def path(server: PageServer) -> str:
    return "/" + server.url.rpartition("/")[2]


def connect(server: PageServer) -> socket.socket:
    return socket.create_connection(address(server), timeout=10)


def read_all(reader: socket.socket) -> bytes:
    received = b""
    while True:
        try:
            data = reader.recv(1 << 16)
        except ConnectionResetError:
            data = b""
        if not data:
            return received
        received += data


def ask(server: PageServer, request: bytes) -> bytes:
    with closing(connect(server)) as reader:
        try:
            reader.sendall(request)
            reader.shutdown(socket.SHUT_WR)
        except OSError:
            pass  # it was answered before all was sent
        return read_all(reader)


def get(server: PageServer, **headers: str) -> bytes:
    lines = [f"GET {path(server)} HTTP/1.1", "Host: here", *(f"{name}: {value}" for name, value in headers.items())]
    return ask(server, "\r\n".join([*lines, "", ""]).encode())


NOT_FOUND = b"HTTP/1.1 404 Not Found\r\n"


def test_the_page_is_served_whole_and_is_not_kept(server: PageServer) -> None:
    head, _, body = get(server, Range="bytes=0-3").partition(b"\r\n\r\n")
    assert body == PAGE
    status, *headers = head.decode().split("\r\n")
    assert status == "HTTP/1.1 200 OK"
    assert dict(line.split(": ") for line in headers) == {
        "Content-Type": "text/html; charset=utf-8",
        "Content-Length": str(len(PAGE)),
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Connection": "close",
    }


def test_the_path_cannot_be_guessed(server: PageServer) -> None:
    with PageServer(PAGE, HERE) as other:
        assert path(other) != path(server)
    assert len(path(server)) > 20


@pytest.mark.parametrize(
    "request_line",
    [
        "GET / HTTP/1.1",
        "GET {}/ HTTP/1.1",
        "GET {}?x HTTP/1.1",
        "GET {}%00 HTTP/1.1",
        "GET /{} HTTP/1.1",
        "GET /..{} HTTP/1.1",
        "GET http://here{} HTTP/1.1",
        "GET {} HTTP/1.11",
        "GET {} HTTP/2",
        "GET {}",
        "get {} HTTP/1.1",
        " GET {} HTTP/1.1",
        "HEAD {} HTTP/1.1",
        "POST {} HTTP/1.1",
        "OPTIONS {} HTTP/1.1",
        "<script>{} HTTP/1.1",
        "",
    ],
)
def test_everything_else_is_not_found_and_nothing_of_it_is_repeated(server: PageServer, request_line: str) -> None:
    answers = {ask(server, f"{request_line.format(path(server))}\r\nHost: here\r\n\r\n".encode()), ask(server, b"")}
    (answer,) = answers
    assert answer.startswith(NOT_FOUND)
    assert answer.endswith(b"\r\n\r\n")
    assert path(server).encode() not in answer


@given(st.binary(max_size=300))
def test_garbage_is_not_found(server: PageServer, garbage: bytes) -> None:
    assert ask(server, garbage).startswith(NOT_FOUND)


@pytest.mark.parametrize("size", [page_server.MAX_REQUEST, 1 << 22])
def test_a_huge_header_is_refused(server: PageServer, size: int) -> None:
    assert PAGE not in get(server, Cookie="x" * size)
    assert get(server, Cookie="x" * 4000).endswith(PAGE)


def test_a_request_may_come_in_pieces(server: PageServer) -> None:
    with closing(connect(server)) as reader:
        for byte in f"GET {path(server)} HTTP/1.0\r\n\r\n".encode():
            reader.sendall(bytes([byte]))
        assert read_all(reader).endswith(PAGE)


@pytest.mark.slow
def test_who_sends_slowly_is_sent_away_and_delays_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page_server, "REQUEST_S", 0.3)
    with PageServer(PAGE, HERE) as server, closing(connect(server)) as slow:
        started = time.monotonic()
        slow.sendall(b"GET")
        assert get(server).endswith(PAGE)
        with pytest.raises(ConnectionError):  # noqa: PT012
            while time.monotonic() < started + 10:
                slow.sendall(b" ")
                time.sleep(0.02)
        assert 0.3 <= time.monotonic() - started < 5


@pytest.mark.slow
def test_who_reads_slowly_delays_nobody_and_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page_server, "REPLY_S", 0.3)
    page = b"x" * 20_000_000
    with PageServer(page, HERE) as server, closing(connect(server)) as slow:
        slow.sendall(f"GET {path(server)} HTTP/1.1\r\n\r\n".encode())
        with closing(connect(server)) as quick:
            quick.sendall(b"x\r\n\r\n")
            assert read_all(quick).startswith(NOT_FOUND)
        time.sleep(0.5)
        assert len(read_all(slow)) < len(page)


def test_there_is_a_limit_of_readers_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page_server, "MAX_READERS", 2)
    with PageServer(PAGE, HERE) as server:
        with closing(connect(server)), closing(connect(server)):
            assert get(server) == b""
        deadline = time.monotonic() + 10
        while not get(server).endswith(PAGE):
            assert time.monotonic() < deadline


def test_nothing_is_served_afterwards() -> None:
    with PageServer(PAGE, HERE) as server:
        pass
    with pytest.raises(ConnectionRefusedError):
        connect(server)


def test_the_port_may_be_given_and_in_use(server: PageServer) -> None:
    port = address(server)[1]
    with pytest.raises(StretchError, match=f"Port {port} is in use"):
        PageServer(PAGE, f"{HERE}:{port}")


@pytest.mark.parametrize(
    "bind", ["192.0.2.55", "no.such.host.invalid", "1.2.3.4:99999", "http://x", "x/y", "a..b", "a@b", "::1"]
)
def test_an_address_that_is_not_of_this_computer_is_refused_in_one_sentence(bind: str) -> None:
    with pytest.raises(UsageError) as error:
        PageServer(PAGE, bind)
    assert "--bind" in str(error.value)
    assert "\n" not in str(error.value)


def test_by_default_it_is_the_address_in_the_network_and_without_one_a_sentence(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(page_server, "_own_address", lambda: HERE)
    for bind in (None, "0.0.0.0", ""):
        with PageServer(PAGE, bind) as server:
            assert server.url.startswith(f"http://{HERE}:")
            assert get(server).endswith(PAGE)
    monkeypatch.undo()

    def unreachable(*_: Any) -> None:
        raise OSError

    monkeypatch.setattr(socket.socket, "connect", unreachable)
    with pytest.raises(StretchError, match="in no network"):
        PageServer(PAGE)


@pytest.mark.parametrize("dark_blocks", [True, False])
@pytest.mark.parametrize(
    "url", ["http://192.168.178.123:54321/" + "x" * 22, "http://[2001:db8::1:2:3:4]:54321/" + "x" * 22]
)
def test_the_qr_code_fits_the_terminal_with_its_quiet_zone(url: str, dark_blocks: bool) -> None:
    segno = pytest.importorskip("segno")
    rows = qr_code(url, dark_blocks=dark_blocks)
    assert len(rows) <= 21
    modules = []
    for row in rows:
        assert len(row) <= 60
        modules += [[character in halves for character in row] for halves in ("▀█", "▄█")]
    drawn = [[block == dark_blocks for block in row] for row in modules]
    expected = [[bool(dark) for dark in row] for row in segno.make_qr(url, error="l").matrix_iter(border=4)]
    assert drawn[: len(expected)] == expected
    assert not any(map(any, drawn[len(expected) :]))


class Server(App):
    """Somebody who serves a page from a terminal."""

    interactive = True

    def __init__(self, *keys: Any) -> None:
        self.time = FakeClock()
        super().__init__(stdout=io.StringIO(), stderr=io.StringIO(), clock=self.time)
        self.input_source = ScriptedInput(self.time, keys)

    def serve(self) -> tuple[str, str]:
        """Return what is written to both outputs while a session of 60 s is served."""
        serve_page(self, PAGE, 60_000, HERE)
        assert isinstance(self.stdout, io.StringIO)
        assert isinstance(self.stderr, io.StringIO)
        return self.stdout.getvalue(), self.stderr.getvalue()


def test_the_address_is_printed_with_its_code_and_what_a_phone_cannot_do() -> None:
    out, messages = Server(5.0, "x", "q").serve()
    address, *code = out.splitlines()
    assert address.startswith(f"http://{HERE}:")
    assert code == qr_code(address, dark_blocks=False)
    assert "same network" in messages
    assert "Auto-Lock" in messages


def test_it_ends_some_minutes_after_the_session() -> None:
    server = Server()
    server.serve()
    assert server.time.now / SECOND == pytest.approx(60 + AFTER_MS / 1000, abs=5)


def test_ctrl_c_ends_it() -> None:
    with pytest.raises(Signalled):
        Server(5.0, InputEvent(signal=2)).serve()


def test_without_the_library_the_address_is_still_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "segno", None)
    out, messages = Server("q").serve()
    assert out.count("\n") == 1
    assert "pip install segno" in messages


@pytest.mark.slow
def test_without_a_terminal_ctrl_c_is_the_key() -> None:
    words = ["page", "neck", "-m", "1", "--serve", "--bind", HERE]
    with subprocess.Popen(
        [sys.executable, "-m", "stretch", *words],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stderr
        assert "until you press Ctrl-C here" in process.stderr.readline()
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 130


class Reader(Server):
    """Somebody who opens the page that is served, and then presses q."""

    def __init__(self) -> None:
        super().__init__()
        self.page = b""
        self.input_source = self

    def read(self, timeout: float) -> InputEvent:
        assert isinstance(self.stdout, io.StringIO)
        with urlopen(self.stdout.getvalue().splitlines()[0], timeout=10) as answer:
            self.page = answer.read()
        return InputEvent(key="q")


def test_the_command_serves_the_page_that_it_writes(tmp_path: Path) -> None:
    reader = Reader()
    request = ("page", "--area", "neck", "--minutes", "1", "--silent")
    assert run(*request, "--serve", "--bind", HERE, "--output", str(tmp_path / "a.html"), app=reader).exit_code == 0
    assert reader.page == (tmp_path / "a.html").read_bytes()


@pytest.mark.parametrize(
    ("words", "says"), [((), "--output FILE, or --serve"), (("--bind", HERE), "--bind needs --serve")]
)
def test_a_page_needs_a_place(words: tuple[str, ...], says: str) -> None:
    result = run("page", *words)
    assert result.exit_code == 2
    assert says in result.stderr
