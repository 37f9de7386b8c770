"""What is known of semantic segmentation before torch is loaded."""

from __future__ import annotations

from collections.abc import Sequence

from synthvis.data.maps.semantic import SemanticSplit, painted
from synthvis.data.split import Split
from synthvis.train.description import TaskDescription
from synthvis.train.semantic.classes import shared_classes

__all__ = ["DESCRIPTION", "SemanticDescription"]


class SemanticDescription(TaskDescription):
    """The class of each pixel, from masks or from pictures of labels."""

    name = "semantic"
    headline = "mIoU"
    labels = "label masks"
    formats: tuple[str, ...] = ("coco", "class-maps")
    archs: tuple[str, ...] = ("unet", "unet4", "deeplabv3plus", "fcn", "lraspp")
    losses: tuple[str, ...] = ("ce", "ce+dice")
    test_time: tuple[str, ...] = ("flip",)

    def labelled(self, split: Split) -> SemanticSplit:
        """Masks are painted into classes of pixels."""
        return painted(split)

    def require_comparable(self, split: SemanticSplit, classes: Sequence[str]) -> None:
        """Network and split must share a class besides the background."""
        shared_classes(split, classes)


DESCRIPTION = SemanticDescription()
