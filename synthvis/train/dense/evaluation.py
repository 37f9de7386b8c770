"""Content of eval_{set}.json for the tasks that answer for each pixel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from synthvis.train.task import Evaluation, Trained

__all__ = ["evaluation_of", "image_row", "with_blind"]


def evaluation_of(
    trained: Trained,
    split: Any,
    headline: str,
    measured: Mapping[str, Any],
    classes: Sequence[str] = (),
    *,
    lower_is_better: bool = False,
) -> Evaluation:
    """The evaluation of a split from what its metrics summed up."""
    head = {"task": trained.task, "headline": headline, "set": split.name, "kind": split.kind, "split": split.split}
    counts = {"source": split.name, "images": measured["images"], "pixels": measured["pixels"]}
    facts = {"tta": trained.tta, "lower_is_better": lower_is_better}
    own = {name: value for name, value in facts.items() if value}
    return {**head, **counts, "classes": list(classes), **measured, **own, "train": dict(trained.facts)}


def with_blind(measured: Mapping[str, Any], blind: Mapping[str, Any]) -> dict[str, Any]:
    """What metrics summed up, with the values of the blind answer where one was measured."""
    values = {name: metric["value"] for name, metric in blind["metrics"].items()}
    return {**measured, "blind": values} if values else dict(measured)


def image_row(entry: Any, metrics: Mapping[str, float | None]) -> dict[str, Any]:
    """A row of predictions_{set}.json: the image's own metrics; its map is made anew from the weights in a moment."""
    return {"image_id": entry.id, "file_name": entry.path.name, **metrics}
