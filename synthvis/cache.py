"""The folder of things that can be made again: own meshes and pictures as the renderer wants them.

What lies there is named by its content, so one folder serves every dataset, and deleting it costs time only.
"""

from __future__ import annotations

import os
from pathlib import Path

from synthvis.errors import RenderError

__all__ = ["cache_folder", "cached"]


def cache_folder() -> Path:
    """`SYNTHVIS_CACHE`, or `synthvis` in the user's cache folder (`XDG_CACHE_HOME`, `~/.cache`)."""
    if own := os.environ.get("SYNTHVIS_CACHE"):
        return Path(own).expanduser().absolute()
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache").absolute() / "synthvis"


def cached(name: str) -> Path:
    """The file that a spec calls `name`, a path relative to the cache.

    Raises:
        RenderError: It is not there, or the name leads out of the cache.
    """
    root = cache_folder()
    path = (root / name).resolve()
    if not path.is_relative_to(root.resolve()):
        raise RenderError(f"{name!r} leads out of the cache {root}")
    if not path.is_file():
        raise RenderError(f"{name} is not in the cache {root}", hint="render again, naming the folder with --assets")
    return path
