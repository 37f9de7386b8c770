"""Nothing intersects: held against ray parity on the real meshes, which shares no code with the height field."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from placement_oracle import TOLERANCE_M, bodies, inside, vertices_inside

from synthvis.objects.mesh.mesh import Mesh
from synthvis.scene.free.arrangement import arrange
from synthvis.scene.height_field import HeightField, footprint_of
from synthvis.scene.placed_object import sample_object
from synthvis.seeds import rng_for


def ball(radius_m: float) -> Mesh:
    """A sphere of triangles with its centre at the origin."""
    polar, turn = np.meshgrid(np.linspace(0, np.pi, 41), np.linspace(0, 2 * np.pi, 80), indexing="ij")
    points = radius_m * np.stack([np.sin(polar) * np.cos(turn), np.sin(polar) * np.sin(turn), np.cos(polar)], axis=-1)
    corner = np.arange(40)[:, None] * 80 + np.arange(79)[None, :]
    faces = np.concatenate(
        [
            np.stack([corner, corner + 80, corner + 81], axis=-1).reshape(-1, 3),
            np.stack([corner, corner + 81, corner + 1], axis=-1).reshape(-1, 3),
        ]
    ).astype(np.int32)
    empty = np.zeros((0, 3))
    return Mesh(
        vertices_m=points.reshape(-1, 3),
        faces=faces,
        face_slots=np.zeros(len(faces), np.int32),
        slots=("skin",),
        keypoints_m=empty,
    )


def test_the_oracle_itself_knows_inside_from_outside() -> None:
    mesh = ball(1.0)
    points = np.array([[0.0, 0, 0], [0.9, 0, 0], [0, 0, -0.95], [1.1, 0, 0], [0.9, 0.9, 0]])
    assert inside(points, mesh.vertices_m[mesh.faces]).tolist() == [True, True, True, False, False]


@pytest.mark.parametrize("layout", ["scatter", "cluster", "pile", "row"])
def test_no_object_is_inside_another(layout: str) -> None:
    kinds = ["apple", "banana", "orange", "bowl", "cup", "banana_bunch", "bottle"]
    for number in range(1, 4):
        rng = rng_for(3, number, "objects")
        group = arrange([sample_object(kinds[int(rng.integers(len(kinds)))], rng) for _ in range(8)], layout, rng)
        assert len(group.placed) >= 3
        for one, other in itertools.permutations(group.placed, 2):
            assert vertices_inside(one, other) == 0, (layout, number)


def test_no_object_is_below_the_floor() -> None:
    rng = rng_for(4, 1, "objects")
    group = arrange([sample_object("banana", rng) for _ in range(8)], "pile", rng)
    lowest = [min(float(vertices[:, 2].min()) for vertices, _ in bodies(item)) for item in group.placed]
    assert min(lowest) >= -TOLERANCE_M
    assert min(lowest) < 1e-3, "something lies on the floor"


@pytest.mark.parametrize("gap", [0.0, 0.5, 1.2, 1.9])
def test_a_ball_on_a_ball_rests_at_the_height_of_the_formula(gap: float) -> None:
    """Centres of touching balls are two radii apart, so the height is sqrt(4 - gap^2) radii over the lower centre."""
    cell_m = 0.02
    field, footprint = HeightField(4.0, cell_m), footprint_of([(ball(1.0), np.eye(4))], cell_m)
    assert field.rest_height_m(footprint, (0.0, 0.0)) == pytest.approx(1.0)
    field.add(footprint, (0.0, 0.0), 1.0)
    height_m = field.rest_height_m(footprint, field.snap((gap, 0.0)))
    exact_m = 1 + np.sqrt(4 - gap**2)
    assert exact_m - 1e-9 <= height_m <= exact_m + 0.3


@pytest.mark.parametrize(("beyond_m", "falls"), [(-0.05, False), (-0.02, False), (0.02, True), (0.04, True)])
def test_a_ball_falls_from_an_edge_once_its_middle_is_beyond(beyond_m: float, falls: bool) -> None:
    cell_m, radius_m = 0.002, 0.05
    field = HeightField(0.3, cell_m)
    field.block((-0.2, 0.0), (-0.2, 0.2), 0.1)
    footprint = footprint_of([(ball(radius_m), np.eye(4))], cell_m)
    place = field.snap((beyond_m, 0.0))
    assert field.topples(footprint, place, field.rest_height_m(footprint, place)) is falls


def test_a_ball_in_a_groove_that_touches_one_wall_only_stays() -> None:
    cell_m, radius_m = 0.002, 0.05
    field = HeightField(0.3, cell_m)
    field.block((-0.2, -0.02), (-0.2, 0.2), 0.03)
    footprint = footprint_of([(ball(radius_m), np.eye(4))], cell_m)
    # By Pythagoras the ball hangs 0.03 + sqrt(0.05^2 - 0.045^2) - 0.05 = 2 mm over the ground, for a wall 45 mm off.
    place = field.snap((0.025, 0.0))
    rest_m = field.rest_height_m(footprint, place)
    assert 0.0 < rest_m - radius_m < 0.012
    assert not field.topples(footprint, place, rest_m)


def test_what_would_leave_the_square_finds_no_place() -> None:
    field, footprint = HeightField(1.5, 0.05), footprint_of([(ball(1.0), np.eye(4))], 0.05)
    assert field.rest_height_m(footprint, (1.0, 0.0)) == np.inf


@pytest.mark.parametrize("kind", ["cup", "bowl"])
def test_what_is_full_never_stands_on_its_rim(kind: str) -> None:
    turned = 0
    for seed in range(400):
        sampled = sample_object(kind, np.random.default_rng(seed))
        part, pose = sampled.parts[0]
        upside_down = pose[2, 2] < 0
        assert not (upside_down and part.params["fill"]), seed
        turned += upside_down
    # One in twenty of the empty ones, which are a third to a half.
    assert turned > 2
