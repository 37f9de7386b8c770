"""Objects that fall and come to rest, before Blender: where physics leaves them is where the picture shows them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from synthvis.geometry import invert_rigid, rigid, transform_points
from synthvis.objects.object_type import Sample
from synthvis.objects.registry import ObjectCatalogue
from synthvis.objects.spec import Vec3
from synthvis.scene.collision_shapes import solid_shape
from synthvis.scene.convex_hulls import convex_hulls
from synthvis.scene.physics import Ball, Body, Box, Fixed, Hull, Shape, settle
from synthvis.scene.placed_object import ObjectSample, PlacedObject, oriented_object

__all__ = ["any_turn", "come_to_rest", "tumbled"]

Float = NDArray[np.float64]

COMPUTED_M = 0.1
"""Physics sees the middling object at this size, whatever it is: a screw and a crate fall alike, at its time step."""
MARGIN = 0.003
"""Contacts give way by about that share of an object's size, so it keeps that much clear."""
LIMIT_S = 1.8


def any_turn(rng: Generator) -> Float:
    """A rotation, uniform over all: a unit quaternion from four normal draws (Shoemake 1992)."""
    w, x, y, z = (quaternion := rng.normal(size=4)) / np.linalg.norm(quaternion)
    return np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
            [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
            [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
        ]
    )


def tumbled(sampled: ObjectSample, turn: Float, catalogue: ObjectCatalogue) -> ObjectSample:
    """The object turned anew by a (3, 3) rotation of its own frame, with what of a class rides on it; no cables."""
    carrier = sampled.parts[0][0]
    riders = zip(sampled.parts[1:], sampled.categories[1:], strict=True)
    sample = Sample(
        params=carrier.params,
        surfaces=carrier.surfaces,
        attachments=tuple(part for (part, _), category in riders if category is not None),
    )
    return oriented_object(carrier.kind, sample, turn, catalogue)


def come_to_rest(
    falling: Sequence[PlacedObject], fixed: Sequence[Fixed], catalogue: ObjectCatalogue, *, limit_s: float = LIMIT_S
) -> list[PlacedObject]:
    """Where objects lie after they have come to rest.

    Args:
        falling: What falls, where it begins to.
        fixed: What stays, metres: boxes, and level ground.
        catalogue: Every type of object.
        limit_s: Whatever still moves a little after that time stays where it is.

    Raises:
        MissingDependency: MuJoCo is not installed.
    """
    if not falling:
        return []
    scale = COMPUTED_M / float(np.median([2 * one.sampled.ball_radius_m for one in falling]))
    bodies = [_body(one, scale, catalogue) for one in falling]
    rest = settle(bodies, [_scaled_fixed(one, scale) for one in fixed], limit_s=limit_s)
    found = []
    for one, pose in zip(falling, rest.world_from_body, strict=True):
        x_m, y_m, z_m = (float(value) for value in np.round(pose[:3, 3] / scale, 7))
        found.append(PlacedObject(tumbled(one.sampled, pose[:3, :3], catalogue), (x_m, y_m, z_m)))
    return found


def _body(one: PlacedObject, scale: float, catalogue: ObjectCatalogue) -> Body:
    turn = one.sampled.parts[0][1][:3, :3]
    pose = rigid(turn, tuple(scale * value for value in one.xyz_m))
    shapes = tuple(_grown(shape, scale) for shape in _shapes(one.sampled, catalogue))
    rolls = any(isinstance(shape, Ball) for shape in shapes)
    return Body(shapes=shapes, world_from_body=pose, friction=0.4, rolling_m=0.004 if rolls else 0.0)


def _shapes(sampled: ObjectSample, catalogue: ObjectCatalogue) -> list[Shape]:
    """In the frame of the object that carries the others; what comes along is a hull, own meshes are several."""
    oriented_from_carrier = sampled.parts[0][1]
    found: list[Shape] = []
    for mesh, (part, oriented_from_part) in zip(sampled.meshes, sampled.parts, strict=True):
        if part.kind in catalogue.own and oriented_from_part is oriented_from_carrier:
            found += convex_hulls(mesh)
        else:
            carrier_from_part = invert_rigid(oriented_from_carrier) @ oriented_from_part
            found.append(solid_shape(transform_points(carrier_from_part, mesh.vertices_m)))
    return found


def _grown(shape: Shape, scale: float) -> Shape:
    """A shape as physics sees it: scaled, and larger by the margin on all sides."""
    margin_m = MARGIN * COMPUTED_M
    if isinstance(shape, Ball):
        return Ball(shape.radius_m * scale + margin_m, _times(shape.centre_m, scale))
    if isinstance(shape, Box):
        return Box(_times(shape.half_m, scale, margin_m), _times(shape.centre_m, scale))
    points_m = scale * shape.points_m
    middle = points_m.mean(axis=0)
    half_m = np.maximum(np.ptp(points_m, axis=0) / 2, 1e-6)
    return Hull(middle + (points_m - middle) * (1 + margin_m / half_m))


def _scaled_fixed(one: Fixed, scale: float) -> Fixed:
    pose = np.array(one.world_from_body, dtype=np.float64)
    pose[:3, 3] *= scale
    boxes = [shape for shape in one.shapes if isinstance(shape, Box)]
    if len(boxes) < len(one.shapes):
        raise TypeError("what stays is made of boxes")
    shapes = tuple(Box(_times(box.half_m, scale), _times(box.centre_m, scale)) for box in boxes)
    return replace(one, shapes=shapes, world_from_body=pose)


def _times(values_m: Vec3, scale: float, more_m: float = 0.0) -> Vec3:
    x_m, y_m, z_m = (scale * value + more_m for value in values_m)
    return x_m, y_m, z_m
