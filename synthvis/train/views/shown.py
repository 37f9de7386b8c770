"""What the loader feeds, as plain arrays for people to look at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from synthvis.train.config import TrainConfig
from synthvis.train.task import Task
from synthvis.train.views.loader import Views, train_loader

__all__ = ["ShownView", "first_views"]

NAMED_SHARE = 0.05
"""Classes that are less probable are not named."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ShownView:
    """One image of a batch with its targets.

    Attributes:
        step: Which step it is for, from 0.
        image_rgb: (S, S, 3) uint8, as the network gets it.
        boxes_xyxy_px: (N, 4), empty where the task has no boxes.
        names: Class of each box.
        masks: (N, S, S) bool, or None.
        keypoints_xyv: (N, K, 3), or None.
        caption: Classes of the image with their probabilities, where the task has those; else empty.
    """

    step: int
    image_rgb: NDArray[np.uint8]
    boxes_xyxy_px: NDArray[np.float32]
    names: tuple[str, ...]
    masks: NDArray[np.bool_] | None
    keypoints_xyv: NDArray[np.float32] | None
    caption: str


def first_views(task: Task, split: Any, config: TrainConfig, count: int) -> list[ShownView]:
    """The first `count` images of a run, from the run's own loader: whole batches, the last one cut.

    Raises:
        DatasetError: An image cannot be read.
        UsageError: The options contradict each other.
    """
    steps = -(-count // config.batch)
    views: Views = task.views(split, split.class_names, config)
    loader = train_loader(views, config.model_copy(update={"steps": steps}), 0, 0)
    shown = [
        _shown(step, image, target, split.class_names)
        for step, (images, targets) in enumerate(loader)
        for image, target in zip(images, targets, strict=True)
    ]
    return shown[:count]


def _shown(step: int, image: Tensor, target: Mapping[str, Tensor], classes: Sequence[str]) -> ShownView:
    boxes = target.get("boxes", torch.zeros((0, 4)))
    labels = target["labels"].tolist() if "boxes" in target else []
    masks, points = target.get("masks"), target.get("keypoints")
    return ShownView(
        step=step,
        image_rgb=image.permute(1, 2, 0).contiguous().numpy(),
        boxes_xyxy_px=boxes.numpy(),
        names=tuple(classes[label] for label in labels),
        masks=None if masks is None else masks.numpy() > 0,
        keypoints_xyv=None if points is None else points.numpy(),
        caption=_class_text(target["probabilities"].tolist(), classes) if "probabilities" in target else "",
    )


def _class_text(probabilities: Sequence[float], classes: Sequence[str]) -> str:
    named = sorted((-share, name) for share, name in zip(probabilities, classes, strict=True) if share >= NAMED_SHARE)
    return ", ".join(f"{name} {-share:.2f}" for share, name in named)
