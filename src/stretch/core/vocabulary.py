"""The words that fields and options are chosen from; they stand apart because completion has no time for msgspec."""

from __future__ import annotations

from typing import Literal, get_args

Position = Literal["standing", "seated", "kneeling", "quadruped", "prone", "side-lying", "seated-floor", "supine"]
Equipment = Literal["none", "chair", "wall", "strap", "mat"]
Level = Literal["gentle", "moderate", "deep"]
Mode = Literal["static", "dynamic", "contract-relax"]
Spine = Literal["neutral", "flexion", "extension", "rotation", "side-bend", "mixed"]
Side = Literal["left", "right"]
Caution = Literal[
    "pregnancy", "osteoporosis", "knee", "hip", "ankle", "shoulder", "wrist", "neck", "disc", "stenosis", "sciatica",
    "head-down", "recent-surgery", "balance", "hypermobility",
]  # fmt: skip
Tag = Literal[Caution, "floor", "older-adult"]
"""What a person may report: a caution that entries name, or one of the two that act on the whole routine."""

POSITIONS: tuple[Position, ...] = get_args(Position)
"""In the order of one trip down to the floor and one trip up (rule RB5)."""
EQUIPMENT: tuple[Equipment, ...] = get_args(Equipment)
LEVELS: tuple[Level, ...] = get_args(Level)
TAGS: tuple[Tag, ...] = get_args(Tag)
UPRIGHT: tuple[Position, ...] = ("standing", "seated")
"""The positions that need no getting down to the floor."""
