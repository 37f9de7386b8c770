"""A trained network and what it knows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from torch import nn

from synthvis.metrics.training_facts import TrainingFacts
from synthvis.tracking.tracker import TrackerChoice
from synthvis.train.config import ModelConfig
from synthvis.train.views.multicrop import TestTime

__all__ = ["Trained"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trained:
    """A trained network and what it knows."""

    task: str
    network: nn.Module
    model: ModelConfig
    classes: tuple[str, ...]
    facts: TrainingFacts
    """What it was trained on."""
    prior_baseline: NDArray[np.float32] | None = None
    """A prediction that ignores the image, from the labels it was trained on; None where the task has none."""
    tta: TestTime | None = None
    """Further views of each image to predict on, for tasks that name it in `test_time`."""
    tracker: TrackerChoice | None = None
    """Joins what is found in the frames of a film, in place of the tracker that `facts` name; None: that one."""
