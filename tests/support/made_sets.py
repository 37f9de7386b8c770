"""Small COCO folders of drawn pictures whose every trait is known."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np

from synthvis.formats.images import write_png

Painter = Callable[[np.random.Generator, int], np.ndarray]


def grey_noise(rng: np.random.Generator, side: int) -> np.ndarray:
    """Pure noise."""
    return rng.integers(0, 256, (side, side, 3)).astype(np.uint8)


def smooth(rng: np.random.Generator, side: int) -> np.ndarray:
    """A slow shade of one hue with a little noise."""
    ramp = np.linspace(60, 180, side)[:, None, None] + rng.normal(0, 2, (side, side, 3))
    return np.clip(ramp + rng.normal(0, 10, 3), 0, 255).astype(np.uint8)


def write_set(
    root: Path, *, images: int, seed: int, paint: Painter = smooth, object_px: tuple[int, int] = (34, 40),
    split: str = "train", names: tuple[str, ...] = ("red thing", "blue thing"), side: int = 96, synthetic: bool = False,
) -> Path:  # fmt: skip
    """Write a COCO folder: two squares, one of each class, on a painted ground."""
    rng = np.random.default_rng(seed)
    entries, annotations = [], []
    for image_id in range(1, images + 1):
        pixels = paint(rng, side)
        for number, colour in enumerate(((200, 60, 60), (60, 70, 200)), start=1):
            size = int(rng.integers(*object_px))
            x = int(rng.integers(0, max(side // 2 - size, 1))) + (number - 1) * side // 2
            y = int(rng.integers(0, side - size))
            size = min(size, side - x, side - y)
            pixels[y : y + size, x : x + size] = np.clip(colour + rng.normal(0, 12, (size, size, 3)), 0, 255)
            annotations.append(
                {"id": len(annotations) + 1, "image_id": image_id, "category_id": number, "bbox": [x, y, size, size],
                 "area": size * size, "iscrowd": 0}
            )  # fmt: skip
        write_png(root / "images" / split / f"{image_id:06d}.png", pixels)
        entries.append({"id": image_id, "file_name": f"{image_id:06d}.png", "width": side, "height": side})
    categories = [{"id": number, "name": name} for number, name in enumerate(names, start=1)]
    (root / "annotations").mkdir(parents=True, exist_ok=True)
    content = {"images": entries, "annotations": annotations, "categories": categories}
    (root / "annotations" / f"instances_{split}.json").write_text(json.dumps(content))
    if synthetic:
        (root / "dataset.json").write_text("{}")
    return root
