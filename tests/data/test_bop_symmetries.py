"""Symmetries and models of BOP sets: written of round types, read back, refused where they are none."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import trimesh

from synthvis.data.formats.bop.model_files import ModelMesh, model_info, write_model
from synthvis.data.formats.bop.own_models import read_bop_models
from synthvis.errors import RealDataError
from synthvis.formats.ply_any import read_any_ply
from synthvis.objects.registry import object_type_named
from synthvis.objects.symmetry import AnyTurn, Symmetries

HALF = ((-1.0, 0.0, 0.0, 0.2), (0.0, -1.0, 0.0, 0.0), (0.0, 0.0, 1.0, 0.0), (0.0, 0.0, 0.0, 1.0))


def set_with(folder: Path, infos: dict[str, object]) -> Path:
    models = folder / "models"
    models.mkdir(parents=True)
    box = trimesh.creation.box((100, 200, 300))
    (models / "obj_000001.ply").write_bytes(box.export(file_type="ply", encoding="ascii"))
    (models / "obj_000002.ply").write_bytes(box.export(file_type="ply"))
    (models / "models_info.json").write_text(json.dumps(infos))
    return folder


def info_of(name: str, seed: int) -> dict[str, object]:
    kind = object_type_named(name)
    mesh = kind.build(kind.sample(np.random.default_rng(seed)).params)
    assert kind.category is not None
    own = ModelMesh(
        vertices_m=mesh.vertices_m, faces=mesh.faces, keypoints_m=mesh.keypoints_m, symmetries=kind.symmetries_of(mesh)
    )
    return model_info(own, kind.category.symmetry)


def test_round_types_have_an_axis_in_place_of_steps_and_odd_ones_nothing() -> None:
    axis = [{"axis": [0.0, 0.0, 1.0], "offset": [0.0, 0.0, 0.0]}]
    for name in ("bowl", "wine_glass"):
        assert info_of(name, 0)["symmetries_continuous"] == axis and "symmetries_discrete" not in info_of(name, 0)
    assert not {"symmetries_continuous", "symmetries_discrete"} & set(info_of("banana", 0))
    assert len(info_of("sports_ball", 0)["symmetries_continuous"]) == 2  # type: ignore[arg-type]


def test_what_is_written_comes_back_in_metres(tmp_path: Path) -> None:
    box = trimesh.creation.box((0.1, 0.2, 0.3))
    wanted = Symmetries(discrete=(HALF,), continuous=(AnyTurn(axis=(0.0, 0.6, 0.8), offset_m=(0.01, 0.0, -0.02)),))
    mesh = ModelMesh(
        vertices_m=np.asarray(box.vertices), faces=box.faces.astype(np.int32), keypoints_m=np.zeros((0, 3)),
        symmetries=wanted,
    )  # fmt: skip
    write_model(tmp_path / "models" / "obj_000007.ply", mesh, "x")
    infos = {"7": {**model_info(mesh, ()), "name": "crate"}}
    (tmp_path / "models" / "models_info.json").write_text(json.dumps(infos))
    found = read_bop_models(tmp_path, {"crate": frozenset({7})})["crate"]
    assert np.allclose(found.symmetries.matrices[1], HALF, atol=1e-9)
    assert np.allclose(found.symmetries.continuous[0].offset_m, (0.01, 0, -0.02)) and len(found.faces) == 12
    assert np.allclose(sorted(found.vertices_m.tolist()), sorted(box.vertices.tolist()))
    assert found.diameter_m == pytest.approx(float(np.linalg.norm((0.1, 0.2, 0.3))))
    assert np.allclose(found.corners_m[[0, 7]], [(-0.05, -0.1, -0.15), (0.05, 0.1, 0.15)])


def test_models_of_others_are_read_as_text_and_as_bytes(tmp_path: Path) -> None:
    root = set_with(tmp_path, {"1": {}, "2": {}})
    found = read_bop_models(root, {"obj_000001": frozenset({1}), "obj_000002": frozenset({2})})
    assert all(np.allclose(np.ptp(one.vertices_m, axis=0), (0.1, 0.2, 0.3)) for one in found.values())
    assert not found["obj_000001"].symmetries


@pytest.mark.parametrize(
    ("infos", "numbers", "said"),
    [
        ({"1": {"symmetries_discrete": [[1, 2]]}}, {1}, "a symmetry is none"),
        ({"1": {"symmetries_discrete": [[2.0] * 16]}}, {1}, "a symmetry is none"),
        ({"1": {"symmetries_discrete": {"a": 1}}}, {1}, "a symmetry is none"),
        ({"1": {"symmetries_continuous": [{"axis": [0, 0, 0], "offset": [0, 0, 0]}]}}, {1}, "a symmetry is none"),
        ({"1": {"symmetries_continuous": [7]}}, {1}, "a symmetry is none"),
        ({"1": {}}, {1, 2}, "have 2 models"),
        ({"3": {}}, {3}, "there is no model"),
    ],
)
def test_what_cannot_be_used_is_named(tmp_path: Path, infos: dict[str, object], numbers: set[int], said: str) -> None:
    root = set_with(tmp_path, infos)
    with pytest.raises(RealDataError, match=said):
        read_bop_models(root, {"obj_000001" if 3 not in numbers else "obj_000003": frozenset(numbers)})


@pytest.mark.parametrize(
    "content",
    [
        b"", b"ply\n", b"solid x", b"ply\nformat binary_big_endian 1.0\nend_header\n",
        b"ply\nformat ascii 1.0\nelement vertex 99999999999\nproperty float x\nend_header\n",
        b"ply\nformat ascii 1.0\nelement vertex 1\nproperty float x\nproperty float y\nproperty float z\n"
        b"element face 1\nproperty list uchar int vertex_indices\nend_header\n0 0 0\n3 0 0 5\n",
        b"ply\nformat ascii 1.0\nelement vertex 1\nproperty float x\nproperty float y\nproperty float z\n"
        b"element face 1\nproperty list uchar int vertex_indices\nend_header\nnan 0 0\n3 0 0 0\n",
        b"ply\nformat binary_little_endian 1.0\nelement vertex 4\nproperty float x\nproperty float y\n"
        b"property float z\nelement face 1\nproperty list uchar int vertex_indices\nend_header\nabc",
    ],
)  # fmt: skip
def test_a_file_that_is_no_mesh_is_refused_in_a_line(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.ply"
    path.write_bytes(content)
    with pytest.raises(RealDataError, match=r"a\.ply cannot be used"):
        read_any_ply(path)
    with pytest.raises(RealDataError, match="cannot read"):
        read_any_ply(tmp_path / "absent.ply")


def test_polygons_are_cut_into_fans(tmp_path: Path) -> None:
    header = (
        b"ply\nformat ascii 1.0\ncomment a\nelement vertex 4\nproperty float x\nproperty float y\nproperty float z\n"
        b"property uchar red\nelement face 1\nproperty list uchar int vertex_index\nend_header\n"
    )
    path = tmp_path / "a.ply"
    path.write_bytes(header + b"0 0 0 1\n1 0 0 2\n1 1 0 3\n0 1 0 4\n4 0 1 2 3\n")
    vertices, faces = read_any_ply(path)
    assert faces.tolist() == [[0, 1, 2], [0, 2, 3]] and vertices[2].tolist() == [1, 1, 0]
