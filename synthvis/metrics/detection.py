"""Box and mask AP of detections on a split, with 95% intervals from a bootstrap over images."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from synthvis.data.masks import box_rle
from synthvis.data.sample import LabelledObject, Sample, rle_of
from synthvis.data.split import Split, class_key
from synthvis.metrics.coco_ap import CocoAnnotation, CocoCase, coco_result, coco_scores
from synthvis.metrics.measures import Bootstrap, Measures
from synthvis.metrics.predictions import BoxPrediction, MaskPrediction
from synthvis.metrics.resampling import kept_draws

__all__ = ["detection_case", "detection_metrics"]

Compared = Literal["bbox", "segm"]


def detection_metrics(
    split: Split,
    predictions: Sequence[BoxPrediction],
    class_names: Sequence[str],
    *,
    iou_type: Compared = "bbox",
    resamples: int = 200,
    seed: int = 0,
) -> Measures:
    """COCO metrics of `predictions` on `split`, over `class_names` only.

    Args:
        split: The labelled images; all of them count, also those without any of the classes.
        predictions: Detections with the split's own image and category ids.
        class_names: The split's names of the classes to measure.
        iou_type: Whether boxes overlap or masks.
        resamples: Bootstrap resamples of the images; 0 leaves low and high None.
        seed: Seed of the resampling.

    Raises:
        DatasetError: Masks are compared and one cannot be decoded.
    """
    scores = coco_scores(detection_case(split, predictions, class_names, iou_type), resamples=resamples, seed=seed)
    boxes = _boxes_per_class(split, class_names)
    return Measures(
        images=len(split.images),
        counts={"boxes": sum(boxes.values())},
        metrics=scores.metrics,
        per_class={name: replace(row, counts={"boxes": boxes[name]}) for name, row in scores.per_class.items()},
        pr_curves=scores.pr_curves,
        operating_point=scores.operating_point,
        bootstrap=Bootstrap(resamples=resamples, seed=seed, draws={"AP": kept_draws(scores.draws)}),
    )


def detection_case(
    split: Split, predictions: Sequence[BoxPrediction], class_names: Sequence[str], iou_type: Compared = "bbox"
) -> CocoCase:
    """Ground truth and predictions for pycocotools."""
    wanted = set(class_names)
    rows = [(image, box) for image in split.images for box in image.objects if box.class_name in wanted]
    return CocoCase(
        iou_type=iou_type,
        image_sizes={image.id: image.image_hw for image in split.images},
        category_ids={name: split.category_ids[name] for name in class_names},
        ground_truth=[_ground_truth(split, image, box, iou_type) for image, box in rows],
        predictions=_annotations(split, predictions, iou_type),
    )


def _ground_truth(split: Split, image: Sample, box: LabelledObject, iou_type: Compared) -> CocoAnnotation:
    row = CocoAnnotation(
        image_id=image.id,
        category_id=split.category_ids[box.class_name],
        bbox=list(box.bbox_xywh_px),
        area=box.area_px,
        iscrowd=int(box.is_crowd),
    )
    if iou_type == "segm":
        # A crowd without a mask is ignored all over its box.
        row["segmentation"] = (
            box_rle(box.bbox_xywh_px, image.image_hw)
            if box.segmentation is None
            else rle_of(box.segmentation, image.image_hw)
        ).to_json()
    return row


def _annotations(split: Split, predictions: Sequence[BoxPrediction], iou_type: Compared) -> list[CocoAnnotation]:
    if iou_type == "bbox":
        return [coco_result(row, area_px=float(row.bbox[2] * row.bbox[3])) for row in predictions]
    sizes = {image.id: image.image_hw for image in split.images}
    rows = []
    for row in predictions:
        if row.image_id in sizes:
            if not isinstance(row, MaskPrediction):
                raise TypeError("masks are compared of MaskPredictions only")
            mask = row.segmentation.checked(sizes[row.image_id])
            rows.append(coco_result(row, area_px=float(mask.area_px)) | {"segmentation": mask.to_json()})
    return rows


def _boxes_per_class(split: Split, class_names: Sequence[str]) -> dict[str, int]:
    wanted = {class_key(name): name for name in class_names}
    boxes = dict.fromkeys(class_names, 0)
    for image in split.images:
        for box in image.objects:
            if not box.is_crowd and class_key(box.class_name) in wanted:
                boxes[wanted[class_key(box.class_name)]] += 1
    return boxes
