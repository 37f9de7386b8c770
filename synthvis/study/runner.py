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

__all__ = ["Listener", "Mark", "Outcome", "Trainer", "adopt", "finished", "mark_of", "read_mark", "run_jobs"]

MARK_NAME = "job.json"
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


class Mark(FileModel, extra="forbid"):
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
class Outcome:
    """What came of a job."""

    job: Job
    state: Literal["cached", "done", "failed", "skipped"]
    error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listener:
    """Who is told how it goes."""

    on_start: Callable[[Job, int, int], None] = lambda job, number, total: None
    on_end: Callable[[Outcome], None] = lambda outcome: None


def run_jobs(
    jobs: Sequence[Job], trainer: Trainer, out: Path, sets_digest: str, listener: Listener | None = None
) -> list[Outcome]:
    """Run what is not finished, in order.

    A job that fails is reported and the others go on, except those that begin from its weights.

    Args:
        jobs: Each after the one that it begins from.
        trainer: Does the work.
        out: Folder of the study.
        sets_digest: Of what is measured on: when it changes, finished weights are measured again.
        listener: Who is told.

    Raises:
        KeyboardInterrupt: The user stopped it; the same call goes on.
        OSError: A folder cannot be written or the disk is full: no job after it could do better.
    """
    tell = listener or Listener()
    broken: set[str] = set()
    outcomes = []
    for number, job in enumerate(jobs, start=1):
        if finished(job, out, sets_digest):
            outcome = Outcome(job=job, state="cached")
        elif job.init is not None and job.init.key in broken:
            outcome = Outcome(job=job, state="skipped", error=f"{job.init.name} failed, from which it begins")
        else:
            tell.on_start(job, number, len(jobs))
            outcome = _attempt(job, trainer, out, sets_digest)
        if outcome.state in ("failed", "skipped"):
            broken.add(job.key)
        outcomes.append(outcome)
        tell.on_end(outcome)
    return outcomes


def finished(job: Job, out: Path, sets_digest: str) -> bool:
    """Whether a job is trained and measured on those sets, with its files in place."""
    mark, folder = mark_of(job, out), out / RUNS / job.folder
    if not (mark.trained and mark.measured == sets_digest and mark.files):
        return False
    return all((folder / f"eval_{stem}.json").is_file() for stem in mark.files.values())


def mark_of(job: Job, out: Path) -> Mark:
    """What the job's folder says; an empty mark where there is none or it is damaged, so that the job runs again."""
    mark = read_mark(out / RUNS / job.folder)
    return mark if mark is not None and mark.key == job.key else Mark(key=job.key)


def read_mark(folder: Path) -> Mark | None:
    """What the folder of a run says; None where it says nothing or is damaged."""
    try:
        return read_json(folder / MARK_NAME, Mark, what="the mark of a run", hint="")
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
    if mark_of(job, out).trained or not all((run_dir / name).is_file() for name in WEIGHTS):
        return False
    folder = out / RUNS / job.folder
    folder.mkdir(parents=True, exist_ok=True)
    for name in (*HISTORY, *WEIGHTS):
        if (run_dir / name).is_file():
            write_bytes_atomic(folder / name, (run_dir / name).read_bytes())
    _write(folder, Mark(key=job.key, trained=True, speed_class=speed_class(job)))
    return True


def _attempt(job: Job, trainer: Trainer, out: Path, sets_digest: str) -> Outcome:
    try:
        _run(job, trainer, out, sets_digest)
    except OSError:
        raise
    except Exception as error:  # one arm out of memory or with broken images must not cost the others
        what = error.what if isinstance(error, SynthvisError) else f"{type(error).__name__}: {error}"
        return Outcome(job=job, state="failed", error=what.splitlines()[0] if what else type(error).__name__)
    return Outcome(job=job, state="done")


def _run(job: Job, trainer: Trainer, out: Path, sets_digest: str) -> None:
    run_dir = out / RUNS / job.folder
    run_dir.mkdir(parents=True, exist_ok=True)
    mark = mark_of(job, out)
    if not mark.trained:
        step_s = trainer.train(job, run_dir, out / RUNS / job.init.folder if job.init else None)
        mark = Mark(key=job.key, trained=True, step_s=step_s, speed_class=speed_class(job))
        _write(run_dir, mark)
    started = time.monotonic()
    files = trainer.measure(job, run_dir)
    seconds = round(time.monotonic() - started, 2)
    _write(
        run_dir,
        Mark(
            key=job.key, trained=True, measured=sets_digest, files=files, step_s=mark.step_s, measure_s=seconds,
            speed_class=mark.speed_class,
        ),
    )  # fmt: skip


def speed_class(job: Job) -> str:
    """What decides how long a step takes."""
    config = job.config
    return f"{config.task} {config.model.model_dump_json()} {config.batch} {config.trainable_stages}"


def _write(run_dir: Path, mark: Mark) -> None:
    write_json_atomic(run_dir / MARK_NAME, mark.model_dump())
