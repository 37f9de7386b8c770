"""Options that mean the same in every command."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import click

from synthvis.conventions import MAX_SEED

__all__ = [
    "FILE",
    "NO_WEIGHTS",
    "PATH",
    "SEED",
    "WEIGHTS",
    "OutputFile",
    "OutputFolder",
    "dry_run_option",
    "echo_json",
    "json_option",
]

SHOWN_CHARS = 40

Function = TypeVar("Function", bound=Callable[..., Any])


class _NamedPath(click.Path):
    """A path that is not empty: `--out "$FORGOTTEN"` is a slip, and would mean the current folder."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if value == "":
            self.fail("the path is empty; write . for the current folder", param, ctx)
        return super().convert(value, param, ctx)


class OutputFolder(_NamedPath):
    """A folder that may be written to, looked at before the command begins.

    Args:
        kind: Name of a `FolderKind` of synthvis.dataset.output: what the command makes of the folder.
    """

    def __init__(self, kind: str) -> None:
        super().__init__(path_type=Path)
        self.kind = kind

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The folder, or a usage error."""
        from synthvis.dataset import output

        folder = super().convert(value, param, ctx)
        output.check_output_folder(folder, getattr(output, self.kind))
        return folder


class OutputFile(_NamedPath):
    """A file that may be written, looked at before the command begins."""

    def __init__(self, *, dir_okay: bool = False) -> None:
        super().__init__(path_type=Path, dir_okay=dir_okay)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The file, or a usage error."""
        from synthvis.dataset.output import check_output_file

        if value:
            check_output_file(Path(value))
        return super().convert(value, param, ctx)


class _Seed(click.ParamType[int]):
    """A seed: what all random generators in use take."""

    name = "integer"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """The number, or a usage error."""
        try:
            seed = int(value)
        except ValueError:
            seed = -1
        if not 0 <= seed <= MAX_SEED:
            self.fail(
                f"{str(value)[:SHOWN_CHARS]!r} is no seed: a whole number from 0 to {MAX_SEED} (2^63 - 1)", param, ctx
            )
        return seed


class _Weights(_NamedPath):
    """A file, or the word none."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        return value if value in (NO_WEIGHTS, None) else super().convert(value, param, ctx)


NO_WEIGHTS = "none"
WEIGHTS = _Weights(path_type=Path)
SEED = _Seed()
PATH = _NamedPath(path_type=Path)
FILE = _NamedPath(path_type=Path, dir_okay=False)


def json_option(function: Function) -> Function:
    """`--json`: print one JSON object on stdout instead of tables."""
    return click.option("--json", "as_json", is_flag=True, help="Print one JSON object on stdout.")(function)


def dry_run_option(function: Function) -> Function:
    """`--dry-run`: say what would be done and stop."""
    return click.option("--dry-run", is_flag=True, help="Say what would be done, and stop.")(function)


def echo_json(value: Mapping[str, Any]) -> None:
    """Print `value` as one JSON object on stdout."""
    click.echo(json.dumps(value, indent=2, ensure_ascii=False))
