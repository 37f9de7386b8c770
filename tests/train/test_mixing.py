"""Batch mixes: weights, pixels and labels by hand."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch")

import torch
from torch import Tensor

from synthvis.data.coco.reader import read_coco_split
from synthvis.errors import UsageError
from synthvis.formats.images import write_png
from synthvis.formats.rle import encode_mask
from synthvis.train.config import ModelConfig, TrainConfig
from synthvis.train.detection.data import DetectionViews
from synthvis.train.views.copy_paste import draw_pasted, pasted
from synthvis.train.views.loader import train_loader
from synthvis.train.views.mixing import BatchMix, blended
from synthvis.train.views.mosaic import draw_mosaic, mosaic
from synthvis.train.views.recipe import AugmentRecipe, CopyPaste, Mosaic

pytestmark = pytest.mark.train

SIDE = 32


def view(value: int, boxes: list[list[float]], label: int = 0, *, masks: bool = False) -> dict[str, Tensor]:
    """A plain picture with objects whose mask is their whole box."""
    made = {
        "image": torch.full((3, SIDE, SIDE), value, dtype=torch.uint8),
        "boxes": torch.tensor(boxes).reshape(-1, 4).float(),
        "labels": torch.full((len(boxes),), label),
    }
    if masks:
        made["masks"] = torch.zeros((len(boxes), SIDE, SIDE), dtype=torch.uint8)
        for mask, (x0, y0, x1, y1) in zip(made["masks"], boxes, strict=True):
            mask[int(y0) : int(y1), int(x0) : int(x1)] = 1
    return made


def recipe(**parts: object) -> AugmentRecipe:
    return AugmentRecipe.model_validate_json(json.dumps(parts))


def test_mixup_of_boxes_weighs_pixels_and_keeps_all_objects() -> None:
    found = blended(view(200, [[0, 0, 8, 8]], 1), view(100, [[4, 4, 9, 9], [1, 1, 3, 3]], 2), 0.25)
    assert found["image"].unique().tolist() == [125]  # 0.25 x 200 + 0.75 x 100
    assert found["labels"].tolist() == [1, 2, 2]
    assert found["boxes"].tolist() == [[0, 0, 8, 8], [4, 4, 9, 9], [1, 1, 3, 3]]


def class_views(values: list[int], side: int = 4) -> list[dict[str, Tensor]]:
    """Plain pictures, each of a class of its own."""
    sure = torch.eye(len(values))
    images = [torch.full((3, side, side), value, dtype=torch.uint8) for value in values]
    return [{"image": image, "probabilities": sure[k]} for k, image in enumerate(images)]


def test_mixup_of_classes_has_one_weight_for_pixels_and_probabilities() -> None:
    values = [0, 60, 120, 240]
    mix = BatchMix(recipe=recipe(mixup={"share": 1, "alpha": 1}), seed=0)
    weights = set()
    for index in range(8):
        for k, one in enumerate(mix((0, index), class_views(values))):
            soft = one["probabilities"]
            assert soft.shape == (4,) and float(soft.sum()) == pytest.approx(1)
            own, other = float(soft[k]), float(soft[k - 1])
            assert own + other == pytest.approx(1)
            assert abs(float(one["image"][0, 0, 0]) - (own * values[k] + other * values[k - 1])) <= 0.5 + 1e-3
            weights.add(round(own, 3))
    assert len(weights) > 5


def test_cutmix_of_classes_has_the_areas_as_probabilities() -> None:
    mix = BatchMix(recipe=recipe(cutmix={"share": 1}), seed=0)
    areas = set()
    for index in range(8):
        first = mix((0, index), class_views([0, 200], 40))[0]
        pasted_share = float((first["image"][0] == 200).float().mean())
        assert float(first["probabilities"][1]) == pytest.approx(pasted_share, abs=1e-6)
        areas.add(pasted_share)
    assert len(areas) > 4


def test_each_class_mix_has_its_share_of_the_batches() -> None:
    mix = BatchMix(recipe=recipe(mixup={"share": 0.5}, cutmix={"share": 0.25}, mosaic={"share": 1}), seed=0)
    views = class_views([0, 200], 8)
    kinds = {"none": 0, "mixup": 0, "cutmix": 0}
    for index in range(200):
        image = mix((0, index), views)[0]["image"]
        levels = set(image.unique().tolist())
        kinds["none" if levels == {0} else "cutmix" if levels <= {0, 200} else "mixup"] += 1
    # A binomial of 200 stays within 30 of its mean; a CutMix of less than a pixel looks like none.
    assert abs(kinds["mixup"] - 100) < 30 and 15 < kinds["cutmix"] < 80


def test_views_without_boxes_or_class_stay_as_they_are() -> None:
    views = [{"image": torch.zeros((3, 4, 4), dtype=torch.uint8), "depth_m": torch.ones((4, 4))}] * 2
    assert BatchMix(recipe=recipe(mixup={"share": 1}), seed=0)((0, 0), views) == views


def test_a_mosaic_worked_by_hand() -> None:
    # Four views of 32 px in a picture of 64; the window from (16, 16) with side 32 shows a quarter of each.
    views = [view(value, [[20, 20, 28, 28]], k, masks=True) for k, value in enumerate((10, 20, 30, 40))]
    found = mosaic(views, (16, 16, 32), 0.1)
    assert [int(found["image"][0, y, x]) for y, x in ((0, 0), (0, 31), (31, 0), (31, 31))] == [10, 20, 30, 40]
    assert [int(found["image"][0, y, x]) for y, x in ((15, 15), (15, 16), (16, 15), (16, 16))] == [10, 20, 30, 40]
    # Of the first the whole box is in the window; of the others at least a part lies outside of it: (52, 20)-(60, 28)
    # ends at 48, and so on.
    assert found["labels"].tolist() == [0] and found["boxes"].tolist() == [[4, 4, 12, 12]]
    assert torch.nonzero(found["masks"][0]).amin(dim=0).tolist() == [4, 4] and int(found["masks"].sum()) == 64


def test_a_mosaic_of_all_four_halves_their_size() -> None:
    views = [view(10, [[0, 0, 32, 32]], k) for k in range(4)]
    found = mosaic(views, (0, 0, 64), 0.1)
    assert found["boxes"].tolist() == [[0, 0, 16, 16], [16, 0, 32, 16], [0, 16, 16, 32], [16, 16, 32, 32]]


def test_drawn_mosaics_show_all_four() -> None:
    views = [view(value, []) for value in (10, 20, 30, 40)]
    for seed in range(20):
        found = draw_mosaic(views, Mosaic(share=1), 0.1, np.random.default_rng(seed))
        assert found["image"].shape == (3, SIDE, SIDE)
        assert {10, 20, 30, 40} <= set(found["image"].unique().tolist())


def test_pasted_pixels_boxes_and_masks() -> None:
    beneath = view(50, [[4, 4, 12, 12], [20, 20, 30, 30], [8, 4, 10, 6]], 0, masks=True)
    other = view(200, [[8, 0, 32, 16], [0, 0, 4, 4]], 1, masks=True)
    found = pasted(beneath, other, torch.tensor([0]), 0.7)
    cover = torch.zeros((SIDE, SIDE), dtype=torch.bool)
    cover[0:16, 8:32] = True
    assert torch.equal(found["image"], torch.where(cover, 200, 50).to(torch.uint8).expand(3, -1, -1))
    # The first is covered from x = 8 on, to one half; the third wholly; the second not at all.
    assert found["boxes"].tolist() == [[4, 4, 8, 12], [20, 20, 30, 30], [8, 0, 32, 16]]
    assert found["labels"].tolist() == [0, 0, 1]
    assert [int(mask.sum()) for mask in found["masks"]] == [32, 100, 384]
    strict = pasted(beneath, other, torch.tensor([0]), 0.4)
    assert strict["labels"].tolist() == [0, 1], "half of the first is hidden, more than is allowed"


def test_boxes_with_a_margin_keep_it_and_whole_boxes_stay_whole() -> None:
    beneath, other = view(50, [[4, 4, 12, 12]], masks=True), view(200, [[8, 0, 32, 16]], masks=True)
    beneath["boxes"] = torch.tensor([[3.0, 3.5, 13.0, 12.5]])
    found = pasted(beneath, other, torch.tensor([0]), 0.7)
    assert found["boxes"][0].tolist() == [3, 3.5, 9, 12.5]
    found = pasted(beneath, other, torch.tensor([0]), 0.7, boxes_follow=False)
    assert found["boxes"][0].tolist() == [3, 3.5, 13, 12.5]


def test_covered_keypoints_are_there_and_not_seen() -> None:
    beneath, other = view(50, [[4, 4, 12, 12]], masks=True), view(200, [[8, 0, 32, 16]], masks=True)
    beneath["keypoints"] = torch.tensor([[[5.0, 5, 2], [10.0, 5, 2], [0.0, 0, 0]]])
    other["keypoints"] = torch.tensor([[[9.0, 5, 2], [10.0, 5, 1], [0.0, 0, 0]]])
    found = pasted(beneath, other, torch.tensor([0]), 0.7)["keypoints"]
    assert found[0].tolist() == [[5, 5, 2], [10, 5, 1], [0, 0, 0]]
    assert torch.equal(found[1], other["keypoints"][0])


def test_objects_without_a_mask_are_never_pasted_and_never_hidden() -> None:
    bare, other = view(50, [[4, 4, 12, 12]], masks=True), view(200, [[0, 0, 32, 32]], 1, masks=True)
    bare["masks"].zero_()
    assert pasted(bare, other, torch.tensor([0]), 0.0)["labels"].tolist() == [0, 1]
    part = CopyPaste(share=1, objects=(1, 3))
    for nothing in (bare, view(50, [], masks=True)):
        assert torch.equal(draw_pasted(other, nothing, part, np.random.default_rng(0))["image"], other["image"])


@pytest.fixture
def masked(tmp_path: Path) -> Path:
    """Two images of 64 px with one object each, whose mask is a half of its box."""
    entries, annotations = [], []
    for number, x in ((1, 8), (2, 40)):
        pixels = np.full((64, 64, 3), 30 * number, np.uint8)
        mask = np.zeros((64, 64), dtype=bool)
        mask[16:32, x : x + 16] = True
        mask[16:24, x : x + 8] = False
        pixels[mask] = 200 + number
        write_png(tmp_path / f"{number}.png", pixels)
        entries.append({"id": number, "file_name": f"{number}.png", "width": 64, "height": 64})
        box = {"bbox": [x, 16, 16, 16], "segmentation": encode_mask(mask), "category_id": number}
        annotations.append({"id": number, "image_id": number, **box})
    categories = [{"id": 1, "name": "apple"}, {"id": 2, "name": "pear"}]
    content = {"images": entries, "annotations": annotations, "categories": categories}
    path = tmp_path / "instances.json"
    path.write_text(json.dumps(content))
    return path


def test_detection_learns_pasted_objects_by_the_masks_of_its_file(masked: Path) -> None:
    split = read_coco_split(masked, masked.parent, name="x", split="train", kind="synthetic")
    config = TrainConfig(
        model=ModelConfig(input_size=64), batch=2, steps=1,
        augment_recipe={"random_offset": False, "copy_paste": {"share": 1}},  # type: ignore[arg-type]
    )  # fmt: skip
    ((images, targets),) = train_loader(DetectionViews(split, split.class_names, config), config, 0, 0)
    for image, target in zip(images, targets, strict=True):
        assert sorted(target["labels"].tolist()) == [0, 1]
        assert sorted(target["boxes"].tolist()) == [[8, 16, 24, 32], [40, 16, 56, 32]]
        assert {201, 202} <= set(image.unique().tolist())
        background = int(image[0, 0, 0])
        assert int(image[0, 17, 9]) == int(image[0, 17, 41]) == background, "pasted beyond the mask"


def test_pasting_without_masks_is_refused(masked: Path) -> None:
    content = json.loads(masked.read_text())
    for annotation in content["annotations"]:
        del annotation["segmentation"]
    masked.write_text(json.dumps(content))
    split = read_coco_split(masked, masked.parent, name="bare", split="train", kind="real")
    config = TrainConfig(model=ModelConfig(input_size=64), augment_recipe={"copy_paste": {"share": 1}})  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="bare has none"):
        DetectionViews(split, split.class_names, config)
