"""Keypoint R-CNN (arXiv 1703.06870, section 5): torchvision's, on a timm backbone, fed with square batches."""

from __future__ import annotations

from typing import ClassVar

from torch import Tensor
from torchvision.models.detection.keypoint_rcnn import KeypointRCNN, KeypointRCNNHeads, KeypointRCNNPredictor

from synthvis.train.backbones.normalise import SquareNormalise
from synthvis.train.config import ModelConfig
from synthvis.train.detection.two_stage import SquareTwoStage, pool_of, two_stage_parts
from synthvis.train.engine.class_rows import RowLayout

__all__ = ["KeypointRcnn"]

KEYPOINT_POOL = 14
OUT_LAYER = "roi_heads.keypoint_predictor.kps_score_lowres."


class KeypointRcnn(SquareTwoStage, KeypointRCNN):  # type: ignore[misc]
    """Keypoint R-CNN over square uint8 batches, for the objects of one category.

    Targets have "keypoints" (M, K, 3) besides boxes and labels; detections "keypoints" (M, K, 3), whose last number is
    always 1, and "keypoints_scores" (M, K), which are logits.
    """

    class_layers = (OUT_LAYER,)
    # Transposed convolutions have their outputs along the second axis.
    row_layouts: ClassVar = {f"{OUT_LAYER}weight": RowLayout(axis=1)}

    def __init__(self, config: ModelConfig, keypoint_count: int) -> None:
        channels = config.head_channels
        KeypointRCNN.__init__(
            self,
            **two_stage_parts(config, 1),
            keypoint_roi_pool=pool_of(KEYPOINT_POOL),
            keypoint_head=KeypointRCNNHeads(channels, (channels,) * config.head_convs),
            keypoint_predictor=FloatKeypointPredictor(channels, keypoint_count),
        )
        self.normalise = SquareNormalise(self.backbone.body)


class FloatKeypointPredictor(KeypointRCNNPredictor):  # type: ignore[misc]
    """Torchvision's, with fp32 outputs under autocast: they become coordinates."""

    def forward(self, features: Tensor) -> Tensor:
        """Heatmaps of each region; torchvision reshapes them in a way that channels-last memory does not allow."""
        maps: Tensor = super().forward(features)
        return maps.float().contiguous()
