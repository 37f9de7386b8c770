"""ByteTrack that also compares what objects look like, where strong boxes are paired with tracks.

A look and the overlap count half each, as in the weighted sum of DeepSORT (Wojke, Bewley and Paulus, ICIP 2017). The
look of a track is a mean of its looks with weights that fall by 0.9 a frame, and looks are alike up to a cosine
distance of 0.25: both as in BoT-SORT (Aharon et al., arXiv 2206.14651). Boxes that overlap others say nothing about
their track, since they show the others too.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from synthvis.metrics.box_overlaps import box_overlaps
from synthvis.tracking.byte_track import ByteTrack
from synthvis.tracking.following import FollowedTrack, boxes_of
from synthvis.tracking.looks import look_distances
from synthvis.tracking.tracker import FrameDetections, TrackerKind

__all__ = ["BYTETRACK_REID", "ByteTrackReid"]

LOOK_WEIGHT = 0.5
LIKE_UP_TO = 0.25
KEPT_OF_LOOK = 0.9
GROWN_BY = 0.5
"""Of its size on each side: how far a box may be from where its track is expected, if it looks like it."""

LIKE_ENOUGH = 0.5
"""Likeness, from 0 to 1, that a pair without enough overlap needs."""

CLEAR_UP_TO_IOU = 0.3


class ByteTrackReid(ByteTrack):
    """ByteTrack on one film with looks; without them it is ByteTrack."""

    def worth(
        self, tracks: Sequence[FollowedTrack], detections: FrameDetections, indices: NDArray[np.intp], least_iou: float
    ) -> NDArray[np.float64]:
        """(N, M) half the overlap and half the likeness; 0 of what neither overlaps enough nor is near and alike."""
        plain = super().worth(tracks, detections, indices, least_iou)
        if detections.looks is None or not plain.size or any(track.look is None for track in tracks):
            return plain
        looks = np.stack([track.look for track in tracks if track.look is not None])
        likeness = np.clip(1 - look_distances(looks, detections.looks[indices]) / LIKE_UP_TO, 0, 1)
        expected = boxes_of(tracks)
        near = box_overlaps(_grown(expected), _grown(detections.boxes_xywh_px[indices])) > 0
        overlap = box_overlaps(expected, detections.boxes_xywh_px[indices])
        may_be = (plain > 0) | (near & (likeness >= LIKE_ENOUGH))
        return np.asarray(np.where(may_be, (1 - LOOK_WEIGHT) * overlap + LOOK_WEIGHT * likeness, 0.0))

    def note(self, track: FollowedTrack, detections: FrameDetections, index: int) -> None:
        """The look of a box that overlaps no other becomes part of that of its track."""
        if detections.looks is None:
            return
        look, overlaps = (
            detections.looks[index],
            box_overlaps(detections.boxes_xywh_px[[index]], detections.boxes_xywh_px),
        )
        if track.look is None:
            track.look = look
        elif np.delete(overlaps[0], index).max(initial=0.0) <= CLEAR_UP_TO_IOU:
            mixed = KEPT_OF_LOOK * track.look + (1 - KEPT_OF_LOOK) * look
            track.look = mixed / max(float(np.linalg.norm(mixed)), np.finfo(np.float32).eps)


def _grown(boxes_xywh_px: NDArray[np.float64]) -> NDArray[np.float64]:
    size = boxes_xywh_px[:, 2:]
    return np.concatenate([boxes_xywh_px[:, :2] - GROWN_BY * size, (1 + 2 * GROWN_BY) * size], axis=1)


BYTETRACK_REID = TrackerKind(
    name="bytetrack-reid",
    about="like bytetrack, and compares the colours of objects",
    make=ByteTrackReid,
    wants_looks=True,
)
