"""The task of finding objects with their masks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import torch

from synthvis.data.masks import check_masks
from synthvis.data.split import Split
from synthvis.data.subset import shared_classes
from synthvis.metrics.detection import detection_metrics
from synthvis.train.config import ModelConfig, TrainConfig
from synthvis.train.instances.data import InstanceViews
from synthvis.train.instances.description import InstancesDescription
from synthvis.train.instances.maskrcnn import build_instance_network
from synthvis.train.instances.predict import predict_masks
from synthvis.train.task import Evaluation, Trained

__all__ = ["TASK"]


class InstancesTask(InstancesDescription):
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
        return build_instance_network(config, len(classes), weights, pretrained=pretrained)

    def facts(self, config: TrainConfig) -> dict[str, Any]:
        """The boxes are those of what shows."""
        return {"boxes": "modal"}

    def evaluate(
        self,
        trained: Trained,
        split: Split,
        device: torch.device,
        *,
        resamples: int = 200,
        on_images: Callable[[int], None] = lambda _: None,
    ) -> tuple[Evaluation, list[dict[str, Any]]]:
        """COCO metrics of masks, named mask_*, and of boxes."""
        classes = shared_classes(split, trained.classes)
        rows = predict_masks(trained.network, trained.classes, trained.model.input_size, split, device, on_images)
        boxes = detection_metrics(split, rows, classes, resamples=resamples)
        masks = detection_metrics(split, rows, classes, iou_type="segm", resamples=resamples)
        head = {"task": self.name, "headline": self.headline, "set": split.name}
        head |= {"kind": split.kind, "split": split.split, "source": split.name}
        counts = {"images": boxes.pop("images"), "boxes": boxes.pop("boxes"), "classes": classes}
        return {**head, **counts, **_joined(boxes, masks), "train": dict(trained.facts)}, rows


def _joined(boxes: dict[str, Any], masks: dict[str, Any]) -> dict[str, Any]:
    """The measures of boxes, with those of masks beside each."""
    per_class = {
        name: {**row, **{f"mask_{key}": masks["per_class"][name][key] for key in ("AP", "AP50")}}
        for name, row in boxes["per_class"].items()
    }
    metrics = {**{f"mask_{name}": value for name, value in masks["metrics"].items()}, **boxes["metrics"]}
    mask_draws = {f"mask_{name}": drawn for name, drawn in masks["bootstrap"]["draws"].items()}
    bootstrap = {**boxes["bootstrap"], "draws": {**mask_draws, **boxes["bootstrap"]["draws"]}}
    curves = {"mask_pr_curves": masks["pr_curves"]}
    return {**boxes, "metrics": metrics, "per_class": per_class, "bootstrap": bootstrap, **curves}


TASK = InstancesTask()
