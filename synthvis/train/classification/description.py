"""What is known of classification before torch is loaded."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from synthvis.config.validate import nearest
from synthvis.data.coco_split import CocoSplit
from synthvis.data.image_folder import KNOWN_FOLDERS, FolderSet, FolderSplit, find_folder, read_folder_split
from synthvis.data.picture_files import with_sound_pictures
from synthvis.data.real import KNOWN, RealSet, find_real, read_split
from synthvis.data.subset import shared_classes
from synthvis.errors import RealDataError

__all__ = ["DESCRIPTION", "ClassificationDescription"]


class ClassificationDescription:
    """One class of each object of a COCO set, or of each picture in folders by class."""

    name = "classification"
    headline = "accuracy"
    lower_is_better = False
    labels = "labels"
    archs: tuple[str, ...] = ("linear",)
    losses: tuple[str, ...] = ()
    test_time: tuple[str, ...] = ("flip", "crops")

    def find(self, name_or_path: str | Path, root: str | Path | None = None) -> RealSet | FolderSet:
        """A COCO folder or file, a folder of class folders, or a named real set of either form."""
        text = str(name_or_path)
        base, _, _ = text.rpartition(":")
        for path in (Path(text), Path(base or text)):
            if path.is_file() or (path / "annotations").is_dir():
                return find_real(text, root)
        if text in KNOWN or base in KNOWN:
            return find_real(text, root)
        found = find_folder(text, root)
        if found is None:
            known = {**KNOWN, **KNOWN_FOLDERS}
            raise RealDataError(
                f"no set called '{text}', and no such folder or file{nearest(base or text, known)}",
                hint="or name a folder with train/CLASS and val/CLASS, a COCO folder or a COCO JSON file",
            )
        return found

    def read(self, found: RealSet | FolderSet, split: str | None = None) -> CocoSplit | FolderSplit:
        """One split of it."""
        return with_sound_pictures(
            read_folder_split(found, split) if isinstance(found, FolderSet) else read_split(found, split)
        )

    def require_comparable(self, split: CocoSplit | FolderSplit, classes: Sequence[str]) -> None:
        """Network and split must share a class."""
        shared_classes(split, classes)


DESCRIPTION = ClassificationDescription()
