"""Labelled pictures as folders: one folder a class, in one folder a split (`train/apple/1.jpg`)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

from synthvis.data.coco_split import EmptySplit, class_key
from synthvis.data.left_out import LeftOut, LeftOutCounter
from synthvis.data.real import named_roots
from synthvis.errors import RealDataError

__all__ = ["KNOWN_FOLDERS", "FolderImage", "FolderSet", "FolderSplit", "find_folder", "read_folder_split"]

KNOWN_FOLDERS = {"grocery": "smartphone photographs of fruit, vegetables and cartons in shops, 43 classes"}
"""Benchmarks of this form that have a name."""

SPLIT_NAMES = ("train", "val", "test")
"""A folder that holds one of these holds splits; any other is one split by itself."""

WHOLE = "all"
"""The split of a folder that has none."""

SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".bmp", ".webp", ".tif", ".tiff", ".ppm", ".pgm"})
FORM = "put pictures into FOLDER/train/CLASS and FOLDER/val/CLASS"


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderSet:
    """A set of class folders on disk.

    Attributes:
        name: Its short name.
        kind: "real", or "synthetic" where a dataset.json of synthvis lies beside the splits.
        folders: Folder of the class folders by split.
        default_split: The one that is meant where none is named.
    """

    name: str
    kind: str
    folders: dict[str, Path]
    default_split: str

    @property
    def splits(self) -> tuple[str, ...]:
        """Names of its splits."""
        return tuple(sorted(self.folders))


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderImage:
    """One picture and the class whose folder it lies in."""

    path: Path
    class_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderSplit:
    """One split: its pictures by class and file name, and the names of the classes that have one."""

    name: str
    kind: str
    split: str
    images: tuple[FolderImage, ...]
    class_names: tuple[str, ...]
    left_out: LeftOut = field(default_factory=LeftOut)

    @property
    def label_count(self) -> int:
        """What there is to learn from: one class a picture."""
        return len(self.images)

    def of_classes(self, wanted: Iterable[str]) -> FolderSplit:
        """The pictures of those of its classes only."""
        kept = set(wanted)
        return replace(
            self,
            images=tuple(image for image in self.images if image.class_name in kept),
            class_names=tuple(name for name in self.class_names if name in kept),
        )


def find_folder(name_or_path: str | Path, root: str | Path | None = None) -> FolderSet | None:
    """A set of class folders by its registered name or folder; `NAME:SPLIT` sets the default split.

    Args:
        name_or_path: "grocery", "grocery:train" or a folder.
        root: Folder that holds the named sets; the default is SYNTHVIS_REAL, then the cache.

    Returns:
        None where the name is no registered one and there is no such folder.

    Raises:
        RealDataError: The registered set is not there, or has no such split.
    """
    text = str(name_or_path)
    if text in KNOWN_FOLDERS:
        return _named(text, root)
    if text and Path(text).is_dir():
        return _from_folder(Path(text), Path(text).resolve().name)
    base, _, split = text.rpartition(":")
    found = find_folder(base, root) if base else None
    if found is None:
        return None
    _require_split(found, split)
    return replace(found, default_split=split)


def read_folder_split(found: FolderSet, split: str | None = None) -> FolderSplit:
    """List the pictures of one split; what is no picture, hidden or an empty class folder is left out and counted.

    Raises:
        RealDataError: There is no such split, it has no class folder, or two folders are one class.
        EmptySplit: No class folder holds a picture.
    """
    chosen = split or found.default_split
    _require_split(found, chosen)
    folder = found.folders[chosen]
    classes = _visible_folders(folder)
    if not classes:
        raise RealDataError(f"{folder} has no class folders", hint=FORM)
    _require_distinct(folder, classes)
    counter = LeftOutCounter()
    pictures = {path.name: _pictures(path, counter) for path in classes}
    empty = [name for name, paths in pictures.items() if not paths]
    if len(empty) == len(classes):
        raise EmptySplit(f"{folder}: no class folder holds a picture", hint=f"read are {', '.join(sorted(SUFFIXES))}")
    for name in empty:
        counter.add("categories", "its folder holds no picture", name)
    return FolderSplit(
        name=found.name,
        kind=found.kind,
        split=chosen,
        images=tuple(FolderImage(path=path, class_name=name) for name, paths in pictures.items() for path in paths),
        class_names=tuple(name for name in pictures if pictures[name]),
        left_out=counter.result(),
    )


def _named(name: str, root: str | Path | None) -> FolderSet:
    roots = named_roots(root)
    for folder in roots:
        if (folder / name).is_dir():
            return _from_folder(folder / name, name)
    raise RealDataError(
        f"no photographs of '{name}' in {', '.join(map(str, roots))}",
        hint=f"set SYNTHVIS_REAL (or --real-root) to the folder that holds {name}/train/CLASS and {name}/val/CLASS",
    )


def _from_folder(root: Path, name: str) -> FolderSet:
    inside = {path.name: path for path in _visible_folders(root)}
    folders = inside if inside.keys() & set(SPLIT_NAMES) else {WHOLE: root}
    return FolderSet(
        name=name,
        kind="synthetic" if (root / "dataset.json").is_file() else "real",
        folders=folders,
        default_split="val" if "val" in folders else min(folders),
    )


def _require_split(found: FolderSet, split: str) -> None:
    if split not in found.folders:
        raise RealDataError(f"{found.name} has no split '{split}'", hint=f"it has: {', '.join(found.splits)}")


def _require_distinct(folder: Path, classes: list[Path]) -> None:
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
