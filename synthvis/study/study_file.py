"""study.json as it is read back: every value of the kind that tables, charts and sentences expect."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal, Self

from pydantic import Field, model_validator

from synthvis.formats.json_file import Count, FileModel, Name, Number, ShallowObject, read_values
from synthvis.metrics.missing import MissingResult

__all__ = ["StudyResult", "read_study_result"]

Regime = Literal["real", "synthetic", "synthetic+real", "mixed"]
MAX_SEEDS = 10_000
Worth = Number | Literal["more", "fewer"]


class SetFacts(FileModel):
    """A set that was trained or measured on."""

    name: Name
    split: Name
    images: Count
    labels: Count


class StudyFacts(FileModel):
    """What was asked, and of what."""

    task: Name
    metric: Name
    lower_is_better: bool
    command: list[Name]
    classes: list[Name]
    synthetic: SetFacts
    real: SetFacts | None
    real_eval: SetFacts
    steps: Count
    budget: Literal["total", "stage"]
    finetune_share: Number
    seeds: list[int] = Field(max_length=MAX_SEEDS)
    config: ShallowObject
    intervals: Name


class Estimate(FileModel):
    """A mean over seeds with its interval; None where nothing was measured."""

    mean: Number | None
    spread: Number | None
    low: Number | None
    high: Number | None
    seeds: Count


class TrialResult(FileModel):
    """One training, as it went."""

    part: Name
    regime: Name
    seed: int
    real: Count
    synthetic: Count
    state: Name
    why: str = ""
    scores: dict[Name, dict[Name, Number | None] | None] = Field(default_factory=dict)


class RegimeResult(Estimate):
    """A row of the table: one way to train, with so many photographs and renders."""

    regime: Regime
    real: Count
    fraction: Number | None
    synthetic: Count
    steps: list[Count]


class GapResult(FileModel):
    """Training on renders alone, measured on renders and on photographs."""

    on_renders: Estimate
    on_photographs: Estimate
    difference: Estimate


class DataEquivalence(FileModel):
    """How many photographs the renders are worth; "more" and "fewer" than were tried."""

    images: Worth
    low: Worth | None
    high: Worth | None
    smallest: Count
    largest: Count
    labels_per_image: Number = 0.0
    sentence: str


class Comparison(Estimate):
    """A way to use renders beside photographs alone."""

    mean: Number
    regime: Regime
    real: Count
    base: Literal["all", "the same"]
    what: Name
    against: Name
    verdict: Literal["better", "worse", "not told apart"]


class ScalingLaw(FileModel, extra="forbid"):
    """error(n) = D n^-alpha + C."""

    D: Number
    alpha: float = Field(ge=0, le=100)
    C: Number


class ScalingResult(FileModel):
    """The law through the sizes, and what follows from it."""

    law: ScalingLaw
    alpha: list[Number | None] = Field(min_length=2, max_length=2)
    C: list[Number | None] = Field(min_length=2, max_length=2)
    largest: Count
    floor_share: Number
    floor_dominates: Number
    gain: Number
    gain_interval: list[Number | None] = Field(min_length=2, max_length=2)
    verdict: Literal["render more", "change the generator", "undecided"]


class SizePoint(Estimate):
    """The score of training on so many renders."""

    mean: Number
    synthetic: int = Field(gt=0, le=10**15)


class SizesResult(FileModel):
    """Scores over the size of the synthetic set; a law where there are enough of them."""

    points: list[SizePoint] = Field(min_length=1)
    fit: ScalingResult | None
    why: str


class AblatedFactor(FileModel):
    """What the score loses without one randomiser; values are absent where it was not trained."""

    name: Name
    said: Name
    remains: Name
    overrides: list[Name]
    mean: Number | None = None
    spread: Number | None = None
    low: Number | None = None
    high: Number | None = None
    seeds: Count = 0
    share_of_score: Number | None = None

    @model_validator(mode="after")
    def _mean_with_interval(self) -> Self:
        if self.mean is not None and (self.low is None or self.high is None):
            raise ValueError("a mean needs its interval, low and high")
        return self


class AblationResult(FileModel):
    """Every randomiser that was switched off, and the score with all of them."""

    images: Count
    everything: Estimate
    rows: list[AblatedFactor]
    absent: list[Name]


class StudyResult(FileModel):
    """All of a study."""

    study: StudyFacts
    runs: list[TrialResult] = Field(default_factory=list)
    table: list[RegimeResult]
    gap: GapResult | None
    worth: DataEquivalence | None
    comparisons: list[Comparison]
    sizes: SizesResult | None
    ablation: AblationResult | None
    sentences: list[str]
    not_measured: list[MissingResult]


def read_study_result(path: Path) -> dict[str, Any]:
    """The content of a study.json that fits `StudyResult`.

    Raises:
        SynthvisError: It is no study.
    """
    hint = f"delete {path} and repeat the `synthvis study` command; finished runs are kept"
    found: dict[str, Any] = read_values(path, StudyResult, what="a study", hint=hint)
    return found
