"""What is known of the task depth before torch is loaded."""

from __future__ import annotations

from synthvis.data.contents import Content
from synthvis.data.maps.files import DEPTH_MAPS
from synthvis.train.dense.description import MapDescription
from synthvis.train.task import Task

__all__ = ["DESCRIPTION", "DepthDescription"]


class DepthDescription(MapDescription):
    """The distance of each pixel, metres along the optical axis."""

    name = "depth"
    title = "the distance of each pixel"
    headline = "AbsRel"
    labels = "depth maps"
    learns_from = (Content.DEPTH,)
    losses: tuple[str, ...] = ("silog+l1", "silog+l1+gradient", "silog", "berhu", "inverse-l1")
    photographs = "nyu-mini"
    shown_map = DEPTH_MAPS.name

    def learner(self) -> Task:
        """The half that learns."""
        from synthvis.train.depth.task import DepthTask

        return DepthTask(self)


DESCRIPTION = DepthDescription()
