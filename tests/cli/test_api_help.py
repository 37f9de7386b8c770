"""Options that are arguments of the Python API say what its docstrings and signatures say."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Iterator

import click
import pytest

from synthvis.cli import COMMANDS
from synthvis.cli.shared.api_help import ApiOption, argument_of


def api_options() -> Iterator[tuple[str, ApiOption]]:
    for name, (module, _) in COMMANDS.items():
        command = importlib.import_module(module).command
        inner = command.commands.values() if isinstance(command, click.Group) else [command]
        yield from ((name, param) for one in inner for param in one.params if isinstance(param, ApiOption))


OPTIONS = list(api_options())


def parameter_of(option: ApiOption) -> inspect.Parameter:
    """The argument as Python sees it, by importing what the help only parses."""
    module, _, owner = option.of.partition(":")
    value = importlib.import_module(module)
    for part in owner.split("."):
        value = getattr(value, part)
    return inspect.signature(value).parameters[option.argument]


def test_many_options_take_their_words_from_the_api() -> None:
    assert len(OPTIONS) > 50
    assert {"render", "merge", "gap", "study", "train", "evaluate", "report", "preview"} <= {
        name for name, _ in OPTIONS
    }


@pytest.mark.parametrize(("command", "option"), OPTIONS, ids=[f"{name} {one.opts[0]}" for name, one in OPTIONS])
def test_an_option_has_the_words_and_the_default_of_its_argument(command: str, option: ApiOption) -> None:
    default = parameter_of(option).default
    shown = (option.get_help_record(click.Context(click.Command(command), terminal_width=1000)) or ("", ""))[1]
    assert len(argument_of(option.of, option.argument).help) > 10
    # The command itself knows no number: what is not typed is left to the function.
    own = option.get_default(click.Context(click.Command(command)))
    assert own is False or not isinstance(own, int | float | str | tuple)
    if default in (None, inspect.Parameter.empty, (), False):
        assert "None" not in shown
    elif isinstance(default, tuple):
        assert f"[default: {','.join(map(str, default))}" in shown
    else:
        assert (
            f"[default: {default:g}" in shown if isinstance(default, int | float) else f"[default: {default}" in shown
        )
