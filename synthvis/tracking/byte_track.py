"""ByteTrack: Zhang et al., "ByteTrack: Multi-object tracking by associating every detection box", ECCV 2022.

Tracks are paired with the detections of high score by IoU, and those left over with the detections of low score, which
are hidden people more often than nothing. Lost tracks are kept for a second. Thresholds of the IoU are those of the
authors' program; the scores are relative to `TrackerSettings.score`, in place of the paper's 0.6 for YOLOX.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from synthvis.tracking.following import FollowedTrack, overlap_worth, paired
from synthvis.tracking.motion import BoxMotion
from synthvis.tracking.tracker import NO_TRACK, WEAKEST_SCORE, FrameDetections, Tracker, TrackerKind, TrackerSettings

__all__ = ["BYTETRACK", "ByteTrack"]

FIRST_IOU, SECOND_IOU, FRESH_IOU = 0.2, 0.5, 0.3
SURER_BY = 0.1
"""A track begins with a score that is higher by this than one that continues it."""

LOST_FOR_S, USUAL_FPS = 1.0, 30.0


class ByteTrack(Tracker):
    """ByteTrack on one film."""

    def __init__(self, settings: TrackerSettings) -> None:
        self._score, self._low = settings.score, min(WEAKEST_SCORE, settings.score)
        self._begins_at = min(settings.score + SURER_BY, (1 + settings.score) / 2)
        self._most_unseen = max(round(LOST_FOR_S * (settings.fps or USUAL_FPS)), 1)
        self._is_first, self._made = True, 0
        self._tracks: list[FollowedTrack] = []

    def update(self, detections: FrameDetections) -> NDArray[np.int64]:
        """Pair in three rounds: confirmed tracks with high scores, then with low ones, then fresh tracks."""
        for track in self._tracks:
            track.move_on()
        scores = detections.scores
        high = np.flatnonzero(scores >= self._score)
        low = np.flatnonzero((scores >= self._low) & (scores < self._score))
        confirmed = [track for track in self._tracks if track.is_confirmed]
        fresh = [track for track in self._tracks if not track.is_confirmed]
        first = paired(confirmed, detections, high, least_iou=FIRST_IOU, worth_of=self.worth)
        seen_before = [track for track in first.tracks if track.unseen == 1]
        second = paired(seen_before, detections, low, least_iou=SECOND_IOU)
        third = paired(fresh, detections, first.detections, least_iou=FRESH_IOU)
        found = np.full(len(detections), NO_TRACK, dtype=np.int64)
        for track, index in (*first.pairs, *second.pairs, *third.pairs):
            track.see(detections.boxes_xywh_px[index])
            self.note(track, detections, index)
            track.is_confirmed = True
            found[index] = track.track_id
        for index in third.detections[scores[third.detections] >= self._begins_at].tolist():
            found[index] = self._begin(detections, index)
        self._tracks = [track for track in self._tracks if self._is_kept(track)]
        self._is_first = False
        return found

    def worth(
        self, tracks: Sequence[FollowedTrack], detections: FrameDetections, indices: NDArray[np.intp], least_iou: float
    ) -> NDArray[np.float64]:
        """(N, M) what a pair of a confirmed track and a detection of high score is worth."""
        return overlap_worth(tracks, detections, indices, least_iou)

    def note(self, track: FollowedTrack, detections: FrameDetections, index: int) -> None:
        """A track was seen as that detection; there is nothing more to remember of it."""

    def _begin(self, detections: FrameDetections, index: int) -> int:
        """A new track; it is told at once in the first frame of a film, else when it is seen again."""
        self._made += 1
        motion = BoxMotion.of_first(detections.boxes_xywh_px[index])
        label = int(detections.labels[index])
        track = FollowedTrack(track_id=self._made, label=label, motion=motion, is_confirmed=self._is_first)
        self._tracks.append(track)
        self.note(track, detections, index)
        return track.track_id if self._is_first else NO_TRACK

    def _is_kept(self, track: FollowedTrack) -> bool:
        return track.unseen <= (self._most_unseen if track.is_confirmed else 0)


BYTETRACK = TrackerKind(
    name="bytetrack", about="like sort, with weak detections too; remembers for a second", make=ByteTrack
)
