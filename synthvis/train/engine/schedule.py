"""Learning rate and averaging as pure functions of the step, so a resumed run needs no scheduler state."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np

from synthvis.seeds import rng_for
from synthvis.train.config import TrainConfig

__all__ = ["Share", "StepSampler", "cycle_at", "ema_decay", "lr_scale", "scale_at", "snapshot_steps", "steps_averaged"]


def scale_at(step: int, config: TrainConfig) -> float:
    """Factor on the peak learning rate at `step` (0-based) of a run."""
    shapes: dict[str, Callable[[int, int], float]] = {
        "constant": _constant,
        "step": partial(_falls, milestones=config.lr_milestones, drop=config.lr_drop),
        "linear": partial(_linear, final=config.final_lr),
        "cosine": partial(_cosine, final=config.final_lr, cycles=max(1, config.snapshots)),
        "inverse-sqrt": partial(_inverse_sqrt, warmup=config.warmup_steps),
        "exponential": partial(_exponential, final=config.final_lr),
    }
    return lr_scale(step, config.steps, config.warmup_steps, shapes[config.schedule])


def lr_scale(step: int, steps: int, warmup: int, shape: Callable[[int, int], float] | None = None) -> float:
    """Linear warm-up to 1, then `shape`, by default a cosine down to 1%.

    Args:
        step: From 0.
        steps: Of the run, those of the warm-up included.
        warmup: Steps below 1.
        shape: Factor t steps after the warm-up, of n steps without it: `shape(t, n)`.
    """
    if step < warmup:
        return (step + 1) / (warmup + 1)
    return (shape or partial(_cosine, final=0.01, cycles=1))(step - warmup, max(1, steps - warmup))


def cycle_at(step: int, steps: int, cycles: int) -> tuple[int, int]:
    """First step, and the one after the last, of the cosine cycle that `step` is in; lengths differ by one at most."""
    cycle = ((step + 1) * cycles - 1) // steps
    return cycle * steps // cycles, (cycle + 1) * steps // cycles


def snapshot_steps(config: TrainConfig) -> tuple[int, ...]:
    """Steps taken when each cosine cycle of a run with snapshots ends; the first cycle comes after the warm-up."""
    falling = max(1, config.steps - config.warmup_steps)
    return tuple(
        config.steps - falling + number * falling // config.snapshots for number in range(1, config.snapshots + 1)
    )


def steps_averaged(step: int, config: TrainConfig) -> int:
    """Age of the average of weights at `step`: each cycle of a run with snapshots averages anew."""
    after = step - config.warmup_steps
    if config.snapshots < 2 or after < 0:
        return step
    first, _ = cycle_at(after, max(1, config.steps - config.warmup_steps), config.snapshots)
    return after - first if first else step


def ema_decay(step: int, decay: float) -> float:
    """Decay at `step`: young averages forget fast, so the random start leaves no trace."""
    return min(decay, (1 + step) / (10 + step))


def _constant(step: int, steps: int) -> float:
    return 1.0


def _falls(step: int, steps: int, *, milestones: tuple[float, ...], drop: float) -> float:
    return float(drop ** sum(step >= round(milestone * steps) for milestone in milestones))


def _linear(step: int, steps: int, *, final: float) -> float:
    return 1 - (1 - final) * min(1.0, step / steps)


def _cosine(step: int, steps: int, *, final: float, cycles: int) -> float:
    """Loshchilov and Hutter 2017; with more than one cycle the warm restarts of Huang et al. 2017."""
    first, end = cycle_at(step, steps, cycles) if cycles > 1 else (0, steps)
    progress = min(1.0, (step - first) / (end - first))
    return final + (1 - final) * 0.5 * (1 + math.cos(math.pi * progress))


def _inverse_sqrt(step: int, steps: int, *, warmup: int) -> float:
    """Vaswani et al. 2017: a quarter of the warm-up's rate after sixteen times its length."""
    start = max(1, warmup)
    return math.sqrt(start / (start + step))


def _exponential(step: int, steps: int, *, final: float) -> float:
    return float(final ** min(1.0, step / steps))


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """What one of `ranks` processes takes of each batch: `accumulate` microbatches, one after the other."""

    rank: int = 0
    ranks: int = 1
    accumulate: int = 1

    def of(self, batch: int) -> list[slice]:
        """Places of its microbatches in a batch. All microbatches of all processes are equally long."""
        length = batch // (self.ranks * self.accumulate)
        first = self.rank * self.accumulate
        return [
            slice(microbatch * length, (microbatch + 1) * length)
            for microbatch in range(first, first + self.accumulate)
        ]


@dataclass(frozen=True, slots=True)
class StepSampler:
    """Pieces of batches, as (epoch, index) keys, for steps `first`..`steps`; batch s depends on (seed, s) only."""

    image_count: int
    batch: int
    seed: int
    first: int
    steps: int
    share: Share = Share()

    def __len__(self) -> int:
        return max(0, self.steps - self.first) * self.share.accumulate

    def __iter__(self) -> Iterator[list[tuple[int, int]]]:
        epoch_now, order = -1, np.zeros(0, dtype=np.int64)
        for step in range(self.first, self.steps):
            keys = []
            for position in range(step * self.batch, (step + 1) * self.batch):
                epoch, place = divmod(position, self.image_count)
                if epoch != epoch_now:
                    epoch_now, order = epoch, rng_for(self.seed, epoch, "order").permutation(self.image_count)
                keys.append((epoch, int(order[place])))
            yield from (keys[microbatch] for microbatch in self.share.of(self.batch))
