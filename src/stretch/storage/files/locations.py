"""Locations of the shipped data and of the user's folder."""

import os
import sys
from contextlib import suppress
from functools import cache
from pathlib import Path

NO_FOLDER = Path(os.devnull, "stretch")
"""Stands for the user's folder where there is none: nothing is ever found in it or written to it."""


@cache
def data_root() -> Path:
    """Return the folder of the shipped data: in the installed package, or at the top of a checkout."""
    packaged = Path(__file__).parents[2] / "data"
    return packaged if packaged.is_dir() else Path(__file__).parents[4] / "data"


def user_folder(home: str) -> tuple[Path, bool]:
    """Return the folder that *home*, the value of $STRETCH_HOME, names, else the usual place, else NO_FOLDER.

    A relative path is ignored, because it would be another folder in each working folder; return also whether it was.
    """
    if sys.platform == "win32":
        places = [Path(os.environ.get("APPDATA", "")), expand_home("~")]
    elif sys.platform == "darwin":
        places = [expand_home("~/Library/Application Support")]
    else:
        places = [Path(os.environ.get("XDG_CONFIG_HOME", "")), expand_home("~/.config")]
    named = expand_home(home)
    candidates = [named, *(place / "stretch" for place in places)]
    return next((path for path in candidates if path.is_absolute()), NO_FOLDER), bool(home) and not named.is_absolute()


def expand_home(text: str) -> Path:
    """Return the path *text* with a home folder for the `~` or `~name` at its start; as it stands if there is none."""
    path = Path(text)
    with suppress(RuntimeError, KeyError):  # a container may run as a user without an account
        if sys.platform != "win32" and path.parts[:1] == ("~",) and not Path(os.environ.get("HOME", "/")).is_absolute():
            import pwd

            return Path(pwd.getpwuid(os.getuid()).pw_dir, *path.parts[1:])
        return path.expanduser()
    return path
