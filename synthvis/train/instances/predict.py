"""Masks that a network finds in pictures, as RLE of the pictures as they were given."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import torch
from torch import Tensor
from torchvision.models.detection.roi_heads import paste_masks_in_image

from synthvis.metrics.picture_predictions import DetectedObject, DetectedObjects
from synthvis.metrics.predictions import RleMask
from synthvis.train.detection.predict import detected_object, found_in_squares
from synthvis.train.picture import Picture
from synthvis.train.trained import Trained
from synthvis.train.views.letterbox import Letterbox

__all__ = ["find_masks"]

MASK_PROBABILITY = 0.5


def find_masks(
    trained: Trained, pictures: Sequence[Picture], device: torch.device, min_score: float = 0.0
) -> Iterator[DetectedObjects]:
    """Objects of each picture with their masks."""
    size = trained.model.input_size
    squares = found_in_squares(trained.network, size, device, [picture.pixels for picture in pictures])
    for picture, found in zip(pictures, squares, strict=True):
        objects = tuple(objects_with_masks(picture.image_hw, found, size, min_score))
        yield DetectedObjects(image_hw=picture.image_hw, objects=objects)


def objects_with_masks(
    image_hw: tuple[int, int], found: dict[str, Tensor], size: int, min_score: float = 0.0
) -> Iterator[DetectedObject]:
    """What Mask R-CNN found in the square of a picture, in pixels of the picture.

    Args:
        image_hw: Height and width of the picture.
        found: "boxes", "labels", "scores" and "masks" in pixels of the square.
        size: Side of the square.
        min_score: Objects below it are left out.
    """
    letterbox = Letterbox(image_hw, size)
    clipped = letterbox.to_image(found["boxes"].numpy()).tolist()
    # A mask belongs to its whole box, also where that reaches into the padding.
    whole = found["boxes"] / torch.tensor(letterbox.scale_xy).repeat(2)
    for place, (label, score) in enumerate(zip(found["labels"].tolist(), found["scores"].tolist(), strict=True)):
        one = detected_object(label, clipped[place], score)
        if one is None or one.score < min_score:
            continue
        # One at a time: a hundred masks of a large photograph would fill the memory.
        pasted = paste_masks_in_image(found["masks"][place : place + 1], whole[place : place + 1], image_hw)
        yield replace(one, segmentation=RleMask.of_mask((pasted[0, 0] > MASK_PROBABILITY).numpy()))
