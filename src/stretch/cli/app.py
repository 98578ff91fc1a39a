"""The application context: streams, environment, clock and files, each opened on first use."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, TextIO, TypeVar

from stretch.cli.console import Printer, is_terminal, write_wrapped
from stretch.core.errors import StretchError, UnknownName, UsageError
from stretch.core.text import escape_control_chars, pluralize, quote
from stretch.player.freeze import boottime_ns

if TYPE_CHECKING:
    from stretch.core.journal.streak import LastSession
    from stretch.core.model import Catalog, Source
    from stretch.core.planning.personalize import RecentPractice
    from stretch.core.program import Program
    from stretch.core.routine import Request
    from stretch.core.safety.checklist import SafetyData
    from stretch.figure.file_format import Figure
    from stretch.player.cue_player import AudioBackends
    from stretch.player.loop import InputSource
    from stretch.player.terminal import Terminal
    from stretch.player.theme import Theme
    from stretch.storage.journal.journal import Journal
    from stretch.storage.settings import LoadedSettings, Settings

T = TypeVar("T")
JOURNAL = "journal.db"
"""The file name of the journal, without importing the modules that read it."""

MAX_NAMED_PROBLEMS = 5
"""Problems of the user's catalogs that are named at a start; `stretch catalog check` lists all."""


class App:
    """Everything outside the process that commands use; tests pass an App with their own streams and clock."""

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
        self._damaged: set[str] = set()
        self._catalog_problems: dict[str, None] = {}
        self._full_screen: Terminal | None = None
        self._kept_terminal = ExitStack()
        self._held_messages: list[str] = []
        self.line_by_line = False
        """True if `--plain` or `--events` asks for lines instead of a full screen."""
        self.in_pixels = False
        """True if figures are to be drawn in pixels, also inside tmux."""
        self.clock = clock or boottime_ns
        self.input_source = input_source
        """Source of keys and signals for a session without a full screen; None opens the terminal, if there is one."""

    @property
    def stdin(self) -> TextIO | None:
        """Standard input."""
        return self._streams[0] or sys.stdin

    @property
    def stdout(self) -> TextIO:
        """Standard output, for data."""
        return self._streams[1] or sys.stdout

    @property
    def stderr(self) -> TextIO:
        """Standard error, for messages to a person."""
        return self._streams[2] or sys.stderr

    @cached_property
    def folder(self) -> Path:
        """The user's folder, $STRETCH_HOME or the usual place; it is created when something is first written."""
        from stretch.storage.files.locations import NO_FOLDER, user_folder

        folder, ignored = user_folder(home := self.environ.get("STRETCH_HOME", ""))
        if ignored:
            self.info(f"$STRETCH_HOME is {quote(home)}, which is not an absolute path, so it is ignored.")
        if folder == NO_FOLDER:
            self.info("There is no home folder, so no session, setting or safety check is kept. Set STRETCH_HOME.")
        return folder

    @property
    def catalog_folder(self) -> Path:
        """The folder of the user's own catalog, which need not exist."""
        return self.folder / "catalog"

    def find_program(self, program: str) -> str | None:
        """Return the path of *program*, or None if it is not installed."""
        import shutil

        return shutil.which(program, path=self.environ.get("PATH"))

    @cached_property
    def audio_backends(self) -> AudioBackends:
        """Audio and speech programs of this machine."""
        from stretch.player.cue_player import AudioBackends

        return AudioBackends(
            environ=self.environ,
            find_program=self.find_program,
            cache=(self.folder / "cache").absolute(),
            clock=self.clock,
            sound_command=self.settings.sound_command,
            voice_command=self.settings.voice_command,
        )

    def now(self) -> datetime:
        """Return the current local time with its time zone. Raise UsageError if $TZ is none."""
        try:
            return datetime.now().astimezone()
        except ValueError as error:
            zone = quote(self.environ.get("TZ", ""))
            raise UsageError(f"$TZ is {zone}, which is no time zone. Set one such as Europe/Berlin.") from error

    def today(self) -> date:
        """Return the current local date."""
        return date.today()

    @cached_property
    def loaded_settings(self) -> LoadedSettings:
        """The settings with their origins and their file. Raise SettingsError."""
        from stretch.storage.settings import load_settings

        return load_settings(self.folder, self.environ)

    @property
    def settings(self) -> Settings:
        """The settings in effect. Raise SettingsError."""
        return self.loaded_settings.settings

    def change_setting(self, name: str, value: object) -> bool:
        """Set *name* in config.yaml to *value*, or remove it if None; return whether it was there.

        Raise SettingsError, and OSError if the file cannot be written.
        """
        from stretch.storage import config_file

        self.__dict__.pop("loaded_settings", None)
        return config_file.change_setting(self.folder, name, value)

    def add_to_list(self, name: str, item: str) -> None:
        """Add *item* to the list setting *name* in config.yaml; raise as `change_setting` does."""
        from stretch.storage import config_file

        self.__dict__.pop("loaded_settings", None)
        config_file.add_to_list(self.folder, name, item)

    @contextmanager
    def keeping_choices(self) -> Iterator[None]:
        """Report within it that a setting cannot be written: what was chosen on a screen holds for this session."""
        try:
            yield
        except (StretchError, OSError) as error:
            self.info(f"The choice could not be kept: {error}")

    @property
    def has_journal(self) -> bool:
        """True if a session was ever kept. Without a journal there is no need to load SQLite."""
        return (self.folder / JOURNAL).exists()

    def open_journal(self) -> Journal:
        """Return the journal, open for reading; an empty one if there is none."""
        from stretch.storage.journal.journal import Journal

        journal = Journal.open_for_reading(self.folder, self.today())
        journal.on_damage = self.report_damaged
        return journal

    def report_damaged(self, sessions: Iterable[str]) -> None:
        """Name damaged sessions of the journal, each of them once."""
        if new := [name for name in sessions if name not in self._damaged]:
            self._damaged.update(new)
            names = ", ".join(escape_control_chars(name[:8]) for name in new[:10]) + (", ..." if new[10:] else "")
            self.info(
                f"stretch: The journal has {pluralize(len(new), 'damaged session')}: {names}."
                " What cannot be read is left out; `stretch history forget ID` deletes it."
            )

    def read_journal(self, read: Callable[[Journal], T]) -> T | None:
        """Return what *read* takes from the journal, None if there is no journal or it cannot be read.

        A session reports an unreadable journal when it is written.
        """
        if self.has_journal:
            with suppress(StretchError), self.open_journal() as journal:
                return read(journal)
        return None

    def session_count(self) -> int:
        """Return the number of sessions so far."""
        return self.read_journal(lambda journal: journal.count()) or 0

    def last_session(self) -> LastSession | None:
        """Return the last session; None if there is none, or if the journal cannot be read, which is reported."""
        if not self.has_journal:
            return None
        from stretch.storage.journal.last_session import read_last_session

        try:
            return read_last_session(self.folder, self.today())
        except StretchError as error:
            self.info(f"stretch: {error}")
        return None

    def recent_practice(self, request: Request) -> RecentPractice:
        """Return recent practice from the journal."""
        from stretch.core.planning.personalize import RecentPractice

        return self.read_journal(lambda journal: journal.recent_practice(self.catalog, request)) or RecentPractice()

    def add_catalogs(self, paths: Sequence[Path]) -> None:
        """Use the catalogs at *paths* for this run instead of those in the settings."""
        self._catalogs += paths

    @cached_property
    def user_catalogs(self) -> list[Path]:
        """The user's catalogs; later ones override earlier ones, and the one in the user's folder comes first."""
        main = [self.catalog_folder] if self.catalog_folder.is_dir() else []
        return [*main, *(self._catalogs or map(Path, self.settings.catalog))]

    @cached_property
    def catalog(self) -> Catalog:
        """The shipped catalog, overridden by the user's."""
        from stretch.storage.catalogs.catalog import load_catalog

        return load_catalog(extra=self.user_catalogs, on_problem=self._name_problem)

    def name_unfinished(self) -> None:
        """Name the files of the user's catalogs that still have blanks."""
        for file in self.catalog.incomplete_files:
            self.info(f"{file} is not used: it still has blanks to fill in. `stretch catalog check` lists them.")

    def program(self, name: str) -> Program:
        """Return the program *name*. Raise UnknownName if there is none, and UsageError if it still has blanks."""
        if program := self.catalog.programs.get(name):
            return program
        file = escape_control_chars(str(self.catalog_folder / f"{name}.yaml"))
        if file in self.catalog.incomplete_files:
            raise UsageError(f"The program {name} has blanks to fill in: {file}. `stretch catalog check` lists them.")
        raise UnknownName("program", name, self.catalog.programs, "`stretch program list` lists them.")

    def forget_catalog(self) -> None:
        """Read the catalog again when it is next used: a file of the user's has changed."""
        for name in ("user_catalogs", "catalog"):
            self.__dict__.pop(name, None)

    def _name_problem(self, problem: str) -> None:
        """Name a problem of the user's catalogs, each once and only the first few."""
        number = len(self._catalog_problems)
        self._catalog_problems[problem] = None
        if number < len(self._catalog_problems) <= MAX_NAMED_PROBLEMS:
            self.info(f"In your catalog: {problem}")
        elif number == MAX_NAMED_PROBLEMS < len(self._catalog_problems):
            self.info("There are more problems; `stretch catalog check` lists them.")

    @cached_property
    def sources(self) -> dict[str, Source]:
        """The sources by their citation keys."""
        from stretch.storage.catalogs.catalog import load_sources

        return load_sources(self.user_catalogs, self._name_problem)

    def figures(self, names: Iterable[str]) -> dict[str, Figure]:
        """Return the figures of these stretches and warm-up moves; those without one are left out."""
        from stretch.storage.catalogs.catalog import load_figures

        return load_figures(names, self.user_catalogs, self._name_problem)

    @cached_property
    def safety(self) -> SafetyData:
        """The safety checklist and the screening questions."""
        from stretch.storage.files.shipped import load_safety

        return load_safety()

    @cached_property
    def out(self) -> Printer:
        """Printer on standard output."""
        return Printer(self.stdout, terminal=is_terminal(self.stdout))

    def info(self, *lines: str) -> None:
        """Write messages to standard error; under a full screen they wait until that is left."""
        if self._full_screen is not None:
            self._held_messages += lines
            return
        # A terminal that has gone away is no reason to fail.
        with suppress(OSError, ValueError):
            for line in lines:
                write_wrapped(line, self.stderr)

    @property
    def interactive(self) -> bool:
        """True if both standard input and output are terminals."""
        return is_terminal(self.stdin) and is_terminal(self.stdout)

    @property
    def full_screen(self) -> bool:
        """True if the terminal can show a full screen and neither an option nor $ACCESSIBLE asks for lines."""
        dumb = self.environ.get("TERM", "dumb") in ("dumb", "") and sys.platform != "win32"
        return self.interactive and not (dumb or self.line_by_line or self.environ.get("ACCESSIBLE"))

    @cached_property
    def theme(self) -> Theme:
        """Colors and characters of the terminal; no colors if standard output is not a terminal."""
        from stretch.player.theme import Theme, theme_for

        theme = theme_for(self.environ, self.stdout.encoding, self.settings.background, self.settings.palette)
        return theme if is_terminal(self.stdout) else Theme(unicode=theme.unicode)

    @contextmanager
    def terminal(self, *, screen: bool) -> Iterator[Terminal]:
        """Take over the terminal; within a full screen that is shown already, go on with it."""
        if self._full_screen is not None:
            yield self._full_screen
            return
        from stretch.player.terminal import Terminal
        from stretch.player.terminal_answers import queries

        self.stdout.flush()
        source = self.stdin.fileno() if self.stdin is not None and is_terminal(self.stdin) else None
        try:
            asked, in_tmux = queries(self.environ) if screen else "", ""
            if self.in_pixels and asked:
                from stretch.player.tmux_pictures import TmuxPictures, tmux_query

                in_tmux = tmux_query(self.environ)
            taken = Terminal(source, self.stdout.fileno(), self.theme, screen=screen, queries=in_tmux + asked)
            if in_tmux:
                taken.pictures = TmuxPictures()
            with taken as terminal:
                self._full_screen = terminal if screen else None
                yield terminal
        finally:
            self._full_screen = None
            messages, self._held_messages = self._held_messages, []
            self.info(*messages)

    def keep_terminal(self, *, screen: bool) -> Terminal:
        """Take over the terminal as `terminal` does, until `release_terminal` or the end of the command."""
        return self._kept_terminal.enter_context(self.terminal(screen=screen))

    def release_terminal(self) -> None:
        """Give back what `keep_terminal` took over."""
        self._kept_terminal.close()
