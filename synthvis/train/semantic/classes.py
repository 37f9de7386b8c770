"""Which classes a network and a set share, and how the predictions of the one are read as the other's."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from synthvis.data.maps.semantic import BACKGROUND, SemanticSplit, background_of
from synthvis.data.split import class_key
from synthvis.errors import RealDataError

__all__ = ["prediction_table", "shared_classes"]


def shared_classes(split: SemanticSplit, classes: Sequence[str]) -> list[str]:
    """The split's names of the classes that the network knows, the background among them where both have one.

    Raises:
        RealDataError: There is none besides the background.
    """
    known = {class_key(name) for name in classes}
    shared = [name for name in split.class_names if class_key(name) in known]
    if all(class_key(name) == class_key(BACKGROUND) for name in shared):
        raise RealDataError(
            f"{split.name} and the network share no class: it has {', '.join(split.class_names[:6])}; "
            f"the network knows {', '.join(classes[:6])}",
            hint="classes are matched by name; choose another set",
        )
    return shared


def prediction_table(classes: Sequence[str], shared: Sequence[str]) -> NDArray[np.int64]:
    """Index in `shared` of each of the network's classes.

    A class that the set does not label counts as background; where the set has no background, as none of its classes.
    """
    place_of = {class_key(name): place for place, name in enumerate(shared)}
    background = background_of(shared)
    other = len(shared) if background is None else background
    return np.array([place_of.get(class_key(name), other) for name in classes], dtype=np.int64)
