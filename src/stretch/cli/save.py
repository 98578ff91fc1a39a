"""A routine kept as a program of one's own: a file in the user's catalog, to run and to edit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stretch.core.errors import UsageError

if TYPE_CHECKING:
    from stretch.cli.app import App
    from stretch.core.routine import Item, Routine


def save_program(app: App, routine: Routine, name: str) -> None:
    """Write *routine* as the program *name*; raise UsageError for no good name or one that is taken."""
    from stretch.core.validation.checks import id_problem
    from stretch.storage.files.atomic import create_file

    if problem := id_problem(name):
        raise UsageError(f"--save: {problem}.")
    if name in app.catalog.programs:
        raise UsageError(f"--save {name}: there is a program of that name already; give another one.")
    file = app.folder / "catalog" / f"{name}.yaml"
    file.parent.mkdir(parents=True, exist_ok=True)
    create_file(file, _program(routine, name))
    app.tell(f"Kept in {file}: run it with `stretch routine --program {name}`, and change it as you like.")


def _program(routine: Routine, name: str) -> str:
    minutes = min(round(sum(seconds for _, seconds in routine.warm_up) / 60), 10)
    lines = [
        "# A routine that was kept; change it as you like, then run `stretch catalog check`.",
        "# hold_s is the seconds of one hold, reps how often, or how many breaths for one that moves.",
        "programs:",
        f"  - id: {name}",
        f"    name: {name.replace('-', ' ').capitalize()}",
        f"    about: Made for {', '.join(routine.areas)}.",
        f"    warm_up_min: {minutes}",
        "    items:",
        *(f"      - {{{_item(item)}}}" for item in routine.items),
    ]
    return "\n".join(lines) + "\n"


def _item(item: Item) -> str:
    # Where it was made easier for somebody the whole dose is kept: it is made easier again each time it is run.
    dose = item.stretch.dose if item.adapted else item.dose
    held = "" if dose.hold_s is None else f"hold_s: {dose.hold_s}, "
    return f"stretch: {item.stretch.id}, {held}reps: {dose.reps}"
