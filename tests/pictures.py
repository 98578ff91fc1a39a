"""Make the pictures of the README anew, from real screens: `python tests/pictures.py`, into .github/pictures.

Each is what a terminal shows of a command that runs; dots, blocks and lines are drawn, so no font has to have them.
The page of the handout needs Chromium and pdftoppm.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from html import escape
from itertools import groupby
from pathlib import Path

import pyte

from test_pty import TerminalRun

FOLDER = Path(__file__).parents[1] / ".github" / "pictures"
CELL, ROW, FONT, MARGIN = 8.4, 18, 14, 14
PAGES = {"dark": ("#16181d", "#d8d4cc", "none"), "light": ("#ffffff", "#33343a", "#c3c4ca")}
"""Background, plain text and border."""
DOTS = ((0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2), (0, 3), (1, 3))
"""Column and row of each bit of a braille character."""
BLOCKS = {
    "█": (0, 0, 1, 1), "▀": (0, 0, 1, 0.5), "▄": (0, 0.5, 1, 0.5), "▌": (0, 0, 0.5, 1), "▐": (0.5, 0, 0.5, 1),
    "░": (0, 0, 1, 1), "━": (0, 0.44, 1, 0.14), "─": (0, 0.47, 1, 0.06),
}  # fmt: skip
"""What is drawn as a rectangle: left, top, width and height as shares of a cell."""
FAINT = {"░": 0.3}
HELD_S = 12.0
SCENES = {
    "plan": (("routine", "-a", "neck", "-a", "shoulders", "-m", "6", "--plan"), 90),
    "show": (("show", "single-knee-to-chest"), 100),
    "figures": (("list", "--area", "hamstrings", "--figures"), 106),
}
"""Commands that print and end, and the columns of the terminal; as high as what they print."""


def drawn(screen: pyte.Screen, theme: str) -> str:
    """Return what *screen* shows as SVG."""
    background, plain, border = PAGES[theme]
    shown = [y for y, line in enumerate(screen.display) if line.strip(" \u2800")]
    first, rows = shown[0], shown[-1] - shown[0] + 1
    width, height = screen.columns * CELL + 2 * MARGIN, rows * ROW + 2 * MARGIN
    texts, shapes = list[str](), defaultdict[tuple[str, float, bool], list[str]](list)
    for y in range(rows):
        cells = [(x, screen.buffer[first + y][x]) for x in range(screen.columns)]
        for (kind, fg, bold), run in groupby(cells, lambda cell: _look(cell[1])):
            colour = f"#{fg}" if len(fg) == 6 else plain
            places = [(x, cell.data) for x, cell in run]
            if kind == "text":
                texts += _text(places, y, colour, bold)
                continue
            for x, character in places:
                key = colour, FAINT.get(character, 1.0), kind == "dots"
                shapes[key].append("".join(_dots(character, x, y) if kind == "dots" else _block(character, x, y)))
    paths = [_path(d, *key) for key, d in shapes.items()]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" font-size="{FONT}" '
        "font-family=\"ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace\">"
        f'<rect width="{width:g}" height="{height:g}" rx="8" fill="{background}" stroke="{border}"/>'
        f'<g transform="translate({MARGIN} {MARGIN})">{"".join(paths + texts)}</g></svg>\n'
    )


def _look(cell: pyte.screens.Char) -> tuple[str, str, bool]:
    kind = "dots" if "\u2800" < cell.data <= "\u28ff" else "block" if cell.data in BLOCKS else "text"
    return kind, cell.fg, cell.bold and kind == "text"


def _text(places: list[tuple[int, str]], y: int, colour: str, bold: bool) -> Iterator[str]:
    """One element a word, as wide as its cells whatever the font."""
    for blank, word in groupby(places, lambda place: place[1] in " \u2800"):
        if blank:
            continue
        letters = list(word)
        written = escape("".join(character for _, character in letters))
        weight = ' font-weight="700"' if bold else ""
        yield (
            f'<text x="{letters[0][0] * CELL:g}" y="{(y + 0.76) * ROW:g}" textLength="{len(letters) * CELL:g}" '
            f'lengthAdjust="spacingAndGlyphs" fill="{colour}"{weight}>{written}</text>'
        )


def _dots(character: str, x: int, y: int) -> Iterator[str]:
    bits = ord(character) - 0x2800
    for bit, (column, row) in enumerate(DOTS):
        if bits >> bit & 1:
            yield f"M{(x + 0.25 + column / 2) * CELL:.1f} {(y + 0.125 + row / 4) * ROW:.1f}h.01"


def _block(character: str, x: int, y: int) -> Iterator[str]:
    left, top, width, height = BLOCKS[character]
    w, h = width * CELL, height * ROW
    yield f"M{(x + left) * CELL:.1f} {(y + top) * ROW:.1f}h{w:.1f}v{h:.1f}h-{w:.1f}z"


def _path(pieces: list[str], colour: str, opacity: float, dots: bool) -> str:
    d = "".join(pieces)
    if dots:
        return f'<path stroke="{colour}" stroke-width="3" stroke-linecap="round" d="{d}"/>'
    faint = f' fill-opacity="{opacity:g}"' if opacity < 1 else ""
    return f'<path fill="{colour}"{faint} shape-rendering="crispEdges" d="{d}"/>'


def printed(home: str, *command: str, columns: int) -> str:
    """Return what a terminal shows that is high enough for all that *command* prints."""
    run = TerminalRun(*command, columns=columns, lines=120, env=_environ(home))
    assert run.wait_for_exit() == 0
    run.close()
    return drawn(run.screen, "dark")


def playing(home: str, theme: str) -> str:
    """Return what a terminal shows some seconds into the first hold of a session."""
    options = ("--warm-up", "0", "--stretch", "single-knee-to-chest", "--no-sound", "--yes")
    run = TerminalRun("routine", *options, env=_environ(home) | {"STRETCH_BACKGROUND": theme})
    run.wait_for("space pause")
    run.press("n")
    run.read_screen(HELD_S)
    taken = drawn(run.screen, theme)
    run.close()
    return taken


def _environ(home: str) -> dict[str, str]:
    return {"STRETCH_HOME": home, "COLORTERM": "truecolor", "NO_COLOR": ""}


def page_of_a_handout(home: str) -> None:
    """Write a page of a handout as it comes out of a printer; nothing without the programs for that."""
    browser = next(filter(None, map(shutil.which, ("chromium", "google-chrome"))), None)
    if browser is None or shutil.which("pdftoppm") is None:
        print("handout: needs chromium and pdftoppm", file=sys.stderr)
        return
    page, pdf = f"{home}/page.html", f"{home}/page.pdf"
    subprocess.run([sys.executable, "-m", "stretch", "handout", "-a", "lower-back", "-o", page], check=True)
    flags = ("--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer", f"--user-data-dir={home}/browser")
    subprocess.run([browser, *flags, f"--print-to-pdf={pdf}", page], check=True, capture_output=True)
    target = str(FOLDER / "handout")
    subprocess.run(["pdftoppm", "-r", "80", "-f", "3", "-l", "3", "-png", "-singlefile", pdf, target], check=True)


def main() -> None:
    """Make all of them."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as home:
        made = {f"playing-{theme}": playing(home, theme) for theme in PAGES}
        made |= {name: printed(home, *command, columns=columns) for name, (command, columns) in SCENES.items()}
        for name, svg in made.items():
            (FOLDER / f"{name}.svg").write_text(svg, encoding="utf-8")
        page_of_a_handout(home)


if __name__ == "__main__":
    main()
