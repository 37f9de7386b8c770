"""From loader to loop: the microbatches of a step together, failures of loaders named, tensors on the device."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from typing import Any

import torch

from synthvis.errors import LoaderEnded
from synthvis.train.engine.child_processes import end_loaders, starting_loaders
from synthvis.train.views.loader import Batch

__all__ = ["loader_failures_named", "microbatches_by_step", "to_device"]


def microbatches_by_step(loader: Iterable[Any], accumulate: int) -> Iterator[list[Batch]]:
    """The microbatches of each step."""
    with starting_loaders():
        microbatches = iter(loader)
    while step := list(islice(microbatches, accumulate)):
        yield step


@contextmanager
def loader_failures_named() -> Iterator[None]:
    """Say in one line that a loader process has ended; torch tells it in the middle of whatever is done then.

    Raises:
        LoaderEnded: It was killed, or ended without an error of its own.
    """
    try:
        yield
    except (RuntimeError, ConnectionError, EOFError) as error:
        said = f"{error} {error.__cause__ or ''}"
        # torch says either; a tensor that a killed process had sent is not there any more.
        if not isinstance(error, OSError | EOFError) and "DataLoader worker" not in said:
            raise
        killed = re.search(r"killed by signal: ([A-Za-z ]+)", said)
        how = f"was killed ({killed[1].strip()})" if killed else "ended"
        # Those that are left would be waited for, five seconds each.
        end_loaders()
        raise LoaderEnded(
            f"a loader process of the training {how}",
            hint="the state is saved: run the same command again to resume; if memory is short, with --workers 0",
        ) from error


def to_device(microbatch: Batch, device: torch.device) -> Batch:
    """A microbatch on the device; from pinned memory it moves while the device still works."""
    images, targets = microbatch
    return images.to(device, non_blocking=True), [
        {name: value.to(device, non_blocking=True) for name, value in target.items()} for target in targets
    ]
