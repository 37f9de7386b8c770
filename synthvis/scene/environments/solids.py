"""What stands around for good: buildings, blocks and the crowns of trees, which a camera keeps out of."""

from __future__ import annotations

import numpy as np

from synthvis.objects.spec import Vec3
from synthvis.scene.surroundings import Surroundings

__all__ = ["balls_of_crowns", "boxes_of_blocks"]

LUMPS = 1.52
"""The lumps of a crown reach at most so many radii from its middle."""


def boxes_of_blocks(surroundings: Surroundings) -> tuple[tuple[Vec3, Vec3], ...]:
    """Upright boxes (low and high corner, metres, frame of the environment) around the blocks."""
    found = []
    for block in surroundings.blocks:
        c, s = abs(np.cos(block.yaw_rad)), abs(np.sin(block.yaw_rad))
        half_x = (c * block.depth_m + s * block.width_m) / 2
        half_y = (s * block.depth_m + c * block.width_m) / 2
        low = (float(block.x_m - half_x), float(block.y_m - half_y), float(block.base_m))
        high = (float(block.x_m + half_x), float(block.y_m + half_y), float(block.base_m + block.height_m))
        found.append((low, high))
    return tuple(found)


def balls_of_crowns(surroundings: Surroundings) -> tuple[tuple[Vec3, float], ...]:
    """Balls (centre, radius, metres, frame of the environment) around the crowns of the trees."""
    return tuple(
        ((crown.x_m, crown.y_m, crown.z_m), LUMPS * crown.radius_m)
        for tree in surroundings.trees
        for crown in tree.crowns
    )
