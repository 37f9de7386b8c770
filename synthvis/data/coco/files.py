"""Reading COCO files that nobody has vouched for: every shape is looked at before it is used, no path is trusted."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any

from synthvis.errors import DatasetError, quoted

__all__ = ["CocoFile", "image_path", "is_safe_file_name", "load_coco_json", "parse_coco"]

Entry = Mapping[str, Any]
"""An object of the file, whose required fields have been looked at (`REQUIRED`)."""

MAX_COORDINATE = 1e7

REQUIRED = {
    "images": {"id": int, "file_name": str, "width": int, "height": int},
    "annotations": {"id": int, "image_id": int, "category_id": int, "bbox": list},
    "categories": {"id": int, "name": str},
}
"""Fields that each list's entries must have, with their types."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CocoFile:
    """The sound part of a COCO file, indexed, and what was wrong with the rest.

    Attributes:
        images: Image entries by id.
        categories: Category entries by id.
        annotations: Annotations of each image, by image id.
        faults: (rule, image id or None, message) of every entry left out or doubtful.
    """

    images: dict[int, Entry] = field(default_factory=dict)
    categories: dict[int, Entry] = field(default_factory=dict)
    annotations: dict[int, list[Entry]] = field(default_factory=dict)
    faults: list[tuple[str, int | None, str]] = field(default_factory=list)

    @property
    def annotation_count(self) -> int:
        """Sound annotations."""
        return sum(len(entries) for entries in self.annotations.values())


MAX_NAME_BYTES, MAX_PATH_BYTES = 255, 1024
"""NAME_MAX of Linux, and what of its PATH_MAX (4,096) is left to a name beside the folder of the set."""


def image_path(root: Path, split: str, file_name: str) -> Path:
    """Where the image of a COCO entry lies; `file_name` counts from images/SPLIT, or from the dataset folder."""
    if PurePosixPath(file_name).parts[:1] == ("images",):
        return root / file_name
    return root / "images" / split / file_name


def is_safe_file_name(file_name: str) -> bool:
    """Whether a name taken from a JSON file can lie inside the folder it is relative to, on every system."""
    for flavour in (PurePosixPath(file_name), PureWindowsPath(file_name)):
        if flavour.anchor or ".." in flavour.parts:
            return False
    return bool(file_name) and "\0" not in file_name and not _is_too_long(file_name)


def _is_too_long(file_name: str) -> bool:
    """Whether no file system has such a name, so that to ask for the file is an error."""
    encoded = file_name.encode("utf-8", "surrogatepass")
    return len(encoded) > MAX_PATH_BYTES or any(len(part) > MAX_NAME_BYTES for part in encoded.split(b"/"))


def load_coco_json(path: Path) -> Entry:
    """Read a file that ought to be COCO.

    Raises:
        DatasetError: It cannot be read, is no JSON, or has not the three lists of a COCO file.
    """
    try:
        value = json.loads(path.read_bytes())
    except OSError as error:
        raise DatasetError(f"cannot read {path}: {error.strerror or error}") from error
    except (ValueError, RecursionError) as error:
        raise DatasetError(f"{path} is not JSON: {str(error)[:200]}") from error
    if not isinstance(value, dict):
        raise DatasetError(f"{path} is not COCO: it holds a {type(value).__name__}, not an object")
    absent = [name for name in REQUIRED if not isinstance(value.get(name), list)]
    if absent:
        raise DatasetError(f"{path} is not COCO: no list {', '.join(repr(name) for name in absent)}")
    return value


def parse_coco(value: Entry) -> CocoFile:
    """Index the sound entries of a COCO object and list the faults of the others."""
    coco = CocoFile()
    for name in ("images", "categories"):
        target = coco.images if name == "images" else coco.categories
        for entry in _sound_entries(value, name, coco.faults):
            target.setdefault(entry["id"], entry)
    for entry in _sound_entries(value, "annotations", coco.faults):
        image_id = entry["image_id"]
        if image_id not in coco.images:
            coco.faults.append(
                (
                    "ids",
                    None,
                    f"annotation {_short(entry['id'])} belongs to image {_short(image_id)}, which is not there",
                )
            )
            continue
        if entry["category_id"] not in coco.categories:
            category = _short(entry["category_id"])
            message = f"annotation {_short(entry['id'])} has category {category}, which is not there"
            coco.faults.append(("ids", image_id, message))
        coco.annotations.setdefault(image_id, []).append(entry)
    return coco


def _sound_entries(value: Entry, name: str, faults: list[tuple[str, int | None, str]]) -> Iterator[Entry]:
    ids: Counter[int] = Counter()
    for position, entry in enumerate(value[name]):
        fault = _fault_of(entry, name)
        if fault:
            faults.append(("structure", None, f"{name}[{position}]: {fault}"))
            continue
        ids[entry["id"]] += 1
        image_id = entry["id"] if name == "images" else entry.get("image_id")
        if entry["id"] < 1:
            faults.append(("ids", image_id, f"{name}[{position}] has id {_short(entry['id'])}; ids start at 1"))
        if ids[entry["id"]] == 2:
            faults.append(("ids", image_id, f"id {_short(entry['id'])} appears more than once in {name}"))
        if name == "images" and not is_safe_file_name(entry["file_name"]):
            message = f"file name {quoted(entry['file_name'], 80)} cannot lie in the dataset; it was not opened"
            faults.append(("file-name", image_id, message))
            continue
        yield entry


def _short(number: int) -> str:
    return quoted(number, 24)


def _fault_of(entry: object, name: str) -> str | None:
    if not isinstance(entry, dict):
        return f"is a {type(entry).__name__}, not an object"
    for key, wanted in REQUIRED[name].items():
        if key not in entry:
            return f"has no {key!r}"
        if not isinstance(entry[key], wanted) or isinstance(entry[key], bool):
            return f"{key!r} is {quoted(entry[key], 40)}, not {'a ' if wanted is not int else 'an '}{wanted.__name__}"
    if name == "annotations" and not _is_box(entry["bbox"]):
        return f"'bbox' is {quoted(entry['bbox'], 60)}, not four numbers"
    return None


def _is_box(value: list[Any]) -> bool:
    # NaN and infinities are no sides either.
    return len(value) == 4 and all(type(side) in (int, float) and abs(side) < MAX_COORDINATE for side in value)
