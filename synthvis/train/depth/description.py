"""What is known of the task depth before torch is loaded."""

from __future__ import annotations

from synthvis.train.dense.description import MapDescription

__all__ = ["DESCRIPTION", "DepthDescription"]


class DepthDescription(MapDescription):
    """The distance of each pixel, metres along the optical axis."""

    name = "depth"
    headline = "AbsRel"
    labels = "depth maps"
    formats: tuple[str, ...] = ("depth-maps",)
    losses: tuple[str, ...] = ("silog+l1", "silog+l1+gradient", "silog", "berhu", "inverse-l1")


DESCRIPTION = DepthDescription()
