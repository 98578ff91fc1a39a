"""The one seam to the outside: streams, environment, clock and files, made when they are asked for."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from stretch.cli.console import Printer, boottime_ns, is_terminal, wrap_for

if TYPE_CHECKING:
    from datetime import date, datetime

    from stretch.core.journal.statistics import LastSession
    from stretch.core.model import Catalog, Source
    from stretch.core.planning.personalize import RecentPractice
    from stretch.core.safety.checklist import SafetyData
    from stretch.figure.model import Figure
    from stretch.player.cue_player import AudioBackends
    from stretch.player.loop import InputSource
    from stretch.player.terminal import Terminal
    from stretch.player.theme import Theme
    from stretch.storage.journal.journal import Journal
    from stretch.storage.settings import LoadedSettings, Settings

JOURNAL = "journal.db"
"""The file name of the journal, without importing the modules that read it."""


class App:
    """What the commands use of the world; tests pass one of their own."""

    def __init__(
        self,
        *,
        environ: Mapping[str, str] = os.environ,
        stdin: TextIO | None = None,
        stdout: TextIO | None = None,
        stderr: TextIO | None = None,
        clock: Callable[[], int] | None = None,
        input_source: InputSource | None = None,
    ) -> None:
        self.environ = environ
        self._streams = stdin, stdout, stderr
        self._catalogs: list[Path] = []
        self.clock = clock or boottime_ns
        self.input_source = input_source
        """Where a plain session hears keys and signals; None opens the terminal, if there is one."""

    @property
    def stdin(self) -> TextIO | None:
        """Standard input, None when it is closed."""
        return self._streams[0] or sys.stdin

    @property
    def stdout(self) -> TextIO:
        """Standard output: data; nowhere when it is closed."""
        return self._streams[1] or sys.stdout or self._nowhere

    @property
    def stderr(self) -> TextIO:
        """Standard error: words to a person; nowhere when it is closed."""
        return self._streams[2] or sys.stderr or self._nowhere

    @cached_property
    def _nowhere(self) -> TextIO:
        return Path(os.devnull).open("w", encoding="utf-8")

    @cached_property
    def folder(self) -> Path:
        """Where the user's own things are kept; nothing is created before something must be written."""
        if home := self.environ.get("STRETCH_HOME"):
            return Path(home).expanduser()
        import click

        return Path(click.get_app_dir("stretch"))

    @property
    def cache(self) -> Path:
        """Where what can be made again is kept, such as the sounds."""
        return (self.folder / "cache").absolute()

    def find_program(self, program: str) -> str | None:
        """Return the path of *program* on this machine."""
        import shutil

        return shutil.which(program, path=self.environ.get("PATH"))

    @cached_property
    def audio_backends(self) -> AudioBackends:
        """What a session can be heard by."""
        from stretch.player.cue_player import AudioBackends

        return AudioBackends(
            environ=self.environ,
            find_program=self.find_program,
            cache=self.cache,
            clock=self.clock,
            sound_command=self.settings.sound_command,
            voice_command=self.settings.voice_command,
        )

    def now(self) -> datetime:
        """Return the time it is where the user is, with its zone."""
        from datetime import datetime

        return datetime.now().astimezone()

    def today(self) -> date:
        """Return the day it is where the user is."""
        from datetime import date

        return date.today()

    @cached_property
    def loaded_settings(self) -> LoadedSettings:
        """The settings with where each comes from, and the file they were looked for in."""
        from stretch.storage.settings import load_settings

        return load_settings(self.folder, self.environ)

    @property
    def settings(self) -> Settings:
        """What is set by variables and in `config.yaml`, and the defaults of all else; raises SettingsError."""
        return self.loaded_settings.settings

    def open_journal(self) -> Journal | None:
        """Return the journal, open for reading; None if there is none."""
        # Without a journal there is no need to load SQLite.
        if not (self.folder / JOURNAL).exists():
            return None
        from stretch.storage.journal.journal import Journal

        return Journal.open_for_reading(self.folder)

    def last_session(self) -> LastSession | None:
        """Return the last session in short; None if there is none, or the journal cannot be read."""
        from stretch.core.errors import StretchError

        try:
            if journal := self.open_journal():
                with journal:
                    return journal.last_session(self.today())
        except StretchError as error:
            # A status bar can show a running session all the same.
            self.info(f"stretch: {error}")
        return None

    @cached_property
    def recent_practice(self) -> RecentPractice:
        """Recent practice from the journal; empty if it cannot be read, which the session itself reports."""
        from stretch.core.errors import StretchError
        from stretch.core.planning.personalize import RecentPractice

        with suppress(StretchError):
            if journal := self.open_journal():
                with journal:
                    return journal.recent_practice(self.catalog)
        return RecentPractice()

    def add_catalogs(self, paths: Sequence[Path]) -> None:
        """Take the catalogs at *paths* for this run, instead of those in the settings."""
        self._catalogs += paths

    @cached_property
    def user_catalogs(self) -> list[Path]:
        """The catalogs of one's own, the last one on top: the one in the folder, then those that are named."""
        kept = self.folder / "catalog"
        return [*([kept] if kept.is_dir() else []), *(self._catalogs or map(Path, self.settings.catalog))]

    @cached_property
    def catalog(self) -> Catalog:
        """The shipped catalog with those of one's own over it."""
        from stretch.storage.catalogs.catalog import load_catalog

        catalog = load_catalog(extra=self.user_catalogs)
        for file in catalog.incomplete_files:
            self.info(f"{file} has blanks still to fill and is left out; `stretch catalog check` names them.")
        return catalog

    @cached_property
    def sources(self) -> dict[str, Source]:
        """What the citation keys stand for."""
        from stretch.storage.catalogs.catalog import load_sources

        return load_sources(extra=self.user_catalogs)

    def figures(self, names: Iterable[str]) -> dict[str, Figure]:
        """Return the figures of these stretches and warm-up moves, as far as there are any."""
        from stretch.storage.catalogs.figures import load_figures
        from stretch.storage.files.package_data import data_root

        return load_figures(names, [data_root(), *self.user_catalogs])

    @cached_property
    def safety(self) -> SafetyData:
        """The checklist and the questions of the screening."""
        from stretch.storage.files.package_data import load_safety

        return load_safety()

    @cached_property
    def out(self) -> Printer:
        """Where data is printed."""
        return Printer(self.stdout, terminal=is_terminal(self.stdout))

    def write_line(self, line: str) -> None:
        """Write one line of data and let it go at once."""
        self.stdout.write(line + "\n")
        self.stdout.flush()

    def info(self, line: str) -> None:
        """Write one line to a person."""
        # Nobody may be there to read it, as when the terminal went away; that is no reason to fail.
        with suppress(OSError, ValueError):
            self.stderr.write(wrap_for(line, self.stderr) + "\n")
            self.stderr.flush()

    @property
    def interactive(self) -> bool:
        """Whether there is a person at a terminal on both ends."""
        return is_terminal(self.stdin) and is_terminal(self.stdout)

    @property
    def full_screen(self) -> bool:
        """Whether a full screen can be shown, and nobody asked for plain lines."""
        plain = self.environ.get("TERM", "dumb") in ("dumb", "") and sys.platform != "win32"
        return self.interactive and not plain and not self.environ.get("ACCESSIBLE")

    @cached_property
    def style(self) -> Theme:
        """The colours and letters of the terminal; no colour where standard output is none."""
        from stretch.player.theme import Theme, theme_for

        style = theme_for(self.environ, self.stdout.encoding, self.settings.background)
        return style if is_terminal(self.stdout) else Theme(unicode=style.unicode)

    def terminal(self, *, screen: bool) -> Terminal:
        """Return the terminal, not yet taken over."""
        from stretch.player.terminal import Terminal

        self.stdout.flush()
        source = self.stdin.fileno() if self.stdin is not None and is_terminal(self.stdin) else None
        return Terminal(source, self.stdout.fileno(), self.style, screen=screen)
