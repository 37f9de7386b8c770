"""What a label shows of itself, as data: `synthvis preview` and the report paint it over the picture.

A label returns one of these from its `draw`. Sizes are those of the image as it is stored; whoever paints enlarges.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["OWN_COLOR", "Arrow", "Arrows", "ColorMap", "Drawing", "ObjectLines", "SpaceLines"]

OWN_COLOR = -1
"""In place of an axis: the colour of the object's class."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ColorMap:
    """A colour for each pixel.

    Attributes:
        rgb: (H, W, 3) uint8.
        where: (H, W) bool, pixels that are painted over the darkened picture; None: all, in place of the picture.
        caption: What the colours mean, in a line.
    """

    rgb: NDArray[np.uint8]
    where: NDArray[np.bool_] | None = None
    caption: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ObjectLines:
    """Straight lines in space that belong to one object.

    Attributes:
        instance_id: Of the object.
        ends_cam_m: (N, 2, 3) both ends of each line, camera frame, metres; in the order in which they are painted.
        axes: For each line 0, 1 or 2 to paint it as an x, y or z axis (red, green, blue), or `OWN_COLOR`.
    """

    instance_id: int
    ends_cam_m: NDArray[np.float64]
    axes: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class SpaceLines:
    """Lines in space, over the picture."""

    objects: tuple[ObjectLines, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrow:
    """From one object to another, both by instance id, with a word beside it."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Arrows:
    """Arrows between objects, over the picture with its masks."""

    arrows: tuple[Arrow, ...]


Drawing = ColorMap | SpaceLines | Arrows
