"""Random attacks on the whole program: `python tests/hostile/fuzz.py --minutes N --seed S`.

Each case gets its own user folder, one random kind of attack, and one or a few runs of the program. A run must end
within 12 s and 200 MiB with a documented exit code, without a traceback, without raw control characters in a pipe, and
with the terminal as it was. Each failure is printed on one line with the command that repeats it.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import pty
import random
import resource
import select
import shlex
import shutil
import signal
import sqlite3
import sys
import tempfile
import termios
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

LIMIT_S, LIMIT_MIB = 12.0, 200
CODES = {0, 1, 2, 3, 4, 130}
ENDING_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT)
CAP = 1 << 22
"""Bytes of output that are kept; the rest is read and dropped."""

COMMANDS = (
    "routine -a neck -m 3 --plan", "routine --plan --json", "routine --program mine --plan", "list", "list --figures",
    "list --json", "show sphinx", "show mine", "show mine --json", "areas", "programs", "programs --json", "status",
    "status --json", "history", "history --json", "history --last 3", "history export", "config", "config --json",
    "doctor", "doctor --json", "safety", "safety check --json", "catalog check", "catalog check --json", "catalog path",
    "handout -a neck -m 4 -o -", "remind -a neck -m 6 -o {home}/out.ics", "handout -a neck -m 3 -o {home}/out.html",
    "routine -a neck -m 3 --yes --plain --speed 1000", "routine -a neck -m 2 --yes --events --speed 1000",
    "resume --yes",
    "routine -a neck -m 2 --yes --plain", "history forget --before 2026-01-01 --yes",
    "history import {home}/import.jsonl",
    "history import --skip-bad {home}/import.jsonl", "list --catalog {home}/extra.yaml",
    "routine -a neck -m 3 --save mine --plan",
)  # fmt: skip
OPTIONS = (
    "-a", "--area", "-m", "--minutes", "--program", "--as-written", "--stretch", "--position", "--equipment", "--level",
    "--avoid", "--exclude", "--breath", "--warm-up", "--before-sport", "--morning", "--no-morning", "--experienced",
    "--new", "--catalog", "--seed", "--save", "--plan", "--json", "--yes", "--plain", "--events", "--wait", "--sound",
    "--no-sound", "--volume", "--voice", "--no-voice", "--figure", "--speed", "-h", "--last", "--figures", "--desk",
    "--side", "--svg", "-o", "--output", "--at", "--days", "--silent", "--before", "--all", "--skip-bad", "--template",
    "--forget", "--shipped", "-V", "--", "-",
)  # fmt: skip
NAMES = (
    "routine", "resume", "history", "list", "show", "areas", "programs", "audio", "handout", "status", "remind",
    "catalog",
    "doctor", "config", "safety", "history export", "history forget", "history import", "catalog check", "catalog new",
    "catalog schema", "safety check",
)  # fmt: skip
VALUES = (
    "neck", "lower-back", "hip-area", "knee", "disc", "sphinx", "mine", "0", "1", "6", "15", "-1", "1e9", "nan", "inf",
    "9" * 40, "4-6", "3.5-5", "0-0", "99-99", "1/2", "", " ", "\x1b[31mred", "a\u202eb", "\udcff", "x" * 3000, "..",
    "/",
    "/dev/null", "/dev/full", "{home}/new.yaml", "{home}", "{home}/out.ics", "{home}/out.html", "{home}/out.vtt", "-",
    "08:00", "25:61", "mon,thu", "daily", "2026-03-31", "9999-12-31", "0001-01-01", "standing", "chair", "gentle",
    "left", "none", "blocks", "yes", "breath", "on", "auto", "\u0660", "\u0663", "stretch", "all", "[", "{a: b}",
    "%s", "$(id)",
)  # fmt: skip
PIECES = (
    b"", b"\n", b": ", b"- ", b"[", b"]", b"{", b"}", b"&a ", b"*a", b"!!python/name:os.system ", b"null", b"-1",
    b"1e999",
    b"'", b'"', b"#", b"|\n", b"? ", b"%", b"\t", b"\0", b"\x1b[2J", b"\xe2\x80\xae", b"\xef\xbb\xbf", b"\xff",
    b"\xc2\x85",
    b"9" * 30, b"a: " * 300, b"(" * 500, b"true", b"\r", b"\\ud800", b"[" * 300, b"1 to " * 100, b"\xf0\x9f\xa7\x98",
)  # fmt: skip
KEYS = (
    b" ", b"n", b"b", b"+", b"-", b"e", b"x", b"1", b"2", b"3", b"s", b"v", b"?", b"\r", b"\n", b"y", b"p", b"\x1b",
    b"\x1b[A",
    b"\x1b[C", b"\x1b[[B", b"\x1b]11;rgb:1e1e/2e2e/3e3e\x07", b"\x1bP1$r0m\x1b\\", b"\x1b[200~ne", b"\x1b[201~",
    b"\x1b[M !!",
    b"\x1b[<0;1;1M", b"\x1b[I", b"\xd0\xb9", b"\xff", b"\0", b"\x1b[" + b"1;" * 2000, b"n" * 500, b"\x1b_G\x1b\\",
    b"\x1bO",
)  # fmt: skip
VARIABLES = (
    "STRETCH_AREA", "STRETCH_MINUTES", "STRETCH_BREATH", "STRETCH_POSITION", "STRETCH_AVOID", "STRETCH_MORNING",
    "STRETCH_SOUND", "STRETCH_VOLUME", "STRETCH_VOICE", "STRETCH_FIGURE", "STRETCH_BACKGROUND", "STRETCH_CATALOG",
    "STRETCH_SOUND_COMMAND", "STRETCH_NEVER", "STRETCH_NO_SUCH", "TERM", "COLORTERM", "COLORFGBG", "LC_ALL", "LANG",
    "TZ", "COLUMNS", "LINES", "NO_COLOR", "ACCESSIBLE", "XDG_CONFIG_HOME", "HOME", "STY",
    "PYTHONOPTIMIZE", "TMPDIR", "PATH", "FORCE_COLOR", "SOURCE_DATE_EPOCH", "BROWSER", "PAGER",
)  # fmt: skip
SETTINGS = (
    "", "0", "1", "80", "-5", "999999", "dumb", "linux", "xterm-256color", "truecolor", "default;default", "ascii", "C",
    "en_US.ISO-8859-1", "utf-16", "UTC+26", "UTC-99:99", "Europe/Berlin", ":/etc/passwd", "../x", "/nonexistent",
    "/dev/full",
    "\udcff", "\x1b[31m", "a" * 5000, "neck", "neck,knee", "[neck", "15", "nan", "on", "off", "breath", "4-6",
    "latin-1:strict",
)  # fmt: skip


@dataclass
class Run:
    """One run of the program and what is done to it."""

    args: list[str]
    env: dict[str, str] = field(default_factory=dict)
    stdin: bytes | None = None
    keys: list[tuple[float, bytes]] | None = None
    """Bytes typed into a pseudo-terminal, each after a pause in seconds; None: run in pipes."""
    signals: list[tuple[float, int]] = field(default_factory=list)
    """Signals sent at a time in seconds after the start."""
    size: tuple[int, int] = (80, 24)


@dataclass
class Result:
    """How a run ended."""

    code: int
    seconds: float
    mib: float
    output: bytes
    restored: bool = True


def mutate(rng: random.Random, data: bytes) -> bytes:
    """Return *data* with a few pieces taken out, repeated, flipped or put in."""
    for _ in range(rng.choice((1, 1, 2, 5, 20))):
        begin = rng.randint(0, len(data))
        end = min(len(data), begin + rng.choice((0, 1, 5, 40, 400)))
        old = data[begin:end]
        new = rng.choice((b"", old * 2, rng.choice(PIECES), rng.randbytes(len(old)), rng.choice(PIECES) * 50))
        data = data[:begin] + new + data[end:]
    return data[: rng.randint(0, len(data))] if rng.random() < 0.1 else data


def command(rng: random.Random, home: Path, choices: tuple[str, ...] = COMMANDS) -> list[str]:
    """Return a random one of the usual commands."""
    return [word.replace("{home}", str(home)) for word in shlex.split(rng.choice(choices))]


def usual(rng: random.Random, home: Path, env: dict[str, str] | None = None) -> Run:
    """Return a run of a usual command; a session in real time is interrupted."""
    args = command(rng, home)
    played = args[0] in ("routine", "resume") and not {"--plan", "--speed"}.intersection(args)
    return Run(args, env or {}, signals=[(4.0, signal.SIGINT)] if played else [])


def attack_catalog(rng: random.Random, home: Path) -> Iterator[Run]:
    """Own stretches, figures, areas and programs that were damaged."""
    sources = sorted(path for path in DATA.rglob("*.yaml") if path.stat().st_size < 60_000)
    for _ in range(rng.randint(1, 3)):
        source = rng.choice(sources)
        folder = home / "catalog" / (source.parent.name if source.parent != DATA else ".")
        folder.mkdir(exist_ok=True, parents=True)
        text = mutate(rng, source.read_bytes())
        (folder / rng.choice((source.name, "mine.yaml", "sphinx.yaml"))).write_bytes(text)
        (home / "extra.yaml").write_bytes(text)
    yield from (usual(rng, home) for _ in range(2))
    yield Run(["catalog", "check"])


def attack_config(rng: random.Random, home: Path) -> Iterator[Run]:
    """A damaged config.yaml."""
    file = home / "config.yaml"
    uncommented = file.read_bytes().replace(b"\n# ", b"\n") if rng.random() < 0.7 else file.read_bytes()
    file.write_bytes(mutate(rng, uncommented))
    yield from (usual(rng, home) for _ in range(3))


def attack_safety(rng: random.Random, home: Path) -> Iterator[Run]:
    """A damaged record of the safety check."""
    file = home / "safety.json"
    file.write_bytes(mutate(rng, file.read_bytes()))
    yield from (usual(rng, home) for _ in range(2))


def attack_journal_bytes(rng: random.Random, home: Path) -> Iterator[Run]:
    """A journal file whose bytes were damaged."""
    file = home / "journal.db"
    file.write_bytes(mutate(rng, file.read_bytes()))
    if rng.random() < 0.2:
        (home / "journal.db-journal").write_bytes(rng.randbytes(rng.choice((0, 28, 512, 5000))))
    yield from (usual(rng, home) for _ in range(3))


def attack_journal_rows(rng: random.Random, home: Path) -> Iterator[Run]:
    """A sound journal file with values that the program never writes."""
    values = (
        None, -1, 0, 1, 2**62, -(2**63), 1.5, float("inf"), 1e300, "", "x", "[x", "[]", "{}", "\x1b[31m", "a\u202eb",
        b"\0\xff",
        "9999-12-31T23:59:59-12:00", "0001-01-01T00:00:00+12:00", "garbage", "x" * 100_000, "2026-11-28", '["neck"]',
        100_000_000,
    )  # fmt: skip
    with contextlib.closing(sqlite3.connect(home / "journal.db")) as db:
        db.execute("PRAGMA ignore_check_constraints = 1")
        tables = [name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        for _ in range(rng.choice((1, 1, 3))):
            table = rng.choice(tables)
            column = rng.choice([row[1] for row in db.execute(f"PRAGMA table_info('{table}')")])
            where = rng.choice(("", f" WHERE rowid = {rng.randint(1, 9)}", " WHERE rowid % 2 = 0"))
            with contextlib.suppress(sqlite3.Error):
                db.execute(f'UPDATE "{table}" SET "{column}" = ?{where}', (rng.choice(values),))
        if rng.random() < 0.1:
            db.execute(f"PRAGMA user_version = {rng.choice((-1, 0, 1, 2, 3, 99, 2**31 - 1))}")
        if rng.random() < 0.1:
            db.execute(f'DROP TABLE "{rng.choice(tables)}"')
        db.commit()
    yield from (usual(rng, home) for _ in range(3))
    yield Run(["history", "--json"])


def attack_import(rng: random.Random, home: Path) -> Iterator[Run]:
    """An export with damaged lines, from a file or standard input."""
    lines = EXPORT.read_bytes().splitlines(keepends=True)
    data = b"".join(mutate(rng, line) if rng.random() < 0.5 else line for line in lines)
    data = data.decode("utf-8", "replace").encode(rng.choice(("utf-16", "utf-8-sig"))) if rng.random() < 0.1 else data
    (home / "import.jsonl").write_bytes(data)
    skip = ["--skip-bad"] if rng.random() < 0.5 else []
    yield (
        Run(["history", "import", *skip, "-"], stdin=data)
        if rng.random() < 0.5
        else Run(["history", "import", *skip, str(home / "import.jsonl")])
    )
    yield from (Run(command(rng, home, COMMANDS[12:18])) for _ in range(2))


def attack_status(rng: random.Random, home: Path) -> Iterator[Run]:
    """Status files of others, links and special files among the files of the program."""
    state = {
        "state": "playing",
        "title": "Neck",
        "kind": "hold",
        "ends": 5,
        "phase_ends": 3,
        "name": "\x1b[31mx",
        "rep": 1,
    }
    for folder in (home, home / "playing"):
        folder.mkdir(exist_ok=True)
        name = rng.choice(("playing-x-1.json", f"playing-{'a' * 32}-{os.getpid()}.json", "mine.json", "playing-.json"))
        (folder / name).write_bytes(mutate(rng, json.dumps(state).encode()).ljust(2048))
    target = home / rng.choice(
        ("safety.json", "config.yaml", "journal.db", "journal.db-journal", "extra.yaml", "playing-y-2.json")
    )
    if rng.random() < 0.6:
        target.unlink(missing_ok=True)
        match rng.randrange(5):
            case 0:
                os.mkfifo(target)
            case 1:
                target.mkdir()
            case _:
                target.symlink_to(
                    rng.choice(("/dev/zero", "/dev/null", "/etc/passwd", target.name, "nowhere", "/proc/self/mem"))
                )
    yield Run(["status"])
    yield Run(["status", "--json"])
    yield from (usual(rng, home) for _ in range(2))


def attack_options(rng: random.Random, home: Path) -> Iterator[Run]:
    """A random command line."""
    for _ in range(3):
        args = rng.choice(NAMES).split()
        for _ in range(rng.randint(0, 6)):
            args.append(rng.choice(OPTIONS if rng.random() < 0.5 else VALUES).replace("{home}", str(home)))
        # A session that is really played is stopped; one at full speed ends by itself.
        signals: list[tuple[float, int]] = [(4.0, signal.SIGINT)] if args[0] in ("routine", "resume") else []
        yield Run(
            [arg.replace("\0", "") for arg in args], stdin=rng.choice((b"", b"n\n" * 50, b"y\n" * 50)), signals=signals
        )


def attack_environment(rng: random.Random, home: Path) -> Iterator[Run]:
    """Environment variables with odd values."""
    for _ in range(3):
        env = {rng.choice(VARIABLES): rng.choice(SETTINGS) for _ in range(rng.randint(1, 4))}
        if rng.random() < 0.2:  # other values end Python before the program begins
            env["PYTHONIOENCODING"] = rng.choice(("ascii", "latin-1", "utf-16", "cp437", "ascii:strict", "shift_jis"))
        yield usual(rng, home, env)


def attack_terminal(rng: random.Random, home: Path) -> Iterator[Run]:
    """Random bytes typed into a session in a pseudo-terminal, which is then quit."""
    args = command(rng, home, (
        "routine -a neck -m 3 --yes", "routine -a neck -m 3", "routine --yes --wait -m 2 -a neck", "resume --yes",
        "safety check", "routine -a neck -m 2 --yes --plain", "history forget --all",
        "routine -a neck -m 3 --yes --speed 30",
    ))  # fmt: skip
    keys = [
        (rng.choice((0.0, 0.01, 0.3)), mutate(rng, rng.choice(KEYS)) if rng.random() < 0.2 else rng.choice(KEYS))
        for _ in range(20)
    ]
    # Ctrl-Z would suspend it for good. A paste or a sequence that was begun is given up after a second.
    keys = [
        (0.6, b""),
        *((pause, data.replace(b"\x1a", b"")) for pause, data in keys),
        (1.5, b"\x1b[201~q"),
        (0.5, b"q"),
        (0.3, b"q\rq\r"),
    ]
    keys += [(0.3, b"\x03"), (0.5, b"\x03")]
    size = rng.choice(((80, 24), (100, 30), (20, 5), (1, 1), (300, 100), (60, 16)))
    yield Run(args, {"TERM": rng.choice(("xterm-256color", "linux", "screen", "dumb"))}, keys=keys, size=size)


def attack_signals(rng: random.Random, home: Path) -> Iterator[Run]:
    """Freezes and signals at random moments, in a terminal or in a pipe."""
    signals: list[tuple[float, int]] = []
    at = rng.choice((0.02, 0.1, 0.3, 1.0, 2.0)) * rng.random()
    for _ in range(rng.randint(0, 2)):
        signals += [(at, signal.SIGSTOP), (at + rng.random(), signal.SIGCONT)]
        at += 1 + rng.random() * 0.5
    for _ in range(rng.randint(0, 3)):
        signals.append(
            (
                at := at + rng.random() * 0.2,
                rng.choice((signal.SIGWINCH, signal.SIGUSR1, signal.SIGTSTP, signal.SIGCONT)[::3]),
            )
        )
    signals.append((at + rng.random(), rng.choice(ENDING_SIGNALS)))
    args = ["routine", "-a", "neck", "-m", "3", "--yes", *rng.choice(([], ["--plain"], ["--events"], ["--plan"]))]
    keys = [(0.2, rng.choice(KEYS)) for _ in range(5)] if rng.random() < 0.6 else None
    yield Run(args, {"TERM": "xterm-256color"}, keys=keys, signals=signals)
    yield Run(["history"])


ATTACKS: dict[str, Callable[[random.Random, Path], Iterator[Run]]] = {
    name.removeprefix("attack_"): function for name, function in list(globals().items()) if name.startswith("attack_")
}
ROOT = Path(__file__).parents[2]
DATA, EXPORT = ROOT / "data", ROOT / "tests" / "journals" / "export-1.jsonl"


def start(run: Run, home: Path, standard: tuple[int, int, int], terminal: bool) -> int:
    """Start the program with these three streams and return its process id."""
    env = {key: value for key, value in os.environ.items() if not key.startswith(("STRETCH_", "PYTHON"))}
    env |= {"LC_ALL": "C.UTF-8", "PYTHONPATH": str(ROOT / "src"), "HOME": str(home / "home")}
    env |= run.env | {"STRETCH_HOME": str(home)}
    if (pid := os.fork()) == 0:
        try:
            os.setsid()
            for number in ENDING_SIGNALS:  # a job in the background inherits some as ignored
                signal.signal(number, signal.SIG_DFL)
            if terminal:
                import fcntl

                fcntl.ioctl(standard[0], termios.TIOCSCTTY, 0)
            for target, descriptor in enumerate(standard):
                os.dup2(descriptor, target)
            os.closerange(3, 256)
            os.chdir(home)
            resource.setrlimit(resource.RLIMIT_AS, (4 << 30, 4 << 30))
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
            os.execve(sys.executable, [sys.executable, "-m", "stretch", *run.args], env)
        finally:
            os._exit(99)
    return pid


def execute(run: Run, home: Path) -> Result:
    """Run the program in a pseudo-terminal or in pipes, type and send what is due, and return how it ended."""
    if terminal := run.keys is not None:
        master, slave = pty.openpty()
        termios.tcsetwinsize(slave, (run.size[1], run.size[0]))
        before = termios.tcgetattr(slave)
        pid = start(run, home, (slave, slave, slave), terminal)
    else:
        (home / "stdin").write_bytes(run.stdin or b"")
        master, slave = os.pipe()
        source = os.open(home / "stdin", os.O_RDONLY)
        pid = start(run, home, (source, slave, slave), terminal)
        os.close(source)
        os.close(slave)
    begin, output, restored = time.monotonic(), bytearray(), True
    due = begin
    keys = [(due := due + pause, data) for pause, data in run.keys or ()]
    signals = sorted((begin + at, number) for at, number in run.signals)
    while (ended := os.wait4(pid, os.WNOHANG))[0] == 0:
        now = time.monotonic()
        while signals and signals[0][0] <= now:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signals.pop(0)[1])
        if keys and keys[0][0] <= now and select.select([], [master], [], 0)[1]:
            os.write(master, keys.pop(0)[1][:3000])
        if now > begin + LIMIT_S + 3:
            os.kill(pid, signal.SIGKILL)
        read(master, output, 0.01)
    while read(master, output, 0.0):
        pass
    if terminal:
        restored = termios.tcgetattr(slave) == before and shown_again(output)
        os.close(slave)
    os.close(master)
    code = os.waitstatus_to_exitcode(ended[1])
    return Result(code, time.monotonic() - begin, ended[2].ru_maxrss / 1024, bytes(output), restored)


def read(descriptor: int, output: bytearray, timeout: float) -> bool:
    """Add what can be read to *output*; return False if there is nothing."""
    if not select.select([descriptor], [], [], timeout)[0]:
        return False
    try:
        data = os.read(descriptor, 1 << 16)
    except OSError:  # the pseudo-terminal has no other end any more
        data = b""
    if len(output) < CAP:
        output += data
    if not data:
        time.sleep(timeout)
    return bool(data)


def shown_again(output: bytearray) -> bool:
    """Return whether the cursor is visible and the main screen shown after *output*."""
    pairs = ((b"\x1b[?25l", b"\x1b[?25h"), (b"\x1b[?1049h", b"\x1b[?1049l"), (b"\x1b[?2004h", b"\x1b[?2004l"))
    return all(output.rfind(on) <= output.rfind(off) for on, off in pairs)


def faults(run: Run, result: Result) -> Iterator[str]:
    """Yield what is wrong with the result of a run."""
    sent = {number for _, number in run.signals} & set(ENDING_SIGNALS)
    # Ctrl-C and Ctrl-\\ may be among the keys.
    sent |= {signal.SIGINT, signal.SIGQUIT} if run.keys else set()
    if result.seconds > LIMIT_S:
        yield f"{result.seconds:.0f} s"
    elif result.code not in CODES | {128 + n for n in sent} | {-n for n in sent}:
        yield f"exit code {result.code}"
    if result.mib > LIMIT_MIB:
        yield f"{result.mib:.0f} MiB"
    for word in (b"Traceback", b"Exception ignored", b"Fatal Python", b"Warning:", b"nexpected error"):
        if word in result.output:
            tail = result.output[result.output.find(word) :].decode("utf-8", "replace").strip().splitlines()
            yield f"{word.decode()}: {' | '.join([*tail[-4:]])[-300:]}"
            break
    if (
        run.keys is None
        and not run.env
        and any(byte in result.output for byte in (b"\x1b", b"\x07", b"\xe2\x80\xae", b"\x9b["))
    ):
        at = min(i for i in map(result.output.find, (b"\x1b", b"\x07", b"\xe2\x80\xae", b"\x9b[")) if i >= 0)
        yield f"control character in a pipe: {result.output[max(0, at - 30) : at + 20]!r}"
    if not result.restored:
        yield f"terminal not restored: {result.output[-60:]!r}"


def prepare(home: Path) -> None:
    """Fill the user folder that every case begins with."""
    home.mkdir()
    (home / "home").mkdir()
    shutil.copy(EXPORT, home / "import.jsonl")
    (home / "config.yaml").write_bytes(execute(Run(["config", "--template"]), home).output)
    execute(Run(["history", "import", str(EXPORT)]), home)
    execute(Run(["routine", "-a", "neck", "-m", "3", "--yes"], signals=[(2.5, signal.SIGTERM)]), home)
    for keys in ([(1.0, b"\r"), *[(0.3, b"\r")] * 8],):
        execute(Run(["safety", "check"], keys=keys), home)
    execute(Run(["catalog", "new", "mine", "-o", str(home / "extra.yaml")]), home)


def run_case(name: str, number: str, template: Path, folder: Path) -> list[str]:
    """Run one case and return a line for each of its faults."""
    rng = random.Random(number)
    home = folder / "case"
    shutil.copytree(template, home, symlinks=True)
    lines = []
    try:
        for run in ATTACKS[name](rng, home):
            result = execute(run, home)
            for fault in faults(run, result):
                env = " ".join(f"{key}={value[:40]!r}" for key, value in run.env.items())
                lines.append(
                    f"{name} {shlex.join(arg[:60] for arg in run.args)!a} {env}: {fault}".strip().replace(
                        str(home), "HOME"
                    )
                )
    finally:
        shutil.rmtree(home, ignore_errors=True)
    return lines


def main() -> None:
    """Run cases until the time is over; exit 1 if any failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=5)
    parser.add_argument("--seed", default="0")
    parser.add_argument("--kind", choices=ATTACKS, help="only this kind")
    parser.add_argument("--case", help="repeat one case, as it is printed")
    options = parser.parse_args()
    end, count, failed, seen = time.monotonic() + options.minutes * 60, 0, 0, Counter[str]()
    with tempfile.TemporaryDirectory(prefix="fuzz-") as temporary:
        folder = Path(temporary)
        prepare(folder / "template")
        while time.monotonic() < end and not (options.case and count):
            number = options.case or f"{options.seed}.{count}"
            name = options.kind or random.Random(f"kind {number}").choice([*ATTACKS])
            count += 1
            lines = run_case(name, number, folder / "template", folder)
            # On a busy machine a run may be late: only what fails twice counts.
            if lines and all(line.endswith(" s") for line in lines):
                lines = run_case(name, number, folder / "template", folder)
            failed += bool(lines)
            seen[name] += 1
            for line in lines:
                print(f"--kind {name} --case {number}  {line}", flush=True)
    print(f"{count} cases, {failed} failed: {dict(seen)}")
    sys.exit(failed > 0)


if __name__ == "__main__":
    main()
