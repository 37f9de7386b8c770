"""The gap in one table: the same model on synthetic and on real images, and what nobody measured.

difference = synthetic - real (points lost on the way to real photographs), ratio = real / synthetic (share that
remains). Both are None where either side is undefined; nothing is ever guessed.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from synthvis.data.split import class_key
from synthvis.dataset.layout import write_json_atomic
from synthvis.errors import SynthvisError
from synthvis.metrics.evaluation import read_evaluation
from synthvis.metrics.missing import missing_result, typed_path

__all__ = ["COMPARED_METRICS", "current_gap", "gap_table", "read_evaluations", "write_gap"]

COMPARED_METRICS = ("AP", "AP50", "AP75", "AR100")
"""Metrics of a detector whose difference and ratio are given; of another task those that both evaluations have."""

COMPARED_CLASS_METRICS = ("AP", "AP50")
COUNTS = {"boxes": "box", "labels": "label", "pixels": "pixel"}
"""What an evaluation may count, and one of them; no metrics."""

REAL_SETS = {
    "detection": "fruit",
    "classification": "grocery",
    "instances": "coco-masks",
    "semantic": "coco-masks",
    "depth": "nyu-mini",
}
"""A set of photographs by task; of the others none with labels has a name."""

CARRIED_FIELDS = ("set", "kind", "split", "source", "task", "headline", "images", *COUNTS, "classes", "metrics")
CARRIED_FIELDS += ("per_class", "blind", "train")

Evaluation = Mapping[str, Any]


def write_gap(run_dir: Path) -> dict[str, Any]:
    """Compare the evaluations in a run folder and write gap.json next to them.

    Returns:
        {"synthetic": evaluation or None, "real": [evaluation with "difference", "ratio" and per-class ones],
        "not_measured": [{"what", "why", "how", "command"}]}.

    Raises:
        SynthvisError: An evaluation cannot be read.
    """
    table = current_gap(run_dir)
    write_json_atomic(run_dir / "gap.json", table)
    return table


def current_gap(run_dir: Path) -> dict[str, Any]:
    """The content that gap.json has, or would have, from the evaluations in a run folder.

    Raises:
        SynthvisError: An evaluation cannot be read.
    """
    # A run that had nothing to be measured on still says so.
    evaluations = read_evaluations(run_dir) if any(run_dir.glob("eval_*.json")) else []
    return gap_table(evaluations, run=typed_path(run_dir))


def read_evaluations(run_dir: Path) -> list[dict[str, Any]]:
    """Every eval_*.json of a run by file name, each with "file": what its name has after eval_.

    Raises:
        SynthvisError: There is none, or one is no evaluation.
    """
    paths = sorted(run_dir.glob("eval_*.json"))
    if not paths:
        raise SynthvisError(
            f"{run_dir} holds no evaluation (eval_*.json)", hint="evaluate the run first: `synthvis evaluate --help`"
        )
    return [_read(path) for path in paths]


def gap_table(evaluations: Sequence[Evaluation], run: str) -> dict[str, Any]:
    """The content of gap.json.

    Args:
        evaluations: Contents of eval_*.json.
        run: The run folder as the user would type it, for the commands under "not_measured".
    """
    synthetic = _main_synthetic(evaluations)
    real = [_beside(synthetic, one) for one in evaluations if one["kind"] == "real"]
    missing = list(_not_measured(synthetic, real, run))
    return {"synthetic": _carried(synthetic) if synthetic else None, "real": real, "not_measured": missing}


def _read(path: Path) -> dict[str, Any]:
    hint = f"delete {path} and evaluate the run on that set again: `synthvis evaluate --help`"
    # The stem names the predictions that belong to it.
    return {**read_evaluation(path, hint=hint), "file": path.stem.removeprefix("eval_")}


def _main_synthetic(evaluations: Sequence[Evaluation]) -> Evaluation | None:
    """The one named "synthetic" when there is one, else the first that is."""
    found = [one for one in evaluations if one["kind"] == "synthetic"]
    return min(found, key=lambda one: one["set"] != "synthetic", default=None)


def _carried(evaluation: Evaluation) -> dict[str, Any]:
    return {name: evaluation[name] for name in CARRIED_FIELDS if name in evaluation}


def _beside(synthetic: Evaluation | None, real: Evaluation) -> dict[str, Any]:
    pairs = {name: (_metric(synthetic, name), _metric(real, name)) for name in _compared(synthetic, real)}
    return {
        **_carried(real),
        "difference": {name: _difference(*pair) for name, pair in pairs.items()},
        "ratio": {name: _ratio(*pair) for name, pair in pairs.items()},
        "per_class": dict(_classes_beside(synthetic, real)),
    }


def _headline(*evaluations: Evaluation | None) -> str:
    """The metric by which the task of these evaluations is judged; those of detectors do not say."""
    return next((str(one["headline"]) for one in evaluations if one and "headline" in one), "AP")


def _compared(synthetic: Evaluation | None, real: Evaluation) -> tuple[str, ...]:
    """Names of the metrics to compare, the headline first."""
    if "headline" not in real:
        return COMPARED_METRICS
    there = real["metrics"] if synthetic is None else synthetic["metrics"]
    return tuple(dict.fromkeys([_headline(real), *(name for name in real["metrics"] if name in there)]))


def _classes_beside(synthetic: Evaluation | None, real: Evaluation) -> Iterator[tuple[str, dict[str, Any]]]:
    ours = {class_key(key): facts for key, facts in ((synthetic or {}).get("per_class") or {}).items()}
    for name, facts in (real.get("per_class") or {}).items():
        there = ours.get(class_key(name)) or {}
        keys = [key for key in facts if key not in COUNTS] if "headline" in real else COMPARED_CLASS_METRICS
        pairs = {key: (_number(there.get(key)), _number(facts.get(key))) for key in keys}
        yield (
            name,
            {
                **facts,
                "synthetic": {key: pair[0] for key, pair in pairs.items()},
                "difference": {key: _difference(*pair) for key, pair in pairs.items()},
                "ratio": {key: _ratio(*pair) for key, pair in pairs.items()},
            },
        )


def _metric(evaluation: Evaluation | None, name: str) -> float | None:
    entry = (evaluation or {}).get("metrics", {}).get(name)
    return _number(entry.get("value")) if isinstance(entry, Mapping) else _number(entry)


def _number(value: Any) -> float | None:
    """A finite, non-negative number or None: pycocotools writes -1 where there is nothing to measure."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if math.isfinite(value) and value >= 0 else None


def _difference(synthetic: float | None, real: float | None) -> float | None:
    return None if synthetic is None or real is None else synthetic - real


def _ratio(synthetic: float | None, real: float | None) -> float | None:
    return None if not synthetic or real is None else real / synthetic


def _not_measured(synthetic: Evaluation | None, real: Sequence[Evaluation], run: str) -> Iterator[dict[str, str]]:
    headline = _headline(synthetic, *real)
    if synthetic is None:
        how = "evaluate the run on a rendered dataset; name its folder with --eval-on"
        yield missing_result(
            f"{headline} on synthetic images", "no synthetic split was evaluated", how, ("evaluate", "--help")
        )
    if not real:
        why = "no real set was given to this run"
        yield missing_result(
            f"{headline} on real photographs, and so the gap", why, *_measuring_photographs(synthetic, run)
        )
    for one in [*([synthetic] if synthetic else []), *real]:
        yield from _holes_of(one, run)
    seed = ((synthetic or (real[0] if real else {})).get("train") or {}).get("seed", 0)
    yield missing_result(
        "Spread between training seeds",
        "one run is one seed; the intervals cover the choice of test images only",
        f"repeat the command of this training with --seed {seed + 1 if isinstance(seed, int) else 1} and another --out",
    )


def _measuring_photographs(synthetic: Evaluation | None, run: str) -> tuple[str, tuple[str, ...]]:
    """What to do in words, and the command for the photographs that have a name."""
    name = REAL_SETS.get((synthetic or {}).get("task", "detection"))
    if name is None:
        return "evaluate the run on a folder of photographs with labels; name it with --eval-on", ("evaluate", "--help")
    how = f"with photographs of your own, name their folder in place of {name}; SYNTHVIS_REAL says where named sets are"
    return how, ("evaluate", run, "--eval-on", name)


def _holes_of(evaluation: Evaluation, run: str) -> Iterator[dict[str, str]]:
    name = str(evaluation["set"])
    per_class = evaluation.get("per_class") or {}
    count = next((key for key in COUNTS if key in evaluation), "boxes")
    # Detectors always count their boxes; another task may have nothing to count in a class.
    empty = [label for label, facts in per_class.items() if not facts.get(count, "headline" in evaluation)]
    absent = [label for label in evaluation.get("trained_classes") or [] if label not in per_class]
    if empty or absent:
        what, why = f"{', '.join([*empty, *absent])} on {name}", f"the set has no {COUNTS[count]} of it"
        yield missing_result(what, why, "evaluate on a set that has some")
    for metric, size in (("AP_small", "small"), ("AP_medium", "medium"), ("AP_large", "large")):
        if metric in evaluation["metrics"] and _metric(evaluation, metric) is None:
            what, why = f"AP of {size} objects on {name}", f"the set has no {size} box"
            yield missing_result(what, why, "evaluate on a set that has some")
    headline = _headline(evaluation)
    whole = evaluation["metrics"].get(headline)
    if not isinstance(whole, Mapping) or whole.get("low") is None:
        what = f"95% interval of {headline} on {name}"
        yield missing_result(what, "no bootstrap was run", "evaluate the run on this set again")
