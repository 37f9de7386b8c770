"""The task of finding objects with their masks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import torch

from synthvis.data.derived.subset import shared_classes
from synthvis.data.masks import check_masks
from synthvis.data.split import Split
from synthvis.metrics.detection import detection_metrics
from synthvis.metrics.evaluation import Evaluation
from synthvis.metrics.measures import Measures
from synthvis.metrics.picture_predictions import DetectedObjects
from synthvis.metrics.predictions import BoxPrediction
from synthvis.metrics.training_facts import TrainingFacts
from synthvis.train.arch import chosen_arch
from synthvis.train.backbones.weights import with_pretrained_body
from synthvis.train.config import ModelConfig, TrainConfig
from synthvis.train.detection.predict import categories_of
from synthvis.train.evaluation import evaluation_of
from synthvis.train.instances.data import InstanceViews
from synthvis.train.instances.maskrcnn import MaskRcnn
from synthvis.train.instances.predict import find_masks
from synthvis.train.picture import Picture
from synthvis.train.predicting import picture_of, predictions_on
from synthvis.train.task import Task
from synthvis.train.trained import Trained

__all__ = ["InstancesTask"]

Value = TypeVar("Value")


class InstancesTask(Task):
    """Masks and classes, measured by COCO's AP of masks; the AP of their boxes stands beside it."""

    def views(self, split: Split, classes: Sequence[str], config: TrainConfig) -> InstanceViews:
        """Views with masks.

        Raises:
            RealDataError: Objects lack masks.
        """
        check_masks(split, classes)
        return InstanceViews(split, classes, config)

    def build(
        self, config: ModelConfig, classes: Sequence[str], weights: Path | None = None, *, pretrained: bool = True
    ) -> Any:
        """Mask R-CNN."""
        chosen_arch(config.arch, self.description)
        return with_pretrained_body(MaskRcnn(config, len(classes)), config.backbone, weights, pretrained=pretrained)

    def facts(self, config: TrainConfig) -> TrainingFacts:
        """The boxes are those of what shows."""
        return TrainingFacts(boxes="modal")

    def predict(
        self, trained: Trained, pictures: Sequence[Picture], device: torch.device, *, min_score: float = 0.0
    ) -> Iterator[DetectedObjects]:
        """Masks and boxes of classes."""
        return find_masks(trained, pictures, device, min_score)

    def evaluate(
        self,
        trained: Trained,
        split: Split,
        device: torch.device,
        *,
        resamples: int = 200,
        on_images: Callable[[int], None] = lambda _: None,
    ) -> tuple[Evaluation, list[BoxPrediction]]:
        """COCO metrics of masks, named mask_*, and of boxes."""
        classes = shared_classes(split, trained.classes)
        category_of = categories_of(split, trained.classes)
        rows: list[BoxPrediction] = []
        for entry, found in predictions_on(self, trained, split.images, picture_of, device, on_images):
            rows += found.rows(entry.id, category_of)
        boxes = detection_metrics(split, rows, classes, resamples=resamples)
        masks = detection_metrics(split, rows, classes, iou_type="segm", resamples=resamples)
        return evaluation_of(self.description, trained, split, _joined(boxes, masks), classes=classes), rows


def _joined(boxes: Measures, masks: Measures) -> Measures:
    """The measures of boxes, with those of masks beside each."""
    return replace(
        boxes,
        metrics={**_named_mask(masks.metrics), **boxes.metrics},
        per_class={
            name: replace(row, metrics={**row.metrics, **_named_mask(masks.per_class[name].metrics)})
            for name, row in boxes.per_class.items()
        },
        bootstrap=replace(boxes.bootstrap, draws={**_named_mask(masks.bootstrap.draws), **boxes.bootstrap.draws}),
        mask_pr_curves=masks.pr_curves,
        operating_point=masks.operating_point,
    )


def _named_mask(metrics: Mapping[str, Value]) -> dict[str, Value]:
    return {f"mask_{name}": value for name, value in metrics.items()}
