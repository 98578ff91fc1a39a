"""`stretch audio`: a session as a sound file, and its captions."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from stretch.cli.options import OUTPUT, routine_options
from stretch.core.errors import UsageError

if TYPE_CHECKING:
    from stretch.cli.app import App
    from stretch.cli.request import RoutineOptions


@click.command(
    "audio",
    help="""Write a session as a sound file with voice and sounds, to play without this program, or its captions.

    Takes the options of `stretch routine`.
    """,
)
@routine_options
@click.option(
    "-o",
    "--output",
    "paths",
    multiple=True,
    required=True,
    metavar="FILE",
    type=OUTPUT,
    help="File to write: .wav for sound or .vtt for captions (repeatable).",
)
@click.option("--silent", is_flag=True, help="Write the sounds without the voice.")
@click.pass_obj
def audio_command(app: App, /, *, paths: tuple[Path, ...], silent: bool, options: RoutineOptions) -> None:
    from stretch.cli.request import plan_routine
    from stretch.core.narration.speech_timing import estimate_duration_ms
    from stretch.core.text import duration
    from stretch.core.timing.timeline import build_timeline
    from stretch.export.audio_file import captions, write_wav
    from stretch.export.text_to_speech import find_synthesizer, sentence_timer
    from stretch.storage.files.safe_io import write_text

    if wrong := [path for path in paths if path.suffix.lower() not in (".wav", ".vtt")]:
        raise UsageError(f"--output {wrong[0]}: the file name must end in .wav (sound) or .vtt (captions).")
    timeline = build_timeline(plan_routine(app, options))
    speech = None if silent else find_synthesizer(app.find_program)
    if speech is None and not silent:
        app.info("No voice found, so the file has the sounds only. Install espeak-ng for the voice.")
    for path in paths:
        if path.suffix.lower() == ".vtt":
            # Measured sentences keep the captions in step with the sound file.
            timer = sentence_timer(speech) if speech else estimate_duration_ms
            write_text(path, captions(timeline, timer))
        else:
            with click.progressbar(length=1000, label=path.name, file=app.stderr) as bar:
                # Bound here: the function is only called inside this round of the loop.
                write_wav(timeline, path, speech=speech, progress=lambda done: bar.update(int(done * 1000) - bar.pos))
        app.info(f"Saved {path}, {duration(timeline.length_ms)}.")
