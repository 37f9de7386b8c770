"""Models of BOP: diameter, sizes, normals and symmetries, against brute force, trimesh and geometry worked by hand."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import trimesh
from fake_render import box_mesh
from numpy.typing import NDArray

from synthvis.data.formats.bop.model_files import ModelMesh, diameter_of, model_info, write_model
from synthvis.objects.registry import object_type_named
from synthvis.objects.spec import KeypointSymmetry

RING = KeypointSymmetry(cycles=((0, 1, 2, 3),), first="lowest")
PAIR = KeypointSymmetry(cycles=((0, 1),), first="left")


def box(size_m: tuple[float, float, float], centre_m: tuple[float, float, float], keypoints: object) -> ModelMesh:
    half = np.array(size_m) / 2
    mesh = box_mesh(np.array(centre_m) - half, np.array(centre_m) + half)
    return ModelMesh(
        vertices_m=mesh.vertices_m, faces=mesh.faces, keypoints_m=np.array(keypoints, dtype=float).reshape(-1, 3)
    )


def turns(info: dict[str, object]) -> NDArray[np.float64]:
    return np.array(info.get("symmetries_discrete", ()), dtype=np.float64).reshape(-1, 4, 4)


@pytest.mark.parametrize(
    "points",
    [
        np.random.default_rng(0).normal(size=(500, 3)) * (1, 5, 0.1),
        np.random.default_rng(1).normal(size=(3000, 3)) / 20,
        trimesh.creation.icosphere(subdivisions=3).vertices,
        np.linspace(0, 1, 7)[:, None] * (1, 2, 3),
        np.array([[1.0, 2, 3], [1, 2, 3]]),
    ],
)
def test_the_diameter_is_that_of_all_pairs(points: NDArray[np.float64]) -> None:
    expected = max(float(np.linalg.norm(points[k:] - points[k], axis=1).max()) for k in range(len(points)))
    assert diameter_of(points) == pytest.approx(expected, rel=1e-12)
    assert diameter_of(points[:1]) == 0


def test_sizes_of_a_box_in_millimetres() -> None:
    info = model_info(box((0.3, 0.4, 1.2), (0.05, 0, 0.6), ()), ())
    assert info == {
        "diameter": 1300.0, "min_x": -100.0, "min_y": -200.0, "min_z": 0.0, "size_x": 300.0, "size_y": 400.0,
        "size_z": 1200.0,
    }  # fmt: skip


def test_a_square_prism_has_the_turns_that_its_class_declares() -> None:
    corners = [(0.2, 0, 0), (0.1, 0.1, 0), (0, 0, 0), (0.1, -0.1, 0)]
    info = model_info(box((0.2, 0.2, 0.5), (0.1, 0, 0.25), corners), (RING,))
    # A quarter turn about the vertical through (100, 0) mm takes (x, y) to (100 - y, x - 100).
    quarter = [[0, -1, 0, 100], [1, 0, 0, -100], [0, 0, 1, 0], [0, 0, 0, 1]]
    found = turns(info)
    assert np.allclose(found[0], quarter, atol=1e-6)
    assert np.allclose(found, [np.linalg.matrix_power(np.array(quarter, float), k) for k in (1, 2, 3)], atol=1e-6)


def test_a_shape_that_breaks_its_symmetry_keeps_what_is_left_of_it() -> None:
    ring = [(0.2, 0, 0.25), (0, 0.1, 0.25), (-0.2, 0, 0.25), (0, -0.1, 0.25)]
    half = turns(model_info(box((0.4, 0.2, 0.5), (0, 0, 0.25), ring), (RING,)))
    assert half.shape == (1, 4, 4) and np.allclose(half[0], np.diag([-1, -1, 1, 1]), atol=1e-6)
    whole = box((0.2, 0.2, 0.5), (0, 0, 0.25), np.array(ring) * (0.5, 1, 1))
    fin = box_mesh((0.1, -0.01, 0.2), (0.3, 0.01, 0.3))
    finned = ModelMesh(
        vertices_m=np.concatenate([whole.vertices_m, fin.vertices_m]),
        faces=np.concatenate([whole.faces, fin.faces + len(whole.vertices_m)]),
        keypoints_m=whole.keypoints_m,
    )
    assert len(turns(model_info(whole, (RING,)))) == 3
    assert len(turns(model_info(finned, (RING,)))) == 0


def test_the_axis_of_pairs_goes_through_their_middles_and_what_stays() -> None:
    lying = [(0, 0.1, 0), (0, -0.1, 0), (0.3, 0, 0)]
    found = turns(model_info(box((0.6, 0.2, 0.2), (0, 0, 0), lying), (PAIR,)))
    assert found.shape == (1, 4, 4) and np.allclose(found[0], np.diag([1, -1, -1, 1]), atol=1e-6)
    # One pair alone does not tell about which axis it turns; nor do keypoints that are absent.
    assert not len(turns(model_info(box((0.6, 0.2, 0.2), (0, 0, 0), lying[:2]), (PAIR,))))
    unknown = [(np.nan, np.nan, np.nan), *lying[1:]]
    assert not len(turns(model_info(box((0.6, 0.2, 0.2), (0, 0, 0), unknown), (PAIR,))))
    assert not len(turns(model_info(box((0.6, 0.2, 0.2), (0, 0, 0), ()), (PAIR,))))


@pytest.mark.parametrize(("kind", "count"), [("traffic_cone", 3), ("wine_glass", 3), ("bottle", 1), ("frisbee", 3)])
def test_types_that_come_along_have_their_turns_about_the_vertical(kind: str, count: int) -> None:
    found = object_type_named(kind)
    mesh = found.build(dict(found.sample(np.random.default_rng(3)).params))
    assert found.category is not None
    own = ModelMesh(vertices_m=mesh.vertices_m, faces=mesh.faces, keypoints_m=mesh.keypoints_m)
    declared = turns(model_info(own, found.category.symmetry))
    assert len(declared) == count
    for turn in declared:
        assert np.allclose(turn[:3, :3] @ (0, 0, 1), (0, 0, 1), atol=0.02)
        assert np.linalg.det(turn[:3, :3]) == pytest.approx(1)


def test_vertex_normals_are_those_of_trimesh(tmp_path: Path) -> None:
    shape = trimesh.creation.capsule(height=2, radius=0.5)
    mesh = ModelMesh(
        vertices_m=np.asarray(shape.vertices, float), faces=shape.faces.astype(np.int32), keypoints_m=np.zeros((0, 3))
    )
    write_model(tmp_path / "a.ply", mesh, "x")
    read = trimesh.load(str(tmp_path / "a.ply"), process=False)
    stored = read.metadata["_ply_raw"]["vertex"]["data"]
    normals = np.stack([stored[name] for name in ("nx", "ny", "nz")], axis=1)
    assert np.allclose(read.vertices, shape.vertices * 1000) and np.allclose(normals, shape.vertex_normals, atol=1e-5)
