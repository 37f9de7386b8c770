"""Masks of a VOC set: the class and the object of each pixel as two PNGs."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from synthvis.data.formats.base import ExportedImage
from synthvis.data.formats.voc.layout import VocLayout
from synthvis.data.masks import box_rle
from synthvis.data.sample import Sample, mask_of
from synthvis.errors import DatasetError
from synthvis.formats.json_file import JsonObject
from synthvis.formats.palette_png import VOID, read_palette_png, write_palette_png
from synthvis.formats.rle import CompressedRle

__all__ = ["can_hold_masks", "object_masks", "write_masks"]

MAX_VALUE = VOID - 1


def can_hold_masks(image: Sample) -> bool:
    """Whether all objects of an image have masks, and are few enough for 8 bits; ignore regions need none."""
    own = [one for one in image.objects if not one.is_crowd]
    return len(image.objects) <= MAX_VALUE and all(one.segmentation is not None for one in own)


def write_masks(layout: VocLayout, one: ExportedImage) -> None:
    """Write SegmentationClass/NAME.png and SegmentationObject/NAME.png.

    Larger objects are painted first. Ignore regions are void, where no object is.

    Raises:
        DatasetError: A mask cannot be decoded, or there are too many classes.
    """
    image = one.image
    value_of = {name: value for value, name in enumerate(one.split.category_ids, start=1)}
    if len(value_of) > MAX_VALUE:
        raise DatasetError(f"{len(value_of)} classes: masks of VOC can tell {MAX_VALUE} apart", hint="use --classes")
    classes, objects = (np.zeros(image.image_hw, dtype=np.uint8) for _ in range(2))
    numbered = list(enumerate(image.objects, start=1))
    for number, labelled in sorted(numbered, key=lambda pair: (not pair[1].is_crowd, -pair[1].area_px)):
        if labelled.segmentation is None:
            mask = box_rle(labelled.bbox_xywh_px, image.image_hw).decode()
        else:
            mask = mask_of(labelled.segmentation, image.image_hw)
        classes[mask] = VOID if labelled.is_crowd else value_of[labelled.class_name]
        objects[mask] = VOID if labelled.is_crowd else number
    write_palette_png(layout.class_masks / f"{one.stem}.png", classes)
    write_palette_png(layout.object_masks / f"{one.stem}.png", objects)


def object_masks(path: Path, count: int, image_hw: tuple[int, int]) -> Mapping[int, JsonObject]:
    """Masks of the first `count` objects of an image, as COCO's runs, by their position in the XML file.

    Raises:
        DatasetError: The file cannot be read, or is of another size than the picture.
    """
    values = read_palette_png(path)
    if values.shape != tuple(image_hw):
        raise DatasetError(f"{path} is of another size than its picture")
    return {
        position: CompressedRle.of_mask(values == position + 1).to_json() for position in range(min(count, MAX_VALUE))
    }
