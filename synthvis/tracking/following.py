"""What trackers by motion share: tracks that move on, and their pairs with detections."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from synthvis.metrics.box_overlaps import box_overlaps
from synthvis.metrics.tracking.matching import best_pairs
from synthvis.tracking.motion import BoxMotion
from synthvis.tracking.tracker import FrameDetections

__all__ = ["FollowedTrack", "Pairs", "Worth", "boxes_of", "overlap_worth", "paired"]

Indices = NDArray[np.intp]
Worth = Callable[[Sequence["FollowedTrack"], FrameDetections, Indices, float], NDArray[np.float64]]


@dataclass(slots=True, kw_only=True, eq=False)
class FollowedTrack:
    """A track as a tracker keeps it.

    Attributes:
        track_id: Its number.
        label: Its class.
        motion: Where it is.
        hits: Frames in a row in which it was seen after the one in which it began, up to the last one.
        unseen: Frames since it was seen.
        is_confirmed: It is taken for an object.
        look: (D,) what it looks like, of a tracker that compares looks.
    """

    track_id: int
    label: int
    motion: BoxMotion
    hits: int = 0
    unseen: int = 0
    is_confirmed: bool = False
    look: NDArray[np.float32] | None = None

    def move_on(self) -> None:
        """To the next frame, in which it has not been seen yet."""
        self.motion = self.motion.predicted()
        self.hits = 0 if self.unseen else self.hits
        self.unseen += 1

    def see(self, bbox_xywh_px: NDArray[np.float64]) -> None:
        """It is seen in this frame."""
        self.motion = self.motion.corrected(bbox_xywh_px)
        self.hits += 1
        self.unseen = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairs:
    """Which detection goes with which track.

    Attributes:
        pairs: Track and index of its detection.
        tracks: Those without one.
        detections: Places of those without a track.
    """

    pairs: tuple[tuple[FollowedTrack, int], ...]
    tracks: tuple[FollowedTrack, ...]
    detections: Indices


def boxes_of(tracks: Sequence[FollowedTrack]) -> NDArray[np.float64]:
    """(N, 4) where each track is expected."""
    return np.array([one.motion.bbox_xywh_px for one in tracks], dtype=np.float64).reshape(-1, 4)


def overlap_worth(
    tracks: Sequence[FollowedTrack], detections: FrameDetections, indices: Indices, least_iou: float
) -> NDArray[np.float64]:
    """(N, M) overlap of each track with each detection, 0 below `least_iou`; arguments are those of `paired`."""
    worth = box_overlaps(boxes_of(tracks), detections.boxes_xywh_px[indices])
    worth[worth < least_iou] = 0.0
    return worth


def paired(
    tracks: Sequence[FollowedTrack],
    detections: FrameDetections,
    indices: Indices,
    *,
    least_iou: float,
    worth_of: Worth = overlap_worth,
) -> Pairs:
    """The pairs with the largest sum of what they are worth, by default their overlap, each of one class.

    Args:
        tracks: Moved on to the frame.
        detections: Of the frame.
        indices: Those of the detections that are to be paired.
        least_iou: Of a pair.
        worth_of: What each pair is worth, 0 for those that may not be.
    """
    worth = worth_of(tracks, detections, indices, least_iou)
    labels = np.array([one.label for one in tracks], dtype=np.int64)
    worth[labels[:, None] != detections.labels[indices][None]] = 0.0
    rows, columns = best_pairs(worth)
    is_pair = worth[rows, columns] > 0
    rows, columns = rows[is_pair], columns[is_pair]
    taken = set(rows.tolist())
    return Pairs(
        pairs=tuple((tracks[row], int(indices[column])) for row, column in zip(rows, columns, strict=True)),
        tracks=tuple(one for row, one in enumerate(tracks) if row not in taken),
        detections=np.delete(indices, columns),
    )
