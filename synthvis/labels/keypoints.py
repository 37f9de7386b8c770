"""Keypoints of an object in the image, with COCO visibility by a comparison with the depth pass."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from synthvis.camera.projector import Projector
from synthvis.labels.canonical_names import view_order
from synthvis.labels.silhouette import NEAR_M
from synthvis.objects.spec import KeypointSymmetry

__all__ = ["NOT_LABELLED", "OCCLUDED", "VISIBLE", "keypoints_in_image"]

NOT_LABELLED, OCCLUDED, VISIBLE = 0, 1, 2
"""COCO's visibility flags."""

SURFACE_TOLERANCE_M = 0.002
"""Keypoints sit on the surface up to this; deeper behind what the pixel shows, they are occluded."""

FOOTPRINT_TOLERANCE = 0.5
"""Added tolerance in widths of a pixel at the keypoint's depth, for the jitter of the render's sample."""


def keypoints_in_image(
    keypoints_cam_m: NDArray[np.float64],
    projector: Projector,
    depth_m: NDArray[np.float32],
    mask: NDArray[np.bool_],
    symmetry: Sequence[KeypointSymmetry] = (),
    under_m: NDArray[np.float64] | None = None,
) -> NDArray[np.float64]:
    """Project keypoints and decide whether each is seen.

    A keypoint is visible when, among the pixels around it that show its own object, the surface reaches at least as
    deep as the keypoint: nothing else covers it there, nor does a nearer side of the object. Taking the deepest of
    the 3 x 3 neighbours makes the test tolerant on slopes, where one pixel spans a range of depths.

    Args:
        keypoints_cam_m: (K, 3) metres, OpenCV camera frame.
        projector: Of the image.
        depth_m: (H, W) depth along the optical axis, metres; inf where nothing was hit.
        mask: (H, W) bool, visible pixels of the object.
        symmetry: Keypoints that the view names, of the category.
        under_m: (K,) how far under the surface each lies, as in `Mesh.keypoint_depths_m`: a joint counts as seen where
            the body around it is.

    Returns:
        (K, 3) float64 in the order of the names: x, y in pixels and COCO visibility; all zeros for keypoints outside
        the frame or not in front of the camera, which COCO calls "not labelled".
    """
    height, width = mask.shape
    labelled = np.zeros((len(keypoints_cam_m), 3))
    pixels = projector.project(keypoints_cam_m)
    order = view_order(pixels, symmetry)
    pixels, keypoints_cam_m = pixels[order], keypoints_cam_m[order]
    x, y, z = pixels[:, 0], pixels[:, 1], keypoints_cam_m[:, 2]
    # Comparisons with the NaN of a point behind the camera are false, as wanted.
    inside = (z >= NEAR_M) & (x >= 0) & (x < width) & (y >= 0) & (y < height)
    if not inside.any():
        return labelled
    deepest_m = _deepest_around(pixels[inside], depth_m, mask)
    own_m = 0.0 if under_m is None else under_m[order][inside]
    tolerance_m = own_m + SURFACE_TOLERANCE_M + FOOTPRINT_TOLERANCE * z[inside] / projector.K[0, 0]
    seen = z[inside] <= deepest_m + tolerance_m
    labelled[inside, :2] = pixels[inside]
    labelled[inside, 2] = np.where(seen, VISIBLE, OCCLUDED)
    return labelled


def _deepest_around(
    pixels: NDArray[np.float64], depth_m: NDArray[np.float32], mask: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """Greatest depth of the object in the 3 x 3 pixels around each (N, 2) point; -inf where it does not show."""
    height, width = mask.shape
    offset = np.arange(-1, 2)
    rows = np.floor(pixels[:, 1]).astype(np.int64)[:, None, None] + offset[:, None]
    columns = np.floor(pixels[:, 0]).astype(np.int64)[:, None, None] + offset
    own = (rows >= 0) & (rows < height) & (columns >= 0) & (columns < width)
    rows, columns = np.clip(rows, 0, height - 1), np.clip(columns, 0, width - 1)
    own &= mask[rows, columns]
    deepest: NDArray[np.float64] = np.where(own, depth_m[rows, columns].astype(np.float64), -np.inf).max(axis=(1, 2))
    return deepest
