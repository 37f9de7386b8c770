"""Several recipes against one real set: their order by each distance, and whether results on photographs agree."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from synthvis.dataset.real import RealSet
from synthvis.gap.correlation import exact_p, spearman
from synthvis.gap.feature_gap import DISTANCES
from synthvis.gap.task_gap import find_evaluations
from synthvis.metrics.resampling import number

__all__ = ["distances_of", "rank_recipes", "run_scores"]

Facts = Mapping[str, Any]


def distances_of(comparison: Facts) -> dict[str, float | None]:
    """All single-number distances of a comparison by name."""
    found: dict[str, float | None] = {"mean_js_bits": comparison["summary"]["mean_js_bits"]}
    for what in ("images", "crops"):
        distances = ((comparison["features"] or {}).get(what) or {}).get("distances") or {}
        found |= {f"{what}/{name}": distances[name]["value"] for name in DISTANCES if name in distances}
    return found


def run_scores(run_dir: Path, synthetic: RealSet, real: RealSet) -> dict[str, float | None]:
    """AP on the real set and the gap to the synthetic one, of a run trained on that synthetic set.

    Raises:
        UsageError: The run was not evaluated on both.
    """
    ours, theirs = (one["metrics"]["AP"]["value"] for one in find_evaluations(run_dir, synthetic, real))
    gap = None if ours is None or theirs is None else number(ours - theirs)
    return {"real_AP": theirs, "AP_gap": gap}


def rank_recipes(
    names: Sequence[str], distances: Sequence[Mapping[str, float | None]], scores: Sequence[Facts] = ()
) -> dict[str, Any]:
    """Order the recipes by each distance, and correlate it with their scores where there are any.

    Args:
        names: Of the recipes.
        distances: Of each, from `distances_of`.
        scores: Of each, from `run_scores`; empty where no runs are given.

    Returns:
        "recipes" with their distances and scores; "order" by distance, nearest to the real set first; "spearman": for
        each distance its rank correlation with the AP gap and with the loss of real AP, positive where the distance is
        right, with the exact one-sided p of such an order by chance.
    """
    shared = [name for name in distances[0] if all(one.get(name) is not None for one in distances)]
    values = {name: [float(one[name] or 0.0) for one in distances] for name in shared}
    recipes = [
        {
            "set": name,
            "distances": {key: number(values[key][place]) for key in shared},
            **(scores[place] if scores else {}),
        }
        for place, name in enumerate(names)
    ]
    order = {
        key: [names[place] for place in sorted(range(len(names)), key=lambda place: found[place])]
        for key, found in values.items()
    }
    return {"recipes": recipes, "order": order, "spearman": _correlations(values, scores)}


def _correlations(values: Mapping[str, list[float]], scores: Sequence[Facts]) -> dict[str, Any]:
    if not scores:
        return {}
    targets = {
        "AP_gap": [score["AP_gap"] for score in scores],
        "lost_real_AP": [None if score["real_AP"] is None else -score["real_AP"] for score in scores],
    }
    return {
        key: {
            name: {"rho": number(spearman(found, target)), "p": exact_p(found, target), "n": len(found)}
            for name, target in targets.items()
            if None not in target
        }
        for key, found in values.items()
    }
