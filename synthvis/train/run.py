"""One whole training run: train, measure on synthetic and real images, write the gap."""

from __future__ import annotations

import importlib
import importlib.util
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import torch
from torch import nn

from synthvis.data.split import Split
from synthvis.dataset.output import RUN, reserve_folder
from synthvis.evaluation.gap_table import write_gap
from synthvis.evaluation.run_folder import write_evaluation
from synthvis.formats.atomic import write_bytes_atomic
from synthvis.metrics.evaluation import Evaluation
from synthvis.train.config import TrainConfig
from synthvis.train.engine.checkpoint import STATE_NAME, load_trained, resume_state
from synthvis.train.engine.curves import draw_curves
from synthvis.train.engine.devices import device_of
from synthvis.train.engine.loop import StepLog, TrainingJob, train_network
from synthvis.train.engine.processes import is_first_process
from synthvis.train.engine.regularisation import check_has_effect
from synthvis.train.engine.training_job import check_same_run, require_labels, settled_job
from synthvis.train.model_card import write_model_card
from synthvis.train.registry import known_photographs, task_named
from synthvis.train.trained import Trained

__all__ = ["Preparation", "Request", "evaluate_run", "prepared", "train_and_evaluate", "train_run", "unmeasured"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A `synthvis train` command, resolved.

    `command` has its words after "synthvis", as others would type them; empty where something else trains.
    """

    config: TrainConfig
    train: Split
    own_val: Split | None
    real: tuple[Split, ...]
    run_dir: Path
    init_from: str | None = None
    weights: Path | None = None
    overwrite: bool = False
    command: tuple[str, ...] = ()
    on_step: Callable[[StepLog], None] = field(default=lambda _: None)
    on_evaluation: Callable[[Split], None] = field(default=lambda _: None)


def unmeasured(request: Request) -> str | None:
    """What will not be measured because a set of renders has no val split, and what to do; None where all will."""
    train = request.train
    if request.own_val is not None or train.kind != "synthetic":
        return None
    lost = "its own val split" if request.real else "anything: there is no --eval-on either"
    return (
        f"{train.name} has no val split ({len(train.images)} images in train), so this run is not measured on {lost}.\n"
        "  -> render with --set split.val_every=5, or --n 10 and more: every 10th image is val by default"
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Preparation:
    """What a run would begin with.

    Attributes:
        config: With what data and device decide filled in.
        why: How that came; None where all was asked for.
        network: Name of its class.
        parameters: It has so many.
    """

    config: TrainConfig
    why: str | None
    network: str
    parameters: int


def prepared(request: Request) -> Preparation:
    """All that a run does before its first step except for reading weights and writing files; nothing is trained.

    Raises:
        SynthvisError: As `train_run` would, for what does not fit the task, the data or the run in the folder.
    """
    require_labels(request.train)
    job, why = settled_job(_job_of(request), anew=request.overwrite)
    if job.config.precision == "auto":
        timed = "precision and threads: by timing a few steps of each at the start (--precision, --threads)"
        why = f"{why}; {timed}" if why else timed
    state = None if request.overwrite else resume_state(request.run_dir)
    if state is not None:
        check_same_run(state, job)
    config, classes = job.config, tuple(request.train.class_names)
    network = job.task.build(config.model, classes, pretrained=False)
    check_has_effect(network, config.model)
    job.task.views(request.train, classes, config)
    parameters = sum(parameter.numel() for parameter in network.parameters())
    return Preparation(config=config, why=why, network=type(network).__name__, parameters=parameters)


def _job_of(request: Request) -> TrainingJob:
    return TrainingJob(
        config=request.config,
        data=request.train,
        run_dir=request.run_dir,
        init_from=request.init_from,
        weights=request.weights,
        on_step=request.on_step,
        validate=_validation(request),
    )


def train_and_evaluate(request: Request) -> list[Evaluation]:
    """Train, evaluate on every set, write all files of the run; returns the evaluations.

    Of several processes the first does all but the training, and the others return none.
    """
    weights = train_run(request)
    if not is_first_process():
        return []
    trained = load_trained(weights)
    sets = [*([request.own_val] if request.own_val else []), *request.real]
    # A dataset may bear the name of the real set that it imitates.
    unique = list({(split.kind, split.name, split.split): split for split in sets}.values())
    device = device_of(request.config.device)
    return evaluate_run(trained, request.run_dir, unique, device, request.on_evaluation, own_val=request.own_val)


def train_run(request: Request) -> Path:
    """Train, and write beside the weights what was asked and how it went; returns the path of the weights."""
    run_dir = reserve_folder(request.run_dir, RUN)
    if request.overwrite and is_first_process():
        (run_dir / STATE_NAME).unlink(missing_ok=True)
    job = _job_of(request)
    weights = train_network(job)
    if not is_first_process():
        return weights
    _write_config(replace(request, config=settled_job(job)[0].config))
    if importlib.util.find_spec("matplotlib") is not None:
        draw_curves(run_dir)
    write_model_card(run_dir)
    return weights


def evaluate_run(
    trained: Trained,
    run_dir: Path,
    sets: Sequence[Split],
    device: torch.device,
    on_evaluation: Callable[[Split], None] = lambda _: None,
    *,
    own_val: Split | None = None,
) -> list[Evaluation]:
    """Measure on every set; files go to `run_dir` and gap.json is brought up to date.

    Args:
        trained: The network.
        run_dir: Its run.
        sets: What it is measured on.
        device: Where to run.
        on_evaluation: Is called with each split before it is measured.
        own_val: Which of the sets is the val split of the data that it was trained on; None: none.

    Raises:
        RealDataError: A set has no class that the network knows; then none is measured.
    """
    task = task_named(trained.task)
    for split in sets:
        require = task.description.require_own_val if split is own_val else task.description.require_comparable
        require(split, trained.classes)
    evaluations = []
    for split in sets:
        on_evaluation(split)
        evaluation, rows = task.evaluate(trained, split, device)
        write_evaluation(run_dir, evaluation, rows)
        evaluations.append(evaluation)
    write_gap(run_dir, known_photographs())
    write_model_card(run_dir)
    return evaluations


def _validation(request: Request) -> Callable[[nn.Module, torch.device], float | None] | None:
    split = request.own_val
    if split is None or not request.config.eval_every:
        return None

    def measure(network: nn.Module, device: torch.device) -> float | None:
        config = request.config
        task, classes = task_named(config.task), tuple(request.train.class_names)
        trained = Trained(
            task=config.task, network=network, model=config.model, classes=classes, facts=task.facts(config)
        )
        evaluation, _ = task.evaluate(trained, split, device, resamples=0)
        return evaluation.score.value

    return measure


def _write_config(request: Request) -> None:
    content = {
        "train": request.config.model_dump(),
        "data": {"set": request.train.name, "split": request.train.split, "images": len(request.train.images)},
        "classes": list(request.train.class_names),
        "real_eval": [f"{split.name}:{split.split}" for split in request.real],
        "init_from": request.init_from,
        "command": list(request.command),
    }
    write_bytes_atomic(request.run_dir / "config.json", (json.dumps(content, indent=1) + "\n").encode())
