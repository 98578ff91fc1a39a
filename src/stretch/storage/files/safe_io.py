"""Safe reads and writes: only regular files are read, and a file is replaced in full or stays as it was."""

import errno
import os
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO
from zlib import crc32

from stretch.core.errors import StretchError

MAX_BYTES = 1 << 20
"""Size of one file; the largest shipped one has a twentieth of it."""
MAX_TOTAL_BYTES, MAX_FILES, MAX_VALUES = 10 << 20, 10_000, 50_000
"""All user catalogs together; the shipped one has a tenth of the values."""
PRIVATE = 0o600
"""Mode of files about a person."""
_NEW_FILE = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOFOLLOW", 0)
_READ = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0) | getattr(os, "O_BINARY", 0)
"""With these, opening a pipe or a device returns at once; Windows knows only the last."""
_DESCRIPTOR_FOLDERS = ("/dev/fd", f"/proc/{os.getpid()}/fd")


class UnreadableFile(Exception):
    """A file that is not used: the problem, and the line, from 1, where it shows."""

    def __init__(self, problem: str, line: int = 1) -> None:
        self.line = line
        super().__init__(problem)


class ReadQuota:
    """Bytes, files and values that may still be read of all user catalogs together."""

    def __init__(self) -> None:
        self.bytes, self.files, self.values = MAX_TOTAL_BYTES, MAX_FILES, MAX_VALUES

    @property
    def exceeded(self) -> bool:
        """True after a file was refused; all others would be as well."""
        return min(self.bytes, self.files, self.values) < 0

    def take(self, size: int) -> None:
        """Count one file of *size* bytes. Raise UnreadableFile when the quota is used up."""
        self.bytes -= size
        self.files -= 1
        if self.exceeded:
            limits = f"{MAX_TOTAL_BYTES >> 20} MiB in {MAX_FILES} files"
            raise UnreadableFile(f"is too much: all catalogs together have at most {limits}")


def open_regular(path: Path) -> int:
    """Return a descriptor of the regular file *path*. Raises OSError, and UnreadableFile for anything else."""
    try:
        descriptor = os.open(path, _READ)
        if stat.S_ISREG(os.fstat(descriptor).st_mode):
            return descriptor
        os.close(descriptor)
    except OSError as error:
        if error.errno != errno.ENXIO:  # a socket
            raise
    raise UnreadableFile("is not a regular file")


def read_regular(path: Path) -> bytes:
    """Return the content of the regular file *path*. Raises OSError, and UnreadableFile if it is larger than 1 MiB."""
    with os.fdopen(open_regular(path), "rb") as file:
        # The size may be wrong: a file can grow, and those of /proc say 0.
        data = file.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise UnreadableFile(f"is larger than {MAX_BYTES >> 20} MiB, the limit for one file; split it")
    return data


def open_input(path: Path) -> IO[bytes]:
    """Return the regular file *path*, or what an open descriptor such as /dev/stdin reads, open for reading.

    Raises OSError, and StretchError for anything else.
    """
    try:
        descriptor = descriptor_of(path)
        return os.fdopen(open_regular(path) if descriptor is None else os.dup(descriptor), "rb")
    except UnreadableFile as error:
        raise StretchError(f"{path} {error}.") from None


def descriptor_of(path: Path) -> int | None:
    """Return the open descriptor that *path* stands for, such as 1 for /dev/stdout or 3 for /dev/fd/3."""
    for _ in range(40 if sys.platform != "win32" else 0):  # as many links as Linux follows
        if len(path.name) < 10 and path.name.isdecimal() and os.path.realpath(path.parent) in _DESCRIPTOR_FOLDERS:
            return int(path.name)
        if not path.is_symlink():
            break
        path = path.parent / path.readlink()
    return None


def make_private(folder: Path) -> None:
    """Create *folder* and what is missing above it, for its owner only. Raises OSError."""
    for each in reversed([folder, *folder.parents]):
        if not each.is_dir():
            each.mkdir(0o700, exist_ok=True)


@contextmanager
def atomic_write(path: Path, *, mode: int = 0o666, own: bool = False, new: bool = False) -> Iterator[IO[bytes]]:
    """Open a temporary file that becomes *path* on success, synced to the disk.

    A symbolic link is followed, and an existing file keeps its mode; a new one has *mode*, less the umask. A pipe, a
    terminal and an open descriptor are written to directly. An *own* file is always private and never any of these.
    With *new*, an existing file raises FileExistsError. Several processes may write at once: the last one wins.

    Raise OSError with the name *path*, not that of the temporary file.
    """
    try:
        stream = None if own else _stream(path)
        if stream is None:
            with _replacement(Path(os.path.realpath(path)), mode=mode, own=own, new=new) as file:
                yield file
        else:
            with os.fdopen(stream, "wb") as file:
                yield file
    except OSError as error:
        raise OSError(error.errno, error.strerror or str(error), str(path)) from None


@contextmanager
def _replacement(target: Path, *, mode: int, own: bool, new: bool) -> Iterator[IO[bytes]]:
    old = _replaceable(target, new=new)
    _remove_litter(target)
    temporary = _temporary(target, os.urandom(4).hex())
    descriptor = create_locked(temporary, PRIVATE if own else mode)
    final_mode = PRIVATE if own else (old or os.fstat(descriptor)).st_mode & 0o777
    _set_access(descriptor, PRIVATE)
    try:
        with os.fdopen(descriptor, "wb") as file:
            yield file
            file.flush()
            _set_access(descriptor, final_mode, old)
            os.fsync(descriptor)
            if sys.platform != "win32":  # still locked, so that nobody takes it for litter
                _publish(temporary, target, new=new)
        if sys.platform == "win32":  # which cannot rename an open file
            _publish(temporary, target, new=new)
    finally:
        with suppress(OSError):
            temporary.unlink()
    _sync_folder(target.parent)


def write_private(path: Path, data: bytes) -> None:
    """Replace *path*, a file about a person, with *data* atomically, and create its folder. Raise OSError."""
    make_private(path.parent)
    with atomic_write(path, own=True) as file:
        file.write(data)


def write_text(path: Path, text: str, *, new: bool = False) -> None:
    """Replace *path* with *text* atomically, line ends unchanged. Raise OSError."""
    with atomic_write(path, new=new) as file:
        file.write(text.encode(errors="backslashreplace"))


def create_file(path: Path, text: str) -> None:
    """Write *text* to a new file. Raise StretchError if it exists, OSError if it cannot be written."""
    try:
        write_text(path, text, new=True)
    except FileExistsError as error:
        raise StretchError(f"{path} already exists. Choose another name or delete it first.") from error


def _stream(path: Path) -> int | None:
    """Return a descriptor to write to *path* directly; None if it is a file, or does not exist."""
    if (descriptor := descriptor_of(path)) is not None:
        return os.dup(descriptor)
    try:
        kind = path.stat().st_mode
    except FileNotFoundError:
        return None
    if stat.S_ISFIFO(kind) or stat.S_ISCHR(kind):
        return os.open(path, os.O_WRONLY | getattr(os, "O_NOCTTY", 0))
    return None


def _replaceable(target: Path, *, new: bool) -> os.stat_result | None:
    """Return the status of the file *target*, None if there is none; raise OSError if it must not be replaced."""
    try:
        status = target.stat()
    except FileNotFoundError:
        return None
    if new:
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST))
    if stat.S_ISDIR(status.st_mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    if not stat.S_ISREG(status.st_mode):
        raise OSError(errno.EINVAL, "Not a regular file")
    if not os.access(target, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    return status


def _temporary(target: Path, name: str) -> Path:
    # A fixed length: the name of the target may be as long as the file system allows.
    return target.with_name(f".stretch-{crc32(os.fsencode(target.name)):08x}-{name}.tmp")


def _remove_litter(target: Path) -> None:
    """Remove temporary files that killed processes left behind beside *target*."""
    for path in target.parent.glob(_temporary(target, "?" * 8).name):
        with suppress(OSError):
            is_locked(path, remove=True)


def _set_access(descriptor: int, mode: int, like: os.stat_result | None = None) -> None:
    """Set the mode of a file, and its owner to that of the file it replaces; some systems have neither."""
    if sys.platform != "win32":
        with suppress(OSError):
            if like is not None and (like.st_uid, like.st_gid) != (os.geteuid(), os.getegid()):
                os.fchown(descriptor, like.st_uid, like.st_gid)
        with suppress(OSError):
            os.fchmod(descriptor, mode)


def _publish(temporary: Path, target: Path, *, new: bool) -> None:
    if not new:
        temporary.replace(target)
    elif sys.platform == "win32":
        temporary.rename(target)  # refuses an existing one
    else:
        try:
            target.hardlink_to(temporary)  # refuses an existing one
        except FileExistsError:
            raise
        except OSError:  # a file system without hard links
            temporary.replace(target)


def _sync_folder(folder: Path) -> None:
    """Make the new name last; not every system can."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


if sys.platform == "win32":

    def create_locked(path: Path, mode: int = PRIVATE) -> int:
        """Return a descriptor of the new file *path*, which nobody can delete until it is closed; raise OSError."""
        return os.open(path, _NEW_FILE, mode)

    def is_locked(path: Path, *, remove: bool) -> bool:
        """Return whether a process has the file *path* open; if none has and *remove*, remove it. Raise OSError."""
        if remove:
            try:
                path.unlink()
            except PermissionError:
                return True
        return False

else:
    import fcntl

    def create_locked(path: Path, mode: int = PRIVATE) -> int:
        """Return a descriptor of the new file *path*, locked until it is closed or the process ends; raise OSError."""
        while True:
            descriptor = os.open(path, _NEW_FILE, mode)
            with suppress(OSError):  # a file system without locks
                fcntl.flock(descriptor, fcntl.LOCK_EX)
            # Another process may have removed it as litter before it was locked.
            if os.fstat(descriptor).st_nlink:
                return descriptor
            os.close(descriptor)

    def is_locked(path: Path, *, remove: bool) -> bool:
        """Return whether a process has locked the file *path*; if none has and *remove*, remove it. Raise OSError."""
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW)
        try:
            status = os.fstat(descriptor)
            fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
            if remove and stat.S_ISREG(status.st_mode) and status.st_uid == os.geteuid():
                path.unlink(missing_ok=True)
        except BlockingIOError:
            return True
        finally:
            os.close(descriptor)
        return False
