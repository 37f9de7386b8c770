"""The classifier: the last feature map of a timm network, averaged over the picture, and one linear layer."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from synthvis.train.backbones.features import last_map_body
from synthvis.train.backbones.normalise import SquareNormalise
from synthvis.train.config import ModelConfig

__all__ = ["Classifier"]


class Classifier(nn.Module):
    """Logits of one class an image, from square uint8 batches."""

    class_layers = ("classifier",)
    smooths_labels = True

    def __init__(self, config: ModelConfig, class_count: int) -> None:
        super().__init__()
        self.body = last_map_body(config.backbone, config.drop_path_rate)
        self.dropout = nn.Dropout(config.drop_rate)
        self._label_smoothing = config.label_smoothing
        self.classifier = nn.Linear(self.body.feature_info.channels()[-1], class_count)
        self.normalise = SquareNormalise(self.body)

    def forward(self, images: Tensor, targets: list[dict[str, Tensor]] | None = None) -> Any:
        """The loss by name when `targets` are given, else logits (N, K) float32.

        Args:
            images: (N, 3, S, S) uint8.
            targets: For each image "probabilities" (K,), which sum to 1.
        """
        pixels = self.normalise(images)
        features = self.body(pixels)[-1]
        logits: Tensor = self.classifier(self.dropout(features.mean(dim=(2, 3)))).float()
        if targets is None:
            return logits
        wanted = torch.stack([target["probabilities"] for target in targets])
        return {"cross_entropy": functional.cross_entropy(logits, wanted, label_smoothing=self._label_smoothing)}
