"""How much of an object is seen."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["visible_fraction"]


def visible_fraction(mask: NDArray[np.bool_], silhouette: NDArray[np.bool_]) -> float:
    """Visible pixels over silhouette pixels inside the frame.

    The render samples each pixel once at a jittered point and the silhouette at its centre, so the two differ along
    the border by a pixel either way: an excess is clipped to 1, and an object too small to cover any pixel centre
    counts as wholly visible when the render saw it.

    Args:
        mask: (H, W) bool, visible pixels.
        silhouette: (H, W) bool, the silhouette inside the frame.
    """
    seen, whole = int(np.count_nonzero(mask)), int(np.count_nonzero(silhouette))
    if seen == 0:
        return 0.0
    return min(1.0, seen / whole) if whole else 1.0
