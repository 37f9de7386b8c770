"""What is known about the objects of one image."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "ImageLabels",
    "InstanceLabel",
]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class InstanceLabel:
    """All that is known about one labelled object in one image.

    Attributes:
        instance_id: Same as the object's.
        category: Category name.
        mask: (H, W) bool, visible pixels.
        bbox_xywh_px: Tight half-open box of `mask`.
        area_px: Pixels of `mask`.
        amodal_mask: (H, W) bool, the whole silhouette inside the frame, occluded parts included.
        amodal_bbox_xywh_px: Tight box of the silhouette, which may reach outside the frame.
        visible_fraction: Visible pixels over silhouette pixels inside the frame, in 0..1.
        truncation: Share of the silhouette outside the frame, in 0..1.
        keypoints_xyv: (K, 3) float64: x, y in pixels and COCO visibility 0 / 1 / 2.
        cam_from_object: (4, 4) float64 rigid transform.
        contrast: To what is around it in the stored picture, in just noticeable differences; None before there is one.
        body_bbox_xywh_px: As `bbox_xywh_px`, without appendages; None without any, zeros where none shows.
        amodal_body_bbox_xywh_px: As `amodal_bbox_xywh_px`, likewise.
    """

    instance_id: int
    category: str
    mask: NDArray[np.bool_]
    bbox_xywh_px: tuple[float, float, float, float]
    area_px: int
    amodal_mask: NDArray[np.bool_]
    amodal_bbox_xywh_px: tuple[float, float, float, float]
    visible_fraction: float
    truncation: float
    keypoints_xyv: NDArray[np.float64]
    cam_from_object: NDArray[np.float64]
    contrast: float | None = None
    body_bbox_xywh_px: tuple[float, float, float, float] | None = None
    amodal_body_bbox_xywh_px: tuple[float, float, float, float] | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ImageLabels:
    """The labels of one image.

    Attributes:
        image_hw: Height and width, pixels.
        instances: One label for each labelled object with at least one visible pixel, by instance id.
        semantic: (H, W) uint8 category ids, 0 for everything else; uint16 where an id needs it.
        hidden_instance_ids: Labelled objects of the spec with no visible pixel.
        unseen_instance_ids: Labelled objects with pixels that cannot be told from what is around them.
    """

    image_hw: tuple[int, int]
    instances: tuple[InstanceLabel, ...]
    semantic: NDArray[np.uint8] | NDArray[np.uint16]
    hidden_instance_ids: tuple[int, ...]
    unseen_instance_ids: tuple[int, ...] = ()
