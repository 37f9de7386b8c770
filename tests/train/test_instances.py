"""Instance masks end to end on coloured squares."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch")

import torch
from labelled_squares import write_labelled_squares
from margins import assert_above

from synthvis.data.dataset import find_dataset
from synthvis.data.sample import mask_of
from synthvis.errors import RealDataError, UsageError
from synthvis.formats.rle import decode_mask
from synthvis.metrics.detection import detection_metrics
from synthvis.metrics.picture_predictions import DetectedObjects
from synthvis.metrics.predictions import MaskPrediction, read_predictions
from synthvis.train.config import ModelConfig, TrainConfig
from synthvis.train.engine.checkpoint import load_trained, start_from
from synthvis.train.instances.data import InstanceViews
from synthvis.train.instances.description import DESCRIPTION
from synthvis.train.instances.predict import objects_with_masks
from synthvis.train.run import Request, train_and_evaluate
from synthvis.train.sets import resolve_splits

pytestmark = pytest.mark.train

TASK = DESCRIPTION.learner()

SMALL = ModelConfig(input_size=96, head_channels=32, head_convs=1)
TINY = ModelConfig(input_size=64, head_channels=32, head_convs=1)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_labelled_squares(tmp_path_factory.mktemp("masks"))


def test_masks_are_learnt(seed: int, folder: Path, tmp_path: Path) -> None:
    config = TrainConfig(
        task="instances", model=TINY, steps=30, batch=2, lr=5e-3, warmup=3, augment=0.0, ema=0.8, trainable_stages=0,
        device="cpu", precision="fp32", seed=seed,
    )  # fmt: skip
    train, val, _ = resolve_splits(str(folder), [], task="instances")
    [evaluation] = train_and_evaluate(Request(config=config, train=train, own_val=val, real=(), run_dir=tmp_path))
    metrics = evaluation.metrics
    assert (evaluation.task, evaluation.headline) == ("instances", "mask_AP")
    assert_above("mask_AP50", metrics["mask_AP50"].value, 0.5)
    assert_above("AP50", metrics["AP50"].value, 0.5)
    assert metrics["mask_AP"].low <= metrics["mask_AP"].value <= metrics["mask_AP"].high
    assert set(evaluation.per_class["red square"].metrics) == {"AP", "AP50", "mask_AP", "mask_AP50"}
    path = tmp_path / f"predictions_{folder.name}.json"
    assert all(decode_mask(row["segmentation"]).shape == (96, 96) for row in json.loads(path.read_text()))
    rows = read_predictions(path, MaskPrediction, task="instances", hint="")
    kept = evaluation.bootstrap.draws
    for name, compared in (("mask_AP", "segm"), ("AP", "bbox")):
        again = detection_metrics(val, rows, val.class_names, iou_type=compared)
        assert kept[name] == again.bootstrap.draws["AP"], name
    assert kept["mask_AP"] != kept["AP"]
    other = TASK.build(SMALL, ("blue square", "cup"), pretrained=False)
    start_from(other, tmp_path, task="instances", model=SMALL, classes=("blue square", "cup"))
    layer = "roi_heads.mask_predictor.mask_fcn_logits.weight"
    mine, theirs = other.state_dict()[layer], load_trained(tmp_path).network.state_dict()[layer]
    assert torch.equal(mine[0], theirs[0]) and torch.equal(mine[1], theirs[2])


def test_views_have_the_masks_of_the_file_and_tight_boxes(folder: Path) -> None:
    split = find_dataset(folder).read("train")
    plain = InstanceViews(split, split.class_names, TrainConfig(model=SMALL, augment=0.0))[(0, 1)]
    objects = split.images[1].objects
    assert plain["labels"].tolist() == [0, 1]
    assert plain["boxes"].tolist() == [[x, y, x + w, y + h] for x, y, w, h in (box.bbox_xywh_px for box in objects)]
    for mask, box in zip(plain["masks"], objects, strict=True):
        assert np.array_equal(mask.numpy(), mask_of(box.segmentation, (96, 96)))
    views = InstanceViews(split, split.class_names, TrainConfig(model=SMALL))
    for epoch in range(20):
        view = views[(epoch, 1)]
        assert len(view["boxes"]) == len(view["labels"]) == len(view["masks"])
        for mask, (x0, y0, x1, y1) in zip(view["masks"], view["boxes"].int().tolist(), strict=True):
            assert mask[y0:y1, x0:x1].sum() == mask.sum() > 0


def test_a_found_mask_lies_where_its_box_lies() -> None:
    """A box of the square from (12, 24) to (36, 48) is (10, 20) to (30, 40) in an image of 80 x 60 px shown at 96."""
    left_half = torch.zeros((1, 1, 28, 28))
    left_half[..., :14] = 1
    found = {
        "boxes": torch.tensor([[12.0, 24, 36, 48]]),
        "labels": torch.tensor([0]),
        "scores": torch.tensor([0.75]),
        "masks": left_half,
    }
    [one] = objects_with_masks((60, 80), found, 96)
    assert (one.label, one.score, one.bbox_xywh_px) == (0, 0.75, (10, 20, 20, 20))
    expected = np.zeros((60, 80), bool)
    expected[20:40, 10:20] = True
    assert one.segmentation is not None
    mask = decode_mask(one.segmentation.to_dict())
    assert (mask & expected).sum() / (mask | expected).sum() > 0.8
    objects = DetectedObjects(image_hw=(60, 80), objects=(one,))
    [row] = objects.rows(4, [9])
    assert isinstance(row, MaskPrediction) and (row.image_id, row.category_id) == (4, 9)
    assert objects.rows(4, [None]) == []
    assert list(objects_with_masks((60, 80), found, 96, min_score=0.76)) == []


def test_sets_and_options_that_do_not_fit_are_refused(folder: Path, squares: Path) -> None:
    split, bare = (find_dataset(root).read("train") for root in (folder, squares))
    with pytest.raises(RealDataError, match="8 of 8 objects"):
        DESCRIPTION.require_comparable(bare, split.class_names)
    DESCRIPTION.require_comparable(split, split.class_names)
    with pytest.raises(UsageError, match="instances has no architecture 'fcos'"):
        TASK.build(ModelConfig(arch="fcos"), ("a",), pretrained=False)


@pytest.mark.real
def test_all_objects_of_coco_masks_have_masks_that_fill_their_boxes(real_root: Path) -> None:
    if not (real_root / "coco" / "annotations" / "instances_masks2017.json").is_file():
        pytest.skip("no masks of COCO below SYNTHVIS_REAL")
    split = find_dataset("coco-masks", real_root).read()
    DESCRIPTION.require_comparable(split, ["apple", "Dining Table"])
    for image in split.images[:20]:
        for box in image.objects:
            if not box.is_crowd:
                mask = mask_of(box.segmentation, image.image_hw)
                assert mask.sum() == pytest.approx(box.area_px, rel=0.1, abs=12)
