"""What a trained network loses between the synthetic and the real set; of detectors, to which kind of error."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from synthvis.data.box_style import in_style, style_of_run
from synthvis.data.dataset import Dataset
from synthvis.data.picture_files import with_sound_pictures
from synthvis.data.sample import LabelledObject
from synthvis.data.split import Split, class_key
from synthvis.data.statistics import LARGE_PX, SMALL_PX
from synthvis.errors import UsageError
from synthvis.evaluation.run_folder import file_stem, read_evaluations
from synthvis.metrics.error_causes import error_causes
from synthvis.metrics.error_table import CAUSES, Subset
from synthvis.metrics.evaluation import facts_of
from synthvis.metrics.missing import command_line
from synthvis.metrics.predictions import read_predictions

__all__ = ["cause_advice", "difference_of", "find_evaluations", "headline_of", "is_lower_better", "task_gap"]

Facts = Mapping[str, Any]
COMPARED = ("AP", "AP50", "AP75")
"""Metrics of a detector; of another task all that both evaluations have."""

WITH_CAUSES = ("detection", "instances")
"""Tasks whose answers are boxes that the network found."""

ERROR_TASKS = ("depth", "normals")
"""Tasks whose headline is an error; their evaluations of earlier versions do not say so."""

SIZES = (
    Subset(name="small", holds=lambda box: box.area_px < SMALL_PX, holds_stray=lambda area: area < SMALL_PX),
    Subset(
        name="medium",
        holds=lambda box: SMALL_PX <= box.area_px <= LARGE_PX,
        holds_stray=lambda area: SMALL_PX <= area <= LARGE_PX,
    ),
    Subset(name="large", holds=lambda box: box.area_px > LARGE_PX, holds_stray=lambda area: area > LARGE_PX),
)


def _never(_: float) -> bool:
    return False


VISIBILITY = (
    Subset(name="visible >= 90%", holds=lambda box: box.visible_fraction >= 0.9, holds_stray=_never),
    Subset(name="visible 50 to 90%", holds=lambda box: 0.5 <= box.visible_fraction < 0.9, holds_stray=_never),
    Subset(name="visible < 50%", holds=lambda box: box.visible_fraction < 0.5, holds_stray=_never),
)
"""Detections that are about no object belong to none of these, so that background errors are not counted here."""

CAUSE_ADVICE: Mapping[str, str] = {
    "classification": "give the classes that are confused more kinds, shapes and materials (objects.kinds)",
    "localisation": "draw boxes as people draw who label photographs: train with --boxes amodal --box-margin 0.02",
    "both": "look at the pictures of these errors; often unlike parts or groups of objects that photographs show",
    "duplicate": "show more crowded scenes: objects.count_mean, objects.layouts",
    "background": "show more that is not labelled: distractors.kinds, distractors.count, free_environment.clutter, "
    "backgrounds",
    "missed": "widen what hides objects from the detector: camera.fill for size, world and sensor for light, "
    "objects.layouts",
}
"""What to change in the recipe or the training for each cause."""

LONGER = "train longer, or see objects larger with --input-size"
"""What is left to do about boxes that are off, where they are drawn as people draw them or follow from masks."""


def cause_advice(cause: str, evaluation: Facts) -> str:
    """What to change because of errors of this cause in a run that says of itself what is under "train"."""
    facts = evaluation.get("train") or {}
    is_done = str(facts.get("boxes")).startswith("amodal") and facts.get("box_margin")
    if cause == "localisation" and (is_done or _task_of(evaluation) != "detection"):
        return LONGER
    return CAUSE_ADVICE[cause]


def task_gap(run_dir: Path, synthetic: Dataset, real: Dataset, *, resamples: int = 200) -> dict[str, Any]:
    """The gap of a run, and the causes of a detector's, from the evaluations and predictions that lie in its folder.

    Args:
        run_dir: Folder of the run, evaluated on both sets.
        synthetic: The synthetic set.
        real: The real one.
        resamples: Bootstrap resamples for the causes.

    Returns:
        "gap": metrics, synthetic minus real; "causes", "cause_gap", "advice" and "cause_advice", null where the
        task has no boxes of its own; "not_measured": sentences.

    Raises:
        UsageError: One of the sets was not evaluated.
        SynthvisError: Predictions are absent or damaged.
    """
    ours, theirs = find_evaluations(run_dir, synthetic, real)
    task = _task_of(theirs)
    causes = None
    if task in WITH_CAUSES:
        sides = (("synthetic", synthetic, ours), ("real", real, theirs))
        causes = {side: _causes(run_dir, found, evaluation, resamples) for side, found, evaluation in sides}
    metrics = [name for name in _compared(theirs) if name in ours["metrics"] and name in theirs["metrics"]]
    return {
        "run": str(run_dir),
        "task": task,
        "synthetic": _head(ours, metrics),
        "real": _head(theirs, metrics),
        "gap": {name: difference_of(ours["metrics"][name], theirs["metrics"][name]) for name in metrics},
        "causes": causes,
        "cause_gap": _cause_gap(causes) if causes else None,
        "per_class": _classes(ours, theirs),
        "advice": _advice(causes["real"]["causes"], theirs) if causes else None,
        "cause_advice": {cause: cause_advice(cause, theirs) for cause in CAUSES} if causes else None,
        "not_measured": _not_measured(task),
    }


def headline_of(evaluation: Facts) -> str:
    """The metric by which its task is judged; evaluations of detectors of earlier versions do not say."""
    return str(evaluation.get("headline", "AP"))


def is_lower_better(evaluation: Facts) -> bool:
    """Whether that metric is an error."""
    return bool(evaluation.get("lower_is_better", _task_of(evaluation) in ERROR_TASKS))


def _task_of(evaluation: Facts) -> str:
    return str(evaluation.get("task", "detection"))


def _compared(evaluation: Facts) -> list[str]:
    if _task_of(evaluation) == "detection":
        return list(COMPARED)
    return list(dict.fromkeys([headline_of(evaluation), *evaluation["metrics"]]))


def _not_measured(task: str) -> list[str]:
    if task == "detection":
        return []
    if task == "instances":
        return ["causes of errors in masks: the causes are those of the boxes"]
    return [f"causes of errors: they are defined for the boxes of detectors, not for {task}"]


def _cause_gap(causes: Facts) -> dict[str, dict[str, float | None]]:
    ours, theirs = (causes[side]["causes"] for side in ("synthetic", "real"))
    return {cause: difference_of(theirs[cause]["dAP50"], ours[cause]["dAP50"]) for cause in CAUSES}


def find_evaluations(run_dir: Path, synthetic: Dataset, real: Dataset) -> tuple[dict[str, Any], dict[str, Any]]:
    """The run's evaluations of both sets; where a set was evaluated on several splits, that of val.

    Raises:
        UsageError: There is none of one of them.
    """
    evaluations = [{**facts_of(one), "file": file_stem(one)} for one in read_evaluations(run_dir)]
    pair = []
    for found in (synthetic, real):
        own = [one for one in evaluations if one["set"] == found.name and one["kind"] == found.kind]
        if not own:
            names = ", ".join(f"{one['set']} ({one['kind']})" for one in evaluations)
            raise UsageError(
                f"{run_dir} was not evaluated on {found.name} ({found.kind}); it has: {names}",
                hint=f"`{evaluate_words(run_dir, found)}` measures on it",
            )
        pair.append(min(own, key=lambda one: one.get("split") != "val"))
    return pair[0], pair[1]


def difference_of(first: Facts, second: Facts) -> dict[str, float | None]:
    """First minus second, with the 95% interval of the difference of independent estimates.

    The distances from each value to the ends of its own interval are added as squares: Zou and Donner, "Construction of
    confidence limits about effect measures", Statistics in Medicine 27, 2008. Null where one has no value or interval.
    """
    one, other = first.get("value"), second.get("value")
    if one is None or other is None:
        return {"value": None, "low": None, "high": None}
    ends = [side.get(name) for side in (first, second) for name in ("low", "high")]
    if any(end is None for end in ends):
        return {"value": round(one - other, 6), "low": None, "high": None}
    low, high, other_low, other_high = ends
    # A percentile interval may miss its own value by a hair.
    down = math.hypot(max(one - low, 0.0), max(other_high - other, 0.0))
    up = math.hypot(max(high - one, 0.0), max(other - other_low, 0.0))
    return {"value": round(one - other, 6), "low": round(one - other - down, 6), "high": round(one - other + up, 6)}


def _causes(run_dir: Path, found: Dataset, evaluation: Facts, resamples: int) -> dict[str, Any]:
    picked = with_sound_pictures(found.read(evaluation.get("split")))
    split = in_style(picked, style_of_run(evaluation.get("train") or {}))
    again = f"evaluate the run on it again: `{evaluate_words(run_dir, found)}`"
    path = run_dir / f"predictions_{evaluation['file']}.json"
    rows = read_predictions(path, _task_of(evaluation), hint=again)
    subsets = [*SIZES, *(VISIBILITY if _tells_visibility(split) else ())]
    known = {class_key(name) for name in evaluation.get("classes") or split.class_names}
    names = [name for name in split.class_names if class_key(name) in known]
    return error_causes(split, rows, names, resamples=resamples, subsets=subsets)


def _tells_visibility(split: Split) -> bool:
    boxes: Sequence[LabelledObject] = [box for image in split.images for box in image.objects]
    return split.kind == "synthetic" and any(box.visible_fraction < 1 for box in boxes)


def _head(evaluation: Facts, metrics: Sequence[str]) -> dict[str, Any]:
    return {
        "set": evaluation["set"],
        "split": evaluation.get("split"),
        "images": evaluation["images"],
        "metrics": {name: evaluation["metrics"][name] for name in metrics},
    }


def _classes(ours: Facts, theirs: Facts) -> dict[str, dict[str, float | None]]:
    """The headline, or what stands first, of each class on both, and the points lost, the worst first."""
    own = {class_key(name): facts for name, facts in (ours.get("per_class") or {}).items()}
    rows = {}
    for name, facts in (theirs.get("per_class") or {}).items():
        metric = headline_of(theirs) if headline_of(theirs) in facts else next(iter(facts), "")
        here, there = (own.get(class_key(name)) or {}).get(metric), facts.get(metric)
        lost = None if here is None or there is None else round(here - there, 6)
        rows[name] = {"synthetic": here, "real": there, "lost": lost}
    return dict(sorted(rows.items(), key=lambda item: -(item[1]["lost"] if item[1]["lost"] is not None else -2.0)))


def _advice(causes: Facts, evaluation: Facts) -> str | None:
    known = {name: facts["dAP50"]["value"] for name, facts in causes.items() if facts["dAP50"]["value"] is not None}
    if not known or max(known.values()) <= 0:
        return None
    worst = max(known, key=lambda name: known[name])
    return f"most is lost on photographs to {worst} errors ({known[worst]:.3f} AP50): {cause_advice(worst, evaluation)}"


def evaluate_words(run_dir: Path, found: Dataset) -> str:
    """The command that evaluates a run on a set."""
    return command_line("evaluate", str(run_dir), "--eval-on", _place(found))


def _place(found: Dataset) -> str:
    """How the set would be named on the command line."""
    return str(found.root) if found.kind == "synthetic" else found.name
