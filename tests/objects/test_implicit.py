"""Skins of solids: volumes by formula, closed whatever the solid, distances by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from synthvis.objects.mesh.implicit import ellipsoid_distance_m, meet, round_cone_distance_m, skin_of, union
from synthvis.objects.mesh.meshes import Part, is_closed, volume_m3


def ball(part_m: tuple[float, float, float], radius_m: float):  # type: ignore[no-untyped-def]
    return lambda points: np.linalg.norm(points - np.array(part_m), axis=1) - radius_m


def skinned(solid, reach_m: float, step_m: float) -> Part:  # type: ignore[no-untyped-def]
    return skin_of("any", solid, [-reach_m] * 3, [reach_m] * 3, step_m)


def test_a_ball_has_the_volume_of_a_ball() -> None:
    part = skinned(ball((0.01, 0.02, 0.0), 0.3), 0.35, 0.025)
    assert is_closed(part.faces)
    assert volume_m3(part.vertices_m, part.faces) == pytest.approx(4 / 3 * math.pi * 0.3**3, rel=0.01)
    away = np.linalg.norm(part.vertices_m - (0.01, 0.02, 0.0), axis=1)
    assert np.abs(away - 0.3).max() < 1e-4


def test_an_ellipsoid_has_its_volume_and_its_surface_distance_zero() -> None:
    radii = np.array([0.3, 0.2, 0.1])
    part = skinned(lambda points: ellipsoid_distance_m(points, (0, 0, 0), radii), 0.35, 0.02)
    assert volume_m3(part.vertices_m, part.faces) == pytest.approx(4 / 3 * math.pi * radii.prod(), rel=0.01)
    assert ellipsoid_distance_m(np.diag(radii), (0, 0, 0), radii) == pytest.approx([0, 0, 0], abs=1e-12)
    assert ellipsoid_distance_m(np.zeros((1, 3)), (0, 0, 0), radii) == pytest.approx([-0.1])


def test_whatever_touches_whatever_the_skin_is_closed() -> None:
    rng = np.random.default_rng(0)
    for _ in range(4):
        middles = rng.uniform(-0.3, 0.3, (50, 3))

        def heap(points: np.ndarray, middles: np.ndarray = middles) -> np.ndarray:
            return np.min([np.linalg.norm(points - middle, axis=1) for middle in middles], axis=0) - 0.05

        part = skinned(heap, 0.4, 0.025)
        assert is_closed(part.faces)
        assert volume_m3(part.vertices_m, part.faces) > 0


def test_what_leaves_the_box_is_cut_off_and_still_closed() -> None:
    part = skin_of("any", ball((0.0, 0.0, 0.0), 0.5), (-0.2, -0.2, -0.2), (0.2, 0.2, 1.0), 0.03)
    assert is_closed(part.faces)
    assert np.abs(part.vertices_m[:, :2]).max() < 0.4


def test_an_empty_box_is_told() -> None:
    with pytest.raises(ValueError, match="nothing"):
        skin_of("any", ball((5.0, 0.0, 0.0), 0.1), (-1, -1, -1), (1, 1, 1), 0.1)


def test_a_round_cone_is_measured_across_its_axis() -> None:
    points = np.array([(0.2, 0, 0.5), (0, 0, 1.3), (0.2, 0.0, 0.0)])
    # Radii 0.1 and 0.05: 0.075 in the middle.
    found = round_cone_distance_m(points, (0, 0, 0), (0, 0, 1), 0.1, 0.05)
    assert found == pytest.approx([0.2 - 0.075, 0.3 - 0.05, 0.2 - 0.1])


def test_unions_are_minima_but_where_both_are_near() -> None:
    # Where both are equal the cubic minimum lies a sixth of the width under them.
    assert union(np.array([0.3, 1.0]), np.array([0.3, 0.2]), 0.06) == pytest.approx([0.29, 0.2])
    assert meet(np.array([0.3, 1.0]), np.array([0.3, 0.2]), 0.06) == pytest.approx([0.31, 1.0])
