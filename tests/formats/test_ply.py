"""PLY files, against trimesh."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import trimesh
from mutations import INPUTS, mutated_bytes, refusals

from synthvis.errors import DatasetError
from synthvis.formats.ply import ply_bytes, read_ply

VERTICES = np.array([[0, 0, 0], [1, 0, 0], [0, 2, 0], [0, 0, 1 / 3]], dtype=np.float64)
FACES = np.array([[0, 2, 1], [0, 1, 3], [1, 2, 3], [0, 3, 2]], dtype=np.int32)


def test_trimesh_reads_what_is_written_and_so_do_we(tmp_path: Path) -> None:
    path = tmp_path / "a.ply"
    path.write_bytes(ply_bytes(VERTICES, FACES, "two\nlines, metres"))
    mesh = trimesh.load(str(path), process=False)
    vertices, faces = read_ply(path)
    assert np.array_equal(vertices, VERTICES) and np.array_equal(mesh.vertices, VERTICES)
    assert np.array_equal(faces, FACES) and np.array_equal(mesh.faces, FACES)
    assert (vertices.dtype, faces.dtype) == (np.float64, np.int32)


def test_normals_are_written_beside_the_vertices(tmp_path: Path) -> None:
    path, normals = tmp_path / "a.ply", np.eye(4, 3)
    path.write_bytes(ply_bytes(VERTICES, FACES, "x", normals))
    mesh = trimesh.load(str(path), process=False)
    assert np.array_equal(mesh.vertices, VERTICES) and np.array_equal(mesh.faces, FACES)
    found = mesh.metadata["_ply_raw"]["vertex"]["data"]
    assert np.array_equal(np.stack([found[name] for name in ("nx", "ny", "nz")], axis=1), normals)


def test_damaged_files_are_refused_in_a_line(tmp_path: Path) -> None:
    content = ply_bytes(VERTICES, FACES, "metres")
    assert 0 < refusals(read_ply, tmp_path / "a.ply", mutated_bytes(content, INPUTS)) < INPUTS
    with pytest.raises(DatasetError, match="cannot read"):
        read_ply(tmp_path / "absent.ply")
    out_of_range = ply_bytes(VERTICES, FACES + 1, "metres")
    (tmp_path / "b.ply").write_bytes(out_of_range)
    with pytest.raises(DatasetError, match="damaged"):
        read_ply(tmp_path / "b.ply")
