"""The guide: its pages are complete, its commands work, and what is generated from the program matches it."""

from __future__ import annotations

import io
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from textwrap import fill

import click
import pytest
from click.testing import CliRunner, Result

from stretch.cli import main
from stretch.cli.app import App
from stretch.cli.console import Printer
from stretch.cli.guide import TOPICS, page, title
from stretch.storage.settings import template
from support import FakeClock, ScriptedInput, run

GUIDE = Path(__file__).parents[1] / "data" / "guide"
PROCESS = "stretch while"
"""A command that needs a process of its own."""
BLOCKS = re.compile(r"^```sh\n(.*?)^```", re.DOTALL | re.MULTILINE)
LINES = [line for topic in TOPICS for block in BLOCKS.findall(page(topic)) for line in block.splitlines()]
SETTINGS = """\
# Settings

`stretch config` shows every setting and where it comes from. Options override `STRETCH_*` variables such as
`STRETCH_AREA`, these override `config.yaml` in the folder of `stretch`, and that overrides the defaults; `avoid` and
`never` are merged from all of them.

```sh
stretch config
stretch config set minutes 10
stretch config unset minutes
```

`config set` keeps your comments in the file. An unknown key is an error that names the line and similar keys. These are
all settings with their defaults, as `stretch config --template` prints them:

"""


def test_the_pages_are_those_of_the_folder() -> None:
    assert sorted(TOPICS) == sorted(file.stem for file in GUIDE.iterdir())
    for topic in TOPICS:
        assert title(topic), topic
        assert max(map(len, page(topic).splitlines())) <= 120 or topic == "architecture", topic


def test_links_between_pages_lead_to_a_page() -> None:
    readme = (GUIDE.parents[1] / "README.md").read_text(encoding="utf-8")
    linked = re.findall(r"\]\(data/guide/([^)#]+)\)", readme)
    assert {f"{topic}.md" for topic in TOPICS} == {*linked}
    for topic in TOPICS:
        named = {*re.findall(r"\]\(([a-z]+\.md)\)", page(topic))}
        assert named <= {f"{name}.md" for name in TOPICS}, topic
        assert {*re.findall(r"`stretch guide\s([a-z]+)`", page(topic))} <= {*TOPICS}, topic


def test_the_guide_lists_its_pages_and_shows_one_in_any_case() -> None:
    listed = CliRunner().invoke(main, ["guide"])
    assert all(topic in listed.stdout for topic in TOPICS)
    shown = CliRunner().invoke(main, ["guide", "Session"])
    assert (shown.stdout, shown.exit_code) == (page("session"), 0)


def test_an_unknown_page_suggests_a_near_one() -> None:
    result = CliRunner().invoke(main, ["guide", "routine"])
    assert (result.exit_code, result.stderr) == (
        2,
        "stretch: There is no topic called 'routine'. Did you mean routines?\n",
    )


def test_a_terminal_gets_formatted_text_through_a_pager_if_it_is_long(monkeypatch: pytest.MonkeyPatch) -> None:
    paged: list[str] = []
    monkeypatch.setattr(click, "echo_via_pager", paged.append)
    monkeypatch.setattr(Printer, "lines", 24)
    stream = io.StringIO()
    Printer(stream, terminal=True).markdown("# Title\n\n- one\n")
    assert "Title" in stream.getvalue()
    assert "#" not in stream.getvalue()
    assert not paged
    Printer(stream, terminal=True).markdown("# Title\n\n" + "- one\n" * 30)
    assert [text.count("one") for text in paged] == [30]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the journal of one session, an export of it, and the files that the guide writes by `printf`."""
    folder = tmp_path_factory.mktemp("reader")
    for line in LINES:
        if line.startswith("printf "):
            subprocess.run(["sh", "-c", line], cwd=folder, check=True)
    for line in ("routine --stretch chin-tuck --yes --plain", f"history export -o {folder / 'sessions.jsonl'}"):
        assert play(folder, line).exit_code == 0
    (folder / "sessions.jsonl").rename(folder / "old.jsonl")
    return folder


def play(home: Path, line: str) -> Result:
    """Run a command whose clock does not wait."""
    clock = FakeClock()
    environ = {"STRETCH_HOME": str(home / "stretch"), "PATH": os.environ["PATH"]}
    return run(*shlex.split(line), app=App(environ=environ, clock=clock, input_source=ScriptedInput(clock)))


def test_the_guide_has_commands() -> None:
    assert len([line for line in LINES if line.startswith("stretch ")]) >= 30


@pytest.mark.parametrize(
    "line",
    [
        pytest.param(line, marks=pytest.mark.slow) if line.startswith("stretch audio") else line
        for line in LINES
        if not line.startswith((PROCESS, "printf "))
    ],
)
def test_each_command_of_the_guide_works(home: Path, monkeypatch: pytest.MonkeyPatch, line: str) -> None:
    monkeypatch.chdir(home)
    (home / "sessions.jsonl").write_bytes((home / "old.jsonl").read_bytes())
    for written in ("back.html", "my-stretch.yaml"):
        (home / written).unlink(missing_ok=True)
    assert line.startswith("stretch ")
    result = play(home, line.removeprefix("stretch "))
    assert result.exit_code == 0, result.stderr
    assert result.output


@pytest.mark.slow
def test_the_command_of_the_guide_that_runs_another_works(home: Path) -> None:
    (line,) = (line for line in LINES if line.startswith(PROCESS))
    command = [sys.executable, "-m", *shlex.split(line)]
    environ = os.environ | {"STRETCH_HOME": str(home / "stretch")}
    done = subprocess.run(command, env=environ, stdin=subprocess.DEVNULL, capture_output=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr


def commands(group: click.Group, ctx: click.Context) -> Iterator[tuple[click.Command, click.Context]]:
    for name in group.list_commands(ctx):
        command = group.get_command(ctx, name)
        assert command
        under = click.Context(command, parent=ctx, info_name=name)
        yield command, under
        if isinstance(command, click.Group):
            yield from commands(command, under)


def commands_page() -> str:
    """Return the page with every command and option, from their own texts."""
    parts = ["# Commands\n\n`stretch help COMMAND` prints the same for one command.\n"]
    for command, ctx in commands(main, click.Context(main, info_name="stretch")):
        parts.append(f"\n## {ctx.command_path}\n\n{_paragraphs(command.help or '')}\n")
        arguments = [param.make_metavar(ctx) for param in command.params if isinstance(param, click.Argument)]
        if arguments:
            parts.append(f"\nArguments: `{' '.join(arguments)}`\n")
        records = [param.get_help_record(ctx) for param in command.params if isinstance(param, click.Option)]
        rows = [f"- `{names}`: {' '.join(text.split())}" for names, text in filter(None, records)]
        parts.append("\n" * bool(rows) + "".join(f"{_fill(row, '  ')}\n" for row in rows))
    return "".join(parts)


def _paragraphs(text: str) -> str:
    return "\n\n".join(_fill(part) for part in text.replace("\b", "").split("\n\n"))


def _fill(text: str, indent: str = "") -> str:
    return fill(" ".join(text.split()), 120, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)


@pytest.mark.parametrize(
    ("name", "made"),
    [("commands", commands_page), ("settings", lambda: f"{SETTINGS}```yaml\n{template()}```\n")],
)
def test_generated_pages_match_the_program(name: str, made: object, request: pytest.FixtureRequest) -> None:
    file = GUIDE / f"{name}.md"
    text = made()  # type: ignore[operator]
    if request.config.getoption("--update-golden"):
        file.write_text(text, encoding="utf-8")
    assert file.read_text(encoding="utf-8") == text, "write it anew: pytest tests/test_guide.py --update-golden"
