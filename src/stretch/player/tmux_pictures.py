"""Pictures of kitty's graphics protocol inside tmux: cells that tmux keeps like text stand for the parts of a picture.

tmux hands pictures on and forgets them, and loses those of a hidden window. So each one is sent again when it is seen,
by file, and again after some time.
"""

import subprocess
import time
import unicodedata
from base64 import standard_b64encode
from collections.abc import Callable, Mapping, Sequence
from functools import cache

from stretch.player.layout import StyledLine
from stretch.player.pictures import Picture, PlacedPictures
from stretch.player.terminal_answers import FILE_QUERY, TerminalAnswers, is_remote

SENT_AGAIN_S = 2.0
"""Time after which a picture that was lost appears."""
_PLACEHOLDER = "\U0010eeee"
_NO_ROW = {*range(0x300, 0x305), *range(0x306, 0x30D), 0x30F, 0x311, 0x313, 0x314, 0x342, 0x653, 0x654}


def tmux_query(environ: Mapping[str, str]) -> str:
    """Return the question whether the terminal around tmux reads files; empty if tmux would not hand it on."""
    pane = environ.get("TMUX_PANE", "")
    if not (environ.get("TMUX") and pane) or is_remote(environ):
        return ""
    # The answer goes to the active pane, and other terminals that are attached would show the cells.
    wanted = "#{allow-passthrough} #{window_active}#{pane_active}#{session_attached} #{client_termtype}"
    try:
        command = ["tmux", "display-message", "-p", "-t", pane, wanted]
        told = subprocess.run(command, capture_output=True, text=True, timeout=1.0, check=False).stdout
    except (OSError, subprocess.SubprocessError):
        return ""
    passes, active, name = [*told.split(" ", 2), "", "", ""][:3]
    able = passes in ("1", "on", "all") and active == "111" and TerminalAnswers(name=name).has_placeholders
    return handed_on(f"{FILE_QUERY}\x1b\\") if able else ""


def handed_on(codes: str) -> str:
    """Return *codes* for the terminal around tmux."""
    return "\x1bPtmux;{}\x1b\\".format(codes.replace("\x1b", "\x1b\x1b"))


class TmuxPicture(Picture):
    """A place for pictures whose cells name it by their color, *number*, and their row by an accent."""

    def __init__(self, columns: int, lines: int, number: int) -> None:
        super().__init__(columns, lines)
        self.number = number
        self.code = f"38;5;{number}"

    def rows(self) -> list[StyledLine]:
        """Return the cells that the picture covers."""
        rest = _PLACEHOLDER * (self.columns - 1)
        rows: list[StyledLine] = [((f"{_PLACEHOLDER}{accent}{rest}", self),) for accent in row_accents()[: self.lines]]
        return [*rows, *[((" " * self.columns, None),)] * (self.lines - len(rows))]


@cache
def row_accents() -> tuple[str, ...]:
    """Return the accent of each row: those above a letter that are in no other character, as of Unicode 6.0."""
    codes = (code for code in range(0x300, 0x82E) if code not in _NO_ROW)
    accents = (chr(code) for code in codes if unicodedata.combining(chr(code)) == 230)
    return tuple(accent for accent in accents if not unicodedata.decomposition(accent))


class TmuxPictures(PlacedPictures):
    """The pictures of a session inside tmux, and those on the screen."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._clock = clock
        self._pngs: dict[int, bytes] = {}
        self._seen: dict[int, tuple[int, float]] = {}
        """The picture of each place, and when it was sent."""
        self._places = 0

    def place(self, columns: int, lines: int) -> Picture:
        """Return a new place for pictures."""
        self._places = self._places % 250 + 1
        return TmuxPicture(columns, lines, self._places)

    def _file(self, content: bytes) -> bytes:
        # Those of a hidden window are never read.
        self._files %= 8
        return super()._file(content)

    def transmission(self, image: int, png: bytes, *, by_file: bool = False) -> str:
        """Keep the picture until it is shown."""
        self.sent.add(image)
        self._pngs[image] = png
        return ""

    def removal(self, image: int) -> str:
        """Forget a picture."""
        self.sent.discard(image)
        self._pngs.pop(image, None)
        return ""

    def changes(self, rows: Sequence[StyledLine], *, cleared: bool) -> str:
        """Return the codes that show the pictures of *rows*."""
        now, codes = self._clock(), ""
        for picture in {style for row in rows for _, style in row if isinstance(style, TmuxPicture)}:
            image, since = self._seen.get(picture.number, (0, 0.0))
            if picture.image in self.sent and (image != picture.image or cleared or now - since > SENT_AGAIN_S):
                self._seen[picture.number] = picture.image, now
                path = standard_b64encode(self._file(self._pngs[picture.image])).decode()
                head = f"a=T,U=1,f=100,t=t,i={picture.number},c={picture.columns},r={picture.lines},q=2"
                codes += handed_on(f"\x1b_G{head};{path}\x1b\\")
        return codes

    def remove_all(self) -> str:
        """Return the codes that take all pictures away."""
        codes = "".join(handed_on(f"\x1b_Ga=d,d=I,i={number}\x1b\\") for number in sorted(self._seen))
        self._seen.clear()
        self._pngs.clear()
        self.sent.clear()
        return codes
