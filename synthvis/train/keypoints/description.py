"""What is known of keypoints before torch is loaded."""

from __future__ import annotations

from collections.abc import Sequence

from synthvis.data.contents import Content
from synthvis.data.keypoints import KeypointSplit
from synthvis.metrics.predictions import KeypointPrediction
from synthvis.train.backbones.catalogue import Backbone
from synthvis.train.keypoints.classes import restricted
from synthvis.train.task import Task, TaskDescription

__all__ = ["DESCRIPTION", "KeypointsDescription"]


class KeypointsDescription(TaskDescription):
    """Named points of the objects of one category of a COCO set."""

    name = "keypoints"
    title = "named points of one category"
    headline = "AP"
    labels = "objects with keypoints"
    learns_from = (Content.KEYPOINTS,)
    archs: tuple[str, ...] = ("heatmap", "keypointrcnn")
    prediction = KeypointPrediction

    def learner(self) -> Task:
        """The half that learns."""
        from synthvis.train.keypoints.task import KeypointsTask

        return KeypointsTask(self)

    def can_stand_on(self, backbone: Backbone) -> bool:
        """Over a pyramid of feature maps."""
        return backbone.has_pyramid

    def require_comparable(self, split: KeypointSplit, classes: Sequence[str]) -> None:
        """The split must have the network's category, and one of its keypoints at least."""
        restricted(split, classes)


DESCRIPTION = KeypointsDescription()
