"""The task of naming what a picture shows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from synthvis.data.derived.subset import shared_classes
from synthvis.data.split import Split, class_key
from synthvis.errors import CheckpointError
from synthvis.metrics.classification import classification_metrics
from synthvis.metrics.evaluation import Evaluation
from synthvis.metrics.measures import Measures
from synthvis.metrics.picture_predictions import ClassProbabilities
from synthvis.metrics.predictions import ClassPrediction
from synthvis.metrics.training_facts import TrainingFacts
from synthvis.train.arch import chosen_arch
from synthvis.train.backbones.weights import with_pretrained_body
from synthvis.train.classification.data import ClassViews
from synthvis.train.classification.examples import Example, Examples, examples_of, read_example
from synthvis.train.classification.network import Classifier
from synthvis.train.classification.predict import classify, prediction_rows
from synthvis.train.config import ModelConfig, TrainConfig
from synthvis.train.engine.mean_of_classes import MeanOfClasses
from synthvis.train.evaluation import evaluation_of, with_baseline
from synthvis.train.picture import Picture
from synthvis.train.predicting import predictions_on
from synthvis.train.task import Task
from synthvis.train.trained import Trained

__all__ = ["ClassificationTask"]


class ClassificationTask(Task):
    """One class a crop or picture, measured by accuracy."""

    def views(self, split: Split, classes: Sequence[str], config: TrainConfig) -> ClassViews:
        """Views of crops or whole pictures, as the config says."""
        return ClassViews(split, classes, config)

    def build(
        self, config: ModelConfig, classes: Sequence[str], weights: Path | None = None, *, pretrained: bool = True
    ) -> Classifier:
        """A linear layer with one output a class."""
        chosen_arch(config.arch, self.description)
        return with_pretrained_body(Classifier(config, len(classes)), config.backbone, weights, pretrained=pretrained)

    def facts(self, config: TrainConfig) -> TrainingFacts:
        """What of a COCO set was classified."""
        return TrainingFacts(examples=config.examples, min_visible=config.min_visible)

    def prior_baseline(self, split: Split, classes: Sequence[str], facts: TrainingFacts) -> NDArray[np.float32]:
        """(K,) how often each class is the right one."""
        found = _examples(split, classes, facts)
        counts = np.bincount([example.label for example in found.known], minlength=len(classes))
        return np.asarray(counts / max(counts.sum(), 1), dtype=np.float32)

    def combine(self, networks: Sequence[nn.Module]) -> MeanOfClasses:
        """Classifiers as one, their probabilities averaged."""
        return MeanOfClasses(networks)

    def predict(
        self, trained: Trained, pictures: Sequence[Picture], device: torch.device, *, min_score: float = 0.0
    ) -> list[ClassProbabilities]:
        """How probable each class is; there are no objects to leave out."""
        return classify(trained, pictures, device)

    def evaluate(
        self,
        trained: Trained,
        split: Split,
        device: torch.device,
        *,
        resamples: int = 200,
        on_images: Callable[[int], None] = lambda _: None,
    ) -> tuple[Evaluation, list[ClassPrediction]]:
        """Answers among all classes that the network knows, on the examples whose class is one of them."""
        known = {class_key(name) for name in shared_classes(split, trained.classes)}
        found = _examples(split, trained.classes, trained.facts)
        seen = [one for _, one in predictions_on(self, trained, found.known, _picture_of, device, on_images)]
        none = np.zeros((0, len(trained.classes)))
        probabilities = np.concatenate([none, *(one.probabilities[None] for one in seen)])
        labels = np.array([example.label for example in found.known], dtype=np.int64)
        image_of = np.array([example.image_index for example in found.known], dtype=np.int64)
        measures = classification_metrics(
            probabilities, labels, trained.classes, image_of=image_of, resamples=resamples
        )
        evaluation = evaluation_of(
            self.description,
            trained,
            split,
            replace(measures, images=found.image_count),
            classes=[name for name in trained.classes if class_key(name) in known],
            skipped=found.left_out,
        )
        rows = prediction_rows(found.known, seen, trained.classes)
        return with_baseline(evaluation, _baseline_measures(trained, labels)), rows


def _picture_of(example: Example) -> Picture:
    return Picture(pixels=read_example(example))


def _examples(split: Split, classes: Sequence[str], facts: TrainingFacts) -> Examples:
    """What a network so trained classifies."""
    return examples_of(split, classes, kind=facts.examples or "crops", min_visible=facts.min_visible or 0.0)


def _baseline_measures(trained: Trained, labels: NDArray[np.int64]) -> Measures | None:
    """Those of the training classes' frequencies as a prediction for every example."""
    if trained.prior_baseline is None:
        return None
    if trained.prior_baseline.shape != (len(trained.classes),):
        raise CheckpointError(
            f"the prior baseline of the weights is of {trained.prior_baseline.shape}, not one number a class"
        )
    answers = np.tile(trained.prior_baseline, (len(labels), 1)).astype(np.float64)
    return classification_metrics(answers, labels, trained.classes, resamples=0)
