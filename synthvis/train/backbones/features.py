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
    """timm features at strides 8, 16 and 32, an FPN, and a pooled level at stride 64.

    Dropout takes whole channels of the maps (Tompson et al. 2015).
    """

    def __init__(self, backbone: str, channels: int, drop_rate: float = 0.0, drop_path_rate: float = 0.0) -> None:
        super().__init__()
        self.body = feature_body(backbone, PYRAMID_STRIDES, drop_path_rate)
        self.drop = nn.Dropout2d(drop_rate)
        self.fpn = FeaturePyramidNetwork(self.body.feature_info.channels(), channels, LastLevelMaxPool())
        self.out_channels = channels

    def forward(self, images: Tensor) -> OrderedDict[str, Tensor]:
        """Feature maps by level, finest first."""
        maps = OrderedDict((str(level), feature) for level, feature in enumerate(self.body(images)))
        maps = OrderedDict((level, self.drop(feature)) for level, feature in maps.items())
        pyramid: OrderedDict[str, Tensor] = self.fpn(maps)
        return pyramid


def feature_body(name: str, strides: tuple[int, ...], drop_path_rate: float = 0.0) -> Any:
    """A timm network that yields its feature maps at `strides`, finest first, with random weights.

    Args:
        name: As timm has it.
        strides: Of the maps, in pixels of the input.
        drop_path_rate: Chance that the last residual block is passed by in training, growing from 0 at the first
            (stochastic depth, Huang et al. 2016).

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
    return _built(name, tuple(wanted), drop_path_rate)


def last_map_body(name: str, drop_path_rate: float = 0.0) -> Any:
    """A timm network that yields its last feature map alone, whatever its stride, with random weights.

    Raises:
        UsageError: There is no such network, it has no feature maps, or no stochastic depth although asked for.
    """
    try:
        body = timm.create_model(name, features_only=True, pretrained=False)
    except RuntimeError as error:
        raise UsageError(f"timm cannot give feature maps of '{name}': {error}", hint=BACKBONE_HINT) from error
    return _built(name, (body.feature_info.out_indices[-1],), drop_path_rate)


def _built(name: str, out_indices: tuple[int, ...], drop_path_rate: float) -> Any:
    chance = {"drop_path_rate": drop_path_rate} if drop_path_rate else {}
    try:
        return timm.create_model(name, features_only=True, pretrained=False, out_indices=out_indices, **chance)
    except TypeError as error:
        raise UsageError(f"'{name}' has no stochastic depth", hint="leave --drop-path-rate out") from error
