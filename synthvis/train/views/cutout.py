"""Grey rectangles over a view, and what they do to its labels."""

from __future__ import annotations

from dataclasses import replace

import torch
from torch import Tensor

from synthvis.train.views.geometric import drawn_between, happens
from synthvis.train.views.letterbox import PAD_VALUE
from synthvis.train.views.recipe import Cutout
from synthvis.train.views.sample import Sample

__all__ = ["cut_out", "hidden_share", "with_holes"]

HIDDEN_KEYPOINT = 1.0
"""COCO's visibility of a keypoint that is known and not seen."""


def cut_out(sample: Sample, part: Cutout) -> Sample:
    """Rectangles drawn from torch's global generator (DeVries & Taylor 2017, arXiv:1708.04552)."""
    if not happens(part.share):
        return sample
    height, width = sample.image_hw
    holes = torch.zeros((height, width), dtype=torch.bool)
    for _ in range(int(torch.randint(part.holes[0], part.holes[1] + 1, ()))):
        rows, columns = (max(1, round(drawn_between(part.side) * side)) for side in (height, width))
        top, left = (int(torch.randint(0, side, ())) for side in (height, width))
        holes[_span(top, rows), _span(left, columns)] = True
    return with_holes(sample, holes, part.drop_hidden)


def with_holes(sample: Sample, holes: Tensor, drop_hidden: float) -> Sample:
    """The sample under holes (H, W) bool.

    An object of which more than `drop_hidden` lies under holes, of its mask where it has one, else of its box, is left
    out. Others keep box and mask whole. Keypoints under a hole become COCO's "labelled, not visible".
    """
    image = torch.where(holes, torch.tensor(PAD_VALUE, dtype=torch.uint8), sample.image)
    kept = replace(sample, image=image).of(hidden_share(sample.boxes_xyxy_px, sample.masks, holes) <= drop_hidden)
    points = kept.keypoints_xyv
    if points is None:
        return kept
    rows, columns = (points[..., axis].long().clamp(0, holes.shape[1 - axis] - 1) for axis in (1, 0))
    dimmed = torch.where(holes[rows, columns], points[..., 2].clamp(max=HIDDEN_KEYPOINT), points[..., 2])
    return replace(kept, keypoints_xyv=torch.cat([points[..., :2], dimmed[..., None]], dim=-1))


def hidden_share(boxes_xyxy_px: Tensor, masks: Tensor | None, holes: Tensor) -> Tensor:
    """Share (N,) of each mask, or of the pixels that each box touches, that lies under holes (H, W) bool."""
    if masks is not None:
        regions = [mask > 0 for mask in masks]
    else:
        regions = [_pixels_of(box, holes) for box in boxes_xyxy_px.tolist()]
    shares = [float((region & holes).sum()) / max(1, int(region.sum())) for region in regions]
    return torch.tensor(shares, dtype=torch.float32)


def _pixels_of(box_xyxy_px: list[float], like: Tensor) -> Tensor:
    x0, y0, x1, y1 = box_xyxy_px
    region = torch.zeros_like(like)
    region[int(y0) : -int(-y1 // 1), int(x0) : -int(-x1 // 1)] = True
    return region


def _span(centre: int, length: int) -> slice:
    """A stretch around `centre`, as far as the image reaches."""
    start = centre - length // 2
    return slice(max(start, 0), max(start + length, 0))
