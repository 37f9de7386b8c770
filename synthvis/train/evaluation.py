"""What a network scored on a set, made from what its metrics say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from synthvis.data.split import Split
from synthvis.metrics.evaluation import Evaluation
from synthvis.metrics.measures import Measures
from synthvis.train.task import TaskDescription

if TYPE_CHECKING:
    from synthvis.train.trained import Trained

__all__ = ["evaluation_of", "with_baseline"]


def evaluation_of(
    task: TaskDescription,
    trained: Trained,
    split: Split,
    measures: Measures,
    *,
    classes: Sequence[str] = (),
    **context: Any,
) -> Evaluation:
    """What `trained` scored on `split`.

    Args:
        task: What the network does.
        trained: The network.
        split: The images that were measured.
        measures: What metrics say of its predictions.
        classes: Names of the classes that were measured.
        context: Further attributes of `Evaluation`.
    """
    return Evaluation.of(
        measures,
        set=split.name,
        kind=split.kind,
        split=split.split,
        source=split.name,
        task=task.name,
        headline=task.headline,
        classes=tuple(classes),
        tta=trained.tta,
        training=trained.facts,
        left_out=split.left_out.rows,
        **context,
    )


def with_baseline(evaluation: Evaluation, baseline: Measures | None) -> Evaluation:
    """`evaluation` with the metrics of a prediction that ignores the image; None where the task has none."""
    return evaluation if baseline is None else replace(evaluation, prior_baseline=baseline.metrics)
