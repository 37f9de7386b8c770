"""What is in a labelled set, in numbers."""

from __future__ import annotations

from pathlib import Path

from synthvis.api.sources import Source, source_text
from synthvis.data.contents import Content
from synthvis.data.dataset import find_dataset
from synthvis.data.formats.registry import formats_serving
from synthvis.data.split import EmptySplit, Split
from synthvis.data.statistics import SetStatistics, statistics_of
from synthvis.errors import DatasetError

__all__ = ["dataset_statistics", "splits_to_count"]


def dataset_statistics(data: Source, *, split: str | None = None, real_root: Path | str | None = None) -> SetStatistics:
    """Count what is in a set: classes, sizes, positions, occlusion, and which classes share images.

    Args:
        data: A dataset, a COCO folder or file, or NAME or NAME:SPLIT of a known set.
        split: Count this split only; None: the one that `data` names, else all.
        real_root: Folder of the named real sets; None: that of SYNTHVIS_REAL.

    Returns:
        The numbers of all its objects together and of each class.

    Raises:
        RealDataError: There is no such set or split.
        DatasetError: The set has no image.

    Examples:
        >>> import synthvis as sv
        >>> found = sv.dataset_statistics("data/fruit")
        >>> found.images, sorted(found.classes)
        (3, ['apple', 'banana', 'orange'])
    """
    name = source_text(data)
    return statistics_of(name, splits_to_count(name, split, real_root))


def splits_to_count(name: str, split: str | None, real_root: Path | str | None) -> list[Split]:
    """The splits that `dataset_statistics` counts; arguments and errors are those of `dataset_statistics`."""
    found = find_dataset(name, real_root, formats=formats_serving(Content.BOXES))
    names_one = ":" in name and not Path(name).exists()
    wanted = [split] if split else [found.default_split] if names_one else list(found.splits)
    splits = []
    for one in wanted:
        try:
            splits.append(found.read(one))
        except EmptySplit:
            # A dataset of a few renders has no val image yet.
            if len(wanted) == 1:
                raise
    if not splits:
        raise DatasetError(f"{name} has no image", hint="an empty set has no statistics")
    return splits
