"""What the hardware can do: device, arithmetic, loader processes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import torch

from synthvis.errors import UsageError
from synthvis.train.config import DeviceName, Precision, TrainConfig

if TYPE_CHECKING:
    from accelerate import Accelerator

__all__ = ["accelerator_for", "device_of", "loader_workers", "precision_of"]

MIXED = {"fp32": "no", "bf16": "bf16", "fp16": "fp16"}
FAST_BF16_FLAGS = {"avx512_bf16", "amx_bf16"}
CUDA_WORKERS = 4


def device_of(name: DeviceName) -> torch.device:
    """The device that `name` means here.

    Raises:
        UsageError: CUDA is asked for and absent.
    """
    if name == "cuda" and not torch.cuda.is_available():
        raise UsageError("no CUDA device is visible", hint="--device cpu, or check nvidia-smi and CUDA_VISIBLE_DEVICES")
    return torch.device("cuda" if name != "cpu" and torch.cuda.is_available() else "cpu")


def precision_of(name: Precision, device: torch.device) -> Precision:
    """The arithmetic for `device`. bf16 without hardware for it is ten times slower than fp32 on a CPU."""
    if name != "auto":
        return name
    if device.type == "cuda":
        return "bf16" if torch.cuda.is_bf16_supported() else "fp16"
    return "bf16" if _cpu_flags() & FAST_BF16_FLAGS else "fp32"


def loader_workers(config: TrainConfig, device: torch.device) -> int:
    """Loader processes: none on a CPU, where they would only take cores from the steps."""
    if config.workers >= 0:
        return config.workers
    return CUDA_WORKERS if device.type == "cuda" else 0


def accelerator_for(config: TrainConfig) -> Accelerator:
    """Accelerate's handle on device and precision."""
    from accelerate import Accelerator
    from accelerate.state import AcceleratorState

    device = device_of(config.device)
    # Its state is one per process, and a process may train twice with different settings.
    AcceleratorState._reset_state(reset_partial_state=True)
    return Accelerator(cpu=device.type == "cpu", mixed_precision=MIXED[precision_of(config.precision, device)])


def _cpu_flags() -> set[str]:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return set()
    return next((set(line.split()) for line in lines if line.startswith("flags")), set())
