"""Field names in the JSON of a stored plan, which older journals and exports share."""

from __future__ import annotations

from msgspec.json import decode, encode

from stretch.core.routine import Routine
from support import routine


def test_a_stored_routine_has_the_field_names_of_earlier_versions() -> None:
    made = decode(encode(routine()))
    assert list(made) == [
        "title", "areas", "items", "warm_up", "begins", "closing", "settle_s", "settle_text", "breath", "seed", "slow",
        "voice", "left_out", "notes", "continuity", "program", "prescription",
    ]  # fmt: skip
    assert list(made["items"][0]) == [
        "stretch", "dose", "position", "sides", "adapted", "why", "familiar", "sets", "rest_s", "note", "later",
        "cautions",
    ]  # fmt: skip
    assert list(made["left_out"][0]) == ["stretch", "reason"]


def test_a_stored_routine_is_read_back_unchanged() -> None:
    for made in (routine(), routine(before_sport=True, avoid=("balance",))):
        assert decode(encode(made), type=Routine) == made
