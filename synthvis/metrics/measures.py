"""What metrics say of the predictions on some images, before it is said whose and of which set."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated

from pydantic import Field

from synthvis.formats.json_file import Count, Name, Number, Record
from synthvis.metrics.metric import MetricValue
from synthvis.metrics.operating_point import OperatingPoint

__all__ = ["Bootstrap", "ClassMeasures", "Measures", "PrecisionRecall", "ReliabilityBin"]

Level = Annotated[float, Field(gt=0, lt=1)]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassMeasures(Record):
    """What was measured of one class, one keypoint or one film.

    Attributes:
        metrics: By name; without an interval where it was not resampled.
        counts: What was counted: "boxes", "labels", "pixels" or "labelled".
    """

    metrics: Mapping[Name, MetricValue]
    counts: Mapping[Name, Count] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class PrecisionRecall(Record):
    """Precision of a class at the recalls of COCO, at IoU .50 and .75; None where the class has no box."""

    recall: tuple[Number, ...]
    precision_50: tuple[Number | None, ...] = ()
    precision_75: tuple[Number | None, ...] = ()

    def __post_init__(self) -> None:
        if any(len(one) not in (0, len(self.recall)) for one in (self.precision_50, self.precision_75)):
            raise ValueError("precision and recall differ in length")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReliabilityBin(Record):
    """Predictions whose confidence lies in a range: how confident they are and how many are right.

    Attributes:
        above: Lower end of the range, which does not belong to it.
        up_to: Upper end.
        labels: How many predictions lie in it.
        confidence: Their mean confidence; None without any.
        accuracy: Share that is right; None without any.
    """

    above: Number
    up_to: Number
    labels: Count
    confidence: Number | None
    accuracy: Number | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Bootstrap(Record):
    """How intervals were drawn, by resampling `unit`; `draws` has metrics on the resamples, None where undefined.

    Networks that are measured on the same images share the resamples, so draws can be compared pair by pair.
    """

    resamples: Count = 0
    seed: int = 0
    level: Level = 0.95
    draws: Mapping[Name, tuple[Number | None, ...]] = field(default_factory=dict)
    unit: Name = "images"


@dataclass(frozen=True, slots=True, kw_only=True)
class Measures(Record):
    """What metrics say of the predictions on some images.

    Attributes:
        images: How many were measured.
        counts: What was counted in them: "boxes", "labels" or "pixels".
        metrics: By name, the headline of the task first.
        per_class: By the name of the class.
        bootstrap: How intervals were drawn.
        pr_curves: Precision and recall of each class, of predictions that have scores.
        mask_pr_curves: The same by the overlap of masks.
        operating_point: The score from which on objects are kept, of predictions that have scores; None where nothing
            was found.
        per_keypoint: By the name of the keypoint.
        per_film: By the name of the film, of a task that measures films.
        confusion: Predicted classes with their counts, by true class; zeros are left out.
        reliability: Confidence against accuracy, a bin after the other.
    """

    images: Count
    counts: Mapping[Name, Count] = field(default_factory=dict)
    metrics: Mapping[Name, MetricValue]
    per_class: Mapping[Name, ClassMeasures] = field(default_factory=dict)
    bootstrap: Bootstrap = Bootstrap()
    pr_curves: Mapping[Name, PrecisionRecall] = field(default_factory=dict)
    mask_pr_curves: Mapping[Name, PrecisionRecall] = field(default_factory=dict)
    operating_point: OperatingPoint | None = None
    per_keypoint: Mapping[Name, ClassMeasures] = field(default_factory=dict)
    per_film: Mapping[Name, ClassMeasures] = field(default_factory=dict)
    confusion: Mapping[Name, Mapping[Name, Count]] = field(default_factory=dict)
    reliability: tuple[ReliabilityBin, ...] = ()

    def __getitem__(self, name: str) -> MetricValue:
        """The value of a metric by its name, such as "AP".

        Raises:
            KeyError: It was not measured.
        """
        return self.metrics[name]

    def __contains__(self, name: object) -> bool:
        """Whether a metric of that name was measured."""
        return name in self.metrics
