"""Joints of a mesh: parts that turn about hinges, and vertices that follow them.

A vertex near a joint follows both of its sides, each by a share (linear blend skinning, Magnenat-Thalmann et al.,
"Joint-dependent local deformations for hand animation and object grasping", 1988).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from synthvis.geometry import rigid, rotation_about

__all__ = ["Joint", "Rig"]

Float = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Joint:
    """A hinge and the part beyond it.

    Attributes:
        name: Of the joint, e.g. "knee_left".
        parent: Name of the joint whose part carries it; None: the body.
        pivot_m: A point of its axis in the mesh as it is built, metres.
        axis: Direction of the axis; the part turns about it right-handed by a positive angle.
    """

    name: str
    parent: str | None
    pivot_m: tuple[float, float, float]
    axis: tuple[float, float, float]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Rig:
    """The joints of a mesh, and what follows them.

    Attributes:
        joints: Each after its parent.
        weigh: Gives the (V, J) float32 share by which a vertex follows the part of each joint, and the body by the
            rest; asked only where joints move.
        vertices_m: (V, 3) float64 vertices as they are built.
        keypoint_joints: (K,) index of the joint whose part carries each keypoint; -1: the body.
        keypoints_m: (K, 3) float64 keypoints as they are built.
    """

    joints: tuple[Joint, ...]
    weigh: Callable[[], NDArray[np.float32]]
    vertices_m: Float
    keypoint_joints: NDArray[np.int64]
    keypoints_m: Float

    @property
    def names(self) -> tuple[str, ...]:
        """Of the joints."""
        return tuple(joint.name for joint in self.joints)

    def motions(self, angles_rad: Mapping[str, float]) -> Float:
        """(J, 4, 4) where each part is, from where it is built; a joint without an angle is as it is built.

        Raises:
            KeyError: There is no joint of that name.
        """
        unknown = sorted(set(angles_rad) - set(self.names))
        if unknown:
            raise KeyError(f"no joint {unknown[0]!r} (there are {', '.join(self.names)})")
        found: dict[str | None, Float] = {None: np.eye(4)}
        for joint in self.joints:
            turn = rotation_about(joint.axis, angles_rad.get(joint.name, 0.0))
            pivot = np.array(joint.pivot_m)
            found[joint.name] = found[joint.parent] @ rigid(turn, pivot - turn @ pivot)
        return np.stack([found[name] for name in self.names])

    def placed(self, angles_rad: Mapping[str, float]) -> tuple[Float, Float]:
        """(V, 3) vertices and (K, 3) keypoints with the joints at some angles.

        Raises:
            KeyError: There is no joint of that name.
        """
        change = self.motions(angles_rad)[:, :3] - np.eye(4)[:3]
        points = np.column_stack([self.vertices_m, np.ones(len(self.vertices_m))])
        vertices = self.vertices_m.copy()
        weights = self.weigh()
        for number in np.flatnonzero(weights.any(axis=0)):
            follows = np.flatnonzero(weights[:, number])
            share = weights[follows, number].astype(np.float64)[:, None]
            vertices[follows] += share * (points[follows] @ change[number].T)
        keypoints = self.keypoints_m.copy()
        carried = np.flatnonzero(self.keypoint_joints >= 0)
        at = np.column_stack([self.keypoints_m[carried], np.ones(len(carried))])
        keypoints[carried] += np.einsum("kij,kj->ki", change[self.keypoint_joints[carried]], at)
        return vertices, keypoints
