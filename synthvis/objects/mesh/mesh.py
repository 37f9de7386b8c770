"""What a mesh is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from synthvis.objects.mesh.joints import Rig

__all__ = [
    "Mesh",
    "Scatter",
    "posed",
]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Mesh:
    """A triangle mesh in its object frame: metres, z up, resting on z = 0 in its natural pose.

    Attributes:
        vertices_m: (V, 3) float64.
        faces: (F, 3) int32, counter-clockwise from outside.
        face_slots: (F,) int32, index into `slots`.
        slots: Names of the surfaces, e.g. ("skin", "stem").
        keypoints_m: (K, 3) float64 in the order of the kind's keypoint names; NaN for one that it does not have.
        attributes: Per-vertex (V,) float32 values that surfaces may read, e.g. "along" in 0..1.
        smooth: Shade smooth.
        appendage_slots: Slots of stalks, stems and leaves, which boxes of the body leave out.
        corner_uv: (F, 3, 2) place of each corner in the surface's picture, from its bottom left; None: no picture.
        scatters: Small meshes that Blender scatters over it.
        keypoint_depths_m: (K,) how far under the surface each keypoint lies, as joints of a body do; None: none does.
        rig: Its joints; None: it is rigid.
    """

    vertices_m: NDArray[np.float64]
    faces: NDArray[np.int32]
    face_slots: NDArray[np.int32]
    slots: tuple[str, ...]
    keypoints_m: NDArray[np.float64]
    attributes: Mapping[str, NDArray[np.float32]] = field(default_factory=dict)
    smooth: bool = True
    appendage_slots: tuple[str, ...] = ()
    corner_uv: NDArray[np.float32] | None = None
    scatters: tuple[Scatter, ...] = ()
    keypoint_depths_m: NDArray[np.float64] | None = None
    rig: Rig | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Scatter:
    """Small meshes scattered over a mesh while Blender builds it: leaves on twigs.

    They are for the eye: they render with the instance id of the object that carries them, but placement, silhouettes
    and keypoints know nothing of them. So a kind with a category must not have any.

    Attributes:
        meshes: What is scattered, each as often as the others; held at the origin, it points along +z, its upper side
            to +x. Their slots are among the surfaces of the object.
        density: Name of the carrier's vertex attribute that holds the count a square metre.
        seed: Decides all that differs from one to the next.
        scale: Bounds of the size.
        normal_jitter: How far it strays from the normal of the carrier's surface, in lengths of that normal.
        upward_bias: How much it turns up (or down, below 0), in lengths of that normal.
    """

    meshes: tuple[Mesh, ...]
    density: str
    seed: int
    scale: tuple[float, float] = (0.8, 1.2)
    normal_jitter: float = 0.5
    upward_bias: float = 0.0


def posed(mesh: Mesh, joints_rad: Mapping[str, float]) -> Mesh:
    """The mesh with its joints at some angles from how it is built, however it was posed before.

    Raises:
        KeyError: It has no joint of that name.
    """
    if mesh.rig is None:
        if joints_rad:
            raise KeyError(f"no joint {next(iter(joints_rad))!r}: the mesh is rigid")
        return mesh
    vertices_m, keypoints_m = mesh.rig.placed(joints_rad)
    return replace(mesh, vertices_m=vertices_m, keypoints_m=keypoints_m)
