"""One split of a COCO folder as plain values: what trainer and evaluation read, of renders and photographs alike."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from synthvis.conventions import NAMESPACE
from synthvis.errors import RealDataError, SynthvisError

__all__ = [
    "CocoSplit",
    "EmptySplit",
    "ImageEntry",
    "KeypointNames",
    "LabelledBox",
    "Segmentation",
    "class_key",
    "read_coco_split",
]

Segmentation = Mapping[str, Any] | Sequence[Sequence[float]]
"""A mask in COCO's own form: an RLE, compressed or not, or polygons of x, y, x, y, ... in pixels."""


class EmptySplit(RealDataError):
    """A split is COCO and lists no image."""


NEEDED = {"images": list, "annotations": list, "categories": list}


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelledBox:
    """One object: its class name, half-open box and COCO facts. Crowds are regions to ignore, not objects.

    `visible_fraction` is 1 and the amodal box None where the file does not say, as those of photographs do not. The
    boxes of the body are None where it is the whole object; all zeros where nothing of the body shows.
    `segmentation` is None where there is no mask, `keypoints_xyv_px` empty where there are no keypoints: x, y in
    pixels and COCO's visibility of each of the class's keypoints.
    """

    class_name: str
    bbox_xywh_px: tuple[float, float, float, float]
    area_px: float
    is_crowd: bool
    visible_fraction: float = 1.0
    amodal_bbox_xywh_px: tuple[float, float, float, float] | None = None
    body_bbox_xywh_px: tuple[float, float, float, float] | None = None
    amodal_body_bbox_xywh_px: tuple[float, float, float, float] | None = None
    segmentation: Segmentation | None = None
    keypoints_xyv_px: tuple[tuple[float, float, int], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class KeypointNames:
    """The keypoints of a class, as its category entry gives them.

    Attributes:
        names: In the order of the annotations.
        flip_pairs: 0-based pairs that change places in a mirror; empty where the file does not say.
        sigmas: Spread of each keypoint as OKS takes it; empty where the file does not say.
    """

    names: tuple[str, ...]
    flip_pairs: tuple[tuple[int, int], ...] = ()
    sigmas: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageEntry:
    """One image and its objects; an image without objects is a negative."""

    id: int
    path: Path
    image_hw: tuple[int, int]
    boxes: tuple[LabelledBox, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CocoSplit:
    """One split of a set.

    Attributes:
        name: Name of the set, e.g. "fruit".
        kind: "real" or "synthetic".
        split: "train", "val", ...
        images: By image id.
        class_names: Names in the order of the category ids.
        category_ids: The set's own id of each class name.
        keypoints: What the file says of the keypoints of each class that has some.
    """

    name: str
    kind: str
    split: str
    images: tuple[ImageEntry, ...]
    class_names: tuple[str, ...]
    category_ids: Mapping[str, int]
    keypoints: Mapping[str, KeypointNames] = field(default_factory=dict)

    @property
    def box_count(self) -> int:
        """Objects, crowds left out."""
        return sum(not box.is_crowd for image in self.images for box in image.boxes)

    @property
    def label_count(self) -> int:
        """What there is to learn from: the objects."""
        return self.box_count


def class_key(name: str) -> str:
    """The form in which class names are compared: lower case, without spaces, underscores and hyphens."""
    return "".join(character for character in name.casefold() if character not in " _-")


def read_coco_split(annotations: Path, image_dir: Path, *, name: str, split: str, kind: str) -> CocoSplit:
    """Read a COCO instances file.

    Raises:
        RealDataError: The file cannot be read, is not COCO, or names images outside `image_dir`.
    """
    content = _load_object(annotations)
    try:
        return _split_of(content, image_dir, name=name, split=split, kind=kind)
    except SynthvisError as error:
        kind_of_error = EmptySplit if isinstance(error, EmptySplit) else RealDataError
        raise kind_of_error(f"{annotations}: {error.what}", hint=error.hint) from error
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise RealDataError(f"{annotations} is not COCO: {_plain(error)}", hint=_FORMAT_HINT) from error


_FORMAT_HINT = "see https://cocodataset.org/#format-data: images, annotations and categories, boxes as [x, y, w, h]"


def _load_object(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(path.read_bytes())
    except OSError as error:
        raise RealDataError(f"cannot read {path}: {error.strerror or error}") from error
    except (ValueError, RecursionError) as error:
        raise RealDataError(f"{path} is not JSON: {error}") from error
    found = content if isinstance(content, dict) else {}
    missing = [key for key, kind in NEEDED.items() if not isinstance(found.get(key), kind)]
    if missing:
        raise RealDataError(f"{path} is not COCO: it has no list {', '.join(map(repr, missing))}", hint=_FORMAT_HINT)
    return found


def _split_of(content: Mapping[str, Any], image_dir: Path, *, name: str, split: str, kind: str) -> CocoSplit:
    names = {int(entry["id"]): str(entry["name"]) for entry in content["categories"]}
    if len({class_key(value) for value in names.values()}) < len(names):
        raise ValueError("two categories share a name")
    boxes = _boxes_by_image(content["annotations"], names)
    images = [_image(entry, image_dir, boxes) for entry in content["images"]]
    ids = {image.id for image in images}
    if len(ids) < len(images):
        raise ValueError("two images share an id")
    if not images:
        raise EmptySplit("it lists no image", hint="an empty set can neither be trained on nor measured")
    if stray := sorted(boxes.keys() - ids):
        raise ValueError(f"annotations of image {stray[0]}, which is not listed")
    return CocoSplit(
        name=name,
        kind=kind,
        split=split,
        images=tuple(sorted(images, key=lambda image: image.id)),
        class_names=tuple(names[key] for key in sorted(names)),
        category_ids={names[key]: key for key in sorted(names)},
        keypoints={
            str(entry["name"]): _keypoint_names(entry) for entry in content["categories"] if entry.get("keypoints")
        },
    )


def _keypoint_names(category: Mapping[str, Any]) -> KeypointNames:
    names = tuple(str(name) for name in category["keypoints"])
    pairs = tuple((int(a), int(b)) for a, b in category.get("flip_pairs") or ())
    sigmas = tuple(float(sigma) for sigma in category.get("sigmas") or ())
    if not all(0 <= place < len(names) for pair in pairs for place in pair):
        raise ValueError(f"flip_pairs of {category['name']} name a keypoint that it has not")
    if sigmas and (len(sigmas) != len(names) or not all(0 < sigma < 10 for sigma in sigmas)):
        raise ValueError(f"sigmas of {category['name']} are not one positive number a keypoint")
    return KeypointNames(names=names, flip_pairs=pairs, sigmas=sigmas)


def _boxes_by_image(annotations: Sequence[Mapping[str, Any]], names: Mapping[int, str]) -> dict[int, list[LabelledBox]]:
    boxes: dict[int, list[LabelledBox]] = {}
    for entry in annotations:
        if "bbox" not in entry:
            raise ValueError(f"annotation {entry.get('id')} has no bbox")
        bbox_xywh_px = _box_of(entry, entry["bbox"])
        if int(entry["category_id"]) not in names:
            raise ValueError(f"annotation {entry.get('id')} has category {entry['category_id']}, which is not listed")
        box = LabelledBox(
            class_name=names[int(entry["category_id"])],
            bbox_xywh_px=bbox_xywh_px,
            area_px=float(entry.get("area") or bbox_xywh_px[2] * bbox_xywh_px[3]),
            is_crowd=bool(entry.get("iscrowd", 0)),
            segmentation=entry.get("segmentation") or None,
            keypoints_xyv_px=_keypoints(entry),
            **_own_facts(entry),
        )
        boxes.setdefault(int(entry["image_id"]), []).append(box)
    return boxes


def _keypoints(annotation: Mapping[str, Any]) -> tuple[tuple[float, float, int], ...]:
    values = [float(value) for value in annotation.get("keypoints") or ()]
    if len(values) % 3 or not all(abs(value) < 1e7 for value in values):
        raise ValueError(f"annotation {annotation.get('id')} has keypoints that are not x, y, visibility each")
    return tuple((x, y, int(v)) for x, y, v in zip(values[::3], values[1::3], values[2::3], strict=True))


def _own_facts(annotation: Mapping[str, Any]) -> dict[str, Any]:
    """What only renders know about an object."""
    facts = annotation.get(NAMESPACE)
    if not isinstance(facts, Mapping):
        return {}
    boxes = {name: facts.get(name) for name in ("amodal_bbox", "body_bbox", "amodal_body_bbox")}
    return {
        "visible_fraction": float(facts.get("visible_fraction", 1.0)),
        **{f"{name}_xywh_px": None if box is None else _box_of(annotation, box) for name, box in boxes.items()},
    }


def _box_of(annotation: Mapping[str, Any], values: Any) -> tuple[float, float, float, float]:
    x, y, width, height = (float(value) for value in values)
    if not all(abs(value) < 1e7 for value in (x, y, width, height)):
        raise ValueError(f"annotation {annotation.get('id')} has a bbox that is no box: {values}")
    return x, y, width, height


def _image(entry: Mapping[str, Any], image_dir: Path, boxes: Mapping[int, list[LabelledBox]]) -> ImageEntry:
    image_id, file_name = int(entry["id"]), str(entry["file_name"])
    parts = PurePosixPath(file_name.replace("\\", "/"))
    if parts.is_absolute() or ".." in parts.parts or "\0" in file_name or Path(file_name).is_absolute():
        hint = "write file names below the image folder: nothing outside it is read"
        raise RealDataError(f"image {image_id} has the file name {file_name!r}, which leaves its folder", hint=hint)
    return ImageEntry(
        id=image_id,
        path=image_dir / file_name,
        image_hw=(int(entry["height"]), int(entry["width"])),
        boxes=tuple(boxes.get(image_id, ())),
    )


def _plain(error: Exception) -> str:
    return f"{error} is missing" if isinstance(error, KeyError) else str(error)
