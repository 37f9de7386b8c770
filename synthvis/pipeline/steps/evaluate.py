"""Measure on renders that were not trained on, and on every real set that is here."""

from __future__ import annotations

from synthvis.errors import UsageError
from synthvis.pipeline.marks import key_of
from synthvis.pipeline.work import Work, split_facts
from synthvis.train.engine.checkpoint import load_trained
from synthvis.train.engine.devices import device_of
from synthvis.train.run import evaluate_run
from synthvis.train.sets import resolve_splits

__all__ = ["evaluate"]


def evaluate(work: Work) -> str:
    """Raises UsageError where there is nothing to measure on."""
    _, own_val, _ = resolve_splits(str(work.dataset), (), classes=work.classes, task=work.config.task)
    sets = [*([own_val] if own_val else []), *work.real.values()]
    key = key_of(work.train_key, *(split_facts(one) for one in sets))
    said = ", ".join(f"{one.name}:{one.split}, {len(one.images):,} {one.kind} images" for one in sets)
    if work.marks.are("evaluate", key) and list(work.run_dir.glob("eval_*.json")):
        return f"up to date: {said}"
    if not sets:
        raise UsageError("nothing to evaluate on: no val image, no real set", hint="raise render.n with --set")
    for stale in work.run_dir.glob("eval_*.json"):
        stale.unlink()
    evaluate_run(load_trained(work.weights), work.run_dir, sets, device_of(work.config.device))
    work.marks.put("evaluate", key)
    return said
