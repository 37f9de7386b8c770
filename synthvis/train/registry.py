"""The tasks by name; each is imported when it is asked for."""

from __future__ import annotations

import importlib

from synthvis.config.validate import nearest
from synthvis.errors import UsageError
from synthvis.train.task import Task

__all__ = ["TASKS", "task_named"]

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


def task_named(name: str) -> Task:
    """The task of that name.

    Raises:
        UsageError: There is none.
    """
    if name not in TASKS:
        raise UsageError(f"no task {name!r}{nearest(name, list(TASKS))}", hint=f"tasks: {', '.join(TASKS)}")
    task: Task = importlib.import_module(f"synthvis.train.{name}.task").TASK
    return task
