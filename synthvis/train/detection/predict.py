"""What a trained detector finds in pictures, in pixels of the pictures as they were given."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from synthvis.data.derived.subset import shared_classes
from synthvis.data.split import Split, class_key
from synthvis.metrics.picture_predictions import DetectedObject, DetectedObjects
from synthvis.train.picture import Picture
from synthvis.train.trained import Trained
from synthvis.train.views.letterbox import Letterbox, letterbox_image
from synthvis.train.views.multicrop import Detections, with_test_time

__all__ = ["categories_of", "detect", "detected_object", "found_in_squares"]

FUSED_NMS_IOU = 0.6
"""Overlap above which boxes of several views are one object, as within one view."""
FUSED_DETECTIONS = 100
DECIMALS_PX = 2
SCORE_DECIMALS = 5


def detect(
    trained: Trained, pictures: Sequence[Picture], device: torch.device, min_score: float = 0.0
) -> list[DetectedObjects]:
    """Objects of each picture, with the test-time views that `trained` names."""
    find = partial(_detections, trained.network, trained.model.input_size, device)
    predict = with_test_time(find, trained.tta, nms_iou=FUSED_NMS_IOU, most=FUSED_DETECTIONS)
    found = predict([picture.pixels for picture in pictures])
    return [_objects(picture, one, min_score) for picture, one in zip(pictures, found, strict=True)]


def _objects(picture: Picture, found: Detections, min_score: float) -> DetectedObjects:
    values = zip(found.boxes_xyxy_px.tolist(), found.labels.tolist(), found.scores.tolist(), strict=True)
    objects = (detected_object(label, box, score) for box, label, score in values)
    kept = tuple(one for one in objects if one is not None and one.score >= min_score)
    return DetectedObjects(image_hw=picture.image_hw, objects=kept)


def _detections(
    detector: nn.Module, size: int, device: torch.device, images_rgb: Sequence[NDArray[np.uint8]]
) -> list[Detections]:
    found = found_in_squares(detector, size, device, images_rgb)
    return [
        Detections(
            boxes_xyxy_px=Letterbox((image.shape[0], image.shape[1]), size).to_image(one["boxes"].float().numpy()),
            labels=one["labels"].numpy(),
            scores=one["scores"].float().numpy(),
        )
        for image, one in zip(images_rgb, found, strict=True)
    ]


@torch.inference_mode()
def found_in_squares(
    detector: nn.Module, size: int, device: torch.device, images_rgb: Sequence[NDArray[np.uint8]]
) -> list[dict[str, Tensor]]:
    """What a detector in evaluation mode finds in the squares of (H, W, 3) images, in their pixels; on the CPU."""
    squares = np.stack([letterbox_image(image, size) for image in images_rgb])
    found = detector(torch.from_numpy(squares).permute(0, 3, 1, 2).to(device))
    return [{name: value.cpu() for name, value in one.items()} for one in found]


def detected_object(label: int, box_xyxy_px: Sequence[float], score: float) -> DetectedObject | None:
    """A box as an object, None for one of no size."""
    x0, y0, x1, y1 = box_xyxy_px
    if x1 <= x0 or y1 <= y0:
        return None
    x, y, width, height = (round(value, DECIMALS_PX) for value in (x0, y0, x1 - x0, y1 - y0))
    return DetectedObject(label=label, bbox_xywh_px=(x, y, width, height), score=round(score, SCORE_DECIMALS))


def categories_of(split: Split, classes: Sequence[str]) -> list[int | None]:
    """The split's category id of each class of a network, None where it has no such class."""
    shared = {class_key(name): split.category_ids[name] for name in shared_classes(split, classes)}
    return [shared.get(class_key(name)) for name in classes]
