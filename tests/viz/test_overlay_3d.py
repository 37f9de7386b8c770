import json

import cv2
import numpy as np
import pytest
from fake_dataset import write_fake_dataset

from synthvis.camera.distortion import Distortion
from synthvis.camera.projector import Projector, projector_through
from synthvis.dataset.layout import DatasetLayout
from synthvis.labels.boundary import BOUNDARY
from synthvis.labels.box3d import BOX3D, Box3D
from synthvis.labels.registry import label_names
from synthvis.viz.annotated_images import select_images
from synthvis.viz.contact_sheet import image_view
from synthvis.viz.overlay_3d import (
    AXIS_COLORS,
    draw_arrows,
    draw_axes,
    draw_color_map,
    draw_lines,
    ids_as_colors,
    middle_of,
)

GREY = np.full((64, 64, 3), 100, dtype=np.uint8)
K = np.array([[64.0, 0, 32], [0, 64, 32], [0, 0, 1]])
PINHOLE = Projector(K, (64, 64))
CORNERS = np.array([(x, y, z) for x in (-0.25, 0.25) for y in (-0.25, 0.25) for z in (1.0, 1.5)])
COLOR = (250, 0, 250)


def draw_boxes3d(image, corners, projector, colors, sides_px):
    """As the label box3d asks for it."""
    boxes = {
        k: Box3D(centre_m=np.zeros(3), size_m=np.ones(3), corners_cam_m=points, corners_px=np.zeros((8, 2)))
        for k, points in enumerate(corners, start=1)
    }
    return draw_lines(image, BOX3D.draw(boxes, None).objects, projector, colors, sides_px)


def draw_boundary(image, levels):
    """As the label boundary asks for it."""
    return draw_color_map(image, BOUNDARY.draw(levels, None))


def changed(image):
    rows, columns = np.nonzero((image != GREY).any(axis=2))
    return (columns.min(), rows.min(), columns.max(), rows.max()) if len(rows) else None


def test_a_box_in_space_is_drawn_at_its_corners():
    drawn = draw_boxes3d(GREY, [CORNERS], PINHOLE, [COLOR], [64])
    # The front face spans 16 to 48; lines have a border and soft edges.
    assert changed(drawn) == pytest.approx((16, 16, 48, 48), abs=3.5)
    # From corner 0, upper left in front, x runs to the right and y down.
    # The line lies between two pixels and has a black border.
    assert np.argmax(drawn[15:17, 32].max(axis=0)) == 0 and np.argmax(drawn[32, 15:17].max(axis=0)) == 1
    assert drawn[47:49, 32].max(axis=0)[[0, 2]].min() > 120 > drawn[47:49, 32, 1].max()


@pytest.mark.parametrize("shift_m", [-1.2, -3.0])
def test_boxes_around_and_behind_the_camera(shift_m):
    drawn = draw_boxes3d(GREY, [CORNERS + np.array((0.1, 0, shift_m))], PINHOLE, [COLOR], [64])
    assert drawn.shape == GREY.shape
    assert (changed(drawn) is None) == (shift_m == -3.0)


def lit(image):
    """Pixel centres (x, y) of what is drawn in COLOR, soft edges included."""
    rows, columns = np.nonzero((image[..., 0] > 100) & (image[..., 1] < 70) & (image[..., 2] > 100))
    return np.stack([columns + 0.5, rows + 0.5], axis=1)


@pytest.mark.parametrize("coefficients", [(-0.3, 0.05, 0.003, -0.004, 0.0), (0.5, 0.1, -0.003, 0.004, 0.0)])
def test_edges_are_drawn_along_the_curves_of_opencv(coefficients):
    """A plate of 0.8 m, 1 m away, through a strong lens: each side bends by pixels."""
    grey, fine_K = np.full((256, 256, 3), 100, np.uint8), np.array([[256.0, 0, 128], [0, 256, 128], [0, 0, 1]])
    plate = np.array([(x, y, 1.0) for x in (-0.4, 0.4) for y in (-0.4, 0.4) for _ in "zz"])
    projector = projector_through(fine_K, (256, 256), coefficients)
    drawn = lit(draw_boxes3d(grey, [plate], projector, [COLOR], [64]))
    along = np.linspace(-0.4, 0.4, 400)
    # Those of the box's colour: x = 0.4 and y = 0.4.
    ends, ones = np.full(400, 0.4), np.ones(400)
    sides = np.concatenate([np.stack([ends, along, ones], axis=1), np.stack([along, ends, ones], axis=1)])
    curve = cv2.projectPoints(sides, np.zeros(3), np.zeros(3), fine_K, np.array(coefficients))[0][:, 0]
    gaps = np.linalg.norm(curve[:, None] - drawn, axis=2)
    assert gaps.min(axis=0).max() < 1.5, "all that is drawn lies on the curves"
    # At its ends the other colours go over it.
    assert gaps.min(axis=1)[np.abs(np.tile(along, 2)) < 0.35].max() < 1.5, "and all of the curves is drawn"
    straight = lit(draw_boxes3d(grey, [plate], Projector(fine_K, (256, 256)), [COLOR], [64]))
    assert np.linalg.norm(curve[:, None] - straight, axis=2).min(axis=0).max() > 3


def test_a_lens_that_bends_nothing_draws_straight():
    projector = Projector(K, (64, 64), Distortion((0.0,) * 5, (-9.0, -9.0, 9.0, 9.0)))
    straight, bent = (
        draw_boxes3d(GREY, [CORNERS], PINHOLE, [COLOR], [64]),
        draw_boxes3d(GREY, [CORNERS], projector, [COLOR], [64]),
    )
    assert changed(straight) == pytest.approx(changed(bent), abs=1)
    assert np.abs(straight.astype(int) - bent).mean() < 2


def test_edges_end_where_the_lens_does():
    """From the middle to x / z = 0.6 the lens maps one to one; an edge to x / z = 3 is drawn up to there only."""
    projector = Projector(K, (64, 64), Distortion((-0.5, 0.0, 0.0, 0.0, 0.0), (-0.6, -0.6, 0.6, 0.6)))
    pose = np.eye(4)
    pose[2, 3] = 1.0
    drawn = draw_axes(GREY, [pose], [3.0], projector, [64])
    # 32 + 64 * 0.6 * (1 - 0.5 * 0.36) = 63.5; the formula at 3 would lie far to the left.
    assert np.argmax(drawn[31:33, 60].max(axis=0)) == 0
    assert changed(drawn)[:2] == pytest.approx((32, 32), abs=4.5)
    entering = pose.copy()
    entering[0, 3] = -3.0
    drawn = draw_axes(GREY, [entering], [3.0], projector, [64])
    assert np.argmax(drawn[31:33, 4].max(axis=0)) == 0 and np.argmax(drawn[31:33, 28].max(axis=0)) == 0
    assert changed(drawn)[2] == pytest.approx(32, abs=4.5)
    beyond = pose.copy()
    beyond[0, 3] = 2.0
    assert changed(draw_axes(GREY, [beyond], [0.5], projector, [64])) is None


@pytest.mark.parametrize("view", ["box3d", "pose"])
def test_views_of_a_dataset_know_its_lens(tmp_path, view):
    root = write_fake_dataset(tmp_path / "fruit", label_names(), (-0.35, 0.08, 0.0, 0.0, 0.0))
    through = image_view(select_images(DatasetLayout(root), 3)[1], view, 480)
    path = root / "annotations" / "instances_train.json"
    value = json.loads(path.read_bytes())
    for entry in value["images"]:
        del entry["synthvis"]["distortion"]
    path.write_text(json.dumps(value))
    straight = image_view(select_images(DatasetLayout(root), 3)[1], view, 480)
    assert (through != straight).any(axis=2).mean() > 0.005


def test_axes_by_hand():
    pose = np.eye(4)
    pose[2, 3] = 1.0
    drawn = draw_axes(GREY, [pose], [0.25], PINHOLE, [64])
    assert np.argmax(drawn[32, 42]) == 0 and np.argmax(drawn[42, 32]) == 1
    assert changed(drawn) == pytest.approx((32, 32, 48, 48), abs=3.5)
    assert len(AXIS_COLORS) == 3


def test_arrows_of_any_length():
    drawn = draw_arrows(GREY, [((10.0, 10.0), (50.0, 10.0), "7"), ((5.0, 60.0), (5.0, 60.0), "0")], COLOR)
    assert drawn[10, 30, [0, 2]].min() > 200 > drawn[10, 30, 1]
    assert changed(draw_arrows(GREY, [], COLOR)) is None


def test_the_sides_of_a_boundary_have_their_colours():
    levels = np.zeros((32, 32), dtype=np.uint8)
    levels[2, 2], levels[2, 3], levels[2, 4] = 85, 170, 255
    drawn = draw_boundary(GREY, levels)
    yellow, blue, red = drawn[4, 4].tolist(), drawn[4, 6].tolist(), drawn[4, 8].tolist()
    assert min(yellow[:2]) > 200 and blue[2] > 200 > blue[0] and red[0] > 200 > red[2]
    assert drawn[20, 20].tolist() == [45, 45, 45]


def test_ids_without_a_colour_are_black():
    ids = np.array([[0, 5], [7, 5]], dtype=np.uint16)
    drawn = ids_as_colors(ids, {5: COLOR}, (4, 4))
    assert (drawn[:, 2:] == COLOR).all() and not drawn[:, :2].any()


def test_the_middle_of_a_ring_is_on_the_ring():
    rows, columns = np.mgrid[:40, :40] - 20
    ring = (np.hypot(rows, columns) < 18) & (np.hypot(rows, columns) > 8)
    x, y = middle_of(ring)
    assert ring[int(y), int(x)]
    one = np.zeros((5, 9), dtype=bool)
    one[3, 7] = True
    assert middle_of(one) == (7.5, 3.5)


def test_nothing_is_drawn_into_the_image_given():
    frozen = GREY.copy()
    frozen.setflags(write=False)
    draw_boxes3d(frozen, [CORNERS], PINHOLE, [COLOR], [64])
    draw_axes(frozen, [np.eye(4)], [1.0], PINHOLE, [64])
    draw_arrows(frozen, [((1.0, 1.0), (9.0, 9.0), "x")], COLOR)
    draw_boundary(frozen, np.full((64, 64), 255, dtype=np.uint8))
    assert np.array_equal(frozen, GREY)


def test_boxes_and_axes_of_small_objects_are_thin():
    pose = np.eye(4)
    pose[2, 3] = 1.0
    for draw, what in ((draw_boxes3d, ([CORNERS], PINHOLE, [COLOR])), (draw_axes, ([pose], [0.25], PINHOLE))):
        small, large = ((draw(GREY, *what, [side]) != GREY).any(axis=2).sum() for side in (20, 64))
        assert 0 < small < 0.7 * large
