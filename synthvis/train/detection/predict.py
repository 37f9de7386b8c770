"""Detections of a trained network on a labelled split, in pixels of the stored images."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from synthvis.data.derived.subset import shared_classes
from synthvis.data.sample import Sample
from synthvis.data.split import Split, class_key
from synthvis.metrics.predictions import BoxPrediction
from synthvis.train.views.letterbox import Letterbox, letterbox_image
from synthvis.train.views.multicrop import Detections, TestTime, with_test_time
from synthvis.train.views.pixels import read_checked

__all__ = ["categories_of", "detect_images", "detections_of", "predict_split", "prediction_of"]

BATCH = 16
FUSED_NMS_IOU = 0.6
"""Overlap above which boxes of several views are one object, as within one view."""
FUSED_DETECTIONS = 100
DECIMALS_PX = 2
SCORE_DECIMALS = 5


def predict_split(
    detector: nn.Module,
    classes: Sequence[str],
    size: int,
    split: Split,
    device: torch.device,
    on_images: Callable[[int], None] = lambda _: None,
    tta: TestTime | None = None,
) -> list[BoxPrediction]:
    """Boxes with the split's own image and category ids, images in the split's order.

    `tta` names further views of each image to predict on.

    Raises:
        DatasetError: An image cannot be read.
    """
    category_of = categories_of(split, classes)
    detector = detector.to(device).eval()
    predict = with_test_time(
        partial(detect_images, detector, size, device), tta, nms_iou=FUSED_NMS_IOU, most=FUSED_DETECTIONS
    )
    rows: list[BoxPrediction] = []
    for start in range(0, len(split.images), BATCH):
        entries = split.images[start : start + BATCH]
        for entry, found in zip(entries, predict([read_checked(entry) for entry in entries]), strict=True):
            rows += _rows_of(entry, found, category_of)
        on_images(len(entries))
    return rows


@torch.inference_mode()
def detect_images(
    detector: nn.Module, size: int, device: torch.device, images_rgb: Sequence[NDArray[np.uint8]]
) -> list[Detections]:
    """What a detector in evaluation mode finds in (H, W, 3) images, boxes in their pixels."""
    squares = np.stack([letterbox_image(image, size) for image in images_rgb])
    found = detector(torch.from_numpy(squares).permute(0, 3, 1, 2).to(device))
    return [
        Detections(
            boxes_xyxy_px=Letterbox((image.shape[0], image.shape[1]), size).to_image(
                one["boxes"].float().cpu().numpy()
            ),
            labels=one["labels"].cpu().numpy(),
            scores=one["scores"].float().cpu().numpy(),
        )
        for image, one in zip(images_rgb, found, strict=True)
    ]


def _rows_of(entry: Sample, found: Detections, category_of: Sequence[int | None]) -> list[BoxPrediction]:
    values = zip(found.boxes_xyxy_px.tolist(), found.labels.tolist(), found.scores.tolist(), strict=True)
    rows = (prediction_of(entry, category_of[label], box, score) for box, label, score in values)
    return [row for row in rows if row is not None]


def categories_of(split: Split, classes: Sequence[str]) -> list[int | None]:
    """The split's category id of each class of a network, None where it has no such class."""
    shared = {class_key(name): split.category_ids[name] for name in shared_classes(split, classes)}
    return [shared.get(class_key(name)) for name in classes]


def detections_of(
    detector: nn.Module,
    size: int,
    images: Sequence[Sample],
    device: torch.device,
    on_images: Callable[[int], None] = lambda _: None,
) -> Iterator[tuple[Sample, dict[str, Tensor]]]:
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


def prediction_of(
    entry: Sample, category: int | None, box_xyxy_px: Sequence[float], score: float
) -> BoxPrediction | None:
    """A box as a prediction, None for a class that the set has not and for a box of no size."""
    x0, y0, x1, y1 = box_xyxy_px
    if category is None or x1 <= x0 or y1 <= y0:
        return None
    x, y, width, height = (round(value, DECIMALS_PX) for value in (x0, y0, x1 - x0, y1 - y0))
    return BoxPrediction(
        image_id=entry.id, category_id=category, bbox=(x, y, width, height), score=round(score, SCORE_DECIMALS)
    )
