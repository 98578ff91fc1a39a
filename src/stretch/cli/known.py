"""Option values that are one of a few names; an unknown one is refused with all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from stretch.core.errors import UsageError
from stretch.core.vocabulary import EQUIPMENT, LEVELS, POSITIONS, TAGS

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem


class Known(click.ParamType):  # type: ignore[type-arg]  # generic only since click 8.2
    """One of *names*, each of which is a *what*."""

    def __init__(self, what: str, names: tuple[str, ...]) -> None:
        self.name, self.names = what, names

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """Return the names that begin with *incomplete*."""
        from click.shell_completion import CompletionItem

        return [CompletionItem(name) for name in self.names if name.startswith(incomplete)]

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return *value* when it is known."""
        if value in self.names:
            return str(value)
        raise UsageError(f"There is no {self.name} called {value!r}: it is one of {', '.join(self.names)}.")


POSITION = Known("position", POSITIONS)
EQUIPPED = Known("equipment", EQUIPMENT)
LEVEL = Known("level", LEVELS)
TAG = Known("caution tag", TAGS)


CATALOGS = "stretch.catalogs"
"""Where a context keeps the catalogs that its command line names."""


def _with_catalogs(ctx: click.Context, param: click.Parameter, paths: tuple[str, ...]) -> None:
    # While a shell asks what to offer, there is no App.
    ctx.meta[CATALOGS] = paths
    if ctx.obj is not None:
        from pathlib import Path

        ctx.obj.add_catalogs([Path(path) for path in paths])


catalog_option = click.option(
    "--catalog",
    multiple=True,
    type=click.Path(),
    expose_value=False,
    callback=_with_catalogs,
    help="A catalog of your own as well, a folder or a file.",
)
"""Takes catalogs for this run, on top of the one in the user's folder and instead of those in the settings."""
