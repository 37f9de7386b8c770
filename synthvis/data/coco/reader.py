"""Reads COCO files from outside: each entry is sound or left out, and what was left out is counted by reason."""

from __future__ import annotations

import gc
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from synthvis.conventions import NAMESPACE
from synthvis.data.coco.annotations import Unusable, clipped_xywh_px, labelled_box, overhang_px
from synthvis.data.coco.files import is_safe_file_name
from synthvis.data.left_out import LeftOut, LeftOutCounter, Part
from synthvis.data.sample import KeypointNames, LabelledObject, Sample
from synthvis.data.split import EmptySplit, Split, class_key
from synthvis.errors import RealDataError, SynthvisError, quoted
from synthvis.formats.image_size import MAX_IMAGE_PIXELS

__all__ = ["read_coco_split"]

PARTS: tuple[Part, ...] = ("images", "annotations", "categories")
FORMAT_HINT = "see https://cocodataset.org/#format-data: images, annotations and categories, boxes as [x, y, w, h]"
MAX_NAME_CHARS = 200
SHOWN_CHARS = 80
"""Of one entry in a message."""

CLIPPED_FROM_PX = 1.0
"""Exporters round: a box that reaches less than this out of its picture stays as it is."""

Sizes = dict[int, tuple[int, int]]


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
        content = _load_object(annotations)
        try:
            found = _split_of(content, image_dir, name=name, split=split, kind=kind)
            return replace(found, source=annotations)
        except SynthvisError as error:
            kind_of_error = EmptySplit if isinstance(error, EmptySplit) else RealDataError
            raise kind_of_error(f"{annotations}: {error.what}", hint=error.hint) from error


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


def _load_object(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(path.read_bytes())
    except OSError as error:
        raise RealDataError(f"cannot read {path}: {error.strerror or error}") from error
    except MemoryError as error:
        raise RealDataError(f"{path} is too large for the memory of this machine") from error
    except RecursionError as error:
        raise RealDataError(f"{path} is not COCO: it is nested too deep", hint=FORMAT_HINT) from error
    except ValueError as error:
        raise RealDataError(f"{path} is not JSON: {str(error)[:200]}") from error
    found = content if isinstance(content, dict) else {}
    missing = [key for key in PARTS if not isinstance(found.get(key), list)]
    if missing:
        raise RealDataError(f"{path} is not COCO: it has no list {', '.join(map(repr, missing))}", hint=FORMAT_HINT)
    return found


def _split_of(content: Mapping[str, Any], image_dir: Path, *, name: str, split: str, kind: str) -> Split:
    if not content["images"]:
        raise EmptySplit("it lists no image", hint="an empty set can neither be trained on nor measured")
    counter = LeftOutCounter()
    categories = _categories(content["categories"], counter)
    names = {number: str(entry["name"]) for number, entry in categories.items()}
    keypoints = {names[key]: _keypoint_names(entry) for key, entry in categories.items() if entry.get("keypoints")}
    images = _images(content["images"], counter)
    sizes = {number: (entry["height"], entry["width"]) for number, entry in images.items()}
    counts = {number: len(keypoints[own].names) if own in keypoints else None for number, own in names.items()}
    boxes = _boxes_by_image(content["annotations"], sizes, (names, counts), counter, look_at_runs=kind == "real")
    left_out = counter.result()
    _check_some_left(content, {"categories": names, "images": images, "annotations": boxes}, left_out)
    return Split(
        name=name,
        kind=kind,
        split=split,
        images=tuple(
            Sample(
                id=number,
                path=image_dir / images[number]["file_name"],
                labelled_hw=sizes[number],
                objects=tuple(boxes.get(number, ())),
                camera_facts=_camera_facts(images[number]),
            )
            for number in sorted(images)
        ),
        class_names=tuple(names[key] for key in sorted(names)),
        category_ids={names[key]: key for key in sorted(names)},
        keypoints=keypoints,
        left_out=left_out,
    )


def _check_some_left(content: Mapping[str, Any], kept: Mapping[Part, Mapping[Any, Any]], left_out: LeftOut) -> None:
    for part, entries in kept.items():
        if content[part] and not entries:
            raise RealDataError(
                f"none of its {len(content[part])} {part} can be used: {left_out.first_of(part)}", hint=FORMAT_HINT
            )


def _categories(entries: Sequence[object], counter: LeftOutCounter) -> dict[int, Mapping[str, Any]]:
    found: dict[int, Mapping[str, Any]] = {}
    for entry in entries:
        if not isinstance(entry, dict):
            counter.add("categories", "not an object", quoted(entry, SHOWN_CHARS))
        elif type(entry.get("id")) is not int:
            counter.add("categories", "id is not a whole number", quoted(entry.get("id"), SHOWN_CHARS))
        elif not _is_name(entry.get("name")):
            counter.add("categories", "name is not a line of text", f"category {_short(entry['id'])}")
        elif entry["id"] not in found:
            found[entry["id"]] = entry
        elif found[entry["id"]]["name"] == entry["name"]:
            counter.add("categories", "listed twice", f"category {_short(entry['id'])}")
        else:
            names = f"{quoted(found[entry['id']]['name'], SHOWN_CHARS)} and {quoted(entry['name'], SHOWN_CHARS)}"
            raise RealDataError(
                f"category {_short(entry['id'])} has two names, {names}", hint="give each class its own id"
            )
    if len({class_key(entry["name"]) for entry in found.values()}) < len(found):
        raise RealDataError("two categories share a name", hint="classes are told apart by name: merge or rename them")
    return found


def _is_name(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value) <= MAX_NAME_CHARS and value.isprintable()


def _keypoint_names(category: Mapping[str, Any]) -> KeypointNames:
    name = category["name"]
    try:
        names = tuple(str(point) for point in category["keypoints"])
        pairs = tuple((int(a), int(b)) for a, b in category.get("flip_pairs") or ())
        sigmas = tuple(float(sigma) for sigma in category.get("sigmas") or ())
    except (TypeError, ValueError, OverflowError) as error:
        raise RealDataError(f"keypoints of {name}: {str(error)[:SHOWN_CHARS]}", hint=FORMAT_HINT) from error
    if isinstance(category["keypoints"], str) or not all(map(_is_name, names)) or len(set(names)) < len(names):
        raise RealDataError(f"keypoints of {name} are not different names", hint=FORMAT_HINT)
    if not all(0 <= index < len(names) for pair in pairs for index in pair):
        raise RealDataError(f"flip_pairs of {name} name a keypoint that it has not")
    if sigmas and (len(sigmas) != len(names) or not all(0 < sigma < 10 for sigma in sigmas)):
        raise RealDataError(f"sigmas of {name} are not one positive number a keypoint")
    return KeypointNames(names=names, flip_pairs=pairs, sigmas=sigmas)


def _images(entries: Sequence[object], counter: LeftOutCounter) -> dict[int, Mapping[str, Any]]:
    found: dict[int, Mapping[str, Any]] = {}
    ambiguous = set()
    for entry in entries:
        reason = _fault_of_image(entry) if isinstance(entry, dict) else "not an object"
        if reason is not None or not isinstance(entry, dict):
            counter.add("images", str(reason), quoted(entry, SHOWN_CHARS))
        elif entry["id"] not in found:
            found[entry["id"]] = entry
        elif found[entry["id"]]["file_name"] == entry["file_name"]:
            counter.add("images", "listed twice", f"image {_short(entry['id'])}")
        else:
            counter.add("images", "one id for several files", f"image {_short(entry['id'])}")
            ambiguous.add(entry["id"])
    for number in ambiguous:
        # Whose labels they are cannot be known.
        counter.add("images", "one id for several files", f"image {_short(number)}")
        del found[number]
    return found


def _camera_facts(entry: Mapping[str, Any]) -> Mapping[str, object] | None:
    facts = entry.get(NAMESPACE)
    if not isinstance(facts, dict) or "K" not in facts:
        return None
    return {name: facts[name] for name in ("K", "distortion", "world_from_cam") if name in facts}


def _fault_of_image(entry: Mapping[str, Any]) -> str | None:
    if type(entry.get("id")) is not int:
        return "id is not a whole number"
    if not isinstance(entry.get("file_name"), str):
        return "file_name is not text"
    if not is_safe_file_name(entry["file_name"]):
        return "file_name leads out of the image folder or is too long"
    if not entry["file_name"].isprintable():
        return "file_name cannot be shown"
    height, width = entry.get("height"), entry.get("width")
    if type(height) is not int or type(width) is not int or min(height, width) < 1 or height * width > MAX_IMAGE_PIXELS:
        return "width and height are of no picture"
    return None


def _boxes_by_image(
    entries: Sequence[object],
    sizes: Sizes,
    categories: tuple[Mapping[int, str], Mapping[int, int | None]],
    counter: LeftOutCounter,
    *,
    look_at_runs: bool,
) -> dict[int, list[LabelledObject]]:
    """Sound boxes by image id; `categories` are names and numbers of keypoints by id."""
    boxes: dict[int, list[LabelledObject]] = {}
    seen: set[int] = set()
    names, keypoint_counts = categories
    for entry in entries:
        try:
            box = labelled_box(entry, sizes, names, keypoint_counts, look_at_runs=look_at_runs)
            number = _new_id(entry, seen)
        except Unusable as unusable:
            counter.add("annotations", unusable.reason, _shown(entry, unusable.found))
            continue
        image_id = entry["image_id"]  # type: ignore[index]
        if overhang_px(box.bbox_xywh_px, sizes[image_id]) > CLIPPED_FROM_PX:
            example = f"annotation {_short(number)}: {quoted(list(box.bbox_xywh_px), SHOWN_CHARS)}"
            counter.add("annotations", "box reaches out of its picture", example, "clipped")
            box = replace(box, bbox_xywh_px=clipped_xywh_px(box.bbox_xywh_px, sizes[image_id]))
        boxes.setdefault(image_id, []).append(box)
    return boxes


def _new_id(entry: Any, seen: set[int]) -> int | None:
    """The annotation's id, which nothing but messages needs: it may be absent, but neither odd nor taken."""
    number = entry.get("id")
    if number is None:
        return None
    if type(number) is not int:
        raise Unusable("id is not a whole number", number)
    if number in seen:
        raise Unusable("id is taken by another annotation", number)
    seen.add(number)
    return number


def _shown(entry: object, found: object) -> str:
    number = entry.get("id") if isinstance(entry, dict) else None
    return f"annotation {_short(number)}: {quoted(found, SHOWN_CHARS)}"


def _short(value: object) -> str:
    return quoted(value, 24)
