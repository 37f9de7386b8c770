"""The frames around an image of a film as they are stored, for what holds labels against them."""

from __future__ import annotations

from synthvis.dataset.layout import DatasetLayout
from synthvis.errors import DatasetError
from synthvis.formats.images import read_png
from synthvis.labels.flow.around import FramesAround
from synthvis.labels.flow.frame import FrameGeometry
from synthvis.objects.registry import mesh_of
from synthvis.scene.serialise import scene_from_json
from synthvis.scene.spec import SceneSpec

__all__ = ["stored_frames_around"]


def stored_frames_around(layout: DatasetLayout, split: str, spec: SceneSpec) -> FramesAround | None:
    """The geometry of a frame and of its neighbours, with depth as the maps have it.

    Args:
        layout: The dataset.
        split: "train" or "val", of all frames of the film.
        spec: The scene of the frame.

    Returns:
        None for a still image, and where a neighbour has not been made.

    Raises:
        DatasetError: A scene or map is damaged.
    """
    film = spec.film
    if film is None:
        return None
    wanted = [step for step in (-1, 1) if 1 <= film.frame + step <= film.frames]
    if not all(layout.record(split, spec.image_index + step).is_file() for step in wanted):
        return None
    found = {step: _stored_frame(layout, split, _scene(layout, split, spec.image_index + step)) for step in wanted}
    return FramesAround(here=_stored_frame(layout, split, spec), before=found.get(-1), after=found.get(1))


def _scene(layout: DatasetLayout, split: str, image_index: int) -> SceneSpec:
    path = layout.scene(split, image_index)
    try:
        return scene_from_json(path.read_bytes(), where=str(path))
    except OSError as error:
        raise DatasetError(f"cannot read {path}: {error.strerror or error}") from error


def _stored_frame(layout: DatasetLayout, split: str, spec: SceneSpec) -> FrameGeometry:
    return FrameGeometry.of(
        spec,
        depth_m=layout.read_depth_m(split, spec.image_index),
        instance_id=read_png(layout.instances(split, spec.image_index)).astype("uint16"),
        meshes={item.instance_id: mesh_of(item) for item in spec.objects if item.joints_rad},
    )
