"""What the hardware can do: device, arithmetic, loader processes."""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from synthvis.errors import UsageError
from synthvis.train.config import DeviceName, Precision, TrainConfig

if TYPE_CHECKING:
    from accelerate import Accelerator

__all__ = [
    "accelerator_for",
    "can_bf16",
    "compile_pays",
    "device_of",
    "keep_depthwise_fp32",
    "loader_workers",
    "meet_processes",
    "precision_of",
    "using_threads",
]

MIXED = {"fp32": "no", "bf16": "bf16", "fp16": "fp16"}
FAST_BF16_FLAGS = {"avx512_bf16", "amx_bf16"}
CUDA_WORKERS = 8
STEPS_WORTH_A_LOADER = 100
STEPS_WORTH_COMPILING = 2000
EVALUATION_WITHIN = timedelta(hours=6)
"""How long processes wait for each other: the first evaluates while the others stand still."""


def device_of(name: DeviceName) -> torch.device:
    """The device that `name` means here.

    Raises:
        UsageError: CUDA is asked for and absent.
    """
    if name == "cuda" and not torch.cuda.is_available():
        raise UsageError("no CUDA device is visible", hint="--device cpu, or check nvidia-smi and CUDA_VISIBLE_DEVICES")
    return torch.device("cuda" if name != "cpu" and torch.cuda.is_available() else "cpu")


def precision_of(name: Precision, device: torch.device) -> Precision:
    """The arithmetic for `device` where no step is timed: on a CPU fp32, which no load makes slow out of proportion."""
    if name != "auto":
        return name
    if device.type == "cuda":
        return "bf16" if torch.cuda.is_bf16_supported() else "fp16"
    return "fp32"


def can_bf16() -> bool:
    """Whether this CPU has instructions for bf16; without them it is ten times slower than fp32."""
    return bool(_cpu_flags() & FAST_BF16_FLAGS)


@contextmanager
def using_threads(count: int) -> Iterator[None]:
    """Let torch compute with `count` threads for a while; 0 leaves the number as it is."""
    before = torch.get_num_threads()
    torch.set_num_threads(count or before)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def loader_workers(config: TrainConfig, device: torch.device, processes: int = 1) -> int:
    """Loader processes of one of `processes` that train on this machine.

    Beside steps on a CPU one pays: it fills the gaps that the steps leave, once it has started. A GPU is fed by the
    cores that are there, as far as they do not stand in each other's way.
    """
    if config.workers >= 0:
        return config.workers
    if device.type == "cuda":
        cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
        return max(1, min(CUDA_WORKERS, cores // processes - 1))
    return 1 if config.steps >= STEPS_WORTH_A_LOADER and torch.get_num_threads() > 1 else 0


def meet_processes(config: TrainConfig) -> int:
    """Wait until all processes of a run are here; how many they are."""
    from accelerate.state import AcceleratorState, PartialState

    # Its state is one per process, and a process may train twice with different settings.
    AcceleratorState._reset_state(reset_partial_state=True)
    return int(PartialState(cpu=device_of(config.device).type == "cpu", timeout=EVALUATION_WITHIN).num_processes)


def accelerator_for(config: TrainConfig) -> Accelerator:
    """Accelerate's handle on device and precision, for processes that have met."""
    from accelerate import Accelerator

    device = device_of(config.device)
    return Accelerator(cpu=device.type == "cpu", mixed_precision=MIXED[precision_of(config.precision, device)])


def compile_pays(config: TrainConfig, device: torch.device) -> bool:
    """Whether the backbone is compiled: asked for, or a run on CUDA that is long enough to win the minutes back."""
    if config.compile != "auto":
        return config.compile == "on"
    long_enough = config.steps >= STEPS_WORTH_COMPILING
    return device.type == "cuda" and long_enough and importlib.util.find_spec("triton") is not None


def keep_depthwise_fp32(model: nn.Module) -> None:
    """Let autocast leave the depthwise convolutions of `model` that learn in fp32.

    In bf16 a CPU has no good kernel for their backward pass: 3 to 18 times slower than fp32, half of a training step.
    Parameters and their names stay as they are.
    """
    for module in model.modules():
        if isinstance(module, nn.Conv2d) and module.groups == module.in_channels > 1 and module.weight.requires_grad:
            module.forward = partial(_forward_fp32, module.forward)  # type: ignore[method-assign]


def _forward_fp32(forward: Callable[[Tensor], Tensor], features: Tensor) -> Tensor:
    with torch.autocast(features.device.type, enabled=False):
        return forward(features.float())


def _cpu_flags() -> set[str]:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return set()
    return next((set(line.split()) for line in lines if line.startswith("flags")), set())
