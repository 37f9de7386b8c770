"""What a task is: a half that is known before torch is loaded, and a half that learns.

A `TaskDescription` says what the task is called, where its labels are, how it is measured and shown. What a user
mistypes is refused by it; the commands, the comparisons and the report ask it, so that none of them knows a task by
its name. It makes the other half, a `Task`, which is all that the training knows of what it learns. Neither holds
state. This module loads no torch, only a description's `learner` does, and what reads and measures sets only when it is
asked to: help and completion load the descriptions of all tasks.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from synthvis.errors import UsageError

if TYPE_CHECKING:
    import numpy as np
    import torch
    from numpy.typing import NDArray
    from torch import nn

    from synthvis.data.contents import Content
    from synthvis.data.dataset import Dataset
    from synthvis.data.split import Split
    from synthvis.metrics.evaluation import Evaluation
    from synthvis.metrics.metric import Metric
    from synthvis.metrics.picture_predictions import PicturePrediction
    from synthvis.metrics.predictions import Prediction
    from synthvis.metrics.training_facts import TrainingFacts
    from synthvis.train.backbones.catalogue import Backbone
    from synthvis.train.config import ModelConfig, TrainConfig
    from synthvis.train.picture import Picture
    from synthvis.train.trained import Trained
    from synthvis.train.views.loader import AugmentedDataset

__all__ = ["Task", "TaskDescription"]


class TaskDescription(ABC):
    """What a task is called, chooses among, reads and shows.

    Attributes:
        name: As in `--task`.
        title: What is learnt, in a few words, as in lists of tasks.
        headline: Name of the metric by which the best weights are kept; a registered `Metric` says its direction.
        labels: What `Split.label_count` counts, in the plural.
        learns_from: Kinds of label that it can learn from; a set in any form that serves one of them can be read.
        archs: Architectures by the names that `--arch` takes, the default first.
        prediction: Kind of row in predictions_*.json; the report shows errors by it.
        losses: Losses by the names that `--loss` takes, the default first; empty where it is part of the network.
        test_time: Further views of each image that predictions can be averaged over, as in `--tta`.
        settings: Settings of training that mean something for this task only, such as "boxes".
        photographs: Name of a known real set to measure on; None where there is none with such labels.
        compared: Metrics that a comparison of two sets names; empty: all.
        has_error_causes: Whether its errors are boxes that the network found, so that causes can be told apart.
        shown_map: Name of the map of each image that is shown beside a bad prediction; None where there is none.
    """

    name: str
    title: str
    headline: str
    labels: str
    learns_from: tuple[Content, ...]
    archs: tuple[str, ...]
    prediction: type[Prediction]
    losses: tuple[str, ...] = ()
    test_time: tuple[str, ...] = ()
    settings: tuple[str, ...] = ()
    photographs: str | None = None
    compared: tuple[str, ...] = ()
    has_error_causes: bool = False
    shown_map: str | None = None

    @abstractmethod
    def learner(self) -> Task:
        """The half that learns, of this description. Torch is imported here and nowhere above."""

    @abstractmethod
    def require_comparable(self, split: Any, classes: Sequence[str]) -> None:
        """Refuse a set on which a network that knows `classes` cannot be measured.

        Raises:
            RealDataError: With the reason.
        """

    def require_own_val(self, split: Any, classes: Sequence[str]) -> None:
        """Refuse the val split of the data that was trained on; as it is: where a set from elsewhere would be refused.

        Raises:
            RealDataError: With the reason.
        """
        self.require_comparable(split, classes)

    def can_stand_on(self, backbone: Backbone) -> bool:
        """Whether the network that it takes by default can be built over a backbone; as it is: over any."""
        return True

    def check_config(self, config: TrainConfig) -> None:  # noqa: B027  most tasks have nothing to refuse
        """Refuse settings that the task cannot learn with, before torch is loaded.

        Raises:
            UsageError: With the reason.
        """

    @property
    def formats(self) -> tuple[str, ...]:
        """Names of the data formats in which its labels are found, in the order in which a folder is held to them."""
        from synthvis.data.formats.registry import formats_serving

        return formats_serving(*self.learns_from)

    @property
    def metric(self) -> Metric:
        """The metric by which the task is judged."""
        from synthvis.metrics.registry import metric_named

        return metric_named(self.headline)

    @property
    def lower_is_better(self) -> bool:
        """Whether that metric is an error."""
        return self.metric.lower_is_better

    def find(self, name_or_path: str | Path, root: str | Path | None = None) -> Dataset:
        """A set by its name, folder or file; `NAME:SPLIT` sets the default split.

        Raises:
            RealDataError: Nothing is there, with what to type.
        """
        from synthvis.data.dataset import find_dataset

        return find_dataset(name_or_path, root, formats=self.formats)

    def read(self, found: Dataset, split: str | None = None) -> Any:
        """One split of a set, without the photographs that cannot be opened.

        Raises:
            RealDataError: There is no such split, or it cannot be read.
        """
        from synthvis.data.picture_files import with_sound_pictures

        return with_sound_pictures(self.labelled(found.read(split)))

    def labelled(self, split: Split) -> Split:
        """The split as the task sees it.

        Raises:
            RealDataError: It lacks labels of the task.
        """
        return split


@dataclass(frozen=True)
class Task(ABC):
    """What a task is to the loop: its views, its network, its metrics.

    A task's network is a module that returns losses by name for `network(images, targets)`, and what `evaluate` reads
    for `network(images)`; `images` is (N, 3, S, S) uint8. Its property `body` is the pretrained part, and
    `class_layers` the prefixes of the parameters that have one row a class. A network whose loss smooths labels by
    `ModelConfig.label_smoothing` has an attribute `smooths_labels`, which is true, one that takes its loss by name
    `chooses_loss`.

    Attributes:
        description: The half that made this one.
        pictures_per_batch: Most pictures that `predict` is given at once.
    """

    description: TaskDescription
    pictures_per_batch: ClassVar[int] = 16

    @abstractmethod
    def views(self, split: Any, classes: Sequence[str], config: TrainConfig) -> AugmentedDataset:
        """Views to train on."""

    @abstractmethod
    def build(
        self, config: ModelConfig, classes: Sequence[str], weights: Path | None = None, *, pretrained: bool = True
    ) -> Any:
        """The network, its body with ImageNet weights unless a checkpoint will follow.

        Raises:
            UsageError: There is no such architecture, loss or backbone.
            CheckpointError: `weights` does not fit.
            MissingDependency: There are no weights without a network connection.
        """

    def inform(self, network: Any, split: Any, classes: Sequence[str]) -> None:
        """Tell a network that is about to be trained what it must know of its training set; as it is: nothing.

        Args:
            network: As `build` made it; what it is told belongs into its buffers, so that it is saved with its weights.
            split: The training set.
            classes: Of the network.
        """
        del network, split, classes

    def facts(self, config: TrainConfig) -> TrainingFacts:
        """What a later reader must know of the targets of a run; the rest is filled in."""
        from synthvis.metrics.training_facts import TrainingFacts

        return TrainingFacts()

    def combine(self, networks: Sequence[nn.Module]) -> nn.Module | None:
        """Networks with the same classes and inputs as one that `evaluate` reads; None where that is not defined."""
        return None

    def prior_baseline(self, split: Any, classes: Sequence[str], facts: TrainingFacts) -> NDArray[np.float32] | None:
        """What its labels predict without the image, which `evaluate` measures beside the network; None: nothing."""
        return None

    def predict(
        self, trained: Trained, pictures: Sequence[Picture], device: torch.device, *, min_score: float = 0.0
    ) -> Iterable[PicturePrediction]:
        """What the network says about each of a few pictures, in their order; it is on the device, in evaluation mode.

        The one way from a picture to a prediction: `evaluate` measures what comes back, with `predictions_on`.

        Args:
            trained: The network.
            pictures: Of any sizes.
            device: Where the network is.
            min_score: Objects below it are not wanted.

        Raises:
            UsageError: The task, of an installed package, does not offer this.
        """
        raise UsageError(
            f"the task {self.description.name} predicts nothing for pictures without labels",
            hint="its package has to say how, in a method `predict` of its Task: see docs/explanation/extending.md",
        )

    def needs_boxes(self, trained: Trained) -> bool:
        """Whether the network looks at one object at a time, so that somebody has to say where objects are."""
        return False

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
