"""Decoders over a timm encoder: U-Net and DeepLabv3+ of segmentation-models-pytorch, FCN and LR-ASPP of torchvision.

The encoder is segmentation-models-pytorch's wrapper of timm throughout, so any backbone with five or four levels fits.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import segmentation_models_pytorch as smp
from segmentation_models_pytorch.base import SegmentationHead
from segmentation_models_pytorch.encoders import get_encoder
from torch import Tensor, nn
from torchvision.models.segmentation.fcn import FCNHead
from torchvision.models.segmentation.lraspp import LRASPPHead

from synthvis.errors import UsageError
from synthvis.train.backbones.catalogue import find_backbone
from synthvis.train.backbones.features import BACKBONE_HINT, any_size
from synthvis.train.config import ModelConfig
from synthvis.train.dense.border import EvenConv2d

__all__ = ["DECODERS", "Decoder"]

OUTPUT_STRIDE = 16
"""Of the encoder where the last stage is dilated instead of strided (FCN, DeepLabv3+, LR-ASPP)."""

LEVELS = 5
QUARTER_STEPS = 3
"""From stride 32 to stride 4."""

LOW_LEVEL, HIGH_LEVEL = 3, -1
"""Of LR-ASPP: stride 8 and the last."""

GROUP_CHANNELS = 4
"""Fewest channels in a group of the normalisation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoder:
    """How to build a network, and which of its parameters have a row for each output channel.

    Attributes:
        title: Name in messages.
        build: From config and output channels to a module with an `encoder`.
        class_layers: Prefixes of those parameters.
    """

    title: str
    build: Callable[[ModelConfig, int], nn.Module]
    class_layers: tuple[str, ...]


class HeadOnEncoder(nn.Module):
    """A head of torchvision on an encoder."""

    def __init__(self, encoder: Any, head: nn.Module) -> None:
        super().__init__()
        self.encoder, self.head = encoder, head


class FcnOnEncoder(HeadOnEncoder):
    """FCN (Long et al., CVPR 2015) in torchvision's form: a head on the last feature map."""

    def forward(self, pixels: Tensor) -> Tensor:
        """(N, C, S / 16, S / 16) of (N, 3, S, S)."""
        maps: Tensor = self.head(self.encoder(pixels)[-1])
        return maps


class LrasppOnEncoder(HeadOnEncoder):
    """LR-ASPP (Howard et al., ICCV 2019): the last map, gated by its mean, and a finer one."""

    def forward(self, pixels: Tensor) -> Tensor:
        """(N, C, S / 8, S / 8) of (N, 3, S, S)."""
        features = self.encoder(pixels)
        maps: Tensor = self.head({"low": features[LOW_LEVEL], "high": features[HIGH_LEVEL]})
        return maps


def _unet(config: ModelConfig, channels: int) -> nn.Module:
    return _normalised_by_groups(_whole_unet(config, channels))


def _quarter_unet(config: ModelConfig, channels: int) -> nn.Module:
    """Without the two finest steps, which cost most and bring texture into maps that have none."""
    network = _whole_unet(config, channels)
    network.decoder.blocks = network.decoder.blocks[:QUARTER_STEPS]
    width = _unet_widths(config)[QUARTER_STEPS - 1]
    network.segmentation_head = SegmentationHead(in_channels=width, out_channels=channels, kernel_size=3)
    return _even_to_the_border(_normalised_by_groups(network))


def _whole_unet(config: ModelConfig, channels: int) -> Any:
    encoder, options = _encoder_of(config)
    return smp.Unet(
        encoder,
        LEVELS,
        None,
        decoder_channels=_unet_widths(config),
        decoder_interpolation="bilinear",
        classes=channels,
        **options,
    )


def _unet_widths(config: ModelConfig) -> tuple[int, ...]:
    width = config.head_channels
    return (4 * width, 2 * width, width, width // 2, width // 4)


def _deeplab(config: ModelConfig, channels: int) -> nn.Module:
    encoder, options = _encoder_of(config)
    network = smp.DeepLabV3Plus(
        encoder,
        LEVELS,
        None,
        encoder_output_stride=OUTPUT_STRIDE,
        decoder_channels=4 * config.head_channels,
        classes=channels,
        **options,
    )
    return _normalised_by_groups(network)


def _fcn(config: ModelConfig, channels: int) -> nn.Module:
    encoder = _dilated_encoder(config)
    return _normalised_by_groups(FcnOnEncoder(encoder, FCNHead(encoder.out_channels[-1], channels)))


def _lraspp(config: ModelConfig, channels: int) -> nn.Module:
    encoder = _dilated_encoder(config)
    low, high = encoder.out_channels[LOW_LEVEL], encoder.out_channels[HIGH_LEVEL]
    return _normalised_by_groups(LrasppOnEncoder(encoder, LRASPPHead(low, high, channels, 2 * config.head_channels)))


def _dilated_encoder(config: ModelConfig) -> Any:
    encoder, options = _encoder_of(config)
    return get_encoder(encoder, depth=LEVELS, weights=None, output_stride=OUTPUT_STRIDE, **options)


def _encoder_of(config: ModelConfig) -> tuple[str, dict[str, Any]]:
    """Name of the encoder and what timm is told beside it.

    Raises:
        UsageError: The network is torchvision's.
    """
    backbone = find_backbone(config.backbone)
    if backbone.library != "timm":
        what = f"'{config.backbone}' is a network of torchvision; the encoder must be one of timm"
        raise UsageError(what, hint=BACKBONE_HINT)
    return f"tu-{backbone.timm_name}", any_size(backbone)


def _normalised_by_groups(network: Any) -> nn.Module:
    """The network with its decoder's BatchNorm replaced; the encoder keeps its own."""
    for parent, name, child in _parts_of_decoder(network):
        if isinstance(child, nn.BatchNorm2d):
            setattr(parent, name, nn.GroupNorm(_groups(child.num_features), child.num_features))
    whole: nn.Module = network
    return whole


def _even_to_the_border(network: Any) -> nn.Module:
    """The network with its decoder's convolutions replaced; the encoder keeps those that it learnt with."""
    for parent, name, child in _parts_of_decoder(network):
        if isinstance(child, nn.Conv2d) and any(child.padding):
            setattr(parent, name, EvenConv2d.of(child))
    whole: nn.Module = network
    return whole


def _parts_of_decoder(network: Any) -> list[tuple[nn.Module, str, nn.Module]]:
    """Each module outside the encoder with what holds it and under which name."""
    encoder: set[nn.Module] = set(network.encoder.modules())
    return [
        (parent, name, child)
        for parent in network.modules()
        for name, child in parent.named_children()
        if child not in encoder
    ]


def _groups(channels: int) -> int:
    fitting = (
        groups for groups in (32, 16, 8, 4, 2) if channels % groups == 0 and channels // groups >= GROUP_CHANNELS
    )
    return next(fitting, 1)


SMP_CLASS_LAYERS = ("segmentation_head.0.",)

DECODERS = {
    "unet": Decoder(title="U-Net", build=_unet, class_layers=SMP_CLASS_LAYERS),
    "unet4": Decoder(title="U-Net of stride 4", build=_quarter_unet, class_layers=SMP_CLASS_LAYERS),
    "deeplabv3plus": Decoder(title="DeepLabv3+", build=_deeplab, class_layers=SMP_CLASS_LAYERS),
    "fcn": Decoder(title="FCN", build=_fcn, class_layers=("head.4.",)),
    "lraspp": Decoder(title="LR-ASPP", build=_lraspp, class_layers=("head.low_classifier.", "head.high_classifier.")),
}
"""By the name that `arch` takes."""
