"""What is known of classification before torch is loaded."""

from __future__ import annotations

from collections.abc import Sequence

from synthvis.data.contents import Content
from synthvis.data.derived.subset import shared_classes
from synthvis.data.split import Split
from synthvis.metrics.predictions import ClassPrediction
from synthvis.train.task import Task, TaskDescription

__all__ = ["DESCRIPTION", "ClassificationDescription"]


class ClassificationDescription(TaskDescription):
    """One class of each object of a COCO set, or of each picture in folders by class."""

    name = "classification"
    title = "one class an object or image"
    headline = "accuracy"
    labels = "labels"
    learns_from = (Content.BOXES, Content.PICTURE_CLASSES)
    archs: tuple[str, ...] = ("linear",)
    test_time: tuple[str, ...] = ("flip", "crops")
    prediction = ClassPrediction
    settings: tuple[str, ...] = ("examples",)
    photographs = "grocery"

    def learner(self) -> Task:
        """The half that learns."""
        from synthvis.train.classification.task import ClassificationTask

        return ClassificationTask(self)

    def require_comparable(self, split: Split, classes: Sequence[str]) -> None:
        """Network and split must share a class."""
        shared_classes(split, classes)


DESCRIPTION = ClassificationDescription()
