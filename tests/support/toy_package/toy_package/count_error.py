"""A metric: by how many objects a count is off."""

from __future__ import annotations

from synthvis.metrics.metric import Metric

__all__ = ["COUNT_ERROR"]

COUNT_ERROR = Metric(
    name="count_error",
    title="Mean count error",
    unit="objects",
    lower_is_better=True,
    explanation="Mean over images of the difference between the predicted and the true number of objects.",
)
