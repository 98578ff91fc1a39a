"""Quantities, dates and doses in words, and untrusted text."""

from __future__ import annotations

from datetime import date

import msgspec
import pytest

from stretch.core.model import Dose
from stretch.core.text import (
    as_sentences,
    capitalized,
    dose_label,
    escape_control_chars,
    hours_minutes,
    join_words,
    minutes_seconds,
    one_line,
    pluralize,
    quote,
    quote_ascii,
    short_date,
    side_note,
    whole_minutes,
)
from support import CATALOG


def test_unprintable_characters_are_escaped_and_long_quotes_cut() -> None:
    assert escape_control_chars("Cat-cow, ça va?") == "Cat-cow, ça va?"
    assert escape_control_chars("a\x1b[31m\x00\n\u202e\udcff") == "a\\x1b[31m\\x00\\n\\u202e\\udcff"
    assert quote("x" * 100) == f"'{'x' * 60}...'"
    assert quote_ascii("c\u0430t") == "'c\\u0430t'"


def test_a_sentence_begins_with_a_capital_letter_but_an_address_does_not() -> None:
    assert [*map(capitalized, ("press gently", "and/or sit", "note: stop", "", "Ça va"))] == [
        "Press gently", "And/or sit", "Note: stop", "", "Ça va"
    ]  # fmt: skip
    for address in ("anna@example.org knows", "example.org/back", "mailto:anna", "www.example.org."):
        assert capitalized(address) == address
    assert as_sentences("stop", "", "why?") == ("Stop.", "Why?")


@pytest.mark.parametrize(("seconds", "text"), [(0.0, "0"), (20.0, "<1"), (40.0, "1"), (600.0, "10")])
def test_less_than_a_minute_is_not_shown_as_zero(seconds: float, text: str) -> None:
    assert whole_minutes(seconds) == text


@pytest.mark.parametrize(
    ("name", "amount", "text"),
    [
        ("sphinx", Dose(hold_s=20, reps=3), "20 s x 3"),
        ("standing-quad", Dose(hold_s=30, reps=1), "30 s each side"),
        ("pelvic-tilt", Dose(reps=8), "8 breaths"),
        (
            "contract-relax-hamstring",
            CATALOG.stretches["contract-relax-hamstring"].dose,
            "3 rounds each side",
        ),
        ("pelvic-tilt", Dose(reps=1), "1 breath"),
        ("open-book", Dose(reps=1), "1 breath each side"),
    ],
)
def test_dose_labels(name: str, amount: Dose, text: str) -> None:
    assert dose_label(CATALOG.stretches[name], amount) == text


def test_words_are_joined_as_in_a_sentence() -> None:
    assert join_words(["neck"]) == "neck"
    assert join_words(["neck", "hips"], "or") == "neck or hips"
    assert join_words(iter(["neck", "lower back", "hips"])) == "neck, lower back and hips"


def test_quantities_and_dates() -> None:
    assert [pluralize(1, "stretch"), pluralize(2, "stretch"), pluralize(0, "day")] == [
        "1 stretch",
        "2 stretches",
        "0 days",
    ]
    assert [hours_minutes(45 * 60), hours_minutes(7 * 3600 + 12 * 60)] == ["45 min", "7 h 12 min"]
    assert [hours_minutes(seconds) for seconds in (0, 13.06, 59.6)] == ["0 min", "13 s", "1 min"]
    assert [minutes_seconds(680_000), minutes_seconds(1), minutes_seconds(0)] == ["11:20", "0:01", "0:00"]
    day = date(2026, 11, 4)
    assert [short_date(day), short_date(day, day), short_date(day, date(2027, 1, 1))] == [
        "4 Nov 2026",
        "4 Nov",
        "4 Nov 2026",
    ]
    assert one_line(" a\tb\x1b[1m\n c ") == "a b [1m c"


def test_a_side_note_says_how_to_do_the_other_side_or_what_left_and_right_mean() -> None:
    each = CATALOG.stretches["seated-side-bend"]
    swapped = "This is the right side. Then do the other side, with left and right swapped."
    assert side_note(each, "right") == swapped
    plain = msgspec.structs.replace(each, steps=("Lean.",), side_means="the side that lengthens")
    assert side_note(plain, "left") == "Left and right mean the side that lengthens."
    assert side_note(CATALOG.stretches["cat-cow"], None) == ""
