"""What is measured: a metric with its title and direction, and a value of it with its interval."""

from __future__ import annotations

from dataclasses import dataclass

from synthvis.formats.json_file import Number, Record

__all__ = ["Metric", "MetricValue"]


SHOWN_DIGITS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """A measure of predictions, as reports and tables explain it.

    Attributes:
        name: As in files and options, such as "AP50".
        title: As a heading, such as "AP at IoU 0.5".
        unit: Such as "degrees" or "m"; empty for a ratio.
        lower_is_better: Whether it is an error.
        is_count: Whether it counts something, so that its values are whole numbers.
        explanation: One sentence for a reader who meets it for the first time.
    """

    name: str
    title: str
    unit: str = ""
    lower_is_better: bool = False
    is_count: bool = False
    explanation: str

    @property
    def digits(self) -> int:
        """Decimals with which its values are shown."""
        return 0 if self.is_count else SHOWN_DIGITS

    def is_better(self, value: float, other: float) -> bool:
        """Whether `value` is strictly better than `other`."""
        return value < other if self.lower_is_better else value > other


@dataclass(frozen=True, slots=True)
class MetricValue(Record):
    """A measured value with the ends of its 95% interval.

    Attributes:
        value: None where the metric is undefined, such as the AP of a class without objects.
        low: Lower end; None where it is undefined or was not resampled.
        high: Upper end.
    """

    value: Number | None
    low: Number | None = None
    high: Number | None = None

    def __str__(self) -> str:
        return self.text()

    def text(self, digits: int = SHOWN_DIGITS) -> str:
        """The value with the ends of its interval, such as "0.412 [0.371, 0.455]"."""
        if self.value is None:
            return "undefined"
        if self.low is None or self.high is None:
            return f"{self.value:.{digits}f}"
        return f"{self.value:.{digits}f} [{self.low:.{digits}f}, {self.high:.{digits}f}]"
