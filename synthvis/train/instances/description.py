"""What is known of instance segmentation before torch is loaded."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from synthvis.data.coco_split import CocoSplit
from synthvis.data.masks import require_masks
from synthvis.data.picture_files import with_sound_pictures
from synthvis.data.real import RealSet, find_real, read_split
from synthvis.data.subset import shared_classes

__all__ = ["DESCRIPTION", "InstancesDescription"]


class InstancesDescription:
    """Masks and classes of a COCO set."""

    name = "instances"
    headline = "mask_AP"
    lower_is_better = False
    labels = "masks"
    archs: tuple[str, ...] = ("maskrcnn",)
    losses: tuple[str, ...] = ()
    test_time: tuple[str, ...] = ()

    def find(self, name_or_path: str | Path, root: str | Path | None = None) -> RealSet:
        """A COCO folder or file, or a named real set."""
        return find_real(name_or_path, root)

    def read(self, found: RealSet, split: str | None = None) -> CocoSplit:
        """One split of it."""
        return with_sound_pictures(read_split(found, split))

    def require_comparable(self, split: CocoSplit, classes: Sequence[str]) -> None:
        """Network and split must share a class, of which every object has a mask."""
        require_masks(split, shared_classes(split, classes))


DESCRIPTION = InstancesDescription()
