"""Symmetries of an object as BOP states them: rigid turns, and axes about which any turn changes nothing.

The equivalent poses of an object are `cam_from_object @ turn` for each of its turns. A continuous symmetry is taken in
steps (Hodan et al., BOP Challenge 2020, section 2.3), and to them comes the one step that turns the true pose nearest
to a given one, so that no error is due to the width of a step.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from synthvis.geometry import rigid, rotation_about
from synthvis.objects.spec import Mat4, Vec3

__all__ = [
    "BALL",
    "HALF_TURN",
    "NO_SYMMETRY",
    "ROUND",
    "ROUND_ON_A_SQUARE",
    "AnyTurn",
    "DeclaredTurn",
    "Symmetries",
    "equivalent_poses",
    "nearest_equivalent",
    "turns_of",
]

Float = NDArray[np.float64]

STEP_OF_DIAMETER = 0.01
"""How far a step of a continuous symmetry moves a point at most, as a share of the diameter, as in BOP."""

STEPS = math.ceil(math.pi / STEP_OF_DIAMETER)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclaredTurn:
    """A turn about an axis of the object frame that changes nothing that can be seen of an object type.

    A single draw may break it, as a handle does that of a cup: it holds for the meshes that it brings to themselves.

    Attributes:
        axis: Of the object frame.
        parts: The least turn is this part of a circle; None: any turn.
        through: Whether the axis goes through the "origin" or through the middle of the "surface".
    """

    axis: Literal["x", "y", "z"]
    parts: int | None = None
    through: Literal["origin", "surface"] = "origin"

    @property
    def direction(self) -> Float:
        """(3,) unit vector."""
        return np.asarray(np.eye(3)["xyz".index(self.axis)])


ROUND = (DeclaredTurn(axis="z"),)
"""Of what is turned on a wheel or a lathe, or grows like it."""

BALL = (DeclaredTurn(axis="z", through="surface"), DeclaredTurn(axis="x", through="surface"))
"""Any rotation changes nothing."""

ROUND_ON_A_SQUARE = (DeclaredTurn(axis="z"), DeclaredTurn(axis="z", parts=4), DeclaredTurn(axis="z", parts=2))
"""Round, perhaps with a square or an oblong part, of which a quarter or a half turn is left."""

HALF_TURN = (DeclaredTurn(axis="z", parts=2),)
"""About the vertical."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnyTurn:
    """An axis about which any turn changes nothing.

    Attributes:
        axis: Unit vector, object frame.
        offset_m: A point of the axis, metres.
    """

    axis: Vec3
    offset_m: Vec3 = (0.0, 0.0, 0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Symmetries:
    """What turns of an object change nothing that can be seen.

    Attributes:
        discrete: Rigid transforms of the object frame, metres, without the one that turns nothing; each once.
        continuous: Axes of any turn; two that differ make a ball.
    """

    discrete: tuple[Mat4, ...] = ()
    continuous: tuple[AnyTurn, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.discrete or self.continuous)

    @property
    def is_ball(self) -> bool:
        """Whether any rotation changes nothing."""
        axes = [np.array(one.axis) for one in self.continuous]
        return any(abs(float(axis @ axes[0])) < 0.99 for axis in axes[1:])

    @property
    def matrices(self) -> Float:
        """(D + 1, 4, 4) the discrete transforms, the one that turns nothing first."""
        return np.concatenate([np.eye(4)[None], np.array(self.discrete, dtype=np.float64).reshape(-1, 4, 4)])

    def in_words(self) -> str:
        """For people: what it is symmetric by."""
        if self.is_ball:
            return "any rotation"
        parts = [f"any turn about {_axis_in_words(one.axis)}" for one in self.continuous]
        if self.discrete:
            count = len(self.discrete)
            parts.append(f"{count} discrete turn{'s' if count > 1 else ''}")
        return ", ".join(parts) or "none"


NO_SYMMETRY = Symmetries()


def turns_of(symmetries: Symmetries, steps: int = STEPS) -> Float:
    """(S, 4, 4) rigid transforms of the object frame that change nothing, the one that turns nothing first.

    Args:
        symmetries: Of the object.
        steps: Into which the circle of a continuous symmetry is divided.
    """
    discrete = symmetries.matrices
    if not symmetries.continuous:
        return discrete
    circle = np.array(
        [np.eye(4)] + [_about(one, 2 * math.pi * k / steps) for one in symmetries.continuous for k in range(1, steps)]
    )
    return np.concatenate([one @ circle for one in discrete])


def nearest_equivalent(symmetries: Symmetries, rotation_from: Float, rotation_to: Float) -> Float:
    """(4, 4) the turn after which an object of rotation `rotation_from` is turned as little as can be from another.

    Args:
        symmetries: Of the object.
        rotation_from: (3, 3) `cam_from_object` that is to be replaced by an equivalent one.
        rotation_to: (3, 3) to which that should be near: the trace of their product is the largest.
    """
    best, best_trace = np.eye(4), -math.inf
    for discrete in symmetries.matrices:
        difference = (rotation_from @ discrete[:3, :3]).T @ rotation_to
        candidates = [np.eye(4)]
        if symmetries.is_ball:
            centre = np.array(symmetries.continuous[0].offset_m)
            candidates = [rigid(difference, centre - difference @ centre)]
        elif symmetries.continuous:
            candidates = [_about(one, _best_angle(np.array(one.axis), difference)) for one in symmetries.continuous]
        for turn in candidates:
            trace = float(np.trace(turn[:3, :3].T @ difference))
            # Equal ones are decided by their order and not by rounding.
            if trace > best_trace + 1e-9:
                best, best_trace = discrete @ turn, trace
    return best


def equivalent_poses(symmetries: Symmetries, true_pose: Float, other_pose: Float, steps: int = STEPS) -> Float:
    """(S, 4, 4) all poses that look like the true one, the one nearest in rotation to another pose among them.

    Args:
        symmetries: Of the object.
        true_pose: (4, 4) `cam_from_object`.
        other_pose: (4, 4) of an estimate.
        steps: Of a continuous symmetry.
    """
    turns = turns_of(symmetries, steps)
    if symmetries.continuous:
        nearest = nearest_equivalent(symmetries, true_pose[:3, :3], other_pose[:3, :3])
        turns = np.concatenate([turns, nearest[None]])
    return np.asarray(true_pose @ turns)


def _best_angle(axis: Float, difference: Float) -> float:
    """The angle of the turn about an axis that is nearest to a rotation: that of its part about the axis."""
    skew = np.array(
        [
            difference[2, 1] - difference[1, 2],
            difference[0, 2] - difference[2, 0],
            difference[1, 0] - difference[0, 1],
        ]
    )
    return math.atan2(float(axis @ skew), float(np.trace(difference) - axis @ difference @ axis))


def _about(one: AnyTurn, angle_rad: float) -> Float:
    rotation, point = rotation_about(one.axis, angle_rad), np.array(one.offset_m)
    return rigid(rotation, point - rotation @ point)


def _axis_in_words(axis: Vec3) -> str:
    for name, unit in zip("xyz", np.eye(3), strict=True):
        if abs(float(unit @ np.array(axis))) > 0.999:
            return name
    return f"({', '.join(f'{value:.2f}' for value in axis)})"
