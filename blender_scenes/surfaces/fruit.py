"""Skins, flesh and stems of fruit."""

from __future__ import annotations

from blender_scenes.surfaces.nodes import Builder

__all__ = ["SURFACES"]

SURFACES: dict[str, Builder] = {}
"""Surface kinds of this module by name."""
