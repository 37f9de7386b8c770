"""What an export has to know of its images beforehand, in one go over all of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from synthvis.data.contents import Content, contents_of_image
from synthvis.data.export.names import own_name
from synthvis.data.formats.base import DataFormat, NamedSplit
from synthvis.data.split import Split

__all__ = ["Survey", "survey"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """What was found.

    Attributes:
        splits: The splits with a name for each picture.
        counts: How many objects, or images, have each kind of label.
    """

    splits: tuple[NamedSplit, ...]
    counts: Counter[Content]


def survey(splits: Sequence[Split], form: DataFormat) -> Survey:
    """Names of all pictures, and counts of their labels; of each image no more than its name is kept."""
    counts = Counter[Content]()
    taken: set[str] = set()
    found = []
    for split in splits:
        if not form.one_picture_folder:
            taken = set()
        decided = form.picture_names(split)
        names = []
        for position, image in enumerate(split.images):
            names.append(decided[position] if decided else own_name(image, split.split, form, taken))
            counts.update(contents_of_image(image))
        found.append(NamedSplit(split=split, file_names=tuple(names)))
    return Survey(splits=tuple(found), counts=counts)
