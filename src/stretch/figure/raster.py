"""Rasterizer: figure parts to layers of dots, one bitmap for each color role. Independent of characters and colors.

A bitmap is one integer with bit x + y * stride for the dot in column x and row y, so that whole pictures are cut and
dilated with a shift and an OR. The stride is whole bytes and larger than the width: no dot is shifted into another row.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from functools import lru_cache
from math import ceil, floor, inf, sqrt

from stretch.figure.colors import ColorRole
from stretch.figure.file_format import Figure, turned_to
from stretch.figure.geometry import Hull, outline, rim_point
from stretch.figure.parts import FigurePart, figure_parts
from stretch.figure.skeleton import skeleton_at

BoundingBox = tuple[float, float, float, float]
"""Left, bottom, right, top in body units."""
_MEASURED_DEPTHS = 9
"""Limbs swing on arcs, so measuring the figure at both ends is not enough."""
_MIN_RADIUS = 0.55
"""Radius in dots; a thinner line would have gaps."""
_MIN_CUTOUT = 0.7
"""Radius in dots; smaller eyes and mouths would be specks that come and go."""
_ROOT_MARGIN = 1.6
"""Dots added around a root, so that the gap on both sides of it does not nick the limb."""


@lru_cache(maxsize=64)
def bounding_box(figure: Figure) -> BoundingBox:
    """Return the crop of the figure, or else the box around the figure at every depth and its props."""
    if figure.crop is not None:
        return figure.crop
    depths = (i / (_MEASURED_DEPTHS - 1) for i in range(_MEASURED_DEPTHS))
    boxes = [bounds(figure_parts(figure, skeleton_at(figure, depth), pressing=True)) for depth in depths]
    left, bottom, right, top = zip(*boxes, strict=True)
    return min(left), 0.0 if figure.has_floor else min(bottom), max(right), max(top)


def bounds(parts: Iterable[FigurePart]) -> BoundingBox:
    """Return the box around some parts."""
    circles = (circle for part in parts for hull in part.hulls for circle in hull)
    boxes = ((x - radius, y - radius, x + radius, y + radius) for x, y, radius in circles)
    left, bottom, right, top = zip(*boxes, strict=True)
    return min(left), min(bottom), max(right), max(top)


class Canvas:
    """The dots of a figure: a bitmap for each role, no dot in two of them; `lit` are the dots that lie in a muscle.

    *grain* is the width of gaps and the size of patterns in dots.
    """

    def __init__(self, figure: Figure, width: int, height: int, grain: int = 1) -> None:
        self._grain = grain
        self.width, self.height, self.stride = width, height, stride_of(width)
        self.layers: dict[ColorRole, int] = defaultdict(int)
        self.lit = 0
        # The bounding box is in the middle and the floor in the last row; neither ever moves.
        left, bottom, right, top = bounding_box(figure)
        on_floor = figure.has_floor and figure.crop is None
        self._scale = min((width - 2) / (right - left), (height - (2 if on_floor else 1)) / (top - bottom))
        self._x = width / 2 - (left + right) / 2 * self._scale
        self._y = height - 1 + bottom * self._scale if on_floor else height / 2 + (bottom + top) / 2 * self._scale
        if figure.has_floor:
            self.layers[ColorRole.PROP] = mask(width, grain, "floor", grain) << self.stride * (height - grain)

    def paint(self, part: FigurePart) -> None:
        """Paint one part in front of those before, and clear what it hides with a gap around it."""
        shape = self._fill(part.hulls)
        dots = self._dotted(shape) if part.dotted else shape
        hidden = dots
        if part.has_gap:
            # The neighbors of every dot, diagonal ones too, but for those around the root.
            dilated, reached = shape, 0
            while reached < self._grain:
                # Between two rows is space for eight dots at most.
                by = min(self._grain - reached, 2 * reached + 1, self.stride - self.width)
                wide = dilated | dilated << by | dilated >> by
                dilated = wide | wide << self.stride * by | wide >> self.stride * by
                dilated, reached = dilated & mask(self.width, self.height, "all"), reached + by
            root = self._fill([(part.root,)], _ROOT_MARGIN * self._grain) if part.root else 0
            hidden = dilated & ~root | shape
        for role in self.layers:
            self.layers[role] &= ~hidden
        self.lit &= ~hidden
        dots &= ~self._fill(hull for hull in part.cutouts if hull[0][2] * self._scale >= _MIN_CUTOUT)
        for role, hulls in part.overlays:
            covered = dots & self._fill(hulls)
            self.layers[role] |= covered
            dots &= ~covered
        self.layers[part.role] |= dots
        self.lit |= shape & self._fill(part.muscles)

    def mirror(self, x_factor: int, y_factor: int) -> None:
        """Change left and right for an *x_factor* of -1, top and bottom for a *y_factor* of -1."""
        if x_factor == y_factor:
            return
        for role, layer in self.layers.items():
            self.layers[role] = self._mirrored(layer, x_factor)
        self.lit = self._mirrored(self.lit, x_factor)

    def rows(self, bitmap: int) -> list[bytes]:
        """Return the rows of a bitmap, with eight dots in each byte."""
        size = self.stride // 8
        data = bitmap.to_bytes(size * self.height, "little")
        return [data[i : i + size] for i in range(0, len(data), size)]

    def to_monochrome(self, grain: int, *, lit: bool) -> None:
        """Draw the far limbs at half density and, if *lit*, the muscle striped, for a terminal without color.

        *grain* is the size of the pattern's squares in dots.
        """
        for role in {ColorRole.FAR_SKIN, ColorRole.FAR_LEGGINGS} & self.layers.keys():
            self.layers[role] &= mask(self.width, self.height, "checks", grain)
        if lit:
            for role in self.layers:
                self.layers[role] &= ~(self.lit & mask(self.width, self.height, "stripes", grain))

    def _fill(self, hulls: Iterable[Hull], margin: float = 0.0) -> int:
        """Return the dots inside any of the hulls, each with a margin in dots."""
        scale, x0, y0, bitmap = self._scale, self._x, self._y, 0
        # Large bitmaps would fill the memory.
        fill = fill_hull if self._grain == 1 else fill_hull.__wrapped__
        for hull in hulls:
            dots = tuple((x0 + x * scale, y0 - y * scale, max(r * scale + margin, _MIN_RADIUS)) for x, y, r in hull)
            bitmap |= fill(dots, self.width, self.height)
        return bitmap

    def _dotted(self, shape: int) -> int:
        """Return the outline and a few dots: enough for a mat to be seen, too little to compete with the person."""
        inner, down = shape, self.stride
        for _ in range(self._grain):
            inner &= inner << 1 & inner >> 1 & inner << down & inner >> down
        return shape & ~inner | inner & mask(self.width, self.height, "mat", self._grain)

    def _mirrored(self, bitmap: int, x_factor: int) -> int:
        rows = self.rows(bitmap)
        if x_factor == 1:
            return int.from_bytes(b"".join(reversed(rows)), "little")
        # What was left of the first column is cut off again: the stride is larger than the width.
        mirrored = b"".join(row.translate(_REVERSED_BITS)[::-1] for row in rows)
        return int.from_bytes(mirrored, "little") >> self.stride - self.width


_REVERSED_BITS = bytes(int(f"{value:08b}"[::-1], 2) for value in range(256))


def rasterize(
    figure: Figure, width: int, height: int, depth: float, *, left: bool, pressing: bool, grain: int = 1
) -> Canvas:
    """Return the figure at one depth on a grid of dots, with its right or its *left* side at work."""
    figure, *factors = turned_to(figure, left=left)
    canvas = Canvas(figure, width, height, grain)
    for part in figure_parts(figure, skeleton_at(figure, depth), pressing=pressing):
        canvas.paint(part)
    canvas.mirror(*factors)
    return canvas


def stride_of(width: int) -> int:
    """Return the distance of a dot to the one below it."""
    return (width // 8 + 1) * 8


_PATTERNS: dict[str, Callable[[int, int], bool]] = {
    "all": lambda x, y: True,
    "floor": lambda x, y: x % 3 == 0,
    "mat": lambda x, y: y % 4 == 0 and x % 4 == 2 * (y // 4 % 2),
    "checks": lambda x, y: (x + y) % 2 == 1,
    "stripes": lambda x, y: (x + y) % 4 == 0,
}


@lru_cache(maxsize=64)
def mask(width: int, height: int, pattern: str, grain: int = 1) -> int:
    """Return the bitmap of a pattern with squares of *grain* dots."""
    has_dot = _PATTERNS[pattern]
    rows = (sum(has_dot(x // grain, y // grain) << x for x in range(width)) for y in range(height))
    return sum(row << y * stride_of(width) for y, row in enumerate(rows))


@lru_cache(maxsize=512)
def fill_hull(hull: Hull, width: int, height: int) -> int:
    """Return the dots with their middle inside a hull in dots, y down; cached because most of a picture stands still.

    Each row enters and leaves the hull at one of its circles or of their common tangents.
    """
    rows = _rows_between(min(y - radius for _, y, radius in hull), max(y + radius for _, y, radius in hull), height)
    lefts, rights = [inf] * height, [-inf] * height
    for x, y, radius in hull:
        for row in _rows_between(y - radius, y + radius, height):
            half = sqrt(max(0.0, radius * radius - (row + 0.5 - y) ** 2))
            if x - half < lefts[row]:
                lefts[row] = x - half
            if x + half > rights[row]:
                rights[row] = x + half
    corners = outline(hull)
    for (a, _, angle), (b, *_) in zip(corners, corners[1:] + corners[:1], strict=True):
        (x, y), (x1, y1) = rim_point(a, angle), rim_point(b, angle)
        if abs(y1 - y) > 1e-9:
            slope = (x1 - x) / (y1 - y)
            for row in _rows_between(min(y, y1), max(y, y1), height):
                edge = x + (row + 0.5 - y) * slope
                if edge < lefts[row]:
                    lefts[row] = edge
                if edge > rights[row]:
                    rights[row] = edge
    size, spans = stride_of(width) // 8, []
    for row in rows:
        span = 0
        if lefts[row] <= rights[row]:
            first, last = max(0, ceil(lefts[row] - 0.5)), min(width - 1, floor(rights[row] - 0.5))
            if first <= last:
                span = (2 << last) - (1 << first)
        spans.append(span.to_bytes(size, "little"))
    return int.from_bytes(b"".join(spans), "little") << rows.start * size * 8


def _rows_between(top: float, bottom: float, height: int) -> range:
    return range(max(0, ceil(top - 0.5)), min(height - 1, floor(bottom - 0.5)) + 1)
