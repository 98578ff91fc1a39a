"""Page of a session for the browser of a phone, written to a file or served on the local network (`stretch page`)."""

from contextlib import nullcontext
from datetime import timedelta
from pathlib import Path

import click

from stretch.cli.app import App
from stretch.cli.console import is_terminal
from stretch.cli.options import output_option, routine_options, voice_option
from stretch.cli.plan import plan_data
from stretch.cli.preflight import SYMPTOM_RULES, symptom_advice
from stretch.cli.request import RoutineOptions, personalized_routine
from stretch.cli.usage import refuse_together
from stretch.core.errors import Signalled, StretchError, UsageError
from stretch.core.text import duration
from stretch.core.timing.phases import NS_PER_MS
from stretch.core.timing.timeline import Timeline, build_timeline
from stretch.core.vocabulary import VoiceMode
from stretch.export.page import render_page
from stretch.player.keymap import PAIN_ANSWERS
from stretch.storage.files.safe_io import write_text

AFTER_MS = 10 * 60_000
"""How long the page is there after the planned end of its session."""
WAIT_S = 1.0
_BLACK_ON_WHITE, _PLAIN = "\x1b[30;107m", "\x1b[0m"


@click.command(
    "page",
    help="""Write a session as a page that plays in a browser, with figure, sounds and voice, also on a phone.

    Takes the options of `stretch routine`. The page is a single file that works without network. An iPhone runs it only
    from an address: --serve gives it one, and shows it with a QR code, until you press q. Whoever has the address and
    is in the same network can open it.
    """,
)
@routine_options
@output_option("File to write, .html", {".html": "a page that plays"}, required=False)
@click.option("--serve", is_flag=True, help="Show the page to a phone in the same network.")
@click.option("--bind", metavar="ADDRESS", help="With --serve: an address of this computer, such as 192.168.1.20:8000.")
@click.option("--silent", is_flag=True, help="Leave out the time for the voice, and the voice.")
@voice_option
@click.pass_obj
def page_command(
    app: App,
    /,
    *,
    paths: tuple[Path, ...],
    serve: bool,
    bind: str | None,
    silent: bool,
    voice: VoiceMode,
    options: RoutineOptions,
) -> None:
    refuse_together("--silent", "--voice")
    if bind and not serve:
        raise UsageError("--bind needs --serve.")
    if not serve and not paths:
        raise UsageError("Say where the page goes: --output FILE, or --serve for a phone in the same network.")
    html, timeline = build_page(app, options, "no" if silent else voice if voice != "no" else "yes")
    for path in paths:
        write_text(path, html)
        app.info(f"Saved {path}, {duration(timeline.length_ms)}. Send it to a phone and open it in the browser.")
    if serve:
        serve_page(app, html.encode(), timeline.length_ms, bind)


def build_page(app: App, options: RoutineOptions, voice: VoiceMode) -> tuple[str, Timeline]:
    """Return the page for *options* with this *voice*, and the timeline that it plays."""
    routine, _ = personalized_routine(app, options, voice=voice, plays=True)
    labels = {answer.action: answer.help for answer in PAIN_ANSWERS}
    symptoms = [(labels[name], symptom_advice(app, name)) for name in SYMPTOM_RULES]
    plan = plan_data(routine)
    html = render_page(plan, routine, figures=app.figures, safety=app.safety, symptoms=symptoms, mode=voice)
    return html, build_timeline(routine)


def serve_page(app: App, page: bytes, length_ms: int, bind: str | None) -> None:
    """Serve *page*, a session of *length_ms*, until the person presses q or some minutes after its planned end."""
    # Imported here: most pages are only written.
    from stretch.export.page_server import PageServer

    left_ms = length_ms + AFTER_MS
    until_ns = app.clock() + left_ms * NS_PER_MS
    with PageServer(page, bind) as server:
        end = app.now() + timedelta(milliseconds=left_ms)
        # Without a terminal there are no keys.
        key = "q" if app.input_source or is_terminal(app.stdin) else "Ctrl-C"
        app.info(
            f"Open this on a phone in the same network, until {end:%H:%M} or until you press {key} here. "
            "Over http its screen turns off after a while: on an iPhone set Auto-Lock to a longer time."
        )
        app.stdout.write(f"{server.url}\n")
        _print_qr_code(app, server.url)
        with nullcontext(app.input_source) if app.input_source else app.terminal(screen=False) as source:
            while app.clock() < until_ns:
                event = source.read(WAIT_S)
                if event.signal is not None:
                    raise Signalled(event.signal)
                if event.key == "q":
                    return


def _print_qr_code(app: App, url: str) -> None:
    if not app.interactive or not app.theme.unicode:
        return
    from stretch.export.page_server import qr_code

    try:
        # In its own colors it is readable on any background.
        rows = qr_code(url, dark_blocks=app.theme.has_color or app.theme.background == "light")
    except StretchError as error:
        app.info(str(error))
        return
    before, after = (_BLACK_ON_WHITE, _PLAIN) if app.theme.has_color else ("", "")
    app.stdout.write("".join(f"{before}{row}{after}\n" for row in rows))
    app.stdout.flush()
