"""What is known of semantic segmentation before torch is loaded."""

from __future__ import annotations

from collections.abc import Sequence

from synthvis.data.contents import Content
from synthvis.data.maps.semantic import SemanticSplit, painted
from synthvis.data.split import Split
from synthvis.metrics.predictions import ImagePrediction
from synthvis.train.backbones.catalogue import Backbone
from synthvis.train.semantic.classes import shared_classes
from synthvis.train.task import Task, TaskDescription

__all__ = ["DESCRIPTION", "SemanticDescription"]


class SemanticDescription(TaskDescription):
    """The class of each pixel, from masks or from pictures of labels."""

    name = "semantic"
    title = "the class of each pixel"
    headline = "mIoU"
    labels = "label masks"
    learns_from = (Content.MASKS, Content.PIXEL_CLASSES)
    archs: tuple[str, ...] = ("unet", "unet4", "deeplabv3plus", "fcn", "lraspp")
    losses: tuple[str, ...] = ("ce", "ce+dice")
    test_time: tuple[str, ...] = ("flip",)
    prediction = ImagePrediction
    photographs = "coco-masks"

    def learner(self) -> Task:
        """The half that learns."""
        from synthvis.train.semantic.task import SemanticTask

        return SemanticTask(self)

    def labelled(self, split: Split) -> SemanticSplit:
        """Masks are painted into classes of pixels."""
        return painted(split)

    def can_stand_on(self, backbone: Backbone) -> bool:
        """Over a pyramid of feature maps of timm, from which segmentation-models-pytorch takes its encoders."""
        return backbone.has_pyramid and backbone.library == "timm"

    def require_comparable(self, split: SemanticSplit, classes: Sequence[str]) -> None:
        """Network and split must share a class besides the background."""
        shared_classes(split, classes)


DESCRIPTION = SemanticDescription()
