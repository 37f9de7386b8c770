"""What the loader feeds, as plain arrays for people to look at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from synthvis.data.keypoints import split_name
from synthvis.train.config import TrainConfig
from synthvis.train.task import Task
from synthvis.train.views.loader import AugmentedDataset, train_loader

__all__ = ["BatchPreview", "first_views"]

NAMED_SHARE = 0.05
"""Classes that are less probable are not named."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class BatchPreview:
    """One image of a batch with its targets.

    Attributes:
        step: Which step it is for, from 0.
        image_rgb: (S, S, 3) uint8, as the network gets it.
        boxes_xyxy_px: (N, 4), empty where the task has no boxes.
        names: Class of each box.
        masks: (N, S, S) bool, or None.
        keypoints_xyv: (M, K, 3), of the boxes or of the one object that the view shows; or None.
        keypoint_names: Of the K keypoints.
        depth_m: (S, S) metres, 0 where unknown, or None.
        normals_cam: (S, S, 3) unit vectors in the camera frame, 0 where unknown, or None.
        class_map: (S, S) uint8 places in `class_names`, any other number where nothing is learnt; or None.
        class_names: Of the class map.
        caption: Classes of the image with their probabilities, where the task has those; else empty.
    """

    step: int
    image_rgb: NDArray[np.uint8]
    boxes_xyxy_px: NDArray[np.float32]
    names: tuple[str, ...]
    masks: NDArray[np.bool_] | None
    keypoints_xyv: NDArray[np.float32] | None
    keypoint_names: tuple[str, ...] = ()
    depth_m: NDArray[np.float32] | None = None
    normals_cam: NDArray[np.float32] | None = None
    class_map: NDArray[np.uint8] | None = None
    class_names: tuple[str, ...] = ()
    caption: str


def first_views(task: Task, split: Any, config: TrainConfig, count: int) -> list[BatchPreview]:
    """The first `count` images of a run, from the run's own loader: whole batches, the last one cut.

    Raises:
        DatasetError: An image cannot be read.
        UsageError: The options contradict each other.
    """
    steps = -(-count // config.batch)
    views: AugmentedDataset = task.views(split, split.class_names, config)
    loader = train_loader(views, config.model_copy(update={"steps": steps}), 0, 0)
    shown = [
        _shown(step, image, target, split.class_names)
        for step, (images, targets) in enumerate(loader)
        for image, target in zip(images, targets, strict=True)
    ]
    return shown[:count]


def _shown(step: int, image: Tensor, target: Mapping[str, Tensor], classes: Sequence[str]) -> BatchPreview:
    boxes = target.get("boxes", torch.zeros((0, 4)))
    labels = target["labels"].tolist() if "boxes" in target else []
    masks, points, normals = target.get("masks"), target.get("keypoints"), target.get("normals")
    depth, class_map = target.get("depth_m"), target.get("classes")
    # What a network for keypoints answers is "CATEGORY/KEYPOINT", all of one category.
    parts = [split_name(name) for name in classes] if points is not None else []
    names = [parts[0][0]] * len(labels) if parts else [classes[label] for label in labels]
    return BatchPreview(
        step=step,
        image_rgb=image.permute(1, 2, 0).contiguous().numpy(),
        boxes_xyxy_px=boxes.numpy(),
        names=tuple(names),
        masks=None if masks is None else masks.numpy() > 0,
        keypoints_xyv=None if points is None else points.numpy().reshape(-1, len(parts), 3),
        keypoint_names=tuple(keypoint for _, keypoint in parts),
        depth_m=None if depth is None else depth.numpy(),
        normals_cam=None if normals is None else normals.permute(1, 2, 0).contiguous().numpy(),
        class_map=None if class_map is None else class_map.numpy(),
        class_names=tuple(classes) if class_map is not None else (),
        caption=_class_text(target["probabilities"].tolist(), classes) if "probabilities" in target else "",
    )


def _class_text(probabilities: Sequence[float], classes: Sequence[str]) -> str:
    named = sorted((-share, name) for share, name in zip(probabilities, classes, strict=True) if share >= NAMED_SHARE)
    return ", ".join(f"{name} {-share:.2f}" for share, name in named)
