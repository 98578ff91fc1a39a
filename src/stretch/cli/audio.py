"""`stretch audio`: a whole session as one file to listen to, and its captions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from stretch.cli.options import routine_options
from stretch.core.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from stretch.cli.app import App
    from stretch.cli.request import RoutineOptions
    from stretch.core.timing.timeline import Timeline
    from stretch.export.text_to_speech import Synthesizer


@click.command("audio")
@routine_options
@click.option(
    "-o",
    "--output",
    "paths",
    multiple=True,
    required=True,
    metavar="FILE",
    type=click.Path(),
    help="FILE.wav, FILE.vtt or both.",
)
@click.option("--silent", is_flag=True, help="Sounds only, no voice.")
@click.pass_obj
def audio_command(app: App, /, *, paths: tuple[str, ...], silent: bool, options: RoutineOptions) -> None:
    """Write a whole session as one file for the phone or the pool: sounds and speech, or its captions."""
    from pathlib import Path

    from stretch.cli.request import plan_routine
    from stretch.core.text import duration
    from stretch.core.timing.timeline import build_timeline

    wrong = [path for path in paths if Path(path).suffix.lower() not in (".wav", ".vtt")]
    if wrong:
        raise UsageError(f"--output {wrong[0]}: the file ends in .wav for sound or in .vtt for captions.")
    laid_out = build_timeline(plan_routine(app, options))
    speech = None if silent else _synthesizer(app)
    for path in map(Path, paths):
        if path.suffix.lower() == ".vtt":
            _caption(laid_out, path, speech)
        else:
            _render(app, laid_out, path, speech)
        app.info(f"{path}: {duration(laid_out.length_ms)}.")


def _synthesizer(app: App) -> Synthesizer | None:
    from stretch.export.text_to_speech import find

    speech = find(app.find_program)
    if speech is None:
        app.info("There is no voice here: a sound file has the sounds only. Install espeak-ng for the words.")
    return speech


def _caption(laid_out: Timeline, path: Path, speech: Synthesizer | None) -> None:
    from stretch.core.narration.speech_timing import estimate_duration_ms
    from stretch.export.captions import captions
    from stretch.export.text_to_speech import takes_of

    # Where the words can be measured, the captions stand exactly as long as they are heard.
    path.write_text(captions(laid_out, takes_of(speech) if speech else estimate_duration_ms), encoding="utf-8")


def _render(app: App, laid_out: Timeline, path: Path, speech: Synthesizer | None) -> None:
    from stretch.export.audio_file import render

    with click.progressbar(length=1000, label=str(path.name), file=app.stderr) as bar:
        render(laid_out, path, speech=speech, progress=lambda part: bar.update(int(part * 1000) - bar.pos))
