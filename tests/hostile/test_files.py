"""Attacks on files: what is written, what is read, and the folder that both are in."""

from __future__ import annotations

import json
import os
import signal
import socket
import stat
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from stretch.core.errors import StretchError
from stretch.core.safety.checklist import Outcome
from stretch.core.safety.screening_record import ScreeningRecord
from stretch.storage import screening_file
from stretch.storage.files.safe_io import atomic_write, create_file
from support import run

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="links, pipes, modes and limits of POSIX")
if sys.platform != "win32":
    import fcntl
    import pwd
    import resource

SESSION = (
    '{"version":1,"session":{"id":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","started":"2026-03-04T18:30:00+01:00",'
    '"title":"Neck","planned_seconds":360,"active_seconds":360}}\n'
)
ROUTINE = ("-a", "neck", "-m", "4")
OUTPUTS = {  # each command that writes a file, which is named last
    "page": ("handout", *ROUTINE, "-o", "{}.html"),
    "calendar": ("remind", *ROUTINE, "-o", "{}.ics"),
    "captions": ("audio", "--silent", *ROUTINE, "-o", "{}.vtt"),
    "sound": ("audio", "--silent", "--stretch", "chin-tuck", "--warm-up", "0", "-o", "{}.wav"),
    "picture": ("show", "sphinx", "--svg", "{}.svg"),
    "export": ("history", "export", "-o", "{}.jsonl"),
}
RECORD = ScreeningRecord(outcome=Outcome.GO, screened=date(2026, 3, 4), since=date(2026, 3, 4))
OLD = b"what was there before"


@pytest.fixture(autouse=True)
def journal() -> None:
    """Give the person of each test a session to export."""
    assert run("history", "import", "-", input=SESSION).exit_code == 0


def write(name: str, folder: Path, prepare: Callable[[Path], object] = lambda path: None) -> tuple[int, str, Path]:
    """Run the command *name* on a path that *prepare* makes; return its exit code, its errors and the path."""
    *args, template = OUTPUTS[name]
    path = folder / template.format("output")
    prepare(path)
    result = run(*args, str(path))
    assert "Traceback" not in result.output
    return result.exit_code, result.stderr, path


@contextmanager
def file_size_limit(size: int) -> Iterator[None]:
    before, compiled = resource.getrlimit(resource.RLIMIT_FSIZE), sys.dont_write_bytecode
    # Python would write the modules it imports meanwhile as cut off bytecode, which every later run stumbles over.
    sys.dont_write_bytecode = True
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        sys.dont_write_bytecode = compiled


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.parametrize("name", OUTPUTS)
def test_a_new_file_has_the_mode_that_suits_its_content(name: str, tmp_path: Path) -> None:
    before = os.umask(0o026)
    try:
        code, _, path = write(name, tmp_path)
    finally:
        os.umask(before)
    assert (code, mode(path)) == (0, 0o600 if name == "export" else 0o640)
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("kept", [0o600, 0o604, 0o664])
@pytest.mark.parametrize("name", OUTPUTS)
def test_a_link_is_followed_and_the_file_keeps_its_mode(name: str, kept: int, tmp_path: Path) -> None:
    (elsewhere := tmp_path / "elsewhere").mkdir()

    def link(path: Path) -> None:
        (elsewhere / "target").write_bytes(OLD)
        (elsewhere / "target").chmod(kept)
        (elsewhere / "link").symlink_to("target")
        path.symlink_to(elsewhere / "link")

    code, _, path = write(name, tmp_path, link)
    assert (code, path.is_symlink(), mode(path)) == (0, True, kept)
    assert OLD not in (elsewhere / "target").read_bytes()
    assert {each.name for each in elsewhere.iterdir()} == {"target", "link"}


@pytest.mark.parametrize("name", OUTPUTS)
def test_the_target_of_a_dangling_link_is_created(name: str, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    code, _, path = write(name, tmp_path, lambda path: path.symlink_to("folder/new"))
    assert (code, path.is_symlink(), (tmp_path / "folder" / "new").is_file()) == (0, True, True)


@pytest.mark.parametrize("name", OUTPUTS)
def test_a_pipe_is_written_to(name: str, tmp_path: Path) -> None:
    content = b""

    def make(path: Path) -> None:
        def read() -> None:
            nonlocal content
            content = path.read_bytes()

        os.mkfifo(path)
        reader.append(threading.Thread(target=read, daemon=True))
        reader[0].start()

    reader: list[threading.Thread] = []
    code, _, path = write(name, tmp_path, make)
    reader[0].join(10)
    assert (code, stat.S_ISFIFO(path.stat().st_mode)) == (0, True)
    assert len(content) > 100
    assert content[:4] != b"RIFF" or len(content) == int.from_bytes(content[4:8], "little") + 8


def listen(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(path))


REFUSED: dict[str, tuple[Callable[[Path], object], str]] = {  # how the path is made, part of the message
    "folder": (Path.mkdir, "Is a directory"),
    "socket": (listen, "Not a regular file"),
    "link-to-folder": (lambda path: path.symlink_to(path.parent), "Is a directory"),
    "link-to-itself": (lambda path: path.symlink_to(path), "Too many levels of symbolic links"),
    "link-to-nowhere": (lambda path: path.symlink_to("no/such/file"), "No such file or directory"),
    "full-device": (lambda path: path.symlink_to("/dev/full"), "No space left on device"),
}


@pytest.mark.parametrize("kind", REFUSED)
@pytest.mark.parametrize("name", OUTPUTS)
def test_what_cannot_be_written_is_refused_by_its_name(name: str, kind: str, tmp_path: Path) -> None:
    prepare, message = REFUSED[kind]
    if kind == "full-device" and not Path("/dev/full").exists():
        pytest.skip("there is no such device here")
    code, errors, path = write(name, tmp_path, prepare)
    assert (code, errors.splitlines()[-1]) == (1, f"stretch: {path}: {message}.")
    assert names(tmp_path) == [path.name]


@pytest.mark.parametrize("size", [0, 1, 200])
@pytest.mark.parametrize("name", OUTPUTS)
def test_a_full_disk_leaves_the_old_file_whole(name: str, size: int, tmp_path: Path) -> None:
    *args, template = OUTPUTS[name]
    path = tmp_path / template.format("output")
    path.write_bytes(OLD)
    with file_size_limit(size):
        result = run(*args, str(path))
    assert (result.exit_code, result.stderr.splitlines()[-1]) == (1, f"stretch: {path}: File too large.")
    assert path.read_bytes() == OLD
    assert names(tmp_path) == [path.name]


@pytest.mark.parametrize("command", [("routine", *ROUTINE, "--plan", "--save", "mine"), ("catalog", "new", "mine")])
def test_a_full_disk_leaves_no_half_of_an_own_file(command: tuple[str, ...]) -> None:
    with file_size_limit(100):
        assert run(*command).exit_code == 1
    home = Path(os.environ["STRETCH_HOME"])
    assert not [path for path in home.rglob("*") if path.is_file() and "catalog" in path.parts]
    assert run(*command).exit_code == 0


def test_a_device_stays_a_device(tmp_path: Path) -> None:
    *args, _ = OUTPUTS["export"]
    link = tmp_path / "null"
    link.symlink_to(os.devnull)
    assert run(*args, str(link)).exit_code == 0
    assert link.is_symlink()
    assert stat.S_ISCHR(Path(os.devnull).stat().st_mode)


def test_an_export_never_replaces_the_journal(tmp_path: Path) -> None:
    path = Path(os.environ["STRETCH_HOME"]) / "journal.db"
    (link := tmp_path / "link").symlink_to(path)
    for output in (path, link):
        assert run("history", "export", "-o", str(output)).exit_code == 2
    assert path.read_bytes().startswith(b"SQLite format 3")


def test_a_read_only_file_is_not_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (path := tmp_path / "file").write_bytes(OLD)
    monkeypatch.setattr(os, "access", lambda path, how: how != os.W_OK)  # root may write to any
    assert write("page", tmp_path, lambda path: path.write_bytes(OLD))[0] == 1
    with pytest.raises(PermissionError), atomic_write(path) as file:
        file.write(b"new")
    assert path.read_bytes() == OLD


@pytest.mark.slow
@pytest.mark.parametrize("path", ["/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"])
@pytest.mark.parametrize("name", ["picture", "sound"])
def test_an_open_descriptor_is_written_to_where_it_stands(name: str, path: str, tmp_path: Path) -> None:
    if not Path(path).parent.exists():
        pytest.skip("there is no such folder here")
    *args, template = OUTPUTS[name]
    link, output = tmp_path / template.format("link"), tmp_path / "output"
    link.symlink_to(path)
    output.write_bytes(OLD)
    with output.open("ab") as stream:
        subprocess.run([sys.executable, "-m", "stretch", *args, str(link)], stdout=stream, check=True)
        assert os.path.sameopenfile(stream.fileno(), os.open(output, os.O_RDONLY)), "the file was replaced"
    assert output.read_bytes().startswith(OLD)
    assert output.stat().st_size > 1000


# -- processes that are killed while they write

WRITER = """
import sys, time
from pathlib import Path
from stretch.storage.files.safe_io import atomic_write, create_file
with atomic_write(Path(sys.argv[1])) as file:
    file.write(b"half")
    file.flush()
    print("ready", flush=True)
    time.sleep(60)
"""


@contextmanager
def writer(path: Path) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen([sys.executable, "-c", WRITER, path], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
        try:
            yield process
        finally:
            process.kill()


@pytest.mark.slow
@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGTERM])
@pytest.mark.parametrize("name", ["page.html", "x" * 255])
def test_the_next_write_removes_what_a_killed_one_left(name: str, end: int, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(OLD)
    other = tmp_path / ".page.html.12345"
    other.write_bytes(b"of somebody else")
    with writer(path) as process:
        process.send_signal(end)
        process.wait(10)
    assert path.read_bytes() == OLD
    assert len(names(tmp_path)) == 3
    with atomic_write(tmp_path / "another") as file:
        file.write(b"new")
    assert len(names(tmp_path)) == 4, "another file has its own"
    with atomic_write(path) as file:
        file.write(b"new")
    assert {each.name for each in tmp_path.iterdir()} == {name, other.name, "another"}


@pytest.mark.slow
def test_a_running_write_is_not_taken_for_a_killed_one(tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    with writer(path):
        (temporary,) = tmp_path.iterdir()
        assert mode(temporary) == 0o600
        with atomic_write(path) as file:
            file.write(b"new")
        assert set(tmp_path.iterdir()) == {path, temporary}


def test_two_writes_at_once_both_succeed_and_the_last_wins(tmp_path: Path) -> None:
    path = tmp_path / "file"
    with atomic_write(path) as first:
        first.write(b"first")
        with atomic_write(path) as second:
            second.write(b"second")
    assert (path.read_bytes(), names(tmp_path)) == (b"first", ["file"])


def test_a_file_that_appears_meanwhile_is_not_replaced_by_a_new_one(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    with pytest.raises(FileExistsError), atomic_write(path, new=True):
        path.write_bytes(OLD)
    assert (path.read_bytes(), names(tmp_path)) == (OLD, [path.name])
    with pytest.raises(StretchError, match=r"mine\.yaml already exists"):
        create_file(path, "new")


# -- what is read


def link_to_pipe(path: Path) -> None:
    os.mkfifo(path.with_suffix(".x"))
    path.symlink_to(path.with_suffix(".x"))


NOT_REGULAR: dict[str, Callable[[Path], object]] = {
    "pipe": os.mkfifo,
    "folder": Path.mkdir,
    "socket": listen,
    "endless": lambda path: path.symlink_to("/dev/zero"),
    "link-to-pipe": link_to_pipe,
}
READ = {  # each file of a person, a command that reads it, the exit code, and the words of the refusal
    "safety.json": (("routine", "--plan", *ROUTINE), 4, "cannot be read"),
    "config.yaml": (("config",), 2, "is not a regular file"),
    "catalog/mine.yaml": (("catalog", "check"), 1, "is not a regular file"),
    "export.jsonl": (("history", "import", "{}"), 1, "is not a regular file"),
}


@pytest.mark.parametrize("kind", NOT_REGULAR)
@pytest.mark.parametrize("name", READ)
def test_only_regular_files_are_read(name: str, kind: str) -> None:
    path = Path(os.environ["STRETCH_HOME"]) / name
    path.parent.mkdir(exist_ok=True)
    NOT_REGULAR[kind](path)
    args, code, words = READ[name]
    if kind == "endless" and name.startswith("catalog/"):
        words = "is a link out of its catalog"
    result = run(*(each.format(path) for each in args))
    assert result.exit_code == code, result.output
    assert words in result.output
    assert str(path) in result.output.replace("\n", "")


def test_a_safety_record_is_never_written_through(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "safety.json")
    with pytest.raises(OSError, match="Not a regular file"):
        screening_file.save(tmp_path, RECORD)
    assert screening_file.delete(tmp_path)
    screening_file.save(tmp_path, RECORD)
    (tmp_path / "safety.json").write_bytes(b"[" * 100_000)
    with pytest.raises(screening_file.UnreadableRecord):
        screening_file.load(tmp_path)
    with (tmp_path / "safety.json").open("wb") as file:
        file.truncate(1 << 40)
    with pytest.raises(screening_file.UnreadableRecord):
        screening_file.load(tmp_path)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_an_import_in_another_encoding_is_called_by_its_name(encoding: str, mark: str, tmp_path: Path) -> None:
    (path := tmp_path / "export.jsonl").write_bytes((mark + SESSION).encode(encoding))
    result = run("history", "import", str(path))
    assert (result.exit_code, encoding[:6].upper() in result.stderr) == (1, True)
    path.write_bytes(("\ufeff" + SESSION).encode())
    assert run("history", "import", str(path)).exit_code == 0


def test_an_import_of_a_line_without_end_ends(tmp_path: Path) -> None:
    with (path := tmp_path / "export.jsonl").open("wb") as file:
        file.truncate(1 << 40)
    result = run("history", "import", str(path))
    assert (result.exit_code, result.stderr) == (1, f"stretch: {path}:1: is longer than 64 MiB.\n")


@pytest.mark.slow
def test_an_open_descriptor_can_be_imported() -> None:
    command = [sys.executable, "-m", "stretch", "history", "import", "/dev/stdin"]
    assert "Imported 0 sessions" in subprocess.run(command, input=SESSION.encode(), capture_output=True).stderr.decode()


# -- the folder

HOMES = {  # variables, and the folder that is used under the temporary one; None if there is none
    "named": ({"STRETCH_HOME": "{}/a b"}, "a b"),
    "named-below-home": ({"STRETCH_HOME": "~/x", "HOME": "{}"}, "x"),
    "empty": ({"STRETCH_HOME": "", "XDG_CONFIG_HOME": "{}"}, "stretch"),
    "relative": ({"STRETCH_HOME": "here", "XDG_CONFIG_HOME": "{}"}, "stretch"),
    "of-nobody": ({"STRETCH_HOME": "~no-such-user/x", "XDG_CONFIG_HOME": "{}"}, "stretch"),
    "xdg-empty": ({"XDG_CONFIG_HOME": "", "HOME": "{}"}, ".config/stretch"),
    "xdg-relative": ({"XDG_CONFIG_HOME": "config", "HOME": "{}"}, ".config/stretch"),
    "xdg-dots": ({"XDG_CONFIG_HOME": "../x", "HOME": "{}"}, ".config/stretch"),
    "no-account": ({}, None),
    "home-empty": ({"HOME": ""}, None),
    "home-relative": ({"HOME": "home"}, None),
    "home-relative-named": ({"HOME": "home", "STRETCH_HOME": "~/x"}, None),
}


@pytest.mark.skipif(sys.platform != "linux", reason="the folders of Linux")
@pytest.mark.parametrize("case", HOMES)
def test_the_folder_is_never_in_the_working_folder(case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    variables, expected = HOMES[case]
    for name in ("STRETCH_HOME", "XDG_CONFIG_HOME", "HOME"):
        monkeypatch.delenv(name)
    for name, value in variables.items():
        monkeypatch.setenv(name, value.format(tmp_path / "base"))
    monkeypatch.setattr(pwd, "getpwuid", lambda user: {}[user])  # as in a container
    (here := tmp_path / "here").mkdir()
    monkeypatch.chdir(here)
    before = os.umask(0o022)
    try:
        result = run("history", "import", "-", input=SESSION)
        plan = run("routine", *ROUTINE, "--plan")
    finally:
        os.umask(before)
    assert not names(here)
    assert plan.exit_code == 0
    if expected is None:
        assert result.exit_code == 1
        assert "There is no home folder, so no session, setting or safety check is kept." in plan.stderr
        return
    assert result.exit_code == 0, result.output
    folder = tmp_path / "base" / expected
    assert {mode(folder), mode(folder.parent), mode(folder / "journal.db")} == {0o700, 0o600}
    assert ("is ignored" in plan.stderr) == (case in ("relative", "of-nobody"))


def test_the_safety_check_tells_its_outcome_even_if_it_cannot_be_saved(monkeypatch: pytest.MonkeyPatch) -> None:
    home = Path(os.environ["STRETCH_HOME"])
    (home / "safety.json").mkdir()
    result = run("safety", "check", input="1\n1\n")
    assert (result.exit_code, "The safety check could not be saved" in result.stderr) == (4, True)
    assert "Call your emergency number" in result.output


# -- status files


def status_file(folder: Path, **changes: Any) -> Path:
    content = {"state": "playing", "title": "Neck", "kind": "hold", "ends": 2**60, "phase_ends": 2**60} | changes
    path = folder / f"playing-{'a' * 32}-77.json"
    path.write_text(json.dumps(content))
    return path


FOREIGN = {
    "other-name": ("playing-mine.json", b"{}"),
    "other-content": (f"playing-{'b' * 32}-1.json", b"my notes"),
    "other-json": (f"playing-{'b' * 32}-1.json", b'{"state": "playing"}'),
    "not-utf-8": (f"playing-{'b' * 32}-1.json", b'{"state": "\x97"}'),
    "too-large": (f"playing-{'b' * 32}-1.json", b" " * (2 << 20)),
}


@pytest.mark.parametrize("name", FOREIGN)
def test_only_own_status_files_of_dead_processes_are_removed(name: str, tmp_path: Path) -> None:
    file, content = FOREIGN[name]
    (foreign := tmp_path / file).write_bytes(content)
    dead = status_file(tmp_path)
    (link := tmp_path / f"playing-{'c' * 32}-1.json").symlink_to(foreign)
    os.mkfifo(pipe := tmp_path / f"playing-{'d' * 32}-1.json")
    result = run("status", env={"STRETCH_HOME": str(tmp_path)})
    assert (result.exit_code, result.stdout) == (0, "no session running\n")
    assert set(tmp_path.iterdir()) == {foreign, link, pipe}
    assert not dead.exists()


def test_a_running_session_in_a_file_is_shown_inert(tmp_path: Path) -> None:
    path = status_file(tmp_path, name="Hang & <swing>\x1b[31m\x9b\u202e", title="\x1b]0;x\x07", kind="\x07")
    with path.open("rb+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        line = run("status", env={"STRETCH_HOME": str(tmp_path)}).stdout
        text = run("status", "--json", env={"STRETCH_HOME": str(tmp_path)}).stdout
    assert line.strip().isprintable()
    assert line.startswith(r"Hang & <swing>\x1b[31m\x9b\u202e ")
    assert text.strip().isprintable()
    assert json.loads(text)["text"].startswith("Hang &amp; &lt;swing&gt;")
    assert json.loads(text)["playing"][0]["title"] == r"\x1b]0;x\x07"
