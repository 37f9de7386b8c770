"""What each choice of a study changes against the study's own, pair by pair over the same test images and seeds."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from synthvis.study.plan import Trial
from synthvis.study.regimes import regime_of
from synthvis.study.resampling import difference
from synthvis.study.scores import Group, StudyScores, group_of
from synthvis.study.study_result import VariationRow, VariationsResult
from synthvis.study.wording import verdict_on

__all__ = ["variations_of"]


def variations_of(scores: StudyScores, sign: float) -> VariationsResult:
    """One row a choice and regime.

    Args:
        scores: Of the study's trials.
        sign: 1 where more is better, else -1.
    """
    groups: dict[Group, Trial] = {}
    for trial in scores.plan.trials:
        if trial.part == "variations":
            groups.setdefault(group_of(trial), trial)
    rows = tuple(_row(scores, group, trial, sign) for group, trial in groups.items())
    return VariationsResult(rows=rows, resolution=_resolution(rows))


def _row(scores: StudyScores, group: Group, trial: Trial, sign: float) -> VariationRow:
    changed, base = scores.of(group), scores.of(_base_of(scores, trial))
    gained = difference(changed, base, scores.counts)
    gain = gained.negated() if gained is not None and sign < 0 else gained
    key, _, value = trial.variation.partition("=")
    return VariationRow(
        key=key, value=value, regime=regime_of(trial.regime), real=trial.real, synthetic=trial.synthetic,
        score=scores.estimate(changed), gain=gain,
        verdict=verdict_on(gain, 1.0) if gain is not None else None,
    )  # fmt: skip


def _base_of(scores: StudyScores, trial: Trial) -> Group:
    """The group without the change: the same regime and photographs, and the study's own renders."""
    renders = 0 if trial.regime == "real" else len(scores.plan.sets.synthetic.images)
    return ("regimes", trial.regime, trial.real, renders, "")


def _resolution(rows: Sequence[VariationRow]) -> float | None:
    gains = [row.gain for row in rows if row.gain is not None]
    halves = [(one.high - one.low) / 2 for one in gains if one.low is not None and one.high is not None]
    return float(np.median(halves)) if halves else None
