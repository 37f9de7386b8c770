"""A film as metrics of tracks see it: for each frame, which tracks are there and how their boxes overlap."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from synthvis.metrics.box_overlaps import box_overlaps

__all__ = ["FilmCase", "FrameBoxes", "FrameCase", "film_case"]

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FrameBoxes:
    """The boxes of one frame, of the truth or of a tracker.

    Attributes:
        track_ids: (N,) int64, all different.
        xywh_px: (N, 4) float64, left, top, width, height.
    """

    track_ids: NDArray[np.int64]
    xywh_px: Floats

    def __post_init__(self) -> None:
        if len(np.unique(self.track_ids)) < len(self.track_ids):
            raise ValueError("a track has two boxes in one frame")

    @classmethod
    def of(cls, rows: Sequence[tuple[int, Sequence[float]]]) -> FrameBoxes:
        """Those of (track id, box) pairs."""
        return cls(
            track_ids=np.array([track_id for track_id, _ in rows], dtype=np.int64),
            xywh_px=np.array([box for _, box in rows], dtype=np.float64).reshape(-1, 4),
        )

    def __len__(self) -> int:
        return len(self.track_ids)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FrameCase:
    """One frame.

    Attributes:
        ground_truth: (N,) tracks of the truth that are in it, as places from 0 in a list of all of the film.
        predicted: (M,) tracks of the tracker, likewise.
        iou: (N, M) overlaps of their boxes.
    """

    ground_truth: Indices
    predicted: Indices
    iou: Floats


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FilmCase:
    """One film.

    Attributes:
        frames: In the order of time.
        ground_truth_tracks: How many tracks the truth has.
        predicted_tracks: How many the tracker made.
    """

    frames: tuple[FrameCase, ...]
    ground_truth_tracks: int
    predicted_tracks: int

    def ground_truth_lengths(self) -> Floats:
        """(N,) frames in which each track of the truth is."""
        return _lengths((frame.ground_truth for frame in self.frames), self.ground_truth_tracks)

    def predicted_lengths(self) -> Floats:
        """(M,) frames in which each predicted track is."""
        return _lengths((frame.predicted for frame in self.frames), self.predicted_tracks)


def film_case(ground_truth: Sequence[FrameBoxes], predicted: Sequence[FrameBoxes]) -> FilmCase:
    """The film of boxes, frame by frame; both sequences have an entry for every frame, also for an empty one."""
    places, own = _places(ground_truth), _places(predicted)
    return FilmCase(
        frames=tuple(
            FrameCase(
                ground_truth=np.array([places[one] for one in there.track_ids.tolist()], dtype=np.intp),
                predicted=np.array([own[one] for one in found.track_ids.tolist()], dtype=np.intp),
                iou=box_overlaps(there.xywh_px, found.xywh_px),
            )
            for there, found in zip(ground_truth, predicted, strict=True)
        ),
        ground_truth_tracks=len(places),
        predicted_tracks=len(own),
    )


def _places(frames: Sequence[FrameBoxes]) -> dict[int, int]:
    met = dict.fromkeys(track_id for frame in frames for track_id in frame.track_ids.tolist())
    return {track_id: place for place, track_id in enumerate(met)}


def _lengths(frames: Iterable[Indices], tracks: int) -> Floats:
    counts = np.zeros(tracks)
    for there in frames:
        counts[there] += 1
    return counts
