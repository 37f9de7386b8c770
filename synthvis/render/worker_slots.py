"""How many workers run side by side, on what, and where they put their passes."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from synthvis.errors import UsageError
from synthvis.render.job import Device

__all__ = ["SCRATCH_BYTES_PER_PIXEL", "WorkerSlots", "choose_worker_slots", "scratch_folder", "usable_cores"]

IMAGES_PER_WORKER = 50
"""A worker takes seconds to start and a group of images at a time: a small render is sooner done by one wide worker."""

BYTES_PER_WORKER = 1_500_000_000
"""Blender, its kernels and a group's scenes, with room for large pictures."""

SCRATCH_BYTES_PER_PIXEL = 64
"""Ten 32-bit channels in an EXR, and some room."""

SCRATCH_PREFIX = "synthvis-scratch-"
MEMORY_FOLDER = Path("/dev/shm")
STALE_AFTER_S = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerSlots:
    """The workers of one render.

    Attributes:
        environments: Variables of each worker; its length is the number of workers.
        threads: CPU threads of each worker.
        device: What Cycles is asked to use.
    """

    environments: tuple[dict[str, str], ...]
    threads: int
    device: Device

    @property
    def count(self) -> int:
        """Workers side by side."""
        return len(self.environments)


def choose_worker_slots(device: Device, workers: int | None, images: int) -> WorkerSlots:
    """Decide on workers and threads: one worker for each GPU, or one for each core.

    Narrow workers are faster in total than wide ones, by 4 to 7% on two cores, as one computes while another builds
    or writes; but no more than memory and the number of images allow.

    Args:
        device: "auto" takes GPUs where there are any.
        workers: The user's wish, None for the default.
        images: Images to make; more workers than that are of no use.

    Raises:
        UsageError: `workers` is below 1.
    """
    if workers is not None and workers < 1:
        raise UsageError(f"--workers must be at least 1, got {workers}")
    cores = usable_cores()
    gpus = [] if device == "cpu" else _cuda_devices()
    most = min(cores, images // IMAGES_PER_WORKER, _memory_bytes() // BYTES_PER_WORKER)
    count = max(1, min(workers or len(gpus) or most, max(images, 1)))
    environments: list[dict[str, str]] = [
        {"CUDA_VISIBLE_DEVICES": gpus[number % len(gpus)]} if gpus else {} for number in range(count)
    ]
    return WorkerSlots(environments=tuple(environments), threads=max(1, cores // count), device=device)


def usable_cores() -> int:
    """Cores this process may use: its affinity, and the quota of its control group."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    try:
        quota, period = Path("/sys/fs/cgroup/cpu.max").read_text().split()
        return max(1, min(cores, int(quota) // int(period)))
    except (OSError, ValueError, ZeroDivisionError):
        return cores


def _memory_bytes() -> int:
    """Memory this process may use: the machine's, and the limit of its control group."""
    machine = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    try:
        return min(machine, int(Path("/sys/fs/cgroup/memory.max").read_text()))
    except (OSError, ValueError):
        return machine


@contextmanager
def scratch_folder(root: Path, slots: int, image_hw: tuple[int, int]) -> Iterator[Path]:
    """A folder for the passes of images in the making: in memory where it fits, else inside the dataset folder.

    It is removed at the end; folders of killed runs are removed at the start.
    """
    needed = slots * image_hw[0] * image_hw[1] * SCRATCH_BYTES_PER_PIXEL
    # A live run elsewhere may be about to lock its folder in memory; inside the dataset there is none but this one.
    _remove_stale(MEMORY_FOLDER, STALE_AFTER_S)
    _remove_stale(root, 0.0)
    parent = MEMORY_FOLDER if _has_room(MEMORY_FOLDER, 2 * needed) else root
    folder = Path(tempfile.mkdtemp(prefix=_prefix_in(parent), dir=parent))
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_SH)
        yield folder
    finally:
        os.close(handle)
        shutil.rmtree(folder, ignore_errors=True)


def _prefix_in(parent: Path) -> str:
    # A leading dot keeps it out of the user's sight inside a dataset.
    return SCRATCH_PREFIX if parent == MEMORY_FOLDER else f".{SCRATCH_PREFIX}"


def _has_room(folder: Path, needed_bytes: int) -> bool:
    return folder.is_dir() and os.access(folder, os.W_OK) and shutil.disk_usage(folder).free > needed_bytes


def _remove_stale(parent: Path, age_s: float) -> None:
    for folder in parent.glob(f"{_prefix_in(parent)}*"):
        try:
            handle = os.open(folder, os.O_RDONLY)
        except OSError:
            continue
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if time.time() - folder.stat().st_mtime >= age_s:
                shutil.rmtree(folder, ignore_errors=True)
        except OSError:
            continue
        finally:
            os.close(handle)


def _cuda_devices() -> list[str]:
    chosen = os.environ.get("CUDA_VISIBLE_DEVICES")
    if chosen is not None:
        return [name for name in chosen.split(",") if name.strip() not in ("", "-1")]
    try:
        listing = subprocess.run(["nvidia-smi", "-L"], capture_output=True, text=True, timeout=20, check=True).stdout
    except (OSError, subprocess.SubprocessError):
        return []
    return [str(number) for number, line in enumerate(listing.splitlines()) if line.startswith("GPU ")]
