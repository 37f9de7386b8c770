"""What the sections about a comparison of sets share: the command that makes one, and keys with their values."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Mapping
from typing import Any

from synthvis.dataset.real import KNOWN
from synthvis.report.material import Material
from synthvis.report.wording import shown_path

__all__ = ["COMMAND", "gap_command", "has_boxes", "how_of", "keys_now"]

KEY = re.compile(r"(?<![\w.-])[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)+(?![\w.])")
COMMAND = re.compile(r"`([^`]+)`")
LONGEST_VALUE = 48
BOX_TASKS = ("detection", "instances", "keypoints")


def gap_command(material: Material) -> str:
    """The command that compares the run's sets and finds the causes of its errors."""
    run = material.run
    if run is None:
        return "synthvis gap SYNTH REAL --run RUN"
    data = shown_path(run.dataset.root) if run.dataset else "DATA"
    real = str(run.gap["real"][0]["set"]) if run.gap["real"] else "REAL"
    words = ["synthvis", "gap", data, real]
    words += ["--run", shown_path(run.folder)] if run.scores.task == "detection" else []
    return shlex.join(words)


def has_boxes(material: Material) -> bool:
    """Whether the run's photographs can be compared with renders, which takes labelled boxes."""
    run = material.run
    if run is None:
        return False
    return run.scores.task in BOX_TASKS or any(str(one["set"]) in KNOWN for one in run.gap["real"])


def how_of(advice: str, recipe: Mapping[str, Any]) -> tuple[str, ...]:
    """Commands and keys of the recipe that an advice names, keys with their value of today."""
    keys = keys_now(advice, recipe)
    return (*COMMAND.findall(advice), *(f"{key}: {value}" if value else key for key, value in keys.items()))


def keys_now(advice: str, recipe: Mapping[str, Any]) -> dict[str, str]:
    """Keys of the recipe that an advice names, with their value of today, empty where it is not known or long."""
    return {key: _value_now(recipe, key) for key in KEY.findall(COMMAND.sub("", advice))}


def _value_now(recipe: Mapping[str, Any], key: str) -> str:
    place: Any = recipe
    for part in key.split("."):
        place = place.get(part) if isinstance(place, Mapping) else None
    text = "" if place is None else json.dumps(place)
    return text if len(text) <= LONGEST_VALUE else ""
