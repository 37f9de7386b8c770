"""Mask AP against pycocotools on the road that its own users take, and by hand."""

from __future__ import annotations

import contextlib
import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

from synthvis.data.sample import LabelledObject, Sample
from synthvis.data.split import Split
from synthvis.errors import DatasetError
from synthvis.formats.rle import encode_mask
from synthvis.metrics.detection import detection_metrics
from synthvis.metrics.predictions import MaskPrediction, RleMask, predictions_of

HW = (120, 160)
IDS = {"apple": 1, "orange": 2}


def ellipse(x: float, y: float, w: float, h: float) -> np.ndarray:
    rows, columns = np.mgrid[: HW[0], : HW[1]] + 0.5
    return ((columns - x - w / 2) / (w / 2)) ** 2 + ((rows - y - h / 2) / (h / 2)) ** 2 <= 1


def random_case(seed: int) -> tuple[Split, list[MaskPrediction]]:
    rng = np.random.default_rng(seed)
    images, rows = [], []
    for image_id in range(1, 9):
        boxes = []
        for _ in range(rng.integers(0, 4)):
            box = (*rng.uniform(0, 60, 2), *rng.uniform(8, 100, 2))
            mask = ellipse(*box)
            crowd = bool(rng.random() < 0.15)
            boxes.append(
                LabelledObject(
                    class_name=list(IDS)[rng.integers(2)], bbox_xywh_px=box, area_px=float(mask.sum()), is_crowd=crowd,
                    segmentation=encode_mask(mask),
                )
            )  # fmt: skip
            for _ in range(rng.integers(0, 3)):
                near = np.array(box) * rng.uniform(0.85, 1.15, 4)
                row = {"image_id": image_id, "category_id": int(1 + rng.integers(2)), "bbox": near.tolist()}
                rows.append({**row, "segmentation": encode_mask(ellipse(*near)), "score": float(rng.random())})
        images.append(Sample(id=image_id, path=Path("x"), labelled_hw=HW, objects=tuple(boxes)))
    return split_of(*images), predictions_of(rows, MaskPrediction)


def split_of(*images: Sample) -> Split:
    return Split(name="case", kind="real", split="val", images=images, class_names=tuple(IDS), category_ids=IDS)


def reference(split: Split, rows: list[MaskPrediction]) -> COCOeval:
    truth = COCO()
    truth.dataset = {
        "images": [{"id": image.id, "height": HW[0], "width": HW[1]} for image in split.images],
        "categories": [{"id": number, "name": name} for name, number in IDS.items()],
        "annotations": [
            {"image_id": image.id, "category_id": IDS[box.class_name], "bbox": list(box.bbox_xywh_px),
             "area": box.area_px, "iscrowd": int(box.is_crowd), "segmentation": dict(box.segmentation)}
            for image in split.images for box in image.objects
        ],
    }  # fmt: skip
    for number, annotation in enumerate(truth.dataset["annotations"], start=1):
        annotation["id"] = number
    with contextlib.redirect_stdout(io.StringIO()):
        truth.createIndex()
        # A result with a box would be taken for a box.
        bare = [{key: value for key, value in row.to_dict().items() if key != "bbox"} for row in rows]
        evaluation = COCOeval(truth, truth.loadRes(bare), "segm")
        evaluation.evaluate()
        evaluation.accumulate()
        evaluation.summarize()
    return evaluation


@pytest.mark.parametrize("seed", range(4))
def test_mask_ap_equals_pycocotools(seed: int) -> None:
    split, rows = random_case(seed)
    found = detection_metrics(split, rows, tuple(IDS), iou_type="segm", resamples=10).metrics
    names = ("AP", "AP50", "AP75", "AP_small", "AP_medium", "AP_large")
    for name, expected in zip(names, reference(split, rows).stats[:6], strict=True):
        value = found[name].value
        assert (-1 if value is None else value) == pytest.approx(expected, abs=1e-6), name
    assert found["AP"] != detection_metrics(split, rows, tuple(IDS), resamples=10).metrics["AP"]


def test_half_a_mask_in_the_right_box_is_half_an_answer() -> None:
    """IoU 0.6: right at the thresholds 0.5, 0.55 and 0.6, wrong at the other seven."""
    whole, part = np.zeros(HW, bool), np.zeros(HW, bool)
    whole[20:70, 30:80] = True
    part[20:50, 30:80] = True
    box = LabelledObject(
        class_name="apple", bbox_xywh_px=(30, 20, 50, 50), area_px=2500, is_crowd=False, segmentation=encode_mask(whole)
    )
    split = split_of(Sample(id=5, path=Path("x"), labelled_hw=HW, objects=(box,)))
    row = MaskPrediction(
        image_id=5, category_id=1, bbox=(30, 20, 50, 50), segmentation=RleMask.of_mask(part), score=0.5
    )
    masks = detection_metrics(split, [row], ("apple",), iou_type="segm", resamples=0)
    assert masks.metrics["AP"].value == pytest.approx(0.3)
    apple = masks.per_class["apple"]
    assert apple.metrics["AP"].value == pytest.approx(0.3) and apple.metrics["AP50"].value == 1.0
    assert apple.counts == {"boxes": 1}
    assert detection_metrics(split, [row], ("apple",), resamples=0).metrics["AP"].value == 1.0
    empty = replace(row, segmentation=RleMask.of_mask(np.zeros(HW, bool)))
    assert detection_metrics(split, [empty], ("apple",), iou_type="segm", resamples=0).metrics["AP50"].value == 0


def test_what_lies_in_a_crowd_without_a_mask_is_not_counted() -> None:
    mask, other = np.zeros(HW, bool), np.zeros(HW, bool)
    mask[10:30, 10:30] = True
    other[60:80, 100:120] = True
    apple = LabelledObject(
        class_name="apple", bbox_xywh_px=(10, 10, 20, 20), area_px=400, is_crowd=False, segmentation=encode_mask(mask)
    )
    crowd = LabelledObject(class_name="apple", bbox_xywh_px=(90, 50, 60, 60), area_px=900, is_crowd=True)
    right = MaskPrediction(
        image_id=1, category_id=1, bbox=(10, 10, 20, 20), segmentation=RleMask.of_mask(mask), score=0.3
    )
    inside = replace(right, bbox=(100, 60, 20, 20), segmentation=RleMask.of_mask(other), score=0.9)

    def ap(*boxes: LabelledObject) -> float:
        split = split_of(Sample(id=1, path=Path("x"), labelled_hw=HW, objects=boxes))
        found = detection_metrics(split, [inside, right], ("apple",), iou_type="segm", resamples=0)
        return found.metrics["AP50"].value

    assert ap(apple, crowd) == 1.0
    assert ap(apple) == 0.5


def test_a_damaged_mask_is_named() -> None:
    box = LabelledObject(
        class_name="apple", bbox_xywh_px=(1, 1, 5, 5), area_px=25, is_crowd=False, segmentation=[[1, 1, 5, 1]]
    )
    split = split_of(Sample(id=1, path=Path("x"), labelled_hw=HW, objects=(box,)))
    with pytest.raises(DatasetError, match="not a COCO segmentation"):
        detection_metrics(split, [], ("apple",), iou_type="segm")
