"""Several recipes against one real set: their order by each distance, and whether results on photographs agree."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from synthvis.data.dataset import Dataset
from synthvis.errors import UsageError
from synthvis.gap.correlation import exact_p, spearman
from synthvis.gap.feature_gap import DISTANCES
from synthvis.gap.task_gap import find_evaluations, headline_of, is_lower_better
from synthvis.metrics.resampling import number

__all__ = ["RunScore", "distances_of", "rank_recipes", "run_score"]

Facts = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunScore:
    """What a run that was trained on a synthetic set reaches.

    Attributes:
        headline: Metric of its task.
        lower_is_better: Whether that is an error.
        real: On the real set.
        gap: What is lost between the synthetic and the real set, positive where photographs are harder.
    """

    headline: str
    lower_is_better: bool
    real: float | None
    gap: float | None

    @property
    def lost(self) -> float | None:
        """What grows as results on photographs get worse."""
        return self.real if self.real is None or self.lower_is_better else -self.real


def distances_of(comparison: Facts) -> dict[str, float | None]:
    """All single-number distances of a comparison by name."""
    found: dict[str, float | None] = {"mean_js_bits": comparison["summary"]["mean_js_bits"]}
    for what in ("images", "crops"):
        distances = ((comparison["features"] or {}).get(what) or {}).get("distances") or {}
        found |= {f"{what}/{name}": distances[name]["value"] for name in DISTANCES if name in distances}
    return found


def run_score(run_dir: Path, synthetic: Dataset, real: Dataset) -> RunScore:
    """Headline on the real set and the gap to the synthetic one, of a run trained on that synthetic set.

    Raises:
        UsageError: The run was not evaluated on both.
    """
    pair = find_evaluations(run_dir, synthetic, real)
    headline, is_error = headline_of(pair[1]), is_lower_better(pair[1])
    ours, theirs = (one["metrics"][headline]["value"] for one in pair)
    gap = None if ours is None or theirs is None else number(theirs - ours if is_error else ours - theirs)
    return RunScore(headline=headline, lower_is_better=is_error, real=theirs, gap=gap)


def rank_recipes(
    names: Sequence[str], distances: Sequence[Mapping[str, float | None]], scores: Sequence[RunScore] = ()
) -> dict[str, Any]:
    """Order the recipes by each distance, and correlate it with their scores where there are any.

    Args:
        names: Of the recipes.
        distances: Of each, from `distances_of`.
        scores: Of each, from `run_score`; empty where no runs are given.

    Returns:
        "headline" of the runs, null without any; "recipes" with their distances and scores (for a headline H real_H
        and H_gap); "order" by distance, nearest to the real set first; "spearman": for each distance its rank
        correlation with the gap and with what is lost on the real set (lost_real_H), positive where the distance is
        right, with the exact one-sided p of such an order by chance; "not_measured": sentences.

    Raises:
        UsageError: The runs are not of one task.
    """
    headlines = {one.headline for one in scores}
    if len(headlines) > 1:
        raise UsageError(f"runs are compared by one metric, these have {', '.join(sorted(headlines))}")
    headline = next(iter(headlines), None)
    shared = [name for name in distances[0] if all(one.get(name) is not None for one in distances)]
    values = {name: [float(one[name] or 0.0) for one in distances] for name in shared}
    recipes: list[dict[str, Any]] = [
        {"set": name, "distances": {key: number(values[key][place]) for key in shared}}
        for place, name in enumerate(names)
    ]
    for recipe, score in zip(recipes, scores, strict=False):
        recipe |= {f"real_{headline}": score.real, f"{headline}_gap": score.gap}
    order = {
        key: [names[place] for place in sorted(range(len(names)), key=lambda place: found[place])]
        for key, found in values.items()
    }
    correlations = _correlations(values, scores, str(headline)) if scores else {}
    found = {"headline": headline, "recipes": recipes, "order": order, "spearman": correlations}
    return {**found, "not_measured": _not_measured(headline)}


def _correlations(values: Mapping[str, list[float]], scores: Sequence[RunScore], headline: str) -> dict[str, Any]:
    targets = {
        f"{headline}_gap": [score.gap for score in scores if score.gap is not None],
        f"lost_real_{headline}": [score.lost for score in scores if score.lost is not None],
    }
    return {
        key: {
            name: {"rho": number(spearman(found, target)), "p": exact_p(found, target), "n": len(found)}
            for name, target in targets.items()
            if len(target) == len(scores)
        }
        for key, found in values.items()
    }


def _not_measured(headline: str | None) -> list[str]:
    """What an order by distance leaves out."""
    said = ["masks, keypoints, depth and normals: distances are of pictures, boxes and crops, whatever the task"]
    if headline is None:
        return [*said, "whether the nearest recipe trains best: no --run was given for each set"]
    return [*said, f"spread between training seeds: each recipe has one run, judged by {headline}"]
