"""Prediction on several views of an image - its mirror, crops at a higher scale - brought back and fused."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
import torch
from numpy.typing import NDArray
from torchvision.ops import batched_nms

__all__ = [
    "TEST_TIME",
    "Detections",
    "Predict",
    "TestTime",
    "averaged_probabilities",
    "crop_windows",
    "fused",
    "with_test_time",
]

TestTime = Literal["flip", "crops"]
TEST_TIME: tuple[str, ...] = get_args(TestTime)

GRID = 2
"""Crops along each axis."""
OVERLAP = 0.25
"""Share of a crop's side that its neighbour shows too."""
EDGE_PX = 2.0
"""A box that ends this near to an edge of its crop which is none of the image shows a part of an object."""

Image = NDArray[np.uint8]
Window = tuple[int, int, int, int]
"""Left, top, right and bottom in pixels, half-open."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Detections:
    """What was found in one image.

    Attributes:
        boxes_xyxy_px: (N, 4) float32, pixels of the image.
        labels: (N,) int64.
        scores: (N,) float32.
    """

    boxes_xyxy_px: NDArray[np.float32]
    labels: NDArray[np.int64]
    scores: NDArray[np.float32]

    def of(self, chosen: NDArray[np.bool_] | NDArray[np.int64]) -> Detections:
        """The chosen ones, in that order."""
        return Detections(
            boxes_xyxy_px=self.boxes_xyxy_px[chosen], labels=self.labels[chosen], scores=self.scores[chosen]
        )


Predict = Callable[[Sequence[Image]], list[Detections]]
"""From (H, W, 3) uint8 images of any sizes to what is in each."""


def with_test_time(predict: Predict, kind: TestTime | None, *, nms_iou: float, most: int) -> Predict:
    """`predict` on more than the image itself; None leaves it as it is.

    Args:
        predict: From images to detections.
        kind: "flip" adds the mirror image; "crops" a grid of overlapping crops, each seen as large as the image.
        nms_iou: Boxes of one class that overlap by more are one object.
        most: Detections that are kept of an image, the best.
    """
    if kind is None:
        return predict
    more = _of_mirrors if kind == "flip" else _of_crops

    def predict_more(images: Sequence[Image]) -> list[Detections]:
        parts = zip(predict(images), more(predict, images), strict=True)
        return [fused([whole, *others], nms_iou=nms_iou, most=most) for whole, others in parts]

    return predict_more


def fused(parts: Sequence[Detections], *, nms_iou: float, most: int) -> Detections:
    """All detections of one image, those of a class that overlap reduced to the best by non-maximum suppression."""
    together = Detections(
        boxes_xyxy_px=np.concatenate([part.boxes_xyxy_px for part in parts]),
        labels=np.concatenate([part.labels for part in parts]),
        scores=np.concatenate([part.scores for part in parts]),
    )
    boxes, scores, labels = (
        torch.from_numpy(values) for values in (together.boxes_xyxy_px, together.scores, together.labels)
    )
    kept: NDArray[np.int64] = batched_nms(boxes, scores, labels, nms_iou)[:most].numpy()
    return together.of(kept)


def crop_windows(image_hw: tuple[int, int], grid: int = GRID, overlap: float = OVERLAP) -> list[Window]:
    """`grid` x `grid` windows of one size that cover the image, rows first."""
    spans = [_spans(side, grid, overlap) for side in image_hw]
    return [(left, top, right, bottom) for top, bottom in spans[0] for left, right in spans[1]]


def averaged_probabilities(
    classify: Callable[[Sequence[Image]], NDArray[np.float64]], images: Sequence[Image], kind: TestTime | None
) -> NDArray[np.float64]:
    """Probabilities (N, C), the mean over the image and its mirror, or over the image and its crops.

    Args:
        classify: From (H, W, 3) uint8 images to probabilities (N, C).
        images: N of them.
        kind: "flip", "crops", or None for the image alone.
    """
    views = [classify(images)]
    if kind == "flip":
        views.append(classify([_mirror(image) for image in images]))
    if kind == "crops":
        views += [classify([_cut(image, crop_windows(_hw(image))[k]) for image in images]) for k in range(GRID**2)]
    return np.asarray(np.mean(views, axis=0))


def _of_mirrors(predict: Predict, images: Sequence[Image]) -> list[list[Detections]]:
    found = predict([_mirror(image) for image in images])
    return [[_mirrored(one, image.shape[1])] for one, image in zip(found, images, strict=True)]


def _of_crops(predict: Predict, images: Sequence[Image]) -> list[list[Detections]]:
    found: list[list[Detections]] = [[] for _ in images]
    for k in range(GRID**2):
        windows = [crop_windows(_hw(image))[k] for image in images]
        crops = predict([_cut(image, window) for image, window in zip(images, windows, strict=True)])
        for place, (one, window) in enumerate(zip(crops, windows, strict=True)):
            found[place].append(_from_crop(one, window, _hw(images[place])))
    return found


def _mirrored(found: Detections, width_px: int) -> Detections:
    x0, y0, x1, y1 = found.boxes_xyxy_px.T
    boxes = np.stack([width_px - x1, y0, width_px - x0, y1], axis=1)
    return Detections(boxes_xyxy_px=boxes, labels=found.labels, scores=found.scores)


def _from_crop(found: Detections, window: Window, image_hw: tuple[int, int]) -> Detections:
    """In pixels of the image, without what the crop cuts: the image itself or another crop shows that whole."""
    left, top, right, bottom = window
    boxes = found.boxes_xyxy_px + np.array([left, top, left, top], dtype=np.float32)
    cut = (boxes[:, 0] < left + EDGE_PX) & (left > 0)
    cut |= (boxes[:, 1] < top + EDGE_PX) & (top > 0)
    cut |= (boxes[:, 2] > right - EDGE_PX) & (right < image_hw[1])
    cut |= (boxes[:, 3] > bottom - EDGE_PX) & (bottom < image_hw[0])
    return Detections(boxes_xyxy_px=boxes, labels=found.labels, scores=found.scores).of(~cut)


def _spans(side_px: int, count: int, overlap: float) -> list[tuple[int, int]]:
    length = min(side_px, max(1, -int(-side_px // (count - (count - 1) * overlap))))
    starts = [round(k * (side_px - length) / max(1, count - 1)) for k in range(count)]
    return [(start, start + length) for start in starts]


def _mirror(image: Image) -> Image:
    return np.ascontiguousarray(image[:, ::-1])


def _cut(image: Image, window: Window) -> Image:
    left, top, right, bottom = window
    return np.ascontiguousarray(image[top:bottom, left:right])


def _hw(image: Image) -> tuple[int, int]:
    return image.shape[0], image.shape[1]
