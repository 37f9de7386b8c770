"""A labelled image on its way to the network, and what a change of geometry does to its labels."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import torch
from torch import Tensor

__all__ = ["Matrix", "Sample", "hull_of", "shift", "stretch", "turned"]

Matrix = tuple[tuple[float, float, float], tuple[float, float, float]]
"""Rows of a 2x3 affine map of pixel coordinates, old to new."""

MIN_SIDE_PX = 2


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sample:
    """One image and its objects.

    Attributes:
        image: (3, H, W) uint8.
        boxes_xyxy_px: (N, 4) float32.
        labels: (N,) int64.
        left: (N,) float32, share of each box that is still in view.
        masks: (N, H, W) uint8, or None.
        keypoints_xyv: (N, K, 3) float32 with COCO's visibility, or None.
    """

    image: Tensor
    boxes_xyxy_px: Tensor
    labels: Tensor
    left: Tensor
    masks: Tensor | None = None
    keypoints_xyv: Tensor | None = None

    @property
    def image_hw(self) -> tuple[int, int]:
        """Height and width."""
        return int(self.image.shape[-2]), int(self.image.shape[-1])

    def of(self, chosen: Tensor) -> Sample:
        """The sample with the chosen objects only, (N,) bool or their indices."""
        return replace(
            self,
            boxes_xyxy_px=self.boxes_xyxy_px[chosen],
            labels=self.labels[chosen],
            left=self.left[chosen],
            masks=None if self.masks is None else self.masks[chosen],
            keypoints_xyv=None if self.keypoints_xyv is None else self.keypoints_xyv[chosen],
        )

    def without_slivers(self, min_left: float) -> Sample:
        """Objects of at least 2 px a side, of which at least `min_left` of the box is in view."""
        sides = self.boxes_xyxy_px[:, 2:] - self.boxes_xyxy_px[:, :2]
        return self.of((sides >= MIN_SIDE_PX).all(dim=1) & (self.left >= min_left))

    def moved(self, matrix: Matrix, image: Tensor, masks: Tensor | None) -> Sample:
        """The sample with new pixels, and boxes and keypoints moved there and cut at the new frame."""
        height, width = image.shape[-2:]
        whole = hull_of(self.boxes_xyxy_px, matrix)
        cut = torch.stack([whole[:, 0::2].clamp(0, width), whole[:, 1::2].clamp(0, height)], dim=2).flatten(1)
        share = _area(cut) / _area(whole).clamp(min=1e-6)
        points = None if self.keypoints_xyv is None else _moved_points(self.keypoints_xyv, matrix, (height, width))
        left = self.left * share.clamp(max=1)
        return replace(self, image=image, masks=masks, boxes_xyxy_px=cut, left=left, keypoints_xyv=points)


def shift(x_px: float, y_px: float) -> Matrix:
    """Move right and down."""
    return (1.0, 0.0, x_px), (0.0, 1.0, y_px)


def stretch(x: float, y: float) -> Matrix:
    """Scale about the top left corner."""
    return (x, 0.0, 0.0), (0.0, y, 0.0)


def turned(image_hw: tuple[int, int], rotate_deg: float, shear_deg: float) -> Matrix:
    """Slant along x, then turn clockwise, both about the centre of the image; the map of torchvision's `affine`."""
    angle, slant = math.radians(rotate_deg), math.tan(math.radians(shear_deg))
    cosine, sine = math.cos(angle), math.sin(angle)
    a, b, c, d = cosine, -cosine * slant - sine, sine, -sine * slant + cosine
    y, x = image_hw[0] / 2, image_hw[1] / 2
    return (a, b, x - a * x - b * y), (c, d, y - c * x - d * y)


def hull_of(boxes_xyxy_px: Tensor, matrix: Matrix) -> Tensor:
    """Upright boxes (N, 4) around the moved corners of boxes (N, 4)."""
    x0, y0, x1, y1 = boxes_xyxy_px.unbind(dim=1)
    corners = torch.stack([torch.stack([x0, x1, x1, x0], 1), torch.stack([y0, y0, y1, y1], 1)], dim=2)
    moved = _moved(corners, matrix)
    return torch.cat([moved.amin(dim=1), moved.amax(dim=1)], dim=1)


def _moved(points_xy: Tensor, matrix: Matrix) -> Tensor:
    linear = torch.tensor(matrix, dtype=points_xy.dtype)
    return points_xy @ linear[:, :2].T + linear[:, 2]


def _moved_points(points_xyv: Tensor, matrix: Matrix, image_hw: tuple[int, int]) -> Tensor:
    """Keypoints that leave the frame become COCO's "not labelled": three zeros."""
    places = _moved(points_xyv[..., :2], matrix)
    inside = (places >= 0).all(dim=-1) & (places[..., 0] < image_hw[1]) & (places[..., 1] < image_hw[0])
    known = inside & (points_xyv[..., 2] > 0)
    return torch.cat([places, points_xyv[..., 2:]], dim=-1) * known[..., None]


def _area(boxes_xyxy_px: Tensor) -> Tensor:
    return (boxes_xyxy_px[:, 2:] - boxes_xyxy_px[:, :2]).clamp(min=0).prod(dim=1)
