"""Help in layers: commands in groups, what most need first, and settings as their models describe them."""

from __future__ import annotations

import importlib
import subprocess
import sys

import click
import pytest

from synthvis.cli import COMMANDS, GROUPS
from synthvis.cli.shared.help import LayeredCommand, SettingOption
from synthvis.cli.train.command import command as train
from synthvis.train.config import GPU_DEFAULTS, ModelConfig, TrainConfig

FIELDS = {**TrainConfig.model_fields, **ModelConfig.model_fields}


def answer_of(*words: str) -> str:
    done = subprocess.run([sys.executable, "-m", "synthvis", *words], capture_output=True, text=True, check=True)
    return done.stdout


def test_every_command_is_in_one_group_and_help_shows_it() -> None:
    grouped = [name for names in GROUPS.values() for name in names]
    assert sorted(grouped) == sorted(COMMANDS)
    said = answer_of("--help")
    places = [said.index(f"\n{title}:\n") for title, names in GROUPS.items() if names]
    assert places == sorted(places)
    assert all(f"\n  {name} " in said for name in grouped)


@pytest.mark.parametrize("name", ["train", "render"])
def test_help_shows_some_options_and_help_all_every_one(name: str) -> None:
    command = importlib.import_module(COMMANDS[name][0]).command
    assert isinstance(command, LayeredCommand)
    few, all_of_them = answer_of(name, "--help"), answer_of(name, "--help-all")
    options = {param.opts[-1] for param in command.params if isinstance(param, click.Option)}
    shown = {option for option in options if f"\n  {option} " in few or f", {option} " in few}
    assert 10 < len(shown) < 20
    assert f"{len(options) - len(shown)} more options" in few
    assert all(option in all_of_them for option in options)


def test_what_a_command_shows_first_is_what_it_has() -> None:
    for name in ("train", "render"):
        command = importlib.import_module(COMMANDS[name][0]).command
        assert set(command._first) <= {param.name for param in command.params}


def test_each_setting_is_described_by_its_model() -> None:
    settings = {param.name: param for param in train.params if param.name in FIELDS}
    assert len(settings) > 40
    assert {name for name, param in settings.items() if not isinstance(param, SettingOption)} == set()


def test_help_of_a_setting_has_the_words_and_the_default_of_its_field() -> None:
    context = click.Context(train, terminal_width=1000)
    said = {param.name: (param.get_help_record(context) or ("", ""))[1] for param in train.params}
    for name, field in FIELDS.items():
        if name in said:
            assert said[name].startswith(str(field.description))
    assert said["steps"].endswith("[default: 600]")
    assert said["input_size"].endswith(f"[default: 320; {GPU_DEFAULTS['input_size']} on CUDA]")
    assert "[default" not in said["lr"]
