"""Boxes, masks and keypoints through changes of geometry, held to numbers worked by hand and to torchvision."""

from __future__ import annotations

import math

import pytest

pytest.importorskip("torch")

import torch
from torchvision import tv_tensors
from torchvision.transforms.v2 import functional

from synthvis.train.views import geometric
from synthvis.train.views.cutout import hidden_share, with_holes
from synthvis.train.views.geometric import Geometry, mirrored, resized_window, to_square
from synthvis.train.views.letterbox import PAD_VALUE
from synthvis.train.views.recipe import AugmentRecipe, Rotate, Shear
from synthvis.train.views.sample import Sample, hull_of, turned

pytestmark = pytest.mark.train


def sample_of(boxes: list[list[float]], image_hw: tuple[int, int] = (40, 60), **extra: torch.Tensor) -> Sample:
    """A dark image with a white pixel block in every whole-numbered box."""
    image = torch.zeros((3, *image_hw), dtype=torch.uint8)
    for x0, y0, x1, y1 in boxes:
        image[:, int(y0) : int(y1), int(x0) : int(x1)] = 255
    count = len(boxes)
    return Sample(
        image=image, boxes_xyxy_px=torch.tensor(boxes).reshape(-1, 4).float(), labels=torch.arange(count),
        left=torch.ones(count), **extra,
    )  # fmt: skip


def masks_of(boxes: list[list[float]], image_hw: tuple[int, int]) -> torch.Tensor:
    masks = torch.zeros((len(boxes), *image_hw), dtype=torch.uint8)
    for mask, (x0, y0, x1, y1) in zip(masks, boxes, strict=True):
        mask[int(y0) : int(y1), int(x0) : int(x1)] = 1
    return masks


def white_box(image: torch.Tensor) -> list[int]:
    rows, columns = torch.nonzero(image[0] > 128, as_tuple=True)
    return [int(columns.min()), int(rows.min()), int(columns.max()) + 1, int(rows.max()) + 1]


def test_a_mirror_moves_boxes_pixels_and_masks_alike() -> None:
    boxes = [[10.0, 5.0, 25.0, 15.0]]
    view = mirrored(sample_of(boxes, masks=masks_of(boxes, (40, 60))))
    assert view.boxes_xyxy_px.tolist() == [[35, 5, 50, 15]]
    assert white_box(view.image) == [35, 5, 50, 15]
    assert view.masks is not None and white_box(view.masks * 255) == [35, 5, 50, 15]


def test_a_mirror_exchanges_the_names_of_paired_keypoints() -> None:
    # nose, left eye, right eye, an eye that is not labelled
    points = torch.tensor([[[20.0, 10, 2], [24.0, 8, 2], [16.0, 8, 1], [0.0, 0, 0]]])
    view = mirrored(sample_of([[10, 5, 30, 25]], keypoints_xyv=points), [(1, 2)])
    assert view.keypoints_xyv is not None
    # x becomes 60 - x; the eye that was on the right of the picture is now on its left, and is the right eye
    assert view.keypoints_xyv[0].tolist() == [[40, 10, 2], [44, 8, 1], [36, 8, 2], [0, 0, 0]]
    twice = mirrored(view, [(1, 2)])
    assert torch.equal(twice.keypoints_xyv, points)  # type: ignore[arg-type]


def test_a_quarter_turn_worked_by_hand() -> None:
    # 40 px square, centre (20, 20), clockwise with y down: (x, y) -> (20 - (y - 20), 20 + (x - 20)) = (40 - y, x)
    matrix = turned((40, 40), 90, 0)
    found = hull_of(torch.tensor([[5.0, 10, 15, 30]]), matrix)
    torch.testing.assert_close(found, torch.tensor([[10.0, 5, 30, 15]]), atol=1e-4, rtol=0)


def test_the_box_of_a_turned_rectangle_is_the_hull_of_its_corners() -> None:
    # A 20 x 10 box about the centre, turned by 30 degrees: half sides 10 cos + 5 sin and 10 sin + 5 cos.
    cosine, sine = math.cos(math.pi / 6), math.sin(math.pi / 6)
    across, down = 10 * cosine + 5 * sine, 10 * sine + 5 * cosine
    found = hull_of(torch.tensor([[20.0, 15, 40, 25]]), turned((40, 60), 30, 0))
    expected = [[30 - across, 20 - down, 30 + across, 20 + down]]
    torch.testing.assert_close(found, torch.tensor(expected), atol=1e-4, rtol=0)


@pytest.mark.parametrize(("angle", "slant"), [(0.0, 0.0), (17.0, 0.0), (-30.0, 12.0), (0.0, -20.0), (90.0, 0.0)])
def test_the_hull_is_torchvisions_and_holds_the_moved_pixels(angle: float, slant: float) -> None:
    boxes = [[20.0, 15.0, 34.0, 25.0]]
    sample = sample_of(boxes, masks=masks_of(boxes, (40, 60)))
    moved = geometric._turn(sample, _rotate(angle), _shear(slant))
    canvas = tv_tensors.BoundingBoxes(torch.tensor(boxes), format="XYXY", canvas_size=(40, 60))
    expected = functional.affine(canvas, angle=angle, translate=[0, 0], scale=1.0, shear=[slant, 0.0])
    torch.testing.assert_close(moved.boxes_xyxy_px, expected.as_subclass(torch.Tensor), atol=1e-3, rtol=0)
    assert moved.masks is not None
    for pixels in (moved.image, moved.masks * 255):
        x0, y0, x1, y1 = white_box(pixels)
        hull = moved.boxes_xyxy_px[0].tolist()
        found = (x0, y0, x1, y1)
        assert all(abs(a - b) < 1.6 for a, b in zip(found, hull, strict=True)), (found, hull)


def _rotate(degrees: float) -> Rotate | None:
    return Rotate(share=1, degrees=(degrees, degrees)) if degrees else None


def _shear(degrees: float) -> Shear | None:
    return Shear(share=1, degrees=(degrees, degrees)) if degrees else None


def test_keypoints_follow_a_turn_and_those_that_leave_are_not_labelled() -> None:
    points = torch.tensor([[[20.0, 30, 2], [58.0, 20, 2], [30.0, 20, 1]]])
    sample = sample_of([[10, 5, 58, 35]], keypoints_xyv=points)
    moved = geometric._turn(sample, _rotate(90), None)
    # About (30, 20): (x, y) -> (50 - y, x - 10); the second lands at (30, 48), below the frame of 40 rows.
    expected = torch.tensor([[[20.0, 10, 2], [0, 0, 0], [30.0, 20, 1]]])
    torch.testing.assert_close(moved.keypoints_xyv, expected, atol=1e-4, rtol=0)


def test_the_square_keeps_the_aspect_and_pads_with_grey() -> None:
    boxes = [[0.0, 0.0, 60.0, 40.0]]
    view = to_square(sample_of(boxes), 30, 1.0, anywhere=False)
    assert view.boxes_xyxy_px.tolist() == [[0, 0, 30, 20]]
    assert (view.image[:, :20] == 255).all() and (view.image[:, 20:] == PAD_VALUE).all()


def test_what_is_larger_than_the_square_is_cut_and_its_boxes_with_it() -> None:
    torch.manual_seed(0)
    boxes = [[0.0, 0.0, 60.0, 40.0], [10.0, 10.0, 20.0, 20.0]]
    view = to_square(sample_of(boxes[:1]), 30, 2.0, anywhere=True)
    assert (view.image == 255).all() and view.boxes_xyxy_px.tolist() == [[0, 0, 30, 30]]
    # 60 x 40 px become 60 x 40 at factor 2 of a 30 px square: 900 of 2,400 px stay
    assert view.left.tolist() == [pytest.approx(900 / 2400)]


def test_slivers_are_dropped_by_what_is_left_of_their_box() -> None:
    sample = sample_of([[0.0, 0.0, 20.0, 10.0], [28.0, 0.0, 48.0, 10.0], [30.0, 0.0, 31.0, 10.0]])
    window = geometric._crop(sample, 0, 0, 40, 30)
    assert window.boxes_xyxy_px.tolist() == [[0, 0, 20, 10], [28, 0, 30, 10], [30, 0, 30, 10]]
    assert window.left.tolist() == [1.0, pytest.approx(0.1), 0.0]
    assert window.without_slivers(0.0).labels.tolist() == [0, 1]
    assert window.without_slivers(0.2).labels.tolist() == [0]


def test_an_image_without_objects_gets_views_too() -> None:
    recipe = AugmentRecipe.model_validate_json(
        '{"flip": {"share": 1}, "iou_crop": {"share": 1}, "resized_crop": {"share": 1}, "rotate": {"share": 1},'
        ' "scale": {"share": 1, "factor": [0.5, 2]}}'
    )
    masks, points = torch.zeros((0, 40, 60), dtype=torch.uint8), torch.zeros((0, 4, 3))
    for seed in range(5):
        torch.manual_seed(seed)
        view = Geometry(recipe, 32)(sample_of([], masks=masks, keypoints_xyv=points))
        assert view.image.shape == (3, 32, 32) and view.boxes_xyxy_px.shape == (0, 4)
        assert view.masks is not None and view.masks.shape == (0, 32, 32)


def test_pixels_boxes_and_masks_stay_together_through_every_part() -> None:
    recipe = AugmentRecipe.model_validate_json(
        '{"flip": {"share": 0.5}, "iou_crop": {"share": 0.5}, "resized_crop": {"share": 0.5},'
        ' "scale": {"share": 1, "factor": [0.5, 2]}, "min_left": 0.3}'
    )
    boxes = [[8.0, 6.0, 40.0, 30.0]]
    seen = 0
    for seed in range(40):
        torch.manual_seed(seed)
        view = Geometry(recipe, 64)(sample_of(boxes, masks=masks_of(boxes, (40, 60))))
        assert view.masks is not None and len(view.masks) == len(view.labels)
        if len(view.labels):
            seen += 1
            for pixels in (view.image - PAD_VALUE * (view.image == PAD_VALUE), view.masks * 255):
                found, box = white_box(pixels), view.boxes_xyxy_px[0].tolist()
                assert all(abs(a - b) <= 1.5 for a, b in zip(found, box, strict=True)), (seed, found, box)
    assert seen > 20


def test_a_window_of_a_picture_worked_by_hand() -> None:
    view = resized_window(sample_of([[10.0, 10.0, 20.0, 20.0]]), (5, 0, 20), 40)
    assert view.boxes_xyxy_px.tolist() == [[10, 20, 30, 40]]


def test_holes_hide_and_what_they_hide_most_of_is_no_target() -> None:
    boxes = [[0.0, 0.0, 10.0, 10.0], [20.0, 0.0, 30.0, 10.0], [40.0, 0.0, 50.0, 10.0]]
    points = torch.tensor([[[5.0, 5.0, 2.0]], [[25.0, 2.0, 2.0]], [[45.0, 5.0, 2.0]]])
    holes = torch.zeros((40, 60), dtype=torch.bool)
    holes[:, 0:8] = True  # 80% of the first
    holes[0:5, 20:30] = True  # half of the second
    sample = sample_of(boxes, keypoints_xyv=points)
    torch.testing.assert_close(hidden_share(sample.boxes_xyxy_px, None, holes), torch.tensor([0.8, 0.5, 0.0]))
    view = with_holes(sample, holes, 0.7)
    assert view.labels.tolist() == [1, 2]
    assert view.keypoints_xyv is not None and view.keypoints_xyv[:, 0, 2].tolist() == [1, 2]
    assert (view.image[:, holes] == PAD_VALUE).all() and view.image[0, 7, 25] == 255
    # By the mask, of which only the upper half of the box is the object, the second is hidden wholly.
    masks = masks_of(boxes, (40, 60))
    masks[1, 5:] = 0
    torch.testing.assert_close(hidden_share(sample.boxes_xyxy_px, masks, holes), torch.tensor([0.8, 1.0, 0.0]))
    assert with_holes(sample_of(boxes, masks=masks), holes, 1.0).labels.tolist() == [0, 1, 2]
