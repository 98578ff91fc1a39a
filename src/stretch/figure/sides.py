"""Which way round a figure is drawn, so that the word left or right always agrees with the picture."""

from __future__ import annotations

from typing import Literal

from stretch.figure.pose import Figure, View

Side = Literal["left", "right"]


def near_side(figure: Figure) -> Side:
    """The person's own side that is near (the working one) in the unmirrored picture.

    A person facing right shows us their right side; one who faces us has their left at the right of the picture.
    """
    return "right" if figure.view is View.SIDE or figure.back else "left"


def mirrored_for(figure: Figure, side: Side | None) -> bool:
    """Whether the figure has to be mirrored to work the given side; None is a stretch for both at once."""
    return side is not None and side != near_side(figure)
