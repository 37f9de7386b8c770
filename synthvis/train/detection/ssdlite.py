"""SSDLite (arXiv 1801.04381): torchvision's, over the single maps of a timm backbone, fed with square batches."""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Sequence
from functools import partial

from torch import Tensor, nn
from torchvision.models.detection.anchor_utils import DefaultBoxGenerator
from torchvision.models.detection.ssd import SSD
from torchvision.models.detection.ssdlite import SSDLiteHead
from torchvision.ops.boxes import box_iou
from torchvision.ops.misc import Conv2dNormActivation

from synthvis.train.backbones.features import feature_body
from synthvis.train.backbones.normalise import SquareNormalise
from synthvis.train.config import ModelConfig
from synthvis.train.detection.one_stage import DETECTIONS, SCORE_THRESHOLD, SquareOneStage
from synthvis.train.detection.square_batch import with_background, without_background
from synthvis.train.engine.class_rows import RowLayout

__all__ = ["SsdLiteDetector"]

BODY_STRIDES = (8, 16, 32)
"""Torchvision begins at 16, which leaves the smallest objects of small inputs without a cell."""

EXTRA_MAPS = 2
BOX_SCALES = (0.06, 0.15, 0.33, 0.55, 0.8, 1.0)
"""Sides of the default boxes of each map as shares of the input, and the one after the last."""

ASPECTS = (2, 3)
BOXES_PER_CELL = 2 + 2 * len(ASPECTS)
NORM_GROUPS = 8
WEIGHTS_STD = 0.03
NMS_IOU = 0.55
CANDIDATES_PER_CLASS = 100


class SsdLiteDetector(SquareOneStage, SSD):  # type: ignore[misc]
    """SSDLite over square uint8 batches.

    Its own layers have group instead of batch normalisation: batches here are small, and averaged weights have no
    batch statistics of their own.
    """

    class_layers = tuple(f"head.classification_head.module_list.{level}.1." for level in range(len(BOX_SCALES) - 1))
    row_layouts = dict.fromkeys(class_layers, RowLayout(anchors=BOXES_PER_CELL, background=1))

    def __init__(self, config: ModelConfig, class_count: int) -> None:
        backbone = SingleMaps(config.backbone, 2 * config.head_channels)
        channels = backbone.out_channels
        boxes = DefaultBoxGenerator([list(ASPECTS)] * len(channels), scales=list(BOX_SCALES))
        SSD.__init__(
            self,
            backbone,
            boxes,
            (config.input_size, config.input_size),
            class_count + 1,
            head=SSDLiteHead(channels, boxes.num_anchors_per_location(), class_count + 1, _norm),
            score_thresh=SCORE_THRESHOLD,
            nms_thresh=NMS_IOU,
            detections_per_img=DETECTIONS,
            topk_candidates=CANDIDATES_PER_CLASS,
        )
        self.normalise = SquareNormalise(backbone.body)

    def class_scores(self, outputs: dict[str, Tensor]) -> Tensor:
        """(N, A, C), without that of the background."""
        return outputs["cls_logits"].softmax(dim=-1)[..., 1:]

    def losses(
        self, targets: list[dict[str, Tensor]], outputs: dict[str, Tensor], anchors: list[Tensor], per_level: list[int]
    ) -> dict[str, Tensor]:
        """Torchvision's: cross entropy with the hardest of the background, smooth L1 of box offsets."""
        matches = [self._matches(target["boxes"], boxes) for target, boxes in zip(targets, anchors, strict=True)]
        losses: dict[str, Tensor] = self.compute_loss(with_background(targets), outputs, anchors, matches)
        return losses

    def detections(
        self,
        outputs: dict[str, Tensor],
        anchors: list[Tensor],
        per_level: list[int],
        image_sizes: Sequence[tuple[int, int]],
    ) -> list[dict[str, Tensor]]:
        """Boxes, labels and scores of each image; the best of each class go to non-maximum suppression."""
        return without_background(self.postprocess_detections(outputs, anchors, image_sizes))

    def _matches(self, ground_truth: Tensor, boxes: Tensor) -> Tensor:
        if not len(ground_truth):
            return boxes.new_full((len(boxes),), -1).long()
        matches: Tensor = self.proposal_matcher(box_iou(ground_truth, boxes))
        return matches


class SingleMaps(nn.Module):
    """The backbone's maps as they are, and coarser ones made from the last, each half as large."""

    def __init__(self, backbone: str, extra_channels: int) -> None:
        super().__init__()
        self.body = feature_body(backbone, BODY_STRIDES)
        own = list(self.body.feature_info.channels())
        inputs = [own[-1]] + [extra_channels] * (EXTRA_MAPS - 1)
        self.extra = nn.ModuleList(_halving(channels, extra_channels) for channels in inputs)
        self.out_channels = own + [extra_channels] * EXTRA_MAPS

    def forward(self, images: Tensor) -> OrderedDict[str, Tensor]:
        """Feature maps by level, finest first."""
        maps = list(self.body(images))
        for block in self.extra:
            maps.append(block(maps[-1]))
        return OrderedDict((str(level), feature) for level, feature in enumerate(maps))


def _halving(in_channels: int, out_channels: int) -> nn.Sequential:
    """Squeeze, a depthwise convolution of stride 2, expand: the extra layers of SSDLite."""
    inner = out_channels // 2
    block = partial(Conv2dNormActivation, norm_layer=_norm, activation_layer=nn.ReLU6)
    layers = nn.Sequential(
        block(in_channels, inner, kernel_size=1),
        block(inner, inner, kernel_size=3, stride=2, groups=inner),
        block(inner, out_channels, kernel_size=1),
    )
    for module in layers.modules():
        if isinstance(module, nn.Conv2d):
            nn.init.normal_(module.weight, std=WEIGHTS_STD)
    return layers


def _norm(channels: int) -> nn.GroupNorm:
    return nn.GroupNorm(math.gcd(NORM_GROUPS, channels), channels)
