"""What a study found: `StudyResult`, in memory and as study.json."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, Strict

from synthvis.formats.json_file import Count, Name, Number, Record, ShallowObject, read_json
from synthvis.metrics.metric import MetricValue
from synthvis.metrics.missing import MissingResult
from synthvis.metrics.registry import metric_named
from synthvis.study.data_equivalence import DataEquivalence
from synthvis.study.estimate import Estimate
from synthvis.study.regimes import Regime
from synthvis.study.scaling import Scaling

__all__ = [
    "AblationResult",
    "AblationRow",
    "Comparison",
    "RegimeResult",
    "SetFacts",
    "SizePoint",
    "SizesResult",
    "StudyGap",
    "StudyResult",
    "StudySetup",
    "TrialResult",
    "VariationRow",
    "VariationsResult",
    "Verdict",
    "read_study_result",
]

MAX_SEEDS = 10_000
Seed = Annotated[int, Strict()]
Seeds = Annotated[tuple[Seed, ...], Field(max_length=MAX_SEEDS)]
SizeOfSet = Annotated[int, Strict(), Field(gt=0, le=10**15)]
Verdict = Literal["better", "worse", "not told apart"]
TrialState = Literal["done", "failed", "not run", "nothing to train"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SetFacts(Record):
    """A set that was trained or measured on.

    Attributes:
        name: Of the set.
        split: Of the set.
        images: How many it has.
        labels: How many they have together.
    """

    name: Name
    split: Name
    images: Count
    labels: Count

    @property
    def labels_per_image(self) -> float:
        """Mean number of labels of an image; 0 without images."""
        return self.labels / max(self.images, 1)

    def __str__(self) -> str:
        return f"{self.name}:{self.split}"


@dataclass(frozen=True, slots=True, kw_only=True)
class StudySetup(Record):
    """What was asked, and of what.

    Attributes:
        task: What was learnt.
        metric: Name of the metric that is compared.
        command: Words behind "synthvis" that run this study again.
        classes: What every network predicts; empty where the task has no classes.
        synthetic: Renders that were trained on.
        real: Photographs that were trained on; None where no regime needs them.
        real_eval: Photographs that were measured on.
        steps: Training steps, of a regime or of each stage.
        budget: "total": `steps` are those of a regime in all; "stage": of each of its stages.
        finetune_share: Share of a total budget that synthetic+real keeps for photographs.
        real_share: Share of photographs among the views of the mixed regime.
        seeds: Of the trainings.
        config: Every setting of the trainings, to be shown.
        intervals: How intervals were drawn, in words.
    """

    task: Name
    metric: Name
    command: tuple[Name, ...]
    classes: tuple[Name, ...]
    synthetic: SetFacts
    real: SetFacts | None
    real_eval: SetFacts
    steps: Count
    budget: Literal["total", "stage"]
    finetune_share: Number
    real_share: Number = 0.5
    seeds: Seeds
    config: ShallowObject
    intervals: Name

    @property
    def lower_is_better(self) -> bool:
        """Whether the metric is an error."""
        return metric_named(self.metric).lower_is_better


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialResult(Record):
    """One training of the study, as it went.

    Attributes:
        part: "regimes", "sizes", "ablation" or "variations".
        regime: What it trained on; of an ablation, the name of the rendered set.
        seed: Of the training.
        real: Photographs that it trained on.
        synthetic: Renders that it trained on.
        fraction: Share of all photographs, in per cent; None without photographs.
        variation: What was changed, such as "steps=1200"; empty where nothing was.
        state: How far it came.
        why: Reason where it is not done.
        folder: Of its run, below that of the study; empty where there was nothing to train.
        steps: Training steps, stage by stage.
        scores: The metric by "real" and "synthetic", the kinds of images it was measured on; None where undefined.
    """

    part: Name
    regime: Name
    seed: Seed
    real: Count
    synthetic: Count
    fraction: Number | None = None
    variation: Name = ""
    state: TrialState
    why: str = ""
    folder: Name = ""
    steps: tuple[Count, ...] = ()
    scores: Mapping[Name, MetricValue | None] = field(default_factory=dict)

    def __str__(self) -> str:
        name = f"{self.regime}, {self.real:,} photographs, {self.synthetic:,} renders, seed {self.seed}"
        name += f", {self.variation}" if self.variation else ""
        score = self.scores.get("real")
        return f"{name}: {score if self.state == 'done' and score else ': '.join(filter(None, (self.state, self.why)))}"


@dataclass(frozen=True, slots=True, kw_only=True)
class RegimeResult(Record):
    """A row of the table: one regime, with so many photographs and renders.

    Attributes:
        regime: What was trained on.
        real: Number of photographs.
        fraction: Share of all photographs, in per cent; None without photographs.
        synthetic: Number of renders.
        steps: Training steps, stage by stage.
        score: Over the seeds; None where no training of it is finished.
    """

    regime: Regime
    real: Count
    fraction: Number | None
    synthetic: Count
    steps: tuple[Count, ...]
    score: Estimate | None

    def __str__(self) -> str:
        score = "not measured" if self.score is None else self.score
        return f"{self.regime}, {self.real:,} photographs, {self.synthetic:,} renders: {score}"


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyGap(Record):
    """Training on renders alone, measured on renders and on photographs, and the first minus the second."""

    on_renders: Estimate
    on_photographs: Estimate
    difference: Estimate


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison(Record):
    """A way to use renders beside photographs alone.

    Attributes:
        regime: Of the way to train.
        real: Its photographs.
        base: Whether it is compared with all photographs or with the same ones.
        what: The way, in words.
        against: What it is compared with, in words.
        difference: The score of the way minus that of the photographs alone.
        verdict: Whether test images and seeds tell them apart, and how.
    """

    regime: Regime
    real: Count
    base: Literal["all", "the same"]
    what: Name
    against: Name
    difference: Estimate
    verdict: Verdict

    def __str__(self) -> str:
        return f"{self.what} against {self.against}: {self.difference}, {self.verdict}"


@dataclass(frozen=True, slots=True, kw_only=True)
class SizePoint(Record):
    """The score of training on so many renders alone."""

    synthetic: SizeOfSet
    score: Estimate


@dataclass(frozen=True, slots=True, kw_only=True)
class SizesResult(Record):
    """Scores over the size of the synthetic set.

    Attributes:
        points: One a size, ascending.
        fit: The law through them; None where there are too few.
        why: Reason for that.
    """

    points: Annotated[tuple[SizePoint, ...], Field(min_length=1)]
    fit: Scaling | None
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AblationRow(Record):
    """What one randomiser brings.

    Attributes:
        name: Of the randomiser.
        effect: What becomes of the images without it.
        remains: What still varies.
        overrides: Keys and values of the recipe that switch it off.
        gain: The score with every randomiser minus that without this one, as an error the other way round; None where
            it was not trained.
        share_of_score: The gain over the score with every randomiser; None where either is not known.
    """

    name: Name
    effect: Name
    remains: Name
    overrides: tuple[Name, ...]
    gain: Estimate | None = None
    share_of_score: Number | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AblationResult(Record):
    """Every randomiser that was switched off.

    Attributes:
        images: Of each set.
        everything: The score with every randomiser; None where it was not trained.
        rows: One a randomiser.
        absent: Randomisers that the recipe does not have.
    """

    images: Count
    everything: Estimate | None
    rows: tuple[AblationRow, ...]
    absent: tuple[Name, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class VariationRow(Record):
    """One choice against the study's own, in one regime.

    Attributes:
        key: The setting, or "data".
        value: As it was typed.
        regime: What was trained on.
        real: Number of photographs.
        synthetic: Number of renders.
        score: Over the seeds; None where no training of it is finished.
        gain: That score minus the one without the change, as an error the other way round; None where one is missing.
        verdict: Whether test images and seeds tell them apart, and how; None without a gain.
    """

    key: Name
    value: Name
    regime: Regime
    real: Count
    synthetic: Count
    score: Estimate | None
    gain: Estimate | None
    verdict: Verdict | None

    @property
    def name(self) -> str:
        """Such as "steps=1200"."""
        return f"{self.key}={self.value}"

    def __str__(self) -> str:
        return f"{self.name}, {self.regime}: {f'{self.gain}, {self.verdict}' if self.gain else 'not measured'}"


@dataclass(frozen=True, slots=True, kw_only=True)
class VariationsResult(Record):
    """Every choice that was tried beside the study's own.

    Attributes:
        rows: One a choice and regime, in the order of the plan.
        resolution: The median of half the width of the gains' intervals: about the smallest difference that these test
            images and seeds tell apart; None without an interval.
    """

    rows: tuple[VariationRow, ...]
    resolution: Number | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyResult(Record):
    """All that a study found.

    Attributes:
        setup: What was asked, and of what.
        trials: Every training.
        table: One row a regime and number of photographs.
        gap: The gap of training on renders alone; None where that was not measured on both.
        data_equivalence: How many photographs the renders are worth; None without both regimes for it.
        comparisons: Ways to use renders beside photographs alone.
        sizes: Scores over the number of renders; None where no sizes were asked for.
        ablation: What each randomiser brings; None where none was asked for.
        variations: What other choices change; None where none was asked for.
        sentences: The result in words, the most important first.
        not_measured: What is missing, why, and what to type.
    """

    setup: StudySetup
    trials: tuple[TrialResult, ...] = ()
    table: tuple[RegimeResult, ...]
    gap: StudyGap | None
    data_equivalence: DataEquivalence | None
    comparisons: tuple[Comparison, ...]
    sizes: SizesResult | None
    ablation: AblationResult | None
    variations: VariationsResult | None = None
    sentences: tuple[str, ...] = ()
    not_measured: tuple[MissingResult, ...] = ()

    @property
    def failed(self) -> tuple[TrialResult, ...]:
        """The trainings that failed."""
        return tuple(one for one in self.trials if one.state == "failed")

    @property
    def best(self) -> RegimeResult | None:
        """The row of the table with the best score; None where nothing is measured."""
        measured = [(row.score.mean, row) for row in self.table if row.score is not None]
        better = min if self.setup.lower_is_better else max
        return better(measured, key=lambda pair: pair[0])[1] if measured else None

    def __str__(self) -> str:
        return "\n".join(self.sentences or ("Nothing is measured yet.",))


def read_study_result(path: Path) -> StudyResult:
    """The content of a study.json.

    Raises:
        SynthvisError: It is no study.
    """
    hint = f"delete {path} and repeat the `synthvis study` command; finished runs are kept"
    return read_json(path, StudyResult, what="a study", hint=hint)
