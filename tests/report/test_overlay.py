import numpy as np
import pytest

from synthvis.report.contact_sheet import contact_sheet
from synthvis.report.overlay import (
    color_of,
    depth_colors,
    draw_boxes,
    draw_keypoints,
    draw_label,
    draw_masks,
    normal_colors,
    resized,
    resized_mask,
)

GREY = np.full((40, 60, 3), 100, dtype=np.uint8)
RED = (255, 0, 0)


def changed(image):
    rows, columns = np.nonzero((image != GREY).any(axis=2))
    return (columns.min(), rows.min(), columns.max() + 1, rows.max() + 1) if len(rows) else None


def test_a_box_is_drawn_on_the_pixels_it_holds():
    assert changed(draw_boxes(GREY, [(10, 5, 20, 15)], [RED], [""])) == (10, 5, 30, 20)


@pytest.mark.parametrize("box", [(0, 0, 60, 40), (-5, -5, 10, 10), (55, 35, 30, 30), (3, 3, 1, 1)])
def test_boxes_and_names_at_the_border(box):
    drawn = draw_boxes(GREY, [box], [RED], ["a long name of a class"])
    assert drawn.shape == GREY.shape
    assert (drawn == RED).all(axis=2).any()


def test_masks_tint_only_their_pixels():
    mask = np.zeros((40, 60), dtype=bool)
    mask[4:9, 7:20] = True
    assert changed(draw_masks(GREY, [mask], [RED])) == (7, 4, 20, 9)
    assert changed(draw_masks(GREY, [np.zeros_like(mask)], [RED])) is None


def test_keypoints_lie_at_their_pixel():
    points = np.array([(20.5, 10.5, 2.0), (40.5, 30.5, 1.0), (0, 0, 0)])
    drawn = draw_keypoints(GREY, [points], [[]], [RED])
    assert drawn[10, 20].tolist() == [255, 255, 255]  # a disc for a visible one
    assert drawn[30, 40].tolist() == [100, 100, 100]  # a ring for an occluded one
    assert drawn[0, 0].tolist() == [100, 100, 100]  # nothing for one that is not labelled
    joined = draw_keypoints(GREY, [points], [[(0, 1), (1, 2)]], [RED])
    assert joined[20, 30].tolist() != [100, 100, 100]
    assert joined[0:5, 0:5].tolist() == GREY[0:5, 0:5].tolist()


def test_nothing_is_drawn_into_the_image_given():
    frozen = GREY.copy()
    frozen.setflags(write=False)
    draw_boxes(frozen, [(1, 1, 5, 5)], [RED], ["x"])
    draw_masks(frozen, [np.ones((40, 60), dtype=bool)], [RED])
    draw_keypoints(frozen, [np.array([(5, 5, 2.0)])], [[]], [RED])
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


def test_normals_in_the_usual_colours():
    normals = np.array([[(0, 0, -1), (0, -1, 0), (1, 0, 0), (0, 0, 0)]], dtype=np.float32)
    towards, up, right, nothing = normal_colors(normals)[0].tolist()
    assert towards == [128, 128, 255]
    assert up == [128, 255, 128]
    assert right == [255, 128, 128]
    assert nothing == [0, 0, 0]


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
