"""What is known before torch is loaded of tasks whose labels are a picture and a map of numbers in a file each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from synthvis.data.split import Split
from synthvis.errors import RealDataError
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

    def labelled(self, split: Split) -> Split:
        """The pictures and their maps, without the objects that some forms have beside them.

        Raises:
            RealDataError: A picture has no such map.
        """
        without = [image for image in split.images if self.shown_map not in image.maps]
        if without:
            raise RealDataError(
                f"{len(without)} of {len(split)} images of {split.name}:{split.split} have no {self.shown_map} map",
                hint=f"the first is {without[0].path.name}; {self.name} learns from {self.labels}",
            )
        images = tuple(replace(image, objects=()) for image in split.images)
        return replace(split, images=images, class_names=(), category_ids={}, label_form="pixels")

    def require_comparable(self, split: Split, classes: Sequence[str]) -> None:
        """Any map can be measured."""
