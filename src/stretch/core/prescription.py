"""Prescriptions in words: by whom, for whom, until when and how often."""

from collections.abc import Iterator
from datetime import date

from stretch.core.program import Prescription
from stretch.core.text import as_sentences, join_words, pluralize, short_date
from stretch.core.vocabulary import WEEKDAY_LABELS


def prescription_lines(prescription: Prescription, today: date | None = None) -> tuple[str, ...]:
    """Return what *prescription* says, one sentence for each matter; the year only if it is not that of *today*."""
    return as_sentences(
        author(prescription),
        f"goal: {prescription.goal}" if prescription.goal else "",
        ", ".join(filter(None, (frequency(prescription), period(prescription, today)))),
    )


def author(prescription: Prescription) -> str:
    """Return by whom and for whom it is, such as `from Anna Berg (030 123456), for Maria Jones`."""
    return ", ".join(_author_parts(prescription))


def _author_parts(prescription: Prescription) -> Iterator[str]:
    if by := prescription.clinician:
        yield f"from {by.name}" + (f" ({by.contact})" if by.contact else "")
    if prescription.patient:
        yield f"for {prescription.patient}"


def frequency(prescription: Prescription) -> str:
    """Return how often it is to be done, such as `twice a day on Monday and Friday`; empty if it does not say."""
    times, days = prescription.times_a_day, prescription.days
    daily = {None: "", 1: "once a day", 2: "twice a day"}.get(times, f"{times} times a day")
    if isinstance(days, tuple):
        weekly = f"on {join_words(WEEKDAY_LABELS[day] for day in WEEKDAY_LABELS if day in days)}"
    else:
        weekly = "every day" if days == 7 else f"on {pluralize(days, 'day')} a week" if days else ""
    return " ".join(filter(None, (daily, weekly)))


def period(prescription: Prescription, today: date | None = None) -> str:
    """Return from when until when it is, such as `from 2 Nov, review on 13 Dec`; empty without dates."""
    since, review = (day and short_date(day, today) for day in (prescription.starts, prescription.review))
    return ", ".join(filter(None, (f"from {since}" if since else "", f"review on {review}" if review else "")))
