"""Visible masks: a partition of the image, read off the index pass of the one render."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

__all__ = ["instance_mask", "semantic_map", "visible_ids"]


def visible_ids(instance_id: NDArray[np.uint16]) -> tuple[int, ...]:
    """Ids above 0 that own at least one pixel of the (H, W) index pass, ascending."""
    counts = np.bincount(instance_id.reshape(-1))
    return tuple(int(index) for index in np.flatnonzero(counts) if index > 0)


def instance_mask(instance_id: NDArray[np.uint16], wanted_id: int) -> NDArray[np.bool_]:
    """(H, W) bool, the pixels that show object `wanted_id`. Masks of different ids never share a pixel."""
    mask: NDArray[np.bool_] = instance_id == wanted_id
    return mask


def semantic_map(
    instance_id: NDArray[np.uint16], category_of_instance: Mapping[int, int]
) -> NDArray[np.uint8] | NDArray[np.uint16]:
    """Category id of each pixel.

    Args:
        instance_id: (H, W) uint16 index pass.
        category_of_instance: Instance id -> category id of the labelled objects; all others become background.

    Returns:
        (H, W) uint8, or uint16 where an id is above 255; 0 for background.

    Raises:
        ValueError: A category id does not fit into 1..65535.
    """
    largest = max(category_of_instance.values(), default=0)
    if min(category_of_instance.values(), default=1) < 1 or largest > np.iinfo(np.uint16).max:
        raise ValueError(f"category ids {sorted(set(category_of_instance.values()))} do not fit: 1 to 65535")
    table = np.zeros(int(np.iinfo(instance_id.dtype).max) + 1, dtype=np.uint16)
    for instance, category in category_of_instance.items():
        table[instance] = category
    return table.astype(np.uint8)[instance_id] if largest <= np.iinfo(np.uint8).max else table[instance_id]
