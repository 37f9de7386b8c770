"""Jobs for the pool that misbehave on demand; a module of its own because workers import it by name."""

from __future__ import annotations

import errno
import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path

from synthvis.errors import MissingDependency
from synthvis.render.job import JobResult


@dataclass(frozen=True)
class FakeJob:
    image_index: int
    folder: str
    trouble: str = ""
    """What goes wrong; "once:" in front lets only the first attempt fail."""


def run(job: FakeJob) -> JobResult:
    attempts = Path(job.folder, f"attempts-{job.image_index}")
    first = not attempts.exists()
    with attempts.open("a") as file:
        file.write(f"{os.getpid()}\n")
    trouble = job.trouble.removeprefix("once:")
    if trouble and (first or trouble == job.trouble):
        misbehave(trouble)
    Path(job.folder, f"made-{job.image_index}").write_text("x")
    return JobResult(image_index=job.image_index, pid=os.getpid())


def misbehave(trouble: str) -> None:
    if trouble == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    if trouble == "hang":
        time.sleep(60)
    if trouble == "exit":
        raise SystemExit(3)
    if trouble == "raise":
        os.write(1, b"noise that belongs in no terminal\n")
        raise ValueError("bad luck")
    if trouble == "missing":
        raise MissingDependency("no bpy here", hint="install it")
    if trouble == "full":
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    if trouble == "wrapped full":
        try:
            misbehave("full")
        except OSError as error:
            raise RuntimeError("could not write the image") from error
    if trouble == "slow":
        time.sleep(0.3)
