"""From the scores of a study's trainings to all that follows from them, each with how sure it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import numpy as np

from synthvis.metrics.missing import MissingResult, missing_result
from synthvis.study.commands import study_words, with_option
from synthvis.study.data_equivalence import DataEquivalence, data_equivalence_of
from synthvis.study.estimate import Estimate
from synthvis.study.plan import StudyPlan, Trial
from synthvis.study.regimes import REGIMES, Regime, regime_of
from synthvis.study.resampling import difference
from synthvis.study.runner import JobResult
from synthvis.study.scaling import MIN_SIZES, scaling_of
from synthvis.study.scores import BySeed, Group, StudyScores, group_of
from synthvis.study.study_result import (
    AblationResult,
    AblationRow,
    Comparison,
    RegimeResult,
    SetFacts,
    SizePoint,
    SizesResult,
    StudyGap,
    StudyResult,
    StudySetup,
    TrialResult,
)
from synthvis.study.variation_results import variations_of
from synthvis.study.wording import compared, plural, sentences_of

__all__ = ["AblationFacts", "study_results"]

LABEL_DIGITS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class AblationFacts:
    """What results have to say of ablations beside their scores.

    Attributes:
        overrides: Keys and values that switch each randomiser off.
        effects: What that does to images.
        remains: What still varies.
        absent: Randomisers that the recipe does not have.
        failed: Reason for each set that could not be rendered.
        images: Images of each set.
    """

    overrides: Mapping[str, Sequence[str]]
    effects: Mapping[str, str]
    remains: Mapping[str, str]
    absent: Sequence[str]
    failed: Mapping[str, str]
    images: int


def study_results(
    plan: StudyPlan,
    out: Path,
    sets_digest: str,
    job_results: Sequence[JobResult] = (),
    ablation: AblationFacts | None = None,
    command: Sequence[str] = (),
) -> StudyResult:
    """What a study found, from the files of the runs that are finished.

    Args:
        plan: All trainings.
        out: Folder of the study.
        sets_digest: Of what is measured on.
        job_results: How the trainings of this call ended.
        ablation: What is known of ablations.
        command: Words behind "synthvis" that run this study again.

    Raises:
        SynthvisError: A file of a run is damaged.
    """
    scores = StudyScores(plan, out, sets_digest, job_results)
    setup = _setup(plan, tuple(command) or study_words(plan))
    sign = -1.0 if setup.lower_is_better else 1.0
    trials = tuple(scores.trial(trial) for trial in plan.trials)
    result = StudyResult(
        setup=setup,
        trials=trials,
        table=_table(scores),
        gap=_gap(scores),
        data_equivalence=_data_equivalence(scores, setup, sign),
        comparisons=_comparisons(scores, sign),
        sizes=_sizes(scores, lower_is_better=setup.lower_is_better),
        ablation=_ablation(scores, ablation, sign) if ablation else None,
        variations=variations_of(scores, sign) if plan.config.variations else None,
    )
    missing = (*_missing_trials(trials, setup), *_missing_seeds(setup), *_missing_ablations(ablation, setup))
    return replace(result, sentences=sentences_of(result), not_measured=missing)


def _setup(plan: StudyPlan, command: tuple[str, ...]) -> StudySetup:
    sets, config = plan.sets, plan.config
    return StudySetup(
        task=sets.task,
        metric=sets.metric,
        command=command,
        classes=sets.classes,
        synthetic=_set_facts(sets.synthetic),
        real=_set_facts(sets.real) if sets.real is not None else None,
        real_eval=_set_facts(sets.real_eval),
        steps=config.training.steps,
        budget=config.budget,
        finetune_share=config.finetune_share,
        real_share=config.real_share,
        seeds=config.seeds,
        config=config.training.model_dump(mode="json"),
        intervals="95%, bootstrap over test images and seeds together"
        if len(config.seeds) > 1
        else "95%, bootstrap over test images; one seed, so the spread between seeds is not in them",
    )


def _set_facts(split: Any) -> SetFacts:
    return SetFacts(name=split.name, split=split.split, images=len(split.images), labels=split.label_count)


def _table(scores: StudyScores) -> tuple[RegimeResult, ...]:
    """One row a group of the regimes, in their order."""
    trials = [trial for trial in scores.plan.trials if trial.part == "regimes"]
    groups: dict[Group, list[Trial]] = {}
    for trial in sorted(trials, key=lambda trial: (REGIMES.index(regime_of(trial.regime)), trial.real)):
        groups.setdefault(group_of(trial), []).append(trial)
    return tuple(
        RegimeResult(
            regime=regime_of(rows[0].regime),
            real=rows[0].real,
            fraction=rows[0].fraction,
            synthetic=rows[0].synthetic,
            steps=next((row.job.steps for row in rows if row.job), ()),
            score=scores.estimate(scores.of(group)),
        )
        for group, rows in groups.items()
    )


def _gap(scores: StudyScores) -> StudyGap | None:
    """Training on renders alone, measured on renders and on photographs."""
    on_renders, on_photographs = scores.estimate(scores.on_renders), scores.estimate(scores.synthetic)
    lost = difference(scores.on_renders, scores.synthetic, scores.counts)
    if lost is None or on_renders is None or on_photographs is None:
        return None
    return StudyGap(on_renders=on_renders, on_photographs=on_photographs, difference=lost)


def _data_equivalence(scores: StudyScores, setup: StudySetup, sign: float) -> DataEquivalence | None:
    """How many photographs the renders are worth; None where a regime for it is missing."""
    level, curve = scores.synthetic, scores.of_regime("real")
    if not level or not curve or setup.real is None:
        return None
    means = np.array([_mean(one) for one in curve.values()])
    found = data_equivalence_of(
        list(curve), sign * means, sign * _mean(level), sign * scores.draws(list(curve.values())),
        sign * scores.draws([level])[:, 0],
    )  # fmt: skip
    return replace(found, labels_per_image=round(setup.real.labels_per_image, LABEL_DIGITS))


def _mean(scores: BySeed) -> float:
    return float(np.mean([score.value for score in scores.values()]))


def _comparisons(scores: StudyScores, sign: float) -> tuple[Comparison, ...]:
    """Each way to use renders against all photographs alone, and against the same photographs alone."""
    alone = scores.of_regime("real")
    if not alone:
        return ()
    most = max(alone)
    ways: list[tuple[Regime, int, Literal["all", "the same"], int, BySeed]] = [
        ("synthetic", 0, "all", most, scores.synthetic)
    ]
    regimes: tuple[Regime, ...] = ("synthetic+real", "mixed")
    for regime in regimes:
        found = scores.of_regime(regime)
        ways += [(regime, count, "all", most, one) for count, one in found.items()]
        same = [count for count in found if count in alone and count != most]
        ways += [(regime, count, "the same", count, found[count]) for count in same]
    differences = [(way, difference(way[4], alone[way[3]], scores.counts)) for way in ways]
    return tuple(compared(*way[:4], one, sign) for way, one in differences if one is not None)


def _sizes(scores: StudyScores, *, lower_is_better: bool) -> SizesResult | None:
    """Scores over the size of the synthetic set, and the law through them."""
    by_size = scores.of_sizes()
    if not by_size:
        return None
    found = [(size, scores.estimate(one)) for size, one in by_size.items()]
    points = tuple(SizePoint(synthetic=size, score=score) for size, score in found if score is not None)
    if len(by_size) < MIN_SIZES:
        return SizesResult(points=points, fit=None, why=f"a law of three numbers needs {MIN_SIZES} sizes")
    means = np.array([_mean(one) for one in by_size.values()])
    drawn = scores.draws(list(by_size.values()))
    errors = (means, drawn) if lower_is_better else (1 - means, 1 - drawn)
    return SizesResult(points=points, fit=scaling_of(list(by_size), *errors), why="")


def _ablation(scores: StudyScores, facts: AblationFacts, sign: float) -> AblationResult:
    """What the score loses without each randomiser."""
    found = scores.of_ablation()
    base = found.get("everything", {})
    return AblationResult(
        images=facts.images,
        everything=scores.estimate(base),
        rows=tuple(
            AblationRow(
                name=name,
                effect=facts.effects[name],
                remains=facts.remains[name],
                overrides=tuple(facts.overrides.get(name, ())),
                gain=(gain := _gain(scores, base, found.get(name, {}), sign)),
                share_of_score=_share(gain, base, found.get(name, {})),
            )
            for name in facts.effects
        ),
        absent=tuple(facts.absent),
    )


def _gain(scores: StudyScores, base: BySeed, without: BySeed, sign: float) -> Estimate | None:
    lost = difference(base, without, scores.counts)
    return lost.negated() if lost is not None and sign < 0 else lost


def _share(gain: Estimate | None, base: BySeed, without: BySeed) -> float | None:
    if gain is None:
        return None
    mean = _mean({seed: base[seed] for seed in base.keys() & without.keys()})
    return gain.mean / mean if mean else None


def _missing_trials(trials: Sequence[TrialResult], setup: StudySetup) -> list[MissingResult]:
    """What of the trainings is missing, why, and what to type."""
    missing = []
    for one in trials:
        if one.state != "done":
            images = f"{plural(one.real, 'photograph')}, {plural(one.synthetic, 'render')}"
            why = f"{one.state}: {one.why}".strip(": ")
            is_small = one.state == "nothing to train"
            how = ("use a larger share of the photographs", ()) if is_small else ("run the study again", setup.command)
            varied = f", {one.variation}" if one.variation else ""
            missing.append(missing_result(f"{one.regime}, {images}, seed {one.seed}{varied}", why, *how))
    return missing


def _missing_seeds(setup: StudySetup) -> list[MissingResult]:
    if len(setup.seeds) > 1:
        return []
    command = with_option(setup.command, "--seeds", f"{setup.seeds[0]},{setup.seeds[0] + 1}")
    return [missing_result("Spread between training seeds", "one seed was trained", "", command)]


def _missing_ablations(facts: AblationFacts | None, setup: StudySetup) -> list[MissingResult]:
    if facts is None:
        return []
    failed = [
        missing_result(f"The set {name}", why, "run the study again", setup.command)
        for name, why in facts.failed.items()
    ]
    why = "the recipe has no such randomiser, or no key that holds it"
    return failed + [
        missing_result(f"What {name} is worth", why, "study renders of another recipe") for name in facts.absent
    ]
