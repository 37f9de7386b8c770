"""All metrics by name. A new one is a module with its `METRICS` and a line here, or an entry point of a package."""

from __future__ import annotations

from collections.abc import Mapping

from synthvis.metrics import classification, coco_ap, depth, keypoints, normals, pose_definitions, segmentation
from synthvis.metrics.metric import Metric
from synthvis.metrics.tracking import definitions as tracking
from synthvis.plugins import with_installed

__all__ = ["ENTRY_POINTS", "metric_named", "metrics"]

ENTRY_POINTS = "synthvis.metrics"
"""Group of entry points by which an installed package brings a metric of its own."""

HINT = "docs/explanation/extending.md shows how to bring a metric"

BUILT_IN: tuple[Metric, ...] = (
    *coco_ap.METRICS,
    *coco_ap.MASK_METRICS,
    *keypoints.METRICS,
    *classification.METRICS,
    *segmentation.METRICS,
    *depth.METRICS,
    *normals.METRICS,
    *pose_definitions.METRICS,
    *tracking.METRICS,
)


def metrics() -> Mapping[str, Metric]:
    """Every metric by its name, those of synthvis first.

    Raises:
        UsageError: An installed package brings something that is no metric, or one whose name is taken.
    """
    return with_installed(ENTRY_POINTS, Metric, BUILT_IN, what="metric", hint=HINT)


def metric_named(name: str) -> Metric:
    """The metric of that name; one that nobody registered, as in the file of another tool, is taken for a score."""
    return metrics().get(name) or Metric(name=name, title=name, explanation=f"The metric {name}.")
