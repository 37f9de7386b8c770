"""`synthvis pipelines`: ls, show, cp."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from synthvis.cli.pipelines import command
from synthvis.config.load import load_recipe
from synthvis.errors import RecipeError, UsageError


def run(*words: str) -> Result:
    return CliRunner().invoke(command, list(words), catch_exceptions=False, standalone_mode=False)


def test_ls_names_all_of_them() -> None:
    names = {one["name"] for one in json.loads(run("ls", "--json").stdout)["shipped"]}
    assert {"fruit", "cones", "tabletop", "smoke", "demo"} <= names
    assert all(name in run("ls").stdout for name in names)


def test_show_prints_the_file_or_all_values() -> None:
    assert run("show", "fruit").stdout.startswith("# synthvis render --recipe fruit")
    assert "sensor_width_mm" in run("show", "fruit", "--resolved").stdout


def test_a_copy_loads_and_is_not_overwritten(tmp_path: Path) -> None:
    target = tmp_path / "deep" / "mine.yaml"
    run("cp", "fruit", str(target), "--dry-run")
    assert not target.exists()
    run("cp", "fruit", str(target))
    assert load_recipe(str(target)) == load_recipe("fruit")
    target.write_text("mine")
    with pytest.raises(UsageError, match="is there already"):
        run("cp", "fruit", str(target))
    assert target.read_text() == "mine"
    run("cp", "fruit", str(target), "--force")
    assert load_recipe(str(target)) == load_recipe("fruit")


def test_a_typo_is_answered_with_the_name_meant() -> None:
    with pytest.raises(UsageError, match="did you mean 'fruit'"):
        run("show", "fuit")
    with pytest.raises(UsageError, match="pipeline"):
        run("show", "smoke", "--resolved")


def test_show_takes_a_file_as_run_and_render_do(tmp_path: Path) -> None:
    recipe, pipeline = tmp_path / "mine.yaml", tmp_path / "loop.yaml"
    run("cp", "fruit", str(recipe))
    run("cp", "smoke", str(pipeline))
    assert run("show", str(recipe)).stdout == recipe.read_text()
    assert "sensor_width_mm" in run("show", str(recipe), "--resolved").stdout
    assert json.loads(run("show", str(pipeline), "--json").stdout)["what"] == "pipeline"
    assert run("show", "pipelines/smoke.yaml").stdout == run("show", "smoke").stdout


def test_a_file_with_a_wrong_key_is_refused_with_its_name(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text("name: mine\nimgae: {}\n")
    with pytest.raises(RecipeError, match=r"imgae.*did you mean 'image'"):
        run("show", str(path))
    with pytest.raises(RecipeError, match=r"no file absent\.yaml"):
        run("show", "absent.yaml")
