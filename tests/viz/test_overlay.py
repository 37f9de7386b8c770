import math

import numpy as np
import pytest

from synthvis.viz.chips import draw_chips
from synthvis.viz.contact_sheet import contact_sheet
from synthvis.viz.overlay import (
    class_map_colors,
    color_of,
    depth_colors,
    draw_boxes,
    draw_keypoints,
    draw_label,
    draw_masks,
    draw_points,
    resized,
    resized_mask,
)

GREY = np.full((40, 60, 3), 100, dtype=np.uint8)
RED = (255, 0, 0)


def changed(image):
    rows, columns = np.nonzero((image != GREY).any(axis=2))
    return (columns.min(), rows.min(), columns.max() + 1, rows.max() + 1) if len(rows) else None


@pytest.mark.parametrize("box", [(10, 5, 20, 15), (20, 20, 1, 1), (30.2, 10.5, 4.3, 3.1)])
def test_a_box_runs_around_the_pixels_it_holds_and_covers_none(box):
    x, y, w, h = box
    left, top, right, bottom = math.floor(x), math.floor(y), math.ceil(x + w), math.ceil(y + h)
    drawn = draw_boxes(GREY, [box], [RED])
    assert changed(drawn) == (left - 1, top - 1, right + 1, bottom + 1)
    assert np.array_equal(drawn[top:bottom, left:right], GREY[top:bottom, left:right])


def test_in_a_large_picture_lines_are_wider_around_large_objects_only():
    picture = np.full((1000, 1000, 3), 100, dtype=np.uint8)
    for box, line in (((100, 100, 500, 500), 4), ((700, 700, 30, 30), 1)):
        drawn = draw_boxes(picture, [box], [RED])
        x, y, side = box[0], box[1], box[2]
        assert (drawn != picture).any(axis=2).sum() == (side + 2 * line) ** 2 - side**2
        assert np.array_equal(drawn[y : y + side, x : x + side], picture[y : y + side, x : x + side])


@pytest.mark.parametrize(
    ("box", "covered"),
    [
        ((0, 0, 60, 40), 2 * 60 + 2 * 40 - 4),  # the whole picture: its border is all the room there is
        ((0, 10, 20, 20), 20),  # its left column; the other sides are outside
        ((0, 0, 1, 1), 0),  # too small to be drawn over
        ((57, 37, 3, 3), 0),
        ((3, 3, 1, 1), 0),
        ((-5, -5, 10, 10), 0),  # sides beyond the border are not drawn
    ],
)
def test_boxes_at_the_border(box, covered):
    x, y, w, h = box
    drawn = draw_boxes(GREY, [box], [RED])
    assert drawn.shape == GREY.shape
    red = (drawn == RED).all(axis=2)
    assert red.any()
    assert red[max(y, 0) : y + h, max(x, 0) : x + w].sum() == covered


def test_a_dashed_box_has_every_second_piece_of_its_line():
    whole, dashed = (draw_boxes(GREY, [(10, 5, 23, 23)], [RED], [flag]) for flag in (False, True))
    red, pieces = ((drawn == RED).all(axis=2) for drawn in (whole, dashed))
    assert not (pieces & ~red).any()
    # The upper side runs over columns 9 to 33: dashes of 6 pixels from its start.
    assert np.flatnonzero(pieces[4, 9:34]).tolist() == [*range(6), *range(12, 18), 24]
    both = draw_boxes(GREY, [(10, 5, 23, 23), (40, 5, 4, 4)], [RED, RED], [True, False])
    assert (both[4, 39:45] == RED).all()


def test_small_boxes_lie_over_large_ones():
    drawn = draw_boxes(GREY, [(20, 20, 2, 2), (19, 5, 20, 30)], [RED, (0, 0, 255)])
    assert drawn[20, 19].tolist() == list(RED)


def test_masks_tint_only_their_pixels():
    mask = np.zeros((40, 60), dtype=bool)
    mask[4:9, 7:20] = True
    assert changed(draw_masks(GREY, [mask], [RED])) == (7, 4, 20, 9)
    assert changed(draw_masks(GREY, [np.zeros_like(mask)], [RED])) is None


def test_the_outline_of_a_small_mask_does_not_cover_it():
    small, large = np.zeros((40, 60), dtype=bool), np.zeros((40, 60), dtype=bool)
    small[4:14, 4:14] = large[4:34, 20:50] = True
    drawn = draw_masks(GREY, [small, large], [RED, RED])
    tint = drawn[9, 9].tolist()
    assert tint != list(RED) and (drawn[small] == tint).all()
    assert drawn[4, 20].tolist() == list(RED) and drawn[19, 35].tolist() == tint


def test_keypoints_lie_at_their_pixel():
    points = np.array([(20.5, 10.5, 2.0), (40.5, 30.5, 1.0), (0, 0, 0)])
    drawn = draw_keypoints(GREY, [points], [[]], [RED], [40])
    assert drawn[10, 20].tolist() == [255, 255, 255]  # a disc for a visible one
    assert drawn[30, 40].tolist() == [100, 100, 100]  # a ring for an occluded one
    assert drawn[0, 0].tolist() == [100, 100, 100]  # nothing for one that is not labelled
    joined = draw_keypoints(GREY, [points], [[(0, 1), (1, 2)]], [RED], [40])
    assert joined[20, 30].tolist() != [100, 100, 100]
    assert joined[0:5, 0:5].tolist() == GREY[0:5, 0:5].tolist()
    own = draw_points(GREY, points, [RED, (0, 0, 255), RED], 40)
    assert own[10, 20].tolist() == list(RED) and own[30, 40].tolist() == [100, 100, 100]


def test_keypoints_grow_with_the_object_and_small_objects_have_none():
    picture = np.full((400, 400, 3), 100, dtype=np.uint8)
    point = np.array([(200.5, 200.5, 2.0)])

    def covered(side_px):
        return int((draw_keypoints(picture, [point], [[]], [RED], [side_px]) != picture).any(axis=2).sum())

    assert covered(10) == covered(31) == 0
    assert 0 < 4 * covered(32) < 0.1 * 32**2
    assert covered(32) < covered(120) < 0.01 * 120**2


def test_nothing_is_drawn_into_the_image_given():
    frozen = GREY.copy()
    frozen.setflags(write=False)
    draw_boxes(frozen, [(1, 1, 5, 5)], [RED])
    draw_chips(frozen, [(1, 1, 50, 30)], [RED], ["x"])
    draw_masks(frozen, [np.ones((40, 60), dtype=bool)], [RED])
    draw_keypoints(frozen, [np.array([(5, 5, 2.0)])], [[]], [RED], [40])
    draw_label(frozen, "x")
    assert np.array_equal(frozen, GREY)


def test_depth_colours():
    depth = np.full((4, 6), np.inf, dtype=np.float32)
    assert not depth_colors(depth).any()
    depth[0] = 1.0
    depth[1] = 2.0
    colors = depth_colors(depth).astype(int)
    assert not colors[2:].any()
    assert colors[0, 0, 0] > colors[0, 0, 2]  # near is warm
    assert colors[1, 0].tolist() != colors[0, 0].tolist()


def test_a_class_map_in_the_colours_of_its_classes():
    indices = np.array([[0, 1, 2, 255]], dtype=np.uint8)
    drawn = class_map_colors(
        indices, ("background", "apple", "pear"), {"background": RED, "apple": RED, "pear": (1, 2, 3)}
    )
    assert drawn[0].tolist() == [[24, 24, 24], [255, 0, 0], [1, 2, 3], [128, 128, 128]]
    assert class_map_colors(indices[:, :1], ("road",), {"road": RED})[0, 0].tolist() == [255, 0, 0]


def test_colours_differ():
    colors = [color_of(number) for number in range(1, 20)]
    assert len(set(colors)) == len(colors)
    assert color_of(3) == color_of(3)


def test_resizing():
    assert resized(GREY, (20, 30)).shape == (20, 30, 3)
    assert resized(GREY, (40, 60)) is GREY
    mask = np.zeros((4, 4), dtype=bool)
    mask[1, 2] = True
    assert np.argwhere(resized_mask(mask, (8, 8))).tolist() == [[2, 4], [2, 5], [3, 4], [3, 5]]


def test_an_empty_sheet_is_refused():
    with pytest.raises(ValueError, match="needs an image"):
        contact_sheet([], ["rgb"])
