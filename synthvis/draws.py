"""Small draws that scenes and objects are made of, as plain Python numbers so that specs serialise exactly.

Each takes one number of its generator (`geometric_count` too), so which of them is called never moves what is drawn
after it.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import TypeVar

import numpy as np
from numpy.random import Generator

__all__ = ["at_share", "chance", "geometric_count", "log_uniform", "pick", "rounded", "uniform"]

Key = TypeVar("Key", bound=Hashable)

DIGITS = 5
"""Decimals of parameters of objects: a hundredth of a millimetre."""


def uniform(rng: Generator, bounds: tuple[float, float]) -> float:
    """Uniform in [low, high]."""
    return float(rng.uniform(*bounds))


def rounded(rng: Generator, bounds: tuple[float, float]) -> float:
    """Uniform in [low, high], rounded to `DIGITS` decimals so that scene files stay short."""
    return round(uniform(rng, bounds), DIGITS)


def log_uniform(rng: Generator, bounds: tuple[float, float]) -> float:
    """Uniform in the logarithm; both bounds > 0."""
    return float(np.exp(rng.uniform(np.log(bounds[0]), np.log(bounds[1]))))


def chance(rng: Generator, probability: float) -> bool:
    """True with `probability`."""
    return bool(rng.random() < probability)


def pick(rng: Generator, options: Mapping[str, float] | Sequence[str]) -> str:
    """A key of a mapping, with probability in proportion to its weight; or one of a sequence, each as likely."""
    weights = list(options.values()) if isinstance(options, Mapping) else [1.0] * len(options)
    return list(options)[_position_at(weights, rng.random())]


def at_share(weights: Mapping[Key, float], share: float) -> Key:
    """The key at a share, 0 to 1, of the weights laid end to end in their order."""
    return list(weights)[_position_at(list(weights.values()), share)]


def geometric_count(rng: Generator, bounds: tuple[int, int], mean: float) -> int:
    """Count in [low, high] from a geometric distribution, cut off, whose uncut mean is `mean`."""
    counts = np.arange(bounds[0], bounds[1] + 1)
    ratio = max(mean - bounds[0], 1e-6) / (1 + max(mean - bounds[0], 1e-6))
    shares = ratio ** (counts - bounds[0])
    return int(rng.choice(counts, p=shares / shares.sum()))


def _position_at(weights: Sequence[float], share: float) -> int:
    shares = np.array(weights, dtype=np.float64)
    ends = np.cumsum(shares / shares.sum())
    return int(np.searchsorted(ends, share, side="right").clip(0, len(weights) - 1))
