"""Materials: each surface kind is a function that writes a node tree; see `nodes` for the idiom."""

from __future__ import annotations

from blender_scenes.materials import (
    building,
    desk,
    electronics,
    fruit,
    furniture,
    generic,
    ground,
    household,
    kitchen,
    leisure,
    own,
    parts,
    people,
    street,
)
from blender_scenes.materials.nodes import Builder

__all__ = ["SURFACES"]

SURFACES: dict[str, Builder] = {
    **generic.SURFACES,
    **building.SURFACES,
    **ground.SURFACES,
    **fruit.SURFACES,
    **furniture.SURFACES,
    **household.SURFACES,
    **kitchen.SURFACES,
    **electronics.SURFACES,
    **street.SURFACES,
    **leisure.SURFACES,
    **desk.SURFACES,
    **people.SURFACES,
    **own.SURFACES,
    **parts.SURFACES,
}
"""Every surface kind by the name that `SurfaceSpec.kind` holds."""
