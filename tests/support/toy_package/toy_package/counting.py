"""A task before torch is loaded: the number of objects in a picture."""

from __future__ import annotations

from collections.abc import Sequence

from synthvis.data.contents import Content
from synthvis.data.split import Split
from synthvis.metrics.predictions import ImagePrediction
from synthvis.train.task import Task, TaskDescription

__all__ = ["DESCRIPTION", "CountingDescription"]


class CountingDescription(TaskDescription):
    """How many objects a picture shows, whatever they are."""

    name = "counting"
    title = "the number of objects"
    headline = "count_error"
    labels = "objects"
    learns_from = (Content.BOXES,)
    archs: tuple[str, ...] = ("two-convolutions",)
    prediction = ImagePrediction

    def learner(self) -> Task:
        """The half that learns."""
        from toy_package.counting_task import CountingTask

        return CountingTask(self)

    def require_comparable(self, split: Split, classes: Sequence[str]) -> None:
        """Any set with boxes can be counted."""


DESCRIPTION = CountingDescription()
