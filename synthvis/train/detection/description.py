"""What is known of detection before torch is loaded."""

from __future__ import annotations

from collections.abc import Sequence

from synthvis.data.contents import Content
from synthvis.data.derived.subset import shared_classes
from synthvis.data.split import Split
from synthvis.metrics.predictions import BoxPrediction
from synthvis.train.backbones.catalogue import Backbone
from synthvis.train.task import Task, TaskDescription

__all__ = ["DESCRIPTION", "DetectionDescription"]


class DetectionDescription(TaskDescription):
    """Boxes and classes of a COCO set."""

    name = "detection"
    title = "boxes and classes"
    headline = "AP"
    labels = "boxes"
    learns_from = (Content.BOXES,)
    archs: tuple[str, ...] = ("fcos", "retinanet", "ssdlite", "fasterrcnn")
    test_time: tuple[str, ...] = ("flip", "crops")
    prediction: type[BoxPrediction] = BoxPrediction
    settings: tuple[str, ...] = ("boxes", "box_margin")
    photographs = "fruit"
    compared: tuple[str, ...] = ("AP", "AP50", "AP75")
    has_error_causes = True

    def learner(self) -> Task:
        """The half that learns."""
        from synthvis.train.detection.task import DetectionTask

        return DetectionTask(self)

    def can_stand_on(self, backbone: Backbone) -> bool:
        """Over a pyramid of feature maps."""
        return backbone.has_pyramid

    def require_comparable(self, split: Split, classes: Sequence[str]) -> None:
        """Network and split must share a class."""
        shared_classes(split, classes)


DESCRIPTION = DetectionDescription()
