"""Nearest neighbours in feature space: who is near whom, and how well two sets cover each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from synthvis.formats.json_file import Number, Record
from synthvis.gap.feature_rows import squared_distances

__all__ = ["ManifoldScores", "Nearest", "manifold_scores", "nearest_rows", "same_class", "unit_rows"]

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]

NEIGHBOURS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class ManifoldScores(Record):
    """How two sets cover each other.

    Attributes:
        precision: Share of synthetic rows within the k-nearest-neighbour ball of a real one.
        recall: Share of real rows within the ball of a synthetic one.
        density: Real balls that a synthetic row lies in, on average, over k; about 1 for equal distributions.
        coverage: Share of real rows whose ball holds a synthetic one.
    """

    precision: Number
    recall: Number
    density: Number
    coverage: Number


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Nearest:
    """For each row, the nearest allowed ones of another set.

    Attributes:
        rows: (N, K) indices, -1 where there are fewer.
        distances: (N, K) Euclidean, infinite there.
    """

    rows: Indices
    distances: Floats


def manifold_scores(synthetic: Floats, real: Floats, neighbours: int = NEIGHBOURS) -> ManifoldScores | None:
    """Precision and recall (Kynkaanniemi et al., NeurIPS 2019), density and coverage (Naeem et al., ICML 2020).

    Args:
        synthetic: (N, D).
        real: (M, D).
        neighbours: k; a row is not its own neighbour.

    Returns:
        None where a set has no more than k rows.
    """
    if min(len(synthetic), len(real)) <= neighbours:
        return None
    between = squared_distances(synthetic, real)
    real_radius = _radii(real, neighbours)
    inside_real = between <= real_radius[None]
    inside_synthetic = between <= _radii(synthetic, neighbours)[:, None]
    return ManifoldScores(
        precision=float(inside_real.any(axis=1).mean()),
        recall=float(inside_synthetic.any(axis=0).mean()),
        density=float(inside_real.sum(axis=1).mean() / neighbours),
        coverage=float(inside_real.any(axis=0).mean()),
    )


def nearest_rows(rows: Floats, others: Floats, allowed: NDArray[np.bool_], count: int = 1) -> Nearest:
    """The `count` nearest of `others` for each row.

    Args:
        rows: (N, D).
        others: (M, D).
        allowed: (N, M) which pairs may meet, such as those of one class.
        count: At least 1.
    """
    distances = np.where(allowed, np.sqrt(squared_distances(rows, others)), np.inf)
    kept = min(count, distances.shape[1])
    order = np.argsort(distances, axis=1, kind="stable")[:, :kept]
    found = np.take_along_axis(distances, order, axis=1)
    padding = ((0, 0), (0, count - kept))
    return Nearest(
        rows=np.pad(np.where(np.isfinite(found), order, -1), padding, constant_values=-1),
        distances=np.pad(found, padding, constant_values=np.inf),
    )


def unit_rows(features: Floats) -> Floats:
    """Rows at length 1, so that distance is a matter of direction: sqrt(2 - 2 cos)."""
    length = np.linalg.norm(features, axis=1, keepdims=True)
    return np.asarray(features / np.where(length > 0, length, 1.0))


def same_class(first: Sequence[str], second: Sequence[str]) -> NDArray[np.bool_]:
    """(N, M) whether both are of one class."""
    return np.asarray(np.array(first)[:, None] == np.array(second)[None])


def _radii(rows: Floats, neighbours: int) -> Floats:
    """Squared distance of each row to its k-th nearest other one."""
    distances = squared_distances(rows, rows)
    np.fill_diagonal(distances, -1.0)
    return np.asarray(np.partition(distances, neighbours, axis=1)[:, neighbours])
