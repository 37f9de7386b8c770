"""FCOS (arXiv 1904.01355): torchvision's with an FPN on a timm backbone, fed with square batches."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torchvision.models.detection.anchor_utils import AnchorGenerator
from torchvision.models.detection.fcos import FCOS, FCOSHead

from synthvis.train.backbones.features import PyramidBackbone
from synthvis.train.backbones.normalise import SquareNormalise
from synthvis.train.config import ModelConfig
from synthvis.train.detection.one_stage import SquareOneStage, pyramid_parts

__all__ = ["FcosDetector", "match_points"]

RANGE_STRIDES = 4.0
"""A level answers for objects that reach at most this many strides from the point; the last for all larger ones.
Half of the paper's 8, as inputs here are half as large as the paper's: else the upper levels never see an object."""

CENTRE_RADIUS_STRIDES = 1.5
FIRST_DISTANCE_STRIDES = 2.0
"""Distance to each side that an untrained head answers."""
NMS_IOU = 0.6


class FcosDetector(SquareOneStage, FCOS):  # type: ignore[misc]
    """FCOS over square uint8 batches: no resizing inside, normalisation on the device, levels fit for small inputs."""

    class_layers = ("head.classification_head.cls_logits",)

    def __init__(self, config: ModelConfig, class_count: int) -> None:
        strides = PyramidBackbone.STRIDES
        FCOS.__init__(
            self,
            **pyramid_parts(config),
            num_classes=class_count,
            anchor_generator=AnchorGenerator(tuple((stride,) for stride in strides), ((1.0,),) * len(strides)),
            head=_head(config, class_count),
            nms_thresh=NMS_IOU,
        )
        self.normalise = SquareNormalise(self.body)

    def decoded_boxes(self, offsets: Tensor, anchors: Tensor) -> Tensor:
        """(B, 4) boxes of the distances to their four sides."""
        boxes: Tensor = self.box_coder.decode(offsets, anchors)
        return boxes

    def class_scores(self, outputs: dict[str, Tensor]) -> Tensor:
        """(N, A, C): how likely the class is, and how central the point."""
        return (outputs["cls_logits"].sigmoid() * outputs["bbox_ctrness"].sigmoid()).sqrt()

    def losses(
        self, targets: list[dict[str, Tensor]], outputs: dict[str, Tensor], anchors: list[Tensor], per_level: list[int]
    ) -> dict[str, Tensor]:
        """Torchvision's losses after the matching of `match_points`."""
        matches = [
            match_points(boxes, target["boxes"], per_level) for boxes, target in zip(anchors, targets, strict=True)
        ]
        losses: dict[str, Tensor] = self.head.compute_loss(targets, outputs, anchors, matches)
        return losses


def _head(config: ModelConfig, class_count: int) -> FCOSHead:
    """Torchvision's head, with distances that stay positive by softplus.

    Its own ReLU can die: once every distance is 0 no gradient comes back, and the GIoU loss stays at exactly 1 for
    good. The ReLU remains behind the softplus and does nothing there. The bias starts distances in the middle of what
    a level answers for.
    """
    head = FCOSHead(config.head_channels, 1, class_count, config.head_convs)
    distances = head.regression_head.bbox_reg
    nn.init.constant_(distances.bias, math.log(math.expm1(FIRST_DISTANCE_STRIDES)))
    head.regression_head.bbox_reg = nn.Sequential(distances, nn.Softplus())
    for tower in (head.regression_head.conv, head.classification_head.conv):
        for place, layer in enumerate(tower):
            if isinstance(layer, nn.GroupNorm):
                tower[place] = GroupNormOfOne(layer.num_groups, layer.num_channels, layer.eps)
    return head


class GroupNormOfOne(nn.GroupNorm):
    """Torch's, without its refusal of a single value a group, which becomes the bias.

    One small picture has a level of one place, and a head of 32 channels groups of one channel.
    """

    def forward(self, maps: Tensor) -> Tensor:
        """(N, C, H, W) normalised by groups."""
        return torch.group_norm(maps, self.num_groups, self.weight, self.bias, self.eps)


def match_points(anchors: Tensor, boxes: Tensor, points_per_level: list[int]) -> Tensor:
    """Index of the object that each point answers for, -1 for none: FCOS's centre sampling with our level ranges.

    Args:
        anchors: (P, 4) squares of one stride around the points.
        boxes: (M, 4) xyxy, pixels.
        points_per_level: Points of each level, finest first.
    """
    if not len(boxes):
        return torch.full((len(anchors),), -1, dtype=torch.int64, device=anchors.device)
    centres = (anchors[:, :2] + anchors[:, 2:]) / 2
    stride = anchors[:, 2] - anchors[:, 0]
    reach = torch.cat([centres[:, None] - boxes[None, :, :2], boxes[None, :, 2:] - centres[:, None]], dim=2)
    box_centres = (boxes[:, :2] + boxes[:, 2:]) / 2
    near = (centres[:, None] - box_centres[None]).abs().amax(dim=2) < CENTRE_RADIUS_STRIDES * stride[:, None]
    farthest = reach.amax(dim=2)
    low, high = RANGE_STRIDES / 2 * stride, RANGE_STRIDES * stride
    low[: points_per_level[0]] = 0
    high[-points_per_level[-1] :] = torch.inf
    fits = near & (reach.amin(dim=2) > 0) & (farthest > low[:, None]) & (farthest <= high[:, None])
    area = (boxes[:, 2:] - boxes[:, :2]).prod(dim=1)
    smallest, match = torch.where(fits, area[None], torch.inf).min(dim=1)
    match[torch.isinf(smallest)] = -1
    return match
