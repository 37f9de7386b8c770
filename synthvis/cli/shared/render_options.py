"""What the commands that render have in common."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from synthvis.errors import UsageError
from synthvis.render.needs import need_blender

__all__ = [
    "assets_option",
    "image_size",
    "need_blender",
    "recipe_name",
    "scene_option",
    "size_overrides",
    "tell",
    "worker_count",
]

assets_option = click.option(
    "--assets",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="PATH",
    help="Own mesh, a folder of them, or a Python file with types of object, which is run; kinds are called "
    "FOLDER/FILE and FILE.py/NAME; repeatable.",
)

OWN_MESHES = "meshes"
"""The shipped recipe whose labelled objects are all meshes that are given."""

scene_option = click.option(
    "--scene",
    "scenes",
    multiple=True,
    metavar="FILE.py:FUNCTION",
    help="Run this file and render that place of it; repeatable.",
)


def recipe_name(typed: str | None, assets: Sequence[Path], otherwise: str) -> str:
    """The recipe that is meant: what was typed, else the one for own meshes where some were given, else `otherwise`."""
    return typed or (OWN_MESHES if assets else otherwise)


def tell(text: str) -> None:
    """A line of talk, as it is."""
    from synthvis.ui.console import talk_console

    talk_console().print(text, markup=False, highlight=False, soft_wrap=True)


def size_overrides(size: str | None) -> list[str]:
    """Recipe overrides of a size such as "640x480".

    Raises:
        UsageError: `size` does not have that form.
    """
    if size is None:
        return []
    width_px, height_px = image_size(size)
    return [f"image.width_px={width_px}", f"image.height_px={height_px}"]


def image_size(size: str) -> tuple[int, int]:
    """Width and height of a size such as "640x480", pixels.

    Raises:
        UsageError: `size` does not have that form.
    """
    width, cross, height = size.lower().partition("x")
    if not (cross and width.isdigit() and height.isdigit()):
        raise UsageError(f"--size {size}: not a size", hint="write it as WIDTHxHEIGHT, e.g. --size 640x480")
    return int(width), int(height)


def worker_count(workers: str) -> int | None:
    """Number of workers, None for "auto".

    Raises:
        UsageError: Neither a number nor "auto".
    """
    if workers == "auto":
        return None
    if not workers.isdigit():
        raise UsageError(f"--workers {workers}: neither a number nor 'auto'")
    return int(workers)
