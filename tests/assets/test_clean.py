"""From raw triangles to a mesh in metres: size, count and what must not be lost on the way."""

from __future__ import annotations

import numpy as np
import own_files
import pytest

from synthvis.assets.manifest import Entry
from synthvis.assets.meshes.cleaning import MAX_TRIANGLES, clean
from synthvis.assets.meshes.file_mesh import NotUsable, RawMesh, RawSlot


def raw(vertices, faces, **more) -> RawMesh:
    slots = np.zeros(len(faces), dtype=np.int64)
    return RawMesh(vertices=vertices, faces=faces, face_slots=slots, slots=(RawSlot(name="m"),), **more)


def sphere(rings: int) -> RawMesh:
    polar, around = np.meshgrid(np.linspace(0, np.pi, rings), np.linspace(0, 2 * np.pi, 2 * rings), indexing="ij")
    points = np.stack([np.sin(polar) * np.cos(around), np.sin(polar) * np.sin(around), np.cos(polar)], axis=-1)
    number = np.arange(points[..., 0].size).reshape(polar.shape)
    corners = [number[:-1, :-1], number[1:, :-1], number[1:, 1:], number[:-1, 1:]]
    a, b, c, d = (corner.ravel() for corner in corners)
    faces = np.concatenate([np.stack([a, b, c], axis=1), np.stack([a, c, d], axis=1)])
    uv = np.stack([around, polar], axis=-1).reshape(-1, 2)[faces]
    return raw(points.reshape(-1, 3), faces, corner_uv=uv, colors_rgb=np.full((points[..., 0].size, 3), 0.25))


def test_a_fine_mesh_is_reduced_and_keeps_its_form() -> None:
    fine = sphere(220)
    found = clean(fine, Entry(size_m=0.2), "stl")
    mesh = found.raw
    assert MAX_TRIANGLES / 3 < len(mesh.faces) <= MAX_TRIANGLES < len(fine.faces)
    assert "reduced" in " ".join(found.notes)
    radius = np.linalg.norm(mesh.vertices - (0, 0, 0.1), axis=1)
    assert np.abs(radius - 0.1).max() < 0.002
    assert mesh.corner_uv is not None and mesh.corner_uv.shape == (len(mesh.faces), 3, 2)
    assert mesh.colors_rgb is not None and np.allclose(mesh.colors_rgb, 0.25)
    a, b, c = (mesh.vertices[mesh.faces[:, corner]] for corner in range(3))
    area = np.linalg.norm(np.cross(b - a, c - a), axis=1).sum() / 2
    assert area == pytest.approx(4 * np.pi * 0.01, rel=0.02)


@pytest.mark.parametrize(
    ("side", "length_m"), [(0.3, 0.3), (4.0, 4.0), (25.0, 0.25), (120.0, 0.12)], ids=["m", "4 m", "cm", "mm"]
)
def test_a_unit_that_nobody_stated_is_guessed_and_said(side: float, length_m: float) -> None:
    found = clean(raw(own_files.CORNERS * side, own_files.FACES), Entry(), "obj")
    assert np.allclose(np.ptp(found.raw.vertices, axis=0), length_m)
    assert any("unit is taken" in note for note in found.notes) and any("up is taken" in note for note in found.notes)
    assert clean(raw(own_files.CORNERS, own_files.FACES), Entry(), "glb").notes == ()


@pytest.mark.parametrize(
    ("side", "note"),
    [
        (30.0, "the unit is taken to be cm, so it is 300 mm long; if it is 30 mm, write `unit: mm` into assets.yaml"),
        (3.5, "the unit is taken to be m, so it is 3,500 mm long; if it is 3.5 mm, write `unit: mm` into assets.yaml"),
        (
            120.0,
            "the unit is taken to be mm, so it is 120 mm long; if it is 1,200 mm, write `unit: cm` into assets.yaml",
        ),
        # In millimetres it would be smaller than any object may be.
        (0.5, "the unit is taken to be m, so it is 500 mm long"),
    ],
    ids=["a small part", "a smaller part", "a large part", "no other unit"],
)
def test_the_guess_names_the_size_and_the_way_out(side: float, note: str) -> None:
    mesh = raw(own_files.CORNERS * side, own_files.FACES)
    (found,) = [one for one in clean(mesh, Entry(), "stl").notes if "unit" in one]
    assert found == (f"{note} beside the file" if "assets.yaml" in note else note)


def test_a_stated_unit_needs_no_note_and_is_the_way_out_of_a_wrong_guess() -> None:
    found = clean(raw(own_files.CORNERS * 30, own_files.FACES), Entry(unit="mm"), "stl")
    assert np.allclose(np.ptp(found.raw.vertices, axis=0), 0.03)
    assert not any("unit" in note for note in found.notes)


@pytest.mark.parametrize("up", ["x", "-x", "y", "-y", "z", "-z"])
@pytest.mark.parametrize("front", ["x", "-x", "y", "-y", "z", "-z"])
def test_up_and_front_are_turned_to_z_and_x_without_mirroring(up: str, front: str) -> None:
    axes = {name: sign * np.eye(3)[k] for k, axis in enumerate("xyz") for name, sign in ((axis, 1), (f"-{axis}", -1))}
    entry = Entry.model_validate({"unit": "m", "up": up, "front": front, "keypoints": {
        "middle": (0.0, 0.0, 0.0), "up": tuple(axes[up]), "front": tuple(axes[front])}})  # fmt: skip
    mesh = raw(own_files.CORNERS * 2 - 1, own_files.FACES)
    if up[-1] == front[-1]:
        with pytest.raises(NotUsable, match="one axis"):
            clean(mesh, entry, "obj")
        return
    found = clean(mesh, entry, "obj")
    middle = found.keypoints_m["middle"]
    assert np.allclose(found.keypoints_m["up"] - middle, (0, 0, 1))
    assert np.allclose(found.keypoints_m["front"] - middle, (1, 0, 0))
    a, b, c = (found.raw.vertices[found.raw.faces[:, corner]] for corner in range(3))
    assert np.einsum("ij,ij->", a, np.cross(b, c)) / 6 == pytest.approx(8), "inside is still inside"


def test_a_mesh_that_is_inside_out_is_turned() -> None:
    found = clean(raw(own_files.CORNERS, own_files.FACES[:, ::-1]), Entry(), "stl")
    assert "it was inside out" in found.notes
    a, b, c = (found.raw.vertices[found.raw.faces[:, corner]] for corner in range(3))
    assert np.einsum("ij,ij->", a, np.cross(b, c)) > 0
