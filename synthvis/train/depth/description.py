"""What is known of the task depth before torch is loaded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from synthvis.data.contents import Content
from synthvis.data.maps.files import DEPTH_MAPS
from synthvis.train.dense.description import MapDescription

if TYPE_CHECKING:
    from synthvis.train.depth.task import DepthTask

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

    def learner(self) -> DepthTask:
        """The half that learns."""
        from synthvis.train.depth.task import TASK

        return TASK


DESCRIPTION = DepthDescription()
