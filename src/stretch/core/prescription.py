"""Prescriptions in words: by whom, for whom, until when and how often."""

from datetime import date

from stretch.core.program import DAYS_PER_WEEK, Prescription
from stretch.core.text import as_sentences, join_words, pluralize, short_date
from stretch.core.vocabulary import WEEKDAY_LABELS


def prescription_lines(prescription: Prescription, today: date | None = None) -> tuple[str, ...]:
    """Return what *prescription* says, one sentence for each matter; the year only if it is not that of *today*."""
    return as_sentences(
        _author(prescription),
        f"goal: {prescription.goal}" if prescription.goal else "",
        ", ".join(filter(None, (frequency(prescription), period(prescription, today)))),
    )


def done_today_line(prescription: Prescription, count: int, today: date) -> str:
    """Return how often it was done *today*, and whether it is due, as a sentence."""
    if not prescription.runs_on(today):
        starts = prescription.starts
        if starts and starts > today:
            return f"It begins on {short_date(starts, today)}."
        return f"The review was on {short_date(prescription.review, today)}." if prescription.review else ""
    if not count and not prescription.due_on(today):
        return "Not prescribed for today."
    return f"{count} of {prescription.times_a_day or 1} done today."


def summary(prescription: Prescription, today: date) -> str:
    """Return by whom it is and until when, such as `From Anna Berg, review on 13 Dec`."""
    parts = (f"from {prescription.clinician.name}" if prescription.clinician else "", _review(prescription, today))
    return " ".join(as_sentences(", ".join(filter(None, parts))))


def _author(prescription: Prescription) -> str:
    """Return by whom and for whom it is, such as `from Anna Berg (030 123456), for Maria Jones`."""
    by, patient = prescription.clinician, prescription.patient
    contact = f" ({by.contact})" if by and by.contact else ""
    return ", ".join(filter(None, (f"from {by.name}{contact}" if by else "", f"for {patient}" if patient else "")))


def frequency(prescription: Prescription) -> str:
    """Return how often it is to be done, such as `twice a day on Monday and Friday`; empty if it does not say."""
    times, days = prescription.times_a_day, prescription.days
    daily = {None: "", 1: "once a day", 2: "twice a day"}.get(times, f"{times} times a day")
    if isinstance(days, tuple):
        weekly = f"on {join_words(WEEKDAY_LABELS[day] for day in WEEKDAY_LABELS if day in days)}"
    else:
        weekly = f"on {pluralize(days, 'day')} a week" if days else ""
    if days == DAYS_PER_WEEK:
        return f"{daily}, every day" if daily else "every day"
    return " ".join(filter(None, (daily, weekly)))


def period(prescription: Prescription, today: date | None = None) -> str:
    """Return from when until when it is, such as `from 2 Nov, review on 13 Dec`; empty without dates."""
    starts = f"from {short_date(prescription.starts, today)}" if prescription.starts else ""
    return ", ".join(filter(None, (starts, _review(prescription, today))))


def _review(prescription: Prescription, today: date | None) -> str:
    return f"review on {short_date(prescription.review, today)}" if prescription.review else ""
