"""Runs the trainings of a study one after the other. What is finished is kept and never done again."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal, Protocol

from pydantic import Field

from synthvis.dataset.layout import write_bytes_atomic, write_json_atomic
from synthvis.errors import SynthvisError
from synthvis.formats.json_file import FileModel, Name, Number, read_json
from synthvis.study.jobs import Job

__all__ = [
    "JobCallbacks",
    "JobResult",
    "RunStatus",
    "Trainer",
    "adopt",
    "finished",
    "read_run_status",
    "run_jobs",
    "run_status_of",
]

STATUS_NAME = "job.json"
RUNS = "runs"
FileStem = Annotated[str, Field(max_length=255, pattern=r"^[\w-]+$")]
"""Part of a file name, so that nothing outside the run's folder is read."""

WEIGHTS = ("best.safetensors", "best.json")
HISTORY = ("config.json", "metrics.jsonl")
"""Files of a run that a study takes over: what it needs to be measured, and how it went."""


class Trainer(Protocol):
    """What trains and measures; a test may put another in its place."""

    def train(self, job: Job, run_dir: Path, init_dir: Path | None) -> float:
        """Train into `run_dir`, going on where an earlier attempt stopped; returns the seconds of a step."""

    def measure(self, job: Job, run_dir: Path) -> dict[str, str]:
        """Measure what was trained; names of the evaluation files by "real" and "synthetic"."""


class RunStatus(FileModel, extra="forbid"):
    """What a run's folder says of itself.

    Attributes:
        key: Of the job that made it.
        trained: Whether the weights are there.
        measured: Digest of the sets it was measured on, empty before.
        files: Evaluation files by "real" and "synthetic".
        step_s: Seconds of a training step.
        measure_s: Seconds of the measurement.
        speed_class: Jobs of one class are about as fast.
    """

    key: Name
    trained: bool = False
    measured: Name = ""
    files: dict[Name, FileStem] = Field(default_factory=dict)
    step_s: Number | None = None
    measure_s: Number | None = None
    speed_class: Name = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class JobResult:
    """What came of a job."""

    job: Job
    state: Literal["cached", "done", "failed", "skipped"]
    error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class JobCallbacks:
    """Who is told how it goes."""

    on_start: Callable[[Job, int, int], None] = lambda job, number, total: None
    on_end: Callable[[JobResult], None] = lambda result: None


def run_jobs(
    jobs: Sequence[Job], trainer: Trainer, out: Path, sets_digest: str, callbacks: JobCallbacks | None = None
) -> list[JobResult]:
    """Run what is not finished, in order.

    A job that fails is reported and the others go on, except those that begin from its weights.

    Args:
        jobs: Each after the one that it begins from.
        trainer: Does the work.
        out: Folder of the study.
        sets_digest: Of what is measured on: when it changes, finished weights are measured again.
        callbacks: Who is told.

    Raises:
        KeyboardInterrupt: The user stopped it; the same call goes on.
        OSError: A folder cannot be written or the disk is full: no job after it could do better.
    """
    told = callbacks or JobCallbacks()
    broken: set[str] = set()
    job_results = []
    for number, job in enumerate(jobs, start=1):
        if finished(job, out, sets_digest):
            result = JobResult(job=job, state="cached")
        elif job.init is not None and job.init.key in broken:
            result = JobResult(job=job, state="skipped", error=f"{job.init.name} failed, from which it begins")
        else:
            told.on_start(job, number, len(jobs))
            result = _attempt(job, trainer, out, sets_digest)
        if result.state in ("failed", "skipped"):
            broken.add(job.key)
        job_results.append(result)
        told.on_end(result)
    return job_results


def finished(job: Job, out: Path, sets_digest: str) -> bool:
    """Whether a job is trained and measured on those sets, with its files in place."""
    status, folder = run_status_of(job, out), out / RUNS / job.folder
    if not (status.trained and status.measured == sets_digest and status.files):
        return False
    return all((folder / f"eval_{stem}.json").is_file() for stem in status.files.values())


def run_status_of(job: Job, out: Path) -> RunStatus:
    """What the job's folder says; an empty status where there is none or it is damaged, so that the job runs again."""
    status = read_run_status(out / RUNS / job.folder)
    return status if status is not None and status.key == job.key else RunStatus(key=job.key)


def read_run_status(folder: Path) -> RunStatus | None:
    """What the folder of a run says; None where it says nothing or is damaged."""
    try:
        return read_json(folder / STATUS_NAME, RunStatus, what="the status of a run", hint="")
    except SynthvisError:
        return None


def adopt(job: Job, run_dir: Path, out: Path) -> bool:
    """Take over the weights of a run that trained the same, so that the job only has to be measured.

    Args:
        job: A job of the study.
        run_dir: Folder of a finished run with the job's settings, data and start.
        out: Folder of the study.

    Returns:
        Whether anything was taken over; False where the job is trained already, or the run has no weights.
    """
    if run_status_of(job, out).trained or not all((run_dir / name).is_file() for name in WEIGHTS):
        return False
    folder = out / RUNS / job.folder
    folder.mkdir(parents=True, exist_ok=True)
    for name in (*HISTORY, *WEIGHTS):
        if (run_dir / name).is_file():
            write_bytes_atomic(folder / name, (run_dir / name).read_bytes())
    _write(folder, RunStatus(key=job.key, trained=True, speed_class=speed_class(job)))
    return True


def _attempt(job: Job, trainer: Trainer, out: Path, sets_digest: str) -> JobResult:
    try:
        _run(job, trainer, out, sets_digest)
    except OSError:
        raise
    except Exception as error:  # one regime out of memory or with broken images must not cost the others
        what = error.what if isinstance(error, SynthvisError) else f"{type(error).__name__}: {error}"
        return JobResult(job=job, state="failed", error=what.splitlines()[0] if what else type(error).__name__)
    return JobResult(job=job, state="done")


def _run(job: Job, trainer: Trainer, out: Path, sets_digest: str) -> None:
    run_dir = out / RUNS / job.folder
    run_dir.mkdir(parents=True, exist_ok=True)
    status = run_status_of(job, out)
    if not status.trained:
        step_s = trainer.train(job, run_dir, out / RUNS / job.init.folder if job.init else None)
        status = RunStatus(key=job.key, trained=True, step_s=step_s, speed_class=speed_class(job))
        _write(run_dir, status)
    started = time.monotonic()
    files = trainer.measure(job, run_dir)
    seconds = round(time.monotonic() - started, 2)
    _write(
        run_dir,
        RunStatus(
            key=job.key, trained=True, measured=sets_digest, files=files, step_s=status.step_s, measure_s=seconds,
            speed_class=status.speed_class,
        ),
    )  # fmt: skip


def speed_class(job: Job) -> str:
    """What decides how long a step takes."""
    config = job.config
    return f"{config.task} {config.model.model_dump_json()} {config.batch} {config.trainable_stages}"


def _write(run_dir: Path, status: RunStatus) -> None:
    write_json_atomic(run_dir / STATUS_NAME, status.model_dump())
