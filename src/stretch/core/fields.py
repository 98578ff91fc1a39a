"""Types of catalog fields, each with its limits and a description for authors."""

# No `from __future__ import annotations` here: see `core.model`.
from typing import Annotated, Any, get_args

from msgspec import Meta, Struct

from stretch.core import vocabulary

LONGEST_HOLD_S = 60
"""The longest single hold (rule D4), other than in a program: who prescribes one may ask for more."""

HoldSeconds = Annotated[int, Meta(ge=1, le=300)]
MAX_SENTENCE = 400
ShortText = Annotated[str, Meta(min_length=1, max_length=MAX_SENTENCE)]
Name = Annotated[str, Meta(min_length=1, max_length=80)]
Id = Annotated[str, Meta(pattern=vocabulary.ID_PATTERN, max_length=vocabulary.LONGEST_ID)]
SourceKey = Annotated[str, Meta(pattern=r"^[A-Za-z0-9]+(-[A-Za-z0-9]+)*$", max_length=40)]
"""The key by which a source is cited."""


def doc(description: str, *, label: str | None = None, **limits: Any) -> Meta:
    """Return the limits of a field, with a description for the template, the JSON Schema and errors.

    Pages about a stretch show the text of the field after its *label*.
    """
    return Meta(description=description, extra={"label": label} if label else None, **limits)


def is_sentence(hint: Any) -> bool:
    """Return whether *hint*, the type of a field, is a `ShortText`, or has one in it."""
    limits = [meta.max_length for meta in getattr(hint, "__metadata__", ()) if isinstance(meta, Meta)]
    return MAX_SENTENCE in limits or any(map(is_sentence, get_args(hint)))


_LIMITS = ("ge", "gt", "le", "lt", "multiple_of", "pattern", "min_length", "max_length")


class CatalogStruct(Struct, frozen=True, forbid_unknown_fields=True):
    """Immutable data that refuses unknown fields."""

    def __init_subclass__(cls) -> None:
        """Raise TypeError for limits that msgspec would refuse only when it first reads data, without the field."""
        for name, hint in cls.__annotations__.items():
            type_, *metas = get_args(hint)[:2] or (hint,)
            limited = any(getattr(meta, limit, None) is not None for meta in metas for limit in _LIMITS)
            if limited and type(None) in get_args(type_):
                problem = (
                    "an optional field takes no limits; give them to a type of its own, like Id, and use `Id | None`"
                )
                raise TypeError(f"{cls.__name__}.{name}: {problem}")
