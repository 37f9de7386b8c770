"""Detections of a trained network on a labelled split, in pixels of the stored images."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from synthvis.dataset.coco_split import CocoSplit, ImageEntry, class_key
from synthvis.errors import RealDataError
from synthvis.train.views.letterbox import Letterbox, letterbox_image
from synthvis.train.views.pixels import read_checked

__all__ = ["categories_of", "detections_of", "image_row", "predict_split", "shared_classes"]

BATCH = 16
DECIMALS_PX = 2


def shared_classes(split: CocoSplit, classes: Sequence[str]) -> list[str]:
    """The split's names of the classes that the network knows.

    Raises:
        RealDataError: There is none.
    """
    known = {class_key(name) for name in classes}
    shared = [name for name in split.class_names if class_key(name) in known]
    if not shared:
        raise RealDataError(
            f"{split.name} and the network share no class: it has {', '.join(split.class_names[:6])}; "
            f"the network knows {', '.join(classes[:6])}",
            hint="classes are matched by name; choose another set",
        )
    return shared


def predict_split(
    detector: nn.Module,
    classes: Sequence[str],
    size: int,
    split: CocoSplit,
    device: torch.device,
    on_images: Callable[[int], None] = lambda _: None,
) -> list[dict[str, Any]]:
    """COCO results with the split's own image and category ids, images in the split's order.

    Raises:
        DatasetError: An image cannot be read.
    """
    category_of = categories_of(split, classes)
    rows: list[dict[str, Any]] = []
    for entry, found in detections_of(detector, size, split.images, device, on_images):
        boxes = Letterbox(entry.image_hw, size).to_image(found["boxes"].numpy())
        labels, scores = found["labels"].tolist(), found["scores"].tolist()
        for box, label, score in zip(boxes.tolist(), labels, scores, strict=True):
            if (row := image_row(entry, category_of[label], box, score)) is not None:
                rows.append(row)
    return rows


def categories_of(split: CocoSplit, classes: Sequence[str]) -> list[int | None]:
    """The split's category id of each class of a network, None where it has no such class."""
    shared = {class_key(name): split.category_ids[name] for name in shared_classes(split, classes)}
    return [shared.get(class_key(name)) for name in classes]


def detections_of(
    detector: nn.Module,
    size: int,
    images: Sequence[ImageEntry],
    device: torch.device,
    on_images: Callable[[int], None] = lambda _: None,
) -> Iterator[tuple[ImageEntry, dict[str, Tensor]]]:
    """What the detector finds in each image, in pixels of its square; tensors on the CPU."""
    detector = detector.to(device).eval()
    for start in range(0, len(images), BATCH):
        entries = images[start : start + BATCH]
        squares = np.stack([letterbox_image(read_checked(entry), size) for entry in entries])
        with torch.inference_mode():
            found = detector(torch.from_numpy(squares).permute(0, 3, 1, 2).to(device))
        for entry, one in zip(entries, found, strict=True):
            yield entry, {name: value.cpu() for name, value in one.items()}
        on_images(len(entries))


def image_row(
    entry: ImageEntry, category: int | None, box_xyxy_px: Sequence[float], score: float
) -> dict[str, Any] | None:
    """A COCO result, None for a class that the set has not and for a box of no size."""
    x0, y0, x1, y1 = box_xyxy_px
    if category is None or x1 <= x0 or y1 <= y0:
        return None
    box = [round(value, DECIMALS_PX) for value in (x0, y0, x1 - x0, y1 - y0)]
    return {"image_id": entry.id, "category_id": category, "bbox": box, "score": round(score, 5)}
