"""What a set looks like in numbers: one sample for each statistic, with the image that each value belongs to."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from synthvis.data.sample import LabelledObject
from synthvis.data.sample import Sample as ImageSample
from synthvis.data.split import Split, class_key
from synthvis.data.statistics import is_cut_by_frame, relative_size
from synthvis.gap import pixel_measures
from synthvis.gap.common_form import CommonForm

__all__ = ["Sample", "SetMeasures", "Shares", "boxes_of", "measure_set"]

Floats = NDArray[np.float64]
Row = tuple[int, Mapping[str, float]]

MIN_CROP_PX = 4
"""Sides of an object in the common form below which its colours say nothing."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sample:
    """Numbers, each of an image or of an object in it.

    Attributes:
        values: (M,) finite.
        owner: (M,) index of the image.
    """

    values: Floats
    owner: NDArray[np.intp]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Shares:
    """How much of each category an image has.

    Attributes:
        masses: (N, K) >= 0.
        names: Of the K categories.
    """

    masses: Floats
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SetMeasures:
    """All image statistics of a set by name.

    Attributes:
        images: N.
        objects: Labelled objects of the compared classes.
        samples: Statistics that are numbers.
        shares: Statistics that are categories.
    """

    images: int
    objects: int
    samples: Mapping[str, Sample]
    shares: Mapping[str, Shares]


def measure_set(
    split: Split,
    classes: Sequence[str],
    form: CommonForm,
    on_images: Callable[[int], None] = lambda _: None,
) -> SetMeasures:
    """Read every picture of a split once, in its common form, and measure it and its objects.

    Args:
        split: The set.
        classes: Classes that are compared, in any set's spelling; others and crowds are background.
        form: What pictures are brought to first.
        on_images: Called with the number of pictures done since the last call.

    Raises:
        DatasetError: A picture cannot be read.
    """
    keys = tuple(class_key(name) for name in classes)
    image_rows: list[Row] = []
    object_rows: list[Row] = []
    hues, object_hues = [], []
    for index, image in enumerate(split.images):
        boxes = boxes_of(image, keys)
        colour = pixel_measures.colour_planes(form.apply(image.image))
        image_rows.append((index, _image_statistics(colour, boxes)))
        hues.append(pixel_measures.hue_histogram(colour))
        crops = [_window(colour, image, box) for box in boxes]
        object_rows += [
            (index, _object_statistics(image, position, boxes, crops[position])) for position in range(len(boxes))
        ]
        object_hues.append(_mean_hues(crops))
        on_images(1)
    counts = _class_counts(split, keys)
    return SetMeasures(
        images=len(split.images),
        objects=len(object_rows),
        samples={**_samples(image_rows), **_samples(object_rows)},
        shares={
            "classes": Shares(masses=counts, names=tuple(classes)),
            "pairs": _pairs(counts, classes),
            "hue": Shares(masses=np.array(hues), names=pixel_measures.HUE_NAMES),
            "object_hue": Shares(masses=np.array(object_hues), names=pixel_measures.HUE_NAMES),
        },
    )


def boxes_of(image: ImageSample, keys: Sequence[str]) -> list[LabelledObject]:
    """Objects of classes whose `class_key` is among `keys`, crowds left out."""
    return [box for box in image.objects if not box.is_crowd and class_key(box.class_name) in keys]


def _image_statistics(colour: pixel_measures.Colour, boxes: Sequence[LabelledObject]) -> dict[str, float]:
    return {
        "objects_per_image": float(len(boxes)),
        "classes_per_image": float(len({box.class_name for box in boxes})),
        "luma": float(colour.luma.mean()),
        "contrast": float(colour.luma.std()),
        "saturation": float(colour.saturation.mean()),
        "saturation_spread": float(colour.saturation.std()),
        "hue_spread": pixel_measures.hue_spread(colour),
        "sharpness": pixel_measures.laplacian_log_variance(colour.luma),
        "noise": pixel_measures.noise_sigma(colour.luma),
        "spectrum_slope": pixel_measures.spectrum_slope(colour.luma),
    }


def _object_statistics(
    image: ImageSample, position: int, boxes: Sequence[LabelledObject], crop: pixel_measures.Colour | None
) -> dict[str, float]:
    box = boxes[position]
    x, y, width, height = box.bbox_xywh_px
    values = {
        "size": relative_size(image, box),
        "aspect": math.log2(max(width, 1e-3) / max(height, 1e-3)),
        "centre_x": (x + width / 2) / image.image_hw[1],
        "centre_y": (y + height / 2) / image.image_hw[0],
        "cut": float(is_cut_by_frame(image, box)),
        "overlap": max((_covered(box, other) for other in boxes if other is not box), default=0.0),
    }
    if crop is None:
        return values
    return {
        **values,
        "object_luma": float(crop.luma.mean()),
        "object_contrast": float(crop.luma.std()),
        "object_saturation": float(crop.saturation.mean()),
        "object_saturation_spread": float(crop.saturation.std()),
    }


def _covered(box: LabelledObject, other: LabelledObject) -> float:
    """Share of a box that another one reaches into."""
    (ax, ay, aw, ah), (bx, by, bw, bh) = box.bbox_xywh_px, other.bbox_xywh_px
    width, height = min(ax + aw, bx + bw) - max(ax, bx), min(ay + ah, by + bh) - max(ay, by)
    return max(width, 0.0) * max(height, 0.0) / max(aw * ah, 1e-6)


def _window(colour: pixel_measures.Colour, image: ImageSample, box: LabelledObject) -> pixel_measures.Colour | None:
    """The part of the common form in which the object lies; None where it has only a few pixels."""
    height, width = colour.luma.shape
    x, y, box_width, box_height = box.bbox_xywh_px
    scale_x, scale_y = width / image.image_hw[1], height / image.image_hw[0]
    x0, x1 = max(round(x * scale_x), 0), min(round((x + box_width) * scale_x), width)
    y0, y1 = max(round(y * scale_y), 0), min(round((y + box_height) * scale_y), height)
    if x1 - x0 < MIN_CROP_PX or y1 - y0 < MIN_CROP_PX:
        return None
    return colour.window(slice(y0, y1), slice(x0, x1))


def _mean_hues(crops: Sequence[pixel_measures.Colour | None]) -> Floats:
    """Summed hue histograms of an image's objects, so that every object counts alike."""
    found = [pixel_measures.hue_histogram(crop) for crop in crops if crop is not None]
    return np.sum(found, axis=0) if found else np.zeros(pixel_measures.HUE_BINS)


def _samples(rows: Sequence[Row]) -> dict[str, Sample]:
    names = dict.fromkeys(name for _, values in rows for name in values)
    return {name: _sample(name, rows) for name in names}


def _sample(name: str, rows: Sequence[Row]) -> Sample:
    pairs = [(index, values[name]) for index, values in rows if name in values and math.isfinite(values[name])]
    return Sample(
        values=np.array([value for _, value in pairs], dtype=np.float64),
        owner=np.array([index for index, _ in pairs], dtype=np.intp),
    )


def _class_counts(split: Split, keys: Sequence[str]) -> Floats:
    """(N, K) objects of each class in each image."""
    column = {key: number for number, key in enumerate(keys)}
    counts = np.zeros((len(split.images), len(keys)))
    for index, image in enumerate(split.images):
        for box in boxes_of(image, keys):
            counts[index, column[class_key(box.class_name)]] += 1
    return counts


def _pairs(counts: Floats, classes: Sequence[str]) -> Shares:
    """Which pairs of classes share an image; a class that has it to itself pairs with itself."""
    present = counts > 0
    alone = present & (present.sum(axis=1, keepdims=True) == 1)
    columns, names = [alone[:, k] for k in range(len(classes))], [f"{name} alone" for name in classes]
    for first, second in itertools.combinations(range(len(classes)), 2):
        columns.append(present[:, first] & present[:, second])
        names.append(f"{classes[first]} + {classes[second]}")
    return Shares(masses=np.stack(columns, axis=1).astype(np.float64), names=tuple(names))
