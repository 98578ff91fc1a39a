"""Figures in pixels: the pictures themselves, and how they are sent, shown and taken away."""

from __future__ import annotations

import re
import struct
import time
import zlib
from base64 import standard_b64decode
from pathlib import Path
from shutil import rmtree
from typing import Any, cast

import pytest

from stretch.cli.app import App
from stretch.cli.request import PlaybackOptions
from stretch.core.timing.animation import FigureState
from stretch.figure.colors import PALETTES, CellColor, ColorRole, hex_color
from stretch.figure.pixels import render_png
from stretch.figure.raster import rasterize
from stretch.figure.render import DEPTH_STEPS
from stretch.player.figure_renderer import FigureRenderer
from stretch.player.layout import StyledLine, line_width
from stretch.player.pictures import Picture, PlacedPictures
from stretch.player.pixel_figures import _ORDER, MAX_HEIGHT, PixelFigures
from stretch.player.terminal import Terminal
from stretch.player.terminal_answers import TerminalAnswers
from stretch.player.theme import Theme
from stretch.player.tmux_pictures import SENT_AGAIN_S, TmuxPicture, TmuxPictures, row_accents
from stretch.storage.catalogs.catalog import load_figures

NAMES = ("cat-cow", "single-knee-to-chest", "wrist-extensor", "supine-spinal-twist")
FIGURES = load_figures(NAMES)
WIDTH, HEIGHT = 144, 96
Pixel = tuple[str, int]
"""Color and opacity."""


def decode(png: bytes) -> list[list[Pixel]]:
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    at, chunks = 8, {}
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        name, content = png[at + 4 : at + 8], png[at + 8 : at + 8 + length]
        assert zlib.crc32(name + content) == struct.unpack(">I", png[at + 8 + length : at + 12 + length])[0]
        chunks[name], at = content, at + 12 + length
    width, height, depth, color, *others = struct.unpack(">IIBBBBB", chunks[b"IHDR"])
    assert (depth, color, others) == (8, 3, [0, 0, 0])
    colors, alphas = chunks[b"PLTE"], chunks[b"tRNS"]
    assert len(colors) == 3 * len(alphas) <= 768
    data = zlib.decompress(chunks[b"IDAT"])
    assert len(data) == (width + 1) * height
    table = [(f"#{colors[3 * i : 3 * i + 3].hex()}", alpha) for i, alpha in enumerate(alphas)]
    rows = [data[y * (width + 1) : (y + 1) * (width + 1)] for y in range(height)]
    assert not any(row[0] for row in rows)
    return [[table[index] for index in row[1:]] for row in rows]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("left", [False, True])
def test_pixels_show_what_the_dots_show(name: str, left: bool) -> None:
    pixels = decode(render_png(FIGURES[name], WIDTH, HEIGHT, 1.0, PALETTES["dark"], left=left))
    assert (len(pixels[0]), len(pixels)) == (WIDTH, HEIGHT)
    canvas = rasterize(FIGURES[name], WIDTH, HEIGHT, 1.0, left=left, pressing=False)
    same = total = 0
    for role, bitmap in canvas.layers.items():
        color = hex_color(CellColor(role), PALETTES["dark"])
        lit = PALETTES["dark"][ColorRole.ACCENT]
        for y in range(HEIGHT):
            for x in range(WIDTH):
                if role is not ColorRole.PROP and bitmap >> (x + y * canvas.stride) & 1:
                    total += 1
                    found, alpha = pixels[y][x]
                    same += alpha >= 127 and found in (color, lit, hex_color(CellColor(role, 4), PALETTES["dark"]))
    assert same / total > 0.95


def test_the_muscle_is_lit_by_the_depth_and_edges_are_smooth() -> None:
    accent = PALETTES["light"][ColorRole.ACCENT]
    loose, deep = (
        [
            pixel
            for row in decode(render_png(FIGURES["cat-cow"], WIDTH, HEIGHT, depth, PALETTES["light"]))
            for pixel in row
        ]
        for depth in (0.0, 1.0)
    )
    assert sum(color == accent for color, _ in deep) > 100
    assert not any(color == accent for color, _ in loose)
    assert {alpha for _, alpha in deep} == {0, 64, 128, 191, 255}
    assert 0.01 < sum(0 < alpha < 255 for _, alpha in deep) / sum(alpha == 255 for _, alpha in deep) < 0.4


def shown(image: int, *, x: int = 0, y: int = 1, columns: int = 48, lines: int = 16) -> list[StyledLine]:
    picture = Picture(columns, lines)
    picture.image = image
    return [*[()] * y, *[((" " * x, "plain"), *row) for row in picture.rows()]]


def test_a_picture_is_sent_in_chunks_and_then_shown_in_few_bytes() -> None:
    placed, png = PlacedPictures(), bytes(range(256)) * 40
    codes = placed.transmission(17, png)
    parts = re.findall(r"\x1b_G([^;]*);([^\x1b]*)\x1b\\", codes)
    assert parts[0][0] == "a=t,f=100,i=17,q=2,m=1"
    assert {head for head, _ in parts[1:-1]} == {"m=1"}
    assert parts[-1][0] == "m=0"
    assert max(len(data) for _, data in parts) <= 4096
    assert standard_b64decode("".join(data for _, data in parts)) == png
    placed.transmission(18, png)
    assert placed.sent == {17, 18}
    assert placed.changes(shown(17, x=3), cleared=False) == "\x1b[2;4H\x1b_Ga=p,i=17,c=48,r=16,C=1,q=2\x1b\\"
    assert placed.changes(shown(17, x=3), cleared=False) == ""
    step = placed.changes(shown(18, x=3), cleared=False)
    # The new one is there before the old one goes, and one step is short.
    assert step.endswith("\x1b_Ga=d,d=i,i=17\x1b\\")
    assert "a=p,i=18" in step
    assert len(step) <= 60


def test_a_terminal_that_reads_files_gets_the_path_of_one_as_long_as_one_can_be_written() -> None:
    placed, png = PlacedPictures(), bytes(range(256)) * 40
    codes = placed.transmission(3, png, by_file=True)
    found = re.fullmatch(r"\x1b_Ga=t,f=100,t=t,i=3,q=2,m=0;([^\x1b]*)\x1b\\", codes)
    assert found
    path = Path(standard_b64decode(found[1]).decode())
    # The terminal deletes no file with another name.
    assert "tty-graphics-protocol" in str(path)
    assert path.read_bytes() == png
    assert path.parent.stat().st_mode & 0o077 == 0
    placed.remove_files()
    assert not path.parent.exists()
    placed.transmission(4, png, by_file=True)
    assert placed._folder
    rmtree(placed._folder)
    assert placed.transmission(5, png, by_file=True) == PlacedPictures().transmission(5, png)


def test_pictures_follow_the_rows_and_go_with_them() -> None:
    placed = PlacedPictures()
    placed.sent |= {5}
    placed.changes(shown(5), cleared=False)
    again = placed.changes(shown(5, columns=60, lines=20), cleared=True)
    assert again.index("a=d,d=i,i=5") < again.index("a=p,i=5,c=60,r=20")
    assert placed.changes([()], cleared=False) == "\x1b_Ga=d,d=i,i=5\x1b\\"
    assert placed.changes(shown(6), cleared=False) == ""  # never sent
    assert placed.remove_all() == "\x1b_Ga=d,d=I,i=5\x1b\\"
    assert not placed.sent
    assert placed.remove_all() == ""


class FakeTerminal:
    """A terminal that takes output, or is too slow to; `codes` is what it got."""

    def __init__(self) -> None:
        self.pictures, self.theme, self.codes, self.slow = PlacedPictures(), Theme("true", background="dark"), "", False
        self.answers = TerminalAnswers()

    def cell_pixels(self) -> tuple[int, int]:
        return 8, 16

    def send(self, codes: str) -> bool:
        self.codes += "" if self.slow else codes
        return not self.slow


def renderer(terminal: FakeTerminal) -> FigureRenderer:
    figures = FigureRenderer(FIGURES)
    figures.pixels = PixelFigures(cast(Any, terminal))
    return figures


def until_sent(figures: FigureRenderer, terminal: FakeTerminal, count: int, depth: float = 0.5) -> Picture:
    """Draw the figure until so many pictures are sent, and return the last one shown."""
    state = FigureState("cat-cow", None, depth, depth)
    deadline = time.monotonic() + 60
    while len(terminal.pictures.sent) < count:
        assert time.monotonic() < deadline
        figures.render(state, 36, 12)
        time.sleep(0.001)
    ((_, style),) = figures.render(state, 36, 12)[0]
    assert isinstance(style, Picture)
    return style


def test_frames_are_made_in_the_background_and_sent_once() -> None:
    terminal = FakeTerminal()
    figures = renderer(terminal)
    state = FigureState("cat-cow", None, 0.5, 0.5)
    assert figures.render(state, 36, 12) == FigureRenderer(FIGURES).render(state, 36, 12)  # characters at first
    picture = until_sent(figures, terminal, 1)
    first = picture.image
    until_sent(figures, terminal, DEPTH_STEPS + 1)
    images = set()
    for step in range(DEPTH_STEPS + 1):
        rows = figures.render(FigureState("cat-cow", None, step / DEPTH_STEPS, 0.0), 36, 12)
        assert ["".join(text for text, _ in row) for row in rows] == [" " * 36] * 12
        images.add(picture.image)
    assert len(images) == DEPTH_STEPS + 1
    assert first in images
    assert terminal.codes.count("a=t,") == DEPTH_STEPS + 1
    assert terminal.codes.count("a=p,") == 0  # shown by the terminal


def test_every_depth_is_made_first_those_of_a_hold_and_no_other_during_it() -> None:
    assert sorted(_ORDER) == list(range(DEPTH_STEPS + 1))
    terminal = FakeTerminal()
    figures = renderer(terminal)
    held = FigureState("cat-cow", None, 1.0, 1.0)
    for _ in range(100):
        figures.render(held, 36, 12, still=True)
        time.sleep(0.002)
    deadline = time.monotonic() + 60
    while len(terminal.pictures.sent) < 1:
        assert time.monotonic() < deadline
        figures.render(held, 36, 12, still=True)
    for _ in range(50):
        figures.render(held, 36, 12, still=True)
        time.sleep(0.002)
    assert len(terminal.pictures.sent) == 1


def test_frames_go_by_file_to_a_terminal_that_has_read_one() -> None:
    terminal = FakeTerminal()
    terminal.answers = TerminalAnswers(files=True)
    until_sent(renderer(terminal), terminal, 3)
    terminal.pictures.remove_files()
    assert terminal.codes.count("t=t,") == 3
    assert len(terminal.codes) < 500


def test_a_slow_terminal_gets_pictures_when_it_is_ready_again() -> None:
    terminal = FakeTerminal()
    figures = renderer(terminal)
    until_sent(figures, terminal, 1)
    terminal.slow = True
    for _ in range(50):
        figures.render(FigureState("cat-cow", None, 0.0, 0.0), 36, 12)
        time.sleep(0.002)
    assert len(terminal.pictures.sent) == 1
    terminal.slow = False
    until_sent(figures, terminal, 2)


def test_after_a_suspension_all_pictures_are_sent_again() -> None:
    terminal = FakeTerminal()
    figures = renderer(terminal)
    until_sent(figures, terminal, 1)
    terminal.pictures.remove_all()
    assert figures.render(FigureState("cat-cow", None, 0.5, 0.5), 36, 12)[0][0][0].strip() == ""
    until_sent(figures, terminal, 1)
    assert terminal.codes.count("a=t,") >= 2


def test_the_terminal_keeps_few_pictures_and_no_large_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("stretch.player.pixel_figures.MAX_KEPT", 3)
    monkeypatch.setattr("stretch.player.pixel_figures.MAX_KEPT_BYTES", 0)
    monkeypatch.setattr("stretch.player.pixel_figures.DEPTH_STEPS", 2)
    monkeypatch.setattr("stretch.player.pixel_figures._ORDER", (2, 0, 1))
    terminal = FakeTerminal()
    figures = renderer(terminal)
    until_sent(figures, terminal, 3)
    for _ in range(200):
        figures.render(FigureState("single-knee-to-chest", "left", 0.5, 0.5), 36, 12)
        assert len(terminal.pictures.sent) <= 3
        time.sleep(0.001)
    assert "a=d,d=I" in terminal.codes
    sizes = {PixelFigures(cast(Any, terminal))._pixels(columns, lines) for columns, lines in ((36, 12), (207, 69))}
    assert sizes == {(288, 192), (896, MAX_HEIGHT)}


@pytest.mark.parametrize(
    ("figure", "answers", "pixels"),
    [
        ("auto", {"name": "kitty(0.26.5)", "graphics": True}, True),
        ("auto", {"name": "ghostty 1.2.0", "graphics": True}, True),
        ("auto", {"name": "WezTerm 2024", "graphics": True}, False),
        ("auto", {"name": "kitty(0.26.5)"}, False),  # inside tmux it is not asked
        ("pixels", {"name": "WezTerm 2024", "graphics": True}, True),
        ("pixels", {}, False),
        ("pixels", {"files": True}, True),  # inside tmux
        ("braille", {"name": "kitty(0.26.5)", "graphics": True}, False),
        ("none", {"name": "kitty(0.26.5)", "graphics": True}, False),
    ],
)
def test_pixels_are_for_terminals_known_to_show_them(figure: str, answers: dict[str, Any], pixels: bool) -> None:
    options = PlaybackOptions(sound=False, volume=0, voice="no", figure=figure)
    assert options.in_pixels(TerminalAnswers(**answers)) is pixels
    for environ, why in (({}, "announced no pictures"), ({"TMUX": "/tmp/tmux"}, "allow-passthrough on")):
        problem = options.figure_problem(App(environ=environ), TerminalAnswers(**answers))
        # Whoever asked for pixels is told why there are none, and nobody else is.
        assert why in problem if figure == "pixels" and not pixels else problem == ""


class MemoryTerminal(Terminal):
    """A terminal of 80x24 cells that keeps what is written."""

    def __init__(self) -> None:
        super().__init__(None, 1, Theme("true"))
        self.written = ""

    def size(self) -> tuple[int, int]:
        return 80, 24

    def _write(self, text: str) -> None:
        self.written += text


def test_a_step_of_the_figure_writes_the_picture_only_and_leaving_takes_it_away() -> None:
    terminal = MemoryTerminal()
    terminal.pictures.sent |= {1, 2}
    rows = shown(1)
    terminal.draw(rows)
    terminal.written = ""
    style: Any = rows[1][-1][1]
    style.image = 2
    terminal.draw(rows)
    assert terminal.written == (
        "\x1b[?2026h\x1b[2;1H\x1b_Ga=p,i=2,c=48,r=16,C=1,q=2\x1b\\\x1b_Ga=d,d=i,i=1\x1b\\\x1b[?2026l"
    )
    terminal.written = ""
    terminal._leave_screen()
    assert re.findall("a=d,d=I,i=([0-9]+)", terminal.written) == ["1", "2"]
    assert terminal.written.index("a=d") < terminal.written.index("\x1b[?1049l")


def test_inside_tmux_cells_stand_for_a_picture_that_is_sent_again_and_again() -> None:
    now = [100.0]
    terminal = MemoryTerminal()
    terminal.pictures = pictures = TmuxPictures(lambda: now[0])
    place = pictures.place(12, 3)
    for image in (1, 2):
        assert pictures.transmission(image, bytes([image]) * 9, by_file=True) == ""
    rows = [((" ", None), *row) for row in place.rows()]
    place.image = 1

    def sent() -> list[tuple[str, bytes]]:
        terminal.written = ""
        terminal.draw(rows)
        found = re.findall(r"\x1bPtmux;\x1b\x1b_G([^;]*);([^\x1b]*)\x1b\x1b\\\x1b\\", terminal.written)
        return [(head, Path(standard_b64decode(path).decode()).read_bytes()) for head, path in found]

    head = "a=T,U=1,f=100,t=t,i=1,c=12,r=3,q=2"
    assert sent() == [(head, b"\1" * 9)]
    cells = "\U0010eeee"
    assert f"\x1b[0;38;5;1m{cells}\u0305{cells * 11}" in terminal.written
    assert f"\x1b[3;1H {cells}\u030e{cells * 11}" in terminal.written
    assert sent() == []
    place.image = 2
    assert sent() == [(head, b"\2" * 9)]
    assert terminal.written.count(cells) == 0
    now[0] += SENT_AGAIN_S + 0.1  # the window may have been hidden
    assert sent() == [(head, b"\2" * 9)]
    for _ in range(20):
        now[0] += SENT_AGAIN_S + 0.1
        sent()
    assert pictures._folder
    assert len(list(pictures._folder.iterdir())) <= 8
    assert pictures.remove_all() == "\x1bPtmux;\x1b\x1b_Ga=d,d=I,i=1\x1b\x1b\\\x1b\\"
    assert not pictures.sent
    pictures.remove_files()


def test_there_are_accents_for_the_rows_of_any_figure() -> None:
    assert row_accents()[:10] == tuple("\u0305\u030d\u030e\u0310\u0312\u033d\u033e\u033f\u0346\u034a")
    assert (len(row_accents()), row_accents()[-1]) == (129, "\u082d")
    rows = TmuxPicture(3, 140, 1).rows()
    assert (len(rows), {line_width(row) for row in rows}) == (140, {3})


@pytest.mark.parametrize(
    ("name", "bar"),
    [("kitty(0.26.5)", "█\x1b[59b 3"), ("tmux 3.4", "█" * 60 + " 3"), ("", "█" * 60 + " 3")],
)
def test_a_terminal_known_to_repeat_a_character_gets_long_bars_in_few_bytes(name: str, bar: str) -> None:
    terminal = MemoryTerminal()
    terminal.answers = TerminalAnswers(name=name)
    terminal.draw([(("█" * 60 + " 3", None),)])
    assert terminal.written.endswith(f"\x1b[1;1H{bar}\x1b[?2026l")


def test_a_still_is_one_picture_and_a_new_screen_replaces_those_of_the_last(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("stretch.player.pixel_figures.MAX_KEPT", 2)
    terminal = FakeTerminal()
    for name in ("cat-cow", "single-knee-to-chest", "wrist-extensor"):
        figures = renderer(terminal)
        deadline = time.monotonic() + 60
        while not isinstance(figures.render_still(name, None, 1.0, 36, 12)[0][0][1], Picture):
            assert time.monotonic() < deadline
            time.sleep(0.001)
        for _ in range(20):
            figures.render_still(name, None, 1.0, 36, 12)
            time.sleep(0.001)
    assert terminal.codes.count("a=t,") == 3
    assert len(terminal.pictures.sent) == 2


def test_a_still_goes_before_the_other_depths_of_the_figure() -> None:
    terminal = FakeTerminal()
    figures = renderer(terminal)
    deadline = time.monotonic() + 60
    shown = False
    while not shown:
        assert time.monotonic() < deadline
        figures.render(FigureState("cat-cow", None, 0.5, 0.5), 36, 12)
        shown = isinstance(figures.render_still("wrist-extensor", None, 1.0, 24, 8)[0][0][1], Picture)
        time.sleep(0.001)
    assert len(terminal.pictures.sent) <= 3
