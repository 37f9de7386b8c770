"""Several trained networks as one: runs, or the snapshots of one run."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from synthvis.data.split import class_key
from synthvis.errors import CheckpointError, UsageError
from synthvis.train.registry import task_named
from synthvis.train.trained import Trained

__all__ = ["combined", "snapshots_of"]


def combined(members: Sequence[Trained], names: Sequence[str]) -> Trained:
    """One answer of several networks; a single one comes back as it is.

    Args:
        members: Networks that learnt the same.
        names: Of the members, for those who read the evaluation.

    Raises:
        CheckpointError: They did not learn the same.
        UsageError: For their task no common answer is defined.
    """
    first = members[0]
    if len(members) == 1:
        return first
    for member, name in zip(members[1:], names[1:], strict=True):
        difference = _difference(first, member)
        if difference:
            raise CheckpointError(f"{name} and {names[0]} cannot be combined: {difference}", hint="evaluate them apart")
    network = task_named(first.task).combine([member.network for member in members])
    if network is None:
        raise UsageError(f"what several {first.task} networks answer together is not defined", hint="name one run")
    return replace(first, network=network, facts=replace(first.facts, ensemble=tuple(names)))


def snapshots_of(run_dir: Path) -> list[Path]:
    """Weights that the cycles of a run left, in their order.

    Raises:
        CheckpointError: There are none.
    """
    found = [(int(match[1]), path) for path in run_dir.glob("*") if (match := _SNAPSHOT.fullmatch(path.name))]
    if not found:
        raise CheckpointError(f"{run_dir} holds no snapshots", hint="train with --snapshots, or leave --snapshots out")
    return [path for _, path in sorted(found)]


_SNAPSHOT = re.compile(r"snapshot_(\d+)\.safetensors")


def _difference(first: Trained, other: Trained) -> str | None:
    if other.task != first.task:
        return f"one learnt {other.task}, the other {first.task}"
    if [class_key(name) for name in other.classes] != [class_key(name) for name in first.classes]:
        return "their classes differ"
    if other.model.input_size != first.model.input_size:
        return f"their inputs are {other.model.input_size} and {first.model.input_size} px"
    # Renders are measured by the boxes that were trained on.
    if other.facts.boxes != first.facts.boxes:
        return "their boxes differ"
    return "their box_margin differ" if other.facts.box_margin != first.facts.box_margin else None
