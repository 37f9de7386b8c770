"""Shapes for physics against solids worked by hand: what is round is a ball, what is hollow stays hollow."""

from __future__ import annotations

import numpy as np
import pytest

from synthvis.geometry import rigid
from synthvis.objects.mesh.mesh import Mesh
from synthvis.objects.registry import object_type_named
from synthvis.scene.collision_shapes import box_shape, hollow_shapes, solid_shape
from synthvis.scene.physics import Ball, Body, Fixed, Hull, settle


def mesh_of(vertices: np.ndarray, faces: np.ndarray) -> Mesh:
    return Mesh(
        vertices_m=vertices, faces=faces.astype(np.int32), face_slots=np.zeros(len(faces), np.int32), slots=("all",),
        keypoints_m=np.zeros((0, 3)),
    )  # fmt: skip


def open_box(size_m: float) -> Mesh:
    """A box without a lid: floor and four sides, each a sheet of two triangles."""
    h = size_m / 2
    corners = np.array([[x, y, z] for z in (0, size_m) for x, y in ((-h, -h), (h, -h), (h, h), (-h, h))])
    quads = [(0, 3, 2, 1), (0, 1, 5, 4), (1, 2, 6, 5), (2, 3, 7, 6), (3, 0, 4, 7)]
    return mesh_of(corners, np.array([face for a, b, c, d in quads for face in ((a, b, c), (a, c, d))]))


def sphere(radius_m: float) -> np.ndarray:
    lat, lon = np.meshgrid(np.linspace(0, np.pi, 33), np.linspace(0, 2 * np.pi, 48, endpoint=False), indexing="ij")
    return radius_m * np.stack([np.sin(lat) * np.cos(lon), np.sin(lat) * np.sin(lon), np.cos(lat)], axis=-1).reshape(
        -1, 3
    )


def test_a_sphere_is_a_ball_and_an_egg_is_a_hull() -> None:
    ball = solid_shape(sphere(0.07) + np.array([0.1, 0.0, 0.2]))
    assert isinstance(ball, Ball)
    assert (ball.radius_m, *ball.centre_m) == pytest.approx((0.07, 0.1, 0.0, 0.2), abs=1e-6)
    egg = solid_shape(sphere(0.07) * (1.0, 1.0, 1.3))
    assert isinstance(egg, Hull)
    assert len(egg.points_m) <= 602
    assert egg.points_m.max(axis=0) == pytest.approx([0.07, 0.07, 0.091], abs=1e-6)


def test_a_flat_sheet_gets_a_thickness() -> None:
    flat = solid_shape(np.array([[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0.0]]))
    assert isinstance(flat, Hull)
    assert np.ptp(flat.points_m[:, 2]) == pytest.approx(0.0005)
    assert box_shape(np.array([[0, 0, 0], [2, 4, 0.0]])).half_m == (1.0, 2.0, 0.0005)


def test_a_ball_falls_into_a_hollow_box_and_lies_on_its_floor() -> None:
    shapes = hollow_shapes([open_box(0.4)])
    ball = Body(shapes=(Ball(0.05),), world_from_body=rigid(np.eye(3), (0.05, 0.02, 0.6)))
    rest = settle([ball], [Fixed(shapes=shapes)])
    # Sheets are thickened inwards, by 2% of a cell.
    assert rest.world_from_body[0][2, 3] == pytest.approx(0.05, abs=3e-3)


def test_a_small_ball_falls_into_a_bowl() -> None:
    kind = object_type_named("bowl")
    mesh = kind.build(kind.sample(np.random.default_rng(1)).params)
    shapes = hollow_shapes([mesh])
    assert 1 < len(shapes) <= 80
    height_m = float(mesh.vertices_m[:, 2].max())
    ball = Body(shapes=(Ball(0.01),), world_from_body=rigid(np.eye(3), (0.005, 0.0, height_m + 0.05)))
    rest = settle([ball], [Fixed(), Fixed(shapes=shapes)])
    assert rest.world_from_body[0][2, 3] < 0.6 * height_m


def test_two_cubes_in_one_mesh_are_two_hulls() -> None:
    corners = np.array([[x, y, z] for x in (0, 1) for y in (0, 1) for z in (0, 1.0)])
    quads = [(0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3)]
    faces = np.array([face for a, b, c, d in quads for face in ((a, b, c), (a, c, d))])
    both = mesh_of(np.concatenate([corners, corners + np.array([3, 0, 0])]), np.concatenate([faces, faces + 8]))
    shapes = hollow_shapes([both])
    assert len(shapes) == 2
    assert all(isinstance(shape, Hull) and len(shape.points_m) == 8 for shape in shapes)
