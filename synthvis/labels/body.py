"""Boxes around the body of an object, without what grows on it, as people draw them who leave that out."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from synthvis.camera.projector import Projector
from synthvis.labels.boxes import Box, bbox_of_mask
from synthvis.labels.silhouette import silhouette_of
from synthvis.objects.mesh.mesh import Mesh

__all__ = ["body_boxes"]


def body_boxes(
    mesh: Mesh,
    vertices_cam_m: NDArray[np.float64],
    mask: NDArray[np.bool_],
    projector: Projector,
) -> tuple[Box, Box] | tuple[None, None]:
    """The visible and the amodal box of an object without its appendages; None where it has none.

    All zeros where nothing of the body shows, or nothing of it is in front of the camera.

    A pixel in which an appendage hides the body counts as one of the body.

    Args:
        mesh: Mesh of the object.
        vertices_cam_m: (V, 3) its vertices, metres, OpenCV camera frame.
        mask: (H, W) bool, visible pixels of the whole object.
        projector: Of the image.
    """
    numbers = [mesh.slots.index(slot) for slot in mesh.appendage_slots]
    is_body = ~np.isin(mesh.face_slots, numbers)
    if is_body.all():
        return None, None
    silhouette = silhouette_of(vertices_cam_m, mesh.faces[is_body], projector)
    return bbox_of_mask(mask & silhouette.mask), silhouette.bbox_xywh_px
