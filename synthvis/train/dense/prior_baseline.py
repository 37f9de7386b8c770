"""A prediction for each pixel that ignores the picture: the usual label at that place in the picture.

Learnt from the labels that a network is trained on, it is what the network has to beat. Depth by place alone is the
old yardstick of single-image depth (Saxena et al., IJCV 2008; the "mean" row of Eigen et al., NeurIPS 2014).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from synthvis.errors import CheckpointError

__all__ = ["MAX_IMAGES", "Usual", "baseline_at", "baseline_map", "some_of", "spread_over"]

GRID = 16
"""Places along either side of the picture."""

MAX_IMAGES = 200
"""So many labels tell what is usual."""

Usual = Callable[[NDArray[Any]], NDArray[Any]]
"""The usual one of values (N, ...), which may hold unknown ones; all of them unknown: NaN."""


def some_of(images: Sequence[Any]) -> list[Any]:
    """At most MAX_IMAGES of them, evenly spread over their order."""
    count = min(len(images), MAX_IMAGES)
    return [images[place * len(images) // count] for place in range(count)]


def baseline_map(maps: Iterable[NDArray[Any]], usual: Usual) -> NDArray[np.float32]:
    """The usual value at each place, (GRID, GRID) or (GRID, GRID, C).

    Args:
        maps: Labels (H, W) or (H, W, C), any number and sizes.
        usual: Of all values at one place.
    """
    values = np.stack([spread_over(one) for one in maps])
    everywhere = usual(values.reshape(-1, *values.shape[3:]))
    places = [usual(values[:, row, column]) for row in range(GRID) for column in range(GRID)]
    found = np.stack(places).reshape(GRID, GRID, *values.shape[3:])
    return np.asarray(np.where(np.isfinite(found), found, everywhere), dtype=np.float32)


def spread_over(one: NDArray[Any]) -> NDArray[Any]:
    """The values (GRID, GRID, ...) of a map (H, W, ...) at the middles of GRID x GRID equal parts."""
    rows, columns = (((np.arange(GRID) + 0.5) * side / GRID).astype(int) for side in one.shape[:2])
    found: NDArray[Any] = one[rows][:, columns]
    return found


def baseline_at(
    baseline: NDArray[Any], image_hw: tuple[int, int], channels: int = 1, *, are_classes: bool = False
) -> NDArray[Any]:
    """The prior baseline (H, W) or (H, W, C) for a picture of that size.

    Args:
        baseline: (GRID, GRID) or (GRID, GRID, C).
        image_hw: Size of the picture.
        channels: C.
        are_classes: Values are indices, of which nothing is between.

    Raises:
        CheckpointError: It has another shape.
    """
    wanted = (GRID, GRID) if channels == 1 else (GRID, GRID, channels)
    if baseline.shape != wanted:
        raise CheckpointError(f"the prior baseline of the weights has the shape {baseline.shape}, not {wanted}")
    how = cv2.INTER_NEAREST if are_classes else cv2.INTER_LINEAR
    stretched: NDArray[Any] = cv2.resize(np.asarray(baseline, dtype=np.float32), image_hw[::-1], interpolation=how)
    return stretched
