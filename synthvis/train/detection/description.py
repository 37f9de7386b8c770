"""What is known of detection before torch is loaded."""

from __future__ import annotations

from collections.abc import Sequence

from synthvis.data.derived.subset import shared_classes
from synthvis.data.split import Split
from synthvis.train.description import TaskDescription

__all__ = ["DESCRIPTION", "DetectionDescription"]


class DetectionDescription(TaskDescription):
    """Boxes and classes of a COCO set."""

    name = "detection"
    headline = "AP"
    labels = "boxes"
    formats: tuple[str, ...] = ("coco",)
    archs: tuple[str, ...] = ("fcos", "retinanet", "ssdlite", "fasterrcnn")
    test_time: tuple[str, ...] = ("flip", "crops")

    def require_comparable(self, split: Split, classes: Sequence[str]) -> None:
        """Network and split must share a class."""
        shared_classes(split, classes)


DESCRIPTION = DetectionDescription()
