"""The evaluations of a run as files: eval_{set}.json and predictions_{set}.json in its folder."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from synthvis.errors import SynthvisError
from synthvis.formats.atomic import write_bytes_atomic
from synthvis.metrics.evaluation import Evaluation, read_evaluation
from synthvis.metrics.predictions import Prediction, predictions_json

__all__ = ["file_stem", "has_evaluations", "predictions_path", "read_evaluations", "write_evaluation"]


def write_evaluation(run_dir: Path, evaluation: Evaluation, predictions: Sequence[Prediction]) -> Path:
    """Write eval_{set}.json and predictions_{set}.json into `run_dir`; returns the path of the first."""
    write_bytes_atomic(predictions_path(run_dir, evaluation), predictions_json(predictions))
    path = run_dir / f"eval_{file_stem(evaluation)}.json"
    write_bytes_atomic(path, (json.dumps(evaluation.to_dict(), indent=1, ensure_ascii=False) + "\n").encode())
    return path


def predictions_path(run_dir: Path, evaluation: Evaluation) -> Path:
    """Where the predictions behind an evaluation are kept."""
    return run_dir / f"predictions_{file_stem(evaluation)}.json"


def file_stem(evaluation: Evaluation) -> str:
    """Name of the set in file names; its kind and split are added where "real" and "val" do not go without saying."""
    name, split = (
        "".join(character if character.isalnum() or character in "-_" else "_" for character in text)
        for text in (evaluation.set, str(evaluation.split))
    )
    name += "_synthetic" if evaluation.kind == "synthetic" else ""
    return name if split == "val" else f"{name}_{split}"


def has_evaluations(run_dir: Path) -> bool:
    """Whether the run was measured on anything."""
    return any(run_dir.glob("eval_*.json"))


def read_evaluations(run_dir: Path) -> tuple[Evaluation, ...]:
    """Every evaluation of a run, by file name.

    Raises:
        SynthvisError: There is none, or one is damaged.
    """
    if not has_evaluations(run_dir):
        raise SynthvisError(
            f"{run_dir} holds no evaluation (eval_*.json)", hint="evaluate the run first: `synthvis evaluate --help`"
        )
    return tuple(_read(path) for path in sorted(run_dir.glob("eval_*.json")))


def _read(path: Path) -> Evaluation:
    hint = f"delete {path} and evaluate the run on that set again: `synthvis evaluate --help`"
    return read_evaluation(path, hint=hint)
