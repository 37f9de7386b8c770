"""A shell is offered recipes, datasets, runs, tasks, architectures, backbones and real sets, without torch or bpy."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.shell_completion import ShellComplete

from synthvis.cli import COMMANDS, COMPLETE_VARIABLE, cli
from synthvis.cli.shared.completion import ARGUMENTS


def offered(*words: str) -> list[str]:
    """What follows the words, of which the last is not finished."""
    complete = ShellComplete(cli, {}, "synthvis", COMPLETE_VARIABLE)
    return [item.value for item in complete.get_completions(list(words[:-1]), words[-1]) if item.type == "plain"]


@pytest.fixture(autouse=True)
def _folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for file in ("data/fruit/dataset.json", "data/desk/dataset.json", "runs/fruit/best.safetensors"):
        (tmp_path / file).parent.mkdir(parents=True)
        (tmp_path / file).touch()
    (tmp_path / "data/notes").mkdir()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(COMPLETE_VARIABLE, "bash_complete")


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("re",), ["render", "report"]),
        (("render", "--recipe", "fr"), ["fruit"]),
        (("check", "data/"), ["data/desk", "data/fruit"]),
        (("train", "--data", "data/f"), ["data/fruit"]),
        (("train", "--data", "cones"), ["cones", "cones:train"]),
        (("train", "--eval-on", "rooms"), ["rooms"]),
        (("preview", "room"), ["rooms"]),
        (("check", "room"), ["rooms"]),
        (("fetch", ""), ["coco", "rooms"]),
        (("train", "--task", "k"), ["keypoints"]),
        (("train", "--arch", "f"), ["fcos", "fasterrcnn"]),
        (("train", "--task", "keypoints", "--arch", "h"), ["heatmap"]),
        (("train", "--task", "semantic", "--loss", "ce"), ["ce", "ce+dice"]),
        (("train", "--backbone", "alex"), ["alexnet"]),
        (("train", "--init-from", "ru"), ["runs/fruit"]),
        (("train", "--precision", "b"), ["bf16"]),
        (("evaluate", "runs/"), ["runs/fruit"]),
        (("evaluate", "runs/fruit", "--eval-on", "data/d"), ["data/desk"]),
        (("models", "show", "runs"), ["runs/fruit"]),
        (("models", "ls", "--family", "resn"), ["resnet", "resnext"]),
        (("pipelines", "show", "sm"), ["smoke"]),
        (("run", "de"), ["demo"]),
        (("scenes", "show", "kitchen_t"), ["kitchen_table"]),
        (("report", "elsewhere/"), []),
    ],
)  # fmt: skip
def test_names_that_begin_so_are_offered(words: tuple[str, ...], expected: list[str]) -> None:
    assert offered(*words) == expected


def test_every_argument_of_the_table_exists() -> None:
    ctx, there = click.Context(cli), set()
    for name in COMMANDS:
        command = cli.get_command(ctx, name)
        inner = command.commands if isinstance(command, click.Group) else {"": command}
        for part, one in inner.items():
            words = f"{name} {part}".strip()
            there |= {(words, param.name) for param in one.params if isinstance(param, click.Argument)}
    assert set(ARGUMENTS) <= there


def test_a_completion_loads_neither_torch_nor_blender() -> None:
    program = """
import contextlib, io, sys
from synthvis.cli import main
said = io.TextIOWrapper(io.BytesIO(), write_through=True)
with contextlib.redirect_stdout(said), contextlib.suppress(SystemExit):
    main()
heavy = [name for name in ("torch", "timm", "bpy", "torchvision") if name in sys.modules]
print(heavy, said.buffer.getvalue().decode().split())
"""
    words = {"COMP_WORDS": "synthvis train --backbone alexn", "COMP_CWORD": "3", COMPLETE_VARIABLE: "bash_complete"}
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, env={**os.environ, **words}
    )
    assert done.stdout.strip() == "[] ['plain,alexnet']"
