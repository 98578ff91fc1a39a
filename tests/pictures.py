"""Make the moving pictures of the README in .github/pictures: `python tests/pictures.py`.

Each is a recording of the program in a pseudo-terminal, with keys pressed at given times and a clock that moves only
when the program waits, so the same program gives the same bytes. The frames stand side by side in one SVG file, which
is moved by CSS; a line of the terminal that is the same in several frames is stored once. Dots, blocks and lines are
drawn as shapes, so they do not depend on fonts.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from html import escape
from itertools import groupby
from pathlib import Path

import pyte
from msgspec import Struct

FOLDER = Path(__file__).parents[1] / ".github" / "pictures"
COLUMNS, LINES = 80, 24
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
FRAME_MS = 200
MARK = b"\x1b]7777;"
"""Before the time in milliseconds, of a frame that is complete; a terminal ignores it."""
MAKE_ENDS = "make ends"
"""Among the keys: end the program that is run as `make`."""
MAKE = 'echo $$ >"$0.pid"; until [ -e "$0.end" ]; do sleep 0.02; done'


class Scene(Struct, frozen=True):
    """A command, the keys pressed at seconds of its clock, and the seconds that the picture shows."""

    command: tuple[str, ...]
    keys: tuple[tuple[float, str], ...]
    begin: float
    end: float


SCENES = {
    "hold": Scene(
        ("routine", "--warm-up", "0", "--stretch", "single-knee-to-chest", "--yes"),
        ((2.0, "n"),),
        4.0,
        14.0,
    ),
    "start": Scene(
        ("routine", "neck", "shoulders", "-m", "6"),
        ((2.6, "\r"), (4.4, "down"), (5.2, "down"), (6.4, "a"), (7.8, "down"), (8.6, " "), (10.2, "\r")),
        2.8,
        12.8,
    ),
    "while": Scene(("while", "--yes", "--", "make"), ((49.0, MAKE_ENDS),), 42.0, 53.0),
}


def record(scene: Scene, theme: str) -> list[list[str]]:
    """Return the frames of *scene*: the SVG elements of each line of the terminal."""
    from test_pty import TerminalRun

    with tempfile.TemporaryDirectory() as home:
        programs = Path(home, "bin")
        programs.mkdir()
        for name, does in (("aplay", "exit"), ("make", MAKE)):
            (programs / name).write_text(f"#!/bin/sh\n{does}\n")
            (programs / name).chmod(0o755)
        env = {"STRETCH_HOME": f"{home}/stretch", "COLORTERM": "truecolor", "NO_COLOR": "", "STRETCH_BACKGROUND": theme}
        env |= {"PATH": f"{programs}:/usr/bin:/bin", "STRETCH_VOICE": "no"}
        script = json.dumps([scene.keys, scene.end])
        run = TerminalRun(script, *scene.command, columns=COLUMNS, lines=LINES, env=env, program=(__file__,))
        while f"{MARK.decode()}{scene.end * 1000:.0f}\a".encode() not in run.raw:
            run.read_screen(0.02)
        run.close()
        raw = run.raw
    screen = pyte.Screen(COLUMNS, LINES)
    stream = pyte.ByteStream(screen)
    frames: list[list[str]] = []
    for part in raw.split(MARK):
        at, _, output = part.partition(b"\a") if part[:1].isdigit() else (b"0", b"", part)
        # What a frame shows is complete at the next mark, until which the clock has moved on.
        while scene.begin * 1000 + len(frames) * FRAME_MS < min(int(at), scene.end * 1000):
            frames.append([line_elements(screen, y, theme) for y in range(LINES)])
        stream.feed(output.replace(b"\x1b[?2026h", b"").replace(b"\x1b[?2026l", b""))
    return frames


def play(script: str, *command: str) -> None:
    """Run `stretch` *command* with a clock that moves only while it waits, and press the keys of *script*."""
    from stretch.cli import main as stretch
    from stretch.cli.app import App
    from stretch.player.input import InputEvent
    from stretch.player.terminal import Terminal

    keys, end = json.loads(script)
    names = {"down": "down", "\r": "enter", " ": "space"}
    now = 0

    def read(self: Terminal, timeout: float) -> InputEvent:
        nonlocal now
        if self._output is not None:
            self._unwritten += MARK + b"%d\a" % (now // 1_000_000)
        while self._unwritten:
            self._flush()
            time.sleep(0.001)
        if now >= end * 1e9:
            time.sleep(60)
        if keys and now >= keys[0][0] * 1e9:
            key = keys.pop(0)[1]
            if key == MAKE_ENDS:
                _end_make()
                return InputEvent()
            return InputEvent(key=names.get(key, key))
        until = min(now + round(timeout * 1e9), round((keys[0][0] if keys else end) * 1e9))
        # Rounded up, because the marks are in milliseconds and the program may wait for less.
        now = max(until, now + 1_000_000)
        return InputEvent()

    Terminal.read = read  # type: ignore[method-assign]
    stretch([*command], obj=App(clock=lambda: now))


def _end_make() -> None:
    """End the program `make`, and return when the one that started it can notice."""
    make = shutil.which("make")
    Path(f"{make}.end").touch()
    os.waitid(os.P_PID, int(Path(f"{make}.pid").read_text()), os.WEXITED | os.WNOWAIT)


def moving_svg(frames: list[list[str]], theme: str) -> str:
    """Return *frames* as a picture that shows them one after the other, again and again."""
    background, _, border = PAGES[theme]
    used = [y for y in range(LINES) if any(frame[y] for frame in frames)]
    width, height = COLUMNS * CELL + 2 * MARGIN, (used[-1] - used[0] + 1) * ROW + 2 * MARGIN
    names = {
        line: f"l{number}"
        for number, line in enumerate(dict.fromkeys(line for frame in frames for line in frame if line))
    }
    defs = "".join(f'<g id="{name}">{line}</g>' for line, name in names.items())
    film = "".join(
        f'<g transform="translate({number * width:g} 0)">'
        + "".join(f'<use href="#{names[line]}" y="{(y - used[0]) * ROW}"/>' for y, line in enumerate(frame) if line)
        + "</g>"
        for number, frame in enumerate(frames)
    )
    seconds = len(frames) * FRAME_MS / 1000
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" font-size="{FONT}" '
        "font-family=\"ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace\">"
        f"<style>.d{{stroke-width:3;stroke-linecap:round;stroke-dasharray:0 {CELL / 2:g}}}"
        f".film{{animation:film {seconds:g}s steps({len(frames)}) infinite}}"
        f"@keyframes film{{to{{transform:translateX(-{len(frames) * width:g}px)}}}}"
        "@media (prefers-reduced-motion:reduce){.film{animation:none}}</style>"
        f'<rect width="{width:g}" height="{height:g}" rx="8" fill="{background}" stroke="{border}"/><defs>{defs}</defs>'
        f'<g transform="translate({MARGIN} {MARGIN})"><g class="film">{film}</g></g></svg>\n'
    )


def line_elements(screen: pyte.Screen, y: int, theme: str) -> str:
    """Return the elements of one line of *screen*."""
    plain = PAGES[theme][1]
    texts, blocks, dots = (
        list[str](),
        defaultdict[tuple[str, float], list[str]](list),
        defaultdict[str, list[int]](list),
    )
    cells = [(x, screen.buffer[y][x]) for x in range(screen.columns)]
    for (kind, fg, bold), alike in groupby(cells, lambda cell: _appearance(cell[1])):
        color = f"#{fg}" if len(fg) == 6 else plain
        places = [(x, cell.data) for x, cell in alike]
        if kind == "text":
            texts += _text(places, color, bold)
        for x, character in places:
            if kind == "block":
                blocks[color, OPACITY.get(character, 1.0)].append(_block(character, x))
            elif kind == "dots":
                bits = ord(character) - 0x2800
                dots[color] += [
                    row * 1000 + 2 * x + column for bit, (column, row) in enumerate(DOTS) if bits >> bit & 1
                ]
    paths = [f'<path class="d" stroke="{color}" d="{_dots(places)}"/>' for color, places in dots.items()]
    for (color, opacity), parts in blocks.items():
        faint = f' fill-opacity="{opacity:g}"' if opacity < 1 else ""
        paths.append(f'<path fill="{color}"{faint} shape-rendering="crispEdges" d="{"".join(parts)}"/>')
    return "".join(paths + texts)


def _appearance(cell: pyte.screens.Char) -> tuple[str, str, bool]:
    kind = "dots" if "\u2800" < cell.data <= "\u28ff" else "block" if cell.data in BLOCKS else "text"
    return kind, cell.fg, cell.bold and kind == "text"


def _text(places: list[tuple[int, str]], color: str, bold: bool) -> Iterator[str]:
    """Yield one element for each word, as wide as its cells in any font."""
    for blank, word in groupby(places, lambda place: place[1] in " \u2800"):
        if blank:
            continue
        letters = list(word)
        content = escape("".join(character for _, character in letters))
        weight = ' font-weight="700"' if bold else ""
        yield (
            f'<text x="{letters[0][0] * CELL:g}" y="{0.76 * ROW:g}" textLength="{len(letters) * CELL:g}" '
            f'lengthAdjust="spacingAndGlyphs" fill="{color}"{weight}>{content}</text>'
        )


def _dots(places: list[int]) -> str:
    """Return the path of dots, given as 1000 times the row and the column of half cells: dashes without length."""
    parts, begin = [], None
    for at, place in enumerate(ordered := sorted(places)):
        begin = place if begin is None else begin
        if at + 1 == len(ordered) or ordered[at + 1] != place + 1:
            row, column = divmod(begin, 1000)
            length = (place - begin) * CELL / 2 + 0.1
            parts.append(f"M{(column + 0.5) * CELL / 2:g} {(row + 0.5) * ROW / 4:g}h{length:g}")
            begin = None
    return "".join(parts)


def _block(character: str, x: int) -> str:
    left, top, width, height = BLOCKS[character]
    w, h = width * CELL, height * ROW
    return f"M{(x + left) * CELL:g} {top * ROW:g}h{w:g}v{h:g}h-{w:g}z"


def main() -> None:
    """Write all pictures."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, scene in SCENES.items():
        for theme in PAGES:
            (FOLDER / f"{name}-{theme}.svg").write_text(moving_svg(record(scene, theme), theme), encoding="utf-8")


if __name__ == "__main__":
    play(*sys.argv[1:]) if sys.argv[1:] else main()
