"""Pictures of coloured squares on grey, with masks and with keypoints at their corners, as COCO folders."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from synthvis.formats.images import write_png
from synthvis.formats.rle import encode_mask

COLOURS = {"red square": (220, 40, 40), "blue square": (40, 60, 220)}
CORNERS = ("top_left", "top_right", "bottom_right", "bottom_left")
MIRROR_PAIRS = ((0, 1), (3, 2))


def write_labelled_squares(root: Path, images: int = 4, side: int = 96) -> Path:
    """One square of each colour an image; instances_*.json and keypoints_*.json, train and val alike.

    The red squares have polygons, the blue ones RLE; only red ones have keypoints.
    """
    rng = np.random.default_rng(0)
    entries, annotations = [], []
    for image_id in range(1, images + 1):
        pixels = np.full((side, side, 3), 127, np.uint8)
        for category, (column, colour) in enumerate(zip((0, side // 2), COLOURS.values(), strict=True), start=1):
            size = int(rng.integers(26, 40))
            x, y = column + int(rng.integers(2, 8)), int(rng.integers(2, side - size))
            pixels[y : y + size, x : x + size] = colour
            entry = {"id": len(annotations), "image_id": image_id, "category_id": category, "iscrowd": 0}
            annotations.append(
                {**entry, "bbox": [x, y, size, size], "area": size * size, **_labels(x, y, size, side, category)}
            )
        entries.append({"id": image_id, "file_name": f"{image_id}.png", "width": side, "height": side})
        for split in ("train", "val"):
            write_png(root / "images" / split / f"{image_id}.png", pixels)
    categories = [{"id": number, "name": name} for number, name in enumerate(COLOURS, start=1)]
    with_points = [
        {
            **categories[0],
            "keypoints": list(CORNERS),
            "skeleton": [],
            "flip_pairs": [list(pair) for pair in MIRROR_PAIRS],
        }
    ]
    red = [entry for entry in annotations if entry["category_id"] == 1]
    (root / "annotations").mkdir()
    for split in ("train", "val"):
        for name, some, own in (("instances", annotations, categories), ("keypoints", red, with_points)):
            content = {"images": entries, "annotations": some, "categories": own}
            (root / "annotations" / f"{name}_{split}.json").write_text(json.dumps(content))
    return root


def _labels(x: int, y: int, size: int, side: int, category: int) -> dict[str, object]:
    corners = [(x, y), (x + size, y), (x + size, y + size), (x, y + size)]
    if category == 1:
        return {
            "segmentation": [[value for corner in corners for value in corner]],
            "keypoints": [value for corner in corners for value in (*corner, 2)],
            "num_keypoints": 4,
        }
    mask = np.zeros((side, side), bool)
    mask[y : y + size, x : x + size] = True
    return {"segmentation": encode_mask(mask)}
