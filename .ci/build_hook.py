"""What the wheel carries beside the files of a checkout: man pages, and the shipped YAML files as decoded data."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class BuildHook(BuildHookInterface):
    """Adds `share/man/man1/stretch.1`, a page for each command, and `stretch/data/shipped.msgpack`."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Write the files and name them to the builder, unless the files are only linked, as in a checkout."""
        if version == "editable":
            return
        root, folder = Path(self.root), Path(mkdtemp())
        sys.path.insert(0, str(root / "src"))
        from stretch.storage.files.shipped import DECODED, encode_all

        (folder / DECODED).write_bytes(encode_all(root / "data"))
        build_data["force_include"][str(folder / DECODED)] = f"stretch/data/{DECODED}"
        for name, text in pages(root / "data" / "guide", self.metadata.version):
            (folder / f"{name}.1").write_text(text, encoding="utf-8")
            build_data["shared_data"][str(folder / f"{name}.1")] = f"share/man/man1/{name}.1"


def pages(guide: Path, version: str) -> Iterator[tuple[str, str]]:
    """Yield the name and the source of each page."""
    texts = {file.stem: file.read_text(encoding="utf-8").partition("\n")[2] for file in guide.glob("*.md")}
    _, *sections = re.split(r"^## ", texts["commands"], flags=re.MULTILINE)
    summaries = {}
    for section in sections:
        command, _, body = section.partition("\n")
        name, (summary, _, _) = command.replace(" ", "-"), body.strip().partition(".")
        summaries[command] = summary
        yield name, _page(name, version, summary, f"# DESCRIPTION\n{body}\n# SEE ALSO\n`stretch`(1)\n")
    listed = "\n".join(f"- `{command}`: {summary}." for command, summary in summaries.items())
    body = (
        f"# COMMANDS\n{listed}\n# SESSION\n{texts['session']}\n# OUTPUT\n{texts['json']}\n# SAFETY\n{texts['safety']}"
    )
    yield "stretch", _page("stretch", version, "guided stretch timer for the terminal", body)


def _page(name: str, version: str, summary: str, body: str) -> str:
    heading = f'.TH {name.upper()} 1 "" "stretch {version}"\n.SH NAME\n{name} \\- {_inline(summary)}\n'
    return heading + "\n".join(_lines(body)) + "\n"


def _lines(markdown: str) -> Iterator[str]:
    """Yield the lines of the source for what the guide uses: headings, paragraphs, lists, tables and code."""
    code = False
    for line in markdown.splitlines():
        if line.startswith("```"):
            code = not code
            yield ".nf" if code else ".fi"
        elif code:
            yield _inline(line, plain=True)
        elif heading := re.match(r"(#+) (.*)", line):
            yield f".{'SH' if len(heading[1]) == 1 else 'SS'} {_inline(heading[2])}"
        elif item := re.match(r"- (`[^`]+`): (.*)", line):
            yield from (".TP", _inline(item[1]), _inline(item[2]))
        elif line.startswith("- "):
            yield from (".IP \\(bu 2", _inline(line[2:]))
        elif row := re.match(r"\| (.*) \| (.*) \|$", line):
            yield from (".TP", _inline(row[1]), _inline(row[2]))
        elif not line.startswith("|--"):
            yield _inline(line.strip()) or ".PP"


def _inline(text: str, *, plain: bool = False) -> str:
    """Return *text* with what roff would read as a command made inert, and marked words in bold."""
    text = text.replace("\\", "\\e").replace("-", "\\-")
    if not plain:
        text = re.sub(r"\[([^\]]+)\]\([^)]+\)", r"\1", text)
        text = re.sub(r"`([^`]+)`|\*\*([^*]+)\*\*", lambda found: f"\\fB{found[1] or found[2]}\\fR", text)
    return f"\\&{text}" if text.startswith((".", "'")) else text
