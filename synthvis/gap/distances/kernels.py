"""Kernels, and the squared maximum mean discrepancy that KID and MMD have in common.

Rows are features of images or of crops. Crops of one image resemble each other whatever set they are from, so `owner`
names the image of each row: pairs within an image are left out of the averages, and resamples draw whole images.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from synthvis.gap.distances.distance import DistanceResult
from synthvis.gap.feature_rows import FeatureRows, squared_distances
from synthvis.gap.resampling import Draws, split_half_null, with_interval

__all__ = [
    "Kernel",
    "KernelSums",
    "kernel_distance",
    "median_bandwidth",
    "mmd_squared",
    "polynomial_kernel",
    "rbf_kernel",
]

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]
Kernel = Callable[[Floats, Floats], Floats]
"""Rows (N, D) and (M, D): their kernel values, (N, M)."""

KID_DEGREE = 3


def polynomial_kernel(first: Floats, second: Floats) -> Floats:
    """(x . y / D + 1)^3, (N, M): the kernel of KID (Binkowski et al., "Demystifying MMD GANs", ICLR 2018)."""
    return np.asarray((first @ second.T / first.shape[1] + 1) ** KID_DEGREE)


def rbf_kernel(first: Floats, second: Floats, bandwidth: float) -> Floats:
    """exp(-|x - y|^2 / (2 s^2)) for bandwidth s, (N, M)."""
    return np.asarray(np.exp(-squared_distances(first, second) / (2 * bandwidth**2)))


def median_bandwidth(first: Floats, second: Floats) -> float:
    """Median distance between different rows of both sets together (Gretton et al., JMLR 13, 2012, section 8).

    At least a tiny positive number, so that equal rows everywhere do no harm.
    """
    pooled = np.concatenate([first, second])
    distances = np.sqrt(squared_distances(pooled, pooled)[np.triu_indices(len(pooled), 1)])
    return max(float(np.median(distances)), 1e-6) if len(distances) else 1e-6


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class KernelSums:
    """Kernel values summed by image, from which any resample of images follows in three products.

    Attributes:
        first: (I, I) sums between images of the first set, 0 on the diagonal.
        second: (J, J) likewise.
        cross: (I, J).
        rows: Rows of each image of either set, (I,) and (J,).
    """

    first: Floats
    second: Floats
    cross: Floats
    rows: tuple[Floats, Floats]

    @classmethod
    def of(
        cls, kernels: tuple[Floats, Floats, Floats], owners: tuple[Indices, Indices], images: tuple[int, int]
    ) -> KernelSums:
        """Sum kernels (first x first, second x second, first x second) by owner."""
        within_first, within_second, cross = kernels
        ours, theirs = (_membership(owner, count) for owner, count in zip(owners, images, strict=True))
        sums = [ours @ within_first @ ours.T, theirs @ within_second @ theirs.T]
        for one in sums:
            np.fill_diagonal(one, 0.0)
        return cls(
            first=sums[0], second=sums[1], cross=ours @ cross @ theirs.T, rows=(ours.sum(axis=1), theirs.sum(axis=1))
        )

    def halves(self) -> KernelSums:
        """The second set against itself: for weights that never give an image to both sides."""
        return KernelSums(first=self.second, second=self.second, cross=self.second, rows=(self.rows[1], self.rows[1]))


def kernel_distance(
    synthetic: FeatureRows,
    real: FeatureRows,
    draws: Draws,
    kernel: Kernel,
    details: Mapping[str, float | None] | None = None,
) -> DistanceResult:
    """Squared maximum mean discrepancy of two sets of features with its interval and its split-half null.

    Args:
        synthetic: Features of the synthetic set.
        real: Of the real one.
        draws: Resamples of the images of both.
        kernel: Of two sets of rows.
        details: Further numbers to keep with it.
    """
    ours, theirs = synthetic.features, real.features
    sums = KernelSums.of(
        (kernel(ours, ours), kernel(theirs, theirs), kernel(ours, theirs)),
        (synthetic.owner, real.owner),
        (synthetic.images, real.images),
    )
    value = mmd_squared(sums, np.ones((1, synthetic.images)), np.ones((1, real.images)))
    drawn = mmd_squared(sums, draws.synthetic, draws.real)
    null = split_half_null(lambda one, other: mmd_squared(sums.halves(), one, other), draws.halves)
    return DistanceResult(estimate=with_interval(float(value[0]), drawn), null=null, details=details or {})


def mmd_squared(sums: KernelSums, first: Floats, second: Floats) -> Floats:
    """Unbiased estimate of the squared maximum mean discrepancy, for each row of weights.

    Gretton et al., "A kernel two-sample test", JMLR 13, 2012, equation 3; pairs of one image, and so pairs of an image
    with its own copies in a resample, are left out. It is 0 on average for equal distributions and may be negative.

    Args:
        sums: Kernel sums by image.
        first: (B, I) weights of the images of the first set.
        second: (B, J) of the second.

    Returns:
        (B,); NaN where a side has fewer than two images with rows.
    """
    own = _pair_mean(sums.first, sums.rows[0], first)
    theirs = _pair_mean(sums.second, sums.rows[1], second)
    count = (first @ sums.rows[0]) * (second @ sums.rows[1])
    between = _quadratic(first, sums.cross, second) / np.where(count > 0, count, np.nan)
    return np.asarray(own + theirs - 2 * between)


def _pair_mean(sums: Floats, rows: Floats, weights: Floats) -> Floats:
    total = (weights @ rows) ** 2 - weights**2 @ rows**2
    return np.asarray(_quadratic(weights, sums, weights) / np.where(total > 0, total, np.nan))


def _quadratic(left: Floats, matrix: Floats, right: Floats) -> Floats:
    return np.asarray(((left @ matrix) * right).sum(axis=1))


def _membership(owner: Indices, images: int) -> Floats:
    """(images, rows) 1 where the row is of the image."""
    table = np.zeros((images, len(owner)))
    table[owner, np.arange(len(owner))] = 1.0
    return table
