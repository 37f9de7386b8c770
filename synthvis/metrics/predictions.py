"""predictions_{set}.json: what a network predicted for each image, one typed row after the other.

A task names the kind of row that it writes in its description (`TaskDescription.prediction`). A task of its own may
take one of these or a subclass: the report shows errors by the kind of row.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, TypeVar

import numpy as np
from numpy.typing import NDArray
from pydantic import Strict

from synthvis.data.pose import Pose
from synthvis.formats.json_file import Name, Number, Record, read_json, validated
from synthvis.formats.rle import CompressedRle
from synthvis.geometry import rigid

__all__ = [
    "BoxPrediction",
    "ClassPrediction",
    "ImagePrediction",
    "KeypointPrediction",
    "MaskPrediction",
    "PosePrediction",
    "Prediction",
    "RleMask",
    "TrackPrediction",
    "pose_numbers",
    "predictions_json",
    "predictions_of",
    "read_predictions",
]

ROTATION_DECIMALS, METRE_DECIMALS = 9, 7
Id = Annotated[int, Strict()]
Box = tuple[Number, Number, Number, Number]
"""x, y, width, height in pixels."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prediction(Record):
    """One row: what a network predicted for an image, or for a part of it. Every kind of row is one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BoxPrediction(Prediction):
    """An object that was found, as a COCO result.

    Attributes:
        image_id: Of the set.
        category_id: Of the set.
        bbox: x, y, width, height in pixels of the stored image.
        score: From 0 to 1.
    """

    image_id: Id
    category_id: Id
    bbox: Box
    score: Number


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackPrediction(BoxPrediction):
    """An object with the number of its track, which is its own in the film."""

    track_id: Id


@dataclass(frozen=True, slots=True, kw_only=True)
class RleMask(Record):
    """A mask as COCO's run lengths: height and width of its picture, and the runs as a string."""

    size: tuple[Id, Id]
    counts: Annotated[str, Strict()]

    @classmethod
    def of_mask(cls, mask: NDArray[np.bool_]) -> RleMask:
        """That of an (H, W) mask."""
        rle = CompressedRle.of_mask(mask)
        return cls(size=rle.image_hw, counts=rle.counts.decode("ascii"))

    def checked(self, image_hw: tuple[int, int]) -> CompressedRle:
        """The runs, once they are known to cover a picture of that size.

        Raises:
            DatasetError: They do not.
        """
        return CompressedRle.of_json({"size": list(self.size), "counts": self.counts}, image_hw)


@dataclass(frozen=True, slots=True, kw_only=True)
class MaskPrediction(BoxPrediction):
    """An object with its mask in pixels of the stored image."""

    segmentation: RleMask


@dataclass(frozen=True, slots=True, kw_only=True)
class KeypointPrediction(BoxPrediction):
    """An object with its points: x, y in pixels of the stored image and a score, for one after the other."""

    keypoints: tuple[Number, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PosePrediction(BoxPrediction):
    """An object with its pose before the camera.

    Attributes:
        rotation: Nine numbers of `cam_from_object`, row by row.
        translation_m: Three numbers, metres.
    """

    rotation: tuple[Number, Number, Number, Number, Number, Number, Number, Number, Number]
    translation_m: tuple[Number, Number, Number]

    @property
    def matrix(self) -> NDArray[np.float64]:
        """(4, 4) `cam_from_object`."""
        return rigid(np.array(self.rotation).reshape(3, 3), np.array(self.translation_m))


def pose_numbers(pose: Pose) -> dict[str, Any]:
    """The numbers of a `PosePrediction`, by name."""
    matrix = pose.matrix
    return {
        "rotation": tuple(matrix[:3, :3].ravel().round(ROTATION_DECIMALS).tolist()),
        "translation_m": tuple(matrix[:3, 3].round(METRE_DECIMALS).tolist()),
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassPrediction(Prediction):
    """A crop or picture with its class, and the class that a classifier took it for.

    Attributes:
        ground_truth: The class that it has.
        prediction: The class that it was taken for.
        score: Probability of that class.
        image_id: Of the image that it was cut from; None for a picture in folders by class.
        bbox: Where it was cut out.
        file: Folder and file name of a picture in folders by class.
    """

    ground_truth: Name
    prediction: Name
    score: Number
    image_id: Id | None = None
    bbox: Box | None = None
    file: Name | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ImagePrediction(Prediction):
    """A whole image with metrics of its own; maps of pixels are made anew from the weights in a moment.

    Attributes:
        image_id: Of the set.
        file_name: Of the image.
        metrics: By name; None where nothing in the image can be measured.
    """

    image_id: Id
    file_name: Name = ""
    metrics: Mapping[Name, Number | None] = field(default_factory=dict)


Row = TypeVar("Row", bound=Prediction)


def predictions_of(rows: object, kind: type[Row]) -> list[Row]:
    """Plain values, as a file has them, as rows of a kind.

    Raises:
        JsonError: They are no such rows; the first wrong key is named.
    """
    return validated(rows, list[kind])  # type: ignore[valid-type]


def predictions_json(rows: Sequence[Prediction]) -> bytes:
    """The content of a predictions_*.json."""
    plain = ({key: value for key, value in row.to_dict().items() if value is not None} for row in rows)
    return json.dumps(list(plain)).encode()


def read_predictions(path: Path, kind: type[Row], *, task: str, hint: str) -> list[Row]:
    """The rows of a predictions_*.json.

    Args:
        path: The file.
        kind: Of the rows, as the task says.
        task: Its name, to be shown.
        hint: What to do where the file is damaged.

    Raises:
        SynthvisError: They are no rows of that kind.
    """
    return read_json(path, list[kind], what=f"predictions of the task {task}", hint=hint)  # type: ignore[valid-type]
