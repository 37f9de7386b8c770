"""The detectors by name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from synthvis.train.config import ModelConfig
from synthvis.train.detection.fcos import FcosDetector
from synthvis.train.detection.retinanet import RetinaNetDetector
from synthvis.train.detection.ssdlite import SsdLiteDetector
from synthvis.train.detection.two_stage import FasterRcnnDetector

__all__ = ["DETECTORS"]

DETECTORS: dict[str, Callable[[ModelConfig, int], Any]] = {
    "fcos": FcosDetector,
    "retinanet": RetinaNetDetector,
    "ssdlite": SsdLiteDetector,
    "fasterrcnn": FasterRcnnDetector,
}
"""Each takes what decides the network and the number of classes."""
