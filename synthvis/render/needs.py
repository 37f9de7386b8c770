"""What rendering needs to be installed."""

from __future__ import annotations

import importlib.util

from synthvis.errors import MissingDependency

__all__ = ["need_blender"]


def need_blender() -> None:
    """Refuse to start what needs packages that are not installed.

    Raises:
        MissingDependency: One of them is absent.
    """
    for module in ("bpy", "OpenEXR", "pebble"):
        if importlib.util.find_spec(module) is None:
            hint = "pip install 'synthvis[render]' with Python 3.11 or 3.13; `synthvis doctor` tells more"
            raise MissingDependency(f"rendering needs the package {module}, which is not installed", hint=hint)
