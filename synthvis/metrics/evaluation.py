"""What a run scored on one set of images: `Evaluation`, kept as eval_{set}.json."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Literal

from synthvis.data.left_out import LeftOutRow
from synthvis.formats.json_file import Count, Name, Number, read_json
from synthvis.metrics.measures import Measures
from synthvis.metrics.metric import Metric, MetricValue
from synthvis.metrics.registry import metric_named
from synthvis.metrics.training_facts import TrainingFacts

__all__ = ["Evaluation", "read_evaluation"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation(Measures):
    """What a run scored on one set.

    Attributes:
        set: Name of the set.
        kind: Whether its images are photographs or renders.
        split: Of the set.
        source: What finds the set again, where its name does not.
        task: What the network does.
        headline: Name of the metric by which the task is judged.
        classes: Names of the classes that were measured.
        prior_baseline: Metrics of a prediction that ignores the image; empty where the task has none.
        perfect_boxes: Metrics of the same tracker on the labelled boxes; empty of a task without trackers.
        tta: Further views of each image over which predictions were averaged.
        training: What the network was trained on.
        keypoints: Names of the keypoints, of a network that finds some.
        sigmas: Of OKS, one a keypoint.
        found_in: Where keypoints were looked for: "labelled boxes" or "images".
        skipped: Objects that were not measured, by reason.
        left_out: What of the set could not be read.
    """

    set: Name
    kind: Literal["real", "synthetic"]
    split: Name | None = None
    source: Name | None = None
    task: Name
    headline: Name
    classes: tuple[Name, ...] = ()
    prior_baseline: Mapping[Name, MetricValue] = field(default_factory=dict)
    perfect_boxes: Mapping[Name, MetricValue] = field(default_factory=dict)
    tta: Name | None = None
    training: TrainingFacts = field(default_factory=TrainingFacts)
    keypoints: tuple[Name, ...] = ()
    sigmas: tuple[Number, ...] = ()
    found_in: Name | None = None
    skipped: Mapping[Name, Count] = field(default_factory=dict)
    left_out: tuple[LeftOutRow, ...] = ()

    def __post_init__(self) -> None:
        if self.headline not in self.metrics:
            raise ValueError(f"metrics have no {self.headline[:80]}, by which the task is judged")

    @classmethod
    def of(cls, measures: Measures, **context: Any) -> Evaluation:
        """`measures` with the set and the task that they belong to, the attributes of this class by name."""
        return cls(**{one.name: getattr(measures, one.name) for one in fields(Measures)}, **context)

    @property
    def metric(self) -> Metric:
        """The metric by which the task is judged."""
        return metric_named(self.headline)

    @property
    def score(self) -> MetricValue:
        """The value of that metric."""
        return self.metrics[self.headline]

    @property
    def lower_is_better(self) -> bool:
        """Whether that metric is an error."""
        return self.metric.lower_is_better

    @property
    def name(self) -> str:
        """Set and split, such as "fruit:val"."""
        return self.set if self.split is None else f"{self.set}:{self.split}"

    def __str__(self) -> str:
        images = "1 image" if self.images == 1 else f"{self.images} images"
        return f"{self.name} ({self.kind}, {images}): {self.headline} {self.score}"


def read_evaluation(path: Path, *, hint: str) -> Evaluation:
    """The content of an eval_*.json.

    Args:
        path: The file.
        hint: What to do where it is damaged.

    Raises:
        SynthvisError: It is no evaluation.
    """
    return read_json(path, Evaluation, what="an evaluation", hint=hint)
