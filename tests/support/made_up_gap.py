"""A comparison of two sets and a study, made up: numbers that occur nowhere else on a page."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

from synthvis.metrics.evaluation import Evaluation
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
CAUSES = ("classification", "localisation", "both", "duplicate", "background", "missed")
COSTS = {
    "classification": 0.0131,
    "localisation": 0.1717,
    "both": 0.0,
    "duplicate": 0.0041,
    "background": 0.0,
    "missed": 0.0919,
}
ON_RENDERS = {name: value / 10 for name, value in COSTS.items()}


def interval(value: float | None, width: float = 0.01) -> dict[str, float | None]:
    if value is None:
        return {"value": None, "low": None, "high": None}
    return {"value": value, "low": round(value - width, 6), "high": round(value + width, 6)}


def trait(name: str, title: str, bits: float, chance: float, advice: str | None, direction: str) -> dict[str, Any]:
    values = {"q10": 0.11, "median": 0.55, "q90": 0.99, "mean": 0.5, "count": 40}
    return {
        "trait": name, "title": title, "of": "images", "js_bits": interval(bits),
        "chance_js_bits": {"mean": chance / 2, "high": chance}, "above_chance": bits > chance,
        "total_variation": interval(bits), "wasserstein_z": interval(1.0),
        "chance_wasserstein_z": {"mean": 0.1, "high": 0.2}, "synthetic": values, "real": {**values, "median": 0.77},
        "kind": "less", "direction": direction, "advice": advice,
    }  # fmt: skip


def causes(costs: dict[str, float], classes: tuple[str, ...]) -> dict[str, Any]:
    found = {name: {"count": k + 3, "dAP50": interval(costs[name]), "step": 0.0} for k, name in enumerate(CAUSES)}
    one = {"AP50": interval(0.4), "objects": 57, "causes": found}
    empty = {"AP50": interval(None), "objects": 0, "causes": found}
    return {**one, "per_class": dict.fromkeys(classes, one), "subsets": {"small": empty, "large": one}, "bootstrap": {}}


def task_gap(run: Path, synthetic: Evaluation, real: Evaluation) -> dict[str, Any]:
    """As for two evaluations of a run."""

    def head(one: Evaluation) -> dict[str, Any]:
        metrics = {name: one[name].to_dict() for name in ("AP", "AP50", "AP75")}
        return {"set": one.set, "split": one.split, "images": one.images, "metrics": metrics}

    names = tuple(real.per_class)
    return {
        "run": str(run), "synthetic": head(synthetic), "real": head(real), "gap": {"AP": interval(0.28)},
        "causes": {"synthetic": causes(ON_RENDERS, names), "real": causes(COSTS, names)},
        "cause_gap": {name: interval(COSTS[name] - ON_RENDERS[name], 0.003) for name in CAUSES},
        "per_class": {name: {"synthetic": 0.61, "real": 0.31, "lost": 0.3} for name in names},
        "advice": None,
    }  # fmt: skip


def set_gap(task: dict[str, Any] | None = None, *, real: str = "fruit", features: bool = True) -> dict[str, Any]:
    """Content of set_gap.json: sharpness differs most, noise differs too, luma no more than chance."""
    rows = [
        trait("sharpness", "sharpness", 0.4242, 0.05, SOFT_ADVICE, "renders are softer"),
        trait("noise", "noise of flat parts", 0.2323, 0.05, "lower sensor.shot_noise", "renders are noisier"),
        trait("luma", "mean luma", 0.0123, 0.05, None, "much alike"),
    ]  # fmt: skip
    side = {"set": "made-up", "kind": "synthetic", "split": "train", "images": 15, "objects": 33}
    distance = {**interval(0.0333, 0.001), "chance": {"mean": 0.001, "high": 0.002}}
    part = {
        "rows": {"synthetic": 19, "real": 19}, "distances": {"kid": distance, "proxy_a": {**distance, **interval(1.6)}},
        "manifold": {"precision": 0.31, "recall": 0.72, "density": 0.2, "coverage": 0.25},
    }  # fmt: skip
    return {
        "synthetic": side, "real": {**side, "set": real, "kind": "real", "images": 96}, "halves_of_one_set": False,
        "classes": ["apple"], "only_real_classes": ["pear tree"], "only_synthetic_classes": [],
        "common_form": {"long_side_px": 256, "jpeg_quality": 85}, "bootstrap": {},
        "summary": {"mean_js_bits": 0.2, "above_chance": 2, "traits": 3}, "differences": rows,
        "features": {
            "backbone": "made-up-net", "least_crop_px": 32, "images": part, "crops": part,
            "crops_by_class": {"apple": part}, "neighbours": {"far_real_share": 0.37},
        } if features else None,
        "task": task,
    }  # fmt: skip


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


def write_gap_dir(folder: Path, content: dict[str, Any]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "set_gap.json").write_text(json.dumps(content))
    return folder


def write_study_dir(folder: Path, result: StudyResult) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "study.json").write_text(json.dumps(result.to_dict()))
    return folder
