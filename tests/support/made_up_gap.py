"""A comparison of two sets and a study, made up: numbers that occur nowhere else on a page."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path

from synthvis.gap.common_form import CommonForm
from synthvis.gap.comparison import (
    ClassScores,
    ComparedSet,
    FeatureComparison,
    FeatureDistances,
    Neighbours,
    RowCounts,
    SetComparison,
    SideCauses,
    StatisticDifference,
    Summary,
    TaskGap,
    TaskScores,
)
from synthvis.gap.distances import DistanceResult
from synthvis.gap.image_statistics import Quantiles
from synthvis.gap.neighbours import ManifoldScores
from synthvis.gap.resampling import NullLevel
from synthvis.gap.task_gap import CAUSE_ADVICE
from synthvis.metrics.error_causes import CauseCost, ErrorCauses, SetErrorCauses
from synthvis.metrics.error_table import CAUSES, Cause
from synthvis.metrics.evaluation import Evaluation
from synthvis.metrics.metric import MetricValue
from synthvis.metrics.missing import MissingResult
from synthvis.study.data_equivalence import DataEquivalence
from synthvis.study.estimate import Estimate
from synthvis.study.regimes import Regime
from synthvis.study.study_result import Comparison, RegimeResult, SetFacts, StudyResult, StudySetup

SOFT_ADVICE = "lower sensor.blur_sigma_px, or bring own textures"
STUDY_COMMAND = ["study", "--data", "data/made-up", "--real", "fruit", "--steps", "40", "--seeds", "0"]
SEED_HOLE = MissingResult(
    what="Spread between training seeds",
    why="one seed was trained",
    how="",
    command="synthvis study --data data/made-up --real fruit --steps 40 --seeds 0,1",
)
COSTS: dict[Cause, float] = {
    "classification": 0.0131,
    "localisation": 0.1717,
    "both": 0.0,
    "duplicate": 0.0041,
    "background": 0.0,
    "missed": 0.0919,
}
ON_RENDERS: dict[Cause, float] = {name: value / 10 for name, value in COSTS.items()}


def interval(value: float | None, width: float = 0.01) -> MetricValue:
    if value is None:
        return MetricValue(None)
    return MetricValue(value, round(value - width, 6), round(value + width, 6))


def difference(
    name: str, title: str, bits: float, null: float, advice: str | None, direction: str
) -> StatisticDifference:
    values = Quantiles(q10=0.11, median=0.55, q90=0.99, mean=0.5, count=40)
    return StatisticDifference(
        statistic=name, title=title, of="images", js_bits=interval(bits),
        null_js_bits=NullLevel(mean=null / 2, high=null), above_null=bits > null,
        total_variation=interval(bits), wasserstein_z=interval(1.0),
        null_wasserstein_z=NullLevel(mean=0.1, high=0.2), synthetic=values, real=replace(values, median=0.77),
        kind="less", direction=direction, advice=advice,
    )  # fmt: skip


def causes(costs: dict[Cause, float], classes: tuple[str, ...]) -> SetErrorCauses:
    found = {
        name: CauseCost(count=k + 3, ap50_gain=interval(cost), step=0.0) for k, (name, cost) in enumerate(costs.items())
    }
    whole = ErrorCauses(ap50=interval(0.4), objects=57, causes=found)
    empty = ErrorCauses(ap50=interval(None), objects=0, causes=found)
    return SetErrorCauses(
        ap50=whole.ap50, objects=whole.objects, causes=found, per_class=dict.fromkeys(classes, whole),
        subsets={"small": empty, "large": whole},
    )  # fmt: skip


def task_gap(run: Path, synthetic: Evaluation, real: Evaluation) -> TaskGap:
    """As for two evaluations of a run."""

    def scores(one: Evaluation) -> TaskScores:
        metrics = {name: one.metrics[name] for name in ("AP", "AP50", "AP75")}
        return TaskScores(set=one.set, split=one.split, images=one.images, metrics=metrics)

    names = tuple(real.per_class)
    return TaskGap(
        run=str(run), task="detection", synthetic=scores(synthetic), real=scores(real), gap={"AP": interval(0.28)},
        causes=SideCauses(synthetic=causes(ON_RENDERS, names), real=causes(COSTS, names)),
        cause_gap={name: interval(COSTS[name] - ON_RENDERS[name], 0.003) for name in CAUSES},
        per_class={name: ClassScores(synthetic=0.61, real=0.31, lost=0.3) for name in names},
        cause_advice=CAUSE_ADVICE,
    )  # fmt: skip


def features() -> FeatureComparison:
    result = DistanceResult(estimate=interval(0.0333, 0.001), null=NullLevel(mean=0.001, high=0.002))
    part = FeatureDistances(
        rows=RowCounts(synthetic=19, real=19),
        distances={"kid": result, "proxy_a": replace(result, estimate=interval(1.6))},
        manifold=ManifoldScores(precision=0.31, recall=0.72, density=0.2, coverage=0.25),
    )
    return FeatureComparison(
        backbone="made-up-net", min_crop_px=32, images=part, crops=part, crops_by_class={"apple": part},
        neighbours=Neighbours(far_real_share=0.37),
    )  # fmt: skip


def set_gap(task: TaskGap | None = None, *, real: str = "fruit", with_features: bool = True) -> SetComparison:
    """Sharpness differs most, noise differs too, luma no more than halves of the photographs do."""
    rows = (
        difference("sharpness", "sharpness", 0.4242, 0.05, SOFT_ADVICE, "renders are softer"),
        difference("noise", "noise of flat parts", 0.2323, 0.05, "lower sensor.shot_noise", "renders are noisier"),
        difference("luma", "mean luma", 0.0123, 0.05, None, "much alike"),
    )
    return SetComparison(
        synthetic=ComparedSet(set="made-up", kind="synthetic", split="train", images=15, objects=33),
        real=ComparedSet(set=real, kind="real", split="train", images=96, objects=33),
        halves_of_one_set=False, classes=("apple",), only_real_classes=("pear tree",), only_synthetic_classes=(),
        common_form=CommonForm(long_side_px=256, jpeg_quality=85),
        summary=Summary(mean_js_bits=0.2, above_null=2, statistics=3), differences=rows,
        features=features() if with_features else None, task=task,
    )  # fmt: skip


def estimate(mean: float) -> Estimate:
    return Estimate(mean=mean, spread=None, low=round(mean - 0.01, 6), high=round(mean + 0.01, 6), seeds=1)


def regime(name: Regime, real: int, mean: float) -> RegimeResult:
    renders = 0 if name == "real" else 15
    score = estimate(mean)
    return RegimeResult(regime=name, real=real, fraction=None, synthetic=renders, steps=(40,), score=score)


def study(*, task: str = "detection", metric: str = "AP") -> StudyResult:
    """15 renders are worth 71 photographs."""
    sides = {
        name: SetFacts(name=place, split=split, images=images, labels=2 * images)
        for name, place, split, images in (
            ("synthetic", "made-up", "train", 15), ("real", "fruit", "train", 144), ("real_eval", "fruit", "val", 96)
        )
    }  # fmt: skip
    setup = StudySetup(
        task=task, metric=metric, command=tuple(STUDY_COMMAND), classes=("apple",), **sides, steps=40, budget="total",
        finetune_share=0.5, real_share=0.5, seeds=(0,), config={"lr": 0.001},
        intervals="95%, bootstrap over test images",
    )  # fmt: skip
    better = Comparison(
        regime="synthetic+real",
        real=144,
        base="all",
        what="renders, then 144 photographs",
        against="144 photographs alone",
        difference=estimate(0.0515),
        verdict="better",
    )
    return StudyResult(
        setup=setup,
        table=(regime("real", 14, 0.211), regime("real", 144, 0.455), regime("synthetic", 0, 0.366)),
        gap=None,
        data_equivalence=DataEquivalence(
            images=71.4, low=35.0, high=math.inf, smallest=14, largest=144, labels_per_image=2.0
        ),
        comparisons=(better,),
        sizes=None,
        ablation=None,
        sentences=("The 15 renders are worth 71 labelled photographs.", "Renders first: better."),
        not_measured=(SEED_HOLE,),
    )


def write_gap_dir(folder: Path, comparison: SetComparison) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "set_gap.json").write_text(json.dumps(comparison.to_dict()))
    return folder


def write_study_dir(folder: Path, result: StudyResult) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "study.json").write_text(json.dumps(result.to_dict()))
    return folder
