"""Damaged results: what a run, a study and a comparison wrote, read back."""

from __future__ import annotations

from pathlib import Path

from made_up_run import evaluation
from mutations import mutated_json, refusals

from synthvis.gap.table import gap_table, read_evaluations


def test_evaluations(tmp_path: Path) -> None:
    def read(path: Path) -> None:
        gap_table(read_evaluations(path.parent), run="run")

    whole = evaluation("fruit", "real", 0.34, ("apple", "orange")) | {"blind": {"AP": 0.1}}
    assert refusals(read, tmp_path / "eval_fruit.json", mutated_json(whole)) > 50
