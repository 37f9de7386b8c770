"""Masks that a network finds on a labelled split, as RLE of the stored images."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torchvision.models.detection.roi_heads import paste_masks_in_image

from synthvis.data.sample import Sample
from synthvis.data.split import Split
from synthvis.formats.rle import encode_mask
from synthvis.train.detection.predict import categories_of, detections_of, image_row
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
) -> list[dict[str, Any]]:
    """COCO results with "bbox" and "segmentation", images in the split's order.

    Raises:
        DatasetError: An image cannot be read.
    """
    category_of = categories_of(split, classes)
    rows: list[dict[str, Any]] = []
    for entry, found in detections_of(network, size, split.images, device, on_images):
        rows += _rows_of(entry, found, size, category_of)
    return rows


def _rows_of(
    entry: Sample, found: dict[str, Tensor], size: int, category_of: Sequence[int | None]
) -> list[dict[str, Any]]:
    box = Letterbox(entry.image_hw, size)
    clipped = box.to_image(found["boxes"].numpy()).tolist()
    # A mask belongs to its whole box, also where that reaches into the padding.
    whole = found["boxes"] / torch.tensor(box.scale_xy).repeat(2)
    rows = []
    for place, (label, score) in enumerate(zip(found["labels"].tolist(), found["scores"].tolist(), strict=True)):
        row = image_row(entry, category_of[label], clipped[place], score)
        if row is None:
            continue
        # One at a time: a hundred masks of a large photograph would fill the memory.
        pasted = paste_masks_in_image(found["masks"][place : place + 1], whole[place : place + 1], entry.image_hw)
        rows.append({**row, "segmentation": encode_mask((pasted[0, 0] > MASK_PROBABILITY).numpy())})
    return rows
