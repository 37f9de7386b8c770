"""Renders to train on, with photographs among them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from synthvis.data.derived.mixed import mixed
from synthvis.data.derived.subset import of_known_classes
from synthvis.data.split import Split
from synthvis.data.splits import share_pictures, train_split_of
from synthvis.errors import RealDataError, UsageError
from synthvis.train.config import TrainConfig
from synthvis.train.registry import description_of

__all__ = ["with_photographs"]


def with_photographs(
    renders: Split,
    photographs: str,
    real_share: float,
    config: TrainConfig,
    *,
    measured: Sequence[Split] = (),
    real_root: str | Path | None = None,
) -> Split:
    """One set of both, with the classes of the renders.

    Args:
        renders: The split that is trained on.
        photographs: Set by name or folder, its train split where it does not say another.
        real_share: Share of photographs among the views.
        config: Says how boxes of renders are drawn, and the seed.
        measured: Sets that the photographs must not be among.
        real_root: Folder of the named real sets.

    Raises:
        UsageError: Sets of the task cannot be mixed, or the share is not between 0 and 1.
        RealDataError: There are no such photographs, they share no class, or they are measured on.
    """
    if renders.label_form != "objects":
        raise UsageError(f"sets of {config.task} cannot be mixed yet", hint="train twice: --init-from RUN")
    task = description_of(config.task)
    found = task.find(photographs, real_root)
    split: Any = task.read(found, train_split_of(found, photographs))
    if any(share_pictures(one, split) for one in measured):
        what = f"{split.name}:{split.split} would be both trained on and measured on"
        raise RealDataError(what, hint="mix in another split: --mix SET:SPLIT")
    task.require_comparable(split, renders.class_names)
    shared = of_known_classes(split, renders.class_names)
    return mixed(shared, renders, real_share=real_share, style=config.box_style, seed=config.seed)
