"""Several processes that train one network: started, fed with their share, and kept in step."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from typing import IO, TYPE_CHECKING

import torch
from torch import Tensor

from synthvis.errors import DatasetError, SynthvisError, UsageError
from synthvis.train.config import TrainConfig
from synthvis.train.engine.child_processes import FIRST_PROCESS
from synthvis.train.engine.schedule import Share

if TYPE_CHECKING:
    from accelerate import Accelerator

__all__ = [
    "is_first_process",
    "mean_over_processes",
    "microbatches_of",
    "require_same_step",
    "starting_ranks",
]

END_WITHIN_S = 20.0
FAILS_WITHIN_S = 10.0


def is_first_process() -> bool:
    """Whether this process writes files and talks; True where there is only one."""
    return int(os.environ.get("RANK", "0")) == 0


def microbatches_of(accelerator: Accelerator, config: TrainConfig) -> Share:
    """This process's share of each batch.

    Raises:
        UsageError: The batch cannot be shared out evenly.
    """
    share = Share(rank=accelerator.process_index, ranks=accelerator.num_processes, accumulate=config.accumulate)
    if config.batch % (share.ranks * share.accumulate):
        raise UsageError(
            f"a batch of {config.batch} images cannot be shared out over {share.ranks} processes "
            f"with {share.accumulate} microbatches each",
            hint="choose --batch as a multiple of --nproc times --accumulate",
        )
    return share


def mean_over_processes(values: Tensor, accelerator: Accelerator) -> Tensor:
    """Mean of each number over the processes, the same in all."""
    return accelerator.reduce(values, reduction="mean") if accelerator.num_processes > 1 else values


def require_same_step(step: int, accelerator: Accelerator) -> None:
    """Wait for all processes, and refuse to go on from different states.

    Raises:
        DatasetError: They do not see the same run folder.
    """
    mean = mean_over_processes(torch.tensor(float(step), device=accelerator.device, dtype=torch.float64), accelerator)
    differs = torch.tensor(float(float(mean) != step), device=accelerator.device)
    if float(mean_over_processes(differs, accelerator)):
        raise DatasetError(
            f"the processes of this run stand at different steps, this one at {step}",
            hint="put the run folder (--out) where all machines see it",
        )


@contextlib.contextmanager
def starting_ranks(count: int, arguments: Sequence[str]) -> Iterator[None]:
    """Make this process the first of `count` on this machine that run the same command.

    They find each other as torchrun's processes do, by RANK, WORLD_SIZE, MASTER_ADDR and MASTER_PORT. They are silent;
    Ctrl-C is for this process alone, and they end with it.

    Args:
        count: Processes, this one included.
        arguments: Of the command line, without the program.

    Raises:
        UsageError: torchrun or another launcher has started several already.
    """
    if "WORLD_SIZE" in os.environ:
        raise UsageError(
            f"a launcher has started this as one of {os.environ['WORLD_SIZE']} processes",
            hint="leave --nproc out, or set it in the launcher",
        )
    threads = max(1, torch.get_num_threads() // count)
    common = {
        "WORLD_SIZE": str(count),
        "LOCAL_WORLD_SIZE": str(count),
        "MASTER_ADDR": "127.0.0.1",
        "MASTER_PORT": str(_free_port()),
        "OMP_NUM_THREADS": str(threads),
        FIRST_PROCESS: str(os.getpid()),
    }
    before = dict(os.environ)
    os.environ.update(common | {"RANK": "0", "LOCAL_RANK": "0"})
    torch.set_num_threads(threads)
    # What all of them meet, this one tells; what one of them meets alone is read from here.
    said = [tempfile.TemporaryFile() for _ in range(1, count)]  # noqa: SIM115
    started = [_start(rank, arguments, said[rank - 1]) for rank in range(1, count)]
    try:
        yield
    except RuntimeError as error:
        ended = _first_to_fail(started)
        if ended is None:
            raise
        what = f"process {ended + 2} of {count} ended with exit code {started[ended].returncode}"
        raise SynthvisError(f"{what}: {_last_line(said[ended])}", hint="the same command goes on") from error
    finally:
        if torch.distributed.is_initialized():
            torch.distributed.destroy_process_group()
        for process, file in zip(started, said, strict=True):
            _end(process)
            file.close()
        os.environ.clear()
        os.environ.update(before)


def _start(rank: int, arguments: Sequence[str], said: IO[bytes]) -> subprocess.Popen[bytes]:
    environment = os.environ | {"RANK": str(rank), "LOCAL_RANK": str(rank)}
    return subprocess.Popen(
        [sys.executable, "-m", "synthvis", *arguments],
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=said,
        start_new_session=True,
    )


def _first_to_fail(started: Sequence[subprocess.Popen[bytes]]) -> int | None:
    """Place of a process that failed; a connection breaks a moment before its other end has an exit code."""
    deadline_s = time.monotonic() + FAILS_WITHIN_S
    while time.monotonic() < deadline_s:
        for place, process in enumerate(started):
            if process.poll():
                return place
        time.sleep(0.05)
    return None


def _last_line(said: IO[bytes]) -> str:
    said.seek(0)
    lines = said.read().decode(errors="replace").split("\n")
    return next((line.strip() for line in reversed(lines) if line.strip()), "it said nothing")


def _end(process: subprocess.Popen[bytes]) -> None:
    """Let a process come to its end, which is near; other ranks of a stopped run wait for a step that will not come."""
    failed = sys.exc_info()[0] is not None
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(0 if failed else END_WITHIN_S)
    if process.poll() is None:
        process.send_signal(signal.SIGKILL)
        process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
