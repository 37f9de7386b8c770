"""Speed of the loop, of its loader alone, and of a plain loop over the same network."""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import torch

from synthvis.bench.result import BenchResult
from synthvis.data.split import Split
from synthvis.errors import UsageError
from synthvis.train.backbones.freezing import freeze_backbone
from synthvis.train.config import TrainConfig
from synthvis.train.engine.arithmetic import with_arithmetic
from synthvis.train.engine.child_processes import temporary_folder
from synthvis.train.engine.devices import device_of, loader_workers
from synthvis.train.engine.feed import microbatches_by_step, to_device
from synthvis.train.engine.loop import StepLog, TrainingJob, network_of, sum_of, train_network
from synthvis.train.engine.training_job import settled_job
from synthvis.train.registry import task_named
from synthvis.train.views.loader import train_loader

__all__ = ["TrainBench", "bench_train"]

HEADROOM_TARGET = 1.5
WARM_STEPS = 3
"""Steps that are not timed: the first ones start workers, fill caches and choose kernels."""

REFERENCE_MOMENTUM, REFERENCE_WEIGHT_DECAY, REFERENCE_LR = 0.9, 1e-4, 1e-4
"""Of torchvision's detection reference, but for its rate, at which a new head could diverge in a few steps."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainBench(BenchResult):
    """What was measured on one device.

    Attributes:
        device: "cuda" or "cpu", and the name of a GPU.
        precision: Arithmetic of the loop.
        timed: Steps that were timed to choose it and the threads; None where nothing was left open.
        workers: Loader processes.
        threads: Of torch, in the loop. The plain loop has torch's own number.
        steps: That were timed.
        batch: Images a step.
        loop_images_per_s: Of the loop as `train` runs it: loader, network, optimiser, average of the weights, log.
        loader_images_per_s: Of the loader alone.
        loader_headroom: The second over the first; near 1 or below, the network waits for images.
        reference_images_per_s: Of the plain loop on the same network, stages and batches.
        ratio_to_reference: Loop over plain loop.
        peak_memory_mb: GPU memory of tensors at its highest in the loop; on a CPU, memory of this process.
    """

    device: str
    precision: str
    timed: str | None
    workers: int
    threads: int
    steps: int
    batch: int
    loop_images_per_s: float
    loader_images_per_s: float
    loader_headroom: float
    reference_images_per_s: float
    ratio_to_reference: float
    peak_memory_mb: float

    def lines(self) -> Sequence[str]:
        """Speed of the loop, of its loader and of the plain loop, and memory."""
        verdict = "enough" if self.loader_headroom >= HEADROOM_TARGET else "little: the network waits for images"
        headroom = f"{self.loader_headroom:.1f} times the loop ({verdict})"
        return [
            f"{self.device}: {self.loop_images_per_s:.1f} images/s in the loop, {self.precision}, batch {self.batch}, "
            f"{self.workers} loader processes, {self.threads} threads, {self.steps} steps",
            *([f"  {self.timed}"] if self.timed is not None else []),
            f"  loader alone {self.loader_images_per_s:.1f} images/s, {headroom}",
            f"  plain fp32 loop {self.reference_images_per_s:.1f} images/s; "
            f"ours is {self.ratio_to_reference:.2f} times as fast",
            f"  memory: peak {self.peak_memory_mb:,.0f} MB",
        ]


def bench_train(config: TrainConfig, data: Split, weights: Path | None = None) -> TrainBench:
    """Train for `config.steps` steps in a temporary folder and time what comes after the first three.

    The reference is the loop of torchvision's training scripts: fp32, SGD with momentum, no average, no compiling, no
    other memory layout than the network asks for by itself. It has the same loader, so the ratio is of the steps.

    Raises:
        UsageError: Too few steps.
    """
    if config.steps <= WARM_STEPS:
        raise UsageError(f"{config.steps} steps are too few", hint=f"the first {WARM_STEPS} are not timed: --steps 20")
    device = device_of(config.device)
    with temporary_folder("bench") as folder:
        plan, _ = settled_job(TrainingJob(config=config, data=data, run_dir=folder, weights=weights), timing=True)
        plan, timed = with_arithmetic(plan, network_of(plan))
        loader = _loader_speed(plan.config, data, device)
        _forget_peak(device)
        loop = _loop_speed(plan)
        peak_mb = _peak_memory_mb(device)
        reference = _reference_speed(plan.config, data, device, weights)
    return TrainBench(
        device=f"cuda ({torch.cuda.get_device_name()})" if device.type == "cuda" else "cpu",
        precision=plan.config.precision,
        timed=timed,
        workers=loader_workers(config, device),
        threads=plan.config.threads or torch.get_num_threads(),
        steps=config.steps - WARM_STEPS,
        batch=config.batch,
        loop_images_per_s=loop,
        loader_images_per_s=loader,
        loader_headroom=loader / loop,
        reference_images_per_s=reference,
        ratio_to_reference=loop / reference,
        peak_memory_mb=peak_mb,
    )


class _Clock:
    """Images a second from the end of the last warm step on."""

    def __init__(self, config: TrainConfig) -> None:
        self._batch, self._steps, self._start_s, self._end_s = config.batch, 0, 0.0, 0.0

    def tick(self) -> None:
        """A step has ended."""
        self._steps += 1
        self._end_s = time.perf_counter()
        if self._steps == WARM_STEPS:
            self._start_s = self._end_s

    @property
    def images_per_s(self) -> float:
        return (self._steps - WARM_STEPS) * self._batch / (self._end_s - self._start_s)


def _loop_speed(plan: TrainingJob) -> float:
    clock = _Clock(plan.config)

    def on_step(_: StepLog) -> None:
        clock.tick()

    train_network(
        TrainingJob(config=plan.config, data=plan.data, run_dir=plan.run_dir, weights=plan.weights, on_step=on_step)
    )
    return clock.images_per_s


def _loader_speed(config: TrainConfig, data: Split, device: torch.device) -> float:
    clock = _Clock(config)
    for _ in _steps(config, data, device):
        clock.tick()
    return clock.images_per_s


def _reference_speed(config: TrainConfig, data: Split, device: torch.device, weights: Path | None) -> float:
    network = task_named(config.task).build(config.model, tuple(data.class_names), weights).to(device)
    freeze_backbone(network.body, config.trainable_stages or 0)
    network.train()
    learning = [parameter for parameter in network.parameters() if parameter.requires_grad]
    optimizer = torch.optim.SGD(
        learning, lr=REFERENCE_LR, momentum=REFERENCE_MOMENTUM, weight_decay=REFERENCE_WEIGHT_DECAY
    )
    clock = _Clock(config)
    for pieces in _steps(config, data, device):
        optimizer.zero_grad()
        for piece in pieces:
            loss = sum_of(network(*to_device(piece, device)))
            torch.autograd.backward(loss)
        # The reference logs its loss after every step, which waits for a GPU.
        loss.item()
        optimizer.step()
        clock.tick()
    return clock.images_per_s


def _steps(config: TrainConfig, data: Split, device: torch.device) -> Iterable[list[Any]]:
    views = task_named(config.task).views(data, data.class_names, config)
    loader = train_loader(views, config, 0, loader_workers(config, device), device=device)
    return islice(microbatches_by_step(loader, 1), config.steps)


def _forget_peak(device: torch.device) -> None:
    if device.type == "cuda":
        torch.cuda.reset_peak_memory_stats()


def _peak_memory_mb(device: torch.device) -> float:
    if device.type == "cuda":
        return torch.cuda.max_memory_allocated() / 1e6
    # Kilobytes on Linux, bytes on macOS.
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024) / 1e6
