"""RetinaNet (arXiv 1708.02002): torchvision's, on a timm backbone, fed with square batches."""

from __future__ import annotations

from typing import ClassVar

from torch import Tensor, nn
from torchvision.models.detection.anchor_utils import AnchorGenerator
from torchvision.models.detection.retinanet import RetinaNet, RetinaNetHead
from torchvision.ops.misc import Conv2dNormActivation

from synthvis.train.backbones.features import PyramidBackbone
from synthvis.train.backbones.normalise import SquareNormalise
from synthvis.train.config import ModelConfig
from synthvis.train.detection.one_stage import SquareOneStage, pyramid_parts
from synthvis.train.engine.class_rows import RowLayout

__all__ = ["RetinaNetDetector"]

ANCHOR_STRIDES = 2.5
"""Side of a level's smallest anchor in strides, where the paper has 4: inputs here are half as large as the paper's."""

SCALES = (1.0, 2 ** (1 / 3), 2 ** (2 / 3))
ASPECTS = (0.5, 1.0, 2.0)
WEIGHTS_STD = 0.01
NMS_IOU = 0.5


class RetinaNetDetector(SquareOneStage, RetinaNet):  # type: ignore[misc]
    """RetinaNet over square uint8 batches, with anchors for small inputs."""

    class_layers = ("head.classification_head.cls_logits",)
    row_layouts: ClassVar = {class_layers[0]: RowLayout(anchors=len(SCALES) * len(ASPECTS))}

    def __init__(self, config: ModelConfig, class_count: int) -> None:
        strides = PyramidBackbone.STRIDES
        sizes = tuple(tuple(round(ANCHOR_STRIDES * stride * scale) for scale in SCALES) for stride in strides)
        RetinaNet.__init__(
            self,
            **pyramid_parts(config),
            num_classes=class_count,
            anchor_generator=AnchorGenerator(sizes, (ASPECTS,) * len(sizes)),
            head=_head(config, class_count),
            nms_thresh=NMS_IOU,
        )
        self.normalise = SquareNormalise(self.body)

    def losses(
        self, targets: list[dict[str, Tensor]], outputs: dict[str, Tensor], anchors: list[Tensor], per_level: list[int]
    ) -> dict[str, Tensor]:
        """Torchvision's: focal loss of classes, L1 of box offsets."""
        losses: dict[str, Tensor] = self.compute_loss(targets, outputs, anchors)
        return losses


def _head(config: ModelConfig, class_count: int) -> RetinaNetHead:
    """Torchvision's head with as many convolutions as the config says."""
    channels = config.head_channels
    head = RetinaNetHead(channels, len(SCALES) * len(ASPECTS), class_count)
    for branch in (head.classification_head, head.regression_head):
        convs = [Conv2dNormActivation(channels, channels, norm_layer=None) for _ in range(config.head_convs)]
        for conv in convs:
            nn.init.normal_(conv[0].weight, std=WEIGHTS_STD)
            nn.init.zeros_(conv[0].bias)
        branch.conv = nn.Sequential(*convs)
    return head
