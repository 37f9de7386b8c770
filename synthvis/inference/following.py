"""Objects found in the frames of a video, one after the other, joined to tracks."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from synthvis.inference.records import PredictedPicture
from synthvis.metrics.picture_predictions import DetectedObjects, PicturePrediction
from synthvis.tracking.looks import color_looks
from synthvis.tracking.on_films import track_ids_of
from synthvis.tracking.tracker import NO_TRACK, FrameDetections, Tracker, TrackerChoice

__all__ = ["FollowedVideo", "mot_rows"]


@dataclass(slots=True, eq=False)
class FollowedVideo:
    """Follows the objects of one video.

    Attributes:
        choice: The tracker.
        fps: Frames of the video a second.
    """

    choice: TrackerChoice
    fps: float
    _tracker: Tracker = field(init=False)

    def __post_init__(self) -> None:
        self._tracker = self.choice.for_film(self.fps)

    def next_frame(self, found: PicturePrediction, image_rgb: NDArray[np.uint8]) -> PicturePrediction:
        """The objects of the next frame, (H, W, 3), that belong to a track, with its number.

        Raises:
            UsageError: The tracker, of the user's, does not do what trackers do.
        """
        if not isinstance(found, DetectedObjects):
            return found
        boxes = np.array([one.bbox_xywh_px for one in found.objects], dtype=np.float64).reshape(-1, 4)
        detections = FrameDetections(
            boxes_xywh_px=boxes,
            scores=np.array([one.score for one in found.objects], dtype=np.float64),
            labels=np.array([one.label for one in found.objects], dtype=np.int64),
            looks=color_looks(image_rgb, boxes) if self.choice.kind.wants_looks else None,
        )
        ids = track_ids_of(self._tracker, detections, self.choice.kind.name).tolist()
        pairs = zip(found.objects, ids, strict=True)
        return replace(found, objects=tuple(replace(one, track_id=id) for one, id in pairs if id != NO_TRACK))


def mot_rows(picture: PredictedPicture) -> str:
    """The objects of a frame as MOTChallenge takes results, frames and pixels from 1; their classes are not told."""
    rows = []
    for one in picture.objects:
        if one.track_id is not None and one.bbox is not None:
            x, y, width, height = one.bbox
            numbers = (x + 1, y + 1, width, height, one.score or 0.0)
            words = [str((picture.frame or 0) + 1), str(one.track_id), *(f"{number:.7g}" for number in numbers)]
            rows.append(",".join([*words, "-1", "-1", "-1"]) + "\n")
    return "".join(rows)
