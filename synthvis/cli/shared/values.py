"""What may be typed for an option or an argument: each type refuses a slip at once, and imports nothing for it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from synthvis.conventions import MAX_SEED

__all__ = [
    "FILE",
    "NAMES",
    "NO_WEIGHTS",
    "PATH",
    "SEED",
    "SHARD",
    "SIZE",
    "WEIGHTS",
    "WORKERS",
    "ImageSize",
    "NumbersType",
    "OutputFile",
    "OutputFolder",
]

SHOWN_CHARS = 40
AUTO = "auto"


class PathType(click.Path):
    """A path that is not empty: `--out "$FORGOTTEN"` is a slip, and would mean the current folder."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if value == "":
            self.fail("the path is empty; write . for the current folder", param, ctx)
        return super().convert(value, param, ctx)


class OutputFolder(PathType):
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


class OutputFile(PathType):
    """A file that may be written, looked at before the command begins."""

    def __init__(self, *, dir_okay: bool = False) -> None:
        super().__init__(path_type=Path, dir_okay=dir_okay)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The file, or a usage error."""
        from synthvis.dataset.output import check_output_file

        if value:
            check_output_file(Path(value))
        return super().convert(value, param, ctx)


class SeedType(click.ParamType[int]):
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


class WeightsType(PathType):
    """A file, or the word none."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        return value if value in (NO_WEIGHTS, None) else super().convert(value, param, ctx)


@dataclass(frozen=True, slots=True)
class ImageSize:
    """Width and height of a picture, pixels."""

    width_px: int
    height_px: int

    def __str__(self) -> str:
        return f"{self.width_px}x{self.height_px}"

    @property
    def overrides(self) -> list[str]:
        """The size as `--set` of a recipe."""
        return [f"image.width_px={self.width_px}", f"image.height_px={self.height_px}"]


class SizeType(click.ParamType["ImageSize"]):
    """A size such as 640x480."""

    name = "size"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> ImageSize:
        """The size, or a usage error."""
        if isinstance(value, ImageSize):
            return value
        width, _, height = str(value).lower().partition("x")
        if not (width.isdigit() and height.isdigit()):
            self.fail(f"{_shown(value)} is not a size; write it as WIDTHxHEIGHT, such as 640x480", param, ctx)
        return ImageSize(int(width), int(height))


class WorkersType(click.ParamType[int | None]):
    """A number of processes; None stands for auto."""

    name = "workers"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int | None:
        """The number, None for auto, or a usage error."""
        if value is None or value == AUTO:
            return None
        if not str(value).isdigit():
            self.fail(f"{_shown(value)} is neither a number nor 'auto'", param, ctx)
        if int(value) < 1:
            self.fail("it takes at least 1 worker process", param, ctx)
        return int(value)


class ShardType(click.ParamType[tuple[int, int]]):
    """I/N: the I-th of N parts, from 1."""

    name = "shard"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[int, int]:
        """I and N, or a usage error."""
        if isinstance(value, tuple):
            return value
        first, slash, count = str(value).partition("/")
        if not (slash and first.isdigit() and count.isdigit()):
            self.fail(f"{_shown(value)} is not a shard; write it as I/N, such as 2/4", param, ctx)
        if not 1 <= int(first) <= int(count):
            self.fail(f"{_shown(value)}: shards count from 1/{count} to {count}/{count}", param, ctx)
        return int(first), int(count)


class NamesType(click.ParamType[tuple[str, ...]]):
    """Words with commas between."""

    name = "names"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, ...]:
        """The words, without those that are empty."""
        if isinstance(value, tuple):
            return value
        return tuple(word.strip() for word in str(value).split(",") if word.strip())


class NumbersType(click.ParamType[tuple[float, ...]]):
    """Numbers with commas between.

    Args:
        kind: What each of them is.
    """

    name = "numbers"

    def __init__(self, kind: type[int] | type[float]) -> None:
        self.kind = kind

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[float, ...]:
        """The numbers, or a usage error."""
        words = NAMES.convert(value, param, ctx)
        try:
            return tuple(self.kind(word) for word in words)
        except ValueError:
            self.fail(f"{str(value)[:80]}: numbers with commas between are expected", param, ctx)


def _shown(value: Any) -> str:
    return str(value)[:SHOWN_CHARS]


NO_WEIGHTS = "none"
WEIGHTS = WeightsType(path_type=Path)
SEED = SeedType()
PATH = PathType(path_type=Path)
FILE = PathType(path_type=Path, dir_okay=False)
SIZE = SizeType()
WORKERS = WorkersType()
SHARD = ShardType()
NAMES = NamesType()
