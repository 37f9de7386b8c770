"""Measure on renders that were not trained on, and on every real set that is here."""

from __future__ import annotations

from synthvis.errors import UsageError
from synthvis.pipeline.pipeline_run import PipelineRun, split_facts
from synthvis.pipeline.step_cache import key_of
from synthvis.train.engine.checkpoint import load_trained
from synthvis.train.engine.devices import device_of
from synthvis.train.run import evaluate_run
from synthvis.train.sets import resolve_splits

__all__ = ["evaluate"]


def evaluate(run: PipelineRun) -> str:
    """Raises UsageError where there is nothing to measure on."""
    _, own_val, _ = resolve_splits(str(run.dataset), (), classes=run.classes, task=run.config.task)
    sets = [*([own_val] if own_val else []), *run.real.values()]
    key = key_of(run.train_key, *(split_facts(one) for one in sets))
    message = ", ".join(f"{one.name}:{one.split}, {len(one.images):,} {one.kind} images" for one in sets)
    if run.cache.is_fresh("evaluate", key) and list(run.run_dir.glob("eval_*.json")):
        return f"up to date: {message}"
    if not sets:
        raise UsageError("nothing to evaluate on: no val image, no real set", hint="raise render.n with --set")
    for stale in run.run_dir.glob("eval_*.json"):
        stale.unlink()
    evaluate_run(load_trained(run.weights), run.run_dir, sets, device_of(run.config.device))
    run.cache.record("evaluate", key)
    return message
