"""A head with its face: skull, jaw, brows, nose, lips and ears; brows, eyes and lips get their colours by `face_*`.

The frame of a head has its origin between the ears, x ahead, y to the left, z up, and a grown head's size: 0.228 m
from chin to crown. Breadth and depth are the means of Gordon et al., "2012 Anthropometric Survey of U.S. Army
Personnel" (2014).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from synthvis.objects.mesh.implicit import ellipsoid_distance_m, round_cone_distance_m, union
from synthvis.objects.mesh.meshes import Part, ellipsoid, loft
from synthvis.objects.mesh.params import number
from synthvis.objects.people.proportions import Body
from synthvis.objects.people.skeleton import Skeleton
from synthvis.objects.spec import Param

__all__ = ["HEAD_M", "Head", "head_of"]

Float = NDArray[np.float64]

HEAD_M = 0.228
"""From chin to crown of the head that the numbers below are for."""
CHIN = (0.074, 0.0, -0.114)
CROWN_M = 0.114
AROUND, UP = 50, 40
EYE = (0.077, 0.0315, 0.004)
"""Middle of the left eye on the face."""


@dataclass(frozen=True, slots=True, eq=False)
class Head:
    """A head, and where it is.

    Attributes:
        origin_m: Where its origin is, in the frame of the mesh.
        turn: Its rotation.
        scale: Metres of the mesh over those of the head's frame.
        directions: (R, S, 3) unit vectors from its middle, rings from chin to crown.
        reach_m: (R, S) how far the face is from the middle along them, head's frame.
    """

    origin_m: Float
    turn: Float
    scale: float
    directions: Float
    reach_m: Float

    def placed(self, part: Part) -> Part:
        """A part in the head's frame, moved to where the head is, with its places as `face_*`."""
        x, y, z = part.vertices_m.T
        attributes = {**part.attributes, "face_x": x, "face_y": y, "face_z": z}
        return replace(part, vertices_m=self.at_m(part.vertices_m), attributes=attributes)

    def at_m(self, points_m: Float) -> Float:
        """(N, 3) places of the head's frame in that of the mesh."""
        there: Float = self.scale * points_m @ self.turn.T + self.origin_m
        return there

    def skin(self) -> list[Part]:
        """Face and ears."""
        rings = self.directions * self.reach_m[..., None]
        face = loft("face", rings, start_m=_pole(rings[0]), end_m=_pole(rings[-1]))
        return [self.placed(part) for part in (face, _ear(1.0), _ear(-1.0))]

    def shell(self, slot: str, thickness_m: Float) -> Part:
        """A layer over the head, `thickness_m` (R, S) thick; below 0 it is under the skin."""
        rows = np.flatnonzero((thickness_m > thickness_m.min() + 0.0015).any(axis=1))
        kept = slice(max(int(rows[0]) - 1, 0), int(rows[-1]) + 2)
        rings = (self.directions * (self.reach_m + thickness_m)[..., None])[kept]
        return self.placed(loft(slot, rings, start_m=_pole(rings[0]), end_m=_pole(rings[-1])))

    def surface_m(self, ahead: tuple[float, float]) -> Float:
        """(3,) where the face is at (y, z) of the head's frame, seen from ahead, in that frame."""
        grid = self.directions * self.reach_m[..., None]
        front = grid[grid[..., 0] > 0.02]
        nearest = np.argsort(np.hypot(front[:, 1] - ahead[0], front[:, 2] - ahead[1]))[:3]
        found: Float = np.array([front[nearest, 0].mean(), ahead[0], ahead[1]])
        return found

    def keypoints_m(self) -> Float:
        """(5, 3) nose, eyes and ears, each left and right, in the frame of the mesh."""
        nose = self.directions[..., 0] * self.reach_m
        row, column = np.unravel_index(int(nose.argmax()), nose.shape)
        tip = self.directions[row, column] * self.reach_m[row, column]
        eyes = [self.surface_m((sign * EYE[1], EYE[2])) for sign in (1.0, -1.0)]
        ears = [np.array([-0.004, sign * 0.083, -0.004]) for sign in (1.0, -1.0)]
        return self.at_m(np.stack([tip, *eyes, *ears]))


def head_of(body: Body, bones: Skeleton, params: Mapping[str, Param]) -> Head:
    """The head of a body, its face drawn from "face_seed"."""
    scale = body.head_m / HEAD_M
    origin_m = bones.chin_m - scale * bones.head @ np.array([0.016, 0.0, CHIN[2]])
    directions = _directions()
    return Head(origin_m, bones.head, scale, directions, _reach_m(directions, _Face.of(body, params)))


def _pole(ring: Float) -> Float:
    middle: Float = ring.mean(axis=0)
    return middle


def _directions() -> Float:
    """Unit vectors, closer together where the face is."""
    turn = np.linspace(0, 2 * np.pi, AROUND, endpoint=False) + np.pi
    turn = turn + 0.52 * np.sin(turn - np.pi)
    share = np.linspace(0.0, 1.0, UP + 2)[1:-1]
    polar = np.pi * (share + 0.055 * np.sin(2 * np.pi * share)) - np.pi / 2
    flat = np.stack([np.cos(turn), np.sin(turn), np.zeros(AROUND)], axis=1)
    level, up = np.cos(polar)[:, None, None], np.sin(polar)[:, None, None]
    directions: Float = level * flat + up * np.array([0.0, 0.0, 1.0])
    return directions


@dataclass(frozen=True, slots=True)
class _Face:
    """How one face differs from another: factors about 1, but for `child` and `male` of 0 to 1."""

    child: float
    male: float
    full: float
    jaw: float
    nose: float
    nose_width: float
    lips: float
    brow: float
    chin: float
    long: float

    @staticmethod
    def of(body: Body, params: Mapping[str, Param]) -> _Face:
        rng = np.random.default_rng(int(number(params, "face_seed")))
        shape = np.clip(1 + 0.16 * rng.normal(size=7), 0.65, 1.4)
        full = 0.9 + 0.14 * body.girth + 0.12 * body.child
        return _Face(body.child, body.male, full, *(float(value) for value in shape))


def _reach_m(directions: Float, face: _Face) -> Float:
    """How far the surface is along each direction: the outermost crossing, narrowed down by halves."""
    flat = directions.reshape(-1, 3)
    steps = np.linspace(0.145, 0.045, 12)
    inside = np.stack([_face_distance_m(flat * step, face) < 0 for step in steps])
    first = np.where(inside.any(axis=0), inside.argmax(axis=0), len(steps) - 1)
    low = steps[first]
    high = steps[np.maximum(first - 1, 0)]
    for _ in range(7):
        middle = (low + high) / 2
        within = _face_distance_m(flat * middle[:, None], face) < 0
        low, high = np.where(within, middle, low), np.where(within, high, middle)
    reach: Float = ((low + high) / 2).reshape(directions.shape[:2])
    return reach


def _face_distance_m(points_m: Float, face: _Face) -> Float:
    """Distance from a head without ears."""
    p = points_m * (1.0, 1.0, 1.0)
    p[:, 1] = np.abs(p[:, 1])
    # A child's face is small below a large forehead.
    small = 1 - 0.16 * face.child
    head = ellipsoid_distance_m(p, (-0.012, 0, 0.026), (0.094, 0.0755, 0.088))
    forehead = ellipsoid_distance_m(p, (0.022, 0, 0.036), (0.062, 0.064 + 0.004 * face.child, 0.06))
    head = union(head, forehead, 0.03)
    cheeks = ellipsoid_distance_m(p, (0.018, 0, -0.036), (0.064, 0.0575 * face.full * small**0.5, 0.074 * small))
    head = union(head, cheeks, 0.03)
    jaw = round_cone_distance_m(
        p,
        (-0.002, 0.046 * face.jaw**0.5 * face.full**0.5, -0.062 * small),
        (0.057 * small, 0.012, -0.1 * small),
        0.016,
        0.014,
    )
    head = union(head, jaw, 0.032)
    chin = ellipsoid_distance_m(
        p, (0.064 * small, 0, -0.098 * small), np.array([0.018, 0.0185 + 0.004 * face.male, 0.0165 * face.chin]) * small
    )
    head = union(head, chin, 0.022)
    bone = ellipsoid_distance_m(p, (0.052, 0.044, -0.022), (0.026, 0.02 * face.full**0.5, 0.022))
    head = union(head, bone, 0.025)
    brow = round_cone_distance_m(
        p, (0.077, 0.01, 0.0235), (0.062, 0.047, 0.0255), 0.0085 * face.brow**0.4 + 0.002 * face.male, 0.008
    )
    head = union(head, brow, 0.016)
    socket = ellipsoid_distance_m(p, (0.094, 0.032, 0.004), (0.0165, 0.0185, 0.0125))
    head = -union(-head, socket, 0.012)
    ball = ellipsoid_distance_m(p, (0.0655, 0.0315, 0.004), (0.0128, 0.0142, 0.0122))
    head = union(head, ball, 0.004)
    return _with_nose_and_mouth(head, p, face, small)


def _with_nose_and_mouth(head: Float, p: Float, face: _Face, small: float) -> Float:
    long = 0.9 * face.nose * (1 - 0.3 * face.child)
    tip = np.array([0.0855 + 0.02 * long, 0.0, -0.037 * small])
    bridge = round_cone_distance_m(p, (0.0735, 0, 0.016), tip - (0.004, 0, -0.002), 0.0075, 0.0095 * face.nose_width)
    head = union(head, bridge, 0.012)
    head = union(head, ellipsoid_distance_m(p, tip, np.array([0.0115, 0.0125 * face.nose_width, 0.0105])), 0.006)
    wing = (tip[0] - 0.013, 0.0125 * face.nose_width, tip[2] - 0.0025)
    head = union(head, ellipsoid_distance_m(p, wing, np.array([0.0105, 0.0075, 0.0085]) * face.nose_width**0.5), 0.005)
    mouth_z = -0.0665 * small
    muzzle = ellipsoid_distance_m(p, (0.062, 0, mouth_z), np.array([0.027, 0.032, 0.025]) * small)
    head = union(head, muzzle, 0.02)
    wide = 0.0245 * small
    upper = ellipsoid_distance_m(
        p, (0.083 - 0.006 * (1 - small), 0, mouth_z + 0.0042), (0.0085, wide, 0.0048 * face.lips)
    )
    lower = ellipsoid_distance_m(
        p, (0.082 - 0.006 * (1 - small), 0, mouth_z - 0.0056), (0.0085, 0.85 * wide, 0.0058 * face.lips)
    )
    return union(union(head, upper, 0.006), lower, 0.006)


def _ear(sign: float) -> Part:
    """A flat bowl that leans back and stands off."""
    ball = ellipsoid("face", (0.0165, 0.0075, 0.031), 14, 12)
    x, y, z = ball.vertices_m.T
    hollow = 0.006 * np.exp(-(((x - 0.002) / 0.008) ** 2) - (((z - 0.004) / 0.014) ** 2)) * (y * sign > 0)
    shaped = np.stack([x * (1 + 9.0 * z) - 0.22 * z, y - sign * hollow - sign * 0.28 * x, z], axis=1)
    return replace(ball, vertices_m=shaped + np.array([-0.012, sign * 0.0775, -0.004]), attributes={})
