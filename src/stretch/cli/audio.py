"""`stretch audio`: a whole session as one file to listen to; `stretch doctor`: what can be heard and shown here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from stretch.cli.meant import meant
from stretch.cli.routine import as_planned, build, routine_options
from stretch.core.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from stretch.cli.app import App
    from stretch.core.timeline import Timeline


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
def audio_command(app: App, /, *, paths: tuple[str, ...], silent: bool, **asked: Any) -> None:
    """Write a whole session as one file for the phone or the pool: sounds and speech, or its captions."""
    from pathlib import Path

    from stretch.core import timeline, words

    wrong = [path for path in paths if Path(path).suffix not in (".wav", ".vtt")]
    if wrong:
        raise UsageError(f"--output {wrong[0]}: the file ends in .wav for sound or in .vtt for captions.")
    asked, fit = meant(app, asked), as_planned(app)
    routine = build(app.catalog, fit=fit, **asked) if fit else build(app.catalog, **asked)
    laid_out = timeline.build(routine)
    for path in map(Path, paths):
        if path.suffix == ".vtt":
            from stretch.share.captions import captions

            path.write_text(captions(laid_out, routine), encoding="utf-8")
        else:
            _render(app, laid_out, routine, path, silent=silent)
        app.tell(f"{path}: {words.duration(laid_out.length)}.")


@click.command("doctor")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@click.pass_obj
def doctor_command(app: App, as_json: bool) -> None:
    """Tell what can be heard and shown here, and what to do where something is missing."""
    from stretch.stage.speaker import Speaker

    speaker = Speaker(environ=app.environ, which=app.which, cache=app.cache, ring=lambda times: None, clock=app.clock)
    found = [(finding.what, finding.found, finding.advice) for finding in speaker.describe()]
    speaker.close()
    found.append(("screen", "full" if app.full_screen else "line by line", ""))
    found.append(("colours", {"none": "none", "true": "16 million"}.get(app.style.depth, app.style.depth), ""))
    letters = "braille and blocks" if app.style.unicode else "ASCII"
    advice = "" if app.style.unicode else "Set LC_ALL to a UTF-8 locale to see figures."
    found.append(("letters", letters, advice))
    found.append(
        ("figures", "⠿⣿⡿⢿ should be dots", "If they are not: --figure blocks.")
        if app.style.unicode
        else ("figures", "none", "They need a UTF-8 locale.")
    )
    found.append(("folder", str(app.folder), ""))
    if as_json:
        app.out.json([{"what": what, "found": found_here, "advice": advice} for what, found_here, advice in found])
        return
    app.out.table(("what", "here", "what to do"), found)


def _render(app: App, laid_out: Timeline, routine: Any, path: Path, *, silent: bool) -> None:
    from stretch.share.audio import render
    from stretch.share.synthesizer import find

    speech = None if silent else find(app.which)
    if speech is None and not silent:
        app.tell("There is no voice here, so the file has the sounds only: install espeak-ng for the words.")
    with click.progressbar(length=1000, label=str(path.name), file=app.stderr) as bar:
        render(laid_out, routine, path, speech=speech, progress=lambda part: bar.update(int(part * 1000) - bar.pos))
