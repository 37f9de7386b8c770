"""Labelled pictures as folders: one folder a class, in one folder a split (`train/apple/1.jpg`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath
from urllib.parse import quote, unquote

import numpy as np
from numpy.typing import NDArray

from synthvis.data.contents import Content
from synthvis.data.derived.crops import Crop, crops_of
from synthvis.data.formats.base import DataFormat, ExportedImage, SplitFiles, SplitSource, check_objects
from synthvis.data.left_out import LeftOutCounter
from synthvis.data.picture_placing import place_picture
from synthvis.data.sample import Sample
from synthvis.data.split import EmptySplit, Split, class_key
from synthvis.errors import RealDataError, UsageError, quoted
from synthvis.formats.images import PICTURE_SUFFIXES, write_png

__all__ = ["IMAGE_FOLDER", "ImageFolder"]

SPLIT_NAMES = ("train", "val", "test")
"""A folder that holds one of these holds splits; any other is one split by itself."""

UNSAFE = '/\\:*?"<>|%'

MAX_NAME_BYTES = 255
"""NAME_MAX of Linux."""

SHOWN_CHARS = 60

WHOLE = "all"
"""The split of a folder that has none."""


class ImageFolder(DataFormat):
    """One folder a class."""

    name = "imagefolder"
    about = "a folder with train/CLASS and val/CLASS"
    serves = frozenset({Content.PICTURE_CLASSES})
    holds = frozenset({Content.PICTURE_CLASSES})

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
        pictures = {class_of_folder(path.name): _pictures(path, counter) for path in classes}
        empty = [name for name, paths in pictures.items() if not paths]
        if len(empty) == len(classes):
            hint = f"read are {', '.join(sorted(PICTURE_SUFFIXES))}"
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

    def check_writable(self, split: Split) -> None:
        """Pictures must have a class each, or objects boxes to be cut out."""
        if split.label_form != "images":
            check_objects(split, self.name)
        long = next((name for name in split.class_names if len(class_folder(name).encode()) > MAX_NAME_BYTES), None)
        if long is not None:
            raise UsageError(
                f"{self.name}: the class {quoted(long, SHOWN_CHARS)} is too long for the name of a folder",
                hint="rename it in the labels, or export to a format with a list of classes, such as --format coco",
            )

    def picture_path(self, split: str, file_name: str) -> PurePosixPath | None:
        """Crops are written with the labels."""
        return None

    def write_labels(self, images: Sequence[ExportedImage], folder: Path) -> None:
        """Write SPLIT/CLASS/NAME, of pictures with labelled objects a crop of each object as PNG."""
        for one in images:
            root = folder / one.split.split
            if one.image.class_name is not None:
                place_picture(one.image.path, root / class_folder(one.image.class_name) / one.file_name)
                continue
            crops = crops_of(replace(one.split, images=(one.image,)))
            if crops:
                _write_crops(crops, one.image.image, root, one.stem)


IMAGE_FOLDER = ImageFolder()


def _write_crops(crops: Sequence[Crop], pixels: NDArray[np.uint8], root: Path, stem: str) -> None:
    for number, crop in enumerate(crops, start=1):
        x0, y0, x1, y1 = crop.region_xyxy_px
        write_png(root / class_folder(crop.class_name) / f"{stem}_{number}.png", pixels[y0:y1, x0:x1])


def class_folder(class_name: str) -> str:
    """Name of the folder of a class; what cannot stand in a file name is written as in an address, %2F for a slash."""
    safe = "".join(one if one.isprintable() and one not in UNSAFE else quote(one, safe="") for one in class_name)
    return f"%2E{safe[1:]}" if safe.startswith(".") else safe


def class_of_folder(folder_name: str) -> str:
    """The class that `class_folder` gives this name; names that it would not give are classes as they are."""
    class_name = unquote(folder_name)
    is_ours = class_name.isprintable() and class_folder(class_name) == folder_name
    return class_name if is_ours else folder_name


def _check_distinct(folder: Path, classes: list[Path]) -> None:
    seen: dict[str, str] = {}
    for path in classes:
        other = seen.setdefault(class_key(class_of_folder(path.name)), path.name)
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
        if path.suffix.lower() in PICTURE_SUFFIXES and path.is_file():
            found.append(path)
        else:
            counter.add("images", "not a picture", f"{folder.name}/{path.name}")
    return found
