"""Distances between two sets of feature vectors: Frechet, kernel (KID) and MMD, with or without weights.

Rows are features of images or of crops. Crops of one image resemble each other whatever set they are from, so `owner`
names the image of each row: pairs within an image are left out of the averages, and resamples draw whole images.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "KernelSums",
    "frechet_distance",
    "frechet_infinity",
    "median_bandwidth",
    "mmd_squared",
    "polynomial_kernel",
    "rbf_kernel",
    "squared_distances",
]

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]

KID_DEGREE = 3
INFINITY_POINTS = 8
LEAST_SHARE = 0.5
"""The smallest subset of the extrapolation, as a share of the set."""


def frechet_distance(
    first: Floats, second: Floats, weights: tuple[Floats | None, Floats | None] = (None, None)
) -> float:
    """Frechet distance of the normal distributions fitted to two sets of features.

    |m1 - m2|^2 + tr(S1) + tr(S2) - 2 tr((S1 S2)^(1/2)): Dowson and Landau, Journal of Multivariate Analysis 12, 1982;
    Heusel et al., NeurIPS 2017 (FID). With S = R^T R the last trace is the sum of the singular values of R1 R2^T, which
    needs no matrix root and holds where a covariance is singular, as with fewer rows than columns.

    Args:
        first: (N, D).
        second: (M, D).
        weights: (N,) and (M,) counts of the rows; None: each counts once.

    Returns:
        The distance, squared units of the features; NaN with fewer than two rows on a side. It grows as sets get
        smaller (Chong and Forsyth 2020): compare it between sets of the same size only.
    """
    (m1, r1), (m2, r2) = (_mean_and_root(*pair) for pair in zip((first, second), weights, strict=True))
    if r1 is None or r2 is None:
        return float("nan")
    cross = float(np.linalg.svd(r1 @ r2.T, compute_uv=False).sum())
    distance = float(((m1 - m2) ** 2).sum() + (r1**2).sum() + (r2**2).sum() - 2 * cross)
    return max(distance, 0.0)


def frechet_infinity(
    first: Floats, second: Floats, rng: np.random.Generator, points: int = INFINITY_POINTS
) -> tuple[float, float]:
    """The Frechet distance that sets without end would have, by a line through the distances of subsets over 1/N.

    Chong and Forsyth, "Effectively unbiased FID and inception score and where to find them", CVPR 2020. Both sides are
    cut to the same N, from half of the smaller set to all of it.

    Returns:
        The line's value at 1/N = 0 and its standard error; NaN where there are fewer than `points` rows on a side.
        The error is that of the fit; subsets overlap, so the true one is larger.
    """
    most = min(len(first), len(second))
    if most < points:
        return float("nan"), float("nan")
    sizes = np.unique(np.linspace(max(most * LEAST_SHARE, 4), most, points).astype(np.intp))
    found = [
        frechet_distance(first[rng.permutation(len(first))[:size]], second[rng.permutation(len(second))[:size]])
        for size in sizes
    ]
    columns = np.stack([np.ones(len(sizes)), 1 / sizes], axis=1)
    line, *_ = np.linalg.lstsq(columns, np.array(found), rcond=None)
    spare = len(sizes) - 2
    if spare < 1:
        return float(line[0]), float("nan")
    variance = float(((columns @ line - found) ** 2).sum()) / spare
    return float(line[0]), float(np.sqrt(variance * np.linalg.inv(columns.T @ columns)[0, 0]))


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


def squared_distances(first: Floats, second: Floats) -> Floats:
    """(N, M) squared Euclidean distances."""
    squares = (first**2).sum(axis=1)[:, None] + (second**2).sum(axis=1)[None] - 2 * first @ second.T
    return np.asarray(np.maximum(squares, 0.0))


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


def _mean_and_root(rows: Floats, weights: Floats | None) -> tuple[Floats, Floats | None]:
    """Mean (D,) and R with R^T R the unbiased covariance, (min(N, D), D); None for fewer than two rows."""
    counts = np.ones(len(rows)) if weights is None else weights
    total = float(counts.sum())
    if total < 2:
        return np.zeros(rows.shape[1]), None
    mean = counts @ rows / total
    kept = counts > 0
    centred = (rows[kept] - mean) * np.sqrt(counts[kept] / (total - 1))[:, None]
    if len(centred) > rows.shape[1]:
        centred = np.linalg.qr(centred, mode="r")
    return mean, np.asarray(centred)
