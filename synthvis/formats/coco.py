"""COCO files: the merge of the records of all images into one file for each task and split."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from synthvis.errors import DatasetError
from synthvis.formats.atomic import replacing
from synthvis.formats.image_record import ImageRecord, read_record
from synthvis.formats.json_file import JsonObject, compact_json
from synthvis.objects.spec import Category

__all__ = ["MergeCounts", "category_entries", "merge_records"]

KEYPOINT_FIELDS = ("keypoints", "num_keypoints")


@dataclass(frozen=True, slots=True)
class MergeCounts:
    """What went into the COCO files of one split."""

    images: int
    annotations: int
    keypoint_annotations: int


def category_entries(categories: Iterable[Category], *, keypoints: bool) -> list[JsonObject]:
    """COCO `categories`, by id; with `keypoints` only those that have some, with names and 1-based skeleton."""
    entries: list[JsonObject] = []
    for category in sorted(categories, key=lambda category: category.id):
        if keypoints and not category.keypoints:
            continue
        points = {
            "keypoints": list(category.keypoints),
            "skeleton": [[first + 1, second + 1] for first, second in category.skeleton],
        }
        entry = {"id": category.id, "name": category.name, "supercategory": category.supercategory}
        entries.append({**entry, **(points if keypoints else {})})
    return entries


def merge_records(
    record_paths: Iterable[Path],
    categories: Sequence[Category],
    info: JsonObject,
    *,
    instances_path: Path,
    keypoints_path: Path,
) -> MergeCounts:
    """Write the COCO files of one split in one pass over its records, holding one record at a time.

    Images come in order of their id and annotations in order of (image id, instance id); annotation ids count from 1
    in each file. Equal records give equal bytes.

    Args:
        record_paths: Records of the split, named by image stem.
        categories: All categories of the dataset.
        info: COCO `info`; must hold no clock.
        instances_path: Where to write the COCO instances file.
        keypoints_path: Where to write the COCO keypoints file.

    Raises:
        DatasetError: A record is broken.
    """
    with tempfile.TemporaryDirectory(prefix=".merge.", dir=_made(instances_path.parent)) as scratch:
        images = _Section(Path(scratch) / "images")
        instances = _Section(Path(scratch) / "instances")
        keypoints = _Section(Path(scratch) / "keypoints")
        videos: dict[int, JsonObject] = {}
        with images, instances, keypoints:
            for path in sorted(record_paths, key=lambda path: (len(path.stem), path.stem)):
                _append_record(path, images, instances, keypoints, videos)
        for target, section, with_keypoints in (
            (instances_path, instances, False),
            (keypoints_path, keypoints, True),
        ):
            entries = category_entries(categories, keypoints=with_keypoints)
            _assemble(target, info, images, section, entries, list(videos.values()))
    return MergeCounts(images.count, instances.count, keypoints.count)


class _Section:
    """The growing text of one JSON array, on disk."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.count = 0
        self._file: IO[bytes] = path.open("wb")

    def __enter__(self) -> _Section:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def add(self, entry: JsonObject) -> None:
        """Append one element."""
        self._file.write((",\n" if self.count else "\n").encode() + compact_json(entry).encode())
        self.count += 1


def _append_record(
    path: Path, images: _Section, instances: _Section, keypoints: _Section, videos: dict[int, JsonObject]
) -> None:
    record = read_record(path)
    video = record.image.video
    if video is not None:
        videos.setdefault(video.id, video.values)
    try:
        _append(record, images, instances, keypoints)
    except ValueError as error:
        hint = "delete it and render again"
        raise DatasetError(f"record {path} cannot be merged: {str(error)[:100]}", hint=hint) from error


def _append(record: ImageRecord, images: _Section, instances: _Section, keypoints: _Section) -> None:
    images.add(record.image.values)
    for entry in record.annotations:
        bare = {key: value for key, value in entry.values.items() if key not in KEYPOINT_FIELDS}
        instances.add({"id": instances.count + 1, **bare})
        if entry.has_keypoints:
            keypoints.add({"id": keypoints.count + 1, **entry.values})


def _assemble(
    target: Path,
    info: JsonObject,
    images: _Section,
    annotations: _Section,
    categories: list[JsonObject],
    videos: list[JsonObject],
) -> None:
    with replacing(target) as file:
        top = {"info": info, "licenses": [], "categories": categories, **({"videos": videos} if videos else {})}
        head = json.dumps(top, ensure_ascii=False, indent=1, allow_nan=False)
        file.write(head[:-2].encode())
        for name, section in (("images", images), ("annotations", annotations)):
            file.write(f',\n "{name}": ['.encode())
            with section.path.open("rb") as part:
                shutil.copyfileobj(part, file)
            file.write(b"\n ]")
        file.write(b"\n}\n")


def _made(folder: Path) -> Path:
    os.makedirs(folder, exist_ok=True)
    return folder
