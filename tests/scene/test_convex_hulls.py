"""Convex pieces against solids whose pieces and insides are known: an angle, a ring, a cube, a ball."""

from __future__ import annotations

import numpy as np
import pytest
import trimesh
from scipy.spatial import ConvexHull

from synthvis.objects.mesh.mesh import Mesh
from synthvis.scene.convex_hulls import convex_hulls
from synthvis.scene.rigid_bodies import Ball, Hull, Shape

Float = np.ndarray[tuple[int, ...], np.dtype[np.float64]]


def mesh_of(solid: trimesh.Trimesh) -> Mesh:
    return Mesh(
        vertices_m=np.asarray(solid.vertices), faces=np.asarray(solid.faces, np.int32),
        face_slots=np.zeros(len(solid.faces), np.int32), slots=("all",), keypoints_m=np.zeros((0, 3)),
    )  # fmt: skip


def angle() -> Mesh:
    """Two plates at a right angle, 60 x 30 and 5 thick, 40 wide, by hand."""
    outline = np.array([(0, 0), (60, 0), (60, 5), (5, 5), (5, 30), (0, 30)]) / 1000
    low, high = (np.insert(outline, 1, y, axis=1) for y in (0.0, 0.04))
    caps = [(0, 1, 2), (0, 2, 3), (0, 3, 5), (3, 4, 5)]
    faces = [(a, b, c) for a, b, c in caps] + [(c + 6, b + 6, a + 6) for a, b, c in caps]
    for a in range(6):
        b = (a + 1) % 6
        faces += [(b, a, a + 6), (b, a + 6, b + 6)]
    return mesh_of(trimesh.Trimesh(np.concatenate([low, high]), faces, process=False))


def is_in(shape: Shape, points_m: Float, slack_m: float) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    assert isinstance(shape, Hull)
    planes = ConvexHull(shape.points_m).equations
    return (points_m @ planes[:, :3].T + planes[:, 3]).max(axis=1) <= slack_m


def test_an_angle_is_its_two_plates() -> None:
    shapes = convex_hulls(angle())
    volumes = sorted(ConvexHull(shape.points_m).volume for shape in shapes if isinstance(shape, Hull))
    # 60 x 5 x 40 and 5 x 25 x 40, or 55 x 5 x 40 and 5 x 30 x 40, in cubic millimetres.
    assert [round(1e9 * volume) for volume in volumes] in ([5000, 12000], [6000, 11000])


@pytest.mark.parametrize(
    "solid",
    [
        trimesh.creation.annulus(0.02, 0.03, 0.02),
        trimesh.creation.torus(0.03, 0.008),
        trimesh.Trimesh(angle().vertices_m, angle().faces),
    ],
    ids=["annulus", "torus", "angle"],
)
def test_pieces_leave_out_nothing_of_the_surface_and_holes_stay_open(solid: trimesh.Trimesh) -> None:
    shapes = convex_hulls(mesh_of(solid))
    points, _ = trimesh.sample.sample_surface(solid, 2000, seed=3)
    covered = np.any([is_in(shape, points, 2e-4) for shape in shapes], axis=0)
    assert covered.all()
    middle = np.array([[0.0, 0.0, 0.0]]) if len(shapes) > 2 else np.array([[0.03, 0.02, 0.02]])
    assert not any(is_in(shape, middle, 0.0).any() for shape in shapes)


def test_what_is_convex_is_one_hull_or_ball_and_what_is_open_is_covered_too() -> None:
    (cube,) = convex_hulls(mesh_of(trimesh.creation.box((0.1, 0.2, 0.3))))
    assert isinstance(cube, Hull)
    assert np.ptp(cube.points_m, axis=0) == pytest.approx([0.1, 0.2, 0.3])
    (ball,) = convex_hulls(mesh_of(trimesh.creation.icosphere(subdivisions=3, radius=0.05)))
    assert isinstance(ball, Ball)
    sheet = convex_hulls(mesh_of(trimesh.Trimesh([(0, 0, 0), (1, 0, 0), (1, 1, 0), (0, 1, 0)], [(0, 1, 2), (0, 2, 3)])))
    assert len(sheet) == 1


def test_a_lattice_is_one_hull() -> None:
    places = np.stack(np.meshgrid(*[np.arange(8) * 0.02] * 3), axis=-1).reshape(-1, 3)
    cubes = [trimesh.creation.box((0.01, 0.01, 0.01)).apply_translation(place) for place in places]
    (hull,) = convex_hulls(mesh_of(trimesh.util.concatenate(cubes)))
    assert isinstance(hull, Hull)
    assert np.ptp(hull.points_m, axis=0) == pytest.approx([0.15, 0.15, 0.15])
