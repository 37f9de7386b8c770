"""What moves in itself as it goes: the legs and arms of who walks, the wheels of what drives."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from synthvis.objects.mesh.joints import Rig
from synthvis.objects.mesh.mesh import Mesh
from synthvis.objects.people.gait import Gait, gait_of, ready_to_walk
from synthvis.objects.spec import ObjectSpec
from synthvis.scene.motion.ground_path import GroundPath, rides

__all__ = ["Limbs", "limbs_of"]

Float = NDArray[np.float64]
MeshOf = Callable[[ObjectSpec], Mesh]
ANGLE_DECIMALS = 6


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Limbs:
    """How the carrier of an assembly on a path moves in itself.

    Attributes:
        carrier: As it is built to move so.
        angles_at: Time -> angles at its joints.
        rise_at: Time -> how much higher the carrier is than on its path.
        lift_m: How much higher the carrier's trunk is in its mesh than in that of the scene that stands still.
    """

    carrier: ObjectSpec
    angles_at: Callable[[float], Mapping[str, float]]
    rise_at: Callable[[float], float] = lambda time_s: 0.0
    lift_m: float = 0.0

    def raised(self, poses: Mapping[int, Float], times_s: Float) -> dict[int, Float]:
        """Poses (*T, 4, 4) by instance id of the carrier and of what rides on it, up and down with the trunk."""
        rise_m = np.array([self.rise_at(float(time)) for time in times_s.ravel()]).reshape(times_s.shape)
        found = {name: pose.copy() for name, pose in poses.items()}
        for name, pose in found.items():
            pose[..., 2, 3] += rise_m + (0.0 if name == self.carrier.instance_id else self.lift_m)
        return found

    def angles_rad(self, times_s: Float) -> dict[str, Float]:
        """(F, 3) angles at each joint for (F, 3) times of opening, middle and closing; whole turns left out."""
        rows = [self.angles_at(float(time)) for time in times_s.ravel()]
        found = {name: np.array([row[name] for row in rows]).reshape(times_s.shape) for name in rows[0]}
        turns = {name: np.round(angles[:, 1:2] / (2 * math.pi)) for name, angles in found.items()}
        return {name: np.round(found[name] - 2 * math.pi * turns[name], ANGLE_DECIMALS) + 0.0 for name in found}


def limbs_of(path: GroundPath, mesh_of: MeshOf, rng: Generator) -> Limbs | None:
    """How who walks or what drives along a path moves in itself; None of who rides.

    Args:
        path: Straight on, at constant speed.
        mesh_of: Builds the mesh of an object.
        rng: Decides where in a stride the walk begins.
    """
    start, carrier = float(rng.random()), path.assembly.objects[0]
    rig = path.assembly.meshes[0].rig
    speed_mps = float(np.linalg.norm(path.velocity_mps))
    if rig is None or rides(path.assembly):
        return None
    if carrier.kind == "car":
        radius_m = {joint.name: joint.pivot_m[2] for joint in rig.joints}
        return Limbs(
            carrier=carrier,
            angles_at=lambda time_s: {name: speed_mps * time_s / radius for name, radius in radius_m.items()},
        )
    walker = replace(carrier, params=ready_to_walk(carrier.params))
    mesh = mesh_of(walker)
    if mesh.rig is None:
        return None
    gait: Gait = gait_of(walker.params, mesh.rig, speed_mps, start)
    lift_m = _hip_height_m(mesh.rig) - _hip_height_m(rig)
    return Limbs(carrier=walker, angles_at=gait.angles_rad, rise_at=gait.rise_m, lift_m=lift_m)


def _hip_height_m(rig: Rig) -> float:
    return next(joint.pivot_m[2] for joint in rig.joints if joint.name == "hip_left")
