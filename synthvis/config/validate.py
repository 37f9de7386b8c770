"""From loose values to a model, with every mistake named by its key and, for a typo, the right spelling."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError

from synthvis.errors import RecipeError, quoted

__all__ = ["apply_overrides", "nearest", "validate"]

Model = TypeVar("Model", bound=BaseModel)
MAX_LISTED = 8
MAX_QUOTED = 80
MAX_CHOICES = 14
"""Choices that a message names in full."""

NEAR_CHOICES = 5


def validate(model: type[Model], values: Any, *, where: str) -> Model:
    """`values` as a `model`.

    Raises:
        RecipeError: Names every wrong key of `where` at once.
    """
    if not isinstance(values, Mapping):
        raise RecipeError(f"{where}: expected keys and values, found {type(values).__name__}")
    try:
        # By way of JSON, so that lists become tuples although the models are strict.
        return model.model_validate_json(json.dumps(values))
    except ValidationError as error:
        raise RecipeError(_explain(error, model, where)) from error
    except (TypeError, ValueError) as error:
        raise RecipeError(f"{where}: {error}") from error


def apply_overrides(model: type[BaseModel], values: Any, overrides: Sequence[str]) -> Any:
    """A copy of `values` with each `a.b=c` of `overrides` set; c is read as YAML.

    Raises:
        RecipeError: An override has no '=', or its path leads nowhere.
    """
    # Late: whoever only describes a model needs no YAML.
    from synthvis.config.yaml_reader import parse_yaml

    result = json.loads(json.dumps(values))
    for override in overrides:
        path, equals, text = override.partition("=")
        if not equals or not path.strip():
            raise RecipeError(f"--set {override}: expected key=value", hint="for example --set camera.roll_deg=[0,0]")
        _set(model, result, path.strip(), parse_yaml(text, where=f"--set {path}"))
    return result


def nearest(word: str, choices: Iterable[str], *, listed_by: str | None = None) -> str:
    """End of a message about an unknown word: the choice that it resembles, or the choices.

    Args:
        word: As typed.
        choices: What there is; of many, those that resemble the word most are named.
        listed_by: Command that lists them all.
    """
    choices = list(choices)
    close = difflib.get_close_matches(word, choices, n=1, cutoff=0.5)
    if close:
        return f"; did you mean '{close[0]}'?"
    if len(choices) <= MAX_CHOICES:
        return f"; choose from {', '.join(choices)}"
    likely = difflib.get_close_matches(word, choices, n=NEAR_CHOICES, cutoff=0.0)
    all_of_them = f"`{listed_by}` lists all {len(choices)}" if listed_by else f"{len(choices)} in all"
    return f"; such as {', '.join(likely)} ({all_of_them})"


def _set(model: type[BaseModel], values: dict[str, Any], path: str, value: Any) -> None:
    *parents, last = path.split(".")
    branch: Any = values
    current: type[BaseModel] | None = model
    for depth, key in enumerate(parents):
        _require(current, key, ".".join(parents[: depth + 1]))
        if isinstance(branch, dict) and branch.get(key) is None:
            branch[key] = {}
        branch = branch[key] if isinstance(branch, dict) else None
        if not isinstance(branch, dict):
            raise RecipeError(f"--set {path}: {'.'.join(parents[: depth + 1])} holds no keys")
        current = _model_at(current, key)
    _require(current, last, path)
    branch[last] = value


def _require(model: type[BaseModel] | None, key: str, path: str) -> None:
    if model is not None and key not in model.model_fields:
        raise RecipeError(f"--set {path}: there is no '{key}'{nearest(key, model.model_fields)}")


def _model_at(model: type[BaseModel] | None, key: str) -> type[BaseModel] | None:
    if model is None:
        return None
    annotation = model.model_fields[key].annotation
    # `Part | None` is a part that may be absent.
    choices = [part for part in get_args(annotation) if part is not type(None)] or [annotation]
    only = choices[0] if len(choices) == 1 else None
    return only if isinstance(only, type) and issubclass(only, BaseModel) else None


def _explain(error: ValidationError, model: type[BaseModel], where: str) -> str:
    problems = [_explain_one(dict(problem), model) for problem in error.errors()]
    shown = problems[:MAX_LISTED]
    if len(problems) > MAX_LISTED:
        shown.append(f"and {len(problems) - MAX_LISTED} more")
    return f"{where}: {shown[0]}" if len(shown) == 1 else f"{where}:\n  " + "\n  ".join(shown)


def _explain_one(problem: dict[str, Any], model: type[BaseModel]) -> str:
    keys = [str(part) for part in problem["loc"]]
    path = ".".join(keys)
    if problem["type"] == "extra_forbidden":
        parent: type[BaseModel] | None = model
        for key in keys[:-1]:
            parent = _model_at(parent, key) if parent and key in parent.model_fields else None
        return f"{path}: unknown key{nearest(keys[-1], parent.model_fields) if parent else ''}"
    if problem["type"] == "missing":
        return f"{path}: this key is needed"
    message = str(problem["msg"]).removeprefix("Value error, ")
    said = f"{message[0].lower()}{message[1:]}"
    # What concerns the whole names its keys itself, and quoting the whole tells nothing.
    return f"{path}: {said} (found {quoted(problem.get('input'), MAX_QUOTED)})" if path else said
