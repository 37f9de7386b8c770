"""The classes of a network for keypoints, each "CATEGORY/KEYPOINT": their category, and what a set has of them."""

from __future__ import annotations

from collections.abc import Sequence

from synthvis.data.keypoints import KeypointSplit, split_name
from synthvis.data.split import class_key
from synthvis.errors import UsageError

__all__ = ["category_of", "restricted"]


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
