"""Which way up a picture is taken: as it is stored, or turned as its EXIF orientation says and viewers show it.

Labels mean one or the other, and the size that they state tells which: most annotation tools, and readers such as
OpenCV's, turn pictures; some take them as stored. Where both have one size (half turns, mirrors, squares) or no size is
stated, the picture is turned: people have labelled what they saw.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from synthvis.formats.jpeg import exif_orientation

__all__ = ["read_hw", "turn_of", "turned"]

ImageHw = tuple[int, int]

AS_STORED = 1
SIDEWAYS = (5, 6, 7, 8)
"""EXIF orientations that exchange width and height."""


def turn_of(head: bytes, stored_hw: ImageHw, labelled_hw: ImageHw | None = None) -> int:
    """How a picture is to be turned, an orientation as EXIF counts them; 1: not at all.

    Args:
        head: First bytes of the file. Only JPEGs have an orientation.
        stored_hw: Height and width of the stored pixels.
        labelled_hw: Height and width for which its labels were made; None: they state none.
    """
    orientation = exif_orientation(head)
    upright_hw = stored_hw[::-1] if orientation in SIDEWAYS else stored_hw
    is_labelled_as_stored = labelled_hw is not None and tuple(labelled_hw) == stored_hw != upright_hw
    return AS_STORED if is_labelled_as_stored else orientation


def read_hw(head: bytes, stored_hw: ImageHw, labelled_hw: ImageHw | None = None) -> ImageHw:
    """Height and width of a picture once it is turned; arguments as of `turn_of`."""
    return stored_hw[::-1] if turn_of(head, stored_hw, labelled_hw) in SIDEWAYS else stored_hw


def turned(pixels: NDArray[np.uint8], orientation: int) -> NDArray[np.uint8]:
    """(H, W, C) pixels as a viewer shows them, by JEITA CP-3451, section 4.6.4, A: where row 0 and column 0 are."""
    across = pixels.swapaxes(0, 1) if orientation in SIDEWAYS else pixels
    rows = slice(None, None, -1 if orientation in (3, 4, 7, 8) else 1)
    columns = slice(None, None, -1 if orientation in (2, 3, 6, 7) else 1)
    return across[rows, columns]
