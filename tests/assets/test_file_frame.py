"""The way from the coordinates of a user's file to those of the object, held against numbers worked out by hand."""

from __future__ import annotations

import json
import re
import runpy
import struct
from contextlib import nullcontext
from pathlib import Path

import cv2
import numpy as np
import own_files
import pytest

from synthvis.assets.folder import scan
from synthvis.assets.meshes.used import used_meshes
from synthvis.assets.object_import import import_folders
from synthvis.assets.resolve import resolve
from synthvis.cli import main
from synthvis.config.load import load_recipe
from synthvis.config.recipe import Recipe
from synthvis.dataset.layout import DatasetLayout
from synthvis.dataset.own_meshes import read_own_meshes, take_over_own_meshes, write_own_meshes
from synthvis.errors import DatasetError

trimesh = pytest.importorskip("trimesh")

PAGE = Path(__file__).resolve().parents[2] / "docs" / "how_to" / "meshes.md"


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SYNTHVIS_CACHE", str(tmp_path / "cache"))


def stl(vertices: np.ndarray, faces: np.ndarray) -> bytes:
    rows = b"".join(struct.pack("<12fH", 0, 0, 0, *vertices[face].ravel(), 0) for face in faces)
    return b"\0" * 80 + struct.pack("<I", len(faces)) + rows


def box_file(folder: Path, manifest: str) -> Path:
    """A box of 10 x 20 x 30 units with its lowest corner at (100, 200, 300)."""
    folder.mkdir()
    corners = own_files.CORNERS * (10, 20, 30) + (100, 200, 300)
    (folder / "box.stl").write_bytes(stl(corners, own_files.FACES))
    (folder / "assets.yaml").write_text(manifest)
    return folder


def recipe_of(path: Path) -> Recipe:
    changes = ["render.samples=1", "render.denoise=false",
               "image.width_px=96", "image.height_px=80", "world.hdri_share=0", "distractors.count=[0,0]",
               "objects.count=[1,1]", "objects.empty_share=0", "camera.fill=[0.6,0.9]", "camera.off_centre=0",
               "camera.defocus_share=0", "sensor.blur_sigma_px=[0,0]"]  # fmt: skip
    return resolve(load_recipe("meshes", changes), [path])


@pytest.mark.parametrize(
    ("manifest", "points"),
    [
        # Upright already: the middle of the foot, (105, 210, 300) mm, becomes the origin.
        ("unit: mm\nup: z\n", {(100, 200, 300): (-0.005, -0.010, 0), (110, 220, 330): (0.005, 0.010, 0.030)}),
        # y is up: x stays, the file's -z becomes y, its y becomes z; the foot's middle is (105, 200, 315) mm.
        ("unit: mm\nup: y\n", {(100, 200, 300): (-0.005, 0.015, 0), (110, 220, 330): (0.005, -0.015, 0.020)}),
        # Upside down, in inches, looking to -y: x becomes -y of the file, z its -z, and y = z cross x is the file's -x.
        (
            "unit: in\nup: -z\nfront: -y\n",
            {(100, 200, 330): (0.254, 0.127, 0), (110, 220, 300): (-0.254, -0.127, 0.762)},
        ),
        # Three sizes: 0.1 m deep, 0.4 m wide and 0.3 m high, so 0.01, 0.02 and 0.01 m a unit.
        ("up: z\nsize_m: [0.1, 0.4, 0.3]\n", {(100, 200, 300): (-0.05, -0.2, 0), (110, 220, 330): (0.05, 0.2, 0.3)}),
    ],
)
def test_points_of_a_box_are_where_hand_and_eye_put_them(
    manifest: str, points: dict[tuple[float, ...], tuple[float, ...]], tmp_path: Path
) -> None:
    ready = recipe_of(box_file(tmp_path / "cad", manifest))
    layout = DatasetLayout(tmp_path / "data")
    write_own_meshes(layout, ready)
    row = json.loads(layout.mesh_index.read_text())["cad/box"]
    matrix = np.array(row["object_from_file"])
    for p_file, p_object in points.items():
        assert np.allclose((matrix @ (*p_file, 1))[:3], p_object, atol=1e-6), p_file
        by_parts = np.array(row["scale_m_per_unit"]) * (np.array(row["rotation"]) @ p_file) + row["shift_m"]
        assert np.allclose(by_parts, p_object, atol=1e-6)
    assert np.linalg.det(np.array(row["rotation"])) == pytest.approx(1)
    # The same box by another program's reader.
    there = trimesh.load(layout.meshes / row["mesh"], process=False)
    corners = own_files.CORNERS * (10, 20, 30) + (100, 200, 300)
    moved = np.column_stack([corners, np.ones(8)]) @ matrix[:3].T
    assert there.is_watertight and there.volume > 0 and len(there.faces) == row["triangles"] == 12
    assert sorted(np.round(there.vertices, 6).tolist()) == sorted(np.round(moved, 6).tolist())


def test_the_ply_holds_the_very_triangles_that_are_rendered(tmp_path: Path) -> None:
    ready = recipe_of(box_file(tmp_path / "cad", "unit: mm\n"))
    layout = DatasetLayout(tmp_path / "data")
    write_own_meshes(layout, ready)
    (used,) = used_meshes(ready)
    there = trimesh.load(layout.meshes / "cad" / "box.ply", process=False)
    assert np.array_equal(there.vertices, used.mesh.vertices_m) and np.array_equal(there.faces, used.mesh.faces)
    first = {path: path.read_bytes() for path in layout.meshes.rglob("*.*")}
    write_own_meshes(layout, ready)
    assert first == {path: path.read_bytes() for path in layout.meshes.rglob("*.*")}
    whole = DatasetLayout(tmp_path / "whole")
    take_over_own_meshes(layout, whole)
    assert read_own_meshes(whole)["cad/box"].frame == used.frame


def test_a_damaged_list_of_meshes_is_one_line(tmp_path: Path) -> None:
    layout = DatasetLayout(tmp_path / "data")
    assert read_own_meshes(layout) == {}
    write_own_meshes(layout, recipe_of(box_file(tmp_path / "cad", "unit: mm\n")))
    good = json.loads(layout.mesh_index.read_text())
    row = good["cad/box"]
    bad = [b"", b"[]", b"{" * 5000, b'{"a": 1}', b"\xff\xfe"]
    changes = [{"shift_m": [0, 1]}, {"rotation": None}, {"scale_m_per_unit": [1, 2, float("inf")]}, {"mesh": "../x"}]
    bad += [json.dumps({"cad/box": row | change}).encode() for change in changes]
    for content in bad:
        layout.mesh_index.write_bytes(content)
        with pytest.raises(DatasetError, match="damaged"):
            read_own_meshes(layout)
    layout.mesh_index.write_text(json.dumps(good))
    (layout.meshes / "cad" / "box.ply").unlink()
    with pytest.raises(DatasetError, match="missing"):
        read_own_meshes(layout)


def bracket() -> tuple[np.ndarray, np.ndarray]:
    """An L with a foot that is wider than its back, so that no turn maps it onto itself; inches, far off the origin."""
    outline = np.array([(0, 0), (2.4, 0), (2.4, 0.3), (0.3, 0.3), (0.3, 1.8), (0, 1.8)])
    sides = [np.column_stack([outline[:, 0], np.full(6, y), outline[:, 1]]) for y in (0.0, 1.5)]
    sides[1][2:4, 1] = 2.6
    walls = [(i, (i + 1) % 6, 6 + (i + 1) % 6) for i in range(6)] + [(i, 6 + (i + 1) % 6, 6 + i) for i in range(6)]
    caps = [(0, 2, 1), (0, 3, 2), (0, 4, 3), (0, 5, 4), (6, 7, 8), (6, 8, 9), (6, 9, 10), (6, 10, 11)]
    turn = np.array([(1, 0, 0), (0, 0, -1), (0, 1, 0)])
    return np.concatenate(sides) @ turn.T + (40, -7, 12), np.array(walls + caps)


def silhouette(vertices: np.ndarray, faces: np.ndarray, cam_from_file: np.ndarray, K: np.ndarray) -> np.ndarray:
    """(80, 96) pixels of which more than half is covered, drawn by OpenCV sixteen times as large."""
    seen_m = np.column_stack([vertices, np.ones(len(vertices))]) @ cam_from_file[:3].T
    pixels = seen_m @ K.T
    large = np.zeros((80 * 16, 96 * 16), np.uint8)
    for face in faces:
        cv2.fillPoly(large, [np.rint(pixels[face, :2] / pixels[face, 2:] * 16 - 0.5).astype(np.int32)], 1)
    return large.reshape(80, 16, 96, 16).mean(axis=(1, 3)) > 0.5


@pytest.mark.blender
def test_the_users_own_vertices_cover_the_rendered_mask(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from synthvis.checks.gate import check_dataset
    from synthvis.formats.images import read_png
    from synthvis.render.produce import RenderRequest, render_dataset

    vertices, faces = bracket()
    (tmp_path / "part.stl").write_bytes(stl(vertices, faces))
    # In the file y points down: what is drawn as z of the outline lies along -y there.
    (tmp_path / "assets.yaml").write_text("unit: in\nup: -y\nfront: x\n")
    root = tmp_path / "data" / "part"
    ready = recipe_of(tmp_path / "part.stl")
    summary = render_dataset(
        RenderRequest(recipe=ready, seed=3, root=root, n=2, workers=1), lambda progress: nullcontext()
    )
    assert summary.made == 2 and check_dataset(root).ok
    coco = json.loads((root / "annotations" / "instances_train.json").read_text())
    row = json.loads((root / "meshes" / "index.json").read_text())["part.stl"]
    K = {image["id"]: np.array(image["synthvis"]["K"]) for image in coco["images"]}
    assert len(coco["annotations"]) == 2
    # Turned by half about the axis that is up, the same mesh fits no longer.
    half_turn = np.diag([-1.0, 1.0, -1.0, 1.0])
    half_turn[:3, 3] = 2 * (vertices.min(axis=0) + vertices.max(axis=0)) / 2 * (1, 0, 1)
    overlaps = []
    for entry in coco["annotations"]:
        cam_from_file = np.array(entry["synthvis"]["cam_from_object"]) @ np.array(row["object_from_file"])
        mask = read_png(DatasetLayout(root).instances("train", entry["image_id"])) == entry["synthvis"]["instance_id"]
        for pose in (cam_from_file, cam_from_file @ half_turn):
            drawn = silhouette(vertices, faces, pose, K[entry["image_id"]])
            overlaps.append(np.count_nonzero(mask & drawn) / np.count_nonzero(mask | drawn))
    assert min(overlaps[::2]) > 0.95 and max(overlaps[1::2]) < 0.9, overlaps
    with pytest.raises(SystemExit):
        main(["explain", str(root), "1"])
    told = capsys.readouterr().out
    assert "own mesh part.stl from part.stl" in told and "cam_from_object @ object_from_file" in told
    code = re.findall(r"```python\n(.*?)```", PAGE.read_text(), flags=re.DOTALL)[0]
    (tmp_path / "snippet.py").write_text(code)
    monkeypatch.chdir(tmp_path)
    found = runpy.run_path("snippet.py")
    assert np.allclose(found["cam_from_file"], cam_from_file)
    assert np.allclose(found["rotation"] @ found["rotation"].T, np.eye(3), atol=1e-9)
    assert np.allclose(found["rotation"] * 0.0254, cam_from_file[:3, :3], atol=1e-9)


@pytest.mark.slow
def test_a_single_file_takes_its_sheet_and_what_it_refers_to_and_nothing_else(tmp_path: Path) -> None:
    own_files.textured_cube(tmp_path, "crate")
    (tmp_path / "other.stl").write_bytes(b"not read")
    folder = scan(tmp_path / "crate.obj")
    assert [file.kind for file in folder.files] == ["crate.obj"]
    mesh = import_folders([folder]).kinds["crate.obj"]
    assert mesh.category is not None and mesh.category.name == "crate"
    digest = folder.digest
    (tmp_path / "other.stl").write_bytes(b"still not read")
    assert scan(tmp_path / "crate.obj").digest == digest
    (tmp_path / "assets.yaml").write_text("files: {crate.obj: {category: cup}, '*.ply': {skip: true}}")
    named = scan(tmp_path / "crate.obj")
    assert named.digest != digest
    category = import_folders([named]).kinds["crate.obj"].category
    assert category is not None and category.name == "cup"
    picture = next(path for path in tmp_path.iterdir() if path.suffix in (".png", ".jpg"))
    picture.write_bytes(picture.read_bytes() + b"\0")
    assert scan(tmp_path / "crate.obj").digest not in (digest, named.digest)
