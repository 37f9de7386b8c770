"""Keypoints that a network finds on a labelled split, in pixels of the stored images."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from synthvis.data.keypoints import KeypointSplit, is_labelled
from synthvis.data.sample import LabelledObject, Sample
from synthvis.data.split import class_key
from synthvis.metrics.predictions import KeypointPrediction
from synthvis.train.detection.predict import detections_of, prediction_of
from synthvis.train.keypoints.crops import Crop
from synthvis.train.keypoints.heatmap import HeatmapNetwork
from synthvis.train.views.letterbox import Letterbox
from synthvis.train.views.pixels import read_checked

__all__ = ["places_among", "predict_keypoints"]

BATCH = 16
DECIMALS_PX = 2
SCORE_DECIMALS = 5


def predict_keypoints(
    network: nn.Module,
    known: Sequence[str],
    size: int,
    split: KeypointSplit,
    device: torch.device,
    on_images: Callable[[int], None] = lambda _: None,
) -> list[KeypointPrediction]:
    """Objects with x, y and score of each of the split's keypoints.

    A heatmap network gets the boxes of the split, Keypoint R-CNN finds its own.

    Args:
        network: One of the two.
        known: Names of the network's keypoints in its order.
        size: Side of its input, pixels.
        split: One category with keypoints that the network knows all.
        device: Where to run.
        on_images: Called with counts of images done.

    Raises:
        DatasetError: An image cannot be read.
    """
    positions = places_among(known, next(iter(split.keypoints.values())).names)
    network = network.to(device).eval()
    if isinstance(network, HeatmapNetwork):
        return _of_given_boxes(network, positions, size, split, device, on_images)
    return _of_own_boxes(network, positions, size, split, device, on_images)


def places_among(known: Sequence[str], names: Sequence[str]) -> list[int]:
    """Number of each of `names`, keypoints of a set, among the `known` ones of a network."""
    place_of = {class_key(name): place for place, name in enumerate(known)}
    return [place_of[class_key(name)] for name in names]


def _of_given_boxes(
    network: nn.Module,
    positions: Sequence[int],
    size: int,
    split: KeypointSplit,
    device: torch.device,
    on_images: Callable[[int], None],
) -> list[KeypointPrediction]:
    category = next(iter(split.category_ids.values()))
    rows = []
    for entry in split.images:
        objects = [box for box in entry.objects if is_labelled(box)]
        image = read_checked(entry) if objects else None
        for start in range(0, len(objects) if image is not None else 0, BATCH):
            some = objects[start : start + BATCH]
            found = _in_crops(network, image, some, size, device)[:, positions]
            rows += [_row(entry, category, box, points) for box, points in zip(some, found, strict=True)]
        on_images(1)
    return rows


@torch.inference_mode()
def _in_crops(
    network: nn.Module, image: Any, objects: Sequence[LabelledObject], size: int, device: torch.device
) -> NDArray[np.float64]:
    """(N, K, 3) x, y in pixels of the image and score."""
    crops = [Crop.around(box.bbox_xywh_px) for box in objects]
    squares = np.stack([crop.pixels(image, size) for crop in crops])
    found = network(torch.from_numpy(squares).permute(0, 3, 1, 2).to(device)).cpu().numpy().astype(np.float64)
    for points, crop in zip(found, crops, strict=True):
        points[:, :2] = crop.to_image(points[:, :2], size)
    return np.asarray(found)


def _row(entry: Sample, category: int, box: LabelledObject, points: NDArray[np.float64]) -> KeypointPrediction:
    return KeypointPrediction(
        image_id=entry.id,
        category_id=category,
        bbox=box.bbox_xywh_px,
        score=round(float(points[:, 2].mean()), SCORE_DECIMALS),
        keypoints=_flat(points),
    )


def _of_own_boxes(
    network: nn.Module,
    positions: Sequence[int],
    size: int,
    split: KeypointSplit,
    device: torch.device,
    on_images: Callable[[int], None],
) -> list[KeypointPrediction]:
    category = next(iter(split.category_ids.values()))
    rows = []
    for entry, found in detections_of(network, size, split.images, device, on_images):
        letterbox = Letterbox(entry.image_hw, size)
        boxes = letterbox.to_image(found["boxes"].numpy()).tolist()
        points = found["keypoints"].numpy().astype(np.float64)[:, positions]
        points[..., :2] /= letterbox.scale_xy
        points[..., 2] = found["keypoints_scores"].sigmoid().numpy()[:, positions]
        for box, score, object_points in zip(boxes, found["scores"].tolist(), points, strict=True):
            row = prediction_of(entry, category, box, score)
            if row is not None:
                rows.append(
                    KeypointPrediction(
                        image_id=row.image_id,
                        category_id=row.category_id,
                        bbox=row.bbox,
                        score=row.score,
                        keypoints=_flat(object_points),
                    )
                )
    return rows


def _flat(points: NDArray[np.float64]) -> tuple[float, ...]:
    return tuple(round(float(value), DECIMALS_PX) for point in points for value in point)
