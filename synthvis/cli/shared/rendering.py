"""What the commands that render have in common."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

__all__ = ["DEFAULT_RECIPE", "recipe_name"]

OWN_MESHES = "meshes"
"""The shipped recipe whose labelled objects are all meshes that are given."""

DEFAULT_RECIPE = "coco"


def recipe_name(typed: str | None, assets: Sequence[Path], otherwise: str = DEFAULT_RECIPE) -> str:
    """The recipe that is meant: what was typed, else the one for own meshes where some were given, else `otherwise`."""
    return typed or (OWN_MESHES if assets else otherwise)
