"""What a tracker is: it takes the detections of one frame after the other and says which track each belongs to."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "DEFAULT_SCORE",
    "DEFAULT_TRACKER",
    "NO_TRACK",
    "WEAKEST_SCORE",
    "FrameDetections",
    "Tracker",
    "TrackerChoice",
    "TrackerKind",
    "TrackerSettings",
]

NO_TRACK = 0
"""Of a detection that belongs to no track; tracks are numbered from 1."""

DEFAULT_TRACKER, DEFAULT_SCORE = "bytetrack", 0.4
WEAKEST_SCORE = 0.1
"""No tracker looks at detections below it."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FrameDetections:
    """What a detector found in one frame.

    Attributes:
        boxes_xywh_px: (N, 4) float64 left, top, width, height.
        scores: (N,) float64 from 0 to 1.
        labels: (N,) int64 numbers of classes; a track keeps its class.
        looks: (N, D) float32 of length 1, what each looks like, for a tracker that wants it; else None.
    """

    boxes_xywh_px: NDArray[np.float64]
    scores: NDArray[np.float64]
    labels: NDArray[np.int64]
    looks: NDArray[np.float32] | None = None

    def __len__(self) -> int:
        return len(self.scores)


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackerSettings:
    """What a tracker is told of its film and of its detector.

    Attributes:
        score: Detections from this score on are taken for objects. Detectors differ in what their scores mean.
        fps: Frames a second; None where it is not known.
    """

    score: float = DEFAULT_SCORE
    fps: float | None = None


class Tracker(ABC):
    """Follows the objects of one film. It has a state: each film gets a tracker of its own."""

    @abstractmethod
    def update(self, detections: FrameDetections) -> NDArray[np.int64]:
        """Take the next frame.

        Args:
            detections: What was found in it, which may be nothing.

        Returns:
            (N,) the track of each detection, from 1; NO_TRACK for those of none. No two are equal but NO_TRACK.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackerKind:
    """A kind of tracker by its name.

    Attributes:
        name: As in `--tracker`.
        about: In a few words.
        make: A new tracker for one film.
        wants_looks: It compares what objects look like, so that pictures are read.
    """

    name: str
    about: str
    make: Callable[[TrackerSettings], Tracker]
    wants_looks: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackerChoice:
    """A kind of tracker, and the score from which on it takes a detection for an object."""

    kind: TrackerKind
    score: float = DEFAULT_SCORE

    def for_film(self, fps: float | None) -> Tracker:
        """A new tracker for a film of so many frames a second; None: not known."""
        return self.kind.make(TrackerSettings(score=self.score, fps=fps))
