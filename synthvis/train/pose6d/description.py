"""What is known of 6D poses before torch is loaded."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from synthvis.data.contents import Content
from synthvis.metrics.pose_definitions import HEADLINE
from synthvis.metrics.predictions import PosePrediction
from synthvis.train.backbones.catalogue import Backbone
from synthvis.train.task import Task, TaskDescription

if TYPE_CHECKING:
    from synthvis.data.object_models import PoseSplit
    from synthvis.data.split import Split

__all__ = ["DESCRIPTION", "Pose6dDescription"]


class Pose6dDescription(TaskDescription):
    """Poses of objects of which each class has one known mesh."""

    name = "pose6d"
    title = "6D poses of known meshes"
    headline = HEADLINE
    labels = "poses"
    learns_from = (Content.POSES,)
    archs: tuple[str, ...] = ("boxes-keypoints",)
    prediction = PosePrediction
    compared: tuple[str, ...] = (HEADLINE, "ADD(-S)_AUC", "reprojection_5px", "AR_MSSD", "AR_MSPD")

    def learner(self) -> Task:
        """The half that learns."""
        from synthvis.train.pose6d.task import Pose6dTask

        return Pose6dTask(self)

    def can_stand_on(self, backbone: Backbone) -> bool:
        """Over a pyramid of feature maps."""
        return backbone.has_pyramid

    def labelled(self, split: Split) -> PoseSplit:
        """The objects that have a pose, with the models of their classes."""
        from synthvis.data.with_models import with_models

        return with_models(split)

    def require_comparable(self, split: PoseSplit, classes: Sequence[str]) -> None:
        """The split must have one of the network's classes, or one mesh where the network has one."""
        from synthvis.train.pose6d.same_models import shared_models

        shared_models(split, classes)


DESCRIPTION = Pose6dDescription()
