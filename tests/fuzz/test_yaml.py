"""Damaged recipes."""

from __future__ import annotations

from pathlib import Path

from mutations import mutated_bytes, refusals

from synthvis.config.yaml_reader import read_yaml

REPOSITORY = Path(__file__).resolve().parents[2]


def test_recipes(tmp_path: Path) -> None:
    recipe = (REPOSITORY / "pipelines" / "recipes" / "fruit.yaml").read_bytes()
    assert refusals(read_yaml, tmp_path / "recipe.yaml", mutated_bytes(recipe)) > 0
