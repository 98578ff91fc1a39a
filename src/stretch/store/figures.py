"""The figures of stretches and warm-up moves, read one by one: a session needs only its own."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from stretch.core.errors import CatalogError
from stretch.store import yamlfile

if TYPE_CHECKING:
    from stretch.figure.pose import Figure


def load_figures(names: Iterable[str], roots: Sequence[Path]) -> dict[str, Figure]:
    """Return the figures called *names*, each from the last of *roots* that has it; those without one are left out.

    Raises CatalogError for a file that is no figure.
    """
    found = {}
    for name in dict.fromkeys(names):
        paths = [root / "figures" / f"{name}.yaml" for root in roots]
        path = next((path for path in reversed(paths) if path.is_file()), None)
        if path is not None:
            found[name] = _read(path)
    return found


def _read(path: Path) -> Figure:
    from stretch.figure.pose import Figure

    try:
        return msgspec.convert(yamlfile.read(path), Figure)
    except yamlfile.Malformed as error:
        raise CatalogError([f"figures/{path.name}:{error.line}: {error}"]) from error
    except msgspec.ValidationError as error:
        field, problem = yamlfile.explain(error)
        line = yamlfile.line_of(path, field)
        raise CatalogError([f"figures/{path.name}:{line}: {'.'.join(map(str, field))}: {problem}"]) from error
