"""What a comparison of two sets found: `SetComparison`, kept as set_gap.json."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, Strict

from synthvis.data.left_out import LeftOutRow
from synthvis.formats.json_file import Count, Flag, Name, Number, Record, read_json
from synthvis.gap.common_form import CommonForm
from synthvis.gap.distances.distance import DistanceResult
from synthvis.gap.image_statistics import Direction, Quantiles
from synthvis.gap.neighbours import ManifoldScores
from synthvis.gap.resampling import NullLevel
from synthvis.metrics.error_causes import SetErrorCauses
from synthvis.metrics.error_table import CAUSES, Cause
from synthvis.metrics.measures import Bootstrap
from synthvis.metrics.metric import MetricValue

__all__ = [
    "FILE_NAME",
    "ClassScores",
    "ComparedSet",
    "CropNeighbours",
    "FeatureComparison",
    "FeatureDistances",
    "NearbyCrop",
    "Neighbours",
    "RowCounts",
    "SetComparison",
    "SharePair",
    "SideCauses",
    "StatisticDifference",
    "Summary",
    "TaskGap",
    "TaskScores",
    "read_set_comparison",
]

FILE_NAME = "set_gap.json"

MAX_LOGARITHM = 64
"""Of quantiles of a statistic that is a logarithm to base 2."""

UNDEFINED, NO_NULL = MetricValue(None), NullLevel()

ImageId = Annotated[int, Strict(), Field(ge=-(10**15), le=10**15)]


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparedSet(Record):
    """One of the two sets.

    Attributes:
        set: Its name.
        kind: Whether its images are photographs or renders.
        split: Of the set.
        images: How many were compared.
        objects: Labelled objects of the compared classes in them.
    """

    set: Name
    kind: Literal["real", "synthetic"]
    split: Name | None
    images: Count
    objects: Count

    @property
    def noun(self) -> str:
        """What its images are, "photographs" or "renders"."""
        return "photographs" if self.kind == "real" else "renders"

    def __str__(self) -> str:
        name = self.set if self.split is None else f"{self.set}:{self.split}"
        return f"{name} ({self.kind}, {self.images:,} images, {self.objects:,} objects)"


@dataclass(frozen=True, slots=True, kw_only=True)
class SharePair(Record):
    """Share of a category in either set."""

    synthetic: Number | None
    real: Number | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StatisticDifference(Record):
    """One image statistic of both sets, and what to change about it.

    Attributes:
        statistic: Its name.
        title: As a heading, with its unit.
        of: What has it: "objects", "images" or "categories".
        js_bits: Jensen-Shannon divergence, bits: 0 for equal distributions, 1 for those that share nothing.
        null_js_bits: The same between halves of the real set.
        above_null: Whether the divergence exceeds the 95% point of its null; None where either is undefined.
        total_variation: Largest difference in probability of any event, 0 to 1.
        wasserstein_z: 1-D Wasserstein distance in robust deviations of the real set; None for shares.
        null_wasserstein_z: The same between halves of the real set.
        synthetic: Values of the synthetic set; None for shares.
        real: Of the real one.
        shares: Categories whose shares differ most, by name; empty for numbers.
        kind: How the synthetic values differ.
        direction: The same as a sentence.
        advice: What to change; None where the difference is not above its null.
    """

    statistic: Name
    title: Name
    of: Name
    js_bits: MetricValue = UNDEFINED
    null_js_bits: NullLevel = NO_NULL
    above_null: Flag | None = None
    total_variation: MetricValue = UNDEFINED
    wasserstein_z: MetricValue | None = None
    null_wasserstein_z: NullLevel | None = None
    synthetic: Quantiles | None = None
    real: Quantiles | None = None
    shares: Mapping[Name, SharePair] = field(default_factory=dict)
    kind: Direction | Literal["shares", "unknown"] = "unknown"
    direction: str
    advice: str | None = None

    def __post_init__(self) -> None:
        sides = [side for side in (self.synthetic, self.real) if side is not None]
        if self.statistic == "aspect" and any(
            abs(value) > MAX_LOGARITHM for side in sides for value in (side.q10, side.median, side.q90)
        ):
            raise ValueError("an aspect is a logarithm to base 2, and none is so large")

    @property
    def excess_bits(self) -> float | None:
        """Divergence above the mean of its null, by which statistics are ranked; None where it is undefined."""
        return None if self.js_bits.value is None else self.js_bits.value - (self.null_js_bits.mean or 0.0)

    def __str__(self) -> str:
        return f"{self.title}: {self.js_bits} bits, {self.null_js_bits}; {self.direction}"


@dataclass(frozen=True, slots=True, kw_only=True)
class RowCounts(Record):
    """Rows of features of either set."""

    synthetic: Count
    real: Count


@dataclass(frozen=True, slots=True, kw_only=True)
class FeatureDistances(Record):
    """Distances of whole images, of crops, or of the crops of a class.

    Attributes:
        rows: How many were compared.
        distances: By name; empty where a set has too few rows.
        manifold: How the sets cover each other; None where a set has too few rows.
    """

    rows: RowCounts
    distances: Mapping[Name, DistanceResult] = field(default_factory=dict)
    manifold: ManifoldScores | None = None

    def value(self, name: str) -> float | None:
        """The value of a distance by its name; None where it was not measured."""
        return self.distances[name].value if name in self.distances else None


@dataclass(frozen=True, slots=True, kw_only=True)
class NearbyCrop(Record):
    """A crop of an object, and how far it is from another one.

    Attributes:
        crop: Its place among the compared crops of its set.
        image_id: COCO image id.
        file: Name of the picture.
        class_name: Class of the object, as the real set spells it.
        bbox_xywh_px: Box of the object in pixels of the stored image.
        distance: Between the directions of both features, 0 to 2.
    """

    crop: Count
    image_id: ImageId
    file: Name
    class_name: Name
    bbox_xywh_px: tuple[Number, Number, Number, Number]
    distance: Number | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CropNeighbours(NearbyCrop):
    """A crop with the nearest ones of its class in the other set; its distance is that of the first of them."""

    nearest: tuple[NearbyCrop, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbours(Record):
    """Nearest neighbours among the features of crops of one class.

    Attributes:
        nearest: Synthetic objects that are nearest to a real one.
        far: Synthetic objects that are far from every real one, the farthest first.
        missing: Real objects that are far from every synthetic one, the farthest first.
        real_distance_95: What 95% of real objects are nearer to a real one in another image than.
        far_real_share: Share of real objects whose nearest synthetic one is farther than that; 0.05 for equal sets.
    """

    nearest: tuple[CropNeighbours, ...] = ()
    far: tuple[CropNeighbours, ...] = ()
    missing: tuple[CropNeighbours, ...] = ()
    real_distance_95: Number | None = None
    far_real_share: Number | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FeatureComparison(Record):
    """How far the features of a network lie apart.

    Attributes:
        backbone: The network.
        min_crop_px: Long side below which objects were left out.
        images: Of the central square of every image.
        crops: Of squares around objects, as many of each class from either set.
        crops_by_class: Of the classes that have enough crops.
        neighbours: None without crops.
    """

    backbone: Name
    min_crop_px: Number
    images: FeatureDistances
    crops: FeatureDistances
    crops_by_class: Mapping[Name, FeatureDistances] = field(default_factory=dict)
    neighbours: Neighbours | None = None

    @property
    def distance_names(self) -> tuple[str, ...]:
        """Names of all distances that were measured."""
        parts = (self.images, self.crops, *self.crops_by_class.values())
        return tuple(dict.fromkeys(name for part in parts for name in part.distances))


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskScores(Record):
    """What a run scored on one of the sets, of the metrics that both sets have."""

    set: Name
    split: Name | None
    images: Count
    metrics: Mapping[Name, MetricValue]


@dataclass(frozen=True, slots=True, kw_only=True)
class SideCauses(Record):
    """Causes of errors on renders and on photographs."""

    synthetic: SetErrorCauses
    real: SetErrorCauses


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassScores(Record):
    """The headline of a class on both sets, and what is lost: synthetic minus real."""

    synthetic: Number | None
    real: Number | None
    lost: Number | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskGap(Record):
    """What a run loses between the sets.

    Attributes:
        run: Its folder.
        task: What the network does.
        synthetic: Its scores on the synthetic set.
        real: On the real one.
        gap: Synthetic minus real, by metric.
        causes: Of a detector's errors; None for a task whose predictions are no boxes.
        cause_gap: What each cause costs on the real set minus on the synthetic one, AP50.
        per_class: By the class as the real set spells it, the most lost first.
        advice: What to do about the most costly cause.
        cause_advice: What to do about each.
        not_measured: Sentences.
    """

    run: Name
    task: Name
    synthetic: TaskScores
    real: TaskScores
    gap: Mapping[Name, MetricValue]
    causes: SideCauses | None = None
    cause_gap: Mapping[Cause, MetricValue] | None = None
    per_class: Mapping[Name, ClassScores] = field(default_factory=dict)
    advice: str | None = None
    cause_advice: Mapping[Cause, str] | None = None
    not_measured: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if any(name not in side.metrics for side in (self.synthetic, self.real) for name in self.gap):
            raise ValueError("gap has a metric that one of the sets does not have")
        for name, values in (("cause_gap", self.cause_gap), ("cause_advice", self.cause_advice)):
            if (self.causes is None) != (values is None):
                raise ValueError(f"causes and {name} belong together")
            if values is not None and set(values) != set(CAUSES):
                raise ValueError(f"{name} does not have the known causes")

    def __str__(self) -> str:
        return "\n".join([f"{self.run} ({self.task})", *(f"  {name}: {lost} lost" for name, lost in self.gap.items())])


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary(Record):
    """All image statistics in three numbers.

    Attributes:
        mean_js_bits: Mean divergence of those that have one.
        above_null: How many differ by more than halves of the real set do.
        statistics: How many there are.
    """

    mean_js_bits: Number | None = None
    above_null: Count
    statistics: Count

    def __str__(self) -> str:
        return f"{self.above_null} of {self.statistics} image statistics differ by more than halves of the real set do"


@dataclass(frozen=True, slots=True, kw_only=True)
class SetComparison(Record):
    """All of a comparison of a synthetic set with a real one.

    Attributes:
        synthetic: The synthetic set.
        real: The real one.
        left_out: What could not be read, by NAME:SPLIT.
        halves_of_one_set: Both are random halves of one set, which shows the measures without a gap.
        classes: Compared classes, as the real set spells them.
        only_real_classes: Classes that the synthetic set does not have.
        only_synthetic_classes: The other way round.
        common_form: What pictures were brought to before they were measured.
        bootstrap: How images were drawn for the intervals.
        summary: All image statistics in three numbers.
        differences: Image statistics, the one that differs most above its null first.
        features: None where they were not asked for.
        task: What a run loses; None without a run.
        not_measured: Sentences.
    """

    synthetic: ComparedSet
    real: ComparedSet
    left_out: Mapping[Name, tuple[LeftOutRow, ...]] = field(default_factory=dict)
    halves_of_one_set: Flag
    classes: tuple[Name, ...]
    only_real_classes: tuple[Name, ...]
    only_synthetic_classes: tuple[Name, ...]
    common_form: CommonForm
    bootstrap: Bootstrap = field(default_factory=Bootstrap)
    summary: Summary
    differences: Annotated[tuple[StatisticDifference, ...], Field(max_length=10_000)]
    features: FeatureComparison | None = None
    task: TaskGap | None = None
    not_measured: tuple[str, ...] = ()

    @property
    def side_names(self) -> tuple[str, str]:
        """What to call the images of either side; by their sets, too, where both are renders or both photographs."""
        if self.halves_of_one_set:
            return "images of one half", "images of the other half"
        ours, theirs = self.synthetic, self.real
        if ours.kind != theirs.kind:
            return ours.noun, theirs.noun
        return f"{ours.noun} of {ours.set}", f"{theirs.noun} of {theirs.set}"

    def advised(self) -> Iterator[StatisticDifference]:
        """Differences above their null that have advice, the largest first."""
        return (row for row in self.differences if row.advice)

    def __str__(self) -> str:
        lines = [f"{self.synthetic} against {self.real}: {self.summary}"]
        lines += [f"  {row}" for row in self.differences if row.above_null]
        if self.features is not None:
            of_crops = self.features.crops.distances.items()
            lines += [f"  {name} of crops: {result}" for name, result in of_crops]
        return "\n".join([*lines, *([str(self.task)] if self.task else [])])


def read_set_comparison(path: Path) -> SetComparison:
    """The content of a set_gap.json.

    Raises:
        SynthvisError: It is no comparison.
    """
    hint = f"delete {path} and repeat the `synthvis gap` command that made it"
    return read_json(path, SetComparison, what="a comparison", hint=hint)
