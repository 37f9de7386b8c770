"""What BOP's JSON files say of an image and of an object, in our units and conventions, and back.

| | BOP | here |
|---|---|---|
| lengths | millimetres | metres |
| middle of the top left pixel, for cam_K | (0, 0), as in OpenCV | (0.5, 0.5) |
| width of a box | from the middle of its first to that of its last pixel | from side to side |
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from synthvis.data.pose import Pose
from synthvis.geometry import invert_rigid

__all__ = ["BadEntry", "GroundTruth", "ObjectInfo", "SceneCamera"]

MM = 1000.0
PIXEL_MIDDLE = 0.5
LENGTH_DECIMALS = 6
"""Of millimetres: a nanometre."""

SHARE_DECIMALS = 6
MAX_OBJECT_ID = 10**9
MAX_COORDINATE = 1e7
MAX_COUNT = 10**12
MAX_DEPTH_SCALE = 1e6
SHARE_TOLERANCE = 1e-6
NO_BOX = [-1, -1, -1, -1]
"""So the toolkit writes the box of what does not show."""

Box = tuple[float, float, float, float]
Rows = list[list[float]]


class BadEntry(ValueError):
    """Why an entry cannot be used, in a few words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GroundTruth:
    """An entry of scene_gt.json.

    Attributes:
        model_id: BOP's obj_id.
        cam_from_object: Its pose; None where the file does not say.
    """

    model_id: int
    cam_from_object: Pose | None

    @classmethod
    def of(cls, entry: object) -> GroundTruth:
        """Raises BadEntry."""
        facts = _object(entry)
        number = facts.get("obj_id")
        if type(number) is not int or not 0 <= number <= MAX_OBJECT_ID:
            raise BadEntry("obj_id is no number of an object")
        return cls(model_id=number, cam_from_object=_pose(facts, "cam_R_m2c", "cam_t_m2c"))

    def to_dict(self) -> dict[str, object]:
        """For scene_gt.json."""
        if self.cam_from_object is None:
            return {"obj_id": self.model_id}
        return {**_parts(self.cam_from_object.rows(), "cam_R_m2c", "cam_t_m2c"), "obj_id": self.model_id}


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectInfo:
    """An entry of scene_gt_info.json.

    Attributes:
        bbox_xywh_px: Half-open box of what shows; None where nothing does.
        amodal_bbox_xywh_px: Of the whole silhouette, which may reach out of the picture; None where it does not say.
        px_all: Pixels of the silhouette, those outside the picture too.
        px_frame: Those inside; None where it does not say, which is not part of BOP.
        px_valid: Those inside where depth is known.
        px_visible: Those that show.
        visible_fraction: BOP's visib_fract, the share of `px_all`; None where it does not say.
    """

    bbox_xywh_px: Box | None
    amodal_bbox_xywh_px: Box | None
    px_all: int | None
    px_frame: int | None
    px_valid: int | None
    px_visible: int | None
    visible_fraction: float | None

    @classmethod
    def of(cls, entry: object) -> ObjectInfo:
        """Raises BadEntry."""
        facts = _object(entry)
        share = facts.get("visib_fract")
        if share is not None and (not _is_number(share) or not -SHARE_TOLERANCE <= share <= 1 + SHARE_TOLERANCE):
            raise BadEntry("visib_fract is no share")
        is_hidden = facts.get("bbox_visib") == NO_BOX
        return cls(
            bbox_xywh_px=_half_open(facts, "bbox_visib"),
            amodal_bbox_xywh_px=_half_open(facts, "bbox_obj"),
            px_all=_count(facts, "px_count_all"),
            px_frame=_count(facts, "px_count_frame"),
            px_valid=_count(facts, "px_count_valid"),
            px_visible=0 if is_hidden else _count(facts, "px_count_visib"),
            visible_fraction=None if share is None else min(max(float(share), 0.0), 1.0),
        )

    @property
    def is_hidden(self) -> bool:
        """Whether it says that nothing of the object shows."""
        return self.px_visible == 0

    @property
    def share_in_frame(self) -> float:
        """Visible share of the silhouette inside the picture; of all of it where only that is known; else 1."""
        if self.px_frame and self.px_visible is not None:
            return min(1.0, self.px_visible / self.px_frame)
        return 1.0 if self.visible_fraction is None else self.visible_fraction

    def to_dict(self) -> dict[str, object]:
        """For scene_gt_info.json."""
        return {
            "bbox_obj": _bop_box(self.amodal_bbox_xywh_px),
            "bbox_visib": _bop_box(self.bbox_xywh_px),
            "px_count_all": self.px_all,
            "px_count_frame": self.px_frame,
            "px_count_valid": self.px_valid,
            "px_count_visib": self.px_visible,
            "visib_fract": None if self.visible_fraction is None else round(self.visible_fraction, SHARE_DECIMALS),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class SceneCamera:
    """An entry of scene_camera.json.

    Attributes:
        K: Three rows of intrinsics, pixels; the middle of the top left pixel is (0.5, 0.5).
        depth_unit_m: Metres a step of the depth map; None where it does not say.
        world_from_cam: Four rows; None where it does not say.
    """

    K: Rows
    depth_unit_m: float | None
    world_from_cam: Rows | None

    @classmethod
    def of(cls, entry: object) -> SceneCamera:
        """Raises BadEntry."""
        facts = _object(entry)
        numbers = _numbers(facts.get("cam_K"), 9)
        if numbers is None or min(numbers[0], numbers[4]) <= 0 or numbers[6:] != [0.0, 0.0, 1.0]:
            raise BadEntry("cam_K is no matrix of a camera")
        scale = facts.get("depth_scale")
        if scale is not None and (not _is_number(scale) or not 0 < scale < MAX_DEPTH_SCALE):
            raise BadEntry("depth_scale is no positive number")
        placed = _pose(facts, "cam_R_w2c", "cam_t_w2c")
        fx, skew, cx, zero, fy, cy = numbers[:6]
        return cls(
            K=[[fx, skew, cx + PIXEL_MIDDLE], [zero, fy, cy + PIXEL_MIDDLE], numbers[6:]],
            depth_unit_m=None if scale is None else scale / MM,
            world_from_cam=None if placed is None else invert_rigid(placed.matrix).tolist(),
        )

    def to_dict(self) -> dict[str, object]:
        """For scene_camera.json."""
        (fx, skew, cx), (zero, fy, cy), last = self.K
        found: dict[str, object] = {
            "cam_K": [fx, skew, cx - PIXEL_MIDDLE, zero, fy, cy - PIXEL_MIDDLE, *last],
            "depth_scale": round((self.depth_unit_m or 1 / MM) * MM, LENGTH_DECIMALS),
        }
        if self.world_from_cam is None:
            return found
        cam_from_world = invert_rigid(np.array(self.world_from_cam)).tolist()
        return {**found, **_parts(cam_from_world, "cam_R_w2c", "cam_t_w2c")}

    @property
    def facts(self) -> dict[str, object]:
        """As `Sample.camera_facts` has them."""
        placed = {} if self.world_from_cam is None else {"world_from_cam": self.world_from_cam}
        return {"K": self.K, **placed}


def _object(entry: object) -> Mapping[str, Any]:
    if not isinstance(entry, Mapping):
        raise BadEntry("not an object")
    return entry


def _is_number(value: object) -> bool:
    return type(value) in (int, float) and math.isfinite(value)  # type: ignore[arg-type]


def _numbers(values: object, count: int) -> list[float] | None:
    if not isinstance(values, list) or len(values) != count or not all(map(_is_number, values)):
        return None
    return [float(value) for value in values]


def _pose(facts: Mapping[str, Any], rotation: str, translation_mm: str) -> Pose | None:
    if facts.get(rotation) is None and facts.get(translation_mm) is None:
        return None
    turn, shift_mm = _numbers(facts.get(rotation), 9), _numbers(facts.get(translation_mm), 3)
    if turn is None or shift_mm is None:
        raise BadEntry(f"{rotation} and {translation_mm} are not nine and three numbers")
    try:
        return Pose.of_parts(turn, [value / MM for value in shift_mm])
    except ValueError as error:
        raise BadEntry(f"{rotation} and {translation_mm}: {error}") from error


def _parts(rows: Sequence[Sequence[float]], rotation: str, translation_mm: str) -> dict[str, object]:
    return {
        rotation: [value for row in rows[:3] for value in row[:3]],
        translation_mm: [round(row[3] * MM, LENGTH_DECIMALS) for row in rows[:3]],
    }


def _count(facts: Mapping[str, Any], key: str) -> int | None:
    value = facts.get(key)
    if value is not None and (type(value) is not int or not 0 <= value < MAX_COUNT):
        raise BadEntry(f"{key} is no count")
    return value


def _half_open(facts: Mapping[str, Any], key: str) -> Box | None:
    values = facts.get(key)
    if values is None or values == NO_BOX:
        return None
    sides = _numbers(values, 4)
    if sides is None or max(map(abs, sides)) > MAX_COORDINATE or min(sides[2:]) < 0:
        raise BadEntry(f"{key} is no box")
    x, y, width, height = sides
    return x, y, width + 1, height + 1


def _bop_box(box_xywh_px: Box | None) -> list[int]:
    """From the first to the last pixel whose middle lies in a box; one at least."""
    if box_xywh_px is None:
        return list(NO_BOX)
    x, y, width, height = box_xywh_px
    first = [math.ceil(side - PIXEL_MIDDLE) for side in (x, y)]
    last = [math.ceil(side - PIXEL_MIDDLE) - 1 for side in (x + width, y + height)]
    return [*first, *(max(end - start, 0) for start, end in zip(first, last, strict=True))]
