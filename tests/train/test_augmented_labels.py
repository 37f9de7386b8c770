"""Masks and keypoints stay with the pixels through augmentation."""

from __future__ import annotations

import pytest

pytest.importorskip("torch")

import torch

from synthvis.train.views.augment import Augmentation
from synthvis.train.views.geometric import mirrored
from synthvis.train.views.sample import Sample
from synthvis.train.views.strength import recipe_of_strength

pytestmark = pytest.mark.train

SIDE = 60
SQUARES = {"red": (5, 10, 25, 30), "blue": (32, 20, 52, 50)}
"""x0, y0, x1, y1; half-open."""


def scene() -> tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]:
    """A grey picture with a red and a blue square, their boxes, masks, and three corners as keypoints."""
    image = torch.full((3, SIDE, SIDE), 90, dtype=torch.uint8)
    masks = torch.zeros((2, SIDE, SIDE), dtype=torch.uint8)
    keypoints = []
    for place, (x0, y0, x1, y1) in enumerate(SQUARES.values()):
        image[:, y0:y1, x0:x1] = torch.tensor([250, 10, 10] if place == 0 else [10, 10, 250]).view(3, 1, 1)
        masks[place, y0:y1, x0:x1] = 1
        keypoints.append([[x0, y0, 2], [x1, y0, 1], [x0, y1, 2]])
    boxes = torch.tensor([list(map(float, box)) for box in SQUARES.values()])
    return image, boxes, masks, torch.tensor(keypoints, dtype=torch.float32)


def views(**options: object) -> list[dict[str, torch.Tensor]]:
    """Views of full strength whose colours are left alone."""
    image, boxes, masks, keypoints = scene()
    recipe = recipe_of_strength(1.0).model_copy(update=dict.fromkeys(("jitter", "greyscale", "blur", "jpeg")))
    augment = Augmentation(96, recipe, **options)
    found = []
    for seed in range(40):
        torch.manual_seed(seed)
        found.append(augment(image, boxes, torch.tensor([7, 8]), masks=masks, keypoints_xyv=keypoints))
    return found


def test_masks_cover_the_colour_of_their_object() -> None:
    shapes = set()
    for view in views():
        assert len(view["masks"]) == len(view["boxes"]) == len(view["labels"]) == len(view["keypoints"])
        for mask, label in zip(view["masks"].bool(), view["labels"].tolist(), strict=True):
            red, _, blue = view["image"].float()
            own = (red - blue > 120) if label == 7 else (blue - red > 120)
            assert (mask & own).sum() / (mask | own).sum() > 0.75
            shapes.add(int(mask.sum()))
        assert set(view["masks"].unique().tolist()) <= {0, 1}
    assert len(shapes) > 10


def test_keypoints_stay_on_the_corners_and_change_places_in_a_mirror() -> None:
    """Keypoint 0 is the upper left and 1 the upper right corner in every view, mirrored ones too."""
    seen = 0
    for view in views(flip_pairs=((0, 1),)):
        for mask, (left, right, _) in zip(view["masks"], view["keypoints"].tolist(), strict=True):
            rows, columns = mask.any(dim=1).nonzero(), mask.any(dim=0).nonzero()
            for (x, y, visibility), edge in ((left, columns.min()), (right, columns.max() + 1)):
                if visibility:
                    seen += 1
                    assert abs(x - edge) < 2.5 and abs(y - rows.min()) < 2.5
    assert seen > 60


def test_without_mirroring_left_stays_left() -> None:
    pairs = [view["boxes"] for view in views(flip=False) if view["labels"].tolist() == [7, 8]]
    assert len(pairs) > 5 and all(boxes[0, 0] < boxes[1, 0] for boxes in pairs)
    mirrored = [view["boxes"][0, 0] > view["boxes"][1, 0] for view in views() if len(view["boxes"]) == 2]
    assert any(mirrored) and not all(mirrored)


def test_nothing_is_lost_without_augmentation() -> None:
    image, boxes, masks, keypoints = scene()
    view = Augmentation(120, recipe_of_strength(0))(
        image, boxes, torch.tensor([7, 8]), masks=masks, keypoints_xyv=keypoints
    )
    assert torch.allclose(view["boxes"], boxes * 2)
    assert torch.equal(view["masks"], masks.repeat_interleave(2, dim=1).repeat_interleave(2, dim=2))
    assert torch.equal(view["keypoints"], keypoints * torch.tensor([2.0, 2.0, 1.0]))


def test_keypoints_outside_the_picture_are_unlabelled() -> None:
    image, boxes, _, keypoints = scene()
    keypoints[0, 0] = torch.tensor([-3.0, 10, 2])
    keypoints[0, 1] = torch.tensor([10.0, SIDE, 2])
    wide = torch.cat([image, image[:, :20]], dim=1)
    view = Augmentation(96, recipe_of_strength(0))(wide, boxes, torch.tensor([7, 8]), keypoints_xyv=keypoints)
    assert view["keypoints"][0, 0].tolist() == [0, 0, 0]
    assert view["keypoints"][0, 1, 2] == 2
    view = Augmentation(96, recipe_of_strength(0))(image, boxes, torch.tensor([7, 8]), keypoints_xyv=keypoints)
    assert view["keypoints"][0, 1].tolist() == [0, 0, 0]


def test_a_mirrored_point_is_as_far_from_the_other_border() -> None:
    """Boxes and points are continuous: what is 10 px from the left border is 10 px from the right one afterwards."""
    sample = Sample(
        image=torch.zeros((3, 20, 60), dtype=torch.uint8),
        boxes_xyxy_px=torch.tensor([[0.0, 0, 10, 10]]),
        labels=torch.tensor([0]),
        left=torch.ones(1),
        masks=None,
        keypoints_xyv=torch.tensor([[[1.0, 5.0, 2], [10.0, 6.0, 1], [3.0, 7.0, 2]]]),
    )
    found = mirrored(sample, [(0, 1)])
    assert found.boxes_xyxy_px.tolist() == [[50, 0, 60, 10]]
    assert found.keypoints_xyv is not None
    assert found.keypoints_xyv.tolist() == [[[50, 6, 1], [59, 5, 2], [57, 7, 2]]]


@pytest.mark.parametrize("strength", [0.0, 1.0])
def test_a_picture_without_objects_has_empty_masks_and_keypoints(strength: float) -> None:
    image = scene()[0]
    nothing = torch.zeros((0, SIDE, SIDE), dtype=torch.uint8)
    view = Augmentation(96, recipe_of_strength(strength))(
        image, torch.zeros((0, 4)), torch.zeros(0).long(), masks=nothing, keypoints_xyv=torch.zeros((0, 3, 3))
    )
    assert view["masks"].shape == (0, 96, 96) and view["keypoints"].shape == (0, 3, 3)
