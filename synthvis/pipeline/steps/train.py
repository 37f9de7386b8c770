"""Train on the renders."""

from __future__ import annotations

from dataclasses import replace

from synthvis.pipeline.work import Work
from synthvis.train.engine.checkpoint import STATE_NAME
from synthvis.train.run import Request, train_run, unmeasured
from synthvis.train.sets import resolve_splits

__all__ = ["train"]


def train(work: Work) -> str:
    """Goes on where an earlier call stopped; a training of other inputs is thrown away."""
    if work.marks.are("train", work.train_key) and work.weights.is_file():
        return f"up to date: {work.weights}"
    data, own_val, _ = resolve_splits(str(work.dataset), (), classes=work.classes, task=work.config.task)
    _forget_other_training(work)
    request = Request(
        config=work.config, train=data, own_val=own_val, real=tuple(work.real.values()), run_dir=work.run_dir
    )
    if (note := unmeasured(request)) is not None:
        work.watch.say(f"      {note}")
    with work.watch.training(work.config, work.run_dir) as shown:
        train_run(replace(request, on_step=shown.on_step) if shown is not None else request)
    work.marks.put("train", work.train_key)
    return f"{work.config.steps} steps on {len(data.images):,} images, {data.label_count:,} labels"


def _forget_other_training(work: Work) -> None:
    """Take away the half-finished or finished training of other inputs, which the trainer would refuse."""
    if not work.marks.are("training", work.train_key):
        for path in (work.run_dir / STATE_NAME, work.weights):
            path.unlink(missing_ok=True)
    work.marks.put("training", work.train_key)
