"""Keypoints that a network finds in pictures, in pixels of the pictures as they were given."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from synthvis.data.split import class_key
from synthvis.labels.boxes import Box
from synthvis.metrics.picture_predictions import DetectedObject, DetectedObjects
from synthvis.train.detection.predict import detected_object, found_in_squares
from synthvis.train.keypoints.crops import Crop
from synthvis.train.picture import Picture
from synthvis.train.trained import Trained
from synthvis.train.views.letterbox import Letterbox

__all__ = ["find_keypoints", "keypoints_in_boxes", "places_among"]

BATCH = 16
DECIMALS_PX = 2
SCORE_DECIMALS = 5


def places_among(known: Sequence[str], names: Sequence[str]) -> list[int]:
    """Number of each of `names`, keypoints of a set, among the `known` ones of a network."""
    place_of = {class_key(name): place for place, name in enumerate(known)}
    return [place_of[class_key(name)] for name in names]


def keypoints_in_boxes(
    trained: Trained, pictures: Sequence[Picture], device: torch.device, min_score: float = 0.0
) -> Iterator[DetectedObjects]:
    """By a heatmap network: the keypoints of the objects whose boxes a picture brings, in their order.

    A picture without boxes is one object by itself. The score of an object is the mean of those of its keypoints.
    """
    for picture in pictures:
        boxes = picture.boxes_xywh_px
        if boxes is None:
            boxes = ((0.0, 0.0, float(picture.image_hw[1]), float(picture.image_hw[0])),)
        objects: list[DetectedObject] = []
        for start in range(0, len(boxes), BATCH):
            some = boxes[start : start + BATCH]
            found = _in_crops(trained.network, picture.pixels, some, trained.model.input_size, device)
            objects += [_in_given_box(box, points) for box, points in zip(some, found, strict=True)]
        kept = tuple(one for one in objects if one.score >= min_score)
        yield DetectedObjects(image_hw=picture.image_hw, objects=kept)


@torch.inference_mode()
def _in_crops(
    network: nn.Module, image_rgb: NDArray[np.uint8], boxes: Sequence[Box], size: int, device: torch.device
) -> NDArray[np.float64]:
    """(N, K, 3) x, y in pixels of the image and score."""
    crops = [Crop.around(box) for box in boxes]
    squares = np.stack([crop.pixels(image_rgb, size) for crop in crops])
    found = network(torch.from_numpy(squares).permute(0, 3, 1, 2).to(device)).cpu().numpy().astype(np.float64)
    for points, crop in zip(found, crops, strict=True):
        points[:, :2] = crop.to_image(points[:, :2], size)
    return np.asarray(found)


def _in_given_box(box: Box, points: NDArray[np.float64]) -> DetectedObject:
    score = round(float(points[:, 2].mean()), SCORE_DECIMALS)
    return DetectedObject(label=0, bbox_xywh_px=box, score=score, keypoints=_flat(points))


def find_keypoints(
    trained: Trained, pictures: Sequence[Picture], device: torch.device, min_score: float = 0.0
) -> Iterator[DetectedObjects]:
    """By Keypoint R-CNN: the objects that it finds, with their keypoints."""
    size = trained.model.input_size
    squares = found_in_squares(trained.network, size, device, [picture.pixels for picture in pictures])
    for picture, found in zip(pictures, squares, strict=True):
        objects = _of_own_boxes(picture.image_hw, found, size)
        kept = tuple(one for one in objects if one.score >= min_score)
        yield DetectedObjects(image_hw=picture.image_hw, objects=kept)


def _of_own_boxes(image_hw: tuple[int, int], found: dict[str, Tensor], size: int) -> Iterator[DetectedObject]:
    letterbox = Letterbox(image_hw, size)
    boxes = letterbox.to_image(found["boxes"].numpy()).tolist()
    points = found["keypoints"].numpy().astype(np.float64)
    points[..., :2] /= letterbox.scale_xy
    points[..., 2] = found["keypoints_scores"].sigmoid().numpy()
    for box, score, object_points in zip(boxes, found["scores"].tolist(), points, strict=True):
        one = detected_object(0, box, score)
        if one is not None:
            yield replace(one, keypoints=_flat(object_points))


def _flat(points: NDArray[np.float64]) -> tuple[float, ...]:
    return tuple(round(float(value), DECIMALS_PX) for point in points for value in point)
