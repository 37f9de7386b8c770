"""Boxes around the body of an object, without what grows on it, as people draw them who leave that out."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from synthvis.labels.boxes import Box, bbox_of_mask
from synthvis.labels.silhouette import silhouette_of
from synthvis.lens import Bend
from synthvis.types import Mesh

__all__ = ["body_boxes"]


def body_boxes(
    mesh: Mesh,
    vertices_cam_m: NDArray[np.float64],
    mask: NDArray[np.bool_],
    K: NDArray[np.float64],
    bend: Bend | None = None,
) -> tuple[Box, Box] | tuple[None, None]:
    """The visible and the amodal box of an object without its appendages; None where it has none.

    All zeros where nothing of the body shows, or nothing of it is in front of the camera.

    A pixel in which an appendage hides the body counts as one of the body.

    Args:
        mesh: Mesh of the object.
        vertices_cam_m: (V, 3) its vertices, metres, OpenCV camera frame.
        mask: (H, W) bool, visible pixels of the whole object.
        K: (3, 3) intrinsics, pixels.
        bend: Lens distortion, None for a pinhole.
    """
    numbers = [mesh.slots.index(slot) for slot in mesh.appendage_slots]
    is_body = ~np.isin(mesh.face_slots, numbers)
    if is_body.all():
        return None, None
    silhouette = silhouette_of(vertices_cam_m, mesh.faces[is_body], K, (mask.shape[0], mask.shape[1]), bend)
    return bbox_of_mask(mask & silhouette.mask), silhouette.bbox_xywh_px
