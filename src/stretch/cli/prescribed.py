"""Prescriptions that are followed: which one is due, and what was done of it."""

from contextlib import suppress

from msgspec.structs import replace

from stretch.cli.app import App
from stretch.core.planning.personalize import PastSession
from stretch.core.prescription import done_today_line, prescription_lines, summary
from stretch.core.program import Program
from stretch.core.routine import Request, Routine


def running_prescriptions(app: App) -> list[Program]:
    """Return the prescriptions of today, the one that began last first."""
    # Those of the shipped catalog are for everybody, so there is no prescription among them.
    programs = app.catalog.programs.values() if app.user_catalogs else ()
    running = [program for program in programs if program.runs_on(app.today())]
    return sorted(running, key=lambda program: program.starts.toordinal() if program.starts else 0, reverse=True)


def offered_prescription(app: App) -> Program | None:
    """Return the prescription that is offered today: one that is not done yet, if there is any."""
    running = running_prescriptions(app)
    undone = (one for one in running if len(running) > 1 and times_done_today(app, one) < (one.times_a_day or 1))
    return next(undone, running[0] if running else None)


def fit_to_program(app: App, request: Request, program: Program) -> Request:
    """Return *request* with how far *program* has got, which its stages depend on."""
    if not any(item.stages for item in program.items):
        return request
    first = program.starts.toordinal() if program.starts else 0
    good = (session.pain.day.toordinal() - first for session in _sessions(app, program) if session.comfortable)
    return replace(request, program_day=app.today().toordinal() - first, good_days=tuple(good))


def times_done_today(app: App, program: Program) -> int:
    """Return how often *program* was done today."""
    return sum(session.pain.day == app.today() for session in _sessions(app, program))


def prescribed_line(app: App, routine: Routine) -> str:
    """Return who prescribed *routine*, until when, and how often it was done today; empty if it is not prescribed."""
    program = app.catalog.programs.get(routine.program or "")
    if program is None or not program.prescribed:
        return ""
    return f"{summary(program, app.today())} {today_line(app, program.id)}".strip()


def prescribed_lines(app: App, program: Program | None) -> tuple[str, ...]:
    """Return everything that *program* prescribes beside its stretches, and how often it was done today."""
    if program is None or not program.prescribed:
        return ()
    others = "; ".join(app.catalog.stretches[name].name for name in program.leave_out)
    left_out = f"Left out of all routines meanwhile: {others}." if others else ""
    return *prescription_lines(program, app.today()), *filter(None, (left_out, today_line(app, program.id)))


def today_line(app: App, name: str | None) -> str:
    """Return how often program *name* was done today, such as `1 of 2 done today.`; empty if it is not prescribed."""
    program = app.catalog.programs.get(name) if name else None
    if program is None or not program.prescribed:
        return ""
    return done_today_line(program, times_done_today(app, program), app.today())


def remember_prescriptions(app: App) -> None:
    """Store what is prescribed for `stretch status`; a folder that cannot be written to is no reason to fail."""
    from stretch.storage import prescription_file

    with suppress(OSError):
        prescription_file.save(app.folder, app.catalog.programs.values() if app.user_catalogs else ())


def _sessions(app: App, program: Program) -> list[PastSession]:
    """Return the finished sessions of *program* since it began."""
    return app.read_journal(lambda journal: journal.program_sessions(program.id, program.starts)) or []
