"""Rows of predictions_{set}.json of the tasks that predict a value for each pixel."""

from __future__ import annotations

from collections.abc import Mapping

from synthvis.data.sample import Sample
from synthvis.metrics.predictions import ImagePrediction

__all__ = ["image_row"]


def image_row(entry: Sample, metrics: Mapping[str, float | None]) -> ImagePrediction:
    """The image's own metrics; its map is made anew from the weights in a moment."""
    return ImagePrediction(image_id=entry.id, file_name=entry.path.name, metrics=dict(metrics))
