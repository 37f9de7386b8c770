"""The training loop: steps, averaging, checkpoints, a log. Stop it anywhere; the same command goes on."""

from __future__ import annotations

import json
import logging
import math
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn
from torch.nn.utils import clip_grad_norm_

from synthvis.errors import SynthvisError
from synthvis.metrics.training_log import cut_training_log
from synthvis.seeds import integer_seed_for
from synthvis.train.backbones.freezing import freeze_backbone, set_training_mode
from synthvis.train.engine.arithmetic import untimed, with_arithmetic
from synthvis.train.engine.average import Average
from synthvis.train.engine.checkpoint import (
    STATE_NAME,
    not_resumable,
    resume_state,
    save_state,
    save_trained,
    start_from,
)
from synthvis.train.engine.devices import (
    accelerator_for,
    compile_pays,
    device_of,
    keep_depthwise_fp32,
    loader_workers,
    meet_processes,
    using_threads,
)
from synthvis.train.engine.feed import loader_failures_named, microbatches_by_step, to_device
from synthvis.train.engine.optimizers import build_optimizer, peak_lr
from synthvis.train.engine.processes import mean_over_processes, microbatches_of, require_same_step
from synthvis.train.engine.regularisation import check_has_effect
from synthvis.train.engine.run_state import RunState, take_up
from synthvis.train.engine.schedule import ema_decay, scale_at, snapshot_steps, steps_averaged
from synthvis.train.engine.stopping import EarlyStopping
from synthvis.train.engine.training_job import (
    StepLog,
    TrainingJob,
    check_same_run,
    data_key,
    require_labels,
    settled_job,
    start_of,
)
from synthvis.train.views.loader import Batch, train_loader

if TYPE_CHECKING:
    from accelerate import Accelerator

__all__ = ["StepLog", "TrainingJob", "network_of", "sum_of", "train_network"]

LOGGER = logging.getLogger(__name__)

SAVE_EVERY_S = 120.0


def train_network(job: TrainingJob) -> Path:
    """Train to the last step and write best.safetensors; of several processes the first writes and talks.

    Returns:
        Path of the weights.

    Raises:
        DatasetError: Nothing to train on, or an image that cannot be read.
        CheckpointError: A file to start or resume from does not fit.
        UsageError: Options that have no effect on this network, or that do not fit each other.
        KeyboardInterrupt: After the state is saved.
    """
    require_labels(job.data)
    job.run_dir.mkdir(parents=True, exist_ok=True)
    # The processes of a run meet here, so that none reads a state that another is about to take away.
    ranks = meet_processes(job.config)
    is_open, began = job.config.precision == "auto", (job.run_dir / STATE_NAME).is_file()
    job, chosen = settled_job(job, timing=None if ranks == 1 else False)
    network = network_of(job)
    job, timed = with_arithmetic(job, network)
    if is_open and timed is None:
        timed = untimed(job.config, began=began)
    workers = loader_workers(job.config, device_of(job.config.device), ranks)
    with using_threads(job.config.threads):
        run = _Run(job, network, accelerator_for(job.config), workers)
        for line in filter(None, (chosen, timed)):
            run.say(line)
        run.resume()
        with run.saved_on_interrupt():
            run.train()
        return run.finish()


def network_of(job: TrainingJob) -> Any:
    """The network as it begins, with what of it learns."""
    config, classes = job.config, tuple(job.data.class_names)
    torch.manual_seed(config.seed)
    network = job.task.build(config.model, classes, job.weights, pretrained=config.pretrained and job.init_from is None)
    check_has_effect(network, config.model)
    if job.init_from is not None:
        start_from(network, job.init_from, task=config.task, model=config.model, classes=classes)
    job.task.inform(network, job.data, classes)
    freeze_backbone(network.body, config.trainable_stages or 0, config.batchnorm)
    return network


class _Run:
    """The moving parts of one training run."""

    def __init__(self, job: TrainingJob, network: Any, accelerator: Accelerator, workers: int) -> None:
        self.job, config = job, job.config
        self.accelerator, self.workers = accelerator, workers
        self.share = microbatches_of(accelerator, config)
        if self.accelerator.device.type == "cpu" and self.accelerator.mixed_precision == "bf16":
            keep_depthwise_fp32(network)
        if compile_pays(config, self.accelerator.device):
            network.body.compile()
        optimizer = build_optimizer(network, config)
        self.model, self.optimizer = self.accelerator.prepare(network, optimizer)
        self.average = Average(self._bare)
        self.step = self.evaluated = 0
        self.watch = EarlyStopping(lower_is_better=job.task.description.lower_is_better, patience=config.patience)

    @property
    def _bare(self) -> Any:
        return self.accelerator.unwrap_model(self.model)

    @property
    def _is_first(self) -> bool:
        """Whether this process writes and talks."""
        return bool(self.accelerator.is_main_process)

    def say(self, text: str) -> None:
        """One line for the user."""
        if self._is_first:
            LOGGER.info(text)

    def train(self) -> None:
        """Run from `self.step` to the end, or until patience is."""
        config = self.job.config
        if self._is_over():
            return
        views = self.job.task.views(self.job.data, self.job.data.class_names, config)
        device = self.accelerator.device
        loader = train_loader(views, config, self.step, self.workers, share=self.share, device=device)
        self._bare.train()
        set_training_mode(self._bare.body, config.batchnorm)
        saved_s = time.monotonic()
        with loader_failures_named():
            for microbatches in microbatches_by_step(loader, config.accumulate):
                self._tell(self._one_step(microbatches))
                if self._is_over():
                    break
                if time.monotonic() - saved_s > SAVE_EVERY_S:
                    self.save()
                    saved_s = time.monotonic()

    def _one_step(self, microbatches: list[Batch]) -> StepLog:
        config, start_s = self.job.config, time.perf_counter()
        scale = scale_at(self.step, config)
        for group in self.optimizer.param_groups:
            group["lr"] = group["peak_lr"] * scale
        losses = [
            self._one_microbatch(position, microbatch, len(microbatches))
            for position, microbatch in enumerate(microbatches)
        ]
        values = torch.stack([torch.stack([sum_of(parts), *parts.values()]) for parts in losses]).mean(dim=0)
        total, *parts = mean_over_processes(values, self.accelerator).tolist()
        if not math.isfinite(total):
            raise SynthvisError(f"the loss is {total} at step {self.step + 1}", hint="lower --lr, or --precision fp32")
        self.accelerator.unscale_gradients()
        clip_grad_norm_(self.model.parameters(), config.clip_norm)
        self.optimizer.step()
        self.optimizer.zero_grad(set_to_none=True)
        self.average.update(self._bare, ema_decay(steps_averaged(self.step, config), config.ema))
        self.step += 1
        named = dict(zip(losses[0], parts, strict=True))
        seconds = time.perf_counter() - start_s
        return StepLog(step=self.step, loss=total, parts=named, lr=peak_lr(config) * scale, seconds=seconds)

    def _one_microbatch(self, position: int, microbatch: Batch, count: int) -> dict[str, Tensor]:
        """Losses of one microbatch of a batch, their gradients added up; processes meet at the last microbatch."""
        number = self.share.rank * count + position
        # What the network draws, such as dropout, depends on the seed, the step and the microbatch only.
        torch.manual_seed(integer_seed_for(self.job.config.seed, self.step, f"forward/{number}"))
        apart = nullcontext() if position == count - 1 else self.accelerator.no_sync(self.model)
        with apart:
            with self.accelerator.autocast():
                losses: dict[str, Tensor] = self.model(*to_device(microbatch, self.accelerator.device))
                total = sum_of(losses)
            self.accelerator.backward(total / count)
        return {name: part.detach() for name, part in losses.items()}

    def _tell(self, line: StepLog) -> None:
        if self._is_first:
            with (self.job.run_dir / "metrics.jsonl").open("a", encoding="utf-8") as log_file:
                log_file.write(json.dumps(_as_dict(line)) + "\n")
            self.job.on_step(line)

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
        if not self._is_first:
            return
        scaler = self.accelerator.scaler
        state = RunState.model_construct(
            step=self.step,
            config=self.job.config.model_dump_json(),
            data=data_key(self.job),
            start=start_of(self.job),
            best=self.watch.best,
            stale=self.watch.stale,
            evaluated=self.evaluated,
            model=self._bare.state_dict(),
            average=self.average.tensors,
            optimizer=self.optimizer.state_dict(),
            scaler=scaler.state_dict() if scaler is not None else {},
        )
        save_state(self.job.run_dir, state)

    def resume(self) -> None:
        """Take up where an interrupted run of the same job stopped.

        Raises:
            DatasetError: The folder holds another run, or processes see different folders.
        """
        state = resume_state(self.job.run_dir)
        if state is not None:
            self._take_up(state)
        require_same_step(self.step, self.accelerator)
        if self._is_first:
            note = cut_training_log(self.job.run_dir / "metrics.jsonl", self.step)
            if note:
                self.say(note)

    def _take_up(self, state: RunState) -> None:
        check_same_run(state, self.job)
        try:
            take_up(state, self._bare, self.average, self.optimizer, self.accelerator.device)
            if self.accelerator.scaler is not None and state.scaler:
                self.accelerator.scaler.load_state_dict(state.scaler)
        except (ValueError, KeyError, TypeError, RuntimeError, AttributeError) as error:
            raise not_resumable(self.job.run_dir, error) from error
        self.step, self.evaluated = state.step, state.evaluated
        self.watch.best, self.watch.stale = state.best, state.stale

    def _is_over(self) -> bool:
        """Take the snapshot and the evaluation that are due after this many steps; whether all processes are to stop.

        A run may have been stopped between a step and these, so they are also asked for where it goes on.
        """
        config = self.job.config
        ends = snapshot_steps(config)
        if self._is_first and self.step in ends:
            self._write_weights(f"snapshot_{ends.index(self.step) + 1}.safetensors")
        if self.step and config.eval_every and self.step % config.eval_every == 0:
            self._keep_if_best()
        over = torch.tensor(float(self.watch.is_over), device=self.accelerator.device)
        if not config.patience or not float(mean_over_processes(over, self.accelerator)):
            return False
        watch, headline = self.watch, self.job.task.description.headline
        progress = f"no better {headline} than {watch.best} in {watch.stale} evaluations"
        self.say(f"stopped at step {self.step} of {config.steps}: {progress}")
        return True

    def _keep_if_best(self) -> None:
        """Evaluate in the first process, once after each step where it is asked for."""
        if self.job.validate is None or not self._is_first or self.evaluated == self.step:
            return
        self.evaluated = self.step
        if self.watch.observe(self.job.validate(self._averaged(), self.accelerator.device)):
            self._write_weights("best.safetensors")

    def finish(self) -> Path:
        """Write the averaged weights, unless a better evaluation came before, and the state."""
        path = self.job.run_dir / "best.safetensors"
        if self._is_first:
            if self.job.config.eval_every:
                self._keep_if_best()
            if self.watch.best is None:
                self._write_weights(path.name)
            self.save()
        return path

    def _write_weights(self, name: str) -> None:
        job = self.job
        save_trained(
            job.run_dir / name,
            self.average.tensors,
            task=job.config.task,
            model=job.config.model,
            classes=tuple(job.data.class_names),
            facts=job.facts,
            prior_baseline=self._prior_baseline,
        )

    @cached_property
    def _prior_baseline(self) -> Any:
        """The prediction that ignores the image, from the training labels, for tasks that have one."""
        job = self.job
        return job.task.prior_baseline(job.data, job.data.class_names, job.facts)

    def _averaged(self) -> nn.Module:
        job = self.job
        network: nn.Module = job.task.build(job.config.model, tuple(job.data.class_names), pretrained=False)
        network.load_state_dict(self.average.tensors)
        return network


def sum_of(losses: dict[str, Tensor]) -> Tensor:
    """The loss that is minimised."""
    return torch.stack(list(losses.values())).sum()


def _as_dict(line: StepLog) -> dict[str, float]:
    parts = {name: round(value, 6) for name, value in line.parts.items()}
    return {"step": line.step, "loss": round(line.loss, 6), **parts, "lr": line.lr, "seconds": round(line.seconds, 4)}
