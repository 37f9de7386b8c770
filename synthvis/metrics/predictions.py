"""predictions_{set}.json: what a network said of each image, a list of rows by task."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field

from synthvis.formats.json_file import FileModel, Name, Number, read_values

__all__ = ["BoxPrediction", "ClassPrediction", "ImageScore", "KeypointPrediction", "read_predictions"]

Box = Annotated[list[Number], Field(min_length=4, max_length=4)]
"""x, y, width, height in pixels."""


class BoxPrediction(FileModel):
    """An object that a detector found."""

    image_id: int
    category_id: int
    bbox: Box
    score: Number


class KeypointPrediction(FileModel):
    """An object with its points: x, y and a score each."""

    image_id: int
    bbox: Box
    keypoints: list[Number]
    score: Number


class ClassPrediction(FileModel):
    """A crop or picture with its class, and the class that a classifier took it for."""

    truth: Name = Field(alias="class")
    answer: Name
    score: Number
    image_id: int | None = None
    file: Name | None = None
    bbox: Box | None = None


class ImageScore(FileModel):
    """A picture of a task that answers for each pixel; its metrics are further keys."""

    image_id: int


ROWS: Mapping[str, Any] = {
    "detection": list[BoxPrediction],
    "instances": list[BoxPrediction],
    "keypoints": list[KeypointPrediction],
    "classification": list[ClassPrediction],
}
"""Rows by task; those of other tasks are `ImageScore`."""


def read_predictions(path: Path, task: str, *, hint: str) -> list[dict[str, Any]]:
    """The rows of a predictions_*.json, each with the keys and the kinds of values that its task has.

    Args:
        path: The file.
        task: What the network does.
        hint: What to do where the file is damaged.

    Raises:
        SynthvisError: They are no predictions of that task.
    """
    model = ROWS.get(task, list[ImageScore])
    rows: list[dict[str, Any]] = read_values(path, model, what=f"predictions of the task {task}", hint=hint)
    return rows
