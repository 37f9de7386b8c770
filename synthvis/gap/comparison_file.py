"""set_gap.json as it is read back: every value of the kind that tables, charts and advice expect."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

from pydantic import Field, model_validator

from synthvis.formats.json_file import Count, FileModel, Name, Number, read_values
from synthvis.metrics.error_table import CAUSES

__all__ = ["SetComparison", "read_set_comparison"]

MAX_LOGARITHM = 64
"""Of quantiles of a trait that is a logarithm to base 2."""


class Interval(FileModel):
    """A value with the ends of its 95% interval."""

    value: Number | None
    low: Number | None
    high: Number | None


class ComparedSet(FileModel):
    """One of the two sets."""

    set: Name
    kind: Literal["real", "synthetic"]
    split: Name | None
    images: Count
    objects: Count


class ChanceLevel(FileModel):
    """What two halves of the real set have between them: mean, and what 95% of the halvings stay below."""

    mean: Number | None
    high: Number | None


class Quantiles(FileModel):
    """Values of a trait in one set."""

    q10: Number
    median: Number
    q90: Number


class TraitDifference(FileModel):
    """One image statistic of both sets, and what to change about it."""

    trait: Name
    title: Name
    js_bits: Interval
    chance_js_bits: ChanceLevel
    above_chance: bool | None
    synthetic: Quantiles | None = None
    real: Quantiles | None = None
    direction: str
    advice: str | None

    @model_validator(mode="after")
    def _has_logarithms_in_bounds(self) -> TraitDifference:
        sides = [one for one in (self.synthetic, self.real) if one is not None]
        if self.trait == "aspect" and any(
            abs(value) > MAX_LOGARITHM for one in sides for value in (one.q10, one.median, one.q90)
        ):
            raise ValueError("an aspect is a logarithm to base 2, and none is so large")
        return self


class Distance(FileModel):
    """A distance of features with its interval and what chance gives."""

    value: Number | None
    low: Number | None
    high: Number | None
    chance: ChanceLevel


class FeaturePart(FileModel):
    """Distances of whole images, of crops, or of the crops of a class."""

    rows: dict[Name, Count]
    distances: dict[Name, Distance]
    manifold: dict[Name, Number | None] | None = None


class ClassFeatures(FeaturePart):
    """Distances of a class that has enough crops for them."""

    @model_validator(mode="after")
    def _has_what_tables_show(self) -> ClassFeatures:
        if "kid" not in self.distances or "synthetic" not in self.rows:
            raise ValueError("it has no distance kid or no count of synthetic rows")
        return self


class Neighbours(FileModel):
    """Nearest neighbours among features; lists of crops are kept as they are."""

    far_real_share: Number | None = None


class FeatureDistances(FileModel):
    """How far the features of a network lie apart."""

    backbone: Name
    least_crop_px: Number
    images: FeaturePart
    crops: FeaturePart
    crops_by_class: dict[Name, ClassFeatures]
    neighbours: Neighbours | None


class CauseCost(FileModel):
    """Errors of one cause, and the AP50 that setting them right would win."""

    count: Count
    dAP50: Interval


class ErrorCauses(FileModel):
    """AP50 and the cost of each cause, of a set, a class or a subset."""

    AP50: Interval
    objects: Count
    causes: dict[Name, CauseCost]

    @model_validator(mode="after")
    def _names_every_cause(self) -> ErrorCauses:
        if missing := [cause for cause in CAUSES if cause not in self.causes]:
            raise ValueError(f"the cause {missing[0]} is missing")
        return self


class SetErrorCauses(ErrorCauses):
    """Those of a set, with its classes and subsets."""

    per_class: dict[Name, ErrorCauses]
    subsets: dict[Name, ErrorCauses]


class BothCauses(FileModel):
    """Of renders and of photographs."""

    synthetic: SetErrorCauses
    real: SetErrorCauses


class TaskSide(FileModel):
    """What the run scored on one of the sets."""

    set: Name
    split: Name | None
    images: Count
    metrics: dict[Name, Interval]


class ClassLoss(FileModel):
    """The headline of a class on both sets."""

    synthetic: Number | None
    real: Number | None
    lost: Number | None


class TaskGap(FileModel):
    """What a run loses between the sets; causes for tasks whose predictions are boxes."""

    run: Name
    task: Name = "detection"
    synthetic: TaskSide
    real: TaskSide
    causes: BothCauses | None
    cause_gap: dict[Name, Interval] | None
    per_class: dict[Name, ClassLoss]
    advice: str | None
    cause_advice: dict[Name, str] | None = None

    @model_validator(mode="after")
    def _has_causes_on_both_sides(self) -> TaskGap:
        if (self.causes is None) != (self.cause_gap is None):
            raise ValueError("causes and cause_gap belong together")
        if self.cause_gap is not None and set(self.cause_gap) != set(CAUSES):
            raise ValueError("cause_gap does not have the known causes")
        return self


class CommonForm(FileModel):
    """What pictures were brought to before they were measured."""

    long_side_px: Count
    jpeg_quality: Count


class Summary(FileModel):
    """How many traits differ by more than chance."""

    above_chance: Count
    traits: Count


class SetComparison(FileModel):
    """All of a comparison."""

    synthetic: ComparedSet
    real: ComparedSet
    halves_of_one_set: bool
    classes: list[Name]
    only_real_classes: list[Name]
    only_synthetic_classes: list[Name]
    common_form: CommonForm
    summary: Summary
    differences: list[TraitDifference] = Field(max_length=10_000)
    features: FeatureDistances | None
    task: TaskGap | None


def read_set_comparison(path: Path) -> dict[str, Any]:
    """The content of a set_gap.json that fits `SetComparison`.

    Raises:
        SynthvisError: It is no comparison.
    """
    hint = f"delete {path} and repeat the `synthvis gap` command that made it"
    found: dict[str, Any] = read_values(path, SetComparison, what="a comparison", hint=hint)
    return found
