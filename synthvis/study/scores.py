"""What the finished trainings of a study scored, gathered from the files of their runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from synthvis.metrics.evaluation import Evaluation, read_evaluation
from synthvis.study.estimate import Estimate
from synthvis.study.plan import StudyPlan, Trial
from synthvis.study.regimes import Regime
from synthvis.study.resampling import Score, estimate, mean_draws, score_of, seed_counts
from synthvis.study.runner import RUNS, JobResult, finished, run_status_of
from synthvis.study.study_result import TrialResult

__all__ = ["BySeed", "Group", "StudyScores", "group_of"]

Floats = NDArray[np.float64]

Group = tuple[str, str, int, int, str]
"""Part, regime, photographs, renders, variation."""

BySeed = Mapping[int, Score]


class StudyScores:
    """Scores of a plan's trials.

    Attributes:
        plan: All trials.
        counts: How often each seed is in each draw of the bootstrap.
        on_renders: Of training on renders alone, measured on renders, by seed.
    """

    def __init__(self, plan: StudyPlan, out: Path, sets_digest: str, job_results: Sequence[JobResult] = ()) -> None:
        """Read what is finished; arguments are those of `study_results`.

        Raises:
            SynthvisError: A file of a run is damaged.
        """
        self.plan = plan
        self.counts = seed_counts(plan.config.seeds)
        self.on_renders: dict[int, Score] = {}
        self._errors = {one.job.key: one.error for one in job_results if one.error}
        self._evaluations: dict[str, dict[str, Evaluation]] = {}
        self._by_group: dict[Group, dict[int, Score]] = {}
        for job in plan.jobs:
            if finished(job, out, sets_digest):
                folder = out / RUNS / job.folder
                files = run_status_of(job, out).files
                self._evaluations[job.key] = {
                    kind: _evaluation(folder / f"eval_{stem}.json") for kind, stem in files.items()
                }
        for trial in plan.trials:
            self._add(trial)

    def _add(self, trial: Trial) -> None:
        found = self._evaluations.get(trial.job.key) if trial.job else None
        if found is None or trial.job is None:
            return
        metric, stream = self.plan.sets.metric, trial.job.folder
        score = score_of(found["real"], metric, stream)
        if score is not None:
            self._by_group.setdefault(group_of(trial), {})[trial.seed] = score
        if trial.part == "regimes" and trial.regime == "synthetic" and "synthetic" in found:
            on_renders = score_of(found["synthetic"], metric, stream)
            if on_renders is not None:
                self.on_renders[trial.seed] = on_renders

    @property
    def synthetic(self) -> BySeed:
        """Of training on all renders alone, measured on photographs."""
        return self.of(("regimes", "synthetic", 0, len(self.plan.sets.synthetic.images), ""))

    def of(self, group: Group) -> BySeed:
        """Of a group by seed; empty where nothing of it is finished."""
        return self._by_group.get(group, {})

    def of_regime(self, regime: Regime) -> dict[int, BySeed]:
        """Of a regime by number of photographs, ascending."""
        found = {group[2]: self.of(group) for group in self._by_group if group[:2] == ("regimes", regime)}
        return dict(sorted(found.items()))

    def of_sizes(self) -> dict[int, BySeed]:
        """Of training on parts of the renders, by their number, ascending."""
        return dict(sorted((group[3], self.of(group)) for group in self._by_group if group[0] == "sizes"))

    def of_ablation(self) -> dict[str, BySeed]:
        """Of the sets of the ablation by name."""
        return {group[1]: self.of(group) for group in self._by_group if group[0] == "ablation"}

    def estimate(self, scores: BySeed) -> Estimate | None:
        """Mean over seeds with its interval; None without a score."""
        return estimate(scores, self.counts)

    def draws(self, groups: Sequence[BySeed]) -> Floats:
        """(DRAWS, len(groups)) means over seeds on the resamples."""
        return np.stack([mean_draws(scores, self.counts) for scores in groups], axis=1)

    def trial(self, trial: Trial) -> TrialResult:
        """One trial as it went."""
        result = TrialResult(
            part=trial.part, regime=trial.regime, seed=trial.seed, real=trial.real, synthetic=trial.synthetic,
            fraction=trial.fraction, variation=trial.variation, state="nothing to train", why=trial.why,
        )  # fmt: skip
        if trial.job is None:
            return result
        result = replace(result, folder=f"{RUNS}/{trial.job.folder}", steps=trial.job.steps)
        found = self._evaluations.get(trial.job.key)
        if found is None:
            why = self._errors.get(trial.job.key, "")
            return replace(result, state="failed" if why else "not run", why=why)
        metric = self.plan.sets.metric
        scores = {kind: one.metrics.get(metric) for kind, one in found.items()}
        return replace(result, state="done", why="", scores=scores)


def group_of(trial: Trial) -> Group:
    """The trials that differ by seed alone have one group."""
    return (trial.part, trial.regime, trial.real, trial.synthetic, trial.variation)


def _evaluation(path: Path) -> Evaluation:
    return read_evaluation(path, hint=f"delete {path} and repeat the `synthvis study` command; it measures again")
