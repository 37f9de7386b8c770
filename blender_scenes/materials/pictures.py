"""Pictures of the user's, as the cache has them."""

from __future__ import annotations

import bpy

from synthvis.cache import cached

__all__ = ["load_picture"]


def load_picture(name: str) -> bpy.types.Image:
    """A picture as Blender data; one that is there already serves again.

    Args:
        name: Its path within the cache.

    Raises:
        RenderError: The cache does not have it.
    """
    return bpy.data.images.load(str(cached(name)), check_existing=True)
