"""Feature maps of a timm network, and a pyramid over them."""

from __future__ import annotations

from collections import OrderedDict
from typing import Any

import timm
from torch import Tensor, nn
from torchvision.ops.feature_pyramid_network import FeaturePyramidNetwork, LastLevelMaxPool

from synthvis.errors import UsageError

__all__ = ["PyramidBackbone", "feature_body", "last_map_body"]

PYRAMID_STRIDES = (8, 16, 32)
BACKBONE_HINT = "--backbone tf_efficientnet_lite0"


class PyramidBackbone(nn.Module):
    """timm features at strides 8, 16 and 32, an FPN, and a pooled level at stride 64."""

    def __init__(self, backbone: str, channels: int) -> None:
        super().__init__()
        self.body = feature_body(backbone, PYRAMID_STRIDES)
        self.fpn = FeaturePyramidNetwork(self.body.feature_info.channels(), channels, LastLevelMaxPool())
        self.out_channels = channels

    def forward(self, images: Tensor) -> OrderedDict[str, Tensor]:
        """Feature maps by level, finest first."""
        maps = OrderedDict((str(level), feature) for level, feature in enumerate(self.body(images)))
        pyramid: OrderedDict[str, Tensor] = self.fpn(maps)
        return pyramid


def feature_body(name: str, strides: tuple[int, ...]) -> Any:
    """A timm network that yields its feature maps at `strides`, finest first, with random weights.

    Raises:
        UsageError: There is no such network, or it has no maps at these strides.
    """
    try:
        body = timm.create_model(name, features_only=True, pretrained=False)
    except RuntimeError as error:
        raise UsageError(f"timm cannot give feature maps of '{name}': {error}", hint=BACKBONE_HINT) from error
    wanted = [index for index, stride in enumerate(body.feature_info.reduction()) if stride in strides]
    if len(wanted) != len(strides):
        listed = ", ".join(map(str, strides))
        raise UsageError(f"'{name}' has no feature maps at strides {listed}", hint=BACKBONE_HINT)
    return timm.create_model(name, features_only=True, pretrained=False, out_indices=tuple(wanted))


def last_map_body(name: str) -> Any:
    """A timm network that yields its last feature map alone, whatever its stride, with random weights.

    Raises:
        UsageError: There is no such network, or it has no feature maps.
    """
    try:
        body = timm.create_model(name, features_only=True, pretrained=False)
    except RuntimeError as error:
        raise UsageError(f"timm cannot give feature maps of '{name}': {error}", hint=BACKBONE_HINT) from error
    last = body.feature_info.out_indices[-1]
    return timm.create_model(name, features_only=True, pretrained=False, out_indices=(last,))
