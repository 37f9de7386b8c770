"""The task of telling the class of each pixel."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import torch
from numpy.typing import NDArray

from synthvis.data.maps.semantic import IGNORE, SemanticSplit, background_of, class_map
from synthvis.data.sample import Sample
from synthvis.errors import CheckpointError
from synthvis.metrics.evaluation import Evaluation
from synthvis.metrics.picture_predictions import ClassMap
from synthvis.metrics.predictions import ImagePrediction
from synthvis.metrics.segmentation import SegmentationMetrics
from synthvis.metrics.training_facts import TrainingFacts
from synthvis.train.config import ModelConfig, TrainConfig
from synthvis.train.dense.network import DenseNetwork, build_dense
from synthvis.train.dense.predict import PICTURES_PER_BATCH, predicted_maps
from synthvis.train.dense.prior_baseline import baseline_at, baseline_map, some_of
from synthvis.train.dense.rows import image_row
from synthvis.train.dense.views import DenseViews, MapRules, same_map
from synthvis.train.evaluation import evaluation_of, with_baseline
from synthvis.train.picture import Picture
from synthvis.train.predicting import picture_of, predictions_on
from synthvis.train.semantic.classes import prediction_table, shared_classes
from synthvis.train.semantic.loss import LOSSES
from synthvis.train.task import Task
from synthvis.train.trained import Trained
from synthvis.train.views.pixels import read_checked

__all__ = ["SemanticTask"]

RULES = MapRules(target="classes", unknown=IGNORE, mirrored=same_map, zoomed=same_map)


class SemanticTask(Task):
    """A class for each pixel, measured by mean IoU."""

    pictures_per_batch: ClassVar[int] = PICTURES_PER_BATCH

    def views(self, split: SemanticSplit, classes: Sequence[str], config: TrainConfig) -> DenseViews:
        """Views with "classes" (S, S) uint8."""
        return DenseViews(split.images, _PairReader(split, tuple(classes)), RULES, config)

    def build(
        self, config: ModelConfig, classes: Sequence[str], weights: Path | None = None, *, pretrained: bool = True
    ) -> DenseNetwork:
        """A network that answers logits, one channel a class."""
        return build_dense(
            config,
            self.description,
            channels=len(classes),
            losses=LOSSES,
            activation=_logits,
            weights=weights,
            pretrained=pretrained,
        )

    def prior_baseline(self, split: SemanticSplit, classes: Sequence[str], facts: TrainingFacts) -> NDArray[np.float32]:
        """The most common class at each place of the picture."""
        return baseline_map((class_map(split, entry, classes) for entry in some_of(split.images)), _most_common)

    def predict(
        self, trained: Trained, pictures: Sequence[Picture], device: torch.device, *, min_score: float = 0.0
    ) -> Iterator[ClassMap]:
        """The most probable class of each pixel."""
        # Of a picture and its mirror image probabilities are averaged; of one alone logits tell the same.
        flips = trained.tta == "flip"
        network = torch.nn.Sequential(trained.network, torch.nn.Softmax(dim=1)) if flips else trained.network
        mirrored = RULES.mirrored if flips else None
        maps = predicted_maps(network, pictures, trained.model.input_size, device, mirrored)
        for picture, scores in zip(pictures, maps, strict=True):
            labels = scores.argmax(dim=0).to(torch.uint8).cpu().numpy()
            yield ClassMap(image_hw=picture.image_hw, labels=labels)

    def evaluate(
        self,
        trained: Trained,
        split: SemanticSplit,
        device: torch.device,
        *,
        resamples: int = 200,
        on_images: Callable[[int], None] = lambda _: None,
    ) -> tuple[Evaluation, list[ImagePrediction]]:
        """IoU, Dice and accuracy over the shared classes, at the stored size."""
        shared = shared_classes(split, trained.classes)
        table = prediction_table(trained.classes, shared)
        metrics, baseline = (SegmentationMetrics(shared, background_of(shared)) for _ in range(2))
        rows = []
        for entry, found in predictions_on(self, trained, split.images, picture_of, device, on_images):
            ground_truth = class_map(split, entry, shared)
            rows.append(image_row(entry, {"mIoU": metrics.add(ground_truth, table[found.labels])}))
            if trained.prior_baseline is not None:
                baseline.add(ground_truth, table[_classes_at(trained, entry.image_hw)])
        measures = metrics.summary(resamples=resamples)
        evaluation = evaluation_of(self.description, trained, split, measures, classes=shared)
        return with_baseline(evaluation, baseline.summary(resamples=0)), rows


@dataclass(frozen=True, slots=True)
class _PairReader:
    """Picture and class map of an entry."""

    split: SemanticSplit
    classes: tuple[str, ...]

    def __call__(self, entry: Sample) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
        return read_checked(entry), class_map(self.split, entry, self.classes)


def _most_common(values: NDArray[np.uint8]) -> NDArray[Any]:
    known = values[values != IGNORE]
    return np.asarray(np.bincount(known).argmax() if known.size else np.nan)


def _classes_at(trained: Trained, image_hw: tuple[int, int]) -> NDArray[np.int64]:
    """The prior baseline for a picture of that size."""
    prior_baseline: Any = trained.prior_baseline
    places = baseline_at(prior_baseline, image_hw, are_classes=True).astype(np.int64)
    if places.min() < 0 or places.max() >= len(trained.classes):
        raise CheckpointError("the prior baseline of the weights names a class that they do not know")
    return places


def _logits(maps: torch.Tensor) -> torch.Tensor:
    return maps
