"""Names of output files: like those of the inputs, below the output folder, and no two alike."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Iterable, Sequence
from pathlib import PurePosixPath

__all__ = ["OutputNames", "is_inside", "safe_name"]

UNSAFE = frozenset('<>:"/\\|?*%')
OUTPUT_SUFFIXES = (".jpg", ".png", ".mp4")
MAX_BYTES = 120
"""Of a part of a path; file systems take 255, and endings and counters follow."""


class OutputNames:
    """Gives each input a name of its own.

    Args:
        taken: Names that are in use already.
    """

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self._taken = {_folded(name) for name in taken}

    def of(self, parts: Sequence[str]) -> str:
        """A path without ending, such as "a/b" for a/b.jpg; a counter behind it where it is in use.

        Letters that are unsafe on any system become "_". The path is relative and has no "..". Names that differ in
        their case only are taken for alike, as some file systems take them.

        Args:
            parts: Folders and name of an input.
        """
        *folders, last = [part for part in parts if part not in ("", ".", "..", "/")] or ["picture"]
        wanted = "/".join([*map(_safe_folder, folders), safe_name(PurePosixPath(last).stem)])
        name, counter = wanted, 2
        while _folded(name) in self._taken:
            name = f"{wanted}-{counter}"
            counter += 1
        self._taken.add(_folded(name))
        return name


def is_inside(name: str) -> bool:
    """Whether a stored name is one that stays below its folder."""
    path = PurePosixPath(name)
    return bool(name) and not path.is_absolute() and ".." not in path.parts and "\\" not in name and "\0" not in name


def _safe_folder(part: str) -> str:
    """A folder must not be called as the outputs are: a file may want that name."""
    safe = safe_name(part)
    return f"{safe}_" if PurePosixPath(safe).suffix.lower() in OUTPUT_SUFFIXES else safe


def safe_name(part: str) -> str:
    """A name as a part of a path: what is unsafe on any system becomes "_"; never empty, and neither "." nor ".."."""
    text = os.fsencode(part).decode("utf-8", "replace")
    letters = ("_" if letter in UNSAFE or not letter.isprintable() else letter for letter in text)
    whole = "".join(letters).replace("\ufffd", "_").strip(" .")
    return whole.encode()[:MAX_BYTES].decode("utf-8", "ignore").strip(" .") or "_"


def _folded(name: str) -> str:
    return unicodedata.normalize("NFKC", name).casefold()
