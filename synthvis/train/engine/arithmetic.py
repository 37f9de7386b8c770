"""Precision and threads of a training on a CPU: chosen by timing a few steps of each, for no table knows the load.

Threads wait for each other several thousand times a step. Beside other work the one that is waited for has often lost
its core, and the kernels of oneDNN for bf16 wait by spinning: two threads in bf16 then take many times the CPU time of
one (measured in docs/results/speed.md). On a quiet machine two threads are the faster ones.
"""

from __future__ import annotations

import copy
import math
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import nn
from torch.nn.utils import clip_grad_norm_

from synthvis.train.backbones.freezing import set_training_mode
from synthvis.train.config import Precision, TrainConfig
from synthvis.train.engine.devices import can_bf16, keep_depthwise_fp32, using_threads
from synthvis.train.engine.optimizers import build_optimizer
from synthvis.train.engine.training_job import TrainingJob
from synthvis.train.views.loader import Batch, train_loader

__all__ = ["Arithmetic", "TimedArithmetic", "candidates", "choose", "time_candidates", "untimed", "with_arithmetic"]

SLACKS = (4.0, math.inf, 2.0, 2.0, 2.0)
"""A candidate whose steps take so many times the best one's is given up after that round. The first step also chooses
kernels and is no measure; one step more may have met a burst of other work."""

AS_GOOD_AS = 1.1
"""Within this factor of the fastest, fp32 is preferred, then fewer threads: less depends on the machine."""


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Arithmetic:
    """What a training on a CPU computes with."""

    precision: Precision
    threads: int

    def __str__(self) -> str:
        return f"{self.precision} with {self.threads} thread{'s' * (self.threads > 1)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class TimedArithmetic:
    """A candidate and how long its steps take.

    Attributes:
        arithmetic: The candidate.
        step_s: Median seconds of a step.
        given_up: It was so slow that fewer steps were timed.
    """

    arithmetic: Arithmetic
    step_s: float
    given_up: bool = False

    def __str__(self) -> str:
        return f"{self.arithmetic} {'over ' * self.given_up}{self.step_s:.2f}"


def with_arithmetic(job: TrainingJob, network: nn.Module) -> tuple[TrainingJob, str | None]:
    """The job with the fastest precision and threads here and now, and a line that says so.

    A job that leaves nothing open comes back as it is. `network` and the random numbers of the run are not touched: a
    copy takes the steps and is thrown away.

    Args:
        job: Settled, see `settled_job`.
        network: On the CPU, frozen as it will be.
    """
    config = job.config
    if config.precision != "auto":
        return job, None
    with torch.random.fork_rng(devices=[]):
        timed = time_candidates(
            _Trial(job, network).seconds, candidates(config, torch.get_num_threads(), bf16=can_bf16())
        )
    best = choose(timed)
    chosen = {"precision": best.arithmetic.precision, "threads": best.arithmetic.threads}
    others = ", ".join(str(one) for one in timed if one is not best)
    said = f"precision {best.arithmetic}: {best.step_s:.2f} s a step{f' ({others})' if others else ''}"
    return replace(job, config=config.model_copy(update=chosen)), said


def untimed(config: TrainConfig, *, began: bool) -> str:
    """The line that says what was taken without timing: what the run `began` with, or what is plain."""
    threads = f" with {config.threads} thread{'s' * (config.threads > 1)}" if config.threads else ""
    why = "as this run began" if began else f"not timed for a run of {config.steps} steps on this device (--precision)"
    return f"precision {config.precision}{threads}: {why}"


def candidates(config: TrainConfig, threads: int, *, bf16: bool) -> tuple[Arithmetic, ...]:
    """What may be fastest: fp32 and, where the CPU has it, bf16, each with one thread and with `threads`."""
    counts = (config.threads,) if config.threads else tuple(sorted({1, threads}))
    precisions: tuple[Precision, ...] = ("fp32", "bf16") if bf16 else ("fp32",)
    return tuple(Arithmetic(precision=name, threads=count) for name in precisions for count in counts)


def choose(timed: Sequence[TimedArithmetic]) -> TimedArithmetic:
    """The fastest, or one that is as good and depends less on the machine."""
    bound_s = AS_GOOD_AS * min(one.step_s for one in timed)
    good = [one for one in timed if one.step_s <= bound_s]
    return min(good, key=lambda one: (one.arithmetic.precision != "fp32", one.arithmetic.threads))


def time_candidates(step: Callable[[Arithmetic], float], among: Sequence[Arithmetic]) -> list[TimedArithmetic]:
    """Time steps of each in turn, round after round, so that work beside it which comes and goes meets them all alike.

    Args:
        step: Takes a step and returns its seconds.
        among: fp32 before bf16. Threads that are too slow in fp32 are not tried in bf16, where they wait by spinning.
    """
    times: dict[Arithmetic, list[float]] = {one: [] for one in among}
    live, given_up = list(among), set[Arithmetic]()
    for number, slack in enumerate(SLACKS):
        for one in list(live):
            if any(other.threads == one.threads for other in given_up) and not times[one]:
                given_up.add(one)
            else:
                times[one] = [*(times[one] if number > 1 else []), step(one)]
                if min(times[one]) > slack * min(min(times[other]) for other in live if times[other]):
                    given_up.add(one)
        live = [one for one in live if one not in given_up]
    return [
        TimedArithmetic(arithmetic=one, step_s=statistics.median(steps), given_up=one in given_up)
        for one, steps in times.items()
        if steps
    ]


class _Trial:
    """Steps of a run on a copy of its network, at a learning rate of 0."""

    def __init__(self, job: TrainingJob, network: nn.Module) -> None:
        config = job.config
        trial: Any = copy.deepcopy(network)
        trial.train()
        set_training_mode(trial.body, config.batchnorm)
        # Without autocast these layers compute as before, so fp32 is timed as it would run.
        keep_depthwise_fp32(trial)
        self._network: nn.Module = trial
        self._optimizer = build_optimizer(trial, config)
        for group in self._optimizer.param_groups:
            group["lr"] = 0.0
        self._clip_norm, self._batch = config.clip_norm, _first_microbatch(job)

    def seconds(self, arithmetic: Arithmetic) -> float:
        """How long one step takes."""
        with using_threads(arithmetic.threads):
            start_s = time.perf_counter()
            self._step(bf16=arithmetic.precision == "bf16")
            return time.perf_counter() - start_s

    def _step(self, *, bf16: bool) -> None:
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=bf16):
            losses: dict[str, torch.Tensor] = self._network(*self._batch)
            total = torch.stack(list(losses.values())).sum()
        total.backward()  # type: ignore[no-untyped-call]
        clip_grad_norm_(self._network.parameters(), self._clip_norm)
        self._optimizer.step()
        self._optimizer.zero_grad(set_to_none=True)


def _first_microbatch(job: TrainingJob) -> Batch:
    views = job.task.views(job.data, job.data.class_names, job.config)
    batch: Batch = next(iter(train_loader(views, job.config, 0, workers=0)))
    return batch
