"""Networks that predict for each pixel: a timm body, a decoder by name, and the loss of a task."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from synthvis.errors import UsageError
from synthvis.train.arch import chosen_arch, chosen_loss
from synthvis.train.backbones.features import BACKBONE_HINT
from synthvis.train.backbones.normalise import SquareNormalise
from synthvis.train.backbones.weights import with_pretrained_body
from synthvis.train.config import ModelConfig
from synthvis.train.dense.decoders import DECODERS
from synthvis.train.task import TaskDescription

__all__ = ["DenseNetwork", "Losses", "OutputActivation", "build_dense"]

Losses = Callable[[Tensor, Sequence[Mapping[str, Tensor]]], dict[str, Tensor]]
"""Losses by name of maps (N, C, S, S) float32 and the targets of the N images."""

OutputActivation = Callable[[Tensor], Tensor]
"""What the maps (N, C, S, S) mean."""


class DenseNetwork(nn.Module):
    """Maps over square uint8 batches, normalised on the device; the loss is taken in fp32 whatever the arithmetic.

    The decoder's normalisation is by groups (Wu and He, ECCV 2018), not by batches: batches on small machines are
    small, and the averaged weights that are kept have no running statistics of their own.
    """

    chooses_loss = True

    def __init__(
        self, core: nn.Module, class_layers: tuple[str, ...], losses: Losses, activation: OutputActivation
    ) -> None:
        super().__init__()
        self.core = core
        self.class_layers = tuple(f"core.{prefix}" for prefix in class_layers)
        self._losses, self._activation = losses, activation
        self.normalise = SquareNormalise(self.body)

    @property
    def body(self) -> Any:
        """The pretrained part."""
        return self.core.encoder.model  # type: ignore[union-attr]

    def forward(self, images: Tensor, targets: Sequence[Mapping[str, Tensor]] | None = None) -> Any:
        """Losses by name when `targets` are given, else the prediction (N, C, S, S) float32.

        Args:
            images: (N, 3, S, S) uint8.
            targets: For each image the map, as the views of the task give it.
        """
        pixels = self.normalise(images)
        coarse = self.core(pixels)
        with torch.autocast(images.device.type, enabled=False):
            maps = functional.interpolate(coarse.float(), images.shape[-2:], mode="bilinear", align_corners=False)
            return self._activation(maps) if targets is None else self._losses(maps, targets)


class UnetNetwork(DenseNetwork):
    """A U-Net (Ronneberger et al., MICCAI 2015)."""


class QuarterUnetNetwork(DenseNetwork):
    """A U-Net without its two finest steps."""


class DeepLabNetwork(DenseNetwork):
    """A DeepLabv3+ (Chen et al., ECCV 2018)."""


class FcnNetwork(DenseNetwork):
    """An FCN (Long et al., CVPR 2015)."""


class LrasppNetwork(DenseNetwork):
    """An LR-ASPP (Howard et al., ICCV 2019)."""


# A class each, so that weights of one architecture are not taken for those of another.
NETWORKS = {
    "unet": UnetNetwork,
    "unet4": QuarterUnetNetwork,
    "deeplabv3plus": DeepLabNetwork,
    "fcn": FcnNetwork,
    "lraspp": LrasppNetwork,
}


def build_dense(
    config: ModelConfig,
    task: TaskDescription,
    *,
    channels: int,
    losses: Mapping[str, Losses],
    activation: OutputActivation,
    initial_output: Sequence[float] = (),
    weights: Path | None = None,
    pretrained: bool = True,
) -> DenseNetwork:
    """A network in channels-last memory, its body with ImageNet weights unless a checkpoint will follow.

    Args:
        config: Names the architecture and the loss.
        task: Says which there are.
        channels: Of the prediction.
        losses: Of the task by name.
        activation: What makes predictions of the last layer's maps.
        initial_output: Maps of a network that has learnt nothing, one number a channel; 0 where it is left out.
        weights: A file for the body.
        pretrained: Load weights into the body.

    Raises:
        UsageError: No such architecture or loss, or the backbone does not fit.
        CheckpointError: `weights` does not fit.
        MissingDependency: There are no weights without a network connection.
    """
    arch = chosen_arch(config.arch, task)
    decoder, loss = DECODERS[arch], chosen_loss(config.loss, task)
    try:
        with warnings.catch_warnings():
            # timm warns of layers that a smaller stride makes needless.
            warnings.simplefilter("ignore", UserWarning)
            core = decoder.build(config, channels)
    except (RuntimeError, ValueError, TypeError, AttributeError, KeyError, IndexError, AssertionError) as error:
        # What libraries assert has no message.
        what = str(error).strip().splitlines()[0] if str(error).strip() else "its layers do not fit"
        raise UsageError(f"{decoder.title} cannot stand on '{config.backbone}': {what}", hint=BACKBONE_HINT) from error
    network = NETWORKS[arch](core, decoder.class_layers, losses[loss], activation)
    if initial_output:
        last = core.get_submodule(decoder.class_layers[-1].rstrip("."))
        # The weights of the layer stay as they were drawn.
        last.load_state_dict({"bias": torch.tensor(initial_output)}, strict=False)
    return with_pretrained_body(network, config.backbone, weights, pretrained=pretrained)
