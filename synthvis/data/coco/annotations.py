"""One COCO annotation from outside as a labelled box, or the reason why it cannot be used."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeGuard

from synthvis.conventions import NAMESPACE
from synthvis.data.pose import Pose
from synthvis.data.sample import LabelledObject
from synthvis.errors import DatasetError
from synthvis.formats.rle import CompressedRle, fault_of_polygon

__all__ = ["Unusable", "clipped_xywh_px", "is_number_of_film", "labelled_box", "overhang_px"]

MAX_COORDINATE = 1e7
MAX_ID = 2**53
"""Whole numbers that JSON carries from one program to the next."""

VISIBILITIES = (0, 1, 2)
Box = tuple[float, float, float, float]
ImageHw = tuple[int, int]


@dataclass(frozen=True, slots=True)
class _RenderFacts:
    """What only renders know about an object."""

    visible_fraction: float = 1.0
    instance_id: int | None = None
    amodal_bbox_xywh_px: Box | None = None
    body_bbox_xywh_px: Box | None = None
    amodal_body_bbox_xywh_px: Box | None = None
    cam_from_object: Pose | None = None


NO_RENDER = _RenderFacts()


class Unusable(Exception):
    """An entry that is left out.

    Attributes:
        reason: Why, alike for all such entries.
        found: What stands there.
    """

    def __init__(self, reason: str, found: object) -> None:
        super().__init__(reason)
        self.reason, self.found = reason, found


def labelled_box(
    entry: object,
    sizes: Mapping[int, ImageHw],
    names: Mapping[int, str],
    keypoint_counts: Mapping[int, int | None],
    *,
    look_at_runs: bool,
) -> LabelledObject:
    """The annotation, its box as it stands there.

    Args:
        entry: What the file holds.
        sizes: Height and width of each image by id.
        names: Name of each category by id.
        keypoint_counts: How many keypoints each category has; None: none.
        look_at_runs: Take masks of runs apart, too.

    Raises:
        Unusable: With the reason.
    """
    if type(entry) is not dict:
        raise Unusable("not an object", entry)
    image_id, category_id = entry.get("image_id"), entry.get("category_id")
    # As a float, 1.0 would find the image 1, and True as well.
    if type(image_id) is not int or image_id not in sizes:
        raise Unusable("image_id is of no image that can be used", image_id)
    if type(category_id) is not int or category_id not in names:
        raise Unusable("category_id is of no category that can be used", category_id)
    is_crowd = entry.get("iscrowd", 0)
    if is_crowd not in (0, 1) or type(is_crowd) not in (int, bool):
        raise Unusable("iscrowd is neither 0 nor 1", is_crowd)
    image_hw = sizes[image_id]
    box = _box_in_picture(entry.get("bbox"), image_hw)
    segmentation = entry.get("segmentation") or None
    if segmentation is not None:
        _check_mask(segmentation, image_hw, look_at_runs)
    keypoints, track_id = entry.get("keypoints"), entry.get("track_id")
    if track_id is not None and not is_number_of_film(track_id):
        raise Unusable("track_id is not a whole number from 0 on", track_id)
    facts = _render_facts(entry.get(NAMESPACE))
    return LabelledObject(
        class_name=names[category_id],
        bbox_xywh_px=box,
        area_px=_area_px2(entry.get("area"), box),
        is_crowd=is_crowd == 1,
        track_id=track_id,
        segmentation=segmentation,
        keypoints_xyv_px=_keypoints(keypoints, keypoint_counts[category_id]) if keypoints else (),
        visible_fraction=facts.visible_fraction,
        instance_id=facts.instance_id,
        amodal_bbox_xywh_px=facts.amodal_bbox_xywh_px,
        body_bbox_xywh_px=facts.body_bbox_xywh_px,
        amodal_body_bbox_xywh_px=facts.amodal_body_bbox_xywh_px,
        cam_from_object=facts.cam_from_object,
    )


def is_number_of_film(value: object) -> TypeGuard[int]:
    """Whether a value can number films, frames or tracks; some tools count from 0."""
    return type(value) is int and 0 <= value < MAX_ID


def overhang_px(box: Box, image_hw: ImageHw) -> float:
    """How far a box reaches out of its picture."""
    x, y, width, height = box
    return max(-x, -y, x + width - image_hw[1], y + height - image_hw[0])


def clipped_xywh_px(box: Box, image_hw: ImageHw) -> Box:
    """The part of a box that lies in its picture."""
    x, y, width, height = box
    x0, y0 = max(x, 0.0), max(y, 0.0)
    return x0, y0, min(x + width, float(image_hw[1])) - x0, min(y + height, float(image_hw[0])) - y0


def _box_in_picture(values: object, image_hw: ImageHw) -> Box:
    box = _box_of(values, "bbox")
    x, y, width, height = box
    if width <= 0 or height <= 0:
        raise Unusable("bbox has no area", values)
    if x >= image_hw[1] or y >= image_hw[0] or x + width <= 0 or y + height <= 0:
        raise Unusable("bbox lies outside its picture", values)
    return box


def _box_of(values: Any, name: str) -> Box:
    if type(values) is not list or len(values) != 4:
        raise Unusable(f"{name} is not four numbers", values)
    try:
        x, y, width, height = values
        # A text multiplied by a fraction is a TypeError, as is adding it to a number.
        box = (x + 0.0, y + 0.0, width + 0.0, height + 0.0)
    except (TypeError, OverflowError) as error:
        raise Unusable(f"{name} is not four numbers", values) from error
    # Not so of NaN.
    if not (
        -MAX_COORDINATE < box[0] < MAX_COORDINATE
        and -MAX_COORDINATE < box[1] < MAX_COORDINATE
        and -MAX_COORDINATE < box[2] < MAX_COORDINATE
        and -MAX_COORDINATE < box[3] < MAX_COORDINATE
    ):
        raise Unusable(f"{name} holds numbers of no picture", values)
    return box


def _area_px2(area: Any, box: Box) -> float:
    """As stated; of the box where nothing, or 0, is stated, as many exporters do."""
    if not area:
        return box[2] * box[3]
    if type(area) not in (int, float) or not 0 < area < MAX_COORDINATE**2:
        raise Unusable("area is not a positive number", area)
    return float(area)


def _check_mask(segmentation: Any, image_hw: ImageHw, look_at_runs: bool) -> None:
    if type(segmentation) is list:
        for polygon in segmentation:
            if fault := fault_of_polygon(polygon, image_hw):
                raise Unusable(f"segmentation: {fault}", polygon)
        return
    if type(segmentation) is not dict:
        raise Unusable("segmentation is in none of COCO's forms", segmentation)
    if segmentation.get("size") != list(image_hw):
        raise Unusable("segmentation is of another size than the image", segmentation.get("size"))
    if look_at_runs:
        try:
            CompressedRle.of_json(segmentation, image_hw)
        except DatasetError as error:
            raise Unusable("segmentation: damaged runs", segmentation.get("counts")) from error


def _keypoints(values: Any, count: int | None) -> tuple[tuple[float, float, int], ...]:
    if type(values) is not list or len(values) % 3:
        raise Unusable("keypoints are not x, y, visibility each", values)
    if count is not None and len(values) != 3 * count:
        raise Unusable("keypoints are not as many as its category has", values)
    if not all(type(value) in (int, float) and abs(value) < MAX_COORDINATE for value in values):
        raise Unusable("keypoints hold what is no number of a picture", values)
    if not all(visibility in VISIBILITIES for visibility in values[2::3]):
        raise Unusable("visibility of a keypoint is not 0, 1 or 2", values)
    return tuple((float(x), float(y), int(v)) for x, y, v in zip(values[::3], values[1::3], values[2::3], strict=True))


def _render_facts(facts: object) -> _RenderFacts:
    if not isinstance(facts, dict):
        return NO_RENDER
    visible = facts.get("visible_fraction", 1.0)
    if type(visible) not in (int, float) or not 0 <= visible <= 1 or not math.isfinite(visible):
        raise Unusable("visible_fraction is no share", visible)
    instance_id = facts.get("instance_id")
    return _RenderFacts(
        visible_fraction=float(visible),
        instance_id=instance_id if type(instance_id) is int else None,
        amodal_bbox_xywh_px=_box_or_none(facts, "amodal_bbox"),
        body_bbox_xywh_px=_box_or_none(facts, "body_bbox"),
        amodal_body_bbox_xywh_px=_box_or_none(facts, "amodal_body_bbox"),
        cam_from_object=_pose_or_none(facts),
    )


def _box_or_none(facts: Mapping[str, object], name: str) -> Box | None:
    box = facts.get(name)
    return None if box is None else _box_of(box, name)


def _pose_or_none(facts: Mapping[str, object]) -> Pose | None:
    rows = facts.get("cam_from_object")
    try:
        return None if rows is None else Pose.of_rows(rows)
    except ValueError as error:
        raise Unusable("cam_from_object is no rigid transform", rows) from error
