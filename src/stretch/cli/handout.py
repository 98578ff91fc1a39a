"""`stretch handout`: the routine on paper."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from stretch.cli.options import equivalent_command, routine_options
from stretch.core.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from stretch.cli.app import App
    from stretch.cli.request import RoutineOptions
    from stretch.export.handout import Sheet


@click.command("handout")
@routine_options
@click.option(
    "-o",
    "--output",
    required=True,
    metavar="FILE",
    type=click.Path(),
    help="File to write: .html, a page to print, or .md, Markdown.",
)
@click.pass_context
def handout_command(ctx: click.Context, /, output: str, options: RoutineOptions) -> None:
    """Write the routine as a page to print: figures, steps, doses, cautions, boxes to tick.

    It takes the options of `stretch routine`. The page is one file that needs nothing else: print it, or send it.
    """
    from pathlib import Path

    from stretch.cli.request import personalized_routine

    app: App = ctx.obj
    layout = _layout(Path(output))
    routine, rest = personalized_routine(app, options)
    from stretch.export.handout import sheet

    page = layout(
        sheet(
            routine,
            safety=app.safety,
            sources=app.sources,
            figures=app.figures(item.stretch.id for item in routine.items),
            rest=rest,
            again=equivalent_command(ctx),
        )
    )
    Path(output).write_text(page, encoding="utf-8", newline="\n")
    for note in routine.notes:
        app.info(note)
    how = "; open it in a browser to print it" if Path(output).suffix.lower() != ".md" else ""
    app.info(f"{output}: {routine.title}, {len(routine.items)} stretches{how}.")


def _layout(path: Path) -> Callable[[Sheet], str]:
    match path.suffix.lower():
        case ".html" | ".htm":
            from stretch.export.handout_html import html

            return html
        case ".md":
            from stretch.export.handout_markdown import markdown

            return markdown
    raise UsageError(f"-o {path}: the file name must end in .html (a page to print) or .md (Markdown).")
