"""The reference of keys: complete, understandable, and the keys that advice names exist."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from pydantic import BaseModel

from synthvis.cli.pipelines import command
from synthvis.config.load import dump_recipe, load_recipe
from synthvis.config.recipe import Recipe
from synthvis.config.reference import keys_of, sections_of
from synthvis.config.yaml_reader import parse_yaml
from synthvis.gap.image_statistics import NUMBER_STATISTICS, SHARE_STATISTICS
from synthvis.gap.task_gap import CAUSE_ADVICE
from synthvis.train.config import TrainConfig

DOCS = Path(__file__).resolve().parents[2] / "docs" / "reference"
PAGES = {"recipe.md": Recipe, "training.md": TrainConfig}
PATH = re.compile(r"(?<![\w.-])[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)+(?![\w.])")


def written(path: str, values: Any) -> Iterator[str]:
    """Keys of a dumped recipe, down to the values."""
    for name, value in values.items():
        place = f"{path}.{name}" if path else name
        is_block = isinstance(value, dict) and place not in known(Recipe)
        yield from written(place, value) if is_block else (place,)


@lru_cache
def known(model: type[BaseModel]) -> set[str]:
    return {key.path for key in keys_of(model)}


@pytest.mark.parametrize("page", PAGES)
def test_every_key_is_on_its_page_and_says_something(page: str) -> None:
    text = (DOCS / page).read_text()
    for key in keys_of(PAGES[page]):
        assert f"| `{key.path}` |" in text, key.path
        assert key.meaning.endswith(".") and len(key.meaning) > 4, key.path
    assert all(section.intro for section in sections_of(PAGES[page]))


@pytest.mark.parametrize("name", ["coco", "fruit", "cones", "tabletop"])
def test_every_key_of_a_recipe_that_is_written_out_is_known(name: str) -> None:
    """The dump is pydantic's own, so it knows all fields that a walk over the schema may have missed."""
    values = parse_yaml(dump_recipe(load_recipe(name)), where=name)
    absent = {key for key in written("", values) if key not in known(Recipe)}
    # Blocks that may be absent are written as null.
    assert absent <= {"textures", "hdris", "backgrounds", "camera.intrinsics", "objects"}


def advices() -> Iterator[str]:
    yield from CAUSE_ADVICE.values()
    for statistic in NUMBER_STATISTICS.values():
        yield from (statistic.if_more, statistic.if_less, statistic.key)
    for share in SHARE_STATISTICS.values():
        yield share.advice


def test_every_key_that_advice_names_exists() -> None:
    named = {key for text in advices() for key in PATH.findall(text)}
    assert len(named) > 15
    assert named <= known(Recipe)


def test_values_and_defaults_as_the_models_have_them() -> None:
    keys = {key.path: key for key in keys_of(Recipe)}
    assert (keys["camera.fill"].values, keys["camera.fill"].default) == ("[low, high], each > 0", "[0.3, 1.2]")
    assert keys["image.width_px"].values == "whole number, 32 to 4096"
    assert keys["objects.count"].values == "[low, high] of whole numbers, each 0 to 60"
    assert keys["free_environment.weights"].values == "{name: weight}, each >= 0"
    assert keys["objects.kinds"].default is None
    assert keys["render.denoise"].values == "true, false"
    assert keys["camera.intrinsics.fx"].default is None
    training = {key.path: key for key in keys_of(TrainConfig)}
    assert training["boxes"].values == "modal, amodal, body, amodal-body"
    assert training["model.input_size"].values == "whole number, 64 to 2048, a multiple of 32"


def test_the_command_shows_a_block_and_names_the_nearest() -> None:
    shown = CliRunner().invoke(command, ["keys", "sensor.shake"])
    assert shown.exit_code == 0
    assert [line for line in shown.output.splitlines() if not line.startswith(" ")] == [
        f"sensor.shake.{name}" for name in ("share", "length_px", "angle_deg", "bend_deg")
    ]
    assert all(len(line) <= 80 for line in shown.output.splitlines())
    missing = CliRunner().invoke(command, ["keys", "camara"])
    assert "did you mean 'camera'?" in str(missing.exception)
