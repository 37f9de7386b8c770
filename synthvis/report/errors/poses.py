"""The worst and the best 6D poses: the box and the axes of the model as labelled and as estimated."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from synthvis.data.object_models import PoseSplit
from synthvis.metrics.evaluation import Evaluation
from synthvis.metrics.pose6d import MeasuredPose, measured_poses
from synthvis.metrics.pose_definitions import HEADLINE
from synthvis.metrics.predictions import PosePrediction
from synthvis.report.errors.error_panel import ErrorGroup, ErrorPanel, ErrorPicture
from synthvis.train.pose6d.pose_lines import pose_lines
from synthvis.train.pose6d.same_models import shared_models
from synthvis.viz.pictures import CropLine, crop_around

__all__ = ["pose_panel"]

WORST, BEST = 8, 4
MILLIMETRES = 1000
PICTURE_PX = 320


def pose_panel(split: PoseSplit, evaluation: Evaluation, rows: Sequence[PosePrediction]) -> ErrorPanel:
    """The objects with the largest ADD(-S) as a share of the diameter, and those with the least, one an image.

    Raises:
        RealDataError: An image with an object has no camera.
    """
    split = split.of_classes(shared_models(split, evaluation.classes))
    measured = measured_poses(split, rows, by_depth=False)
    worst = _one_an_image(sorted(measured, key=_share_of_diameter, reverse=True))[:WORST]
    found = [one for one in measured if one.estimate is not None and one not in worst]
    best = _one_an_image(sorted(found, key=_share_of_diameter))[:BEST]
    groups = (("farthest from their labels", worst), ("nearest to their labels", best))
    return ErrorPanel(
        about=(
            "The objects whose estimated pose is farthest from the label, by ADD (of symmetric models ADD-S) as a "
            f"share of the diameter, one for each image; below 10% it counts as right for {HEADLINE}. Objects without "
            "an estimate come first. Drawn is the box of the model, of the estimate also its axes from the origin: x "
            "red, y green, z blue."
        ),
        groups=tuple(
            ErrorGroup(title=title, pictures=tuple(_picture(one) for one in some)) for title, some in groups if some
        ),
        nothing="No object of this set has a pose.",
        has_boxes=True,
        is_wide=True,
    )


def _share_of_diameter(one: MeasuredPose) -> float:
    error = one.errors.own_add_m / one.errors.diameter_m
    return math.inf if math.isnan(error) else error


def _one_an_image(measured: Sequence[MeasuredPose]) -> list[MeasuredPose]:
    by_image: dict[int, MeasuredPose] = {}
    for one in measured:
        by_image.setdefault(one.errors.image, one)
    return list(by_image.values())


def _picture(one: MeasuredPose) -> ErrorPicture:
    pose, camera = one.labelled.cam_from_object, one.sample.camera
    if pose is None or camera is None:
        raise ValueError("an object without pose or camera was measured")
    corners = one.model.corners_m
    lines = [
        CropLine(ends_xy_px=line.ends_xy_px, kind="truth")
        for line in pose_lines(pose.matrix, corners, camera)
        if line.axis is None
    ]
    window = np.array([line.ends_xy_px for line in lines]).reshape(-1, 2)
    if one.estimate is not None:
        found = pose_lines(one.estimate.matrix, corners, camera)
        lines += [
            CropLine(ends_xy_px=line.ends_xy_px, kind="predicted" if line.axis is None else f"axis-{line.axis}")
            for line in found
        ]
    box = one.labelled.bbox_xywh_px
    if len(window):
        low, high = window.min(axis=0), window.max(axis=0)
        box = (float(low[0]), float(low[1]), float(high[0] - low[0]), float(high[1] - low[1]))
    crop = crop_around(one.sample.image, [(box, "")], lines=lines, margin=0.25, long_side_px=PICTURE_PX)
    return ErrorPicture(uri=crop.uri, overlay_svg=crop.svg, caption=_caption(one), source=f"image {one.sample.id}")


def _caption(one: MeasuredPose) -> str:
    errors = one.errors
    if one.estimate is None:
        return f"{errors.class_name}: no estimate"
    name = "ADD-S" if errors.is_symmetric else "ADD"
    return (
        f"{errors.class_name}: {name} {_share_of_diameter(one):.0%} of the diameter, turned by "
        f"{errors.rotation_deg:.1f} degrees, {errors.translation_m * MILLIMETRES:.0f} mm away"
    )
