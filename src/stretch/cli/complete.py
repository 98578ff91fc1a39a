"""What the shell offers when Tab is pressed after an option: ids with their names, found without reading YAML."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import click
    from click.shell_completion import CompletionItem

CATALOGS = "stretch.catalogs"
"""Where a context keeps the catalogs that its command line names."""


def areas(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Return the areas and groups that begin with *incomplete*."""
    return _named("area", ctx, incomplete)


def programs(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Return the programs that begin with *incomplete*."""
    return _named("program", ctx, incomplete)


def stretches(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Return the stretches whose ids begin with *incomplete*."""
    return _named("stretch", ctx, incomplete)


def tags(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Return the caution tags that begin with *incomplete*, each with whom it is about."""
    from stretch.core.vocabulary import TAG_LABELS

    return _offered(TAG_LABELS, incomplete)


def breaths(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Return the patterns of the breath that begin with *incomplete*."""
    from stretch.core.vocabulary import BREATH_PRESETS

    return _offered({name: preset.label for name, preset in BREATH_PRESETS.items()}, incomplete)


def _named(kind: str, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
    from stretch.storage.catalogs.outline import named

    return _offered(named(kind, _roots(ctx)), incomplete)


def _roots(ctx: click.Context) -> list[str]:
    """Return the shipped catalog, the user's own, and those that --catalog names so far."""
    import click

    import stretch

    package = stretch.__path__[0]
    # In a checkout the data is beside the sources.
    shipped = next(path for path in (f"{package}/data", f"{package}/../../data") if os.access(path, os.R_OK))
    # While a shell asks, no command runs, and so there is no App.
    # pathlib takes longer to import than all the rest.
    home = os.path.expanduser(os.environ.get("STRETCH_HOME", "")) or click.get_app_dir("stretch")  # noqa: PTH111
    exported = os.environ.get("STRETCH_CATALOG", "").split(os.pathsep)
    return [shipped, f"{home}/catalog", *(ctx.meta.get(CATALOGS) or filter(None, exported))]


def _offered(words: Mapping[str, str], incomplete: str) -> list[CompletionItem]:
    from click.shell_completion import CompletionItem

    # What click writes for fish ends at a comma.
    shown = {name: text.replace(",", ";") for name, text in words.items() if name.startswith(incomplete)}
    return [CompletionItem(name, help=text) for name, text in shown.items()]
