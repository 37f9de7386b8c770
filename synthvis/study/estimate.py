"""A mean over training seeds, with how sure it is."""

from __future__ import annotations

from dataclasses import dataclass

from synthvis.formats.json_file import Count, Number, Record
from synthvis.metrics.metric import MetricValue

__all__ = ["Estimate"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate(Record):
    """A mean over seeds.

    Attributes:
        mean: Over the seeds.
        spread: Standard deviation between the seeds; None with a single one.
        low: Lower end of the 95% interval over test images and seeds; None where nothing was resampled.
        high: Upper end.
        seeds: How many.
    """

    mean: Number
    spread: Number | None
    low: Number | None
    high: Number | None
    seeds: Count

    def __post_init__(self) -> None:
        if (self.low is None) != (self.high is None):
            raise ValueError("an interval has two ends, low and high")

    @property
    def metric_value(self) -> MetricValue:
        """The mean with its interval."""
        return MetricValue(self.mean, self.low, self.high)

    def negated(self) -> Estimate:
        """The estimate of what has the other sign."""
        low, high = (None if end is None else -end for end in (self.high, self.low))
        return Estimate(mean=-self.mean, spread=self.spread, low=low, high=high, seeds=self.seeds)

    def __str__(self) -> str:
        return str(self.metric_value)
