"""RetinaNet (arXiv 1708.02002): torchvision's, on a timm backbone, fed with square batches."""

from __future__ import annotations

from typing import Any, ClassVar

from torch import Tensor, nn
from torchvision.models.detection.anchor_utils import AnchorGenerator
from torchvision.models.detection.retinanet import RetinaNet, RetinaNetHead
from torchvision.ops.misc import Conv2dNormActivation

from synthvis.train.backbones.features import PyramidBackbone
from synthvis.train.backbones.normalise import SquareNormalise
from synthvis.train.config import ModelConfig
from synthvis.train.detection.square_batch import as_image_list, to_float
from synthvis.train.engine.class_rows import RowLayout

__all__ = ["RetinaNetDetector"]

STRIDES = (8, 16, 32, 64)
ANCHOR_STRIDES = 2.5
"""Side of a level's smallest anchor in strides, where the paper has 4: inputs here are half as large as the paper's."""

SCALES = (1.0, 2 ** (1 / 3), 2 ** (2 / 3))
ASPECTS = (0.5, 1.0, 2.0)
WEIGHTS_STD = 0.01
SCORE_THRESHOLD = 0.01
NMS_IOU = 0.5
CANDIDATES_PER_LEVEL = 300
DETECTIONS = 100


class RetinaNetDetector(RetinaNet):  # type: ignore[misc]
    """RetinaNet over square uint8 batches, with anchors for small inputs."""

    class_layers = ("head.classification_head.cls_logits",)
    row_layouts: ClassVar = {class_layers[0]: RowLayout(anchors=len(SCALES) * len(ASPECTS))}

    def __init__(self, config: ModelConfig, class_count: int) -> None:
        sizes = tuple(tuple(round(ANCHOR_STRIDES * stride * scale) for scale in SCALES) for stride in STRIDES)
        super().__init__(
            PyramidBackbone(config.backbone, config.head_channels, config.drop_rate, config.drop_path_rate),
            class_count,
            anchor_generator=AnchorGenerator(sizes, (ASPECTS,) * len(sizes)),
            head=_head(config, class_count),
            score_thresh=SCORE_THRESHOLD,
            nms_thresh=NMS_IOU,
            detections_per_img=DETECTIONS,
            topk_candidates=CANDIDATES_PER_LEVEL,
        )
        self.normalise = SquareNormalise(self.backbone.body)

    @property
    def body(self) -> nn.Module:
        """The pretrained part."""
        body: nn.Module = self.backbone.body
        return body

    def forward(self, images: Tensor, targets: list[dict[str, Tensor]] | None = None) -> Any:
        """Losses by name when `targets` are given, else detections; as `FcosDetector.forward`."""
        pixels = self.normalise(images)
        features = list(self.backbone(pixels).values())
        outputs = to_float(self.head(features))
        image_list = as_image_list(pixels)
        # Anchors take the type of the maps, and bf16 rounds them to whole pixels and more.
        anchors = self.anchor_generator(image_list, [feature.float() for feature in features])
        if targets is not None:
            return self.compute_loss(targets, outputs, anchors)
        per_point = self.anchor_generator.num_anchors_per_location()[0]
        counts = [per_point * feature.shape[-2] * feature.shape[-1] for feature in features]
        levels = {name: list(value.split(counts, dim=1)) for name, value in outputs.items()}
        return self.postprocess_detections(
            levels, [list(boxes.split(counts)) for boxes in anchors], image_list.image_sizes
        )


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
