"""Optical flow, scene flow and occlusion between two frames of a film, from depth and poses.

A pixel's point is the one on the ray through its centre at the depth that the render met in it. It moves with its
object, or with its surface where joints move; where it is seen in the other frame, minus the pixel's centre, is the
flow (Baker et al., IJCV 2011, section 3).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from synthvis.geometry import invert_rigid, transform_points
from synthvis.labels.flow.flow_map import FlowMap
from synthvis.labels.flow.frame import FrameGeometry
from synthvis.labels.flow.occlusion import is_hidden
from synthvis.labels.flow.surface import carried_points

__all__ = ["Motion", "motion_between"]

Float = NDArray[np.float64]
Bool = NDArray[np.bool_]
Value = TypeVar("Value", bound=np.generic)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Motion:
    """How the points that one frame shows move until another.

    Attributes:
        flow: Optical flow. There is none where nothing was hit (sky), where the object is not in the other scene, and
            where the point has no place in the other picture: behind the camera, or beyond what the lens can show. It
            may lead out of the picture. Occluded is what something nearer hides there, and what has left the picture.
        scene_flow_m: (H, W, 3) float32, place of the point in the other camera's frame minus its place in this one's,
            metres; 0 where nothing was hit or the object is not in the other scene. The place in this frame plus the
            scene flow projects to the pixel's centre plus the flow.
        has_scene_flow: (H, W) bool.
    """

    flow: FlowMap
    scene_flow_m: NDArray[np.float32]
    has_scene_flow: Bool


def motion_between(here: FrameGeometry, there: FrameGeometry) -> Motion:
    """Motion of what `here` shows until `there`: forward where that is the next frame, backward where the one before.

    Raises:
        ValueError: An instance id of the picture has no pose in its own frame.
    """
    image_hw = here.depth_m.shape
    rows, columns, transforms = _moving_pixels(here, there)
    centres = np.stack([columns + 0.5, rows + 0.5], axis=1)
    start_m = here.projector.rays(centres) * here.depth_m[rows, columns].astype(np.float64)[:, None]
    end_m = np.einsum("nij,nj->ni", transforms[:, :3, :3], start_m) + transforms[:, :3, 3]
    _move_with_limbs(start_m, end_m, here.instance_id[rows, columns], here, there)
    ends = there.projector.project(end_m)
    has_end = np.isfinite(ends).all(axis=1)
    hidden = np.zeros(len(rows), dtype=np.bool_)
    hidden[has_end] = is_hidden(ends[has_end], end_m[has_end, 2], here, there, (rows[has_end], columns[has_end]))
    flow = np.where(has_end[:, None], ends - centres, 0.0)
    return Motion(
        flow=FlowMap(
            flow_xy_px=_scattered(flow.astype(np.float32), rows, columns, image_hw),
            is_valid=_scattered(has_end, rows, columns, image_hw),
            is_occluded=_scattered(hidden, rows, columns, image_hw),
        ),
        scene_flow_m=_scattered((end_m - start_m).astype(np.float32), rows, columns, image_hw),
        has_scene_flow=_scattered(np.ones(len(rows), dtype=np.bool_), rows, columns, image_hw),
    )


def _moving_pixels(here: FrameGeometry, there: FrameGeometry) -> tuple[NDArray[np.int64], NDArray[np.int64], Float]:
    """Rows and columns of the pixels whose point has a place in the other camera's frame, and its (N, 4, 4) motion."""
    is_hit = np.isfinite(here.depth_m) & (here.depth_m > 0)
    ids, which = np.unique(here.instance_id, return_inverse=True)
    motions = [_motion_of(int(number), here, there) for number in ids]
    is_known = np.array([motion is not None for motion in motions])[which].reshape(is_hit.shape)
    rows, columns = np.nonzero(is_hit & is_known)
    table = np.stack([np.eye(4) if motion is None else motion for motion in motions])
    return rows, columns, table[which.reshape(is_hit.shape)[rows, columns]]


def _motion_of(instance_id: int, here: FrameGeometry, there: FrameGeometry) -> Float | None:
    """(4, 4) from this camera's frame to the other one's, for points of an object; None: it is not in the other one."""
    there_from_world = invert_rigid(there.world_from_cam)
    if instance_id == 0:
        return np.asarray(there_from_world @ here.world_from_cam)
    if instance_id not in here.world_from_object:
        raise ValueError(f"instance {instance_id} is in the picture and has no pose")
    if instance_id not in there.world_from_object:
        return None
    moved = np.asarray(there.world_from_object[instance_id]) @ invert_rigid(here.world_from_object[instance_id])
    return np.asarray(there_from_world @ moved @ here.world_from_cam)


def _move_with_limbs(
    start_m: Float, end_m: Float, ids: NDArray[np.uint16], here: FrameGeometry, there: FrameGeometry
) -> None:
    """Put the ends of points on objects whose joints move where their surface takes them."""
    there_from_world = invert_rigid(there.world_from_cam)
    for number in here.changing.keys() & there.changing.keys():
        chosen = ids == number
        if not chosen.any():
            continue
        mesh, moved = here.changing[number], there.changing[number]
        object_from_cam = invert_rigid(here.world_from_object[number]) @ here.world_from_cam
        points_m = transform_points(object_from_cam, start_m[chosen])
        points_m = carried_points(points_m, mesh.vertices_m, moved.vertices_m, mesh.faces)
        end_m[chosen] = transform_points(there_from_world @ there.world_from_object[number], points_m)


def _scattered(
    values: NDArray[Value], rows: NDArray[np.int64], columns: NDArray[np.int64], image_hw: tuple[int, ...]
) -> NDArray[Value]:
    """A map of the picture's size with `values` at some pixels and 0 at the others."""
    found = np.zeros((*image_hw, *values.shape[1:]), dtype=values.dtype)
    found[rows, columns] = values
    return found
