"""The plan of a routine, as a table and as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from stretch.cli.app import App
from stretch.core.planning.dosing import TARGET_S
from stretch.core.planning.eligibility import area_words, reason_text
from stretch.core.planning.scoring import hold_time_by_area
from stretch.core.routine import LeftOut, Routine
from stretch.core.text import dose_label, duration, minutes_seconds
from stretch.core.timing.phases import Phase
from stretch.core.timing.timeline import Timeline, build_timeline

VERSION = 1


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
    }


def print_plan(app: App, routine: Routine, *, brief: bool = False) -> None:
    """Print the plan as a table, and what was left out and why; if *brief*, only what was left out for cautions."""
    timeline = build_timeline(routine)
    app.out.paragraph(f"{routine.title}, {duration(timeline.length_ms)}, breath {routine.breath}", "bold")
    app.out.table(("starts", "stretch", "side", "dose", "why"), _rows(timeline))
    if not brief:
        _print_hold_times(app, routine)
        app.out.paragraph()
    for note in routine.notes:
        app.out.paragraph(note)
    left_out = [left for left in routine.left_out if not brief or left.reason.startswith("cautions")]
    _print_left_out(app, left_out)


def _rows(timeline: Timeline) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = []
    for phases in _steps(timeline):
        first = phases[0]
        start = f"{minutes_seconds(first.start_ms):>6}"
        if first.kind == "prepare" and first.item:
            item = first.item
            sides = ", then ".join(name for name in item.sides if name) or "both at once"
            dose = dose_label(item.stretch, item.dose).removesuffix(" each side")
            rows.append((start, item.stretch.name, sides, dose, item.reason))
        elif first.kind in ("warm-up", "settle"):
            name = "Settle" if first.kind == "settle" else "Keep moving" if first.cool_down else "Warm-up"
            rows.append((start, name, "", duration(sum(p.length_ms for p in phases)), ""))
    return rows


def _print_hold_times(app: App, routine: Routine) -> None:
    """Print the hold time of each area per side, compared with the goal (rule D2)."""
    rows = []
    for held in hold_time_by_area(routine.items):
        left, right = held.left_s, held.right_s
        sides = f"{left} s" if left == right else f"{left} s left, {right} s right"
        short = TARGET_S - min(left, right)
        result = "movement" if not left + right else f"{short} s under" if short > 0 else "reached"
        rows.append((area_words([held.area]), sides, result))
    app.out.paragraph()
    app.out.table(("area", "hold per side", f"goal {TARGET_S} s"), rows)


def _print_left_out(app: App, left_out: Sequence[LeftOut]) -> None:
    reasons: dict[str, list[str]] = {}
    for left in left_out:
        reasons.setdefault(left.reason, []).append(left.stretch)
    if reasons:
        app.out.paragraph()
        app.out.paragraph("Left out", "dim")
    for reason, stretches in reasons.items():
        app.out.paragraph(", ".join(stretches), "dim", indent=2, prefix=f"{reason_text(reason)}: ")


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
    }
