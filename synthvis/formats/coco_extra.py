"""What the labels made on request add to COCO entries, under the project's one key."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from synthvis.labels.box3d import Box3D
from synthvis.labels.extra import ExtraLabels

__all__ = ["annotation_facts", "image_facts"]

LENGTH_DECIMALS = 9
"""A nanometre, as fine as the poses that these lengths go with."""

PIXEL_DECIMALS = 3


def image_facts(extra: ExtraLabels) -> dict[str, Any]:
    """Further facts of an image entry."""
    if "occlusion_order" not in extra.names:
        return {}
    pairs = [{"occluder": p.occluder, "occluded": p.occluded, "pixels": p.pixels} for p in extra.occlusion_order]
    return {"occlusion_order": pairs}


def annotation_facts(extra: ExtraLabels, instance_id: int) -> dict[str, Any]:
    """Further facts of the annotation of one object."""
    facts: dict[str, Any] = {}
    if "nocs" in extra.names:
        box = extra.boxes[instance_id]
        diagonal_m = round(box.diagonal_m, LENGTH_DECIMALS)
        facts["nocs"] = {"centre_m": _rounded(box.centre_m, LENGTH_DECIMALS), "diagonal_m": diagonal_m}
    if "box3d" in extra.names:
        facts["box3d"] = _box3d(extra.boxes[instance_id])
    return facts


def _box3d(box: Box3D) -> dict[str, Any]:
    return {
        "centre_m": _rounded(box.centre_m, LENGTH_DECIMALS),
        "size_m": _rounded(box.size_m, LENGTH_DECIMALS),
        "corners_cam_m": [_rounded(corner, LENGTH_DECIMALS) for corner in box.corners_cam_m],
        # JSON knows no NaN.
        "corners_px": [None if np.isnan(px).any() else _rounded(px, PIXEL_DECIMALS) for px in box.corners_px],
    }


def _rounded(values: NDArray[np.float64], decimals: int) -> list[float]:
    # Adding 0.0 turns -0.0 into 0.0.
    return [round(float(value), decimals) + 0.0 for value in values]
