"""Proxy A-distance: how well a linear classifier tells synthetic features from real ones."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["LogisticFit", "fit_logistic", "out_of_fold_scores", "proxy_a_distance"]

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]

INVERSE_STRENGTH = 0.01
"""C of the ridge penalty: features are standardised and often more than the rows, so it has to be small."""
NEWTON_STEPS = 50
TOLERANCE = 1e-10


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LogisticFit:
    """A linear classifier: a score above 0 says "first class"."""

    coefficients: Floats
    intercept: float

    def scores(self, rows: Floats) -> Floats:
        """(N,) log odds."""
        return np.asarray(rows @ self.coefficients + self.intercept)


def fit_logistic(rows: Floats, labels: Floats, weights: Floats, inverse_strength: float) -> LogisticFit:
    """Logistic regression with a ridge penalty on all but the intercept, by Newton's method.

    Minimises |w|^2 / 2 + C sum(weight * log loss), as scikit-learn states it. It is solved in the span of the rows,
    where the minimum must lie, so its cost goes with the lesser of rows and columns.

    Args:
        rows: (N, D).
        labels: (N,) 1 or 0.
        weights: (N,) > 0.
        inverse_strength: C.
    """
    left, values, right = np.linalg.svd(rows, full_matrices=False)
    kept = values > 1e-10 * max(float(values.max(initial=0.0)), 1e-300)
    columns = np.concatenate([left[:, kept] * values[kept], np.ones((len(rows), 1))], axis=1)
    penalty = np.append(np.ones(int(kept.sum())), 0.0)
    solution = np.zeros(columns.shape[1])
    for _ in range(NEWTON_STEPS):
        odds = _sigmoid(columns @ solution)
        gradient = penalty * solution + inverse_strength * columns.T @ (weights * (odds - labels))
        curvature = inverse_strength * weights * odds * (1 - odds)
        hessian = (columns.T * curvature) @ columns + np.diag(penalty + 1e-12)
        step = np.linalg.solve(hessian, gradient)
        solution = solution - _step_length(columns, labels, weights, penalty, solution, step, inverse_strength) * step
        if float(np.abs(step).max()) < TOLERANCE:
            break
    return LogisticFit(coefficients=right[kept].T @ solution[:-1], intercept=float(solution[-1]))


def out_of_fold_scores(
    first: tuple[Floats, Indices], second: tuple[Floats, Indices], rng: np.random.Generator, folds: int = 5
) -> tuple[Floats, Floats]:
    """Score of each row by a classifier that saw no row of its image; above 0 it is taken for one of the first set.

    Args:
        first: Rows (N, D) and the image of each.
        second: Likewise.
        rng: Shuffles the images into folds.
        folds: At least 2.

    Returns:
        (N,) and (M,).
    """
    rows = np.concatenate([first[0], second[0]])
    labels = np.concatenate([np.ones(len(first[0])), np.zeros(len(second[0]))])
    fold = np.concatenate([_folds_of(owner, rng, folds) for _, owner in (first, second)])
    scores = np.zeros(len(rows))
    for number in range(folds):
        held = fold == number
        train = ~held
        if not held.any():
            continue
        mean = rows[train].mean(axis=0)
        spread = rows[train].std(axis=0)
        scaled = (rows - mean) / np.where(spread > 1e-9, spread, 1.0)
        fit = fit_logistic(scaled[train], labels[train], _balanced(labels[train]), INVERSE_STRENGTH)
        scores[held] = fit.scores(scaled[held])
    return scores[: len(first[0])], scores[len(first[0]) :]


def proxy_a_distance(errors: tuple[Floats, Floats], weights: tuple[Floats, Floats]) -> Floats:
    """2 (1 - 2 err) of a classifier, each set counting half: 0 where it guesses, 2 where it is never wrong.

    Ben-David et al., "Analysis of representations for domain adaptation", NIPS 2006; err is the balanced error of
    held-out rows, so it may be a little below 0.

    Args:
        errors: (N,) and (M,) 1 where a row was taken for the other set, 0.5 for a tie.
        weights: (B, N) and (B, M) of the rows.

    Returns:
        (B,); NaN where a side has no weight.
    """
    rates = [
        weight @ wrong / np.where(weight.sum(axis=1) > 0, weight.sum(axis=1), np.nan)
        for wrong, weight in zip(errors, weights, strict=True)
    ]
    return np.asarray(2 * (1 - (rates[0] + rates[1])))


def _balanced(labels: Floats) -> Floats:
    """Weights that give both classes half of the total, which is the number of rows."""
    ones = labels.sum()
    return np.where(labels == 1, len(labels) / (2 * max(ones, 1)), len(labels) / (2 * max(len(labels) - ones, 1)))


def _folds_of(owner: Indices, rng: np.random.Generator, folds: int) -> Indices:
    """Fold of each row; rows of one image share theirs, and folds hold about as many images each."""
    images, place = np.unique(owner, return_inverse=True)
    return np.asarray((rng.permutation(len(images)) % folds)[place], dtype=np.intp)


def _sigmoid(values: Floats) -> Floats:
    return np.asarray(0.5 * (1 + np.tanh(values / 2)))


def _loss(
    columns: Floats, labels: Floats, weights: Floats, penalty: Floats, solution: Floats, inverse_strength: float
) -> float:
    odds = columns @ solution
    losses = np.logaddexp(0.0, odds) - labels * odds
    return float((penalty * solution**2).sum() / 2 + inverse_strength * (weights * losses).sum())


def _step_length(
    columns: Floats, labels: Floats, weights: Floats, penalty: Floats, solution: Floats, step: Floats, c: float
) -> float:
    """Halve a Newton step until it no longer makes things worse."""
    before = _loss(columns, labels, weights, penalty, solution, c)
    length = 1.0
    while length > 1e-4 and _loss(columns, labels, weights, penalty, solution - length * step, c) > before + 1e-12:
        length /= 2
    return length
