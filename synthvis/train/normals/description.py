"""What is known of the task normals before torch is loaded."""

from __future__ import annotations

from synthvis.data.contents import Content
from synthvis.data.maps.files import NORMAL_MAPS
from synthvis.train.dense.description import MapDescription
from synthvis.train.task import Task

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

    def learner(self) -> Task:
        """The half that learns."""
        from synthvis.train.normals.task import NormalsTask

        return NormalsTask(self)


DESCRIPTION = NormalsDescription()
