"""What is known of the task normals before torch is loaded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from synthvis.data.contents import Content
from synthvis.data.maps.files import NORMAL_MAPS
from synthvis.train.dense.description import MapDescription

if TYPE_CHECKING:
    from synthvis.train.normals.task import NormalsTask

__all__ = ["DESCRIPTION", "NormalsDescription"]


class NormalsDescription(MapDescription):
    """Which way the surface faces at each pixel, in the camera frame."""

    name = "normals"
    title = "which way the surface faces at each pixel"
    headline = "mean_deg"
    labels = "normal maps"
    learns_from = (Content.NORMALS,)
    losses: tuple[str, ...] = ("cosine",)
    shown_map = NORMAL_MAPS.name

    def learner(self) -> NormalsTask:
        """The half that learns."""
        from synthvis.train.normals.task import TASK

        return TASK


DESCRIPTION = NormalsDescription()
