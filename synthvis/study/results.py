"""study.json: every run, the table of regimes, and what follows from them, each with how sure it is."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from synthvis.metrics.evaluation import read_evaluation
from synthvis.metrics.missing import missing_result
from synthvis.study.commands import study_words, with_option
from synthvis.study.data_equivalence import data_equivalence_of
from synthvis.study.plan import StudyPlan, Trial
from synthvis.study.regimes import REGIMES
from synthvis.study.resampling import Estimate, Score, difference, estimate, mean_draws, score_of, seed_counts
from synthvis.study.runner import RUNS, JobResult, finished, run_status_of
from synthvis.study.scaling import LEAST_SIZES, scaling_of
from synthvis.study.wording import compared, equivalence_sentence, plural, sentences_of

__all__ = ["AblatedFacts", "study_results"]

Group = tuple[str, str, int, int]
"""Part, regime, photographs, renders."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AblatedFacts:
    """What results have to say of ablations beside their scores.

    Attributes:
        overrides: Keys and values that switch each randomiser off.
        said: What that does to pictures.
        remains: What still varies.
        absent: Randomisers that the recipe does not have.
        failed: Reason for each set that could not be rendered.
        images: Images of each set.
    """

    overrides: Mapping[str, Sequence[str]]
    said: Mapping[str, str]
    remains: Mapping[str, str]
    absent: Sequence[str]
    failed: Mapping[str, str]
    images: int


def study_results(
    plan: StudyPlan,
    out: Path,
    sets_digest: str,
    job_results: Sequence[JobResult] = (),
    ablated: AblatedFacts | None = None,
    command: Sequence[str] = (),
) -> dict[str, Any]:
    """The content of study.json, from the files of the runs that are finished.

    Args:
        plan: All trainings.
        out: Folder of the study.
        sets_digest: Of what is measured on.
        job_results: How the trainings of this call ended.
        ablated: What is known of ablations.
        command: Words behind "synthvis" that run this study again.
    """
    results = _Results(plan, out, sets_digest, job_results, command)
    table = results.table()
    comparisons = results.comparisons()
    worth = results.worth()
    facts = results.facts()
    content: dict[str, Any] = {
        "study": facts,
        "runs": [results.run(trial) for trial in plan.trials],
        "table": table,
        "gap": results.gap(),
        "worth": worth,
        "comparisons": comparisons,
        "sizes": results.sizes(),
        "ablation": results.ablation(ablated) if ablated else None,
    }
    content["sentences"] = sentences_of(content)
    content["not_measured"] = results.not_measured(ablated)
    return content


class _Results:
    """Scores of a plan's trials, by group and seed."""

    def __init__(
        self, plan: StudyPlan, out: Path, sets_digest: str, job_results: Sequence[JobResult], command: Sequence[str]
    ) -> None:
        self.command = tuple(command) or study_words(plan)
        self.plan, self.out, self.sets = plan, out, plan.sets
        self.sign = -1.0 if plan.sets.lower_is_better else 1.0
        self.errors = {one.job.key: one.error for one in job_results if one.error}
        self.counts = seed_counts(plan.config.seeds)
        self.evaluations: dict[str, dict[str, Any]] = {}
        self.scores: dict[Group, dict[int, Score]] = {}
        self.on_renders: dict[int, Score] = {}
        for job in plan.jobs:
            if finished(job, out, sets_digest):
                status = run_status_of(job, out)
                self.evaluations[job.key] = {
                    role: _evaluation(out / RUNS / job.folder / f"eval_{stem}.json")
                    for role, stem in status.files.items()
                }
        for trial in plan.trials:
            self._add(trial)

    def _add(self, trial: Trial) -> None:
        found = self.evaluations.get(trial.job.key) if trial.job else None
        if found is None or trial.job is None:
            return
        score = score_of(found["real"], self.sets.metric, trial.job.folder)
        if score is not None:
            self.scores.setdefault(_group(trial), {})[trial.seed] = score
        if trial.part == "regimes" and trial.regime == "synthetic" and "synthetic" in found:
            ours = score_of(found["synthetic"], self.sets.metric, trial.job.folder)
            if ours is not None:
                self.on_renders[trial.seed] = ours

    def facts(self) -> dict[str, Any]:
        """What was asked, and of what."""
        sets, config = self.sets, self.plan.config
        return {
            "task": sets.task,
            "metric": sets.metric,
            "lower_is_better": sets.lower_is_better,
            "command": list(self.command),
            "classes": list(sets.classes),
            "synthetic": _set_facts(sets.synthetic),
            "real": _set_facts(sets.real) if sets.real is not None else None,
            "real_eval": _set_facts(sets.real_eval),
            "steps": config.training.steps,
            "budget": config.budget,
            "finetune_share": config.finetune_share,
            "real_share": config.real_share,
            "seeds": list(config.seeds),
            "config": config.training.model_dump(mode="json"),
            "intervals": "95%, bootstrap over test images and seeds together"
            if len(config.seeds) > 1
            else "95%, bootstrap over test images; one seed, so the spread between seeds is not in them",
        }

    def run(self, trial: Trial) -> dict[str, Any]:
        """One run as it went."""
        row: dict[str, Any] = {
            "part": trial.part, "regime": trial.regime, "seed": trial.seed, "real": trial.real,
            "fraction": trial.fraction, "synthetic": trial.synthetic,
        }  # fmt: skip
        if trial.job is None:
            return {**row, "state": "nothing to train", "why": trial.why}
        row |= {"folder": f"{RUNS}/{trial.job.folder}", "steps": list(trial.job.steps)}
        found = self.evaluations.get(trial.job.key)
        if found is None:
            why = self.errors.get(trial.job.key)
            return {**row, "state": "failed" if why else "not run", "why": why or ""}
        metrics = {role: evaluation["metrics"].get(self.sets.metric) for role, evaluation in found.items()}
        return {**row, "state": "done", "scores": metrics}

    def table(self) -> list[dict[str, Any]]:
        """One row a group of the regimes, in their order."""
        rows, seen = [], set()
        trials = [trial for trial in self.plan.trials if trial.part == "regimes"]
        for trial in sorted(trials, key=lambda trial: (REGIMES.index(trial.regime), trial.real)):
            group = _group(trial)
            if group in seen:
                continue
            seen.add(group)
            steps = next((one.job.steps for one in trials if _group(one) == group and one.job), ())
            rows.append(
                {
                    "regime": trial.regime, "real": trial.real, "fraction": trial.fraction,
                    "synthetic": trial.synthetic,
                    "steps": list(steps), **_estimate_facts(estimate(self.scores.get(group, {}), self.counts)),
                }
            )  # fmt: skip
        return rows

    def gap(self) -> dict[str, Any] | None:
        """Training on renders alone, measured on renders and on photographs."""
        theirs = self.scores.get(self._synthetic, {})
        lost = difference(self.on_renders, theirs, self.counts)
        if lost is None:
            return None
        return {
            "on_renders": _estimate_facts(estimate(self.on_renders, self.counts)),
            "on_photographs": _estimate_facts(estimate(theirs, self.counts)),
            "difference": {**_estimate_facts(lost)},
        }

    @property
    def _synthetic(self) -> Group:
        return ("regimes", "synthetic", 0, len(self.sets.synthetic.images))

    def _regime(self, regime: str) -> dict[int, dict[int, Score]]:
        """Scores by number of photographs, then by seed."""
        found = {group[2]: scores for group, scores in self.scores.items() if group[:2] == ("regimes", regime)}
        return dict(sorted(found.items()))

    def worth(self) -> dict[str, Any] | None:
        """How many photographs the renders are worth; None where a regime for it is missing."""
        level, curve = self.scores.get(self._synthetic), self._regime("real")
        if not level or not curve or self.sets.real is None:
            return None
        means = np.array([self._mean(scores) for scores in curve.values()])
        draws = np.stack([mean_draws(scores, self.counts) for scores in curve.values()], axis=1)
        found = data_equivalence_of(
            list(curve), self.sign * means, self.sign * self._mean(level), self.sign * draws,
            self.sign * mean_draws(level, self.counts),
        )  # fmt: skip
        labels_each = self.sets.real.label_count / max(len(self.sets.real.images), 1)
        facts = {name: _finite(value) for name, value in asdict(found).items()}
        facts |= {
            "labels_per_image": round(labels_each, 3),
            "sentence": equivalence_sentence(found, self.facts(), labels_each),
        }
        return facts

    def _mean(self, scores: Mapping[int, Score]) -> float:
        return float(np.mean([score.value for score in scores.values()]))

    def comparisons(self) -> list[dict[str, Any]]:
        """Each way to use renders against all photographs alone, and against the same photographs alone."""
        real, both, mix = (self._regime(regime) for regime in ("real", "synthetic+real", "mixed"))
        if not real:
            return []
        most = max(real)
        ways: list[tuple[str, int, str, int, Any]] = [
            ("synthetic", 0, "all", most, self.scores.get(self._synthetic, {}))
        ]
        for name, regime in (("synthetic+real", both), ("mixed", mix)):
            ways += [(name, count, "all", most, scores) for count, scores in regime.items()]
            same = [count for count in regime if count in real and count != most]
            ways += [(name, count, "the same", count, regime[count]) for count in same]
        found = [(way[:4], difference(way[4], real[way[3]], self.counts)) for way in ways]
        return [compared(*way, one, self.sign) for way, one in found if one is not None]

    def sizes(self) -> dict[str, Any] | None:
        """Scores over the size of the synthetic set, and the law through them."""
        groups = sorted((group for group in self.scores if group[0] == "sizes"), key=lambda group: group[3])
        if not groups:
            return None
        points = [
            {"synthetic": group[3], **_estimate_facts(estimate(self.scores[group], self.counts))} for group in groups
        ]
        if len(groups) < LEAST_SIZES:
            return {"points": points, "fit": None, "why": f"a law of three numbers needs {LEAST_SIZES} sizes"}
        means = np.array([self._mean(self.scores[group]) for group in groups])
        drawn = np.stack([mean_draws(self.scores[group], self.counts) for group in groups], axis=1)
        error: Callable[[Any], Any] = (lambda x: x) if self.sets.lower_is_better else (lambda x: 1 - x)
        fit = scaling_of([group[3] for group in groups], error(means), error(drawn))
        return {"points": points, "fit": asdict(fit), "why": ""}

    def ablation(self, facts: AblatedFacts) -> dict[str, Any]:
        """What the score loses without each randomiser."""
        groups = {group[1]: scores for group, scores in self.scores.items() if group[0] == "ablation"}
        base = groups.get("everything", {})
        rows = []
        for name in facts.said:
            lost = difference(base, groups.get(name, {}), self.counts)
            row: dict[str, Any] = {
                "name": name, "said": facts.said[name], "remains": facts.remains[name],
                "overrides": list(facts.overrides.get(name, ())),
            }  # fmt: skip
            if lost is not None:
                shares = _estimate_facts(lost, self.sign)
                mean = self._mean({seed: base[seed] for seed in base.keys() & groups[name].keys()})
                row |= {**shares, "share_of_score": shares["mean"] / mean if mean else None}
            rows.append(row)
        whole = _estimate_facts(estimate(base, self.counts))
        return {"images": facts.images, "everything": whole, "rows": rows, "absent": list(facts.absent)}

    def not_measured(self, ablated: AblatedFacts | None) -> list[dict[str, str]]:
        """What is missing, why, and what to type."""
        again, missing = self.command, []
        for trial in self.plan.trials:
            row = self.run(trial)
            if row["state"] != "done":
                images = f"{plural(trial.real, 'photograph')}, {plural(trial.synthetic, 'render')}"
                what = f"{trial.regime}, {images}, seed {trial.seed}"
                why = f"{row['state']}: {row['why']}".strip(": ")
                is_small = row["state"] == "nothing to train"
                how = ("use a larger share of the photographs", ()) if is_small else ("run the study again", again)
                missing.append(missing_result(what, why, *how))
        if len(self.plan.config.seeds) == 1:
            seeds = f"{self.plan.config.seeds[0]},{self.plan.config.seeds[0] + 1}"
            command = with_option(again, "--seeds", seeds)
            missing.append(missing_result("Spread between training seeds", "one seed was trained", "", command))
        for name, why in (ablated.failed if ablated else {}).items():
            missing.append(missing_result(f"The set {name}", why, "run the study again", again))
        for name in ablated.absent if ablated else ():
            why = "the recipe has no such randomiser, or no key that holds it"
            missing.append(missing_result(f"What {name} is worth", why, "study renders of another recipe"))
        return missing


def _group(trial: Trial) -> Group:
    return (trial.part, trial.regime, trial.real, trial.synthetic)


def _set_facts(split: Any) -> dict[str, Any]:
    return {"name": split.name, "split": split.split, "images": len(split.images), "labels": split.label_count}


def _estimate_facts(one: Estimate | None, sign: float = 1.0) -> dict[str, Any]:
    if one is None:
        return {"mean": None, "spread": None, "low": None, "high": None, "seeds": 0}
    ends = [None if end is None else sign * end for end in (one.low, one.high)]
    low, high = ends if sign > 0 else reversed(ends)
    return {"mean": sign * one.mean, "spread": one.spread, "low": low, "high": high, "seeds": one.seeds}


def _finite(value: Any) -> Any:
    """JSON has no infinity: "more" stands for beyond the most, "fewer" for below the fewest that were tried."""
    if not isinstance(value, float) or math.isfinite(value):
        return value
    return "more" if value > 0 else "fewer"


def _evaluation(path: Path) -> dict[str, Any]:
    return read_evaluation(path, hint=f"delete {path} and repeat the `synthvis study` command; it measures again")
