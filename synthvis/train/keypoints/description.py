"""What is known of keypoints before torch is loaded."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from synthvis.data.contents import Content
from synthvis.data.keypoints import KeypointSplit, split_name
from synthvis.data.split import class_key
from synthvis.errors import UsageError
from synthvis.metrics.predictions import KeypointPrediction
from synthvis.train.description import TaskDescription

if TYPE_CHECKING:
    from synthvis.train.keypoints.task import KeypointsTask

__all__ = ["DESCRIPTION", "KeypointsDescription", "category_of", "restricted"]


class KeypointsDescription(TaskDescription):
    """Named points of the objects of one category of a COCO set."""

    name = "keypoints"
    title = "named points of one category"
    headline = "AP"
    labels = "objects with keypoints"
    learns_from = (Content.KEYPOINTS,)
    archs: tuple[str, ...] = ("heatmap", "keypointrcnn")
    prediction = KeypointPrediction

    def learner(self) -> KeypointsTask:
        """The half that learns."""
        from synthvis.train.keypoints.task import TASK

        return TASK

    def require_comparable(self, split: KeypointSplit, classes: Sequence[str]) -> None:
        """The split must have the network's category, and one of its keypoints at least."""
        restricted(split, classes)


def category_of(classes: Sequence[str]) -> str:
    """The category whose keypoints `classes` are.

    Raises:
        UsageError: They are of several.
    """
    categories = list({class_key(category): category for category, _ in map(split_name, classes)}.values())
    if len(categories) != 1:
        raise UsageError(
            f"keypoints are learnt of one category at a time; here are {', '.join(categories[:6])}"
            f"{' and more' if len(categories) > 6 else ''}",
            hint=f"--classes '{categories[0]}'" if categories else None,
        )
    return categories[0]


def restricted(split: KeypointSplit, classes: Sequence[str]) -> KeypointSplit:
    """The split with the category and the keypoints that `classes` name.

    Raises:
        RealDataError: It has none of them.
    """
    return split.of_keypoints(category_of(classes), [split_name(name)[1] for name in classes])


DESCRIPTION = KeypointsDescription()
