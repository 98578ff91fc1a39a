"""Attacks on what is shown: escapes, encodings, streams that are closed, full or slow, and Ctrl-C while it starts."""

from __future__ import annotations

import io
import json
import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
import zlib
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any, cast

import msgspec
import pytest
import yaml

from stretch.cli.app import App
from stretch.cli.console import ERRORS, OutputFailed, OutputFile, prepare_streams
from stretch.core.journal.progress import decode_plan, encode_plan
from support import FakeClock, ScriptedInput, run

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="paths there have no such characters")

HOSTILE = "\x1b]0;gone\x07\x1b[2J\x9b31m\x7f\u202egnp\u2066\x08\r"
"""A window title, an erased screen, a C1 control, DEL, text turned round, backspaces."""
COMMAND_LINES = [
    "areas", "areas --json", "audio -o {out}.vtt", "audio -o {bad}.vtt", "catalog", "catalog check",
    "catalog check --json", "catalog check {bad}", "catalog new mine", "catalog new {bad}", "catalog new a-b -o -",
    "catalog path", "catalog schema", "config", "config --json", "config --template", "doctor", "doctor --json",
    "handout -o {out}.md", "handout -o {bad}.html", "handout -o {bad}", "history", "history --json", "history export",
    "history export -o {bad}/x", "history forget 1234 --yes", "history forget {bad}", "history forget --before {bad}",
    "history forget --all", "history import {bad}", "list", "list --json", "list --figures", "list -a {bad}",
    "programs", "programs --json", "remind -o {out}.ics", "remind -o {bad}", "remind -o {bad}.ics --at {bad}",
    "remind -o {bad}.ics --days {bad}", "resume --yes --plain", "resume --yes --events", "routine --plan",
    "routine --plan --json", "routine --plan -a {bad}", "routine --plan -m {bad}", "routine --plan --catalog {bad}",
    "routine --plan --save {bad}", "routine --plan --breath {bad}", "routine --yes --speed 1000",
    "routine --yes --events --speed 1000", "safety", "safety --json", "safety check --json", "safety check",
    "show sphinx", "show sphinx --figure braille", "show sphinx --json", "show sphinx --svg -", "show {bad}",
    "show sphinx --svg {bad}/x", "status", "status --json", "{bad}", "--{bad}",
]  # fmt: skip


class HostileApp(App):
    """An App at a fixed moment whose folder has escapes in its name and in everything it holds."""

    def now(self) -> datetime:
        return datetime(2026, 11, 25, 7, 30).astimezone()


def fill(folder: Path) -> None:
    """Write settings, a stretch and a journal with an unfinished session, all with escapes in every text."""
    app = App(environ={"STRETCH_HOME": str(folder)}, clock=(clock := FakeClock()))
    app.input_source = ScriptedInput(clock, (30.0, 30.0, 30.0, "q"))
    assert run("routine", "--yes", "-m", "6", app=app).exit_code == 3
    journal = sqlite3.connect(folder / "journal.db")
    with journal:
        plan = decode_plan(zlib.decompress(journal.execute("SELECT data FROM plan").fetchone()[0]))
        assert plan
        first = msgspec.structs.replace(plan.items[0].stretch, name=HOSTILE, ease_off=HOSTILE, steps=(HOSTILE,))
        items = (msgspec.structs.replace(plan.items[0], stretch=first), *plan.items[1:])
        plan = msgspec.structs.replace(plan, title=HOSTILE, items=items)
        areas = json.dumps([HOSTILE], ensure_ascii=False)
        journal.execute("UPDATE plan SET data = ?", (zlib.compress(encode_plan(plan)),))
        journal.execute("UPDATE session SET title = ?, areas = ?", (HOSTILE, areas))
        journal.execute("UPDATE part SET areas = ?", (areas,))
    journal.close()
    (folder / "config.yaml").write_text(yaml.safe_dump({"sound_command": HOSTILE, "catalog": [HOSTILE]}))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("hostile") / f"caf\udce9{HOSTILE}"
    home.mkdir()
    fill(home)
    return home


def inert(text: str) -> bool:
    return all(line.isprintable() for line in text.split("\n"))


@pytest.mark.parametrize("line", COMMAND_LINES)
def test_no_command_prints_what_a_terminal_obeys(folder: Path, tmp_path: Path, line: str) -> None:
    words = [word.format(bad=f"{HOSTILE}\udcff", out=tmp_path / "out") for word in line.split()]
    environ = {"STRETCH_HOME": str(folder), "STRETCH_WRONG\x1b[2J": "", "PATH": "", "TERM": HOSTILE}
    app = HostileApp(environ=environ, clock=(clock := FakeClock()), input_source=ScriptedInput(clock))
    result = run(*words, app=app)
    assert result.exit_code in (0, 1, 2, 3, 4)
    assert inert(result.stdout)
    assert inert(result.stderr)
    if result.stdout and "--json" in words:
        json.loads(result.stdout)
    if result.stdout and ("--events" in words or "export" in words):
        assert all(isinstance(json.loads(each), dict) for each in result.stdout.splitlines())


def in_process(*args: str, env: dict[str, str] | None = None, **streams: Any) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "stretch", *args]
    streams = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "stdin": subprocess.DEVNULL} | streams
    done: Any = subprocess.run(command, env=os.environ | (env or {}), timeout=60, **streams)
    return cast("subprocess.CompletedProcess[bytes]", done)


def as_written(text: str, encoding: str) -> str:
    """Return *text* as it comes out of a stream of *encoding* that the program has prepared."""
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding=encoding, errors=ERRORS)
    stream.write(text)
    stream.flush()
    return raw.getvalue().decode(encoding)


@pytest.mark.parametrize(
    ("text", "encoding", "shown"),
    [
        ("Öffne die Hüfte", "ascii", "Offne die Hufte"),
        ("Öffne die Hüfte", "cp1252", "Öffne die Hüfte"),
        ("½ \N{PERSON IN LOTUS POSITION} 漢 \udcff", "latin-1", "½ ? ? ?"),
        ("⠀⠁⣀⢸⣿", "latin-1", " '.:#"),
        ("▁▄█▀ ▗▟██▙▖", "ascii", ".=## #####" + "#"),
        ("▄█▀", "cp437", "▄█▀"),
        ("… “a” → b", "ascii", '. "a" > b'),
        ("⣿ é \udcff", "utf-16", "⣿ é ?"),
    ],
)
def test_what_an_encoding_lacks_is_drawn_in_what_it_has(text: str, encoding: str, shown: str) -> None:
    prepare_streams(own_process=False)
    assert as_written(text, encoding) == shown


SEVERAL = """
import sys
from stretch.cli import main
for line in sys.argv[1:]:
    try:
        main(line.split())
    except SystemExit as exit:
        assert not exit.code, line
    print("=" * 9)
"""


def several(*lines: str, flags: tuple[str, ...] = (), env: dict[str, str] | None = None) -> bytes:
    """Return the output of several commands of one process, with a line of nine = after each."""
    command = [sys.executable, *flags, "-c", SEVERAL, *lines]
    result = subprocess.run(command, env=os.environ | (env or {}), capture_output=True, timeout=60)
    assert (result.returncode, result.stderr) == (0, b"")
    return result.stdout


@pytest.mark.slow
@pytest.mark.parametrize("encoding", ["ascii", "latin-1:strict", "cp437", "utf-16", "utf-8:strict"])
def test_every_encoding_can_show_every_command(tmp_path: Path, encoding: str) -> None:
    env = {
        "PYTHONIOENCODING": encoding,
        "STRETCH_HOME": str(tmp_path / f"caf\udce9{HOSTILE}\N{PERSON IN LOTUS POSITION}"),
    }
    output = several("doctor", "config --json", "show sphinx", "list --figures", env=env)
    text = output.decode(encoding.partition(":")[0])
    assert inert(text)
    _, config, _, figures, _ = text.split("=========\n")
    json.loads(config)
    assert sum(character in "#:.'⣿" for character in figures) > 50


@pytest.mark.slow
def test_a_locale_without_unicode_gets_figures_in_ascii() -> None:
    result = in_process("list", "--figures", env={"LC_ALL": "en_US.ISO-8859-1", "PYTHONUTF8": "1"})
    assert result.stdout.isascii()
    assert result.stdout.count(b"#") > 1000


# Streams.


def test_a_slow_reader_of_a_non_blocking_stream_gets_everything() -> None:
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    received = bytearray()

    def read() -> None:
        while data := os.read(reader, 10_000):
            received.extend(data)
            time.sleep(0.002)

    thread = threading.Thread(target=read)
    thread.start()
    stream = io.TextIOWrapper(io.BufferedWriter(OutputFile(writer, optional=False)), "utf-8")
    stream.write("0123456789" * 50_000)
    stream.flush()
    os.close(writer)
    thread.join()
    os.close(reader)
    assert received == b"0123456789" * 50_000


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")
def test_a_stream_fails_once_and_then_drops_everything() -> None:
    with open("/dev/full", "wb", buffering=0) as full:  # noqa: PTH123
        for optional in (False, True):
            stream = io.BufferedWriter(OutputFile(full.fileno(), optional=optional))
            if not optional:
                stream.write(b"lost")
                with pytest.raises(OutputFailed):
                    stream.flush()
            stream.write(b"lost")
            stream.flush()


STREAM_ATTACKS = [
    # what the shell does with the streams, the exit code, the words on standard error
    ("{} >&-", 0, ""),
    ("{} 2>&-", 0, ""),
    ("{} <&- >&- 2>&-", 0, ""),
    ("{} > /dev/full", 1, "stretch: standard output: No space left on device.\n"),
    ("{} 2> /dev/full", 0, ""),
    ("{} > /dev/full 2>&1", 1, ""),
    ("{} 1< /dev/null", 1, "stretch: standard output: Bad file descriptor.\n"),
    # Standard input is a pipe that nobody reads.
    ("{} >&0 </dev/null", 141, ""),
    ("{} >&0 2>&0 </dev/null", 141, ""),
]


@pytest.mark.slow
@pytest.mark.parametrize(("shell", "code", "words"), STREAM_ATTACKS)
@pytest.mark.parametrize(
    "line",
    ["stretch --help", "stretch list --json", "_STRETCH_COMPLETE=zsh_source stretch",
     "stretch routine --yes --speed 1000 -m 3"],
)  # fmt: skip
def test_every_command_ends_with_one_exit_code(tmp_path: Path, line: str, shell: str, code: int, words: str) -> None:
    command = shell.format(line.replace("stretch", f"{sys.executable} -m stretch", 1))
    reader, writer = os.pipe()
    os.close(reader)
    stdin = writer if ">&0" in shell else subprocess.DEVNULL
    result = subprocess.run(
        ["sh", "-c", command], cwd=tmp_path, stdin=stdin, capture_output=True, text=True, timeout=60
    )
    os.close(writer)
    assert result.returncode == code
    assert words in result.stderr
    assert "Traceback" not in result.stderr
    assert "Exception ignored" not in result.stderr


@pytest.mark.slow
def test_ctrl_c_ends_a_command_whose_reader_stalls() -> None:
    readers, processes = [], []
    for line in ("list --json", "list --figures"):
        reader, writer = os.pipe()
        # Until it takes nothing more.
        os.set_blocking(writer, False)
        with suppress(BlockingIOError):
            while os.write(writer, b" " * 100):
                pass
        os.set_blocking(writer, True)
        command = [sys.executable, "-m", "stretch", *line.split()]
        processes.append(subprocess.Popen(command, stdout=writer, stderr=subprocess.PIPE))
        readers.append(reader)
        os.close(writer)
    time.sleep(3)
    for process in processes:
        process.send_signal(signal.SIGINT)
    for reader, process in zip(readers, processes, strict=True):
        _, stderr = process.communicate(timeout=20)
        os.close(reader)
        assert (process.returncode, stderr) == (130, b"")


CLOSED_STDIN = [
    ("history import - <&-", 2),
    ("history import - < /dev/null", 2),
    ("safety check <&-", 4),
    ("history forget --all <&-", 2),
    ("routine --yes --speed 1000 -m 3 <&-", 0),
]


@pytest.mark.slow
@pytest.mark.parametrize(("line", "code"), CLOSED_STDIN)
def test_a_closed_input_is_an_empty_one(line: str, code: int) -> None:
    command = f"{sys.executable} -m stretch {line}"
    result = subprocess.run(["sh", "-c", command], capture_output=True, text=True, timeout=60)
    assert result.returncode == code
    assert "Traceback" not in result.stderr
    assert result.stderr


INTERRUPTED = """
import codecs, os, signal, sys

class Finder:
    def find_spec(self, name, *_):
        if name == sys.argv[-1]:
            os.kill(os.getpid(), signal.SIGINT)

sys.meta_path.insert(0, Finder())
from stretch.cli import main
if sys.argv[-1] == "register_error":
    codecs.register_error = lambda *_: os.kill(os.getpid(), signal.SIGINT)
main(sys.argv[1:-1])
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    "module",
    ["click", "click.types", "stretch.cli.console", "stretch.cli.listing", "stretch.cli.app", "msgspec",
     "stretch.storage.files.shipped", "stretch.figure.render", "stretch.player.figure_renderer", "register_error"],
)  # fmt: skip
def test_ctrl_c_while_the_program_starts_is_silent(module: str) -> None:
    command = [sys.executable, "-c", INTERRUPTED, "list", "--figures", module]
    result = subprocess.run(command, capture_output=True, timeout=60)
    assert (result.returncode, result.stderr) == (130, b"")


@pytest.mark.slow
def test_help_is_the_same_without_docstrings() -> None:
    lines = ("--help", "history --help", "catalog schema --help", "routine --help")
    assert several(*lines) == several(*lines, flags=("-OO",))


WRONG = [
    "routine -m nan", "routine -m inf", "routine -m -1", "routine -m 1e400", "routine -m \udcff",
    "routine --warm-up nan",
    "routine --warm-up -1", "routine --breath nan-nan", "routine --breath 1e9-1",
    "routine --seed 99999999999999999999x",
    "list --catalog /nowhere", "routine --catalog {long}", "show {long}", "history forget {long}", "history --last -1",
    "history forget --before 2026-02-30", "remind -o x.ics --at 25:00", "remind -o x.ics --days ,",
    "audio -o", "show sphinx --svg", "catalog new ../x", "routine --save ../x",
    "routine --volume 101", "routine --speed 0", "handout -o=", "handout -o x.pdf", "list \x1b[31m", "history \x1b[2J",
]  # fmt: skip


@pytest.mark.parametrize("line", WRONG)
def test_what_the_command_line_got_wrong_is_one_sentence_and_code_2(line: str) -> None:
    result = run(*(word.format(long="x" * 5000) for word in line.split()))
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("stretch: ")
    assert result.stderr.count("\n") == 1
    assert "\x1b" not in result.stderr


USAGE_ERRORS = [
    ("routine --speed abc", "--speed takes a whole number from 1 to 1000, not 'abc'. See `stretch routine --help`."),
    ("routine --volume 101", "--volume takes a whole number from 0 to 100, not '101'. See `stretch routine --help`."),
    ("routine --seed -1", "--seed takes a whole number of at least 0, not '-1'. See `stretch routine --help`."),
    ("history --last 1.5", "--last takes a whole number of at least 0, not '1.5'. See `stretch history --help`."),
    ("routine -m 5x", "--minutes takes a number of minutes, such as 15, not '5x'. See `stretch routine --help`."),
    ("audio --warm-up no", "--warm-up takes a number of minutes, such as 15, not 'no'. See `stretch audio --help`."),
    ("routine --figure block", "There is no figure style called 'block'. Did you mean blocks?"
     " Choose from auto, pixels, octants, braille, blocks, none."),
    ("routine --voice loud", "There is no voice mode called 'loud'. Choose from yes, full, brief, names, breath, no."),
    ("show sphinx --side up", "There is no side called 'up'. Choose from left, right."),
    ("catalog schema areas", "There is no kind called 'areas'. Did you mean area?"
     " Choose from stretch, figure, program, area, group, source."),
    ("routine --catalog /nowhere", "There is no catalog /nowhere."),
    ("history expert", "There is no command called 'expert'. Did you mean export?"),
    ("catalog foo", "There is no command called 'foo'. `stretch catalog --help` lists them."),
    (
        "foo",
        "There is no command or area called 'foo'. `stretch --help` lists the commands, `stretch areas` the areas.",
    ),
    ("show sphinx cobra", "`stretch show` does not take 'cobra'. See `stretch show --help`."),
    ("history forget a b c", "`stretch history forget` does not take 'b c'. See `stretch history forget --help`."),
    ("list (a)", "There is no area called '(a)'. `stretch areas` lists them."),
    ("show", "ID is missing. See `stretch show --help`."),
    ("handout", "--output is missing: write for example `-o handout.html`. See `stretch handout --help`."),
    ("report", "--output is missing: write for example `-o report.html`. See `stretch report --help`."),
    ("list --figure", "There is no option called '--figure'. Did you mean --figures? See `stretch list --help`."),
    ("list -x", "There is no option called '-x'. See `stretch list --help`."),
    ("routine -a", "-a needs a value."),
    ("routine --plan=3", "--plan takes no value."),
]  # fmt: skip
"""One command line for each mistake that click or a type of an option finds, and the sentence."""


@pytest.mark.parametrize(("line", "sentence"), USAGE_ERRORS)
def test_each_mistake_in_the_command_line_has_its_sentence(line: str, sentence: str) -> None:
    result = run(*line.split())
    assert (result.exit_code, result.stdout, result.stderr) == (2, "", f"stretch: {sentence}\n")


EMPTY_OUTPUTS = [
    "handout -o",
    "remind -o",
    "audio -o",
    "history export -o",
    "catalog new my-own -o",
    "show sphinx --svg",
]


@pytest.mark.parametrize("line", EMPTY_OUTPUTS)
def test_an_empty_file_name_is_refused(line: str) -> None:
    result = run(*line.split(), "")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.count("\n") == 1


@pytest.mark.parametrize("columns", ["0", "-5", "x", "100000"])
@pytest.mark.parametrize("line", ["list", "safety", "routine --plan"])
def test_an_impossible_width_is_no_error(line: str, columns: str) -> None:
    assert run(*line.split(), env={"COLUMNS": columns}).exit_code == 0


ODD_ENVIRONMENT = [
    ("TZ", "UTC+26", "routine --plan", 0),
    ("TZ", "UTC+26", "status --json", 2),
    ("TZ", "UTC+26", "routine --yes --speed 1000 -m 3", 0),
    ("TZ", "\udcff", "status --json", 0),
    ("STRETCH_MINUTES", "\udcff", "routine --plan", 2),
    ("STRETCH_MINUTES", "nan", "routine --plan", 2),
    ("STRETCH_AREA", "\udcff", "routine --plan", 2),
    ("STRETCH_BREATH", "\udcff", "config", 2),
    ("STRETCH_CATALOG", "/nowhere/\udcff", "config --json", 0),
    ("STRETCH_SOUND_COMMAND", "\udcff {file}", "config --json", 0),
    ("STRETCH_NEVER", "x" * 100_000, "config", 2),
    ("COLUMNS", "99999999999999999999", "list", 0),
    ("TERM", "\udcff", "list", 0),
    ("LANG", "\udcff", "list --figures", 0),
]


@pytest.mark.slow
@pytest.mark.parametrize(("name", "value", "line", "code"), ODD_ENVIRONMENT)
def test_odd_variables_are_used_or_refused_in_a_sentence(name: str, value: str, line: str, code: int) -> None:
    result = in_process(*line.split(), env={name: value})
    stderr = result.stderr.decode()
    assert "Traceback" not in stderr
    assert result.returncode == code, stderr
    assert inert(stderr)
    assert code == 0 or len(stderr) < 600
