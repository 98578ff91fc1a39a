"""The plan of a routine, for people and as JSON."""

from collections.abc import Iterator
from typing import Any

from stretch.cli.app import App
from stretch.cli.prescribed import prescribed_lines
from stretch.core.model import Catalog
from stretch.core.planning.dosing import TARGET_S
from stretch.core.planning.eligibility import area_words, reason_text
from stretch.core.planning.scoring import HoldTime, hold_time_by_area
from stretch.core.routine import Routine, first_side_line, needs_line
from stretch.core.text import duration, minutes_seconds
from stretch.core.timing.phases import Phase
from stretch.core.timing.timeline import Timeline, build_timeline

VERSION = 1
START_CELLS = 8
"""Width of the column of start times in the timetable."""


def plan_data(routine: Routine) -> dict[str, Any]:
    """Return the plan for JSON, version 1: each step with its start and its seconds, which add up exactly."""
    timeline = build_timeline(routine)
    return {
        "version": VERSION,
        "areas": routine.areas,
        "seconds": timeline.length_ms / 1000,
        "seed": routine.seed,
        "breath": routine.breath,
        "steps": [_step(phases, timeline) for phases in _steps(timeline)],
        "left_out": [{"stretch": left.stretch, "reason": left.reason} for left in routine.left_out],
        "notes": routine.notes,
        "why": {item.stretch.id: item.reason for item in routine.items},
        "held": {held.area: {"left": held.left_s, "right": held.right_s} for held in hold_time_by_area(routine.items)},
        "program": routine.program,
        "prescription": routine.prescription,
    }


def print_plan(app: App, routine: Routine, *, why: bool = False) -> None:
    """Print what matters today and then the timetable; before them, if *why*, the reasons for every choice."""
    if why:
        _print_reasons(app, routine)
    timeline = build_timeline(routine)
    app.out.paragraph(f"{routine.title}, {duration(timeline.length_ms)}", "bold")
    for note in (*prescribed_lines(app, app.catalog.programs.get(routine.program or "")), *routine.notes):
        app.out.paragraph(note)
    for line in filter(None, (needs_line(routine), first_side_line(routine))):
        app.out.paragraph(line)
    app.out.paragraph()
    _print_timetable(app, timeline)


def _print_timetable(app: App, timeline: Timeline) -> None:
    rows = [*_rows(timeline)]
    name_cells, dose_cells = (max(len(row[column]) for row in rows) for column in (1, 2))
    wide = app.out.columns is None or app.out.columns >= START_CELLS + name_cells + 2 + dose_cells
    for start, name, dose, note in rows:
        text = f"{name:<{name_cells}}  {dose}" if wide else f"{name}\n{dose}"
        app.out.paragraph(text, prefix=f"{start:>{START_CELLS - 2}}  ")
        if note:
            app.out.paragraph(note, "dim", indent=START_CELLS)


def _rows(timeline: Timeline) -> Iterator[tuple[str, str, str, str]]:
    """Yield the start, the name, the dose in words and the note of each step that a person would name."""
    for phases in _steps(timeline):
        first = phases[0]
        start = minutes_seconds(first.start_ms)
        if first.kind == "prepare" and first.item:
            yield start, first.item.stretch.name, first.item.dose_label, first.item.note
        elif first.kind in ("warm-up", "settle"):
            name = "Rest" if first.kind == "settle" else "Keep moving" if first.cool_down else "Warm-up"
            yield start, name, duration(sum(phase.length_ms for phase in phases)), ""


def _print_reasons(app: App, routine: Routine) -> None:
    """Print why each stretch is in the routine, what each area gets (rule D2), and why others were left out."""
    if any(item.reason for item in routine.items):
        app.out.table(("stretch", "why"), [(item.stretch.name, item.reason) for item in routine.items])
        app.out.paragraph()
    app.out.table(
        ("area", f"held, of {TARGET_S} s per side"),
        [_hold_time(app.catalog, held) for held in hold_time_by_area(routine.items)],
    )
    app.out.paragraph()
    reasons: dict[str, list[str]] = {}
    for left in routine.left_out:
        reasons.setdefault(reason_text(app.catalog, left.reason), []).append(app.catalog.stretches[left.stretch].name)
    rows = [(reason.capitalize(), ", ".join(names)) for reason, names in reasons.items()]
    if rows:
        app.out.table(("left out", ""), rows)
        app.out.paragraph()


def _hold_time(catalog: Catalog, held: HoldTime) -> tuple[str, str]:
    left, right = held.left_s, held.right_s
    sides = f"{left} s" if left == right else f"{left} s left, {right} s right"
    return area_words(catalog, [held.area]), sides if left + right else "moved, not held"


def _steps(timeline: Timeline) -> list[list[Phase]]:
    """Return the phases as steps; all moves of a warm-up are one step."""
    steps: list[list[Phase]] = []
    for phase in timeline.phases:
        if steps and phase.kind == steps[-1][0].kind == "warm-up":
            steps[-1].append(phase)
        else:
            steps.append([phase])
    return steps


def _step(phases: list[Phase], timeline: Timeline) -> dict[str, Any]:
    first = phases[0]
    breaths = first.breaths if timeline.pattern.has_cues else ()
    return {
        "start": first.start_ms / 1000,
        "seconds": sum(phase.length_ms for phase in phases) / 1000,
        "kind": first.kind,
        "stretch": first.item.stretch.id if first.item else None,
        "side": first.side,
        "rep": first.rep,
        "reps": first.reps,
        "breaths": [[inhale / 1000, exhale / 1000] for inhale, exhale in breaths],
        "set": first.set_number if first.item else None,
        "sets": first.item.set_count(first.side) if first.item else None,
        "note": (first.item.note or None) if first.item else None,
        "moves": [{"move": phase.move.id, "seconds": phase.length_ms / 1000} for phase in phases if phase.move],
    }
