"""What a prediction under way works with."""

from __future__ import annotations

from dataclasses import dataclass

from synthvis.inference.job import Tally
from synthvis.inference.journal import Journal
from synthvis.inference.outputs import Outputs
from synthvis.inference.predictor import Predictor

__all__ = ["RunningPrediction"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RunningPrediction:
    """What a prediction under way works with.

    Attributes:
        predictor: The network.
        outputs: Writes what is found.
        journal: Takes the records.
        tally: Takes the progress and what failed.
        max_frames: Most frames of a video; None: all.
    """

    predictor: Predictor
    outputs: Outputs
    journal: Journal
    tally: Tally
    max_frames: int | None = None
