"""What a run is to do, and whether a state that is found belongs to it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import torch
from torch import nn

from synthvis.data.rendered_from import rendered_from
from synthvis.data.split import Split
from synthvis.errors import DatasetError, UsageError
from synthvis.metrics.training_facts import TrainingFacts
from synthvis.train.config import STEPS_WORTH_TIMING, TrainConfig
from synthvis.train.engine.checkpoint import resume_state
from synthvis.train.engine.devices import device_of, precision_of
from synthvis.train.engine.run_state import RunState
from synthvis.train.engine.transfer import settled
from synthvis.train.registry import task_named
from synthvis.train.task import Task

__all__ = ["StepLog", "TrainingJob", "check_same_run", "data_key", "require_labels", "settled_job", "start_of"]

FREE_TO_CHANGE = {"workers", "threads", "eval_every", "patience", "device", "compile", "transfer"}
"""What a run may go on with changed. The transfer policy is compared by what it came to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StepLog:
    """One line of metrics.jsonl."""

    step: int
    loss: float
    parts: Mapping[str, float]
    lr: float
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingJob:
    """What to train, on what, where the files go, and who listens."""

    config: TrainConfig
    data: Split
    run_dir: Path
    init_from: str | None = None
    weights: Path | None = None
    on_step: Callable[[StepLog], None] = field(default=lambda _: None)
    validate: Callable[[nn.Module, torch.device], float | None] | None = None

    @property
    def task(self) -> Task:
        """The task that is learnt."""
        return task_named(self.config.task)

    @property
    def facts(self) -> TrainingFacts:
        """What a later reader must know about the weights."""
        config, rendered = self.config, rendered_from(self.data)
        return replace(
            self.task.facts(config),
            dataset=self.data.name,
            split=self.data.split,
            images=len(self.data.images),
            kind=self.data.kind,
            labels=self.data.label_count,
            recipe=rendered.recipe.name if rendered else None,
            recipe_seed=rendered.seed if rendered else None,
            steps=config.steps,
            batch=config.batch,
            seed=config.seed,
            model=config.model.backbone,
            weights=None if config.pretrained else "none",
            init_from=Path(self.init_from).name if self.init_from else None,
        )


def require_labels(data: Split) -> None:
    """Refuse data without a label.

    Raises:
        DatasetError: It has none.
    """
    if not data.label_count:
        raise DatasetError(f"{data.name}:{data.split} has no label to train on")


def settled_job(job: TrainingJob, *, anew: bool = False, timing: bool | None = None) -> tuple[TrainingJob, str | None]:
    """The job with a settled config, and a line that says what was chosen and why.

    Only the precision of a long run on a CPU may stay "auto": steps have to be timed for it.

    Args:
        job: As asked for.
        anew: Look at no earlier run.
        timing: Whether steps may be timed; None: where there are enough of them. Several processes that share a
            training may not, so that all take the same.

    Raises:
        CheckpointError: The state of the run in the folder is damaged.
        UsageError: It is to stop early, and there is nothing to watch.
    """
    config = job.config
    if config.patience and job.validate is None:
        raise UsageError("no val split to watch, so nothing can stop this run early", hint="leave --patience out")
    state = None if anew else resume_state(job.run_dir)
    there = TrainConfig.model_validate_json(state.config) if state else None
    device = device_of(config.device)
    config, why = settled(
        config, images=len(job.data.images), labels=job.data.label_count, device=device.type, there=there
    )
    return replace(job, config=_with_known_arithmetic(config, device, there, timing)), why


def _with_known_arithmetic(
    config: TrainConfig, device: torch.device, there: TrainConfig | None, timing: bool | None
) -> TrainConfig:
    """Precision and threads as far as no step has to be timed for them."""
    if there is not None:
        kept = {"precision": there.precision} if config.precision == "auto" else {}
        config = config.model_copy(update=kept | ({} if config.threads else {"threads": there.threads}))
    if device.type == "cpu" and (config.steps >= STEPS_WORTH_TIMING if timing is None else timing):
        return config
    return config.model_copy(update={"precision": precision_of(config.precision, device)})


def data_key(job: TrainingJob) -> str:
    """What a state says of the data that it was trained on."""
    return f"{job.data.name}:{job.data.split} {len(job.data.images)} images, {job.data.label_count} labels"


def start_of(job: TrainingJob) -> str:
    """What a state says of the weights that it began with."""
    of_backbone = "the backbone's own weights" if job.config.pretrained else "an untrained backbone"
    return str(job.init_from or job.weights or of_backbone)


def check_same_run(state: RunState, job: TrainingJob) -> None:
    """Hold a state to the job.

    Raises:
        DatasetError: It belongs to another run.
    """
    there, asked = (
        config.model_copy(update={"batchnorm": config.batchnorm_mode}).model_dump(exclude=FREE_TO_CHANGE)
        for config in (TrainConfig.model_validate_json(state.config), job.config)
    )
    changed = [f"{key} is {there[key]} there, {asked[key]} asked" for key in asked if there[key] != asked[key]]
    if state.data != data_key(job):
        changed.append(f"data is {state.data} there, {data_key(job)} asked")
    if state.start != start_of(job):
        changed.append(f"it begins from {state.start} there, from {start_of(job)} asked")
    if changed:
        raise DatasetError(
            f"{job.run_dir} holds another run: {'; '.join(changed[:3])}",
            hint="choose another folder with --out, or --overwrite to start anew",
        )
