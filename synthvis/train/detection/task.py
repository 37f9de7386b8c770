"""The task of finding boxes of classes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import nn

from synthvis.data.derived.box_style import in_style
from synthvis.data.derived.subset import shared_classes
from synthvis.data.split import Split
from synthvis.metrics.detection import detection_metrics
from synthvis.metrics.evaluation import Evaluation
from synthvis.metrics.picture_predictions import DetectedObjects
from synthvis.metrics.predictions import BoxPrediction
from synthvis.metrics.training_facts import TrainingFacts
from synthvis.train.arch import chosen_arch
from synthvis.train.backbones.weights import with_pretrained_body
from synthvis.train.config import ModelConfig, TrainConfig
from synthvis.train.detection.architectures import DETECTORS
from synthvis.train.detection.data import DetectionViews
from synthvis.train.detection.fusion import FusedDetectors
from synthvis.train.detection.predict import categories_of, detect
from synthvis.train.evaluation import evaluation_of
from synthvis.train.picture import Picture
from synthvis.train.predicting import picture_of, predictions_on
from synthvis.train.task import Task
from synthvis.train.trained import Trained

__all__ = ["DetectionTask", "FoundBoxes"]


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundBoxes:
    """What a detector found on a split.

    Attributes:
        split: The split, its boxes drawn as those that were trained on.
        classes: Its names of the classes that the network knows.
        rows: The boxes.
    """

    split: Split
    classes: Sequence[str]
    rows: list[BoxPrediction]


class DetectionTask(Task):
    """Boxes and classes, measured by COCO's AP."""

    def views(self, split: Split, classes: Sequence[str], config: TrainConfig) -> DetectionViews:
        """Views with boxes in the style of the config."""
        return DetectionViews(in_style(split, config.box_style), classes, config)

    def build(
        self, config: ModelConfig, classes: Sequence[str], weights: Path | None = None, *, pretrained: bool = True
    ) -> Any:
        """The detector that `config.arch` names, FCOS by itself."""
        detector = DETECTORS[chosen_arch(config.arch, self.description)](config, len(classes))
        return with_pretrained_body(detector, config.backbone, weights, pretrained=pretrained)

    def facts(self, config: TrainConfig) -> TrainingFacts:
        """How the boxes were drawn."""
        return TrainingFacts(boxes=config.boxes, box_margin=config.box_margin)

    def combine(self, networks: Sequence[nn.Module]) -> FusedDetectors:
        """Detectors as one, their boxes fused."""
        return FusedDetectors(networks)

    def predict(
        self, trained: Trained, pictures: Sequence[Picture], device: torch.device, *, min_score: float = 0.0
    ) -> list[DetectedObjects]:
        """Boxes of classes."""
        return detect(trained, pictures, device, min_score)

    def evaluate(
        self,
        trained: Trained,
        split: Split,
        device: torch.device,
        *,
        resamples: int = 200,
        on_images: Callable[[int], None] = lambda _: None,
    ) -> tuple[Evaluation, Sequence[BoxPrediction]]:
        """COCO metrics; renders are measured by the kind of box that was trained on."""
        found = self.found_on(trained, split, device, on_images)
        measures = detection_metrics(found.split, found.rows, found.classes, resamples=resamples)
        return evaluation_of(self.description, trained, found.split, measures, classes=found.classes), found.rows

    def found_on(
        self, trained: Trained, split: Split, device: torch.device, on_images: Callable[[int], None]
    ) -> FoundBoxes:
        """Every box that is found on a split."""
        split = in_style(split, trained.facts.box_style)
        category_of = categories_of(split, trained.classes)
        rows: list[BoxPrediction] = []
        for entry, found in predictions_on(self, trained, split.images, picture_of, device, on_images):
            rows += found.rows(entry.id, category_of)
        return FoundBoxes(split=split, classes=shared_classes(split, trained.classes), rows=rows)
