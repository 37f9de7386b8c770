"""How large a picture may be."""

from __future__ import annotations

__all__ = ["MAX_IMAGE_PIXELS"]

MAX_IMAGE_PIXELS = 200_000_000
"""Larger pictures are refused before memory is asked for: 600 MB of pixels, and more than any camera's."""
