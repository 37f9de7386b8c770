"""Labelled objects written as a COCO folder: what `synthvis.data.coco.reader` reads back as it was."""

from __future__ import annotations

import itertools
import json
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, Any

from synthvis.conventions import NAMESPACE
from synthvis.data.coco.films import film_entries
from synthvis.data.formats.base import ExportedImage, NamedSplit
from synthvis.data.sample import LabelledObject, Segmentation
from synthvis.data.split import Split
from synthvis.formats.atomic import replacing

__all__ = ["annotation_entries", "category_entries", "coco_content", "entry_text", "image_entry", "write_coco_split"]

KEYPOINTS_OF_OBJECT = ("keypoints", "num_keypoints")
KEYPOINTS_OF_CATEGORY = ("keypoints", "flip_pairs", "sigmas")

Entry = dict[str, Any]


def write_coco_split(named: NamedSplit, folder: Path) -> None:
    """Write annotations/instances_SPLIT.json, and keypoints_SPLIT.json with the objects of classes that have keypoints.

    Pictures are those of images/SPLIT. One image at a time is held.

    Raises:
        DatasetError: The file that the split came from cannot be read any more.
    """
    split, place = named.split, folder / "annotations"
    categories = category_entries(split)
    with_points = {number for name, number in split.category_ids.items() if name in split.keypoints}
    with ExitStack() as open_files:
        instances = open_files.enter_context(_growing(place / f"instances_{named.name}.json", split))
        keypoints = None
        if with_points:
            keypoints = open_files.enter_context(_growing(place / f"keypoints_{named.name}.json", split))
        numbers = itertools.count(1)
        for one in named:
            image, annotations = image_entry(one), list(annotation_entries(one, numbers))
            instances.add(image, (_without(entry, KEYPOINTS_OF_OBJECT) for entry in annotations))
            if keypoints is not None:
                keypoints.add(image, (entry for entry in annotations if entry["category_id"] in with_points))
        instances.close([_without(one, KEYPOINTS_OF_CATEGORY) for one in categories])
        if keypoints is not None:
            keypoints.close([one for one in categories if one["id"] in with_points])


def _without(entry: Entry, keys: tuple[str, ...]) -> Entry:
    return {key: value for key, value in entry.items() if key not in keys}


@contextmanager
def _growing(path: Path, split: Split) -> Iterator[_GrowingFile]:
    head = "".join(f'"{key}":{entry_text(value)},' for key, value in _head(split).items())
    with replacing(path) as file, tempfile.TemporaryFile(dir=path.parent) as annotations:
        file.write(f'{{{head}"images":['.encode())
        yield _GrowingFile(file, annotations)


class _GrowingFile:
    """A COCO file: images go to it as they are met, annotations wait in another without a name, which vanishes."""

    def __init__(self, file: IO[bytes], annotations: IO[bytes]) -> None:
        self._file, self._annotations = file, annotations
        self._is_empty = {file: True, annotations: True}

    def add(self, image: Entry, annotations: Iterable[Entry]) -> None:
        """An image and its annotations."""
        self._append(self._file, image)
        for entry in annotations:
            self._append(self._annotations, entry)

    def _append(self, file: IO[bytes], entry: Entry) -> None:
        file.write(f"{'' if self._is_empty[file] else ','}{entry_text(entry)}".encode())
        self._is_empty[file] = False

    def close(self, categories: Sequence[Entry]) -> None:
        """What comes after the images."""
        self._file.write(b'],"annotations":[')
        self._annotations.seek(0)
        shutil.copyfileobj(self._annotations, self._file)
        self._file.write(f'],"categories":{entry_text(categories)}}}\n'.encode())


def entry_text(entry: object) -> str:
    """JSON in one line; NaN and infinities, which are no JSON, become null."""
    try:
        return json.dumps(entry, separators=(",", ":"), allow_nan=False)
    except ValueError:
        return entry_text(json.loads(json.dumps(entry), parse_constant=lambda _: None))


def coco_content(named: NamedSplit) -> Entry:
    """A split, in memory, as the object that a COCO file holds; errors are those of `write_coco_split`."""
    numbers = itertools.count(1)
    return {
        **_head(named.split),
        "images": [image_entry(one) for one in named],
        "annotations": [entry for one in named for entry in annotation_entries(one, numbers)],
        "categories": category_entries(named.split),
    }


def image_entry(one: ExportedImage) -> Entry:
    """The image entry, with what the file of the image said of it."""
    image = one.image
    height, width = image.image_hw
    camera = {} if image.camera_facts is None else {NAMESPACE: dict(image.camera_facts)}
    frame = {} if image.video_id is None else {"video_id": image.video_id, "frame_id": image.frame_id}
    return {
        **camera,
        **(image.more or {}),
        **frame,
        "id": image.id,
        "file_name": one.file_name,
        "width": width,
        "height": height,
    }


def annotation_entries(one: ExportedImage, numbers: Iterator[int | None]) -> Iterator[Entry]:
    """The entries of the objects of an image, each with the next number as its id."""
    for labelled, number in zip(one.image.objects, numbers, strict=False):
        yield _annotation(number, one.image.id, labelled, one.split.category_ids[labelled.class_name])


def category_entries(split: Split) -> list[Entry]:
    """The entries of the classes of a split, with what its file said of them."""
    return [_category(name, split) for name in split.category_ids]


def _head(split: Split) -> Entry:
    """What stands before the images: info and films, where there are some."""
    info = {} if split.source is None else split.source.info
    films = film_entries(split.films.values())
    return {**({"info": info} if info else {}), **({"videos": films} if films else {})}


def _annotation(number: int | None, image_id: int, one: LabelledObject, category_id: int) -> Entry:
    entry: Entry = {
        "id": number,
        "image_id": image_id,
        "category_id": category_id,
        "bbox": list(one.bbox_xywh_px),
        "area": one.area_px,
        "iscrowd": int(one.is_crowd),
    }
    if one.track_id is not None:
        entry["track_id"] = one.track_id
    if one.segmentation is not None:
        entry["segmentation"] = _plain(one.segmentation)
    if one.keypoints_xyv_px:
        entry["keypoints"] = [value for point in one.keypoints_xyv_px for value in point]
        entry["num_keypoints"] = sum(seen > 0 for _, _, seen in one.keypoints_xyv_px)
    facts = {**(one.more or {}), **_render_facts(one)}
    return {**entry, NAMESPACE: facts} if facts else entry


def _render_facts(one: LabelledObject) -> dict[str, object]:
    boxes = {
        "amodal_bbox": one.amodal_bbox_xywh_px,
        "body_bbox": one.body_bbox_xywh_px,
        "amodal_body_bbox": one.amodal_body_bbox_xywh_px,
    }
    facts: dict[str, object] = {name: list(box) for name, box in boxes.items() if box is not None}
    if one.instance_id is not None:
        facts["instance_id"] = one.instance_id
    if one.visible_fraction != 1.0:
        facts["visible_fraction"] = one.visible_fraction
    if one.cam_from_object is not None:
        facts["cam_from_object"] = one.cam_from_object.rows()
    return facts


def _plain(segmentation: Segmentation) -> Segmentation:
    """As JSON takes it: masks that lie in files of their own are read."""
    return dict(segmentation) if isinstance(segmentation, Mapping) else segmentation


def _category(name: str, split: Split) -> Entry:
    number = split.category_ids[name]
    there = {} if split.source is None else split.source.categories.get(number, {})
    entry: Entry = {**there, "id": number, "name": name}
    if own := split.keypoints.get(name):
        entry["keypoints"] = list(own.names)
        entry |= {"flip_pairs": own.flip_pairs} if own.flip_pairs else {}
        entry |= {"sigmas": own.sigmas} if own.sigmas else {}
    return entry
