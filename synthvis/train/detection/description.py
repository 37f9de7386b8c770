"""What is known of detection before torch is loaded."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from synthvis.data.coco_split import CocoSplit
from synthvis.data.picture_files import with_sound_pictures
from synthvis.data.real import RealSet, find_real, read_split
from synthvis.data.subset import shared_classes

__all__ = ["DESCRIPTION", "DetectionDescription"]


class DetectionDescription:
    """Boxes and classes of a COCO set."""

    name = "detection"
    headline = "AP"
    lower_is_better = False
    labels = "boxes"
    archs: tuple[str, ...] = ("fcos", "retinanet", "ssdlite", "fasterrcnn")
    losses: tuple[str, ...] = ()
    test_time: tuple[str, ...] = ("flip", "crops")

    def find(self, name_or_path: str | Path, root: str | Path | None = None) -> RealSet:
        """A COCO folder or file, or a named real set."""
        return find_real(name_or_path, root)

    def read(self, found: RealSet, split: str | None = None) -> CocoSplit:
        """One split of it."""
        return with_sound_pictures(read_split(found, split))

    def require_comparable(self, split: CocoSplit, classes: Sequence[str]) -> None:
        """Network and split must share a class."""
        shared_classes(split, classes)


DESCRIPTION = DetectionDescription()
