"""What a network says about one picture, whoever asks: an evaluation, `synthvis predict`, a program.

A task answers with one of the kinds below; what draws, stores or measures predictions goes by the kind and not by the
task, so a task of its own takes one of these. Rows of predictions_*.json are made of them for a set with ids.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from synthvis.data.pose import Pose
from synthvis.formats.json_file import Flag, Name, Record
from synthvis.metrics.predictions import (
    BoxPrediction,
    KeypointPrediction,
    MaskPrediction,
    PosePrediction,
    RleMask,
    pose_numbers,
)

__all__ = [
    "ClassMap",
    "ClassProbabilities",
    "DepthMap",
    "DetectedObject",
    "DetectedObjects",
    "NormalMap",
    "NumberMap",
    "PictureNumbers",
    "PicturePrediction",
    "PoseLine",
    "Vocabulary",
]

KEYPOINT_NUMBERS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary(Record):
    """The words of a network that predicts.

    Attributes:
        categories: Names of its classes, in its order; the category id of each is its place, from 1. Of a network for
            keypoints, the one category.
        keypoints: Names of its keypoints, in its order; empty where it finds none.
        has_poses: Whether its objects have poses.
    """

    categories: tuple[Name, ...]
    keypoints: tuple[Name, ...] = ()
    has_poses: Flag = False


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PicturePrediction:
    """What a network says about one picture. Every kind is one.

    Attributes:
        image_hw: Height and width of the picture as it was given, pixels.
    """

    image_hw: tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class PoseLine:
    """A line in the picture that shows a pose.

    Attributes:
        ends_xy_px: x and y of one end, then of the other, in pixels of the picture.
        axis: 0, 1 or 2 of the axis of the object that it lies along, from its origin; None of an edge of its box.
    """

    ends_xy_px: tuple[float, float, float, float]
    axis: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DetectedObject:
    """One object that was found. Numbers are rounded as predictions_*.json has them.

    Attributes:
        label: Index of its class among those of the network.
        bbox_xywh_px: Half-open box, left, top, width, height, in pixels of the picture.
        score: From 0 to 1.
        segmentation: Its mask; None where the network finds none.
        keypoints: x, y in pixels of the picture and a score, for one keypoint after the other; empty likewise.
        track_id: Number of its track in a video that is followed, from 1; None where nothing follows.
        cam_from_object: Its pose; None likewise.
        lines: That show the pose.
    """

    label: int
    bbox_xywh_px: tuple[float, float, float, float]
    score: float
    segmentation: RleMask | None = None
    keypoints: tuple[float, ...] = ()
    track_id: int | None = None
    cam_from_object: Pose | None = None
    lines: tuple[PoseLine, ...] = ()

    def row(self, image_id: int, category_id: int, positions: Sequence[int] | None = None) -> BoxPrediction:
        """The object as a COCO result; `positions` names the keypoints that are wanted, by number; None: all."""
        box: dict[str, Any] = {
            "image_id": image_id,
            "category_id": category_id,
            "bbox": self.bbox_xywh_px,
            "score": self.score,
        }
        if self.segmentation is not None:
            return MaskPrediction(**box, segmentation=self.segmentation)
        if self.keypoints:
            return KeypointPrediction(**box, keypoints=self._keypoints_at(positions))
        if self.cam_from_object is not None:
            return PosePrediction(**box, **pose_numbers(self.cam_from_object))
        return BoxPrediction(**box)

    def _keypoints_at(self, positions: Sequence[int] | None) -> tuple[float, ...]:
        if positions is None:
            return self.keypoints
        starts = (KEYPOINT_NUMBERS * position for position in positions)
        return tuple(value for start in starts for value in self.keypoints[start : start + KEYPOINT_NUMBERS])


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DetectedObjects(PicturePrediction):
    """Objects with boxes, and masks or keypoints where the network finds some; the best first."""

    objects: tuple[DetectedObject, ...]

    def rows(self, image_id: int, category_of: Sequence[int | None]) -> list[BoxPrediction]:
        """As COCO results of an image; `category_of` has a category id for each class, None for one to leave out."""
        with_ids = ((one, category_of[one.label]) for one in self.objects)
        return [one.row(image_id, category_id) for one, category_id in with_ids if category_id is not None]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ClassProbabilities(PicturePrediction):
    """How probable each class is; (K,) float64, sum 1."""

    probabilities: NDArray[np.float64]

    @property
    def label(self) -> int:
        """Index of the most probable class, the first of equals."""
        return int(self.probabilities.argmax())

    @property
    def score(self) -> float:
        """Its probability."""
        return float(self.probabilities.max())


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ClassMap(PicturePrediction):
    """The class of each pixel: (H, W) uint8, indices among those of the network."""

    labels: NDArray[np.uint8]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class NumberMap(PicturePrediction):
    """Numbers for each pixel: (H, W) or (H, W, C) float32."""

    values: NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DepthMap(NumberMap):
    """(H, W) metres along the optical axis."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class NormalMap(NumberMap):
    """(H, W, 3) unit vectors in the camera frame: x right, y down, z forward."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PictureNumbers(PicturePrediction):
    """Named numbers of a whole picture, such as a count."""

    numbers: Mapping[str, float]
