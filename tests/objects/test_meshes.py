import numpy as np
import pytest

from synthvis.geometry import rotation_about
from synthvis.objects.mesh import meshes


def closed_parts():
    wave = 0.05 + 0.004 * meshes.ring_noise(3, 9, 24)
    helix = np.linspace(0, 3, 20)
    return {
        "ball": meshes.ellipsoid("a", (1, 1, 1)),
        "wavy tube": meshes.tube("a", np.linspace((0, 0, 0), (0.3, 0, 0), 9), wave, 24),
        "helix": meshes.tube("a", np.stack([np.cos(helix), np.sin(helix), helix], 1), 0.1, 8),
        "vessel": meshes.revolve("a", [0, 3, 4, 3.8, 2.8, 0], [0, 0, 5, 5, 0.3, 0.3]),
        "ring": meshes.revolve("a", [3, 4, 3, 2], [-1, 0, 1, 0], 16, loop=True),
        "open-ended": meshes.revolve("a", [2, 3], [0, 1], 12),
        "leaf": meshes.leaf_blade("a", 0.06, 0.03),
        "cylinder": meshes.cylinder("a", 0.03, 0.1),
    }


@pytest.mark.parametrize("name", closed_parts())
def test_parts_are_closed_and_face_outward(name):
    part = closed_parts()[name]
    assert part.faces.dtype == np.int32
    assert meshes.is_closed(part.faces)
    assert meshes.volume_m3(part.vertices_m, part.faces) > 0
    assert all(len(values) == len(part.vertices_m) for values in part.attributes.values())


def test_a_hole_is_noticed():
    ball = meshes.ellipsoid("a", (1, 1, 1))
    assert not meshes.is_closed(ball.faces[1:])
    flipped = ball.faces.copy()
    flipped[0] = flipped[0, ::-1]
    assert not meshes.is_closed(flipped)


def test_volumes_known_by_hand():
    ball = meshes.ellipsoid("a", (1, 2, 3), 96, 64)
    assert meshes.volume_m3(ball.vertices_m, ball.faces) == pytest.approx(4 / 3 * np.pi * 6, rel=5e-3)
    cube = meshes.box("a", (2, 3, 4))
    assert meshes.volume_m3(cube.vertices_m, cube.faces) == pytest.approx(24)
    assert cube.vertices_m[:, 2].min() == 0
    assert cube.vertices_m.max(axis=0) == pytest.approx((1, 1.5, 4))
    torus = meshes.revolve("a", 3 + np.cos(turn := np.linspace(-np.pi, np.pi, 65)[:-1]), np.sin(turn), 96, loop=True)
    assert meshes.volume_m3(torus.vertices_m, torus.faces) == pytest.approx(2 * np.pi**2 * 3, rel=5e-3)
    rod = meshes.tube("a", [(0, 0, 0), (0, 2, 0), (0, 5, 0)], 0.5, 64)
    assert meshes.volume_m3(rod.vertices_m, rod.faces) == pytest.approx(np.pi * 0.25 * 5, rel=5e-3)


def test_tube_angle_90_points_up():
    radius = np.full((2, 8), 0.1)
    radius[:, 2] = 0.5
    part = meshes.tube("a", [(0, 0, 0), (1, 0, 0)], radius, 8)
    assert part.vertices_m[:, 2].max() == pytest.approx(0.5)
    with pytest.raises(ValueError, match="runs along"):
        meshes.tube("a", [(0, 0, 0), (0, 0, 1)], 0.1)


def test_open_sheets_face_up():
    for sheet in (meshes.disk("a", 1), meshes.grid("a", (2, 3), np.zeros((4, 3)))):
        a, b, c = (sheet.vertices_m[sheet.faces[:, k]] for k in range(3))
        assert (np.cross(b - a, c - a)[:, 2] > 0).all()
    assert np.ptp(meshes.grid("a", (2, 3), np.zeros((4, 3))).vertices_m, axis=0) == pytest.approx((2, 3, 0))


def test_merge_keeps_slots_attributes_and_rests_on_the_ground():
    ball = meshes.ellipsoid("skin", (0.04, 0.04, 0.04))
    stem = meshes.moved(
        meshes.cylinder("stem", 0.001, 0.02), rotation=rotation_about((1, 0, 0), 0.3), offset_m=(0, 0, 0.04)
    )
    leaf = meshes.leaf_blade("leaf", 0.05, 0.02)
    mesh = meshes.merge([ball, stem, leaf], [(0, 0, 0.04), (0, 0, -0.04)])
    assert mesh.slots == ("skin", "stem", "leaf")
    assert mesh.vertices_m[:, 2].min() == 0
    assert mesh.keypoints_m[:, 2] == pytest.approx((0.08, 0))
    assert np.bincount(mesh.face_slots).tolist() == [len(ball.faces), len(stem.faces), len(leaf.faces)]
    assert mesh.attributes["across"][: len(ball.vertices_m)].tolist() == [0] * len(ball.vertices_m)
    assert all(values.dtype == np.float32 for values in mesh.attributes.values())
    used = mesh.vertices_m[mesh.faces[mesh.face_slots == 1]].reshape(-1, 3)
    assert used[:, 2].min() > 0.07


def test_ring_noise_is_bounded_and_seeded():
    noise = meshes.ring_noise(7, 20, 32)
    assert noise.shape == (20, 32)
    assert np.abs(noise).max() <= 1
    assert np.array_equal(noise, meshes.ring_noise(7, 20, 32))
    assert not np.array_equal(noise, meshes.ring_noise(8, 20, 32))
