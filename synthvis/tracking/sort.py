"""SORT: Bewley et al., "Simple online and realtime tracking", ICIP 2016.

Boxes move on with constant velocity and are paired with detections by IoU. The numbers are the paper's; its filter
follows area and aspect of a box, `BoxMotion` width and height.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from synthvis.tracking.following import FollowedTrack, paired
from synthvis.tracking.motion import BoxMotion
from synthvis.tracking.tracker import NO_TRACK, FrameDetections, Tracker, TrackerKind, TrackerSettings

__all__ = ["SORT", "Sort"]

MIN_IOU = 0.3
MAX_UNSEEN_FRAMES = 1
MIN_HITS = 3
"""Frames in a row in which a track must be seen again before it is told, but in the first frames of a film."""


class Sort(Tracker):
    """SORT on one film."""

    def __init__(self, settings: TrackerSettings) -> None:
        self._score, self._frames, self._made = settings.score, 0, 0
        self._tracks: list[FollowedTrack] = []

    def update(self, detections: FrameDetections) -> NDArray[np.int64]:
        """Pair what is above the score with the tracks; what is left begins a track."""
        self._frames += 1
        for track in self._tracks:
            track.move_on()
        wanted = np.flatnonzero(detections.scores >= self._score)
        matched = paired(self._tracks, detections, wanted, least_iou=MIN_IOU)
        found = np.full(len(detections), NO_TRACK, dtype=np.int64)
        for track, index in matched.pairs:
            track.see(detections.boxes_xywh_px[index])
            found[index] = self._told(track)
        for index in matched.detections.tolist():
            found[index] = self._told(self._begin(detections, index))
        self._tracks = [track for track in self._tracks if track.unseen <= MAX_UNSEEN_FRAMES]
        return found

    def _begin(self, detections: FrameDetections, index: int) -> FollowedTrack:
        self._made += 1
        motion = BoxMotion.of_first(detections.boxes_xywh_px[index])
        track = FollowedTrack(track_id=self._made, label=int(detections.labels[index]), motion=motion)
        self._tracks.append(track)
        return track

    def _told(self, track: FollowedTrack) -> int:
        return track.track_id if track.hits >= MIN_HITS or self._frames <= MIN_HITS else NO_TRACK


SORT = TrackerKind(name="sort", about="motion and overlap; forgets what it does not see", make=Sort)
