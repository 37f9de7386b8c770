"""Rows of predictions_{set}.json of the tasks that predict a value for each pixel."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

__all__ = ["image_row"]


def image_row(entry: Any, metrics: Mapping[str, float | None]) -> dict[str, Any]:
    """The image's own metrics; its map is made anew from the weights in a moment."""
    return {"image_id": entry.id, "file_name": entry.path.name, **metrics}
