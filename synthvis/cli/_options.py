"""Options that mean the same in every command."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import click

__all__ = ["dry_run_option", "echo_json", "json_option"]

Function = TypeVar("Function", bound=Callable[..., Any])


def json_option(function: Function) -> Function:
    """`--json`: print one JSON object on stdout instead of tables."""
    return click.option("--json", "as_json", is_flag=True, help="Print one JSON object on stdout.")(function)


def dry_run_option(function: Function) -> Function:
    """`--dry-run`: say what would be done and stop."""
    return click.option("--dry-run", is_flag=True, help="Say what would be done, and stop.")(function)


def echo_json(value: Mapping[str, Any]) -> None:
    """Print `value` as one JSON object on stdout."""
    click.echo(json.dumps(value, indent=2, ensure_ascii=False))
