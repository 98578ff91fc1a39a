"""`stretch handout`: a routine on paper."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from stretch.cli.options import OUTPUT, equivalent_command, routine_options
from stretch.core.errors import UsageError

if TYPE_CHECKING:
    from stretch.cli.app import App
    from stretch.cli.request import RoutineOptions


@click.command(
    "handout",
    help="""Write a routine as a page to print, with figures, steps, doses, cautions and boxes to tick.

    Takes the options of `stretch routine`. The page is a single file that you can print or send.
    """,
)
@routine_options
@click.option(
    "-o",
    "--output",
    required=True,
    metavar="FILE",
    type=OUTPUT,
    help="File to write: .html for a page to print, .md for Markdown.",
)
@click.pass_context
def handout_command(ctx: click.Context, /, output: Path, options: RoutineOptions) -> None:
    from stretch.cli.request import personalized_routine
    from stretch.core.text import pluralize
    from stretch.export.handout import build_handout
    from stretch.export.handout_html import to_html
    from stretch.export.handout_markdown import to_markdown
    from stretch.storage.files.safe_io import write_text

    renderers = {".html": to_html, ".htm": to_html, ".md": to_markdown}
    if (render := renderers.get(output.suffix.lower())) is None:
        raise UsageError(f"--output {output}: the file name must end in .html (a page to print) or .md (Markdown).")
    app: App = ctx.obj
    routine, rest = personalized_routine(app, options)
    handout = build_handout(
        routine,
        safety=app.safety,
        sources=app.sources,
        figures=app.figures(item.stretch.id for item in routine.items),
        rest=rest,
        command=equivalent_command(ctx),
    )
    write_text(output, render(handout))
    for note in routine.notes:
        app.info(note)
    hint = " Open it in a browser to print it." if render is to_html else ""
    app.info(f"Saved {output}: {routine.title}, {pluralize(len(routine.items), 'stretch')}.{hint}")
