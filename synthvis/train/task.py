"""What a task is to the loop: where its labels are, its views, its network, its metrics."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from synthvis.metrics.evaluation import Evaluation
from synthvis.metrics.predictions import Prediction
from synthvis.metrics.training_facts import TrainingFacts
from synthvis.train.config import ModelConfig, TrainConfig
from synthvis.train.description import LabelledSplit, TaskDescription
from synthvis.train.views.loader import AugmentedDataset
from synthvis.train.views.multicrop import TestTime

__all__ = ["Evaluation", "LabelledSplit", "Task", "Trained"]


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


class Task(TaskDescription):
    """One thing that can be learnt from labelled images. It holds no state.

    A task's network is a module that returns losses by name for `network(images, targets)`, and what `evaluate` reads
    for `network(images)`; `images` is (N, 3, S, S) uint8. Its property `body` is the pretrained part, and
    `class_layers` the prefixes of the parameters that have one row a class. A network whose loss smooths labels by
    `ModelConfig.label_smoothing` has an attribute `smooths_labels`, which is true, one that takes its loss by name
    `chooses_loss`.
    """

    @abstractmethod
    def views(self, split: Any, classes: Sequence[str], config: TrainConfig) -> AugmentedDataset:
        """Views to train on."""

    @abstractmethod
    def build(
        self, config: ModelConfig, classes: Sequence[str], weights: Path | None = None, *, pretrained: bool = True
    ) -> Any:
        """The network, its body with ImageNet weights unless a checkpoint will follow.

        Raises:
            CheckpointError: `weights` does not fit.
            MissingDependency: There are no weights without a network connection.
        """

    def facts(self, config: TrainConfig) -> TrainingFacts:
        """What a later reader must know of the targets of a run; the rest is filled in."""
        return TrainingFacts()

    def combine(self, networks: Sequence[nn.Module]) -> nn.Module | None:
        """Networks with the same classes and inputs as one that `evaluate` reads; None where that is not defined."""
        return None

    def prior_baseline(self, split: Any, classes: Sequence[str], facts: TrainingFacts) -> NDArray[np.float32] | None:
        """What its labels predict without the image, which `evaluate` measures beside the network; None: nothing."""
        return None

    @abstractmethod
    def evaluate(
        self,
        trained: Trained,
        split: Any,
        device: torch.device,
        *,
        resamples: int = 200,
        on_images: Callable[[int], None] = lambda _: None,
    ) -> tuple[Evaluation, Sequence[Prediction]]:
        """Measure on a split: what was scored, and the rows of predictions_{set}.json."""
