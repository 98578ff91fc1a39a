"""The SVG of a figure as a part of something else: its size, its two halves, and an address that holds it whole."""

from __future__ import annotations

import re
from base64 import b64encode


def size(svg: str) -> tuple[int, int]:
    """Return the width and the height of an SVG in its own units."""
    found = re.search(r'viewBox="0 0 (\d+) (\d+)"', svg)
    assert found, "a figure without a size"
    return int(found[1]), int(found[2])


def halves(svg: str) -> tuple[str, str]:
    """Return the left half, which is the start, and the right half, the stretch, as two pictures of equal width."""
    across, height = size(svg)

    def half(x: int) -> str:
        return svg.replace(f'viewBox="0 0 {across} {height}"', f'viewBox="{x} 0 {across // 2} {height}"', 1)

    return half(0), half(across // 2)


def data_uri(svg: str) -> str:
    """Return an SVG as an address: nothing in it can reach the page it is shown on, and nothing is fetched."""
    return "data:image/svg+xml;base64," + b64encode(svg.encode()).decode()
