"""Labelled pictures as folders: one folder a class, in one folder a split (`train/apple/1.jpg`)."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from synthvis.data.formats.base import DataFormat, SplitFiles, SplitSource
from synthvis.data.left_out import LeftOutCounter
from synthvis.data.sample import Sample
from synthvis.data.split import EmptySplit, Split, class_key
from synthvis.errors import RealDataError

__all__ = ["CLASS_FOLDERS", "ClassFolders"]

SPLIT_NAMES = ("train", "val", "test")
"""A folder that holds one of these holds splits; any other is one split by itself."""

WHOLE = "all"
"""The split of a folder that has none."""

SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".bmp", ".webp", ".tif", ".tiff", ".ppm", ".pgm"})


class ClassFolders(DataFormat):
    """One folder a class."""

    name = "class-folders"
    about = "a folder with train/CLASS and val/CLASS"

    def find(self, path: Path) -> Mapping[str, SplitFiles] | None:
        """Any folder that holds no annotations/."""
        if not path.is_dir() or (path / "annotations").is_dir():
            return None
        inside = {folder.name: folder for folder in _visible_folders(path)}
        folders = inside if inside.keys() & set(SPLIT_NAMES) else {WHOLE: path}
        return {name: SplitFiles(pictures=folder, labels=folder) for name, folder in folders.items()}

    def read(self, source: SplitSource) -> Split:
        """List the pictures by class and file name; what is no picture, hidden or an empty folder is left out.

        Raises:
            RealDataError: It has no class folder, or two folders are one class.
            EmptySplit: No class folder holds a picture.
        """
        folder = source.files.pictures
        classes = _visible_folders(folder)
        if not classes:
            hint = "put pictures into FOLDER/train/CLASS and FOLDER/val/CLASS"
            raise RealDataError(f"{folder} has no class folders", hint=hint)
        _check_distinct(folder, classes)
        counter = LeftOutCounter()
        pictures = {path.name: _pictures(path, counter) for path in classes}
        empty = [name for name, paths in pictures.items() if not paths]
        if len(empty) == len(classes):
            hint = f"read are {', '.join(sorted(SUFFIXES))}"
            raise EmptySplit(f"{folder}: no class folder holds a picture", hint=hint)
        for name in empty:
            counter.add("categories", "its folder holds no picture", name)
        listed = [(path, name) for name, paths in pictures.items() for path in paths]
        return Split(
            name=source.name,
            kind=source.kind,
            split=source.split,
            images=tuple(Sample(id=k, path=path, class_name=name) for k, (path, name) in enumerate(listed, start=1)),
            class_names=tuple(name for name in pictures if pictures[name]),
            label_form="images",
            left_out=counter.result(),
        )


CLASS_FOLDERS = ClassFolders()


def _check_distinct(folder: Path, classes: list[Path]) -> None:
    seen: dict[str, str] = {}
    for path in classes:
        other = seen.setdefault(class_key(path.name), path.name)
        if other != path.name:
            raise RealDataError(
                f"{folder}: the folders {other} and {path.name} are one class",
                hint="class names are compared without case, spaces, hyphens and underscores: merge or rename them",
            )


def _visible_folders(folder: Path) -> list[Path]:
    try:
        return sorted(path for path in folder.iterdir() if path.is_dir() and not path.name.startswith("."))
    except OSError as error:
        raise RealDataError(f"cannot read {folder}: {error.strerror or error}") from error


def _pictures(folder: Path, counter: LeftOutCounter) -> list[Path]:
    """Pictures directly in a class folder, by name."""
    try:
        files = sorted(path for path in folder.iterdir() if not path.name.startswith("."))
    except OSError as error:
        raise RealDataError(f"cannot read {folder}: {error.strerror or error}") from error
    found = []
    for path in files:
        if path.suffix.lower() in SUFFIXES and path.is_file():
            found.append(path)
        else:
            counter.add("images", "not a picture", f"{folder.name}/{path.name}")
    return found
