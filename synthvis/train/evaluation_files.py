"""eval_{set}.json and predictions_{set}.json of a run."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from synthvis.formats.atomic import write_bytes_atomic
from synthvis.train.task import Evaluation

__all__ = ["file_stem", "write_evaluation"]


def write_evaluation(run_dir: Path, evaluation: Evaluation, rows: list[dict[str, Any]]) -> Path:
    """Write both files of an evaluation into `run_dir`; returns the path of the first."""
    stem = file_stem(evaluation)
    write_bytes_atomic(run_dir / f"predictions_{stem}.json", json.dumps(rows).encode())
    path = run_dir / f"eval_{stem}.json"
    write_bytes_atomic(path, (json.dumps(evaluation, indent=1, ensure_ascii=False) + "\n").encode())
    return path


def file_stem(evaluation: Evaluation) -> str:
    """Name of the set in file names; its kind and split are added where "real" and "val" do not go without saying."""
    name, split = str(evaluation["set"]), str(evaluation["split"])
    safe = "".join(character if character.isalnum() or character in "-_" else "_" for character in name)
    safe += "_synthetic" if evaluation["kind"] == "synthetic" else ""
    return safe if split == "val" else f"{safe}_{split}"
