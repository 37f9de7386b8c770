"""Reads COCO files from outside: each entry is sound or left out, and what was left out is counted by reason."""

from __future__ import annotations

import gc
import json
from collections.abc import Iterator, Mapping, Sequence, Sized
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeGuard

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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Lists:
    """The three lists of a COCO file, their entries not yet looked at."""

    images: Sequence[object]
    annotations: Sequence[object]
    categories: Sequence[object]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Category:
    """A category that can be used."""

    id: int
    name: str
    keypoints: KeypointNames | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Image:
    """An image that can be used."""

    id: int
    file_name: str
    image_hw: tuple[int, int]
    camera_facts: Mapping[str, object] | None


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
        content = _load_lists(annotations)
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


def _load_lists(path: Path) -> _Lists:
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
    return _Lists(images=found["images"], annotations=found["annotations"], categories=found["categories"])


def _split_of(content: _Lists, image_dir: Path, *, name: str, split: str, kind: str) -> Split:
    if not content.images:
        raise EmptySplit("it lists no image", hint="an empty set can neither be trained on nor measured")
    counter = LeftOutCounter()
    categories = _categories(content.categories, counter)
    images = _images(content.images, counter)
    sizes = {number: image.image_hw for number, image in images.items()}
    boxes = _boxes_by_image(content.annotations, sizes, categories, counter, look_at_runs=kind == "real")
    left_out = counter.result()
    _check_some_left("categories", content.categories, categories, left_out)
    _check_some_left("images", content.images, images, left_out)
    _check_some_left("annotations", content.annotations, boxes, left_out)
    by_id = [categories[number] for number in sorted(categories)]
    return Split(
        name=name,
        kind=kind,
        split=split,
        images=tuple(
            Sample(
                id=image.id,
                path=image_dir / image.file_name,
                labelled_hw=image.image_hw,
                objects=tuple(boxes.get(image.id, ())),
                camera_facts=image.camera_facts,
            )
            for _, image in sorted(images.items())
        ),
        class_names=tuple(category.name for category in by_id),
        category_ids={category.name: category.id for category in by_id},
        keypoints={one.name: one.keypoints for one in categories.values() if one.keypoints is not None},
        left_out=left_out,
    )


def _check_some_left(part: Part, entries: Sequence[object], kept: Sized, left_out: LeftOut) -> None:
    if entries and not len(kept):
        what = f"none of its {len(entries)} {part} can be used: {left_out.first_of(part)}"
        raise RealDataError(what, hint=FORMAT_HINT)


def _categories(entries: Sequence[object], counter: LeftOutCounter) -> dict[int, _Category]:
    found: dict[int, _Category] = {}
    for entry in entries:
        if not isinstance(entry, dict):
            counter.add("categories", "not an object", quoted(entry, SHOWN_CHARS))
        elif type(number := entry.get("id")) is not int:
            counter.add("categories", "id is not a whole number", quoted(number, SHOWN_CHARS))
        elif not _is_name(name := entry.get("name")):
            counter.add("categories", "name is not a line of text", f"category {_short(number)}")
        elif number not in found:
            found[number] = _Category(id=number, name=name, keypoints=_keypoint_names(entry, name))
        elif found[number].name == name:
            counter.add("categories", "listed twice", f"category {_short(number)}")
        else:
            names = f"{quoted(found[number].name, SHOWN_CHARS)} and {quoted(name, SHOWN_CHARS)}"
            raise RealDataError(f"category {_short(number)} has two names, {names}", hint="give each class its own id")
    if len({class_key(category.name) for category in found.values()}) < len(found):
        raise RealDataError("two categories share a name", hint="classes are told apart by name: merge or rename them")
    return found


def _is_name(value: object) -> TypeGuard[str]:
    return isinstance(value, str) and len(value) <= MAX_NAME_CHARS and value.isprintable() and bool(value.strip())


def _keypoint_names(category: Mapping[Any, Any], name: str) -> KeypointNames | None:
    if not category.get("keypoints"):
        return None
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


def _images(entries: Sequence[object], counter: LeftOutCounter) -> dict[int, _Image]:
    found: dict[int, _Image] = {}
    ambiguous = set()
    for entry in entries:
        image = _image(entry)
        if isinstance(image, str):
            counter.add("images", image, quoted(entry, SHOWN_CHARS))
        elif image.id not in found:
            found[image.id] = image
        elif found[image.id].file_name == image.file_name:
            counter.add("images", "listed twice", f"image {_short(image.id)}")
        else:
            counter.add("images", "one id for several files", f"image {_short(image.id)}")
            ambiguous.add(image.id)
    for number in ambiguous:
        # Whose labels they are cannot be known.
        counter.add("images", "one id for several files", f"image {_short(number)}")
        del found[number]
    return found


def _image(entry: object) -> _Image | str:
    """The image, or why it cannot be used."""
    if not isinstance(entry, dict):
        return "not an object"
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
    return _Image(
        id=entry["id"],
        file_name=entry["file_name"],
        image_hw=(height, width),
        camera_facts=_camera_facts(entry.get(NAMESPACE)),
    )


def _camera_facts(facts: object) -> Mapping[str, object] | None:
    if not isinstance(facts, dict) or "K" not in facts:
        return None
    return {name: facts[name] for name in ("K", "distortion", "world_from_cam") if name in facts}


def _boxes_by_image(
    entries: Sequence[object],
    sizes: Sizes,
    categories: Mapping[int, _Category],
    counter: LeftOutCounter,
    *,
    look_at_runs: bool,
) -> dict[int, list[LabelledObject]]:
    """Sound boxes by image id."""
    boxes: dict[int, list[LabelledObject]] = {}
    seen: set[int] = set()
    names = {number: category.name for number, category in categories.items()}
    keypoint_counts = {
        number: len(one.keypoints.names) if one.keypoints is not None else None for number, one in categories.items()
    }
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
