"""Small draws that every part of a scene makes, as plain Python numbers so that specs serialise exactly."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import TypeVar

import numpy as np
from numpy.random import Generator

from synthvis.objects.spec import Vec3

__all__ = ["at_share", "chance", "colour_rgb", "geometric_count", "log_uniform", "pick", "uniform"]

Key = TypeVar("Key", bound=Hashable)


def uniform(rng: Generator, bounds: tuple[float, float]) -> float:
    """Uniform in [low, high]."""
    return float(rng.uniform(*bounds))


def log_uniform(rng: Generator, bounds: tuple[float, float]) -> float:
    """Uniform in the logarithm; both bounds > 0."""
    return float(np.exp(rng.uniform(np.log(bounds[0]), np.log(bounds[1]))))


def chance(rng: Generator, share: float) -> bool:
    """True with probability `share`."""
    return bool(rng.random() < share)


def pick(rng: Generator, weights: Mapping[str, float]) -> str:
    """A key, with probability in proportion to its weight."""
    return at_share(weights, rng.random())


def at_share(weights: Mapping[Key, float], share: float) -> Key:
    """The key at a share, 0 to 1, of the weights laid end to end in their order."""
    names = list(weights)
    shares = np.array([weights[name] for name in names], dtype=np.float64)
    return names[int(np.searchsorted(np.cumsum(shares / shares.sum()), share, side="right").clip(0, len(names) - 1))]


def geometric_count(rng: Generator, bounds: tuple[int, int], mean: float) -> int:
    """Count in [low, high] from a geometric distribution, cut off, whose uncut mean is `mean`."""
    counts = np.arange(bounds[0], bounds[1] + 1)
    ratio = max(mean - bounds[0], 1e-6) / (1 + max(mean - bounds[0], 1e-6))
    shares = ratio ** (counts - bounds[0])
    return int(rng.choice(counts, p=shares / shares.sum()))


def colour_rgb(rng: Generator, *, value: tuple[float, float] = (0.03, 0.9), saturation: float = 1.0) -> Vec3:
    """Linear RGB of any hue; `saturation` 0 gives greys."""
    hue = rng.random() * 6
    wheel = np.clip(np.abs((hue + np.array([0.0, 4.0, 2.0])) % 6 - 3) - 1, 0, 1)
    strength = rng.random() * saturation
    rgb = log_uniform(rng, value) * (1 - strength + strength * wheel)
    return float(rgb[0]), float(rgb[1]), float(rgb[2])
