"""What is known of the task normals before torch is loaded."""

from __future__ import annotations

from synthvis.train.dense.description import MapDescription

__all__ = ["DESCRIPTION", "NormalsDescription"]


class NormalsDescription(MapDescription):
    """Which way the surface faces at each pixel, in the camera frame."""

    name = "normals"
    headline = "mean_deg"
    labels = "normal maps"
    formats: tuple[str, ...] = ("normal-maps",)
    losses: tuple[str, ...] = ("cosine",)


DESCRIPTION = NormalsDescription()
