"""Regenerate the pictures of the README in .github/pictures from real screens: `python tests/pictures.py`.

Each picture is the terminal screen of a running command as SVG. Dots, blocks and lines are drawn as shapes, so they do
not depend on fonts. The page of the handout needs Chromium and pdftoppm.
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
"""Characters drawn as rectangles: left, top, width and height as shares of a cell."""
OPACITY = {"░": 0.3}
SECONDS_INTO_HOLD = 12.0
SCENES = {
    "plan": (("routine", "-a", "neck", "-a", "shoulders", "-m", "6", "--plan"), 90),
    "show": (("show", "single-knee-to-chest"), 100),
    "figures": (("list", "--area", "hamstrings", "--figures"), 106),
}
"""Commands that print and end, each with the columns of the terminal."""


def screen_svg(screen: pyte.Screen, theme: str) -> str:
    """Return the contents of *screen* as SVG."""
    background, plain, border = PAGES[theme]
    used_rows = [y for y, line in enumerate(screen.display) if line.strip(" \u2800")]
    first, rows = used_rows[0], used_rows[-1] - used_rows[0] + 1
    width, height = screen.columns * CELL + 2 * MARGIN, rows * ROW + 2 * MARGIN
    texts, shapes = list[str](), defaultdict[tuple[str, float, bool], list[str]](list)
    for y in range(rows):
        cells = [(x, screen.buffer[first + y][x]) for x in range(screen.columns)]
        for (kind, fg, bold), cells_alike in groupby(cells, lambda cell: _appearance(cell[1])):
            color = f"#{fg}" if len(fg) == 6 else plain
            places = [(x, cell.data) for x, cell in cells_alike]
            if kind == "text":
                texts += _text(places, y, color, bold)
                continue
            for x, character in places:
                key = color, OPACITY.get(character, 1.0), kind == "dots"
                shapes[key].append("".join(_dots(character, x, y) if kind == "dots" else _block(character, x, y)))
    paths = [_path(d, *key) for key, d in shapes.items()]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" font-size="{FONT}" '
        "font-family=\"ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace\">"
        f'<rect width="{width:g}" height="{height:g}" rx="8" fill="{background}" stroke="{border}"/>'
        f'<g transform="translate({MARGIN} {MARGIN})">{"".join(paths + texts)}</g></svg>\n'
    )


def _appearance(cell: pyte.screens.Char) -> tuple[str, str, bool]:
    kind = "dots" if "\u2800" < cell.data <= "\u28ff" else "block" if cell.data in BLOCKS else "text"
    return kind, cell.fg, cell.bold and kind == "text"


def _text(places: list[tuple[int, str]], y: int, color: str, bold: bool) -> Iterator[str]:
    """Yield one element for each word, as wide as its cells in any font."""
    for blank, word in groupby(places, lambda place: place[1] in " \u2800"):
        if blank:
            continue
        letters = list(word)
        content = escape("".join(character for _, character in letters))
        weight = ' font-weight="700"' if bold else ""
        yield (
            f'<text x="{letters[0][0] * CELL:g}" y="{(y + 0.76) * ROW:g}" textLength="{len(letters) * CELL:g}" '
            f'lengthAdjust="spacingAndGlyphs" fill="{color}"{weight}>{content}</text>'
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


def _path(commands: list[str], color: str, opacity: float, dots: bool) -> str:
    d = "".join(commands)
    if dots:
        return f'<path stroke="{color}" stroke-width="3" stroke-linecap="round" d="{d}"/>'
    fill_opacity = f' fill-opacity="{opacity:g}"' if opacity < 1 else ""
    return f'<path fill="{color}"{fill_opacity} shape-rendering="crispEdges" d="{d}"/>'


def output_svg(home: str, *command: str, columns: int) -> str:
    """Return the output of *command* in a terminal that is tall enough for all of it."""
    run = TerminalRun(*command, columns=columns, lines=120, env=_environ(home))
    assert run.wait_for_exit() == 0
    run.close()
    return screen_svg(run.screen, "dark")


def session_svg(home: str, theme: str) -> str:
    """Return the screen some seconds into the first hold of a session."""
    options = ("--warm-up", "0", "--stretch", "single-knee-to-chest", "--no-sound", "--yes")
    run = TerminalRun("routine", *options, env=_environ(home) | {"STRETCH_BACKGROUND": theme})
    run.wait_for("space pause")
    run.press("n")
    run.read_screen(SECONDS_INTO_HOLD)
    picture = screen_svg(run.screen, theme)
    run.close()
    return picture


def _environ(home: str) -> dict[str, str]:
    return {"STRETCH_HOME": home, "COLORTERM": "truecolor", "NO_COLOR": ""}


def write_handout_page(home: str) -> None:
    """Write a page of a handout as printed; without Chromium and pdftoppm, only say so."""
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
    """Write all pictures."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as home:
        pictures = {f"playing-{theme}": session_svg(home, theme) for theme in PAGES}
        pictures |= {name: output_svg(home, *command, columns=columns) for name, (command, columns) in SCENES.items()}
        for name, svg in pictures.items():
            (FOLDER / f"{name}.svg").write_text(svg, encoding="utf-8")
        write_handout_page(home)


if __name__ == "__main__":
    main()
