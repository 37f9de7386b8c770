"""The journal of a prediction over many inputs: one line for each finished picture, by which the same command resumes.

Its first line says what was asked. A video counts once its last line is there: a drawn video cannot be continued.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from types import TracebackType
from typing import IO

from synthvis.errors import SynthvisError
from synthvis.formats.atomic import replacing
from synthvis.formats.json_file import Flag, JsonError, Name, Number, Record, parse_json, validated
from synthvis.inference.output_names import is_inside
from synthvis.inference.records import PredictedPicture

__all__ = ["JOURNAL", "Asked", "EndOfVideo", "Journal", "read_asked", "stored_pictures"]

JOURNAL = "progress.jsonl"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked(Record):
    """What decides the outputs besides the inputs: where one of these changes, all is made anew.

    Attributes:
        weights: SHA-256 of the network's weights.
        score: The smallest that is kept.
        tta: Further views of each picture.
        boxes_from: SHA-256 of the weights of the network that finds boxes.
        frames: Most frames of a video.
        is_drawn: Whether pictures are drawn.
        tracker: What follows the objects of videos, as typed.
        camera: The numbers of the camera; None: not stated.
    """

    weights: Name
    score: Number
    tta: Name | None = None
    boxes_from: Name | None = None
    frames: int | None = None
    is_drawn: Flag = True
    tracker: Name | None = None
    camera: Name | None = None

    def difference(self, other: Asked) -> str:
        """What of `other` differs, in words."""
        words = {"weights": "the weights of the run", "boxes_from": "--boxes-from", "is_drawn": "--no-draw"}
        changed = [one.name for one in fields(self) if getattr(self, one.name) != getattr(other, one.name)]
        return " and ".join(words.get(name, f"--{name}") for name in changed)


@dataclass(frozen=True, slots=True, kw_only=True)
class EndOfVideo(Record):
    """The last line of a video.

    Attributes:
        file: Its path as it was named.
        frames: As many were predicted on.
        stamp: As of a picture.
        fault: Why it ended before its end; empty where it did not.
        tracks: The file of its tracks below the output folder; None where nothing follows.
    """

    file: Name
    frames: int
    stamp: Name
    fault: Name = ""
    tracks: Name | None = None


class Journal:
    """Appends records to the journal of an output folder.

    Args:
        folder: The output folder, which is there.
        asked: What the command asks for.
        kept: Records of an earlier command that still hold, in their order.
    """

    def __init__(self, folder: Path, asked: Asked, kept: Iterable[PredictedPicture | EndOfVideo]) -> None:
        self.path = folder / JOURNAL
        with replacing(self.path) as file:
            file.write(_line("asked", asked))
            for record in kept:
                file.write(_line(_kind(record), record))
        self._file: IO[bytes] = self.path.open("ab")

    def add(self, record: PredictedPicture | EndOfVideo) -> None:
        """Write a record, so that it outlives this process."""
        self._file.write(_line(_kind(record), record))
        self._file.flush()

    def __enter__(self) -> Journal:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()


def read_asked(folder: Path) -> Asked | None:
    """What the last command in the folder asked for; None where there is no journal, or none that can be read."""
    for kind, value in _lines(folder):
        try:
            return validated(value, Asked) if kind == "asked" else None
        except JsonError:
            return None
    return None


def stored_pictures(folder: Path) -> Iterator[PredictedPicture | EndOfVideo]:
    """The sound records of a journal, in their order; those of a video that has no last line are left out.

    Damaged lines are passed over, so that what they stood for is predicted on again.
    """
    finished = {one.file for one in _records(folder, only="video") if isinstance(one, EndOfVideo)}
    for record in _records(folder):
        if isinstance(record, EndOfVideo) or record.frame is None or record.file in finished:
            yield record


def _records(folder: Path, only: str = "") -> Iterator[PredictedPicture | EndOfVideo]:
    for kind, value in _lines(folder, only):
        try:
            if kind == "picture":
                found = validated(value, PredictedPicture)
                if all(is_inside(name) for name in (found.drawn, found.map) if name is not None):
                    yield found
            elif kind == "video":
                end = validated(value, EndOfVideo)
                if end.tracks is None or is_inside(end.tracks):
                    yield end
        except JsonError:
            continue


def _lines(folder: Path, only: str = "") -> Iterator[tuple[str, object]]:
    """Kind and content of each sound line; `only` those of a kind, the others unread."""
    beginning = f'{{"{only}'.encode()
    path = folder / JOURNAL
    if not path.is_file():
        return
    try:
        with path.open("rb") as file:
            for line in file:
                if not line.startswith(beginning):
                    continue
                try:
                    value = parse_json(line)
                except JsonError:
                    continue
                if isinstance(value, dict) and len(value) == 1:
                    yield next(iter(value.items()))
    except OSError as error:
        raise SynthvisError(f"cannot read {path}: {error.strerror or error}", hint="choose another --out") from error


def _kind(record: PredictedPicture | EndOfVideo) -> str:
    return "video" if isinstance(record, EndOfVideo) else "picture"


def _line(kind: str, record: Record) -> bytes:
    values: Mapping[str, object] = {
        key: value for key, value in record.to_dict().items() if value not in (None, [], {})
    }
    return (json.dumps({kind: values}, separators=(",", ":"), allow_nan=False) + "\n").encode()
