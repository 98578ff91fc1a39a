"""Of very many stretches those that are looked at more closely: the best few for every goal in every position."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from stretch.core.planning.space import Candidate

MOST = 100
"""Up to so many candidates are all looked at, which is twice what the shipped catalog has for all areas."""


def shortlist(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Return *candidates*, or where there are too many of them the best for each goal and position of the body.

    As many of each as there is room for, and at least one; better is what serves more goals, then what has more merit,
    then what is shorter. What was asked for by name is always among them.
    """
    if len(candidates) <= MOST:
        return list(candidates)
    ranked = sorted(range(len(candidates)), key=lambda index: _rank(candidates[index]))
    places: dict[tuple[str, int], list[int]] = defaultdict(list)
    for index in ranked:
        for goal in candidates[index].goals or (-1,):
            places[candidates[index].item.position, goal].append(index)
    kept = {index for index, candidate in enumerate(candidates) if candidate.required}
    for depth in range(max(map(len, places.values()), default=0)):
        layer = {row[depth] for row in places.values() if depth < len(row)}
        if depth and len(kept | layer) > MOST:
            break
        kept |= layer
    return [candidates[index] for index in sorted(kept)]


def _rank(candidate: Candidate) -> tuple[int, int, int]:
    return -len(candidate.goals), -candidate.merit, candidate.options[0].ms
