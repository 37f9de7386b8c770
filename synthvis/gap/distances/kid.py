"""KID: the squared maximum mean discrepancy with a polynomial kernel."""

from __future__ import annotations

from synthvis.gap.distances.distance import Distance, DistanceResult
from synthvis.gap.distances.kernels import kernel_distance, polynomial_kernel
from synthvis.gap.feature_rows import FeatureRows
from synthvis.gap.resampling import Draws

__all__ = ["KID"]


def _measured(synthetic: FeatureRows, real: FeatureRows, draws: Draws, seed: int) -> DistanceResult:
    return kernel_distance(synthetic, real, draws, polynomial_kernel)


KID = Distance(
    name="kid",
    title="KID",
    scale=1000.0,
    source="Binkowski et al., Demystifying MMD GANs, 2018",
    explanation="Squared MMD with the kernel (x.y / D + 1)^3, unbiased: near 0 and sometimes below for equal "
    "distributions. Pairs of objects of one image are left out.",
    compute=_measured,
)
"""Kernel inception distance, on the features of any network."""
