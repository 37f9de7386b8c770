"""What is known of semantic segmentation before torch is loaded."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from synthvis.data.map_folder import MapFolder
from synthvis.data.picture_files import with_sound_pictures
from synthvis.data.real import RealSet
from synthvis.data.semantic_split import SemanticSplit, find_semantic, read_semantic
from synthvis.train.semantic.classes import shared_classes

__all__ = ["DESCRIPTION", "SemanticDescription"]


class SemanticDescription:
    """The class of each pixel, from masks or from pictures of labels."""

    name = "semantic"
    headline = "mIoU"
    lower_is_better = False
    labels = "label masks"
    archs: tuple[str, ...] = ("unet", "unet4", "deeplabv3plus", "fcn", "lraspp")
    losses: tuple[str, ...] = ("ce", "ce+dice")
    test_time: tuple[str, ...] = ("flip",)

    def find(self, name_or_path: str | Path, root: str | Path | None = None) -> RealSet | MapFolder:
        """A COCO set with masks, or a folder of pictures, labels/ and classes.txt."""
        return find_semantic(name_or_path, root)

    def read(self, found: RealSet | MapFolder, split: str | None = None) -> SemanticSplit:
        """One split of it."""
        return with_sound_pictures(read_semantic(found, split))

    def require_comparable(self, split: SemanticSplit, classes: Sequence[str]) -> None:
        """Network and split must share a class besides the background."""
        shared_classes(split, classes)


DESCRIPTION = SemanticDescription()
