"""From which score on objects are kept, and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from synthvis.errors import SynthvisError, UsageError, counted
from synthvis.evaluation.run_folder import has_evaluations, read_evaluations
from synthvis.metrics.evaluation import Evaluation
from synthvis.metrics.predictions import BoxPrediction
from synthvis.train.task import TaskDescription

__all__ = ["FALLBACK_SCORE", "ScoreThreshold", "own_val_of", "score_threshold"]

FALLBACK_SCORE = 0.3
"""Where nobody measured a better one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreThreshold:
    """From which score on objects are kept.

    Attributes:
        score: The smallest that is kept; 0 of a task whose predictions are no objects.
        why: How it was chosen, in a few words; empty where nothing is left out.
    """

    score: float
    why: str


def score_threshold(
    run_dir: Path, task: TaskDescription, wanted: float | None = None, tta: str | None = None
) -> ScoreThreshold:
    """The threshold that was asked for, else the one with the best F1 on the val split of the run's own data.

    Args:
        run_dir: The run.
        task: What it has learnt.
        wanted: As typed.
        tta: Further views of each picture, with which scores differ.

    Raises:
        UsageError: It is no score, or the task's predictions have none.
    """
    if not issubclass(task.prediction, BoxPrediction):
        if wanted is not None:
            raise UsageError(f"--score {wanted:g}: the task {task.name} finds no objects", hint="leave --score out")
        return ScoreThreshold(score=0.0, why="")
    if wanted is not None:
        if not 0 <= wanted <= 1:
            raise UsageError(f"--score {wanted:g} is no score: they lie between 0 and 1")
        return ScoreThreshold(score=wanted, why="as asked for")
    own = _own_val(run_dir / f"tta-{tta}") if tta else None
    how = f" with --tta {tta}" if own is not None else ""
    own = own or _own_val(run_dir)
    if own is None:
        return _fallback("this run was not measured on the val split of its data")
    images = counted(own.images, f"{own.kind} image")
    if own.operating_point is None:
        return _fallback(f"nothing right was found on {own.name}, {images}")
    point = own.operating_point
    return ScoreThreshold(score=point.score, why=f"best F1 ({point.f1:.2f}) on {own.name}{how}, {images}")


def own_val_of(evaluations: Sequence[Evaluation]) -> Evaluation | None:
    """The one on the val split of the set that the run was trained on; of a mixture, of its renders.

    A real set may bear the name of the renders that imitate it, and must not decide.
    """
    for one in evaluations:
        facts = one.training
        names = (facts.dataset, (facts.dataset or "").partition("+")[0])
        kind = "real" if facts.kind == "real" else "synthetic"
        if one.split == "val" and one.kind == kind and one.set in names and facts.split != "val":
            return one
    return None


def _fallback(why: str) -> ScoreThreshold:
    return ScoreThreshold(score=FALLBACK_SCORE, why=f"a guess, as {why}")


def _own_val(folder: Path) -> Evaluation | None:
    try:
        return own_val_of(read_evaluations(folder)) if has_evaluations(folder) else None
    except SynthvisError:
        # The network can be used all the same; `synthvis report` says what is damaged.
        return None
