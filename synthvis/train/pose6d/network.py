"""One backbone with two heads: boxes in the whole picture, and heatmaps of keypoints in the square around one object.

The detector and the heatmaps are those of the tasks detection and keypoints. Both look through one backbone, so that a
run is one network, and a square around the object gives its points the pixels that the whole picture cannot.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import torch
from torch import Tensor, nn

from synthvis.train.backbones.normalise import SquareNormalise
from synthvis.train.config import ModelConfig
from synthvis.train.detection.fcos import FcosDetector
from synthvis.train.engine.class_rows import RowLayout
from synthvis.train.keypoints.heatmap import HeatmapHead, heatmap_loss, several_peaks
from synthvis.train.pose6d.model_keypoints import KEYPOINTS

__all__ = ["PEAKS", "PoseNetwork"]

PEAKS = 2
"""Of a heatmap: a point of an object that looks alike from two sides may be in two places."""


class PoseNetwork(nn.Module):
    """FCOS, and a heatmap for each keypoint of each class over the same backbone.

    Attributes:
        keypoints_m: (C, KEYPOINTS, 3) of the meshes that it was trained on.
    """

    class_layers = ("finder.head.classification_head.cls_logits", "heatmaps.out.", "keypoints_m")
    row_layouts: ClassVar[Mapping[str, RowLayout]] = {"heatmaps.out.": RowLayout(width=KEYPOINTS)}
    keypoints_m: Tensor

    def __init__(self, config: ModelConfig, class_count: int) -> None:
        super().__init__()
        self.finder = FcosDetector(config, class_count)
        self.heatmaps = HeatmapHead(config.head_channels, config.head_convs, class_count * KEYPOINTS)
        self.normalise_crop = SquareNormalise(self.finder.body)
        self.register_buffer("keypoints_m", torch.zeros(class_count, KEYPOINTS, 3))

    @property
    def body(self) -> nn.Module:
        """The pretrained part."""
        return self.finder.body

    def forward(self, images: Tensor, targets: list[dict[str, Tensor]] | None = None) -> Any:
        """Losses by name when `targets` are given, else the boxes of each picture.

        Args:
            images: (N, 3, S, S) uint8.
            targets: For each image "boxes" (M, 4) xyxy and "labels" (M,), and of one of its objects "crop" (3, S, S)
                uint8, "crop_label" () and "keypoints" (KEYPOINTS, 3): x, y in pixels of the crop and visibility.
        """
        found = self.finder(images, targets)
        if targets is None:
            return found
        crops = torch.stack([target["crop"] for target in targets])
        labels = torch.stack([target["crop_label"] for target in targets])
        keypoints = torch.stack([target["keypoints"] for target in targets])
        return {**found, "heatmap": heatmap_loss(self._logits(crops, labels), keypoints)}

    def points_in(self, crops: Tensor, labels: Tensor) -> Tensor:
        """(N, KEYPOINTS, PEAKS, 3) x, y in pixels of crops (N, 3, S, S) uint8 and score, of objects of classes (N,)."""
        return several_peaks(self._logits(crops, labels), PEAKS)

    def _logits(self, crops: Tensor, labels: Tensor) -> Tensor:
        levels = list(self.finder.backbone(self.normalise_crop(crops)).values())
        logits = self.heatmaps(levels).float()
        by_class = logits.view(len(logits), -1, KEYPOINTS, *logits.shape[-2:])
        chosen: Tensor = by_class[torch.arange(len(labels), device=labels.device), labels]
        return chosen
