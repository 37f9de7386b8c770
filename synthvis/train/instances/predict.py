"""Masks that a network finds on a labelled split, as RLE of the stored images."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import Tensor, nn
from torchvision.models.detection.roi_heads import paste_masks_in_image

from synthvis.data.sample import Sample
from synthvis.data.split import Split
from synthvis.metrics.predictions import MaskPrediction, RleMask
from synthvis.train.detection.predict import categories_of, detections_of, prediction_of
from synthvis.train.views.letterbox import Letterbox

__all__ = ["predict_masks"]

MASK_PROBABILITY = 0.5


def predict_masks(
    network: nn.Module,
    classes: Sequence[str],
    size: int,
    split: Split,
    device: torch.device,
    on_images: Callable[[int], None] = lambda _: None,
) -> list[MaskPrediction]:
    """Masks with the split's own image and category ids, images in the split's order.

    Raises:
        DatasetError: An image cannot be read.
    """
    category_of = categories_of(split, classes)
    rows: list[MaskPrediction] = []
    for entry, found in detections_of(network, size, split.images, device, on_images):
        rows += _rows_of(entry, found, size, category_of)
    return rows


def _rows_of(
    entry: Sample, found: dict[str, Tensor], size: int, category_of: Sequence[int | None]
) -> list[MaskPrediction]:
    letterbox = Letterbox(entry.image_hw, size)
    clipped = letterbox.to_image(found["boxes"].numpy()).tolist()
    # A mask belongs to its whole box, also where that reaches into the padding.
    whole = found["boxes"] / torch.tensor(letterbox.scale_xy).repeat(2)
    rows = []
    for place, (label, score) in enumerate(zip(found["labels"].tolist(), found["scores"].tolist(), strict=True)):
        box = prediction_of(entry, category_of[label], clipped[place], score)
        if box is None:
            continue
        # One at a time: a hundred masks of a large photograph would fill the memory.
        pasted = paste_masks_in_image(found["masks"][place : place + 1], whole[place : place + 1], entry.image_hw)
        rows.append(
            MaskPrediction(
                image_id=box.image_id,
                category_id=box.category_id,
                bbox=box.bbox,
                score=box.score,
                segmentation=RleMask.of_mask((pasted[0, 0] > MASK_PROBABILITY).numpy()),
            )
        )
    return rows
