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


def semantic_map(instance_id: NDArray[np.uint16], category_of_instance: Mapping[int, int]) -> NDArray[np.uint8]:
    """Category id of each pixel.

    Args:
        instance_id: (H, W) uint16 index pass.
        category_of_instance: Instance id -> category id of the labelled objects; all others become background.

    Returns:
        (H, W) uint8, 0 for background.

    Raises:
        ValueError: A category id does not fit into 1..255.
    """
    table = np.zeros(int(np.iinfo(instance_id.dtype).max) + 1, dtype=np.uint8)
    for instance, category in category_of_instance.items():
        if not 1 <= category <= np.iinfo(np.uint8).max:
            raise ValueError(f"category id {category} does not fit an 8-bit semantic map; ids are 1 to 255")
        table[instance] = category
    semantic: NDArray[np.uint8] = table[instance_id]
    return semantic
