"""eval_{set}.json: what a run scored on a set, as the file carries it."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

from pydantic import Field, model_validator

from synthvis.formats.json_file import Count, FileModel, Name, Number, ShallowObject, read_values

__all__ = ["Bootstrap", "Evaluation", "Metric", "PrecisionRecall", "read_evaluation"]


class Metric(FileModel):
    """A value and its 95% interval; None where it is undefined or was not resampled."""

    value: Number | None
    low: Number | None
    high: Number | None


class PrecisionRecall(FileModel):
    """Precision of a class at the recalls of COCO, at IoU .50 and .75; None where the class has no box."""

    recall: list[Number]
    precision_50: list[Number | None] = Field(default_factory=list)
    precision_75: list[Number | None] = Field(default_factory=list)

    @model_validator(mode="after")
    def _has_one_length(self) -> PrecisionRecall:
        if any(len(one) not in (0, len(self.recall)) for one in (self.precision_50, self.precision_75)):
            raise ValueError("precision and recall differ in length")
        return self


class Bootstrap(FileModel):
    """How intervals were drawn; "draws" are values of metrics on the resamples."""

    resamples: Count = 0
    seed: int = 0
    level: float = Field(default=0.95, gt=0, lt=1)
    draws: dict[Name, list[Number | None]] = Field(default_factory=dict)


class Evaluation(FileModel):
    """What a run scored on one set.

    Attributes:
        set: Name of the set.
        kind: Whether its pictures are photographs or renders.
        split: Of the set.
        source: What finds it again, where its name does not.
        task: What the network does.
        headline: The metric by which the task is judged.
        lower_is_better: Whether that metric is an error; None where the file does not say.
        images: How many were measured.
        boxes, labels, pixels: What was counted in them, by task.
        classes: That were measured.
        trained_classes: That the network knows.
        metrics: By name.
        per_class: Metrics and counts of each class.
        pr_curves: Of each class of a detector.
        blind: Metrics of the prior baseline, a prediction that ignores the image.
        bootstrap: Of the intervals.
        train: How the network was trained, to be shown.
        keypoints: Names of the points, of a network that finds some.
    """

    set: Name
    kind: Literal["real", "synthetic"]
    split: Name | None = None
    source: Name | None = None
    task: Name = "detection"
    headline: Name = "AP"
    lower_is_better: bool | None = None
    images: Count
    boxes: Count | None = None
    labels: Count | None = None
    pixels: Count | None = None
    classes: list[Name] = Field(default_factory=list)
    trained_classes: list[Name] | None = None
    metrics: dict[Name, Metric]
    per_class: dict[Name, dict[Name, Number | None]] | None = None
    pr_curves: dict[Name, PrecisionRecall] = Field(default_factory=dict)
    blind: dict[Name, Number | None] | None = None
    bootstrap: Bootstrap | None = None
    train: ShallowObject | None = None
    keypoints: list[Name] = Field(default_factory=list)

    @model_validator(mode="after")
    def _has_its_headline(self) -> Evaluation:
        if self.headline not in self.metrics:
            raise ValueError(f"metrics have no {self.headline[:80]}, by which the task is judged")
        return self


def read_evaluation(path: Path, *, hint: str) -> dict[str, Any]:
    """The content of an eval_*.json, every value of which is of the kind that `Evaluation` says.

    Args:
        path: The file.
        hint: What to do where it is damaged.

    Raises:
        SynthvisError: It is no evaluation.
    """
    found: dict[str, Any] = read_values(path, Evaluation, what="an evaluation", hint=hint)
    return found
