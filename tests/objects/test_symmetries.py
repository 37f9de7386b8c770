"""Symmetries: every declared one maps its mesh to itself, and those that a mesh shows by itself are found."""

from __future__ import annotations

import numpy as np
import pytest
import trimesh
from fake_render import box_mesh
from scipy.spatial import cKDTree

from synthvis.geometry import rigid, transform_points
from synthvis.objects.mesh.found_symmetries import DECLARED_MISS, found_symmetries
from synthvis.objects.mesh.surface import farthest_points
from synthvis.objects.object_type import ObjectType
from synthvis.objects.registry import OBJECT_TYPES
from synthvis.objects.symmetry import AnyTurn, Symmetries, nearest_equivalent, turns_of

SAMPLES = 20_000


def miss_of(vertices: np.ndarray, faces: np.ndarray, turn: np.ndarray) -> float:
    """The farthest that a turn brings a point of the surface from it, in diameters, by trimesh's points."""
    points = trimesh.sample.sample_surface(trimesh.Trimesh(vertices, faces, process=False), SAMPLES, seed=1)[0]
    diameter = float(np.linalg.norm(np.ptp(points, axis=0)))
    return float(cKDTree(points).query(transform_points(turn, points[:1000]))[0].max()) / diameter


@pytest.mark.parametrize("kind", OBJECT_TYPES.values(), ids=lambda kind: kind.name)
def test_every_declared_symmetry_maps_the_mesh_to_itself(kind: ObjectType) -> None:
    for seed in range(2) if kind.symmetry else ():
        mesh = kind.build(kind.sample(np.random.default_rng(seed)).params)
        symmetries = kind.symmetries_of(mesh)
        for turn in turns_of(symmetries, 4)[1:]:
            # The spacing of the points comes on top.
            assert miss_of(mesh.vertices_m, mesh.faces, turn) < DECLARED_MISS + 0.04
    assert kind.symmetry is not None


def draws(name: str, count: int) -> list[tuple[dict, Symmetries]]:
    kind = OBJECT_TYPES[name]
    samples = [kind.sample(np.random.default_rng(seed)).params for seed in range(count)]
    return [(params, kind.symmetries_of(kind.build(params))) for params in samples]


def test_cups_are_round_unless_they_have_a_handle() -> None:
    found = draws("cup", 12)
    assert {bool(params["handle"]) for params, _ in found} == {True, False}
    for params, symmetries in found:
        assert bool(symmetries.continuous) != bool(params["handle"])


def test_bowls_bottles_glasses_and_balls_are_round() -> None:
    for name in ("bowl", "wine_glass", "donut"):
        assert all(one.continuous and not one.is_ball for _, one in draws(name, 2))
    assert sum(bool(one.continuous) for _, one in draws("bottle", 4)) >= 2
    assert all(one.is_ball for _, one in draws("sports_ball", 1))


def test_cones_have_the_quarter_turns_of_a_square_foot_or_are_round() -> None:
    for _, symmetries in draws("traffic_cone", 3):
        assert symmetries.continuous or len(symmetries.discrete) == 3


def test_bananas_and_scissors_have_no_symmetry() -> None:
    assert not any(one for name in ("banana", "scissors") for _, one in draws(name, 1))


def found_of(mesh: trimesh.Trimesh, marks: np.ndarray | None = None) -> Symmetries:
    return found_symmetries(np.asarray(mesh.vertices, float), mesh.faces.astype(np.int32), marks)


def test_shapes_show_the_turns_that_geometry_gives_them() -> None:
    beside = rigid(trimesh.transformations.euler_matrix(0.3, 0.4, 0.5)[:3, :3], (0.4, -0.2, 1.0))
    assert len(found_of(trimesh.creation.box((1, 2, 3))).discrete) == 3
    assert len(found_of(trimesh.creation.box((1, 1, 3), transform=beside)).discrete) == 7
    assert len(found_of(trimesh.creation.box((1, 1, 1))).discrete) == 23
    cylinder = found_of(trimesh.creation.cylinder(0.5, 2, sections=96, transform=beside))
    assert len(cylinder.continuous) == len(cylinder.discrete) == 1
    axis = np.array(cylinder.continuous[0].axis)
    assert abs(float(axis @ beside[:3, 2])) == pytest.approx(1, abs=1e-4)
    assert np.linalg.norm(np.cross(np.array(cylinder.continuous[0].offset_m) - beside[:3, 3], axis)) < 1e-3
    cone = found_of(trimesh.creation.cone(0.5, 2, sections=96))
    assert len(cone.continuous) == 1 and not cone.discrete


def test_an_odd_shape_has_none_and_a_box_with_a_fin_loses_its_own() -> None:
    odd = box_mesh((0, 0, 0), (1, 2, 3))
    fin = box_mesh((1, 0.2, 0.3), (1.4, 0.5, 0.9))
    both = np.concatenate([odd.faces, fin.faces + len(odd.vertices_m)]).astype(np.int32)
    assert not found_symmetries(np.concatenate([odd.vertices_m, fin.vertices_m]), both)
    # A side that is longer by a tenth: no quarter turn is left.
    assert len(found_of(trimesh.creation.box((1, 1.1, 3))).discrete) == 3
    assert not found_symmetries(np.zeros((3, 3)), np.array([[0, 1, 2]], dtype=np.int32))


def test_colours_break_what_the_shape_would_allow() -> None:
    box = trimesh.creation.box((1, 2, 3)).subdivide().subdivide()
    plain = np.zeros((len(box.faces), 3, 1))
    assert len(found_of(box, plain).discrete) == 3
    # One end along x is dark: the turn about x is left.
    dark = (box.vertices[box.faces][..., :1].mean(axis=1, keepdims=True) > 0.2).astype(float).repeat(3, axis=1)
    marked = found_of(box, dark).discrete
    assert len(marked) == 1 and np.allclose(np.array(marked[0])[:3, :3], np.diag([1, -1, -1]), atol=1e-6)


def test_the_nearest_equivalent_is_the_one_that_brute_force_finds() -> None:
    rng = np.random.default_rng(0)
    half = tuple(map(tuple, np.diag([1.0, -1, -1, 1]).tolist()))
    cylinder = Symmetries(discrete=(half,), continuous=(AnyTurn(axis=(0.0, 0.0, 1.0)),))
    turns = turns_of(cylinder, 5000)
    for _ in range(5):
        here, there = (trimesh.transformations.random_rotation_matrix(rng.random(3))[:3, :3] for _ in range(2))
        found = nearest_equivalent(cylinder, here, there)
        traces = np.trace((here @ turns[:, :3, :3]).transpose(0, 2, 1) @ there, axis1=1, axis2=2)
        assert float(np.trace((here @ found[:3, :3]).T @ there)) == pytest.approx(traces.max(), abs=1e-5)
        assert float(np.trace((here @ found[:3, :3]).T @ there)) >= traces.max() - 1e-9


def test_symmetries_say_what_they_are() -> None:
    assert Symmetries().in_words() == "none"
    assert found_of(trimesh.creation.box((1, 2, 3))).in_words() == "3 discrete turns"
    assert Symmetries(continuous=(AnyTurn(axis=(0.0, 0.0, 1.0)),)).in_words() == "any turn about z"
    ball = found_of(trimesh.creation.icosphere(subdivisions=3))
    assert ball.is_ball and ball.in_words() == "any rotation"


def test_farthest_points_of_a_row_are_its_ends_and_its_middle() -> None:
    row = np.stack([np.arange(9.0), np.zeros(9), np.zeros(9)], axis=1)
    assert farthest_points(row, 4)[:, 0].tolist() == [0, 8, 4, 2]
    assert len(farthest_points(row[:2], 5)) == 5
