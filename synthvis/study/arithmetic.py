"""One precision for all trainings of a study, so that regimes differ by their data alone: timed once, then kept."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from synthvis.errors import DatasetError
from synthvis.study.jobs import Job
from synthvis.train.config import TrainConfig

__all__ = ["StudyArithmetic", "StudyArithmeticFile", "arithmetic_of_run", "choose_for"]

NAME = "arithmetic.json"


class StudyArithmetic(BaseModel):
    """What all trainings of a study compute with."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    precision: Literal["fp32", "bf16", "fp16"]
    threads: int = Field(0, ge=0, le=1024)
    """Of torch; 0: its own number."""

    def of(self, config: TrainConfig) -> TrainConfig:
        """The config of a job with this arithmetic, where it asks for none."""
        if config.precision != "auto":
            return config
        return config.model_copy(update={"precision": self.precision, "threads": config.threads or self.threads})


@dataclass(frozen=True, slots=True)
class StudyArithmeticFile:
    """The choice of the study in `folder`."""

    folder: Path

    @property
    def path(self) -> Path:
        """The file."""
        return self.folder / NAME

    def read(self) -> StudyArithmetic | None:
        """The choice; None before the first training.

        Raises:
            DatasetError: The file is damaged.
        """
        try:
            return StudyArithmetic.model_validate_json(self.path.read_bytes())
        except FileNotFoundError:
            return None
        except (ValidationError, ValueError) as error:
            raise DatasetError(
                f"{self.path} is damaged: it must hold precision and threads",
                hint='write {"precision": "fp32", "threads": 0} into it, as in the config.json of runs/* beside it, '
                "or choose another --out",
            ) from error

    def settle(self, choose: Callable[[], StudyArithmetic]) -> StudyArithmetic:
        """The choice, made now where there is none; shards that come at once take that of the first."""
        there = self.read()
        if there is not None:
            return there
        made = choose()
        self.folder.mkdir(parents=True, exist_ok=True)
        whole = self.folder / f".{NAME}.{os.getpid()}"
        whole.write_text(made.model_dump_json() + "\n", encoding="utf-8")
        try:
            os.link(whole, self.path)
        except FileExistsError:
            # Another shard was first.
            pass
        finally:
            whole.unlink()
        return self.read() or made


def choose_for(job: Job, *, timing: bool, say: Callable[[str], None]) -> StudyArithmetic:
    """The fastest precision and threads for the trainings of a study, from a few steps of `job`.

    Args:
        job: One of them.
        timing: Time steps; else what is the same on all machines of its kind is taken.
        say: Takes the line that says what was chosen.
    """
    from synthvis.train.engine.arithmetic import with_arithmetic
    from synthvis.train.engine.loop import TrainingJob, network_of
    from synthvis.train.engine.training_job import settled_job

    asked = TrainingJob(config=job.config, data=job.data.split, run_dir=Path(), weights=job.weights)
    plan, _ = settled_job(asked, anew=True, timing=timing)
    if plan.config.precision == "auto":
        plan, said = with_arithmetic(plan, network_of(plan))
        say(f"all trainings: {said}")
    return _arithmetic_of(plan.config)


def arithmetic_of_run(run_dir: Path) -> StudyArithmetic | None:
    """What a finished run computed with; None where it does not say."""
    try:
        config = _RunConfig.model_validate_json((run_dir / "config.json").read_bytes()).train
        return _arithmetic_of(config)
    except (OSError, ValidationError, ValueError):
        return None


def _arithmetic_of(config: TrainConfig) -> StudyArithmetic:
    return StudyArithmetic.model_validate({"precision": config.precision, "threads": config.threads})


class _RunConfig(BaseModel):
    """What of a run's config.json counts here."""

    train: TrainConfig
