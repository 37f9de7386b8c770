"""A network that finds coloured squares by their colour, and pictures of them: what it should say is known."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch

from synthvis.formats.images import write_png
from synthvis.inference.predictor import Predictor
from synthvis.metrics.training_facts import TrainingFacts
from synthvis.train.config import ModelConfig
from synthvis.train.registry import task_named
from synthvis.train.trained import Trained

COLOURS = {"red": (220, 30, 30), "blue": (30, 30, 220)}
SIZE = 64


class SeesColours(torch.nn.Module):
    """A detector: the box of all red pixels of a square and of all blue ones, with scores by their number.

    `calls` holds how many pictures came at once, each time.
    """

    def __init__(self) -> None:
        super().__init__()
        self.calls: list[int] = []

    def forward(self, images: torch.Tensor) -> list[dict[str, torch.Tensor]]:
        self.calls.append(len(images))
        return [self._found(image) for image in images.int()]

    def _found(self, image: torch.Tensor) -> dict[str, torch.Tensor]:
        red, _, blue = image
        boxes, labels, scores = [], [], []
        for label, mask in enumerate(((red - blue) > 100, (blue - red) > 100)):
            rows, columns = mask.any(dim=1).nonzero(), mask.any(dim=0).nonzero()
            if len(rows):
                boxes.append([columns.min(), rows.min(), columns.max() + 1, rows.max() + 1])
                labels.append(label)
                scores.append(0.3 + 0.6 * float(mask.float().mean()))
        return {
            "boxes": torch.tensor(boxes, dtype=torch.float32).reshape(-1, 4),
            "labels": torch.tensor(labels, dtype=torch.int64),
            "scores": torch.tensor(scores, dtype=torch.float32),
        }


class Says(torch.nn.Module):
    """A detector that says the same of every square."""

    def __init__(self, boxes: Sequence[Sequence[float]], labels: Sequence[int], scores: Sequence[float]) -> None:
        super().__init__()
        self._said = (torch.tensor(boxes).reshape(-1, 4).float(), torch.tensor(labels), torch.tensor(scores))

    def forward(self, images: torch.Tensor) -> list[dict[str, torch.Tensor]]:
        boxes, labels, scores = self._said
        return [{"boxes": boxes.clone(), "labels": labels, "scores": scores} for _ in images]


def predictor_with(network: torch.nn.Module, task: str = "detection", **facts: Any) -> Predictor:
    """A predictor of a made network."""
    given = {"min_score": facts.pop("min_score", 0.0), "boxes": facts.pop("boxes", None)}
    trained = Trained(
        task=task, network=network.eval(), model=ModelConfig(input_size=facts.pop("size", SIZE)),
        classes=facts.pop("classes", tuple(COLOURS)), facts=TrainingFacts(), **facts,
    )  # fmt: skip
    return Predictor(task=task_named(task), trained=trained, device=torch.device("cpu"), **given)


def square_picture(seed: int, hw: tuple[int, int] = (90, 120)) -> tuple[np.ndarray, list[tuple[int, list[int]]]]:
    """A grey picture with a red or a blue square or both, and their labels and boxes x, y, w, h."""
    rng = np.random.default_rng(seed)
    pixels = np.full((*hw, 3), 127, np.uint8)
    boxes = []
    for label, colour in enumerate(COLOURS.values()):
        if rng.random() < 0.8:
            side = int(rng.integers(12, 28))
            x = label * hw[1] // 2 + int(rng.integers(0, hw[1] // 2 - side))
            y = int(rng.integers(0, hw[0] - side))
            pixels[y : y + side, x : x + side] = colour
            boxes.append((label, [x, y, side, side]))
    return pixels, boxes


def write_pictures(folder: Path, count: int) -> list[Path]:
    """PNG files 0.png, 1.png, ..."""
    paths = [folder / f"{number}.png" for number in range(count)]
    for number, path in enumerate(paths):
        write_png(path, square_picture(number)[0])
    return paths


def write_coco(root: Path, count: int) -> Path:
    """The same pictures as a COCO set whose ids are none that anybody would guess; val only."""
    images, annotations = [], []
    for number, path in enumerate(write_pictures(root / "images" / "val", count)):
        entry = {"id": 900 - 7 * number, "file_name": path.name, "width": 120, "height": 90}
        images.append(entry)
        for label, box in square_picture(number)[1]:
            # Labels that are a little off, so that not all is found at every IoU.
            shifted = [box[0] + 1, box[1], box[2], box[3] - number % 4]
            one = {"id": len(annotations) + 1, "image_id": entry["id"], "category_id": 40 - label, "iscrowd": 0}
            annotations.append({**one, "bbox": shifted, "area": shifted[2] * shifted[3]})
    categories = [{"id": 40 - label, "name": name} for label, name in enumerate(COLOURS)]
    (root / "annotations").mkdir(parents=True)
    content = {"images": images, "annotations": annotations, "categories": categories}
    (root / "annotations" / "instances_val.json").write_text(json.dumps(content))
    return root
