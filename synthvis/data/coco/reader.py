"""Reads COCO files from outside: each entry is sound or left out, and what was left out is counted by reason.

A split is held, as trainings want it, or indexed, as exports do: then its entries stay in the file, and an access to an
image reads those of the image again.
"""

from __future__ import annotations

import gc
import json
from array import array
from collections.abc import Callable, Iterator, Mapping, Sequence, Sized
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from synthvis.conventions import NAMESPACE
from synthvis.data.coco.annotations import Unusable, clipped_xywh_px, labelled_box, overhang_px
from synthvis.data.coco.categories import FORMAT_HINT, SHOWN_CHARS, CocoCategory, categories_of, short
from synthvis.data.coco.films import TrackNumbers, films_of
from synthvis.data.coco.images import ImageHw, fault_of_image, sample_of, usable_images
from synthvis.data.left_out import LeftOut, LeftOutCounter, Part
from synthvis.data.sample import LabelledObject, Sample
from synthvis.data.sample_lists import SamplesOnDisk
from synthvis.data.split import EmptySplit, SourceFile, Split
from synthvis.errors import DatasetError, RealDataError, SynthvisError, quoted
from synthvis.formats.json_lists import ListOnDisk, load_with_lists_on_disk

__all__ = ["index_coco_split", "read_coco_split"]

PARTS: tuple[Part, ...] = ("images", "annotations", "categories")

CLIPPED_FROM_PX = 1.0
"""Exporters round: a box that reaches less than this out of its picture stays as it is."""

NUMBERS_AN_ENTRY = 16
"""Ids up to this many times the count of entries are looked up in an array."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Content:
    """A COCO file, the entries of its three lists, and of its films, not yet looked at."""

    info: Mapping[str, object]
    images: Sequence[Any]
    annotations: Sequence[Any]
    categories: Sequence[Any]
    videos: object


@dataclass(frozen=True, slots=True, kw_only=True)
class _Boxes:
    """What is needed to make labelled boxes of annotations.

    Attributes:
        sizes: Height and width of each image by id.
        names: Of the categories by id.
        keypoint_counts: Of the categories by id; None: none.
    """

    sizes: Mapping[int, ImageHw]
    names: Mapping[int, str]
    keypoint_counts: Mapping[int, int | None]

    @classmethod
    def of(cls, categories: Mapping[int, CocoCategory], sizes: Mapping[int, ImageHw]) -> _Boxes:
        """For these categories and images."""
        counts = {k: None if one.keypoints is None else len(one.keypoints.names) for k, one in categories.items()}
        return cls(sizes=sizes, names={k: one.name for k, one in categories.items()}, keypoint_counts=counts)

    def box(self, entry: Any, *, look_at_runs: bool) -> tuple[LabelledObject, LabelledObject]:
        """The box as it stands in the file, and clipped to its picture; raises Unusable."""
        found = labelled_box(entry, self.sizes, self.names, self.keypoint_counts, look_at_runs=look_at_runs)
        image_hw = self.sizes[entry["image_id"]]
        if overhang_px(found.bbox_xywh_px, image_hw) <= CLIPPED_FROM_PX:
            return found, found
        return found, replace(found, bbox_xywh_px=clipped_xywh_px(found.bbox_xywh_px, image_hw))


Found = Iterator[tuple[int, int, LabelledObject]]
"""Place in the list, id of the image, and box of each annotation that can be used."""

Collect = Callable[[_Content, Mapping[int, int], _Boxes, Found, Path], tuple[Sequence[Sample], Sized]]
"""Makes samples of images by id; gives them, and something as long as there are boxes."""


def read_coco_split(annotations: Path, image_dir: Path, *, name: str, split: str, kind: str) -> Split:
    """Read a COCO instances or keypoints file.

    Entries that cannot be used are left out and counted in `left_out` of the split; boxes that reach out of their
    picture are clipped to it.

    Raises:
        RealDataError: The file cannot be read, is not COCO, or nothing of its images, annotations or categories is
            left.
        EmptySplit: It lists no image.
    """
    with _without_collector():
        content = _load(annotations, lambda path: json.loads(path.read_bytes()))
        return _split_of(content, annotations, image_dir, _held, name=name, split=split, kind=kind)


def index_coco_split(annotations: Path, image_dir: Path, *, name: str, split: str, kind: str) -> Split:
    """As `read_coco_split`, but each access to an image reads its entries from the file, which samples carry as `more`.

    Raises:
        RealDataError: As `read_coco_split`.
        EmptySplit: It lists no image.
        DatasetError: At an access: the file was changed since.
    """
    content = _load(annotations, load_with_lists_on_disk)
    return _split_of(content, annotations, image_dir, _indexed, name=name, split=split, kind=kind)


@contextmanager
def _without_collector() -> Iterator[None]:
    """Millions of new objects, all of them needed: looking for cycles among them would double the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _load(path: Path, load: Callable[[Path], Any]) -> _Content:
    try:
        content = load(path)
    except OSError as error:
        raise RealDataError(f"cannot read {path}: {error.strerror or error}") from error
    except MemoryError as error:
        raise RealDataError(f"{path} is too large for the memory of this machine") from error
    except RecursionError as error:
        raise RealDataError(f"{path} is not COCO: it is nested too deep", hint=FORMAT_HINT) from error
    except ValueError as error:
        raise RealDataError(f"{path} is not JSON: {str(error)[:200]}") from error
    found = content if isinstance(content, dict) else {}
    missing = [key for key in PARTS if not isinstance(found.get(key), list | ListOnDisk)]
    if missing:
        raise RealDataError(f"{path} is not COCO: it has no list {', '.join(map(repr, missing))}", hint=FORMAT_HINT)
    info = found.get("info")
    lists = {key: found[key] for key in PARTS}
    return _Content(info=info if isinstance(info, dict) else {}, videos=found.get("videos"), **lists)


def _split_of(
    content: _Content, path: Path, image_dir: Path, collect: Collect, *, name: str, split: str, kind: str
) -> Split:
    try:
        if not content.images:
            raise EmptySplit("it lists no image", hint="an empty set can neither be trained on nor measured")
        counter = LeftOutCounter()
        categories = categories_of(content.categories, counter)
        images = usable_images(content.images, counter)
        boxes = _Boxes.of(categories, images.sizes)
        found = _sound_boxes(content.annotations, boxes, counter, look_at_runs=kind == "real")
        samples, kept = collect(content, images.positions, boxes, found, image_dir)
        films = films_of(content.videos, images.films, counter)
        left_out = counter.result()
        _check_some_left("categories", content.categories, categories, left_out)
        _check_some_left("images", content.images, images.positions, left_out)
        _check_some_left("annotations", content.annotations, kept, left_out)
    except SynthvisError as error:
        kind_of_error = EmptySplit if isinstance(error, EmptySplit) else RealDataError
        raise kind_of_error(f"{path}: {error.what}", hint=error.hint) from error
    by_id = [categories[number] for number in sorted(categories)]
    entries = {one["id"]: one for one in content.categories if isinstance(one, dict) and isinstance(one.get("id"), int)}
    return Split(
        name=name,
        kind=kind,
        split=split,
        images=samples,
        class_names=tuple(category.name for category in by_id),
        category_ids={category.name: category.id for category in by_id},
        keypoints={one.name: one.keypoints for one in categories.values() if one.keypoints is not None},
        films=films,
        left_out=left_out,
        source=SourceFile(path=path, info=content.info, categories=entries),
    )


def _check_some_left(part: Part, entries: Sized, kept: Sized, left_out: LeftOut) -> None:
    if len(entries) and not len(kept):
        what = f"none of its {len(entries)} {part} can be used: {left_out.first_of(part)}"
        raise RealDataError(what, hint=FORMAT_HINT)


def _held(
    content: _Content, positions: Mapping[int, int], boxes: _Boxes, found: Found, image_dir: Path
) -> tuple[Sequence[Sample], Sized]:
    by_image: dict[int, list[LabelledObject]] = {}
    for _, image_id, box in found:
        by_image.setdefault(image_id, []).append(box)
    samples = tuple(
        sample_of(content.images[position], image_dir, by_image.get(number, ()), keep=False)
        for number, position in sorted(positions.items())
    )
    return samples, by_image


def _indexed(
    content: _Content, positions: Mapping[int, int], boxes: _Boxes, found: Found, image_dir: Path
) -> tuple[Sequence[Sample], Sized]:
    ids = tuple(sorted(positions))
    rank_of = {number: rank for rank, number in enumerate(ids)}
    annotations, ranks = array("q"), array("q")
    for position, image_id, _ in found:
        annotations.append(position)
        ranks.append(rank_of[image_id])
    by_image = np.argsort(ranks, kind="stable")
    index = _Index(
        content=content,
        boxes=boxes,
        image_dir=image_dir,
        images=array("q", (positions[number] for number in ids)),
        annotations=np.array(annotations, dtype=np.int64)[by_image],
        starts=np.searchsorted(np.array(ranks, dtype=np.int64)[by_image], np.arange(len(ids) + 1)),
    )
    return SamplesOnDisk(ids=ids, read=index.sample), annotations


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Index:
    """Where the entries of each image are.

    Attributes:
        content: The file.
        boxes: Makes labelled boxes of its annotations.
        image_dir: Where its pictures lie.
        images: Place of each image in the list of images, in order of their ids.
        annotations: Places in the list of annotations, image by image.
        starts: Where those of each image start in `annotations`, and where the last ones end.
    """

    content: _Content
    boxes: _Boxes
    image_dir: Path
    images: Sequence[int]
    annotations: NDArray[np.int64]
    starts: NDArray[np.int64]

    def sample(self, position: int) -> Sample:
        """The image at a position, read again."""
        try:
            entry = self.content.images[self.images[position]]
            objects = [self._object(one) for one in self._positions(position)]
        except (OSError, ValueError, Unusable) as error:
            raise self._changed() from error
        if fault_of_image(entry):
            raise self._changed()
        return sample_of(entry, self.image_dir, objects, keep=True)

    def _positions(self, position: int) -> list[int]:
        """Where its annotations are in their list."""
        found: list[int] = self.annotations[self.starts[position] : self.starts[position + 1]].tolist()
        return found

    def _object(self, position: int) -> LabelledObject:
        entry = self.content.annotations[position]
        _, box = self.boxes.box(entry, look_at_runs=False)
        more = entry.get(NAMESPACE)
        return replace(box, more=more) if isinstance(more, dict) else box

    def _changed(self) -> DatasetError:
        return DatasetError(
            f"the annotations of {self.image_dir} were changed while they were read", hint="run the same command again"
        )


def _sound_boxes(entries: Sequence[Any], boxes: _Boxes, counter: LeftOutCounter, *, look_at_runs: bool) -> Found:
    taken, tracks = _Numbers(NUMBERS_AN_ENTRY * len(entries)), TrackNumbers()
    for position, entry in enumerate(entries):
        try:
            stated, box = boxes.box(entry, look_at_runs=look_at_runs)
            number = _new_id(entry, taken)
            tracks.take(entry["image_id"], box.track_id)
        except Unusable as unusable:
            counter.add("annotations", unusable.reason, _shown(entry, unusable.found))
            continue
        if box is not stated:
            example = f"annotation {short(number)}: {quoted(list(stated.bbox_xywh_px), SHOWN_CHARS)}"
            counter.add("annotations", "box reaches out of its picture", example, "clipped")
        yield position, entry["image_id"], box


class _Numbers:
    """Whole numbers that were met; small ones take a byte each."""

    def __init__(self, small_below: int) -> None:
        self._small, self._others = bytearray(small_below), set[int]()

    def add(self, number: int) -> bool:
        """Whether a number is new."""
        if 0 <= number < len(self._small):
            is_new = not self._small[number]
            self._small[number] = 1
            return is_new
        is_new = number not in self._others
        self._others.add(number)
        return is_new


def _new_id(entry: Any, taken: _Numbers) -> int | None:
    """The annotation's id, which nothing but messages needs: it may be absent, but neither odd nor taken."""
    number = entry.get("id")
    if number is None:
        return None
    if type(number) is not int:
        raise Unusable("id is not a whole number", number)
    if not taken.add(number):
        raise Unusable("id is taken by another annotation", number)
    return number


def _shown(entry: object, found: object) -> str:
    number = entry.get("id") if isinstance(entry, dict) else None
    return f"annotation {short(number)}: {quoted(found, SHOWN_CHARS)}"
