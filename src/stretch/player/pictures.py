"""Pictures by the kitty graphics protocol: sent once, and then shown by their number in the cells of a frame."""

import os
from base64 import standard_b64encode
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from rich.cells import cell_len

from stretch.player.layout import StyledLine
from stretch.player.terminal_answers import FILE_QUERY

_CHUNK = 4096
"""Bytes of base64 in one sequence, at most."""


class Picture:
    """A place for pictures, as the style of blank cells: its first line has it, and *lines* lines belong to it.

    The line stays the same when `image` changes, so that only the picture is drawn again.
    """

    def __init__(self, columns: int, lines: int) -> None:
        self.columns, self.lines, self.image = columns, lines, 0

    def rows(self) -> list[StyledLine]:
        """Return the cells that the picture covers."""
        blank = " " * self.columns
        return [((blank, self),), *[((blank, None),)] * (self.lines - 1)]


class PlacedPictures:
    """The pictures on the screen, and the numbers of those that the terminal keeps."""

    def __init__(self) -> None:
        self.sent: set[int] = set()
        self._placed: dict[int, tuple[int, int, int, int]] = {}
        self._folder: Path | None = None
        self._files = 0

    def place(self, columns: int, lines: int) -> Picture:
        """Return a new place for pictures."""
        return Picture(columns, lines)

    def transmission(self, image: int, png: bytes, *, by_file: bool = False) -> str:
        """Return the codes that send a picture to the terminal, *by_file* if it can read one."""
        self.sent.add(image)
        path = self._file(png) if by_file else b""
        medium = ",t=t" if path else ""
        data = standard_b64encode(path or png).decode()
        chunks = [data[start : start + _CHUNK] for start in range(0, len(data), _CHUNK)]
        head = f"a=t,f=100{medium},i={image},q=2,"
        parts = (f"m={int(i < len(chunks) - 1)};{chunk}" for i, chunk in enumerate(chunks))
        return "".join(f"\x1b_G{head if i == 0 else ''}{part}\x1b\\" for i, part in enumerate(parts))

    def with_file(self, queries: str) -> str:
        """Return *queries* with a file in the one whether the terminal can read files."""
        if FILE_QUERY not in queries:
            return queries
        return queries.replace(FILE_QUERY, FILE_QUERY + standard_b64encode(self._file(bytes(3))).decode())

    def _file(self, content: bytes) -> bytes:
        """Return the path of a new file, which the terminal deletes when it has read it; empty if there is none."""
        with suppress(OSError):
            if self._folder is None:
                from tempfile import mkdtemp

                memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
                # The terminal deletes only files with this name, in a folder for temporary files.
                self._folder = Path(mkdtemp(prefix="stretch-tty-graphics-protocol-", dir=memory))
            self._files += 1
            path = self._folder / str(self._files)
            path.write_bytes(content)
            return bytes(path)
        return b""

    def remove_files(self) -> None:
        """Delete the files that the terminal has not read."""
        if self._folder is not None:
            from shutil import rmtree

            rmtree(self._folder, ignore_errors=True)
            self._folder = None

    def removal(self, image: int) -> str:
        """Return the codes that make the terminal forget a picture."""
        self.sent.discard(image)
        self._placed.pop(image, None)
        return f"\x1b_Ga=d,d=I,i={image}\x1b\\"

    def changes(self, rows: Sequence[StyledLine], *, cleared: bool) -> str:
        """Return the codes that show the pictures of *rows* and take away others; all, if the screen was *cleared*."""
        if not self.sent:
            return ""
        wanted = {image: place for image, place in _pictures(rows) if image in self.sent}
        shown = {} if cleared else self._placed
        codes = [
            f"\x1b[{y + 1};{x + 1}H\x1b_Ga=p,i={image},c={columns},r={lines},C=1,q=2\x1b\\"
            for image, (y, x, columns, lines) in wanted.items()
            if shown.get(image) != (y, x, columns, lines)
        ]
        gone = [image for image, place in self._placed.items() if cleared or wanted.get(image) != place]
        removed = [f"\x1b_Ga=d,d=i,i={image}\x1b\\" for image in gone]
        self._placed = wanted
        # The new one is there before the old one goes, so that nothing flickers, unless it is the same elsewhere.
        return "".join([*removed, *codes] if set(gone) & wanted.keys() else [*codes, *removed])

    def remove_all(self) -> str:
        """Return the codes that take all pictures away."""
        return "".join(self.removal(image) for image in sorted(self.sent))


def _pictures(rows: Sequence[StyledLine]) -> Iterator[tuple[int, tuple[int, int, int, int]]]:
    """Yield the number and the line, column and size of each picture."""
    for y, row in enumerate(rows):
        x = 0
        for text, style in row:
            if isinstance(style, Picture):
                yield style.image, (y, x, style.columns, style.lines)
            x += cell_len(text)
