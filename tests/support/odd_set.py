"""A small COCO set with what goes wrong in formats: holes, parts, single pixels, borders, crowds, odd names."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from synthvis.formats.images import write_jpeg, write_png
from synthvis.formats.rle import encode_mask

HW = (40, 56)
CLASSES = {7: "traffic light", 3: "no", 90: "a/b: 50% <é> 🍎"}
"""Ids with gaps; a name that YAML takes for false, and one that no file may have."""

POINTS = {7: (["top", "left", "right"], [[1, 2]]), 90: (["one"], [])}


def odd_masks() -> dict[str, NDArray[np.bool_]]:
    """Masks of HW by what is odd about them; no two share a pixel."""
    masks = {name: np.zeros(HW, dtype=bool) for name in ("holes", "parts", "pixel", "line", "corner", "border")}
    masks["holes"][2:18, 2:20] = True
    masks["holes"][4:8, 4:8] = masks["holes"][10:15, 9:17] = False
    masks["parts"][20:24, 2:8] = masks["parts"][30:36, 12:15] = masks["parts"][22, 18] = True
    masks["pixel"][5, 30] = True
    masks["line"][10:30, 35] = True
    masks["corner"][0:5, 50:56] = True
    masks["border"][36:40, 20:56] = True
    return masks


def write_odd_set(root: Path, *, keypoints: bool = True) -> Path:
    """Three pictures to train on, one of them empty, and one to validate with; a crowd with a box only in the last."""
    (root / "annotations").mkdir(parents=True)
    masks = odd_masks()
    shown = {
        "train": {
            1: ("a.b.jpg", ["holes", "parts"]),
            5: ("A.b.png", ["pixel", "line", "corner"]),
            9: ("no objects.jpg", []),
        },
        "val": {2: ("a.b.jpg", ["border", "holes"])},
    }  # fmt: skip
    ids = {"holes": 7, "parts": 90, "pixel": 3, "line": 7, "corner": 3, "border": 90}
    rng = np.random.default_rng(0)
    for split, pictures in shown.items():
        annotations = []
        for image_id, (file_name, names) in pictures.items():
            write = write_png if file_name.endswith("png") else _jpeg
            write(root / "images" / split / file_name, rng.integers(0, 255, (*HW, 3), dtype=np.uint8))
            annotations += [_annotation(image_id, ids[name], masks[name]) for name in names]
        if split == "val":
            annotations.append(
                {"image_id": 2, "category_id": 7, "bbox": [30, 8.25, 9.5, 7], "area": 66.5, "iscrowd": 1}
            )
        for number, one in enumerate(annotations, start=1):
            one["id"] = number
        images = [{"id": k, "file_name": name, "width": HW[1], "height": HW[0]} for k, (name, _) in pictures.items()]
        categories = [{"id": number, "name": name} for number, name in CLASSES.items()]
        content = {"images": images, "annotations": annotations, "categories": categories}
        (root / "annotations" / f"instances_{split}.json").write_text(json.dumps(content))
        if keypoints:
            (root / "annotations" / f"keypoints_{split}.json").write_text(json.dumps(_with_points(content)))
    return root


def _jpeg(path: Path, pixels: NDArray[np.uint8]) -> None:
    write_jpeg(path, pixels, 90)


def _annotation(image_id: int, category_id: int, mask: NDArray[np.bool_]) -> dict[str, object]:
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    box = [columns[0], rows[0], columns[-1] + 1 - columns[0], rows[-1] + 1 - rows[0]]
    return {
        "image_id": image_id, "category_id": category_id, "bbox": [int(side) for side in box], "area": int(mask.sum()),
        "iscrowd": 0, "segmentation": encode_mask(mask),
    }  # fmt: skip


def _with_points(content: dict[str, list[dict[str, object]]]) -> dict[str, object]:
    annotations = []
    for one in content["annotations"]:
        names, _ = POINTS.get(one["category_id"], ((), ()))  # type: ignore[call-overload]
        if names and not one["iscrowd"]:
            x, y, width, height = one["bbox"]  # type: ignore[misc]
            places = [(x + width / 3, y + height / 7, 2), (0, 0, 0), (x + 0.125, y + 0.1, 1)][: len(names)]
            annotations.append({**one, "keypoints": [value for place in places for value in place], "num_keypoints": 2})
    categories = [
        {**one, "keypoints": POINTS[one["id"]][0], "flip_pairs": POINTS[one["id"]][1]}  # type: ignore[index]
        for one in content["categories"]
        if one["id"] in POINTS
    ]
    return {**content, "annotations": annotations, "categories": categories}
