"""Which object hides which, read off the index pass and the silhouettes."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from synthvis.types import Occlusion

__all__ = ["occlusion_order"]


def occlusion_order(
    instance_id: NDArray[np.uint16], wholly_covered: Mapping[int, NDArray[np.bool_]]
) -> tuple[Occlusion, ...]:
    """Pairs of objects of which one hides part of the other.

    Where an object covers all of a pixel and the render met another one there, that other one is nearer: Cycles
    reports what a ray meets first, glass included. Pixels that an object covers in part say nothing, as the render's
    jittered sample may have passed it by; so no pair owes itself to the jitter.

    Args:
        instance_id: (H, W) index pass.
        wholly_covered: (H, W) bool for each object that may be hidden, by instance id: pixels that lie wholly inside
            its silhouette.

    Returns:
        Pairs by occluded and occluder. The stage has no id and hides nobody.
    """
    pairs = []
    for occluded, covered in sorted(wholly_covered.items()):
        counts = np.bincount(instance_id[covered])
        pairs += [
            Occlusion(occluder=int(occluder), occluded=occluded, pixels=int(counts[occluder]))
            for occluder in np.flatnonzero(counts)
            if occluder not in (0, occluded)
        ]
    return tuple(pairs)
