"""All metrics by name. A new one is a module with its `METRICS` and a line here."""

from __future__ import annotations

from collections.abc import Mapping

from synthvis.metrics import classification, coco_ap, depth, keypoints, normals, segmentation
from synthvis.metrics.metric import Metric

__all__ = ["METRICS", "metric_named"]

METRICS: Mapping[str, Metric] = {
    metric.name: metric
    for metrics in (
        coco_ap.METRICS,
        coco_ap.MASK_METRICS,
        keypoints.METRICS,
        classification.METRICS,
        segmentation.METRICS,
        depth.METRICS,
        normals.METRICS,
    )
    for metric in metrics
}


def metric_named(name: str) -> Metric:
    """The metric of that name; one that nobody registered, as in the file of another tool, is taken for a score."""
    return METRICS.get(name) or Metric(name=name, title=name, explanation=f"The metric {name}.")
