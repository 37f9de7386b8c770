"""What is known of instance segmentation before torch is loaded."""

from __future__ import annotations

from collections.abc import Sequence

from synthvis.data.contents import Content
from synthvis.data.derived.subset import shared_classes
from synthvis.data.masks import check_masks
from synthvis.data.split import Split
from synthvis.metrics.predictions import MaskPrediction
from synthvis.train.backbones.catalogue import Backbone
from synthvis.train.task import Task, TaskDescription

__all__ = ["DESCRIPTION", "InstancesDescription"]


class InstancesDescription(TaskDescription):
    """Masks and classes of a COCO set."""

    name = "instances"
    title = "masks of single objects"
    headline = "mask_AP"
    labels = "masks"
    learns_from = (Content.MASKS,)
    archs: tuple[str, ...] = ("maskrcnn",)
    prediction = MaskPrediction
    photographs = "coco-masks"
    has_error_causes = True

    def learner(self) -> Task:
        """The half that learns."""
        from synthvis.train.instances.task import InstancesTask

        return InstancesTask(self)

    def can_stand_on(self, backbone: Backbone) -> bool:
        """Over a pyramid of feature maps."""
        return backbone.has_pyramid

    def require_comparable(self, split: Split, classes: Sequence[str]) -> None:
        """Network and split must share a class, of which every object has a mask."""
        check_masks(split, shared_classes(split, classes))


DESCRIPTION = InstancesDescription()
