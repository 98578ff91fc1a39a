"""Text written to be marked up, where nothing is: every page and the voice give it as it stands."""

from __future__ import annotations

import re
from collections.abc import Iterator

from stretch.core.model import Program, Stretch
from stretch.core.validation.checks import Problem, Steps

_STYLE = "bold|dim|italic|underline|strike|reverse|blink|red|green|yellow|blue|magenta|cyan|white|black|link|[biusd]"
_MARKS = re.compile(
    rf"\[(?:/?(?:{_STYLE})(?:[ =][^\[\]]*)?|/)\]"  # rich, and the boards it took it from
    r"|</?[a-z][a-z0-9]*(?:\s[^<>]*)?/?>|&(?:amp|lt|gt|quot|nbsp|#\d{1,5});"  # HTML
    r"|\*\*[^*]+\*\*|(?<!\w)__[^_]+__(?!\w)|\]\(https?:",  # Markdown
    re.IGNORECASE,
)


def note_markup(record: Stretch | Program) -> Iterator[Problem]:
    """Yield the texts of *record* that have markup in them: harmless, for nothing obeys it, and hardly meant."""
    for field, text in _texts(record):
        if found := _MARKS.search(text):
            yield field, f"has the markup {found[0][:40]!r}, which is shown and read aloud as it stands; take it out"


def _texts(record: Stretch | Program) -> Iterator[tuple[Steps, str]]:
    yield ("name",), record.name
    if isinstance(record, Program):
        yield ("about",), record.about
        yield from ((("items", index, "note"), item.note or "") for index, item in enumerate(record.items))
        return
    yield from ((("aliases", index), name) for index, name in enumerate(record.aliases))
    yield from ((("steps", index), step) for index, step in enumerate(record.steps))
    for field in ("side_means", "halfway", "breath", "mistake", "ease_off"):
        yield (field,), getattr(record, field) or ""
    if record.pace:
        yield ("pace", "inhale"), record.pace.inhale
        yield ("pace", "exhale"), record.pace.exhale
