"""Commands, Python, YAML and TOML of the pages are what the program takes."""

from __future__ import annotations

import ast
import importlib
import importlib.util
import json
import shlex
import tomllib
from collections.abc import Iterator
from typing import Any

import click
import pytest
import yaml
from doc_pages import PAGES, Snippet, command_lines, name_of, snippets

from synthvis.cli import cli
from synthvis.config.pipeline import Pipeline
from synthvis.config.recipe import Recipe
from synthvis.config.reference import keys_of
from synthvis.train.config import TrainConfig
from synthvis.train.views.recipe import AugmentRecipe

GENERATED = ("docs/reference/cli.md",)
"""Help texts: tests/test_offered_commands.py and tests/cli hold these."""

COMMAND_LINES = [line for page in PAGES if name_of(page) not in GENERATED for line in command_lines(page)]
SNIPPETS = [snippet for page in PAGES for snippet in snippets(page)]
RECIPE_KEYS = {key.path for key in keys_of(Recipe)}
TRAINING_KEYS = {key.path for key in keys_of(TrainConfig)}
ASSET_KEYS = {"unit", "up", "files"}
KEYS_OF_SET = {"render": RECIPE_KEYS, "bench": RECIPE_KEYS, "study": TRAINING_KEYS}


def of(language: str) -> list[Any]:
    return [pytest.param(each, id=each.where) for each in SNIPPETS if each.language == language]


def parsed(line: str) -> tuple[str, dict[str, Any]]:
    """The name of a command and the values of its options, by click's own parser; raises what click says is wrong."""
    name, *words = shlex.split(line.split(" | ")[0].split(" > ")[0])[1:]
    if name.startswith("-"):
        return name, {}
    command: click.Command | None = cli.get_command(click.Context(cli), name)
    assert command is not None, f"no command {name}"
    context = click.Context(command, info_name=name)
    while isinstance(command, click.Group):
        sub = words.pop(0)
        if sub.startswith("-"):
            return name, {}
        command = command.get_command(context, sub)
        assert command is not None, f"no command {name} {sub}"
        context = click.Context(command, parent=context, info_name=sub)
    values, left, _ = command.make_parser(context).parse_args(list(words))
    assert not left, f"left over: {left}"
    for parameter in command.params:
        value = values.get(parameter.name or "")
        if parameter.required and "--help" not in words:
            assert value not in (None, ()), f"needs {parameter.name}"
        if value is not None and isinstance(parameter.type, click.Choice | click.types.IntParamType):
            for each in value if isinstance(value, list | tuple) else [value]:
                parameter.type.convert(each, parameter, context)
    return name, values


def is_key(key: str, known: set[str]) -> bool:
    """A key, a block of keys, a key within a mapping, or (of training) the last part of a key."""
    return any(
        key == each or key.startswith(f"{each}.") or each.startswith(f"{key}.") or each.endswith(f".{key}")
        for each in known
    )


def test_there_are_commands_on_the_pages() -> None:
    assert len(COMMAND_LINES) > 60


@pytest.mark.parametrize(("where", "line"), COMMAND_LINES, ids=[where for where, _ in COMMAND_LINES])
def test_a_command_is_one_that_the_program_takes(where: str, line: str) -> None:
    try:
        name, values = parsed(line)
    except click.UsageError as error:
        pytest.fail(f"{where}: `{line}`: {error.format_message()}")
    except AssertionError as error:
        pytest.fail(f"{where}: `{line}`: {error}")
    for setting in values.get("overrides") or ():
        key = setting.partition("=")[0]
        assert is_key(key, KEYS_OF_SET.get(name, RECIPE_KEYS)), f"{where}: {key} is no key of --set of {name}"


@pytest.mark.parametrize("snippet", of("python"))
def test_python_compiles_and_imports_names_that_exist(snippet: Snippet) -> None:
    tree = ast.parse(snippet.text, filename=snippet.where)
    short = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "synthvis":
            module = importlib.import_module(node.module or "")
            for alias in node.names:
                is_there = hasattr(module, alias.name) or importlib.util.find_spec(f"{node.module}.{alias.name}")
                assert is_there, f"{snippet.where}: {node.module} has no {alias.name}"
        if isinstance(node, ast.Import):
            for alias in node.names:
                if alias.name.split(".")[0] == "synthvis":
                    short[alias.asname or alias.name] = importlib.import_module(alias.name)
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in short:
            module = short[node.value.id]
            assert hasattr(module, node.attr), f"{snippet.where}: {module.__name__} has no {node.attr}"


def key_paths(values: Any, path: str = "") -> Iterator[str]:
    """Every key of nested mappings down to one that is a key of a recipe."""
    for name, value in values.items():
        here = f"{path}.{name}" if path else str(name)
        if isinstance(value, dict) and here not in RECIPE_KEYS:
            yield from key_paths(value, here)
        else:
            yield here


@pytest.mark.parametrize("snippet", of("yaml"))
def test_yaml_has_keys_that_exist(snippet: Snippet) -> None:
    values = yaml.safe_load(snippet.text)
    assert isinstance(values, dict)
    blocks = {path.split(".")[0] for path in RECIPE_KEYS}
    if "recipe" in values:
        assert set(values) <= set(Pipeline.model_fields)
    elif set(values) & blocks:
        assert [path for path in key_paths(values) if path not in RECIPE_KEYS] == []
    elif not any("." in name for name in values):  # what names files is part of an assets.yaml
        assert set(values) <= ASSET_KEYS | set(AugmentRecipe.model_fields) | {"base"}


@pytest.mark.parametrize("snippet", of("toml"))
def test_toml_can_be_read(snippet: Snippet) -> None:
    assert tomllib.loads(snippet.text)


def test_json_can_be_read() -> None:
    for snippet in (each for each in SNIPPETS if each.language == "json"):
        json.loads(snippet.text)
