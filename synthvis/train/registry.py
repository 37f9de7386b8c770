"""All tasks by name: those of synthvis, then those of installed packages. Loads no torch.

A new one is a folder with its `TaskDescription` and a line here, or an entry point of a package.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from synthvis.config.validate import nearest
from synthvis.errors import UsageError
from synthvis.plugins import with_installed
from synthvis.train.classification.description import DESCRIPTION as CLASSIFICATION
from synthvis.train.depth.description import DESCRIPTION as DEPTH
from synthvis.train.detection.description import DESCRIPTION as DETECTION
from synthvis.train.instances.description import DESCRIPTION as INSTANCES
from synthvis.train.keypoints.description import DESCRIPTION as KEYPOINTS
from synthvis.train.normals.description import DESCRIPTION as NORMALS
from synthvis.train.pose6d.description import DESCRIPTION as POSE6D
from synthvis.train.semantic.description import DESCRIPTION as SEMANTIC
from synthvis.train.task import TaskDescription
from synthvis.train.tracking.description import DESCRIPTION as TRACKING

if TYPE_CHECKING:
    from synthvis.train.task import Task

__all__ = [
    "ENTRY_POINTS",
    "description_of",
    "description_of_run",
    "known_photographs",
    "owners_of_settings",
    "task_named",
    "tasks",
]

ENTRY_POINTS = "synthvis.tasks"
"""Group of entry points by which an installed package brings the description of a task of its own."""

HINT = "docs/explanation/extending.md shows how to bring a task"

BUILT_IN: tuple[TaskDescription, ...] = (
    DETECTION,
    CLASSIFICATION,
    SEMANTIC,
    DEPTH,
    NORMALS,
    INSTANCES,
    KEYPOINTS,
    TRACKING,
    POSE6D,
)


def tasks() -> Mapping[str, TaskDescription]:
    """Every task by its name, those of synthvis first.

    Raises:
        UsageError: An installed package brings something that is no task, or one whose name is taken.
    """
    kind: type[TaskDescription] = TaskDescription  # type: ignore[type-abstract]
    return with_installed(ENTRY_POINTS, kind, BUILT_IN, what="task", hint=HINT)


def description_of(name: str) -> TaskDescription:
    """What is known of the task of that name without torch.

    Raises:
        UsageError: There is none.
    """
    known = tasks()
    if name not in known:
        raise UsageError(f"no task {name!r}{nearest(name, known)}", hint=f"tasks: {', '.join(known)}")
    return known[name]


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
    return description_of(name).learner()


def known_photographs() -> dict[str, str]:
    """A named set of photographs for each task that has one."""
    return {one.name: one.photographs for one in tasks().values() if one.photographs is not None}


def owners_of_settings() -> dict[tuple[str, ...], list[str]]:
    """Settings that mean something for some tasks only, with the names of those tasks."""
    owners: dict[str, list[str]] = {}
    for one in tasks().values():
        for setting in one.settings:
            owners.setdefault(setting, []).append(one.name)
    together: dict[tuple[str, ...], tuple[str, ...]] = {}
    for setting, names in owners.items():
        together[tuple(names)] = (*together.get(tuple(names), ()), setting)
    return {settings: list(names) for names, settings in together.items()}
