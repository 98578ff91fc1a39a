"""Figures in pixels: their frames are made in the background, and sent one by one while the session goes on."""

from __future__ import annotations

import time
from collections import deque
from queue import SimpleQueue
from threading import Thread
from typing import TYPE_CHECKING, NamedTuple

from stretch.figure.colors import PALETTES
from stretch.figure.file_format import Figure
from stretch.figure.pixels import render_png
from stretch.figure.render import DEPTH_STEPS
from stretch.player.layout import StyledLine
from stretch.player.pictures import Picture

if TYPE_CHECKING:
    from stretch.player.terminal import Terminal

MAX_HEIGHT = 600
"""Pixels of a picture; the terminal scales it to more."""
_ORDER = (16, 15, 0, 8, 4, 12, 2, 6, 10, 14, 1, 3, 5, 7, 9, 11, 13)
"""The depths of a figure as they are made: those of a hold, the start, and then from coarse to fine."""
PAUSE = 2.5
"""Time between two frames, as a multiple of that for making one: at work for little more than a quarter."""
MAX_KEPT_BYTES, MAX_KEPT = 64_000_000, 60
"""Memory of the terminal for pictures, four bytes for each pixel, and their number."""


class _Series(NamedTuple):
    """The frames of one figure in one way, of which each depth has one."""

    name: str
    left: bool
    pressing: bool
    width: int
    height: int
    palette: str


class PixelFigures:
    """Shows figures as pictures on a *terminal*."""

    def __init__(self, terminal: Terminal) -> None:
        self._terminal = terminal
        self._jobs: SimpleQueue[tuple[_Series, int, float, Figure]] = SimpleQueue()
        self._busy = False
        self._done: deque[tuple[_Series, int, bytes]] = deque()
        self._images: dict[tuple[_Series, int], int] = {}
        self._pictures: dict[tuple[int, int], Picture] = {}
        self._still_is_missing = False
        self._thread: Thread | None = None

    def rows(
        self, figure: Figure, name: str, depth: float, size: tuple[int, int], *, left: bool, pressing: bool, still: bool
    ) -> list[StyledLine]:
        """Return the cells of the picture, or of one of nearly the same depth; none if there is none yet.

        Of a *still* figure, and of the arrows of a contraction, the other depths are not made.
        """
        series = _Series(name, left, pressing, *self._pixels(*size), self._terminal.theme.palette)
        step = round(min(max(depth, 0.0), 1.0) * DEPTH_STEPS)
        self._send()
        near = sorted(range(DEPTH_STEPS + 1), key=lambda other: abs(other - step))
        needed = [step] if pressing or still else [step, *_ORDER]
        missing = [other for other in needed if (series, other) not in self._images]
        # What is seen now goes before the other depths of the same figure.
        if missing and not self._busy and (still or missing[0] == step or not self._still_is_missing):
            self._make(series, missing[0], figure)
        shown = next((other for other in near if (series, other) in self._images), None)
        if still:
            self._still_is_missing = shown is None
        if shown is None:
            return []
        picture = self._pictures.get(size) or self._terminal.pictures.place(*size)
        self._pictures[size] = picture
        picture.image = self._images[series, shown]
        return picture.rows()

    def prefetch(self, figure: Figure, name: str, columns: int, lines: int, *, left: bool) -> None:
        """Make the first frame of the figure that comes next, if there is nothing else to do."""
        series = _Series(name, left, False, *self._pixels(columns, lines), self._terminal.theme.palette)
        if not self._busy and (series, 0) not in self._images:
            self._make(series, 0, figure)

    def _pixels(self, columns: int, lines: int) -> tuple[int, int]:
        """Return the size of a picture for some cells; its width is a multiple of eight."""
        cell_width, cell_height = self._terminal.cell_pixels()
        scale = min(1.0, MAX_HEIGHT / (lines * cell_height))
        return max(8, round(columns * cell_width * scale / 8) * 8), max(1, round(lines * cell_height * scale))

    def _make(self, series: _Series, step: int, figure: Figure) -> None:
        if self._thread is None:
            self._thread = Thread(target=self._work, daemon=True)
            self._thread.start()
        self._busy = True
        self._jobs.put((series, step, step / DEPTH_STEPS, figure))

    def _work(self) -> None:
        while True:
            series, step, depth, figure = self._jobs.get()
            started = time.thread_time()
            palette, size = PALETTES[series.palette], (series.width, series.height)
            png = render_png(figure, *size, depth, palette, left=series.left, pressing=series.pressing)
            self._done.append((series, step, png))
            time.sleep((time.thread_time() - started) * PAUSE)

    def _send(self) -> None:
        """Send the frame that is ready, and remove the oldest if there are many."""
        sent = self._terminal.pictures.sent
        if not sent:
            self._images.clear()  # a suspension has taken all pictures away
        if not self._done or not self._terminal.send(""):
            return
        series, step, png = self._done[0]
        # Both sides of a movement that alternates, at least, and the first frame of the next one.
        kept = min(MAX_KEPT, max(2 * DEPTH_STEPS + 4, MAX_KEPT_BYTES // (4 * series.width * series.height)))
        if len(sent) >= kept:
            others = sent - {*self._images.values()}  # those of another screen
            image = min(others) if others else next(iter(self._images.values()))
            self._images = {key: other for key, other in self._images.items() if other != image}
            self._terminal.send(self._terminal.pictures.removal(image))
            return
        image = next(number for number in range(1, MAX_KEPT + 1) if number not in sent)
        by_file = self._terminal.answers.files
        self._terminal.send(self._terminal.pictures.transmission(image, png, by_file=by_file))
        self._done.popleft()
        self._images[series, step] = image
        self._busy = False
