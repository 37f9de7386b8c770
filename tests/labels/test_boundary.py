"""Boundaries of maps that one can work out on paper."""

import numpy as np
import pytest
from fake_render import box_mesh, camera, cast_rays, cube_mesh
from fake_scene import at, scene, thing

from synthvis.labels.boundary import BEHIND, IN_FRONT, INSIDE, LEVELS, TOUCHING, boundary_map

INF = np.inf


def levels_of(ids, depth_m):
    return boundary_map(np.array(ids, dtype=np.uint16), np.array(depth_m, dtype=np.float32)).tolist()


def test_the_levels_are_these():
    assert LEVELS == (0, 85, 170, 255) == (INSIDE, TOUCHING, BEHIND, IN_FRONT)


@pytest.mark.parametrize(
    ("ids", "depth_m", "expected"),
    [
        pytest.param([[0, 0, 1, 1, 0]], [[2, 2, 1, 1, 2]], [[0, 170, 255, 255, 170]], id="in front of the stage"),
        pytest.param([[4, 4, 7, 7]], [[1, 1, 1, 1]], [[0, 85, 85, 0]], id="touching"),
        pytest.param([[4, 7]], [[1, 1.004]], [[85, 85]], id="less than a step"),
        pytest.param([[4, 7]], [[1, 1.006]], [[255, 170]], id="a step"),
        pytest.param([[0, 3, 0]], [[INF, 5, INF]], [[170, 255, 170]], id="before the sky"),
        pytest.param([[3, 0]], [[INF, INF]], [[85, 85]], id="without depth"),
        pytest.param([[1, 2, 3]], [[1, 2, 3]], [[255, 255, 170]], id="behind one and before another"),
        pytest.param([[1, 2, 3]], [[1, 2, 2]], [[255, 170, 85]], id="behind one and touching another"),
        pytest.param([[1, 1, 1, 1]], [[1, 9, 1, 9]], [[0, 0, 0, 0]], id="steps within an object"),
        pytest.param([[5]], [[1]], [[0]], id="one pixel"),
        pytest.param([[0, 0], [0, 0]], [[INF, INF], [INF, INF]], [[0, 0], [0, 0]], id="empty image"),
    ],
)
def test_by_hand_in_all_directions(ids, depth_m, expected):
    assert levels_of(ids, depth_m) == expected
    turned = [np.array(value) for value in (ids, depth_m, expected)]
    for _ in range(3):
        turned = [np.rot90(value) for value in turned]
        assert levels_of(*turned[:2]) == turned[2].tolist()


def test_a_diagonal_neighbour_is_none():
    ids = np.zeros((3, 3))
    ids[1, 1] = 1
    found = np.array(levels_of(ids, np.where(ids, 1.0, 2.0)))
    assert found.tolist() == [[0, 170, 0], [170, 255, 170], [0, 170, 0]]


def test_a_cup_on_a_table_that_is_seen_at_a_slant_touches_it():
    # From the top: wall of a cup (2), then the table (1), which comes 4 cm nearer with every row.
    column = [1.0, 1.0, 1.0, 0.96, 0.92, 0.88]
    assert np.ravel(levels_of([[2], [2], [2], [1], [1], [1]], [[z] for z in column])).tolist() == [0, 0, 85, 85, 0, 0]
    # The same table seen over the edge of a box: no slope explains half a metre.
    column = [1.5, 1.5, 1.5, 0.96, 0.92, 0.88]
    assert np.ravel(levels_of([[2], [2], [2], [1], [1], [1]], [[z] for z in column])).tolist() == [0, 0, 170, 255, 0, 0]


def test_the_slope_of_another_object_explains_nothing():
    # The slope of 4 cm a row belongs to object 3, which the table's last row does not show.
    column = [1.0, 1.0, 0.96, 0.92, 0.88]
    assert np.ravel(levels_of([[2], [2], [1], [3], [3]], [[z] for z in column])).tolist()[1:3] == [170, 255]


def test_a_cube_before_a_plane():
    # 16 x 16 pixels in front: its own outer ring is 60 pixels, the ring around it 4 x 16.
    meshes = {1: cube_mesh(0.25), 2: box_mesh((-1, -1, 0), (1, 1, 0))}
    passes = cast_rays(scene(camera(), thing(1, at(0, 0, 1.125)), thing(2, at(0, 0, 2))), meshes)
    levels = boundary_map(passes.instance_id, passes.depth_m)
    assert [int((levels == level).sum()) for level in LEVELS] == [64 * 64 - 60 - 64, 0, 64, 60]
    assert (passes.instance_id[levels == IN_FRONT] == 1).all()
    assert (passes.instance_id[levels == BEHIND] == 2).all()


def test_a_sphere_owns_its_outline():
    rows, columns = np.mgrid[:64, :64]
    x, y = (columns + 0.5 - 32) / 64, (rows + 0.5 - 32) / 64
    a, b = x**2 + y**2 + 1, 1.5
    inside = b**2 - a * (1.5**2 - 0.3**2)
    on_sphere = inside > 0
    depth = np.where(on_sphere, (b - np.sqrt(np.maximum(inside, 0))) / a, 2.0)
    levels = boundary_map(on_sphere.astype(np.uint16), depth.astype(np.float32))
    assert set(np.unique(levels[on_sphere])) == {INSIDE, IN_FRONT}
    assert set(np.unique(levels[~on_sphere])) == {INSIDE, BEHIND}


def test_what_is_given_stays_as_it_is():
    ids, depth = np.array([[1, 2]], dtype=np.uint16), np.array([[1, 2]], dtype=np.float32)
    ids.setflags(write=False)
    depth.setflags(write=False)
    assert boundary_map(ids, depth).tolist() == [[255, 170]]
