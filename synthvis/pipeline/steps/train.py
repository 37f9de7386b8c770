"""Train on the renders."""

from __future__ import annotations

from dataclasses import replace

from synthvis.pipeline.pipeline_run import PipelineRun
from synthvis.train.engine.checkpoint import STATE_NAME
from synthvis.train.run import Request, train_run, unmeasured
from synthvis.train.sets import resolve_splits

__all__ = ["train"]


def train(run: PipelineRun) -> str:
    """Goes on where an earlier call stopped; a training of other inputs is thrown away."""
    if run.cache.is_fresh("train", run.train_key) and run.weights.is_file():
        return f"up to date: {run.weights}"
    data, own_val, _ = resolve_splits(str(run.dataset), (), classes=run.classes, task=run.config.task)
    _forget_other_training(run)
    request = Request(
        config=run.config, train=data, own_val=own_val, real=tuple(run.real.values()), run_dir=run.run_dir
    )
    if (note := unmeasured(request)) is not None:
        run.callbacks.say(f"      {note}")
    with run.callbacks.training(run.config, run.run_dir) as shown:
        train_run(replace(request, on_step=shown.on_step) if shown is not None else request)
    run.cache.record("train", run.train_key)
    return f"{run.config.steps} steps on {len(data.images):,} images, {data.label_count:,} labels"


def _forget_other_training(run: PipelineRun) -> None:
    """Take away the half-finished or finished training of other inputs, which the trainer would refuse."""
    if not run.cache.is_fresh("training", run.train_key):
        for path in (run.run_dir / STATE_NAME, run.weights):
            path.unlink(missing_ok=True)
    run.cache.record("training", run.train_key)
