"""What a distance between two sets of features is: how it is called, where it is from, and how it is computed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from synthvis.formats.json_file import Name, Number, Record
from synthvis.gap.feature_rows import FeatureRows
from synthvis.gap.resampling import Draws, NullLevel, null_level, with_interval
from synthvis.metrics.metric import MetricValue

__all__ = ["Distance", "DistanceResult", "resampled"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class DistanceResult(Record):
    """A distance that was measured.

    Attributes:
        estimate: The value with its 95% interval.
        null: The same distance between halves of the real set.
        details: Further numbers by name, such as the bandwidth of a kernel.
    """

    estimate: MetricValue
    null: NullLevel
    details: Mapping[Name, Number | None] = field(default_factory=dict)

    @property
    def value(self) -> float | None:
        """The distance; None where it is undefined."""
        return self.estimate.value

    def times(self, scale: float) -> DistanceResult:
        """The same in a unit that is `scale` times smaller; details stay as they are."""
        low, value, high = (_times(one, scale) for one in (self.estimate.low, self.estimate.value, self.estimate.high))
        null = NullLevel(mean=_times(self.null.mean, scale), high=_times(self.null.high, scale))
        return replace(self, estimate=MetricValue(value, low, high), null=null)

    def __str__(self) -> str:
        return f"{self.estimate}, {self.null}"


Compute = Callable[[FeatureRows, FeatureRows, Draws, int], DistanceResult]
"""Synthetic rows, real rows, resamples of the images of both, and a seed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Distance:
    """A distance between two sets of features.

    Attributes:
        name: As in files, such as "kid".
        title: As a heading, such as "KID".
        unit: What it is measured in; empty for a plain number.
        scale: Factor by which tables show it, such as 1000 for values that are small.
        digits: Decimals that tables show.
        source: The paper that defines it.
        explanation: One sentence for a reader who meets it for the first time.
        compute: What measures it, with its interval and its null level.
        detail_titles: Headings of those of its details that tables show, by name.
    """

    name: str
    title: str
    unit: str = ""
    scale: float = 1.0
    digits: int = 2
    source: str
    explanation: str
    compute: Compute
    detail_titles: Mapping[str, str] = field(default_factory=dict)

    @property
    def heading(self) -> str:
        """The title, with the factor by which values are shown."""
        return self.title if self.scale == 1 else f"{self.title} × {self.scale:g}"


def resampled(
    measure: Callable[[Floats, Floats], float], synthetic: FeatureRows, real: FeatureRows, draws: Draws
) -> DistanceResult:
    """Any function of two sets of rows with its bootstrap interval and its split-half null.

    Examples:
        >>> def shift(synthetic, real, draws, seed):
        ...     return resampled(lambda a, b: float(abs(a.mean() - b.mean())), synthetic, real, draws)

    Args:
        measure: Of rows (N, D) and (M, D): their distance, NaN where it is undefined.
        synthetic: Features of the synthetic set.
        real: Of the real one.
        draws: Resamples of the images of both.
    """
    drawn = [
        _or_nan(measure, _repeated(synthetic, own), _repeated(real, other))
        for own, other in zip(draws.synthetic, draws.real, strict=True)
    ]
    null = [_or_nan(measure, _repeated(real, half), _repeated(real, 1 - half)) for half in draws.halves]
    estimate = with_interval(_or_nan(measure, synthetic.features, real.features), np.array(drawn))
    return DistanceResult(estimate=estimate, null=null_level(np.array(null)))


def _repeated(rows: FeatureRows, counts: Floats) -> Floats:
    """The rows of each image as often as the image was drawn."""
    return np.repeat(rows.features, counts[rows.owner].astype(np.intp), axis=0)


def _or_nan(measure: Callable[[Floats, Floats], float], first: Floats, second: Floats) -> float:
    return float(measure(first, second)) if len(first) and len(second) else float("nan")


def _times(value: float | None, scale: float) -> float | None:
    return None if value is None else value * scale
