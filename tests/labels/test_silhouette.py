import time

import cv2
import numpy as np
import pytest
from fake_render import cube_mesh
from hypothesis import given
from hypothesis import strategies as st

from synthvis.camera.projector import Projector
from synthvis.labels.silhouette import NEAR_M, clip_to_near_plane, rasterise, silhouette_of

K = np.array([[64.0, 0, 32], [0, 64.0, 32], [0, 0, 1]])
HW = (64, 64)


def brute_force(triangles, hw):
    """Pixel centres inside any triangle, by the sign of three cross products."""
    y, x = np.mgrid[: hw[0], : hw[1]] + 0.5
    inside = np.zeros(hw, dtype=bool)
    for a, b, c in triangles:
        sides = [(q[0] - p[0]) * (y - p[1]) - (q[1] - p[1]) * (x - p[0]) for p, q in ((a, b), (b, c), (c, a))]
        area = (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
        inside |= (np.all([s * np.sign(area) > 0 for s in sides], axis=0)) & (area != 0)
    return inside


def square(x0, y0, x1, y1):
    """Two triangles that share a diagonal."""
    a, b, c, d = (x0, y0), (x1, y0), (x1, y1), (x0, y1)
    return np.array([(a, b, c), (a, c, d)], dtype=float)


@pytest.mark.parametrize(
    ("triangles", "expected"),
    [
        pytest.param(np.zeros((0, 3, 2)), [], id="empty"),
        pytest.param(square(2, 1, 3, 2), [(1, 2)], id="one pixel"),
        pytest.param(square(2.4, 1.4, 2.6, 1.6), [(1, 2)], id="smaller than a pixel, over its centre"),
        pytest.param(square(2.6, 1.6, 2.9, 1.9), [], id="smaller than a pixel, beside its centre"),
        pytest.param(square(0, 0, 4, 3), [(r, c) for r in range(3) for c in range(4)], id="full frame"),
        pytest.param(square(-9, -9, 99, 99), [(r, c) for r in range(3) for c in range(4)], id="beyond the frame"),
        pytest.param(square(3, 0, 9, 1), [(0, 3)], id="over the right border"),
        pytest.param(square(-9, 2, 1, 9), [(2, 0)], id="over the lower left corner"),
        pytest.param(square(5, 0, 9, 3), [], id="beside the frame"),
        pytest.param(np.array([[(0, 0), (4, 3), (2, 1.5)]]), [], id="degenerate"),
        pytest.param(np.array([[(1, 1), (1, 1), (1, 1)]], dtype=float), [], id="a point"),
        pytest.param(square(1.5, 0.5, 3.5, 2.5), [(0, 1), (0, 2), (1, 1), (1, 2)], id="edges on centres: half-open"),
    ],
)
def test_rasterise_by_hand(triangles, expected):
    mask = rasterise(triangles, (3, 4))
    assert [tuple(int(v) for v in place) for place in np.argwhere(mask)] == expected


@pytest.mark.parametrize("seed", range(8))
def test_rasterise_equals_brute_force(seed):
    rng = np.random.default_rng(seed)
    centre = rng.uniform(-10, 60, (40, 1, 2))
    triangles = centre + rng.normal(0, 8, (40, 3, 2))
    assert np.array_equal(rasterise(triangles, (40, 50)), brute_force(triangles, (40, 50)))


@pytest.mark.parametrize("seed", range(4))
def test_a_single_triangle_is_near_that_of_opencv(seed):
    triangle = np.random.default_rng(seed).uniform(5, 95, (3, 2))
    theirs = np.zeros((100, 100), dtype=np.uint8)
    shift = 8
    # OpenCV's pixel centres lie on whole numbers, and it draws the outline too.
    cv2.fillConvexPoly(theirs, np.round((triangle - 0.5) * 2**shift).astype(np.int32), 1, shift=shift)
    ours = rasterise(triangle[None], (100, 100))
    outline = triangle.astype(np.float32)[:, None]
    far = [
        (row, column)
        for row, column in np.argwhere(theirs)
        if cv2.pointPolygonTest(outline, (column + 0.5, row + 0.5), True) < -1
    ]
    assert not (ours & (theirs == 0)).any()
    assert not far


@given(st.lists(st.floats(0.1, 19.9), min_size=2, max_size=2), st.integers(0, 2**32 - 1))
def test_a_fan_leaves_no_gap_and_no_overlap(apex, seed):
    """The triangles around any inner point of a polygon tile it: each centre belongs to exactly one."""
    rng = np.random.default_rng(seed)
    corners = np.array([(0, 0), (20, 0), (20, 20), (0, 20)], dtype=float)
    on_sides = [
        start + (end - start) * rng.random((3, 1)) for start, end in zip(corners, np.roll(corners, -1, 0), strict=True)
    ]
    ring = np.vstack([corners, *on_sides])
    ring = ring[np.argsort(np.arctan2(ring[:, 1] - 10, ring[:, 0] - 10))]
    fan = np.stack([np.broadcast_to(apex, ring.shape), ring, np.roll(ring, -1, axis=0)], axis=1)
    covered = sum(rasterise(triangle[None], (20, 20)).astype(int) for triangle in fan)
    assert (covered == 1).all()


def test_clip_cuts_at_the_plane():
    front, behind = (0.0, 0.0, 1.0), (0.0, 1.0, -1.0)
    triangles = np.array(
        [
            [(0, 0, 1), (1, 0, 1), (0, 1, 1)],
            [front, behind, (1.0, 0.0, -1.0)],
            [behind, front, (1.0, 0.0, 1.0)],
            [(0, 0, -1), (1, 0, -1), (0, 1, -1)],
        ],
        dtype=float,
    )
    cut = clip_to_near_plane(triangles, 0.5)
    assert len(cut) == 1 + 1 + 2
    assert cut[..., 2].min() == 0.5
    # Similar triangles: the plane is a quarter of the way from front to behind, three quarters the other way.
    areas = [np.linalg.norm(np.cross(b - a, c - a)) / 2 for a, b, c in cut]
    whole = [np.linalg.norm(np.cross(b - a, c - a)) / 2 for a, b, c in triangles]
    assert areas[1] == pytest.approx(whole[1] / 16)
    assert areas[2] + areas[3] == pytest.approx(whole[2] * (1 - 9 / 16))


def placed_cube(x, y, z, side=0.5):
    mesh = cube_mesh(side)
    return mesh.vertices_m + np.array([x, y, z]), mesh.faces


def test_cube_by_hand():
    # The front face of a half-metre cube centred 1.25 m ahead is 1 m away: 64 px/m, so 32 px wide around the middle.
    seen = silhouette_of(*placed_cube(0, 0, 1.25), Projector(K, HW))
    expected = np.zeros(HW, dtype=bool)
    expected[16:48, 16:48] = True
    assert np.array_equal(seen.mask, expected)
    assert seen.bbox_xywh_px == pytest.approx((16, 16, 32, 32))
    assert seen.total_px == 32 * 32
    assert seen.truncation == 0


def test_half_outside_the_frame():
    seen = silhouette_of(*placed_cube(-0.5, 0, 1.25), Projector(K, HW))
    # Front face: x from -0.75 to -0.25 at 1 m. Back face: x from -0.75 at 1.5 m, y within 0.25 / 1.5.
    right = 32 - 64 * 0.25 / 1.5
    assert seen.bbox_xywh_px == pytest.approx((-16, 16, right + 16, 32))
    # Outside lie 16 columns of the front face; inside 16, and the trapezium of the right side between 1 and 1.5 m.
    side = (right - 16) * (32 + 32 / 1.5) / 2
    assert seen.total_px == pytest.approx(32 * 32 + side, abs=14)
    assert seen.truncation == pytest.approx(512 / (32 * 32 + side), abs=0.01)
    assert seen.mask[16:48, :16].all()


@pytest.mark.parametrize(
    ("centre", "mask_px", "truncation"),
    [
        pytest.param((0, 0, -3), 0, 0.0, id="behind the camera"),
        pytest.param((9, 0, 3), 0, 0.0, id="beyond what is followed"),
        pytest.param((0, 0, 0), 64 * 64, None, id="around the camera"),
    ],
)
def test_extremes(centre, mask_px, truncation):
    seen = silhouette_of(*placed_cube(*centre), Projector(K, HW))
    assert int(seen.mask.sum()) == mask_px
    assert np.isfinite(seen.bbox_xywh_px).all()
    if truncation is not None:
        assert seen.truncation == truncation


def test_half_behind_the_near_plane():
    # A floor plate 0.1 m below the camera that runs from behind it to 10 m ahead covers all below the horizon.
    vertices = np.array([(-50, 0.1, -5), (50, 0.1, -5), (50, 0.1, 10), (-50, 0.1, 10)], dtype=float)
    seen = silhouette_of(vertices, np.array([(0, 1, 2), (0, 2, 3)], dtype=np.int32), Projector(K, HW))
    horizon_row = 32 + 64 * 0.1 / 10
    expected = np.arange(64) + 0.5 > horizon_row
    assert np.array_equal(seen.mask, np.broadcast_to(expected[:, None], HW))
    assert 0 < seen.truncation < 1
    assert max(np.abs(seen.bbox_xywh_px)) <= 5 * 64
    assert NEAR_M < 0.1


def test_inputs_stay_untouched():
    vertices, faces = placed_cube(0, 0, 0.2)
    before = vertices.copy(), faces.copy()
    silhouette_of(vertices, faces, Projector(K, HW))
    assert np.array_equal(vertices, before[0])
    assert np.array_equal(faces, before[1])


def sphere(columns=56, rows=28):
    polar, turn = np.linspace(0, np.pi, rows), np.linspace(0, 2 * np.pi, columns, endpoint=False)
    vertices = np.stack(
        [
            np.outer(np.sin(polar), np.cos(turn)),
            np.outer(np.sin(polar), np.sin(turn)),
            np.outer(np.cos(polar), turn * 0 + 1),
        ],
        axis=-1,
    ).reshape(-1, 3)
    i, j = (v.reshape(-1) for v in np.mgrid[: rows - 1, :columns])
    a, b = i * columns + j, i * columns + (j + 1) % columns
    return vertices, np.concatenate(
        [np.stack([a, a + columns, b], 1), np.stack([b, a + columns, b + columns], 1)]
    ).astype(np.int32)


def test_sphere_has_the_area_of_its_outline():
    vertices, faces = sphere(200, 100)
    K_300 = np.array([[300.0, 0, 150], [0, 300.0, 150], [0, 0, 1]])
    seen = silhouette_of(vertices * 0.2 + np.array([0, 0, 1.0]), faces, Projector(K_300, (300, 300)))
    radius_px = 300 * 0.2 / np.sqrt(1 - 0.2**2)
    assert seen.total_px == pytest.approx(np.pi * radius_px**2, rel=0.005)


def test_three_thousand_triangles_take_milliseconds():
    vertices, faces = sphere()
    vertices = vertices * 0.04 + np.array([0, 0, 0.5])
    times = []
    for _ in range(15):
        started = time.perf_counter()
        silhouette_of(vertices, faces, Projector(np.array([[350.0, 0, 160], [0, 350.0, 160], [0, 0, 1]]), (320, 320)))
        times.append(time.perf_counter() - started)
    # Measured 1.2 ms on a busy two-core machine; the limit only catches a loop over triangles.
    assert min(times) < 0.01
