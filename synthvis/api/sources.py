"""What may stand where data is asked for: a dataset, a folder, a file, or the name of a real set."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from synthvis.data.dataset import Dataset

__all__ = ["Source", "source_text", "source_texts"]

Source = Dataset | Path | str
"""A `Dataset`, a folder, an annotation file, or "NAME" or "NAME:SPLIT" of a known set."""


def source_text(source: Source) -> str:
    """The source as the readers take it."""
    return source.source or str(source.root) if isinstance(source, Dataset) else str(source)


def source_texts(sources: Source | Sequence[Source]) -> tuple[str, ...]:
    """One source or several, as the readers take them."""
    if isinstance(sources, (Dataset, Path, str)):
        return (source_text(sources),)
    return tuple(source_text(one) for one in sources)
