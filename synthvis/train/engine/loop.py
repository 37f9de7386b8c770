"""The training loop: steps, averaging, checkpoints, a log. Stop it anywhere; the same command goes on."""

from __future__ import annotations

import json
import math
import signal
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from multiprocessing import resource_tracker
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.utils import clip_grad_norm_

from synthvis.errors import DatasetError, SynthvisError
from synthvis.train.backbones.freezing import freeze_backbone
from synthvis.train.config import TrainConfig
from synthvis.train.engine.checkpoint import resume_state, save_state, save_trained, start_from
from synthvis.train.engine.devices import accelerator_for, keep_depthwise_fp32, loader_workers
from synthvis.train.engine.schedule import ema_decay, lr_scale
from synthvis.train.registry import task_named
from synthvis.train.task import LabelledSplit, Task
from synthvis.train.views.loader import train_loader

__all__ = ["Plan", "StepLog", "train_network"]

SAVE_EVERY_S = 120.0


@dataclass(frozen=True, slots=True, kw_only=True)
class StepLog:
    """One line of metrics.jsonl."""

    step: int
    loss: float
    parts: Mapping[str, float]
    lr: float
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What to train, on what, where the files go, and who listens."""

    config: TrainConfig
    data: LabelledSplit
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
    def facts(self) -> dict[str, Any]:
        """What a later reader must know about the weights."""
        facts = {"dataset": self.data.name, "split": self.data.split, "images": len(self.data.images)}
        config = self.config
        facts |= {"steps": config.steps, "batch": config.batch, "seed": config.seed, "model": config.model.backbone}
        facts |= self.task.facts(config)
        return facts | ({"init_from": Path(self.init_from).name} if self.init_from else {})


def train_network(plan: Plan) -> Path:
    """Train to the last step and write best.safetensors.

    Returns:
        Path of the weights.

    Raises:
        DatasetError: Nothing to train on, or an image that cannot be read.
        CheckpointError: A file to start or resume from does not fit.
        KeyboardInterrupt: After the state is saved.
    """
    if not plan.data.label_count:
        raise DatasetError(f"{plan.data.name}:{plan.data.split} has no label to train on")
    plan.run_dir.mkdir(parents=True, exist_ok=True)
    run = _Run(plan)
    run.resume()
    with run.saved_on_interrupt():
        run.train()
    return run.finish()


class _Run:
    """The moving parts of one training run."""

    def __init__(self, plan: Plan) -> None:
        self.plan, config = plan, plan.config
        self.accelerator = accelerator_for(config)
        torch.manual_seed(config.seed)
        classes = tuple(plan.data.class_names)
        network = plan.task.build(config.model, classes, plan.weights, pretrained=plan.init_from is None)
        if plan.init_from is not None:
            start_from(network, plan.init_from, task=config.task, model=config.model, classes=classes)
        freeze_backbone(network.body, config.trainable_stages)
        if self.accelerator.device.type == "cpu" and self.accelerator.mixed_precision == "bf16":
            keep_depthwise_fp32(network)
        optimizer = _optimizer(network, config)
        self.model, self.optimizer = self.accelerator.prepare(network, optimizer)
        self.average = {key: value.clone() for key, value in self._bare.state_dict().items()}
        self.step = 0
        self.best: float | None = None

    @property
    def _bare(self) -> Any:
        return self.accelerator.unwrap_model(self.model)

    def train(self) -> None:
        """Run from `self.step` to the end."""
        config = self.plan.config
        views = self.plan.task.views(self.plan.data, self.plan.data.class_names, config)
        workers = loader_workers(config, self.accelerator.device)
        loader = train_loader(views, config, self.step, workers)
        saved_s = time.monotonic()
        with (self.plan.run_dir / "metrics.jsonl").open("a", encoding="utf-8") as log_file:
            for images, targets in _deaf_to_interrupts(loader):
                line = self._one_step(images, targets)
                log_file.write(json.dumps(_as_dict(line)) + "\n")
                log_file.flush()
                self.plan.on_step(line)
                if config.eval_every and self.step % config.eval_every == 0:
                    self._keep_if_best()
                if time.monotonic() - saved_s > SAVE_EVERY_S:
                    self.save()
                    saved_s = time.monotonic()

    def _one_step(self, images: Tensor, targets: list[dict[str, Tensor]]) -> StepLog:
        config, start_s = self.plan.config, time.perf_counter()
        device = self.accelerator.device
        scale = lr_scale(self.step, config.steps, config.warmup)
        for group in self.optimizer.param_groups:
            group["lr"] = group["peak_lr"] * scale
        self._bare.train()
        self._bare.body.eval()
        moved = [{key: value.to(device) for key, value in target.items()} for target in targets]
        with self.accelerator.autocast():
            losses = self.model(images.to(device, non_blocking=True), moved)
            total = torch.stack(list(losses.values())).sum()
        value = float(total.detach())
        if not math.isfinite(value):
            raise SynthvisError(f"the loss is {value} at step {self.step + 1}", hint="lower --lr, or --precision fp32")
        self.accelerator.backward(total)
        self.accelerator.unscale_gradients()
        clip_grad_norm_(self.model.parameters(), config.clip_norm)
        self.optimizer.step()
        self.optimizer.zero_grad(set_to_none=True)
        self._update_average()
        self.step += 1
        parts = {name: float(part.detach()) for name, part in losses.items()}
        seconds = time.perf_counter() - start_s
        return StepLog(step=self.step, loss=value, parts=parts, lr=config.lr * scale, seconds=seconds)

    @torch.no_grad()
    def _update_average(self) -> None:
        decay = ema_decay(self.step, self.plan.config.ema)
        current = self._bare.state_dict()
        learning = [key for key, parameter in self._bare.named_parameters() if parameter.requires_grad]
        torch._foreach_lerp_([self.average[key] for key in learning], [current[key] for key in learning], 1 - decay)

    @contextmanager
    def saved_on_interrupt(self) -> Iterator[None]:
        """Save the state when the user stops the run or the disk, an image or a worker fails it."""
        if not self.step:
            # A disk without room for the state is found before the first step, not after an hour.
            self.save()
        try:
            yield
        except (KeyboardInterrupt, SynthvisError):
            self.save()
            raise
        except OSError:
            # On a full disk this may fail too; the state before it stays whole.
            with suppress(OSError):
                self.save()
            raise

    def save(self) -> None:
        """Write the state that `resume` reads."""
        state = {
            "step": self.step,
            "config": self.plan.config.model_dump_json(),
            "data": _data_key(self.plan),
            "start": _start_of(self.plan),
            "best": self.best,
            "model": self._bare.state_dict(),
            "average": self.average,
            "optimizer": self.optimizer.state_dict(),
        }
        save_state(self.plan.run_dir, state)

    def resume(self) -> None:
        """Take up where an interrupted run of the same plan stopped."""
        state = resume_state(self.plan.run_dir)
        if state is None:
            (self.plan.run_dir / "metrics.jsonl").unlink(missing_ok=True)
            return
        _refuse_other_run(state, self.plan)
        self._bare.load_state_dict(state["model"])
        self.average = {key: value.to(self.accelerator.device) for key, value in state["average"].items()}
        self.optimizer.load_state_dict(state["optimizer"])
        self.step = int(state["step"])
        self.best = state["best"]
        _cut_log(self.plan.run_dir / "metrics.jsonl", self.step)

    def _keep_if_best(self) -> None:
        if self.plan.validate is None:
            return
        value = self.plan.validate(self._averaged(), self.accelerator.device)
        if value is not None and (self.best is None or self._is_better(value, self.best)):
            self.best = value
            self._write_best()

    def _is_better(self, value: float, best: float) -> bool:
        return value <= best if self.plan.task.lower_is_better else value >= best

    def finish(self) -> Path:
        """Write the averaged weights, unless a better evaluation came before, and the state."""
        path = self.plan.run_dir / "best.safetensors"
        if self.plan.config.eval_every and self.plan.validate and self.step % self.plan.config.eval_every:
            self._keep_if_best()
        if self.best is None:
            self._write_best()
        self.save()
        return path

    def _write_best(self) -> None:
        plan = self.plan
        path = plan.run_dir / "best.safetensors"
        save_trained(
            path,
            self.average,
            task=plan.config.task,
            model=plan.config.model,
            classes=tuple(plan.data.class_names),
            facts=plan.facts,
        )

    def _averaged(self) -> nn.Module:
        plan = self.plan
        network: nn.Module = plan.task.build(plan.config.model, tuple(plan.data.class_names), pretrained=False)
        network.load_state_dict(self.average)
        return network


def _deaf_to_interrupts(loader: Iterable[Any]) -> Iterator[Any]:
    """Start the loader's workers deaf to Ctrl-C, which is for this process alone; they would answer with tracebacks."""
    if threading.current_thread() is not threading.main_thread():
        return iter(loader)
    # Its start unblocks the signal again, so it comes first.
    resource_tracker.ensure_running()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        return iter(loader)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _optimizer(network: Any, config: TrainConfig) -> torch.optim.Optimizer:
    body = {id(parameter) for parameter in network.body.parameters()}
    learning = [parameter for parameter in network.parameters() if parameter.requires_grad]
    groups = []
    for in_body, factor in ((True, config.backbone_lr_factor), (False, 1.0)):
        for decays in (True, False):
            chosen = [p for p in learning if (id(p) in body) == in_body and (p.ndim > 1) == decays]
            if chosen:
                decay = config.weight_decay if decays else 0.0
                groups.append({"params": chosen, "peak_lr": config.lr * factor, "weight_decay": decay})
    return torch.optim.AdamW(groups, lr=config.lr)


def _data_key(plan: Plan) -> str:
    return f"{plan.data.name}:{plan.data.split} {len(plan.data.images)} images, {plan.data.label_count} boxes"


def _start_of(plan: Plan) -> str:
    return str(plan.init_from or plan.weights or "the backbone's own weights")


FREE_TO_CHANGE = {"workers", "eval_every", "device"}


def _refuse_other_run(state: Mapping[str, Any], plan: Plan) -> None:
    there = TrainConfig.model_validate_json(state["config"]).model_dump(exclude=FREE_TO_CHANGE)
    asked = plan.config.model_dump(exclude=FREE_TO_CHANGE)
    changed = [f"{key} is {there[key]} there, {asked[key]} asked" for key in asked if there[key] != asked[key]]
    if state["data"] != _data_key(plan):
        changed.append(f"data is {state['data']} there, {_data_key(plan)} asked")
    # States of earlier versions do not say from which weights they began.
    if state["start"] not in (None, _start_of(plan)):
        changed.append(f"it begins from {state['start']} there, from {_start_of(plan)} asked")
    if changed:
        raise DatasetError(
            f"{plan.run_dir} holds another run: {'; '.join(changed[:3])}",
            hint="choose another folder with --out, or --overwrite to start anew",
        )


def _cut_log(path: Path, step: int) -> None:
    """Drop what was logged after the state was saved: those steps will be taken again."""
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True) if path.is_file() else []
    path.write_text("".join(lines[:step]), encoding="utf-8")


def _as_dict(line: StepLog) -> dict[str, Any]:
    parts = {name: round(value, 6) for name, value in line.parts.items()}
    return {"step": line.step, "loss": round(line.loss, 6), **parts, "lr": line.lr, "seconds": round(line.seconds, 4)}
