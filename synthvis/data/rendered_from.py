"""Which rendered dataset the images of a split lie in."""

from __future__ import annotations

from synthvis.data.split import Split
from synthvis.dataset.manifest import RenderedDataset, open_rendered
from synthvis.errors import DatasetError

__all__ = ["rendered_from"]

FOLDERS_BETWEEN = 2
"""images/SPLIT/000001.jpg"""


def rendered_from(split: Split) -> RenderedDataset | None:
    """The dataset that holds the first image; None where that is none that synthvis rendered, or is damaged."""
    if not split.images:
        return None
    parents = split.images[0].path.parents
    try:
        return open_rendered(parents[FOLDERS_BETWEEN])
    except (DatasetError, IndexError):
        return None
