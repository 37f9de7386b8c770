"""What is known of instance segmentation before torch is loaded."""

from __future__ import annotations

from collections.abc import Sequence

from synthvis.data.derived.subset import shared_classes
from synthvis.data.masks import check_masks
from synthvis.data.split import Split
from synthvis.train.description import TaskDescription

__all__ = ["DESCRIPTION", "InstancesDescription"]


class InstancesDescription(TaskDescription):
    """Masks and classes of a COCO set."""

    name = "instances"
    headline = "mask_AP"
    labels = "masks"
    formats: tuple[str, ...] = ("coco",)
    archs: tuple[str, ...] = ("maskrcnn",)

    def require_comparable(self, split: Split, classes: Sequence[str]) -> None:
        """Network and split must share a class, of which every object has a mask."""
        check_masks(split, shared_classes(split, classes))


DESCRIPTION = InstancesDescription()
