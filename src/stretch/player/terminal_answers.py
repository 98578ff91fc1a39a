"""Terminal queries: what a terminal is asked once, and what its answers tell about it."""

import re
from collections.abc import Mapping
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

COLOR_QUERY = "\x1b]11;?\x1b\\"
LAST_QUERY = "\x1b[c"
"""Every terminal answers this one, in order: after it no answer comes."""
_SCHEME_QUERY, _NAME_QUERY = "\x1b[?996n", "\x1b[>0q"
_GRAPHICS_QUERY = "\x1b_Gi=1,s=1,v=1,a=q,t=d,f=24;AAAA\x1b\\"
FILE_QUERY = "\x1b_Gi=2,s=1,v=1,a=q,t=t,f=24;"
"""The same for a picture in a file, whose path is still to be added here."""
_SSH = {"SSH_CONNECTION", "SSH_CLIENT", "SSH_TTY"}
_KNOW_SCHEME = ("xterm-kitty", "xterm-ghostty", "foot", "contour", "tmux")
_SCHEME_VARIABLES = {"KITTY_WINDOW_ID", "GHOSTTY_RESOURCES_DIR", "VTE_VERSION", "TMUX"}
"""Values of TERM, and variables, of terminals that know the query for what they prefer."""
WATCH_SCHEME, IGNORE_SCHEME = "\x1b[?2031h", "\x1b[?2031l"
"""The terminal tells when it becomes light or dark, and no longer."""

_ANSWERS = re.compile(
    r"\x1b\]11;(?:rgba?:(?P<rgb>[0-9a-f]{1,4}(?:/[0-9a-f]{1,4}){2})|#(?P<hex>[0-9a-f]{6}))[^\x1b\x07]*(?:\x07|\x1b\\)"
    r"|\x1b\[\?997;(?P<scheme>[12])n"
    r"|\x1bP>\|(?P<name>[^\x1b]{1,60})\x1b\\"
    r"|\x1b_Gi=1;(?P<graphics>[^\x1b]*)\x1b\\"
    r"|\x1b_Gi=2;(?P<files>[^\x1b]*)\x1b\\"
    r"|(?P<last>\x1b\[\?[0-9;]*c)",
    re.IGNORECASE,
)
_PLACEHOLDERS = {"kitty": (0, 28), "ghostty": (1,)}
"""The first versions that show a picture in cells that name it."""
_OCTANTS = {"kitty": (0, 40), "ghostty": (1, 2), "foot": (1, 20), "vte": (7800,)}
"""The first versions that draw octants themselves, whatever the font has."""


class TerminalAnswers(Struct, frozen=True):
    """What a terminal has answered; empty where it has not."""

    color: str = ""
    """The color of the background, as `#rrggbb`."""
    scheme: Literal["dark", "light", ""] = ""
    """What it prefers, or has become."""
    name: str = ""
    graphics: bool = False
    """True if it shows pictures by the kitty graphics protocol."""
    files: bool = False
    """True if it reads pictures from files, so that it is on the same computer."""
    awaits_files: bool = False
    """True if the answer about files may come after the last one, as through tmux."""
    last: bool = False

    @property
    def complete(self) -> bool:
        """True if no more answers are awaited."""
        return self.last and not self.awaits_files

    @property
    def background(self) -> Literal["dark", "light", ""]:
        """Whether the background is dark or light; its color counts for more than what the terminal prefers."""
        if not self.color:
            return self.scheme
        red, green, blue = (int(self.color[i : i + 2], 16) for i in (1, 3, 5))
        return "light" if 0.299 * red + 0.587 * green + 0.114 * blue >= 128 else "dark"

    @property
    def draws_octants(self) -> bool:
        """True if the terminal is known to draw octants itself."""
        return self._is_in(_OCTANTS)

    @property
    def has_placeholders(self) -> bool:
        """True if the terminal is known to show a picture in cells that name it."""
        return self._is_in(_PLACEHOLDERS)

    def _is_in(self, versions: Mapping[str, tuple[int, ...]]) -> bool:
        version = tuple(map(int, re.findall(r"[0-9]{1,9}", self.name)))
        return self._program in versions and version >= versions[self._program]

    @property
    def repeats_characters(self) -> bool:
        """True if the terminal is known to have the control function REP."""
        return self._program in _OCTANTS

    @property
    def draws_pictures(self) -> bool:
        """True if the terminal is known to show pictures without faults."""
        return self.graphics and self._program in ("kitty", "ghostty")

    @property
    def _program(self) -> str:
        return re.split(r"[^a-z]", self.name.lower(), maxsplit=1)[0]


def queries(environ: Mapping[str, str]) -> str:
    """Return what to ask the terminal in *environ*; nothing if it might print the question."""
    term = environ.get("TERM", "")
    if term in ("", "dumb", "linux"):
        return ""
    # Screen and tmux take the graphics query for the title of a window.
    graphics = "" if is_multiplexer(environ) else _GRAPHICS_QUERY
    # A terminal on another computer has other files.
    if term in ("xterm-kitty", "xterm-ghostty") and graphics and not is_remote(environ):
        graphics += f"{FILE_QUERY}\x1b\\"
    # Emulators in programs may fail at this one, and the color of the background tells the same.
    scheme = _SCHEME_QUERY if term.startswith(_KNOW_SCHEME) or not _SCHEME_VARIABLES.isdisjoint(environ) else ""
    return f"{graphics}{COLOR_QUERY}{scheme}{_NAME_QUERY}{LAST_QUERY}"


def is_remote(environ: Mapping[str, str]) -> bool:
    """Return whether the terminal is on another computer."""
    return not _SSH.isdisjoint(environ)


def is_multiplexer(environ: Mapping[str, str]) -> bool:
    """Return whether screen or tmux is between the program and the terminal."""
    return bool(environ.get("TERM", "").startswith(("screen", "tmux")) or environ.get("STY") or environ.get("TMUX"))


def why_no_pixels(environ: Mapping[str, str], answers: TerminalAnswers) -> str:
    """Return why a figure that is wanted in pixels is not drawn so; empty if it is."""
    if answers.graphics or answers.files:
        return ""
    if environ.get("TMUX"):
        return "Pixels in tmux need a local kitty 0.28 or Ghostty, and `allow-passthrough on`."
    return "This terminal announced no pictures, so the figure is not drawn in pixels."


def with_answer(known: TerminalAnswers, text: str) -> TerminalAnswers:
    """Return what is *known* with the answer *text*; anything else changes nothing."""
    found = _ANSWERS.fullmatch(text)
    if not found:
        return known
    match found.lastgroup, found[found.lastgroup or 0]:
        case "rgb", value:
            channels = (round(int(part, 16) * 255 / (16 ** len(part) - 1)) for part in value.split("/"))
            return replace(known, color="#" + "".join(f"{channel:02x}" for channel in channels))
        case "hex", value:
            return replace(known, color=f"#{value}")
        case "scheme", value:
            # The color is not that of before any more.
            color = "" if known.complete else known.color
            return replace(known, scheme="dark" if value == "1" else "light", color=color)
        case "name", value:
            return replace(known, name="".join(filter(str.isprintable, value)))
        case "graphics", value:
            return replace(known, graphics=value == "OK")
        case "files", value:
            return replace(known, files=value == "OK", awaits_files=False)
    return replace(known, last=True)
