"""From the loader to the loop: the pieces of a step together, workers deaf to Ctrl-C, tensors on the device."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterable, Iterator
from itertools import islice
from multiprocessing import resource_tracker
from typing import Any

import torch

from synthvis.train.views.loader import Batch

__all__ = ["moved", "pieces_by_step"]


def pieces_by_step(loader: Iterable[Any], accumulate: int) -> Iterator[list[Batch]]:
    """The pieces of each step."""
    pieces = _deaf_to_interrupts(loader)
    while step := list(islice(pieces, accumulate)):
        yield step


def moved(piece: Batch, device: torch.device) -> Batch:
    """A piece on the device; from pinned memory it moves while the device still works."""
    images, targets = piece
    return images.to(device, non_blocking=True), [
        {name: value.to(device, non_blocking=True) for name, value in target.items()} for target in targets
    ]


def _deaf_to_interrupts(loader: Iterable[Any]) -> Iterator[Any]:
    """Start the loader's workers deaf to Ctrl-C, which is for this process alone; they would answer with tracebacks."""
    if threading.current_thread() is not threading.main_thread():
        return iter(loader)
    # Its start unblocks the signal again, so it comes first.
    resource_tracker.ensure_running()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        return iter(loader)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
