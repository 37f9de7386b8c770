"""What is known of a picture that was predicted on: one typed record a picture, from the journal to the results."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated

import numpy as np
from pydantic import Strict

from synthvis.data.maps.semantic import background_of
from synthvis.formats.json_file import Count, Name, Number, Record
from synthvis.metrics.picture_predictions import (
    ClassMap,
    ClassProbabilities,
    DepthMap,
    DetectedObjects,
    NumberMap,
    PictureNumbers,
    PicturePrediction,
    Vocabulary,
)
from synthvis.metrics.predictions import Box, RleMask, pose_numbers

__all__ = ["FailedInput", "PredictedObject", "PredictedPicture", "covered_px", "numbers_of", "objects_of"]

Id = Annotated[int, Strict()]

SHARE_DECIMALS, METRE_DECIMALS, NUMBER_DECIMALS = 5, 4, 5


@dataclass(frozen=True, slots=True, kw_only=True)
class PredictedObject(Record):
    """Something that was found in a picture, as a COCO result says it.

    Attributes:
        class_name: Its class.
        category_id: Of that class.
        score: From 0 to 1; None of a class that only covers pixels.
        bbox: x, y, width and height in pixels of the picture; None likewise.
        segmentation: Its mask, or the pixels of the class.
        keypoints: x, y and a score for one keypoint after the other.
        track_id: Number of its track in its video, from 1; None where nothing follows.
        rotation: Nine numbers of its pose `cam_from_object`, row by row; empty where there is none.
        translation_m: Three numbers, metres.
    """

    class_name: Name
    category_id: Id
    score: Number | None = None
    bbox: Box | None = None
    segmentation: RleMask | None = None
    keypoints: tuple[Number, ...] = ()
    track_id: Id | None = None
    rotation: tuple[Number, ...] = ()
    translation_m: tuple[Number, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PredictedPicture(Record):
    """A picture, or a frame of a video, with what a network says about it.

    Attributes:
        file: Its path as it was named.
        frame: Number of the frame in a video, from 0; None of a picture.
        image_id: By which predictions.json refers to it, from 1.
        width: Pixels of the upright picture.
        height: Likewise.
        objects: What was found; of a classifier, the most probable class over the whole picture.
        numbers: By name: probabilities of classes, depths of the map, numbers of a task of its own.
        drawn: The drawn picture or video below the output folder.
        map: The predicted map below the output folder.
        stamp: Size and time of the file when it was read, by which a change is seen.
    """

    file: Name
    frame: Count | None = None
    image_id: Id
    width: Count
    height: Count
    objects: tuple[PredictedObject, ...] = ()
    numbers: Mapping[Name, Number] = field(default_factory=dict)
    drawn: Name | None = None
    map: Name | None = None
    stamp: Name = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FailedInput(Record):
    """An input that could not be used, or not all of it."""

    file: Name
    why: Name


def objects_of(found: PicturePrediction, words: Vocabulary) -> tuple[PredictedObject, ...]:
    """What of a prediction is a COCO result."""
    if isinstance(found, DetectedObjects):
        return tuple(
            _named(
                words, one.label, score=one.score, bbox=one.bbox_xywh_px, segmentation=one.segmentation,
                keypoints=one.keypoints, track_id=one.track_id,
                **(pose_numbers(one.cam_from_object) if one.cam_from_object else {}),
            )
            for one in found.objects
        )  # fmt: skip
    if isinstance(found, ClassProbabilities):
        whole = (0.0, 0.0, float(found.image_hw[1]), float(found.image_hw[0]))
        return (_named(words, found.label, score=round(found.score, SHARE_DECIMALS), bbox=whole),)
    if isinstance(found, ClassMap):
        present = [label for label in np.unique(found.labels).tolist() if label != background_of(words.categories)]
        masks = {label: RleMask.of_mask(found.labels == label) for label in present}
        return tuple(_named(words, label, segmentation=mask) for label, mask in masks.items())
    return ()


def numbers_of(found: PicturePrediction, words: Vocabulary) -> Mapping[str, float]:
    """What of a prediction is numbers of the whole picture."""
    if isinstance(found, ClassProbabilities):
        shares = found.probabilities.tolist()
        return {name: round(share, SHARE_DECIMALS) for name, share in zip(words.categories, shares, strict=True)}
    if isinstance(found, DepthMap):
        return _depths(found)
    if isinstance(found, PictureNumbers):
        return {name: round(float(number), NUMBER_DECIMALS) for name, number in found.numbers.items()}
    return {}


def covered_px(segmentation: RleMask) -> int:
    """Pixels of a mask."""
    return segmentation.checked(segmentation.size).area_px


def _depths(found: NumberMap) -> Mapping[str, float]:
    known = found.values[np.isfinite(found.values) & (found.values > 0)]
    if not known.size:
        return {}
    values: Sequence[float] = np.quantile(known, (0, 0.5, 1)).tolist()
    names = ("min_m", "median_m", "max_m")
    return {name: round(value, METRE_DECIMALS) for name, value in zip(names, values, strict=True)}


def _named(words: Vocabulary, label: int, **facts: object) -> PredictedObject:
    return PredictedObject(class_name=words.categories[label], category_id=label + 1, **facts)  # type: ignore[arg-type]
