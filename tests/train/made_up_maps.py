"""Made-up pictures whose maps can be read off their colours, in the folder forms that the tasks take."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from synthvis.formats.arrays import encode_normals
from synthvis.formats.depth import PNG_1MM
from synthvis.formats.images import write_png

SIDE = 96
COLOURS = {"red square": (220, 40, 40), "blue square": (40, 60, 220)}


def squares_with_masks(root: Path, images: int = 6) -> Path:
    """A COCO folder with polygon masks: one square of each colour in each image; train and val are the same."""
    rng = np.random.default_rng(0)
    entries, annotations = [], []
    for image_id in range(1, images + 1):
        pixels = np.full((SIDE, SIDE, 3), 127, np.uint8)
        for category, (column, colour) in enumerate(zip((0, SIDE // 2), COLOURS.values(), strict=True), start=1):
            side = int(rng.integers(26, 40))
            x, y = column + int(rng.integers(2, 8)), int(rng.integers(2, SIDE - side))
            pixels[y : y + side, x : x + side] = colour
            corners = [x, y, x + side, y, x + side, y + side, x, y + side]
            facts = {"bbox": [x, y, side, side], "area": side * side, "iscrowd": 0, "segmentation": [corners]}
            annotations.append({"id": len(annotations) + 1, "image_id": image_id, "category_id": category, **facts})
        entries.append({"id": image_id, "file_name": f"{image_id}.png", "width": SIDE, "height": SIDE})
        for split in ("train", "val"):
            write_png(root / "images" / split / f"{image_id}.png", pixels)
    categories = [{"id": number, "name": name} for number, name in enumerate(COLOURS, start=1)]
    (root / "annotations").mkdir()
    for split in ("train", "val"):
        content = {"images": entries, "annotations": annotations, "categories": categories}
        (root / "annotations" / f"instances_{split}.json").write_text(json.dumps(content))
    return root


def slabs(root: Path, images: int = 6) -> Path:
    """A folder of pictures with depth and normals, which the colours of two slabs tell."""
    rng = np.random.default_rng(1)
    for number in range(1, images + 1):
        pixels, depth_m, normals = _slab(rng)
        for split in ("train", "val"):
            write_png(root / "images" / split / f"{number}.png", pixels)
            write_png(root / "depth" / split / f"{number}.png", PNG_1MM.encode(depth_m))
            write_png(root / "normals" / split / f"{number}.png", encode_normals(normals))
    return root


def _slab(rng: np.random.Generator) -> tuple[NDArray[np.uint8], NDArray[np.float32], NDArray[np.float32]]:
    """Left of a random column one that faces down (green, 1.5 m), right of it one that faces up (red, 6 m).

    So a mirrored picture is one that could have been made too.
    """
    edge = int(rng.integers(30, 66))
    left = (np.arange(SIDE) < edge)[None, :, None] & np.ones((SIDE, SIDE, 1), bool)
    noise = rng.integers(-15, 16, (SIDE, SIDE, 1))
    pixels = np.clip(np.where(left, (40, 140, 40), (200, 80, 80)) + noise, 0, 255).astype(np.uint8)
    depth_m = np.where(left[..., 0], 1.5, 6.0).astype(np.float32)
    slope = np.sqrt(0.5)
    normals = np.where(left, (0, slope, -slope), (0, -slope, -slope)).astype(np.float32)
    depth_m[:8], normals[:8] = np.inf, 0
    return pixels, depth_m, normals
