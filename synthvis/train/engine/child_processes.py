"""Processes that end with the one they work for, and leave nothing behind: loaders, and the others of `--nproc`.

A loader that only waits for work looks after its parent itself (torch does), but one with batches that nobody fetches
would wait for ever, and one that is still importing does not look at all. So each watches its parent from its first
moment, before torch is imported.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import re
import shutil
import signal
import tempfile
import threading
import time
from collections.abc import Iterator
from multiprocessing import resource_tracker
from multiprocessing.context import SpawnContext, SpawnProcess
from pathlib import Path
from typing import Any

__all__ = [
    "FIRST_PROCESS",
    "LOADERS",
    "end_loaders",
    "end_with",
    "end_with_first_process",
    "starting_loaders",
    "sweep_semaphores",
    "temporary_folder",
    "without_own_threads",
]

FIRST_PROCESS = "SYNTHVIS_FIRST_PROCESS"
"""Environment variable by which a started process knows the process that it belongs to."""

LOOK_EVERY_S = 1.0
MEMORY_FOLDER = Path("/dev/shm")
SEMAPHORES = "synthvis-loader"


def end_with(parent: int) -> None:
    """End this process when `parent` has ended, however that was."""

    def look() -> None:
        while os.getppid() == parent:
            time.sleep(LOOK_EVERY_S)
        os._exit(1)

    threading.Thread(target=look, daemon=True).start()


def end_with_first_process() -> None:
    """In one of several processes that train: end when the first one has, even where that was killed."""
    parent = os.environ.get(FIRST_PROCESS)
    if parent is not None and int(os.environ.get("RANK", "0")) != 0:
        end_with(int(parent))


class _EndsWithParent:
    """Unpickled in the new process before what follows it, and with that before torch is imported."""

    def __reduce__(self) -> tuple[Any, ...]:
        return (end_with, (os.getpid(),))


class _Loader(SpawnProcess):
    def __reduce__(self) -> tuple[Any, ...]:
        return (_rebuilt, (_EndsWithParent(), type(self), self.__dict__))


def _rebuilt(_: object, kind: type[SpawnProcess], state: dict[str, object]) -> SpawnProcess:
    process = kind.__new__(kind)
    process.__dict__.update(state)
    return process


class _LoaderContext(SpawnContext):
    Process = _Loader


LOADERS = _LoaderContext()
"""As `multiprocessing_context` of torch's DataLoader."""


def end_loaders() -> None:
    """Kill the loaders of this process."""
    for process in multiprocessing.active_children():
        if isinstance(process, _Loader):
            process.kill()
            process.join()


def without_own_threads(_: int) -> None:
    """As `worker_init_fn`: OpenCV would start a thread for each core in each of them."""
    import cv2

    cv2.setNumThreads(1)


@contextlib.contextmanager
def starting_loaders() -> Iterator[None]:
    """Start loaders that are deaf to Ctrl-C, which is for this process alone, and name their semaphores after it.

    The names let a later run sweep up after a group of processes that was killed at once.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    # Its start unblocks the signal again, so it comes first.
    resource_tracker.ensure_running()
    config = multiprocessing.current_process().__dict__["_config"]
    prefix = config["semprefix"]
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    if MEMORY_FOLDER.is_dir():
        config["semprefix"] = f"/{_owned(SEMAPHORES)}-{os.getpid()}"
        sweep_semaphores()
    try:
        yield
    finally:
        config["semprefix"] = prefix
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def sweep_semaphores(folder: Path = MEMORY_FOLDER) -> int:
    """Take away the semaphores of runs of this user that are no more; returns how many."""
    left = _left_behind(folder, f"sem.{SEMAPHORES}")
    for path in left:
        path.unlink(missing_ok=True)
    return len(left)


@contextlib.contextmanager
def temporary_folder(name: str) -> Iterator[Path]:
    """A folder that is gone afterwards; those that killed processes left under the same name go first."""
    parent, prefix = Path(tempfile.gettempdir()), f"synthvis-{name}"
    for path in _left_behind(parent, prefix):
        shutil.rmtree(path, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix=f"{_owned(prefix)}-{os.getpid()}-") as folder:
        yield Path(folder)


def _owned(prefix: str) -> str:
    """The same for all processes that see each other's numbers; containers may share a folder but not those."""
    numbers = re.findall(r"\d+", os.readlink("/proc/self/ns/pid")) if Path("/proc/self/ns/pid").exists() else []
    return "-".join([prefix, *numbers])


def _left_behind(folder: Path, prefix: str) -> list[Path]:
    """What processes of this user that are no more have left in `folder`."""
    owned, left = _owned(prefix), []
    for path in folder.glob(f"{owned}-*"):
        owner = re.match(rf"{re.escape(owned)}-(\d+)-", path.name)
        with contextlib.suppress(OSError):
            if owner and path.lstat().st_uid == os.getuid() and not _is_there(int(owner[1])):
                left.append(path)
    return left


def _is_there(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
