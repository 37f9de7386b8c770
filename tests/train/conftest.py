"""A tiny dataset of coloured squares, and a detector small enough for a test."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from margins import SEEDS, THREADS

from synthvis.formats.images import write_png

COLOURS = {"red square": (220, 40, 40), "blue square": (40, 60, 220)}


def make_squares(root: Path, images: int = 4, side: int = 96) -> Path:
    """Write a COCO folder with train and val (the same images): one square of each colour in each image."""
    rng = np.random.default_rng(0)
    entries, annotations = [], []
    for image_id in range(1, images + 1):
        pixels = np.full((side, side, 3), 127, np.uint8)
        for category, (column, colour) in enumerate(zip((0, side // 2), COLOURS.values(), strict=True), start=1):
            size = int(rng.integers(26, 40))
            x, y = column + int(rng.integers(2, 8)), int(rng.integers(2, side - size))
            pixels[y : y + size, x : x + size] = colour
            box = {"bbox": [x, y, size, size], "area": size * size, "iscrowd": 0}
            annotations.append({"id": len(annotations), "image_id": image_id, "category_id": category, **box})
        entries.append({"id": image_id, "file_name": f"{image_id}.png", "width": side, "height": side})
        for split in ("train", "val"):
            write_png(root / "images" / split / f"{image_id}.png", pixels)
    categories = [{"id": number, "name": name} for number, name in enumerate(COLOURS, start=1)]
    content = {"images": entries, "annotations": annotations, "categories": categories}
    (root / "annotations").mkdir()
    for split in ("train", "val"):
        (root / "annotations" / f"instances_{split}.json").write_text(json.dumps(content))
    return root


@pytest.fixture(scope="session")
def squares(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """COCO folder of four images of coloured squares."""
    return make_squares(tmp_path_factory.mktemp("squares"))


@pytest.fixture(autouse=True)
def _one_thread() -> None:
    import torch

    # Threads that wait for each other stand still on a busy machine.
    torch.set_num_threads(THREADS)


@pytest.fixture(scope="session", params=SEEDS, ids="seed{}".format)
def seed(request: pytest.FixtureRequest) -> int:
    """Seed of a training that ends in a bound."""
    return int(request.param)
