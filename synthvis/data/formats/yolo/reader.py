"""Reads one split of a YOLO set from outside: each row is sound or left out, and what was left out is counted."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path, PurePath

from synthvis.data.formats.base import SplitSource
from synthvis.data.formats.yolo.data_yaml import YoloYaml
from synthvis.data.formats.yolo.rows import BadRow, numbers_of
from synthvis.data.left_out import LeftOutCounter
from synthvis.data.picture_lists import UnusablePicture, picture_size_hw, pictures_in
from synthvis.data.sample import LabelledObject, Sample
from synthvis.data.split import EmptySplit
from synthvis.errors import RealDataError, quoted

__all__ = ["ObjectOf", "label_path", "read_samples", "split_pictures"]

ObjectOf = Callable[[str, Sequence[float], tuple[int, int]], LabelledObject]
"""The object of a class name, the numbers of a row, and the picture's height and width; raises BadRow."""

MAX_LABEL_BYTES = 100_000_000
MAX_ROWS = 100_000
PICTURES, LABELS = "images", "labels"
SHOWN_CHARS = 60


def split_pictures(yaml: YoloYaml, split: str) -> list[Path]:
    """The pictures of a split, from its folders and lists.

    Raises:
        RealDataError: One of them is absent or cannot be read.
        EmptySplit: They name no picture.
    """
    found: list[Path] = []
    for place in yaml.splits[split]:
        try:
            found += pictures_in(place) if place.is_dir() else _listed(place)
        except (OSError, UnicodeDecodeError) as error:
            why = getattr(error, "strerror", None) or "it is no text"
            raise RealDataError(f"{yaml.path}: {split} is {place}, which cannot be read: {why}") from error
    if not found:
        places = ", ".join(map(str, yaml.splits[split]))
        raise EmptySplit(f"{yaml.path}: {split} holds no picture in {places}")
    return found


def _listed(file: Path) -> list[Path]:
    lines = (line.strip() for line in file.read_text(encoding="utf-8").splitlines())
    return [file.parent / line for line in lines if line and "\0" not in line]


def label_path(picture: Path) -> Path:
    """Where the rows of a picture are: in labels/ where its path has images/, else beside it."""
    parts = list(picture.parts)
    for index in range(len(parts) - 2, -1, -1):
        if parts[index] == PICTURES:
            parts[index] = LABELS
            break
    return Path(*parts).with_suffix(".txt")


def read_samples(
    source: SplitSource, yaml: YoloYaml, object_of: ObjectOf, counter: LeftOutCounter
) -> tuple[Sample, ...]:
    """Every picture of the split that can be used, with the objects of its rows; without a file it has none."""
    return tuple(_samples(split_pictures(yaml, source.split), yaml, object_of, counter))


def _samples(
    pictures: Sequence[Path], yaml: YoloYaml, object_of: ObjectOf, counter: LeftOutCounter
) -> Iterator[Sample]:
    for number, picture in enumerate(pictures, start=1):
        try:
            image_hw = picture_size_hw(picture)
        except UnusablePicture as unusable:
            counter.add("images", str(unusable), _short(picture.name))
            continue
        objects = tuple(_objects(label_path(picture), yaml.class_names, image_hw, object_of, counter))
        yield Sample(id=number, path=picture, labelled_hw=image_hw, objects=objects)


def _objects(
    file: Path, class_names: Sequence[str], image_hw: tuple[int, int], object_of: ObjectOf, counter: LeftOutCounter
) -> Iterator[LabelledObject]:
    for number, line in _lines(file, counter):
        try:
            index, numbers = numbers_of(line)
            if not 0 <= index < len(class_names):
                raise BadRow("the class is not among the names")
            yield object_of(class_names[index], numbers, image_hw)
        except BadRow as bad:
            counter.add("annotations", str(bad), f"{_short(file.name)} line {number}: {quoted(line, SHOWN_CHARS)}")


def _lines(file: Path, counter: LeftOutCounter) -> Iterator[tuple[int, str]]:
    try:
        if file.stat().st_size > MAX_LABEL_BYTES:
            counter.add("annotations", "a file of more than 100 MB", _short(file.name))
            return
        text = file.read_text(encoding="utf-8")
    except FileNotFoundError:
        return
    except (OSError, ValueError):
        counter.add("annotations", "a file that cannot be read as text", _short(file.name))
        return
    lines = text.splitlines()
    if len(lines) > MAX_ROWS:
        counter.add("annotations", f"rows beyond the first {MAX_ROWS:,} of a file", _short(file.name))
    for number, line in enumerate(lines[:MAX_ROWS], start=1):
        if line.strip():
            yield number, line.strip()


def _short(name: str) -> str:
    return quoted(PurePath(name).name, SHOWN_CHARS)
