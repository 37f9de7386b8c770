"""What is known before torch is loaded of tasks whose labels are a picture and a map of numbers in a file each."""

from __future__ import annotations

from collections.abc import Sequence

from synthvis.data.split import Split
from synthvis.metrics.predictions import ImagePrediction
from synthvis.train.backbones.catalogue import Backbone
from synthvis.train.task import TaskDescription

__all__ = ["MapDescription"]


class MapDescription(TaskDescription):
    """A task whose labels are maps of numbers; there are no classes."""

    prediction = ImagePrediction
    archs: tuple[str, ...] = ("unet4", "unet")
    test_time: tuple[str, ...] = ("flip",)

    def can_stand_on(self, backbone: Backbone) -> bool:
        """Over a pyramid of feature maps of timm, from which segmentation-models-pytorch takes its encoders."""
        return backbone.has_pyramid and backbone.library == "timm"

    def require_comparable(self, split: Split, classes: Sequence[str]) -> None:
        """Any map can be measured."""
