"""Detections of a trained network on a labelled split, in pixels of the stored images."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch
from torch import nn

from synthvis.dataset.coco_split import CocoSplit, ImageEntry, class_key
from synthvis.errors import RealDataError
from synthvis.train.task import LabelledSplit
from synthvis.train.views.letterbox import Letterbox, letterbox_image
from synthvis.train.views.pixels import read_checked

__all__ = ["predict_split", "shared_classes"]

BATCH = 16
DECIMALS_PX = 2


def shared_classes(split: LabelledSplit, classes: Sequence[str]) -> list[str]:
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
    shared = {class_key(name): split.category_ids[name] for name in shared_classes(split, classes)}
    category_of = [shared.get(class_key(name)) for name in classes]
    detector = detector.to(device).eval()
    rows: list[dict[str, Any]] = []
    for start in range(0, len(split.images), BATCH):
        entries = split.images[start : start + BATCH]
        rows += _batch_rows(detector, entries, size, device, category_of)
        on_images(len(entries))
    return rows


@torch.inference_mode()
def _batch_rows(
    detector: nn.Module,
    entries: Sequence[ImageEntry],
    size: int,
    device: torch.device,
    category_of: Sequence[int | None],
) -> list[dict[str, Any]]:
    squares = np.stack([letterbox_image(read_checked(entry), size) for entry in entries])
    found = detector(torch.from_numpy(squares).permute(0, 3, 1, 2).to(device))
    rows = []
    for entry, detections in zip(entries, found, strict=True):
        boxes = Letterbox(entry.image_hw, size).to_image(detections["boxes"].float().cpu().numpy())
        labels, scores = detections["labels"].tolist(), detections["scores"].tolist()
        for (x0, y0, x1, y1), label, score in zip(boxes.tolist(), labels, scores, strict=True):
            category = category_of[label]
            if category is not None and x1 > x0 and y1 > y0:
                box = [round(value, DECIMALS_PX) for value in (x0, y0, x1 - x0, y1 - y0)]
                rows.append({"image_id": entry.id, "category_id": category, "bbox": box, "score": round(score, 5)})
    return rows
