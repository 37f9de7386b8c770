"""What depth and normals share: a picture and a map of numbers in a file each, measured pixel by pixel."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, ClassVar, Protocol

import numpy as np
import torch
from numpy.typing import NDArray

from synthvis.data.sample import Sample
from synthvis.data.split import Split
from synthvis.metrics.evaluation import Evaluation
from synthvis.metrics.measures import Measures
from synthvis.metrics.picture_predictions import NumberMap
from synthvis.metrics.predictions import ImagePrediction
from synthvis.metrics.training_facts import TrainingFacts
from synthvis.train.config import ModelConfig, TrainConfig
from synthvis.train.dense.network import DenseNetwork
from synthvis.train.dense.predict import PICTURES_PER_BATCH, as_map, predicted_maps
from synthvis.train.dense.prior_baseline import baseline_at, baseline_map, some_of
from synthvis.train.dense.rows import image_row
from synthvis.train.dense.views import DenseViews, MapRules
from synthvis.train.evaluation import evaluation_of, with_baseline
from synthvis.train.picture import Picture
from synthvis.train.predicting import picture_of, predictions_on
from synthvis.train.task import Task
from synthvis.train.trained import Trained
from synthvis.train.views.pixels import read_checked

__all__ = ["MapMetrics", "MapTask"]


class MapMetrics(Protocol):
    """Collects errors of one image after another."""

    def add(self, ground_truth: NDArray[Any], predicted: NDArray[Any], /) -> dict[str, float | None]:
        """Take in the true and the predicted map of an image; returns its own metrics."""

    def summary(self, *, resamples: int = 200) -> Measures:
        """What all images together say."""


class MapTask(Task):
    """A task (see `train.task.Task`) whose labels are maps of numbers; there are no classes.

    Attributes:
        rules: What a view does to a map.
        metrics: Makes an empty collection of errors.
        map_kind: What the numbers are, as a prediction.
    """

    rules: ClassVar[MapRules]
    metrics: ClassVar[type[MapMetrics]]
    map_kind: ClassVar[type[NumberMap]] = NumberMap
    pictures_per_batch: ClassVar[int] = PICTURES_PER_BATCH

    @abstractmethod
    def read_map(self, entry: Sample) -> NDArray[np.float32]:
        """(H, W) or (H, W, C) numbers of an entry."""

    @abstractmethod
    def build(
        self, config: ModelConfig, classes: Sequence[str], weights: Path | None = None, *, pretrained: bool = True
    ) -> DenseNetwork:
        """A network that predicts (N, C, S, S) such numbers."""

    @abstractmethod
    def usual(self, values: NDArray[np.float32]) -> NDArray[Any]:
        """The usual one of numbers (N,) or (N, C), some of them unknown; NaN where all are."""

    @abstractmethod
    def facts(self, config: TrainConfig) -> TrainingFacts:
        """What the numbers of the map are."""

    def views(self, split: Split, classes: Sequence[str], config: TrainConfig) -> DenseViews:
        """Views with the map as a target."""
        return DenseViews(split.images, self._read_pair, self.rules, config)

    def prior_baseline(self, split: Split, classes: Sequence[str], facts: TrainingFacts) -> NDArray[np.float32]:
        """The usual number at each place of the picture."""
        return baseline_map((self.read_map(entry) for entry in some_of(split.images)), self.usual)

    def predict(
        self, trained: Trained, pictures: Sequence[Picture], device: torch.device, *, min_score: float = 0.0
    ) -> Iterator[NumberMap]:
        """Numbers for each pixel."""
        mirrored = self.rules.mirrored if trained.tta == "flip" else None
        maps = predicted_maps(trained.network, pictures, trained.model.input_size, device, mirrored)
        for picture, prediction in zip(pictures, maps, strict=True):
            yield self.map_kind(image_hw=picture.image_hw, values=as_map(prediction))

    def evaluate(
        self,
        trained: Trained,
        split: Split,
        device: torch.device,
        *,
        resamples: int = 200,
        on_images: Callable[[int], None] = lambda _: None,
    ) -> tuple[Evaluation, list[ImagePrediction]]:
        """Errors over the pixels with ground truth, at the stored size."""
        metrics, baseline, rows = self.metrics(), self.metrics(), []
        for entry, found in predictions_on(self, trained, split.images, picture_of, device, on_images):
            ground_truth = self.read_map(entry)
            rows.append(image_row(entry, metrics.add(ground_truth, found.values)))
            if trained.prior_baseline is not None:
                channels = found.values.shape[2] if found.values.ndim == 3 else 1
                baseline.add(ground_truth, baseline_at(trained.prior_baseline, entry.image_hw, channels))
        evaluation = evaluation_of(self.description, trained, split, metrics.summary(resamples=resamples))
        return with_baseline(evaluation, baseline.summary(resamples=0)), rows

    def _read_pair(self, entry: Sample) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
        return read_checked(entry), self.read_map(entry)
