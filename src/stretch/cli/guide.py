"""`stretch guide`: the pages of the user guide."""

import click

from stretch.cli.app import App
from stretch.cli.options import Names
from stretch.core.errors import UnknownName
from stretch.storage.files.locations import data_root

TOPICS = (
    "start", "routines", "session", "sound", "safety", "history", "prescriptions", "catalog", "accessibility",
    "reminders", "settings", "commands", "json", "architecture",
)  # fmt: skip
"""Names of the pages, in reading order."""


def page(topic: str) -> str:
    """Return the Markdown of *topic*."""
    return (data_root() / "guide" / f"{topic}.md").read_text(encoding="utf-8")


def title(topic: str) -> str:
    """Return the heading of *topic*."""
    return page(topic).partition("\n")[0].removeprefix("# ")


@click.command("guide", help="Show a page of the guide; without TOPIC, list the pages.")
@click.argument("topic", required=False, type=Names("topic", lambda ctx: {name: title(name) for name in TOPICS}))
@click.pass_obj
def guide_command(app: App, topic: str | None) -> None:
    if topic is None:
        app.out.table(("topic", "page"), [(name, title(name)) for name in TOPICS])
        return
    if topic.lower() not in TOPICS:
        raise UnknownName("topic", topic, TOPICS, "`stretch guide` lists them.")
    app.out.markdown(page(topic.lower()))
