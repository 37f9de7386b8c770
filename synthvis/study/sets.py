"""The sets of a study, read once, with the classes that all of them share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from synthvis.data.derived.subset import of_known_classes
from synthvis.data.split import Split, class_key
from synthvis.data.splits import share_pictures, train_split_of
from synthvis.errors import RealDataError
from synthvis.train.config import DEFAULT_TASK
from synthvis.train.registry import description_of
from synthvis.train.sets import own_val_of
from synthvis.train.task import TaskDescription

__all__ = ["StudySets", "other_renders", "read_sets"]


@dataclass(frozen=True, slots=True, kw_only=True)
class StudySets:
    """What a study trains on and measures on.

    Attributes:
        task: What is learnt.
        metric: Name of the number that is compared.
        classes: What every network answers; empty where the task has no classes.
        synthetic: Renders to train on.
        synthetic_val: Renders to measure the gap on, where there are any.
        real: Photographs to train on; None where no regime needs them.
        real_eval: Photographs to measure on.
    """

    task: str
    metric: str
    classes: tuple[str, ...]
    synthetic: Split
    synthetic_val: Split | None
    real: Split | None
    real_eval: Split


def read_sets(
    synthetic: str,
    real: str,
    real_eval: str | None = None,
    real_root: str | Path | None = None,
    *,
    task: str = DEFAULT_TASK,
    needs_real: bool = True,
) -> StudySets:
    """Read the sets and cut them down to the classes that synthetic and real images share.

    Args:
        synthetic: A rendered dataset, or any set by name or folder; its train split.
        real: A set by name or folder; its train split, or SET:SPLIT.
        real_eval: SET:SPLIT to measure on; None: the val split of `real`.
        real_root: Folder of the named real sets.
        task: What is learnt.
        needs_real: Whether photographs are trained on at all.

    Raises:
        RealDataError: One is not there, they share no class, or one set would be trained on and measured on.
        UsageError: No such task.
    """
    chosen = description_of(task)
    renders = chosen.find(synthetic, real_root)
    train = chosen.read(renders, train_split_of(renders, synthetic))
    val = own_val_of(chosen, renders) if train.split != "val" else None
    found = chosen.find(real, real_root)
    real_train = chosen.read(found, train_split_of(found, real)) if needs_real else None
    measured_set = chosen.find(real_eval, real_root) if real_eval else found
    measured = chosen.read(measured_set, measured_set.default_split if real_eval else "val")
    for split in (train, real_train):
        if split and share_pictures(split, measured):
            what = f"{measured.name}:{measured.split} would be both trained on and measured on"
            trains_on_photographs = split is real_train
            if trains_on_photographs and len(found.splits) == 1:
                what = f"{split.name} has no split but {split.split}: {what}"
            hint = "train on renders alone with --regimes synthetic, or " if trains_on_photographs else ""
            raise RealDataError(what, hint=f"{hint}name another split with --eval-on SET:SPLIT")
    classes = _shared_classes(chosen, train, [split for split in (real_train, measured) if split])
    return StudySets(
        task=task,
        metric=chosen.headline,
        classes=classes,
        synthetic=of_known_classes(train, classes),
        synthetic_val=val,
        real=of_known_classes(real_train, classes) if real_train else None,
        real_eval=measured,
    )


def other_renders(synthetic: str, sets: StudySets, real_root: str | Path | None = None) -> Split:
    """Other renders to train on, with the classes of the study.

    Raises:
        RealDataError: They are not there, lack a class of the study, or are what is measured on.
    """
    chosen = description_of(sets.task)
    found = chosen.find(synthetic, real_root)
    split: Split = chosen.read(found, train_split_of(found, synthetic))
    if share_pictures(split, sets.real_eval):
        raise RealDataError(f"{split.name}:{split.split} would be both trained on and measured on")
    known = {class_key(name) for name in split.class_names}
    lacking = [name for name in sets.classes if class_key(name) not in known]
    if lacking:
        what = f"{split.name} has no {', '.join(lacking[:6])}, which the study compares"
        raise RealDataError(what, hint="vary the data by sets of the same classes")
    return of_known_classes(split, sets.classes)


def _shared_classes(task: TaskDescription, synthetic: Any, others: Sequence[Any]) -> tuple[str, ...]:
    names = tuple(synthetic.class_names)
    for split in others:
        task.require_comparable(split, names)
        known = {class_key(name) for name in split.class_names}
        names = tuple(name for name in names if class_key(name) in known)
    # Only sets of boxes can be cut down; other tasks learn what their sets say.
    return names if synthetic.label_form == "objects" else ()
