"""The tasks by name. Their descriptions cost nothing; the half of a task that learns loads torch."""

from __future__ import annotations

import importlib
import json
from pathlib import Path
from typing import TYPE_CHECKING

from synthvis.config.validate import nearest
from synthvis.errors import UsageError

if TYPE_CHECKING:
    from synthvis.train.description import TaskDescription
    from synthvis.train.task import Task

__all__ = ["TASKS", "description_of", "description_of_run", "task_named"]

TASKS = {
    "detection": "boxes and classes",
    "classification": "one class an object or image",
    "semantic": "the class of each pixel",
    "depth": "the distance of each pixel",
    "normals": "which way the surface faces at each pixel",
    "instances": "masks of single objects",
    "keypoints": "named points of one category",
}
"""Names and what each learns."""


def description_of(name: str) -> TaskDescription:
    """What is known of the task of that name without torch.

    Raises:
        UsageError: There is none.
    """
    _require_known(name)
    found: TaskDescription = importlib.import_module(f"synthvis.train.{name}.description").DESCRIPTION
    return found


def description_of_run(run_or_file: Path) -> TaskDescription | None:
    """What a trained run has learnt; None where it does not say in a way that can be read."""
    path = run_or_file / "best.json" if run_or_file.is_dir() else run_or_file.with_suffix(".json")
    try:
        return description_of(str(json.loads(path.read_bytes())["task"]))
    except (OSError, ValueError, KeyError, TypeError, RecursionError, UsageError):
        return None


def task_named(name: str) -> Task:
    """The task of that name; loads torch.

    Raises:
        UsageError: There is none.
    """
    _require_known(name)
    task: Task = importlib.import_module(f"synthvis.train.{name}.task").TASK
    return task


def _require_known(name: str) -> None:
    if name not in TASKS:
        raise UsageError(f"no task {name!r}{nearest(name, list(TASKS))}", hint=f"tasks: {', '.join(TASKS)}")
