"""Learning rate and averaging as pure functions of the step, so a resumed run needs no scheduler state."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from synthvis.seeds import rng_for

__all__ = ["StepSampler", "ema_decay", "lr_scale"]

FINAL_LR_SCALE = 0.01


def lr_scale(step: int, steps: int, warmup: int) -> float:
    """Factor on the peak learning rate at `step` (0-based): linear warm-up, then a cosine down to 1%."""
    if step < warmup:
        return (step + 1) / (warmup + 1)
    progress = (step - warmup) / max(1, steps - warmup)
    return FINAL_LR_SCALE + (1 - FINAL_LR_SCALE) * 0.5 * (1 + math.cos(math.pi * min(1.0, progress)))


def ema_decay(step: int, decay: float) -> float:
    """Decay at `step`: young averages forget fast, so the random start leaves no trace."""
    return min(decay, (1 + step) / (10 + step))


@dataclass(frozen=True, slots=True)
class StepSampler:
    """Batches of (epoch, index) keys for steps `first`..`steps`; batch s depends on (seed, s) only."""

    image_count: int
    batch: int
    seed: int
    first: int
    steps: int

    def __len__(self) -> int:
        return max(0, self.steps - self.first)

    def __iter__(self) -> Iterator[list[tuple[int, int]]]:
        epoch_now, order = -1, np.zeros(0, dtype=np.int64)
        for step in range(self.first, self.steps):
            keys = []
            for position in range(step * self.batch, (step + 1) * self.batch):
                epoch, place = divmod(position, self.image_count)
                if epoch != epoch_now:
                    epoch_now, order = epoch, rng_for(self.seed, epoch, "order").permutation(self.image_count)
                keys.append((epoch, int(order[place])))
            yield keys
