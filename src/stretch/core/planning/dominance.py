"""Fewer candidates and no twins, with the best choice still among them: what makes thousands of stretches quick."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from stretch.core.planning.problem import Candidate, SelectionProblem

Leader = int | None
"""The index of a candidate that is at least as good in every way, which a best choice takes first; None without one."""


def narrowed(problem: SelectionProblem) -> tuple[SelectionProblem, tuple[Leader, ...]]:
    """Return *problem* without the candidates that have enough better ones, and the leader of each that is left.

    Two candidates that stand at the same place of a session, serve the same goals and load the same areas can change
    places in any choice. So where one is no better in anything than others, and a routine cannot hold it and all of
    these, it is never needed; and it is never needed before the one just ahead of it.
    """
    classes: dict[tuple[object, ...], list[int]] = {}
    leaders: dict[int, Leader] = {}
    for index, candidate in enumerate(problem.candidates):
        if candidate.required:
            leaders[index] = None
            continue
        alike = classes.setdefault(_class_of(candidate), [])
        ahead = [other for other in alike if _is_as_good(problem.candidates[other], candidate)]
        if _is_needed(problem, candidate, [problem.candidates[other] for other in ahead]):
            leaders[index] = ahead[-1] if ahead else None
            alike.append(index)
    at = {index: new for new, index in enumerate(sorted(leaders))}
    kept = tuple(problem.candidates[index] for index in at)
    moved = tuple(None if (leader := leaders[index]) is None else at[leader] for index in at)
    return msgspec.structs.replace(problem, candidates=kept), moved


def _class_of(candidate: Candidate) -> tuple[object, ...]:
    stretch = candidate.item.stretch
    doses = tuple((option.held_s, option.points) for option in candidate.options)
    place = candidate.item.position, stretch.level, stretch.mode == "dynamic", candidate.load, candidate.extra_ms
    return *place, candidate.goals, candidate.areas, doses


def _is_as_good(one: Candidate, other: Candidate) -> bool:
    return one.base_score >= other.base_score and all(
        a.ms <= b.ms for a, b in zip(one.options, other.options, strict=True)
    )


def _is_needed(problem: SelectionProblem, candidate: Candidate, ahead: Sequence[Candidate]) -> bool:
    """Whether a routine could hold *candidate* and all those of its class *ahead* of it."""
    together = [*ahead, candidate]
    held = sum(min(option.held_s for option in one.options) for one in together)
    return sum(min(option.ms for option in one.options) for one in together) <= problem.budget_ms and (
        held <= problem.ceiling_s
    )
