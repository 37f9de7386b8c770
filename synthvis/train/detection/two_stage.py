"""What Faster, Mask and Keypoint R-CNN share: torchvision's networks on a timm backbone, fed with square batches."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torchvision.models.detection.anchor_utils import AnchorGenerator
from torchvision.models.detection.faster_rcnn import FasterRCNN, FastRCNNPredictor, TwoMLPHead
from torchvision.models.detection.rpn import RPNHead
from torchvision.ops import MultiScaleRoIAlign

from synthvis.train.backbones.features import PyramidBackbone
from synthvis.train.backbones.normalise import SquareNormalise
from synthvis.train.config import ModelConfig
from synthvis.train.detection.square_batch import (
    SquareDetector,
    as_image_list,
    to_float,
    with_background,
    without_background,
)
from synthvis.train.engine.class_rows import RowLayout

__all__ = ["BOX_CLASS_LAYERS", "BOX_ROW_LAYOUTS", "FasterRcnnDetector", "SquareTwoStage", "pool_of", "two_stage_parts"]

ANCHOR_STRIDES = 3.0
"""Side of a level's anchors in strides, where the paper has 8: it begins at stride 4, with inputs twice as large."""

ASPECTS = (0.5, 1.0, 2.0)
POOLED_LEVELS = ("0", "1", "2")
BOX_POOL = 7
BOX_FEATURES_PER_CHANNEL = 4
LOSS_NAMES = {
    "loss_objectness": "objectness",
    "loss_rpn_box_reg": "proposal",
    "loss_classifier": "classification",
    "loss_box_reg": "bbox_regression",
    "loss_mask": "mask",
    "loss_keypoint": "keypoint",
}
LIMITS = {
    "rpn_pre_nms_top_n_train": 400,
    "rpn_pre_nms_top_n_test": 300,
    "rpn_post_nms_top_n_train": 200,
    "rpn_post_nms_top_n_test": 150,
    "rpn_batch_size_per_image": 128,
    "box_batch_size_per_image": 64,
    "box_score_thresh": 0.02,
    "box_detections_per_img": 100,
}
"""A fifth to a tenth of torchvision's proposals: pictures here are a quarter as large, and a CPU pays for each."""

BOX_CLASS_LAYERS = ("roi_heads.box_predictor.cls_score.", "roi_heads.box_predictor.bbox_pred.")
BOX_ROW_LAYOUTS = {
    BOX_CLASS_LAYERS[0]: RowLayout(background=1),
    BOX_CLASS_LAYERS[1]: RowLayout(background=1, width=4),
}


class SquareTwoStage(SquareDetector):
    """To be named before a network of torchvision's R-CNN family: its way in and out is that of all detectors here."""

    def forward(self, images: Tensor, targets: list[dict[str, Tensor]] | None = None) -> Any:
        """Losses by name when `targets` are given (in training mode), else detections.

        Args:
            images: (N, 3, S, S) uint8.
            targets: For each image "boxes" (M, 4) xyxy in pixels, "labels" (M,) from 0, and what the heads learn.
        """
        pixels = self.normalise(images)
        # Anchors and pooled regions take the type of the maps; autocast casts again where it pays.
        features = to_float(self.backbone(pixels))
        image_list = as_image_list(pixels)
        if targets is None:
            proposals, _ = self.rpn(image_list, features)
            found, _ = self.roi_heads(features, proposals, image_list.image_sizes)
            return without_background(found)
        with torch.random.fork_rng(devices=_cuda_devices(images)):
            # The samplers draw anchors and proposals; a run that is resumed has to draw the same again.
            torch.manual_seed(int(images.sum(dtype=torch.int64)))
            known = with_background(targets)
            proposals, first = self.rpn(image_list, features, known)
            _, second = self.roi_heads(features, proposals, image_list.image_sizes, known)
        return {LOSS_NAMES[name]: loss.float() for name, loss in {**first, **second}.items()}


class FasterRcnnDetector(SquareTwoStage, FasterRCNN):  # type: ignore[misc]
    """Faster R-CNN (arXiv 1506.01497) over square uint8 batches, with anchors and proposals for small inputs."""

    class_layers = BOX_CLASS_LAYERS
    row_layouts = BOX_ROW_LAYOUTS

    def __init__(self, config: ModelConfig, class_count: int) -> None:
        FasterRCNN.__init__(self, **two_stage_parts(config, class_count))
        self.normalise = SquareNormalise(self.body)


def two_stage_parts(config: ModelConfig, class_count: int) -> dict[str, Any]:
    """Backbone, anchors, proposal and box heads as arguments of torchvision's classes; label 0 is the background."""
    channels = config.head_channels
    sizes = tuple((round(ANCHOR_STRIDES * stride),) for stride in PyramidBackbone.STRIDES)
    inner = BOX_FEATURES_PER_CHANNEL * channels
    return {
        "backbone": PyramidBackbone(config.backbone, channels, config.drop_rate, config.drop_path_rate),
        "rpn_anchor_generator": AnchorGenerator(sizes, (ASPECTS,) * len(sizes)),
        "rpn_head": FloatRpnHead(channels, len(ASPECTS)),
        "box_roi_pool": pool_of(BOX_POOL),
        "box_head": TwoMLPHead(channels * BOX_POOL**2, inner),
        "box_predictor": FloatBoxPredictor(inner, class_count + 1),
        **LIMITS,
    }


def pool_of(side: int) -> MultiScaleRoIAlign:
    """RoIAlign to `side` x `side` cells from the three levels that the backbone has maps for."""
    return MultiScaleRoIAlign(featmap_names=list(POOLED_LEVELS), output_size=side, sampling_ratio=2)


class FloatRpnHead(RPNHead):  # type: ignore[misc]
    """Torchvision's, with fp32 outputs under autocast: they become boxes."""

    def forward(self, features: list[Tensor]) -> tuple[list[Tensor], list[Tensor]]:
        """Objectness and box offsets of each level."""
        objectness, offsets = super().forward(features)
        return [level.float() for level in objectness], [level.float() for level in offsets]


class FloatBoxPredictor(FastRCNNPredictor):  # type: ignore[misc]
    """Torchvision's, with fp32 outputs under autocast: they become boxes."""

    def forward(self, features: Tensor) -> tuple[Tensor, Tensor]:
        """Class logits and box offsets of each region."""
        logits, offsets = super().forward(features)
        return logits.float(), offsets.float()


def _cuda_devices(images: Tensor) -> list[int]:
    return [images.device.index or 0] if images.is_cuda else []
