"""What the sections about a comparison of sets say of making one, and of the recipe's keys with their values."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

from synthvis.data.benchmarks.known_sets import known_names
from synthvis.metrics.missing import MissingResult, missing_result, typed_path
from synthvis.metrics.predictions import BoxPrediction
from synthvis.report.report_inputs import RecipeValues, ReportInputs

__all__ = ["gap_missing", "has_boxes", "key_lines", "keys_now"]

KEY = re.compile(r"(?<![\w.-])[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)+(?![\w.])")
MAX_VALUE_LETTERS = 48


def gap_missing(inputs: ReportInputs, what: str, why: str) -> MissingResult:
    """What a comparison of the run's sets would tell, with the command that makes it where both sets are known."""
    run = inputs.run
    reals = run.gap.real if run else ()
    if run is None or run.dataset is None or not reals:
        how = "compare the renders with the photographs; name both sets"
        return missing_result(what, why, how, ("gap", "--help"))
    words = ["gap", typed_path(run.dataset.root), reals[0].evaluation.set]
    words += ["--run", typed_path(run.folder)] if run.scores.has_error_causes else []
    return missing_result(what, why, "", words)


def has_boxes(inputs: ReportInputs) -> bool:
    """Whether the run's photographs can be compared with renders, which takes labelled boxes."""
    run = inputs.run
    if run is None:
        return False
    known = known_names(("coco",))
    return run.scores.predicts(BoxPrediction) or any(one.evaluation.set in known for one in run.gap.real)


def key_lines(advice: str, recipe: RecipeValues) -> tuple[str, ...]:
    """Keys of the recipe that an advice names, each with its value of today where it is known."""
    return tuple(f"{key}: {value}" if value else key for key, value in keys_now(advice, recipe).items())


def keys_now(advice: str, recipe: RecipeValues) -> dict[str, str]:
    """Keys of the recipe that an advice names, with their value of today, empty where it is not known or long."""
    return {key: _value_now(recipe, key) for key in KEY.findall(advice)}


def _value_now(recipe: RecipeValues, key: str) -> str:
    value: object = recipe
    for part in key.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    text = "" if value is None else json.dumps(value)
    return text if len(text) <= MAX_VALUE_LETTERS else ""
