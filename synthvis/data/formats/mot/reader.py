"""Reads one film from outside: each row is sound or left out, and what was left out is counted by reason."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from synthvis.data.coco.annotations import clipped_xywh_px, overhang_px
from synthvis.data.formats.mot.classes import CHALLENGE_CLASSES, PERSON, is_of_distractors
from synthvis.data.formats.mot.layout import FilmFolder
from synthvis.data.formats.mot.rows import BadRow, MotRow, row_of
from synthvis.data.left_out import LeftOutCounter
from synthvis.data.picture_lists import UnusablePicture, picture_size_hw, pictures_in
from synthvis.data.sample import LabelledObject, Sample
from synthvis.errors import RealDataError, quoted

__all__ = ["read_film"]

MAX_LABEL_BYTES = 1_000_000_000
SHOWN_CHARS = 60
CLIPPED_FROM_PX = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    number: int
    text: str
    row: MotRow


def read_film(
    film: FilmFolder, video_id: int, first_id: int, classes: Sequence[str] | None, counter: LeftOutCounter
) -> tuple[Sample, ...]:
    """The frames of a film that can be used, in order.

    Args:
        film: Where it lies.
        video_id: The number that it gets.
        first_id: The number of its first image.
        classes: Names of the classes; None: those of the challenge, of which some are regions to ignore.
        counter: Counts what is left out.

    Raises:
        RealDataError: Its pictures or its boxes cannot be read.
    """
    frames = _frames(film, counter)
    lines = _by_frame(film, frames, counter)
    return tuple(
        Sample(
            id=first_id + place,
            path=path,
            labelled_hw=image_hw,
            objects=tuple(_objects(lines.get(frame, ()), image_hw, classes, film, counter)),
            video_id=video_id,
            frame_id=frame,
        )
        for place, (frame, (path, image_hw)) in enumerate(sorted(frames.items()))
    )


def _frames(film: FilmFolder, counter: LeftOutCounter) -> dict[int, tuple[Path, tuple[int, int]]]:
    """Picture and size by frame number, which is the name of the file."""
    try:
        pictures = pictures_in(film.pictures)
    except OSError as error:
        raise RealDataError(f"cannot read {film.pictures}: {error.strerror or error}") from error
    found: dict[int, tuple[Path, tuple[int, int]]] = {}
    for path in pictures:
        if not (path.stem.isascii() and path.stem.isdigit() and len(path.stem) < 16 and int(path.stem) > 0):
            counter.add("images", "its name is no number of a frame", quoted(path.name, SHOWN_CHARS))
        elif int(path.stem) in found:
            counter.add("images", "another picture is that frame", quoted(path.name, SHOWN_CHARS))
        else:
            try:
                found[int(path.stem)] = (path, picture_size_hw(path))
            except UnusablePicture as unusable:
                counter.add("images", str(unusable), quoted(path.name, SHOWN_CHARS))
    return found


def _by_frame(film: FilmFolder, frames: Mapping[int, object], counter: LeftOutCounter) -> dict[int, list[_Line]]:
    found: dict[int, list[_Line]] = {}
    taken: set[tuple[int, int]] = set()
    for line in _lines(film, counter):
        row = line.row
        if row.frame not in frames:
            counter.add("annotations", "its frame has no picture", _shown(film, line.number, line.text))
        elif row.track_id is not None and (row.frame, row.track_id) in taken:
            counter.add("annotations", "its track has another box in that frame", _shown(film, line.number, line.text))
        else:
            found.setdefault(row.frame, []).append(line)
            taken |= set() if row.track_id is None else {(row.frame, row.track_id)}
    return found


def _lines(film: FilmFolder, counter: LeftOutCounter) -> Iterator[_Line]:
    path = film.ground_truth
    try:
        if path.stat().st_size > MAX_LABEL_BYTES:
            raise RealDataError(f"{path} has more than 1 GB")
        with path.open(encoding="utf-8") as file:
            for number, text in enumerate(file, start=1):
                if not text.strip():
                    continue
                try:
                    yield _Line(number=number, text=text.strip(), row=row_of(text))
                except BadRow as bad:
                    counter.add("annotations", str(bad), _shown(film, number, text))
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "it is no text"
        raise RealDataError(f"cannot read {path}: {why}") from error


def _objects(
    lines: Sequence[_Line],
    image_hw: tuple[int, int],
    classes: Sequence[str] | None,
    film: FilmFolder,
    counter: LeftOutCounter,
) -> Iterator[LabelledObject]:
    height, width = image_hw
    for line in lines:
        x, y, box_width, box_height = box = line.row.bbox_xywh_px
        if x >= width or y >= height or x + box_width <= 0 or y + box_height <= 0:
            counter.add("annotations", "box lies outside its picture", _shown(film, line.number, line.text))
            continue
        one = _object(line.row, classes)
        if one is None:
            counter.add("annotations", "the class is not among the names", _shown(film, line.number, line.text))
            continue
        if overhang_px(box, image_hw) > CLIPPED_FROM_PX:
            counter.add(
                "annotations", "box reaches out of its picture", _shown(film, line.number, line.text), "clipped"
            )
            clipped = clipped_xywh_px(box, image_hw)
            one = replace(one, bbox_xywh_px=clipped, area_px=clipped[2] * clipped[3])
        yield one


def _object(row: MotRow, classes: Sequence[str] | None) -> LabelledObject | None:
    """The object of a row; None where it names a class that there is not."""
    names = CHALLENGE_CLASSES if classes is None else classes
    number = 1 if row.class_number is None else row.class_number
    if not 1 <= number <= len(names):
        return None
    class_name = names[number - 1]
    is_distractor = classes is None and is_of_distractors(class_name)
    return LabelledObject(
        class_name=PERSON if is_distractor else class_name,
        bbox_xywh_px=row.bbox_xywh_px,
        area_px=row.bbox_xywh_px[2] * row.bbox_xywh_px[3],
        is_crowd=is_distractor or not row.is_considered,
        visible_fraction=row.visible_fraction,
        track_id=row.track_id,
    )


def _shown(film: FilmFolder, number: int, text: str) -> str:
    return f"{quoted(film.root.name, SHOWN_CHARS)} line {number}: {quoted(text.strip(), SHOWN_CHARS)}"
