"""Damaged recipes, pipelines, sensors, augmentation recipes and asset sheets."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from mutations import INPUTS, mutated_bytes, refusals

from synthvis.assets.manifest import MANIFEST_NAME, read_manifest
from synthvis.config.load import load_recipe, sensor_overrides
from synthvis.config.pipeline import load_pipeline
from synthvis.errors import RecipeError
from synthvis.train.views.recipe import load_augment_recipe

REPOSITORY = Path(__file__).resolve().parents[2]
SENSOR = b"""sensor:
  exposure_ev: [-0.3, 0.4]
  shot_noise: [0.0, 0.02]
  contrast: [0.9, 1.2]
"""
SHEET = b"""unit: mm
up: z
category: bracket
files:
  "a*.stl": {size_m: 0.2, up: y, keypoints: {tip: [0, 0, 1.5], foot: [1, 2, 3]}, skeleton: [[tip, foot]]}
  b.glb: {category: {name: gear, supercategory: part}, skip: true}
"""
SHIPPED = {
    "recipe": REPOSITORY / "pipelines" / "recipes" / "fruit.yaml",
    "pipeline": REPOSITORY / "pipelines" / "smoke.yaml",
    "augmentation": REPOSITORY / "synthvis" / "train" / "views" / "recipes" / "heavy.yaml",
}
READERS: dict[str, Callable[[Path], object]] = {
    "recipe": lambda path: load_recipe(str(path)),
    "pipeline": lambda path: load_pipeline(str(path)),
    "augmentation": lambda path: load_augment_recipe(str(path)),
    "sensor": sensor_overrides,
    "sheet": lambda path: read_manifest(path.parent),
}


MAX_LINE_CHARS = 300


def line_by_line(read: Callable[[Path], object], path: Path) -> None:
    """These readers name every wrong key on a line of its own: each is held to what one line may be."""
    try:
        read(path)
    except RecipeError as error:
        assert all(len(line.replace(str(path), "")) < MAX_LINE_CHARS for line in error.what.split("\n"))
        raise RecipeError(error.what.split("\n")[0]) from error


@pytest.mark.parametrize("name", list(READERS))
def test_yaml_files(name: str, tmp_path: Path) -> None:
    others = {"sensor": SENSOR, "sheet": SHEET}
    content = SHIPPED[name].read_bytes() if name in SHIPPED else others[name]
    path = tmp_path / (MANIFEST_NAME if name == "sheet" else "file.yaml")
    path.write_bytes(content)
    READERS[name](path)
    assert 0 < refusals(lambda file: line_by_line(READERS[name], file), path, mutated_bytes(content)) < INPUTS
