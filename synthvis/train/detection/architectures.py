"""The detectors by name."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch

from synthvis.train.arch import chosen_arch
from synthvis.train.backbones.weights import load_backbone
from synthvis.train.config import ModelConfig
from synthvis.train.detection.description import DESCRIPTION
from synthvis.train.detection.fcos import FcosDetector
from synthvis.train.detection.retinanet import RetinaNetDetector
from synthvis.train.detection.ssdlite import SsdLiteDetector
from synthvis.train.detection.two_stage import FasterRcnnDetector

__all__ = ["DETECTORS", "build_detector", "with_pretrained_body"]

DETECTORS: dict[str, Callable[[ModelConfig, int], Any]] = {
    "fcos": FcosDetector,
    "retinanet": RetinaNetDetector,
    "ssdlite": SsdLiteDetector,
    "fasterrcnn": FasterRcnnDetector,
}


def build_detector(
    config: ModelConfig, class_count: int, weights: Path | None = None, *, pretrained: bool = True
) -> Any:
    """A detector in channels-last memory, its backbone with ImageNet weights unless a checkpoint will follow.

    Raises:
        UsageError: There is no such architecture or backbone.
        CheckpointError: `weights` does not fit.
        MissingDependency: There are no weights without a network connection.
    """
    detector = DETECTORS[chosen_arch(config.arch, DESCRIPTION)](config, class_count)
    return with_pretrained_body(detector, config, weights, pretrained=pretrained)


def with_pretrained_body(network: Any, config: ModelConfig, weights: Path | None, *, pretrained: bool) -> Any:
    """The network in channels-last memory, its `body` with ImageNet weights if `pretrained`."""
    if pretrained:
        load_backbone(network.body, config.backbone, weights)
    return network.to(memory_format=torch.channels_last)
