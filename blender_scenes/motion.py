"""Objects, their shapes and the camera in motion while the shutter is open: keys at its start, middle and end."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import bpy
import numpy as np
from mathutils import Matrix, Quaternion
from numpy.typing import NDArray

from synthvis.conventions import OPENCV_FROM_BLENDER_CAMERA
from synthvis.objects.spec import Mat4
from synthvis.scene.spec import SceneSpec

__all__ = ["MIDDLE", "animate", "animate_shape", "camera_matrix", "set_pose", "set_shape", "set_still"]

Float = NDArray[np.float64]

MIDDLE = 1
"""Number of Blender's frame in which everything has the pose of the scene: the one in which stills are rendered."""
STILL_MODE, MOVING_MODE = "XYZ", "QUATERNION"


def camera_matrix(world_from_cam: Mat4) -> Matrix:
    """Pose of Blender's camera, which looks along -z with y up."""
    blender = np.array(world_from_cam)
    blender[:3, :3] = blender[:3, :3] @ np.array(OPENCV_FROM_BLENDER_CAMERA)
    return Matrix(blender.tolist())


def set_still(thing: bpy.types.Object, world_from_object: Mat4) -> None:
    """Place an object that was built before; one that is there already is not touched."""
    matrix = Matrix(world_from_object)
    if thing.animation_data is None and thing.rotation_mode == STILL_MODE and thing.matrix_world == matrix:
        return
    set_pose(thing, matrix)


def set_pose(thing: bpy.types.Object, matrix: Matrix) -> None:
    """Give an object or the camera a pose without motion.

    Blender keeps a pose as a position and a rotation, and three angles round otherwise than a quaternion: that it was
    in motion before must not tell.
    """
    thing.animation_data_clear()
    thing.rotation_mode = STILL_MODE
    thing.matrix_world = matrix


def set_shape(thing: bpy.types.Object, vertices_m: Float) -> None:
    """Give the mesh of an object other (V, 3) vertices, without motion."""
    data: Any = thing.data
    if data.shape_keys is not None:
        thing.shape_key_clear()
    data.vertices.foreach_set("co", np.ascontiguousarray(vertices_m, dtype=np.float32).ravel())
    data.update()


def animate_shape(thing: bpy.types.Object, opened_m: Float, closed_m: Float) -> None:
    """Keys for the (V, 3) vertices of a mesh when the shutter opens and closes; in the middle they are as they are."""
    thing.shape_key_add(name="middle", from_mix=False)
    for name, vertices_m, offset in (("opened", opened_m, -1), ("closed", closed_m, 1)):
        key: Any = thing.shape_key_add(name=name, from_mix=False)
        key.data.foreach_set("co", np.ascontiguousarray(vertices_m, dtype=np.float32).ravel())
        for at in (-1, 0, 1):
            key.value = float(at == offset)
            key.keyframe_insert("value", frame=MIDDLE + at)


def animate(spec: SceneSpec, things: Mapping[int, bpy.types.Object], camera: bpy.types.Object) -> None:
    """Keys for all that moves in a frame of a film, a frame of Blender apart; the shutter opens at the first."""
    film = spec.film
    if film is None:
        return
    middles = {item.instance_id: item.world_from_object for item in spec.objects}
    for moving in film.objects:
        if moving.opened != moving.closed:
            poses = (moving.opened, middles[moving.instance_id], moving.closed)
            _add_keys(things[moving.instance_id], [Matrix(pose) for pose in poses])
    if film.camera_opened is not None and film.camera_closed is not None and film.camera_opened != film.camera_closed:
        shots = (film.camera_opened, spec.camera.world_from_cam, film.camera_closed)
        _add_keys(camera, [camera_matrix(pose) for pose in shots])


def _add_keys(thing: bpy.types.Object, poses: list[Matrix]) -> None:
    thing.rotation_mode = MOVING_MODE
    before: Quaternion | None = None
    for offset, pose in zip((-1, 0, 1), poses, strict=True):
        location, rotation, _ = pose.decompose()
        if before is not None and before.dot(rotation) < 0:
            rotation.negate()
        before = rotation
        thing.location, thing.rotation_quaternion = location, rotation
        for path in ("location", "rotation_quaternion"):
            thing.keyframe_insert(path, frame=MIDDLE + offset)
