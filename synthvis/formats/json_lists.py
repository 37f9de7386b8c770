"""JSON files too long to hold: lists of the outermost object stay on disk, and give an element when it is asked for.

The text is taken apart by the decoder of the standard library, an element at a time, so that what a file says does not
depend on how it is read.
"""

from __future__ import annotations

import codecs
import json
import os
import re
import weakref
from array import array
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, Any, overload

__all__ = ["ListOnDisk", "load_with_lists_on_disk"]

PIECE_BYTES = 1 << 18
UTF8_SIGNATURE = codecs.BOM_UTF8
SPACE = re.compile(r"[ \t\n\r]*")
DECODER = json.JSONDecoder()


def load_with_lists_on_disk(path: Path) -> Any:
    """As `json.loads` of the whole file, but that each list of its outermost object is a `ListOnDisk`.

    The file is read once. What is no object in UTF-8 is held as a whole.

    Raises:
        OSError: The file cannot be read.
        ValueError: It is not JSON.
        RecursionError: It is nested too deep.
    """
    try:
        return _scanned(path)
    except ValueError:
        # Damaged, or in an encoding that nobody uses: the message, or the value, is that of the standard library.
        return json.loads(path.read_bytes())


class ListOnDisk(Sequence[Any]):
    """A list of a JSON file, of which two integers an element are held; elements are parsed at each access.

    A file that was changed since is a ValueError at the access, or gives what now stands there.
    """

    def __init__(self, file: _OpenFile) -> None:
        self._file = file
        self._starts, self._ends = array("Q"), array("Q")

    def add(self, start: int, end: int) -> None:
        """Say where the next element lies, bytes."""
        self._starts.append(start)
        self._ends.append(end)

    def __len__(self) -> int:
        return len(self._starts)

    @overload
    def __getitem__(self, index: int) -> Any: ...

    @overload
    def __getitem__(self, index: slice) -> list[Any]: ...

    def __getitem__(self, index: int | slice) -> Any:
        if isinstance(index, slice):
            return [self[position] for position in range(*index.indices(len(self)))]
        return self._file.value(self._starts[index], self._ends[index])

    def __iter__(self) -> Iterator[Any]:
        return map(self._file.value, self._starts, self._ends)


class _OpenFile:
    """A file that is open as long as someone holds this."""

    def __init__(self, path: Path) -> None:
        self._handle = os.open(path, os.O_RDONLY)
        weakref.finalize(self, os.close, self._handle)

    def value(self, start: int, end: int) -> Any:
        """The value between two bytes."""
        return json.loads(os.pread(self._handle, end - start, start).decode("utf-8", "surrogatepass"))


class _Scanner:
    """Where the values of a JSON text lie.

    Bytes are looked at as Latin-1, in which positions in the text are those in the file: all that JSON is built of is
    ASCII, and the letters of texts do not matter here.
    """

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._utf8 = codecs.getincrementaldecoder("utf-8")("surrogatepass")
        self._text, self._at, self._before = "", 0, file.tell()

    @property
    def position(self) -> int:
        """Of the next character, bytes from the start of the file."""
        return self._before + self._at

    def peek(self) -> str:
        """The next character that is no space; "" at the end."""
        while True:
            self._at = SPACE.match(self._text, self._at).end()  # type: ignore[union-attr]  # matches nothing, too
            if self._at < len(self._text):
                return self._text[self._at]
            if not self._more():
                return ""

    def take(self, wanted: str) -> str:
        """Pass over the next character, which must be one of these."""
        found = self.peek()
        if not found or found not in wanted:
            raise ValueError(f"{found!r} in place of one of {wanted!r}")
        self._at += 1
        return found

    def value(self) -> tuple[int, int]:
        """Pass over a value; gives where it starts and ends."""
        self.peek()
        start = self.position
        while True:
            try:
                _, end = DECODER.raw_decode(self._text, self._at)
            except ValueError:
                # Its end may not be here yet.
                if not self._more():
                    raise
                continue
            # Digits may follow.
            if end == len(self._text) and self._more():
                continue
            self._at = end
            return start, self.position

    def _more(self) -> bool:
        piece = self._file.read(max(PIECE_BYTES, len(self._text) - self._at))
        self._utf8.decode(piece, final=not piece)
        self._before += self._at
        self._text, self._at = self._text[self._at :] + piece.decode("latin-1"), 0
        return bool(piece)


def _scanned(path: Path) -> dict[str, Any]:
    held, found = _OpenFile(path), {}
    with path.open("rb") as file:
        file.seek(len(UTF8_SIGNATURE) if file.read(len(UTF8_SIGNATURE)) == UTF8_SIGNATURE else 0)
        scanner = _Scanner(file)
        for _ in _between(scanner, "{", "}"):
            key = held.value(*scanner.value())
            if not isinstance(key, str):
                raise ValueError("a key that is no text")
            scanner.take(":")
            found[key] = _list(scanner, held) if scanner.peek() == "[" else held.value(*scanner.value())
        if scanner.peek():
            raise ValueError("text behind the end")
    return found


def _list(scanner: _Scanner, held: _OpenFile) -> ListOnDisk:
    found = ListOnDisk(held)
    for _ in _between(scanner, "[", "]"):
        found.add(*scanner.value())
    return found


def _between(scanner: _Scanner, opening: str, closing: str) -> Iterator[None]:
    """A turn for each item between brackets; the turn passes over the item."""
    scanner.take(opening)
    if scanner.peek() == closing:
        scanner.take(closing)
        return
    while True:
        yield
        if scanner.take(f",{closing}") == closing:
            return
