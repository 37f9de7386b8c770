"""Networks by name: their feature maps, a pyramid over them, and the whole classifier."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from typing import Any

import timm
from torch import Tensor, nn
from torchvision.ops.feature_pyramid_network import FeaturePyramidNetwork, LastLevelMaxPool

from synthvis.errors import UsageError
from synthvis.train.backbones.catalogue import PYRAMID_STRIDES, Backbone, find_backbone, hint_for
from synthvis.train.backbones.torchvision_body import TorchvisionBody, torchvision_network

__all__ = [
    "BACKBONE_HINT",
    "PyramidBackbone",
    "any_size",
    "feature_body",
    "last_map_body",
    "native_input_hw",
    "whole_network",
]

BACKBONE_HINT = "`synthvis models ls` says what each is for; for example --backbone tf_efficientnet_lite0"
ANY_SIZE = {
    "swin": {"strict_img_size": False},
    "vit_": {"dynamic_img_size": True, "dynamic_img_pad": True},
}
"""What lets networks that are made for one size of image take others, by the start of timm's name."""
CLASSIFIER_SIDE_PX = 224


class PyramidBackbone(nn.Module):
    """Features of a named network at strides 8, 16 and 32, an FPN, and a pooled level at stride 64.

    Dropout takes whole channels of the maps (Tompson et al. 2015).
    """

    STRIDES = (*PYRAMID_STRIDES, 2 * PYRAMID_STRIDES[-1])

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
    """A network that yields its feature maps (N, C, H / s, W / s) at `strides`, finest first, with random weights.

    Args:
        name: A name of the catalogue, an alias, or any name of timm.
        strides: In pixels of the input, rising.
        drop_path_rate: Chance that the last residual block is passed by in training, growing from 0 at the first
            (stochastic depth, Huang et al. 2016).

    Raises:
        UsageError: There is no such network, it has no maps at these strides, or no blocks to pass by.
    """
    backbone = find_backbone(name)
    if backbone.library == "torchvision":
        _refuse_depth(name, drop_path_rate)
        return TorchvisionBody(backbone, strides)
    # Transformers have many maps at one stride; the last is meant.
    there = {stride: index for index, stride in enumerate(_timm_features(backbone).feature_info.reduction())}
    if not set(strides) <= set(there):
        raise UsageError(_no_maps(name, sorted(there), strides), hint=BACKBONE_HINT)
    return _timm_features(backbone, [there[stride] for stride in strides], drop_path_rate)


def last_map_body(name: str, drop_path_rate: float = 0.0) -> Any:
    """A network that yields its last feature map alone, whatever its stride, with random weights.

    Raises:
        UsageError: There is no such network, it has no feature maps, or no blocks to pass by.
    """
    backbone = find_backbone(name)
    if backbone.library == "torchvision":
        _refuse_depth(name, drop_path_rate)
        return TorchvisionBody(backbone, (backbone.strides or PYRAMID_STRIDES)[-1:])
    return _timm_features(backbone, _timm_features(backbone).feature_info.out_indices[-1:], drop_path_rate)


def _refuse_depth(name: str, drop_path_rate: float) -> None:
    if drop_path_rate:
        raise UsageError(f"'{name}' has no stochastic depth", hint="leave --drop-path-rate out")


def _timm_features(backbone: Backbone, out_indices: Sequence[int] | None = None, drop_path_rate: float = 0.0) -> Any:
    """All maps of a network of timm, or some, as (N, C, H, W) whatever it works in itself."""
    _timm_config(backbone)
    options = any_size(backbone) | ({} if out_indices is None else {"out_indices": tuple(out_indices)})
    chance = {"drop_path_rate": drop_path_rate} if drop_path_rate else {}
    try:
        body = timm.create_model(backbone.timm_name, features_only=True, pretrained=False, **options, **chance)
    except (RuntimeError, AttributeError) as error:
        raise UsageError(f"timm cannot give feature maps of '{backbone.name}': {error}", hint=BACKBONE_HINT) from error
    except TypeError as error:
        if not chance:
            raise
        hint = "leave --drop-path-rate out"
        raise UsageError(f"'{backbone.name}' has no stochastic depth", hint=hint) from error
    if getattr(body, "output_fmt", "NCHW") == "NHWC":
        body.register_forward_hook(_channels_first)
    return body


def any_size(backbone: Backbone) -> dict[str, Any]:
    """What timm is told so that the network takes images of any size."""
    return next((dict(options) for start, options in ANY_SIZE.items() if backbone.model.startswith(start)), {})


def _channels_first(module: nn.Module, inputs: Any, maps: list[Tensor]) -> list[Tensor]:
    return [one.permute(0, 3, 1, 2) for one in maps]


def _no_maps(name: str, there: list[int], wanted: tuple[int, ...]) -> str:
    has, needs = ", ".join(map(str, there)), ", ".join(map(str, wanted))
    return f"'{name}' has feature maps at stride {has} only; maps at {needs} are needed"


def whole_network(name: str, image_hw: tuple[int, int] | None = None) -> Any:
    """The classifier of that name with random weights, on torch's default device.

    Args:
        name: A name of the catalogue, an alias, any name of timm, or torchvision:NAME.
        image_hw: Size of the images, for networks that are built for one size.

    Raises:
        UsageError: There is no such network, or it cannot take such images.
    """
    backbone = find_backbone(name)
    if backbone.library == "torchvision":
        return torchvision_network(backbone.model)
    config, options = _timm_config(backbone), any_size(backbone)
    if image_hw and config and config.fixed_input_size and not options:
        options = {"img_size": image_hw}
    try:
        return timm.create_model(backbone.timm_name, pretrained=False, **options)
    except (RuntimeError, AssertionError, TypeError) as error:
        raise UsageError(f"timm cannot build '{name}': {error}") from error


def native_input_hw(name: str) -> tuple[int, int]:
    """Height and width of the images that the network's weights were trained on.

    Raises:
        UsageError: There is no such network.
    """
    backbone = find_backbone(name)
    config = _timm_config(backbone) if backbone.library == "timm" else None
    _, height, width = config.input_size if config else (3, CLASSIFIER_SIDE_PX, CLASSIFIER_SIDE_PX)
    return (height, width)


def _timm_config(backbone: Backbone) -> Any:
    if not timm.is_model(backbone.model):
        raise UsageError(f"timm knows no network '{backbone.name}'", hint=hint_for(backbone.name))
    try:
        return timm.get_pretrained_cfg(backbone.timm_name)
    except RuntimeError as error:
        raise UsageError(f"timm: {error}", hint=f"leave '.{backbone.tag}' out for its default weights") from error
