"""Mask R-CNN (arXiv 1703.06870): torchvision's, on a timm backbone, fed with square batches."""

from __future__ import annotations

from typing import ClassVar

from torch import Tensor
from torchvision.models.detection.mask_rcnn import MaskRCNN, MaskRCNNHeads, MaskRCNNPredictor

from synthvis.train.backbones.normalise import SquareNormalise
from synthvis.train.config import ModelConfig
from synthvis.train.detection.two_stage import (
    BOX_CLASS_LAYERS,
    BOX_ROW_LAYOUTS,
    SquareTwoStage,
    pool_of,
    two_stage_parts,
)
from synthvis.train.engine.class_rows import RowLayout

__all__ = ["MaskRcnn"]

MASK_POOL = 14
MASK_LAYER = "roi_heads.mask_predictor.mask_fcn_logits."


class MaskRcnn(SquareTwoStage, MaskRCNN):  # type: ignore[misc]
    """Mask R-CNN over square uint8 batches.

    Targets have "masks" (M, S, S) uint8 besides boxes and labels; detections "masks" (M, 1, 28, 28), the probability
    of the object at each place of its box.
    """

    class_layers = (*BOX_CLASS_LAYERS, MASK_LAYER)
    row_layouts: ClassVar = {**BOX_ROW_LAYOUTS, MASK_LAYER: RowLayout(background=1)}

    def __init__(self, config: ModelConfig, class_count: int) -> None:
        channels = config.head_channels
        MaskRCNN.__init__(
            self,
            **two_stage_parts(config, class_count),
            mask_roi_pool=pool_of(MASK_POOL),
            mask_head=MaskRCNNHeads(channels, (channels,) * config.head_convs, 1),
            mask_predictor=FloatMaskPredictor(channels, channels, class_count + 1),
        )
        self.normalise = SquareNormalise(self.backbone.body)


class FloatMaskPredictor(MaskRCNNPredictor):  # type: ignore[misc]
    """Torchvision's, with fp32 outputs under autocast, as the targets are."""

    def forward(self, features: Tensor) -> Tensor:
        """Logits of each class for each region."""
        logits: Tensor = super().forward(features)
        return logits.float()
