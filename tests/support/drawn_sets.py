"""Labelled sets drawn by Hypothesis, with what goes wrong in formats, and written as COCO without any code of ours.

Masks are rectangles laid over each other, of which what is covered an even number of times is out: that gives holes,
parts, single pixels and what the border cuts.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image
from pycocotools import mask as coco_mask

ODD_NAMES = (
    "traffic light", "no", "null", "1", "1e3", "background", "a/b: 50% <é> 🍎", "#1", ".hidden", "..", " space ", "%2F",
    "x:y:z", "'", '"', "- a", "crowd & <b>", "名前", "C:\\x", "l#2 {a}",
)  # fmt: skip
MAX_SIDE = 14
GREY_STEP = 10
"""Between the pictures of a set, each of one grey, so that they are known again after a JPEG."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DrawnObject:
    """An object, or a region to ignore.

    Attributes:
        class_name: Its class.
        mask: (H, W) bool; None where only its box is labelled.
        bbox_xywh_px: Of the mask, or drawn by hand where it has none.
        is_crowd: It is a region to ignore.
        keypoints_xyv_px: Of a class that has some.
        is_in_runs: Its mask is stored as a list of runs, not as a string.
    """

    class_name: str
    mask: NDArray[np.bool_] | None
    bbox_xywh_px: tuple[float, float, float, float]
    is_crowd: bool
    keypoints_xyv_px: tuple[tuple[float, float, int], ...]
    is_in_runs: bool

    @property
    def area_px(self) -> float:
        """Of its mask, else of its box."""
        return float(self.mask.sum()) if self.mask is not None else self.bbox_xywh_px[2] * self.bbox_xywh_px[3]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DrawnPicture:
    """A picture: its number in the whole set, its name, its height and width, and what is on it."""

    number: int
    file_name: str
    image_hw: tuple[int, int]
    objects: tuple[DrawnObject, ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DrawnSet:
    """A set.

    Attributes:
        category_ids: Of each class.
        keypoints: Names and mirrored pairs of the keypoints of the classes that have some.
        splits: Pictures of each split.
    """

    category_ids: Mapping[str, int]
    keypoints: Mapping[str, tuple[tuple[str, ...], tuple[tuple[int, int], ...]]]
    splits: Mapping[str, tuple[DrawnPicture, ...]]

    def write(self, root: Path) -> Path:
        """As COCO: annotations/instances_SPLIT.json, and keypoints_SPLIT.json where a class has keypoints."""
        (root / "annotations").mkdir(parents=True)
        for split, pictures in self.splits.items():
            for one in pictures:
                path = root / "images" / split / one.file_name
                path.parent.mkdir(parents=True, exist_ok=True)
                Image.new("RGB", one.image_hw[::-1], (GREY_STEP * one.number,) * 3).save(path, quality=95)
            content = self._content(pictures)
            for name in ("instances", "keypoints") if self.keypoints else ("instances",):
                (root / "annotations" / f"{name}_{split}.json").write_text(json.dumps(content))
        return root

    def _content(self, pictures: tuple[DrawnPicture, ...]) -> dict[str, Any]:
        annotations = [
            _annotation(one, picture.number, self.category_ids) for picture in pictures for one in picture.objects
        ]
        return {
            "images": [
                {"id": one.number, "file_name": one.file_name, "width": one.image_hw[1], "height": one.image_hw[0]}
                for one in pictures
            ],
            "annotations": [{"id": number, **one} for number, one in enumerate(annotations, start=1)],
            "categories": [self._category(name) for name in self.category_ids],
        }

    def _category(self, name: str) -> dict[str, Any]:
        entry: dict[str, Any] = {"id": self.category_ids[name], "name": name}
        if name in self.keypoints:
            points, pairs = self.keypoints[name]
            entry |= {"keypoints": points, "flip_pairs": pairs}
        return entry


def _annotation(one: DrawnObject, image_id: int, category_ids: Mapping[str, int]) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "image_id": image_id, "category_id": category_ids[one.class_name], "bbox": one.bbox_xywh_px,
        "area": one.area_px, "iscrowd": int(one.is_crowd),
    }  # fmt: skip
    if one.mask is not None:
        entry["segmentation"] = _runs(one.mask) if one.is_in_runs else string_of(one.mask)
    if one.keypoints_xyv_px:
        entry["keypoints"] = [value for point in one.keypoints_xyv_px for value in point]
    return entry


def _runs(mask: NDArray[np.bool_]) -> dict[str, Any]:
    """Lengths of the runs, column by column, beginning with those outside."""
    pixels = [False, *mask.ravel(order="F").tolist()]
    changes = [place for place in range(1, len(pixels)) if pixels[place] != pixels[place - 1]]
    ends = [0, *(place - 1 for place in changes), mask.size]
    return {"size": list(mask.shape), "counts": [end - start for start, end in pairwise(ends)]}


def string_of(mask: NDArray[np.bool_]) -> dict[str, Any]:
    """A mask as COCO's string of runs, by pycocotools."""
    found = coco_mask.encode(np.asfortranarray(mask, dtype=np.uint8))
    return {"size": list(mask.shape), "counts": found["counts"].decode()}


@st.composite
def drawn_sets(draw: st.DrawFn, *, always_masked: bool = False) -> DrawnSet:
    """Sets of one to three splits and up to five pictures; `always_masked`: every object has a mask."""
    names = draw(st.lists(_names(), min_size=1, max_size=4, unique_by=class_key))
    numbers = draw(st.lists(st.integers(1, 10**6), min_size=len(names), max_size=len(names), unique=True))
    keypoints = {name: draw(_keypoint_names()) for name in names if draw(st.booleans())}
    shown = draw(st.lists(st.sampled_from(("train", "val", "test")), min_size=1, max_size=5))
    splits: dict[str, list[DrawnPicture]] = {}
    for number, split in enumerate(shown, start=1):
        image_hw = (draw(st.integers(1, MAX_SIDE)), draw(st.integers(1, MAX_SIDE)))
        count = draw(st.integers(0, 3))
        objects = tuple(draw(_objects(names, keypoints, image_hw, always_masked)) for _ in range(count))
        stem = draw(st.sampled_from(("a.b", "A.b", "no objects", "é 🍎", f"{number:012d}")))
        suffix = draw(st.sampled_from((".png", ".jpg")))
        # Two pictures of one split cannot have one name; those of two splits may.
        taken = {one.file_name for one in splits.get(split, ())}
        file_name = f"{stem}{suffix}" if f"{stem}{suffix}" not in taken else f"{number}{suffix}"
        picture = DrawnPicture(number=number, file_name=file_name, image_hw=image_hw, objects=objects)
        splits.setdefault(split, []).append(picture)
    return DrawnSet(
        category_ids=dict(zip(names, numbers, strict=True)),
        keypoints=keypoints,
        splits={name: tuple(pictures) for name, pictures in splits.items()},
    )


def class_key(name: str) -> str:
    """In which form names of classes are told apart (docs/reference/conventions.md)."""
    return "".join(one for one in name.casefold() if one not in " _-")


def _names() -> st.SearchStrategy[str]:
    """A line of text that can be shown."""
    texts = st.text(min_size=1, max_size=6).filter(lambda text: text.isprintable() and text.strip() != "")
    return st.sampled_from(ODD_NAMES) | texts


@st.composite
def _keypoint_names(draw: st.DrawFn) -> tuple[tuple[str, ...], tuple[tuple[int, int], ...]]:
    names = tuple(draw(st.lists(_names(), min_size=1, max_size=3, unique=True)))
    return names, ((0, len(names) - 1),) if len(names) > 1 and draw(st.booleans()) else ()


@st.composite
def _objects(
    draw: st.DrawFn,
    names: list[str],
    keypoints: Mapping[str, tuple[tuple[str, ...], object]],
    image_hw: tuple[int, int],
    always_masked: bool,
) -> DrawnObject:
    class_name, is_crowd = draw(st.sampled_from(names)), draw(st.integers(0, 4)) == 0
    mask = draw(masks(image_hw))
    box = box_of(mask)
    if not always_masked and draw(st.integers(0, 2)) == 0:
        mask, box = None, draw(_boxes(image_hw))
    points = tuple(draw(_points(image_hw)) for _ in keypoints[class_name][0]) if class_name in keypoints else ()
    return DrawnObject(
        class_name=class_name, mask=mask, bbox_xywh_px=box, is_crowd=is_crowd, keypoints_xyv_px=points,
        is_in_runs=draw(st.booleans()),
    )  # fmt: skip


@st.composite
def masks(draw: st.DrawFn, image_hw: tuple[int, int]) -> NDArray[np.bool_]:
    """(H, W) bool, never empty."""
    mask = np.zeros(image_hw, dtype=bool)
    for _ in range(draw(st.integers(1, 3))):
        (top, bottom), (left, right) = (sorted(draw(st.tuples(*[st.integers(0, side - 1)] * 2))) for side in image_hw)
        mask[top : bottom + 1, left : right + 1] ^= True
    if not mask.any():
        mask[draw(st.integers(0, image_hw[0] - 1)), draw(st.integers(0, image_hw[1] - 1))] = True
    return mask


@st.composite
def _boxes(draw: st.DrawFn, image_hw: tuple[int, int]) -> tuple[float, float, float, float]:
    """By hand: not on pixels, and up to half a pixel beyond the border, as exporters round."""
    (y0, y1), (x0, x1) = (
        sorted(draw(st.lists(st.integers(-2, 4 * side + 2), min_size=2, max_size=2, unique=True))) for side in image_hw
    )
    x0, y0 = min(x0, 4 * image_hw[1] - 1), min(y0, 4 * image_hw[0] - 1)
    return x0 / 4, y0 / 4, max(x1 - x0, 1 - min(x0, 0)) / 4, max(y1 - y0, 1 - min(y0, 0)) / 4


@st.composite
def _points(draw: st.DrawFn, image_hw: tuple[int, int]) -> tuple[float, float, int]:
    y, x = (draw(st.integers(0, 8 * side)) / 8 for side in image_hw)
    return x, y, draw(st.sampled_from((0, 1, 2)))


def box_of(mask: NDArray[np.bool_]) -> tuple[float, float, float, float]:
    """Half-open x, y, width, height of the pixels of a mask."""
    rows, columns = np.nonzero(mask)
    x, y = int(columns.min()), int(rows.min())
    return float(x), float(y), float(columns.max() + 1 - x), float(rows.max() + 1 - y)
