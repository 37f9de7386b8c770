"""The sets that a training run learns from and is measured on, found and read before torch is loaded."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from synthvis.data.dataset import Dataset
from synthvis.data.split import EmptySplit, Split, class_key
from synthvis.data.splits import share_pictures, train_split_of
from synthvis.errors import RealDataError
from synthvis.train.config import DEFAULT_TASK
from synthvis.train.registry import description_of
from synthvis.train.task import TaskDescription

__all__ = ["own_val_of", "resolve_splits"]


def resolve_splits(
    data: str,
    real_eval: Sequence[str],
    real_root: str | Path | None = None,
    classes: str | None = None,
    *,
    task: str = DEFAULT_TASK,
) -> tuple[Any, Any | None, tuple[Split, ...]]:
    """The split to train on, its own val, and the real sets to measure on; all read before a minute is spent.

    Args:
        data: A dataset folder, a COCO folder, or NAME:SPLIT of a real set.
        real_eval: Sets to measure on.
        real_root: Folder of the named real sets.
        classes: Learn these only: names with commas between, or a set whose classes to take; None: all.
        task: What is to be learnt from them.

    Raises:
        RealDataError: One of them is absent, has no labels for the task, or no class that is trained.
        UsageError: No such class.
    """
    chosen = description_of(task)
    found = chosen.find(data, real_root)
    train = chosen.read(found, train_split_of(found, data))
    own_val = own_val_of(chosen, found) if train.split != "val" else None
    if classes is not None:
        train = train.of_classes(_class_names(chosen, classes, train, real_root))
    real = tuple(chosen.read(chosen.find(name, real_root)) for name in real_eval)
    for split in real:
        if share_pictures(split, train):
            raise RealDataError(
                f"{split.name}:{split.split} would be both trained on and measured on", hint="measure on its val split"
            )
        chosen.require_comparable(split, train.class_names)
    return train, own_val, real


def _class_names(task: TaskDescription, classes: str, train: Split, real_root: str | Path | None) -> list[str]:
    """Names as typed; of a set, those that the data has too."""
    known = {class_key(name) for name in train.class_names}
    names = [name.strip() for name in classes.split(",") if name.strip()]
    if len(names) != 1 or class_key(names[0]) in known:
        return names
    try:
        found = task.find(names[0], real_root)
    except RealDataError:
        return names
    other = task.read(found, found.default_split)
    task.require_comparable(other, train.class_names)
    return [name for name in other.class_names if class_key(name) in known]


def own_val_of(task: TaskDescription, found: Dataset) -> Any | None:
    """The set's val split; a render of a few images has none, or an empty one."""
    if "val" not in found.splits:
        return None
    try:
        return task.read(found, "val")
    except EmptySplit:
        return None
