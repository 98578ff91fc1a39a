"""`stretch audio`, `stretch handout` and `stretch remind`: a routine as a file to play, to print or for a calendar."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, time
from functools import cache
from pathlib import Path
from typing import Any

import click
from msgspec.structs import replace

from stretch import __version__
from stretch.cli.app import App
from stretch.cli.options import equivalent_command, output_option, routine_options, voice_option
from stretch.cli.request import RoutineOptions, personalized_routine
from stretch.cli.usage import refuse_together
from stretch.core.errors import UsageError
from stretch.core.program import Prescription
from stretch.core.text import duration, pluralize, short_date
from stretch.core.timing.timeline import build_timeline
from stretch.core.vocabulary import WEEKDAY_LABELS, WEEKDAYS, VoiceMode, Weekday
from stretch.export import ical
from stretch.storage.files.safe_io import write_text

DEFAULT_TIME = "18:00"
DAY_SETS = {"daily": ",".join(WEEKDAYS), "weekdays": ",".join(WEEKDAYS[:5])}


@click.command(
    "audio",
    help="""Write a session as a sound file with voice and sounds, to play on a phone, or its captions.

    Takes the options of `stretch routine`.
    """,
)
@routine_options
@output_option(
    "File to write: .mp3 or .wav for sound, .vtt for captions",
    {".mp3": "small", ".wav": "large", ".vtt": "captions"},
)
@click.option("--silent", is_flag=True, help="Write the sounds without the voice.")
@voice_option
@click.pass_obj
def audio_command(
    app: App, /, *, paths: tuple[Path, ...], silent: bool, voice: VoiceMode, options: RoutineOptions
) -> None:
    from stretch.export.audio_file import captions, write_sound
    from stretch.export.text_to_speech import find_synthesizer

    refuse_together("--silent", "--voice")
    # The setting is about sessions: a file that is to be silent is asked for.
    mode: VoiceMode = "yes" if voice == "no" else voice
    routine, _ = personalized_routine(app, options, voice="no" if silent else mode, plays=True)
    timeline = build_timeline(routine)
    speech = None if silent else find_synthesizer(app.find_program)
    for path in paths:
        if path.suffix.lower() == ".vtt":
            write_text(path, captions(timeline, speech, mode))
        else:
            with _progress(app, path) as progress:
                write_sound(timeline, path, speech=speech, mode=mode, progress=progress)
        app.info(f"Saved {path}, {duration(timeline.length_ms)}.")
    if speech is None and not silent:
        app.info("No voice found, so the file has the sounds only. Install espeak-ng for the voice.")


@contextmanager
def _progress(app: App, path: Path) -> Iterator[Callable[[float], None]]:
    """Yield a function that shows the fraction done; what goes wrong before its first call is reported alone."""
    with ExitStack() as stack:

        @cache
        def bar() -> Any:
            return stack.enter_context(click.progressbar(length=1000, label=path.name, file=app.stderr))

        yield lambda done: bar().update(int(done * 1000) - bar().pos)


@click.command(
    "handout",
    help="""Write a routine as a page to print, with figures, steps, doses, cautions and boxes to tick.

    Takes the options of `stretch routine`. The page is a single file that you can print or send.
    """,
)
@routine_options
@output_option(
    "File to write: .html for a page to print, .md for Markdown", {".html": "a page to print", ".md": "Markdown"}
)
@click.pass_context
def handout_command(ctx: click.Context, /, paths: tuple[Path, ...], options: RoutineOptions) -> None:
    from stretch.export.handout import build_handout
    from stretch.export.handout_formats import to_html, to_markdown

    app: App = ctx.obj
    routine, rest = personalized_routine(app, options)
    prescription = routine.prescription
    if unwanted := [app.catalog.stretches[name].name for name in (prescription.leave_out if prescription else ())]:
        routine = replace(routine, notes=(*routine.notes, f"Leave out meanwhile: {'; '.join(unwanted)}."))
    handout = build_handout(
        routine,
        safety=app.safety,
        sources=app.sources,
        figures=app.figures(item.stretch.id for item in routine.items),
        rest=rest,
        command=equivalent_command(ctx),
    )
    app.info(*routine.notes)
    for path in paths:
        html = path.suffix.lower() == ".html"
        write_text(path, to_html(handout) if html else to_markdown(handout))
        hint = " Open it in a browser to print it." if html else ""
        app.info(f"Saved {path}: {routine.title}, {pluralize(len(routine.items), 'stretch')}.{hint}")


@click.command(
    "remind",
    help="""Write a calendar file that reminds you to stretch.

    Takes the options of `stretch routine`. Open the file to add the reminder to your calendar.
    """,
)
@routine_options
@output_option("Calendar file to write, .ics", {".ics": "a calendar"})
@click.option(
    "--at",
    "times",
    multiple=True,
    metavar="HH:MM",
    help=f"Time of day, up to 3 times.  [default: {DEFAULT_TIME}, or as often as prescribed]",
)
@click.option(
    "--days",
    metavar="DAYS",
    help="Days such as mon,wed,fri, or daily, or weekdays.  [default: the days that suit the routine]",
)
@click.pass_context
def remind_command(
    ctx: click.Context, /, paths: tuple[Path, ...], times: tuple[str, ...], days: str | None, options: RoutineOptions
) -> None:
    app: App = ctx.obj
    chosen_days, hours = _days(days) if days else None, _times(times) if times else None
    reminder, now = _reminder(app, options, equivalent_command(ctx), chosen_days, hours), app.now()
    local = now.replace(tzinfo=None)
    if reminder.until and all(reminder.ends_before(local, at) for at in reminder.times):
        raise UsageError(f"{reminder.title} is over: the review was on {short_date(reminder.until)}.")
    text = ical.calendar(reminder, now=local, stamp=now.astimezone(UTC), version=__version__)
    when = " and ".join(f"{at:%H:%M}" for at in reminder.times)
    for path in paths:
        write_text(path, text)
        app.info(f"Saved {path} ({_days_label(reminder.days)} {when}). Open it to add it to your calendar.")


def _reminder(
    app: App, options: RoutineOptions, command: str, days: tuple[Weekday, ...] | None, times: tuple[time, ...] | None
) -> ical.Reminder:
    """Return the reminder of a routine on these *days* and *times*, else on those that are prescribed or suit it."""
    routine, rest = personalized_routine(app, options)
    minutes = max(1, -(-build_timeline(routine).length_ms // 60_000))
    prescription = routine.prescription or Prescription()
    often, prescribed = prescription.times_a_day or 1, prescription.days
    on = days or (ical.prescribed_days(prescribed) if prescribed else ical.default_days(minutes, rest=rest))
    if rest and not prescribed and (pairs := ical.consecutive_days(on)):
        first, second = (WEEKDAY_LABELS[day] for day in pairs[0])
        app.info(f"This routine needs a rest day or a gentle day after it, but {second} follows {first}.")
    return ical.Reminder(
        title=routine.title,
        minutes=minutes,
        command=command,
        days=on,
        times=times or (ical.prescribed_times(often) if often > 1 else _times((DEFAULT_TIME,))),
        starts=prescription.starts,
        until=prescription.review,
    )


def _days_label(days: tuple[Weekday, ...]) -> str:
    first = WEEKDAYS.index(days[0])
    if len(days) > 2 and days == WEEKDAYS[first : first + len(days)]:
        return f"{days[0].title()}-{days[-1].title()}"
    return ", ".join(day.title() for day in days)


def _days(text: str) -> tuple[Weekday, ...]:
    words = [word.strip().lower() for word in DAY_SETS.get(text.lower(), text).split(",")]
    if not {*words} <= {*WEEKDAYS, *map(str.lower, WEEKDAY_LABELS.values())}:
        raise UsageError(f"--days {text}: give {', '.join(WEEKDAYS)} with commas between them, or daily, or weekdays.")
    return tuple(day for day in WEEKDAYS if any(word.startswith(day) for word in words))


def _times(texts: tuple[str, ...]) -> tuple[time, ...]:
    try:
        times = sorted({datetime.strptime(text, "%H:%M").time() for text in texts})
    except ValueError:
        raise UsageError(f"--at {' '.join(texts)}: write a time as HH:MM, such as {DEFAULT_TIME}.") from None
    if len(times) > ical.MAX_TIMES_PER_DAY:
        raise UsageError(f"--at: give at most {ical.MAX_TIMES_PER_DAY} times a day.")
    return tuple(times)
