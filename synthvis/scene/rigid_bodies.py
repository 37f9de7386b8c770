"""What physics moves and what it meets: shapes, bodies, and things that stay or are guided, as plain values."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["Ball", "Body", "Box", "Fixed", "Guided", "Hull", "Shape"]

Float = NDArray[np.float64]
Vec3: TypeAlias = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Ball:
    """A ball, in the frame of its body."""

    radius_m: float
    centre_m: Vec3 = (0.0, 0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Box:
    """A box along the axes of its body's frame."""

    half_m: Vec3
    centre_m: Vec3 = (0.0, 0.0, 0.0)


@dataclass(frozen=True, slots=True, eq=False)
class Hull:
    """The convex hull of (N, 3) points in metres, in the frame of its body; they must not lie in one plane."""

    points_m: Float


Shape: TypeAlias = Ball | Box | Hull


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Body:
    """A rigid body that moves by the laws of mechanics.

    Attributes:
        shapes: What it is made of; they overlap where they overlap, and weigh twice there.
        world_from_body: (4, 4) rigid transform at time 0.
        velocity_mps: Of its centre of mass at time 0, world frame, metres a second.
        angular_velocity_rad_s: At time 0, world frame.
        density_kg_m3: Of its shapes.
        friction: Coulomb's coefficient; of two that touch, the larger one counts.
        restitution: Share of the speed that is left after it hits something hard, 0 to 0.95.
        rolling_m: Coefficient of rolling friction: how far before its foot the ground carries a rolling body.
    """

    shapes: tuple[Shape, ...]
    world_from_body: ArrayLike
    velocity_mps: Vec3 = (0.0, 0.0, 0.0)
    angular_velocity_rad_s: Vec3 = (0.0, 0.0, 0.0)
    density_kg_m3: float = 600.0
    friction: float = 0.5
    restitution: float = 0.0
    rolling_m: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Fixed:
    """What stays where it is: a table, a wall, the sides of a bin. Without shapes it is level ground at its origin."""

    shapes: tuple[Shape, ...] = ()
    world_from_body: ArrayLike = field(default_factory=lambda: np.eye(4))
    friction: float = 0.5


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Guided:
    """What moves along a path, whatever it meets: someone who walks, a car.

    Attributes:
        shapes: What it is made of.
        times_s: (N,) ascending.
        world_from_body: (N, 4, 4) rigid transforms at these times; positions in between are linear, and the orientation
            is that of the first.
        friction: As of a `Body`.
    """

    shapes: tuple[Shape, ...]
    times_s: Float
    world_from_body: Float
    friction: float = 0.5
