"""Whether more renders would help: a power law with a floor, fitted to the error over the size of the synthetic set.

error(n) = D n^-alpha + C, after Mikami et al., "A Scaling Law for Synthetic-to-Real Transfer" (2021). What shrinks with
n is what more images of the same kind can still teach. C stays however many are rendered: the distance of this
generator, with this network and training, to the photographs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, Strict

from synthvis.formats.json_file import Count, Number, Record
from synthvis.metrics.resampling import middle

__all__ = ["MIN_SIZES", "MORE", "Law", "Scaling", "fit_law", "scaling_of"]

Floats = NDArray[np.float64]
Verdict = Literal["render more", "change the generator", "undecided"]
Exponent = Annotated[float, Strict(), Field(ge=0, le=100)]
Interval = tuple[Number | None, Number | None]

MIN_SIZES = 3
"""The law has three numbers."""
ALPHAS = (0.02, 3.0)
GRID, REFINEMENTS = 150, 4
SURE = 0.9
"""Share of the resamples that have to agree on what dominates."""
MORE = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Law(Record):
    """error(n) = D n^-alpha + C, with D and C not negative."""

    D: Number
    alpha: Exponent
    C: Number

    def error(self, n: float) -> float:
        """Error of a set of n images."""
        return float(self.D * n**-self.alpha + self.C)

    def shrinking(self, n: float) -> float:
        """The part of the error at n that more images would take away."""
        return float(self.D * n**-self.alpha)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scaling(Record):
    """What the sizes say.

    Attributes:
        law: Fitted to the means over seeds.
        alpha: 95% interval of alpha; (None, None) where nothing was resampled.
        C: 95% interval of the floor.
        largest: The largest set, n.
        floor_share: C over the error at n.
        floor_dominates: Share of the resamples in which C is more than half of the error at n.
        gain: What ten times as many images would take off the error, by the law.
        gain_interval: Its 95% interval.
        verdict: What follows.
    """

    law: Law
    alpha: Interval
    C: Interval
    largest: Count
    floor_share: Number
    floor_dominates: Number
    gain: Number
    gain_interval: Interval
    verdict: Verdict


def fit_law(sizes: Sequence[float], errors: Floats) -> Law:
    """The law with the least squared error: a grid over alpha, refined, and D and C in closed form for each.

    Args:
        sizes: (N,) numbers of images, at least three of them different.
        errors: (N,) errors.
    """
    scale = float(max(sizes))
    relative = np.asarray(sizes, dtype=np.float64) / scale
    low, high = ALPHAS
    for _ in range(REFINEMENTS):
        alphas = np.geomspace(low, high, GRID)
        slopes, floors, misses = _linear(relative[None, :] ** -alphas[:, None], np.asarray(errors, dtype=np.float64))
        best = int(np.argmin(misses))
        low, high = alphas[max(best - 1, 0)], alphas[min(best + 1, GRID - 1)]
    alpha = float(alphas[best])
    return Law(D=float(slopes[best]) * scale**alpha, alpha=alpha, C=float(floors[best]))


def scaling_of(sizes: Sequence[int], errors: Floats, drawn: Floats) -> Scaling:
    """Fit the law and its resamples.

    Args:
        sizes: (N,) numbers of images, ascending.
        errors: (N,) mean errors over seeds.
        drawn: (B, N) the same on resamples of seeds and test images.
    """
    law, largest = fit_law(sizes, errors), int(max(sizes))
    laws = [fit_law(sizes, row) for row in drawn if not np.isnan(row).any()]
    dominated = float(np.mean([_floor_share(one, largest) > 0.5 for one in laws or [law]]))
    return Scaling(
        law=law,
        alpha=middle(np.array([one.alpha for one in laws]), between=False),
        C=middle(np.array([one.C for one in laws]), between=False),
        largest=largest,
        floor_share=_floor_share(law, largest),
        floor_dominates=dominated,
        gain=_gain(law, largest),
        gain_interval=middle(np.array([_gain(one, largest) for one in laws]), between=False),
        verdict=_verdict(dominated),
    )


def _verdict(dominated: float) -> Verdict:
    if dominated >= SURE:
        return "change the generator"
    return "render more" if dominated <= 1 - SURE else "undecided"


def _floor_share(law: Law, n: int) -> float:
    total = law.error(n)
    return law.C / total if total > 0 else 0.0


def _gain(law: Law, n: int) -> float:
    return law.error(n) - law.error(MORE * n)


def _linear(powers: Floats, errors: Floats) -> tuple[Floats, Floats, Floats]:
    """Least squares of errors = slope * powers + floor for each row of `powers` (A, N), neither below 0.

    Returns:
        (A,) slopes, floors and sums of squared misses. Where the free solution has a negative part, the best of the
        two border cases is taken: the problem is convex, so the constrained optimum lies on that border.
    """
    centred = powers - powers.mean(axis=1, keepdims=True)
    spread = (centred**2).sum(axis=1)
    free = (centred @ errors) / np.maximum(spread, 1e-300)
    through_zero = np.maximum((powers @ errors) / (powers**2).sum(axis=1), 0.0)
    flat = np.full(len(powers), max(float(errors.mean()), 0.0))
    none = np.zeros(len(powers))
    floor = errors.mean() - free * powers.mean(axis=1)
    is_free = (free >= 0) & (floor >= 0)
    cases = [(np.where(is_free, free, through_zero), np.where(is_free, floor, none)), (none, flat)]
    misses = [((slope[:, None] * powers + base[:, None] - errors) ** 2).sum(axis=1) for slope, base in cases]
    first = misses[0] <= misses[1]
    slopes, floors = (np.where(first, one, other) for one, other in zip(*cases, strict=True))
    return slopes, floors, np.minimum(*misses)
