"""Folders of pictures and, for each, a map of the same size: depth, normals or classes, of renders and photographs.

images/val/x.jpg  depth/val/x.png        with splits, as rendered datasets are
rgb/x.png         depth/x.png            without: everything is the split "val"
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from synthvis.data.coco_split import EmptySplit
from synthvis.data.left_out import LeftOut
from synthvis.data.real import named_roots
from synthvis.dataset.manifest import open_dataset
from synthvis.errors import DatasetError, RealDataError
from synthvis.formats.depth import DepthEncoding
from synthvis.formats.png_header import read_png_header

__all__ = [
    "MapFolder",
    "MapKind",
    "MapPair",
    "MapSplit",
    "find_map_folder",
    "read_map_split",
    "split_suffix",
]

PICTURE_FOLDERS = ("images", "rgb")
PICTURE_SUFFIXES = (".jpg", ".jpeg", ".png", ".bmp", ".webp")
ONLY_SPLIT = "val"
"""Name of the split of a folder without any: what is measured on where nothing else is said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MapKind:
    """A kind of label map and how its files are stored.

    Attributes:
        name: What it is called in messages, e.g. "depth".
        folder: Name of the folder that holds the maps.
        meaning: Of the values, for messages.
        stored_as: The PNG header that is right, such as "8-bit RGB".
        encoding: Of a depth map: how it is stored, in place of `stored_as`.
    """

    name: str
    folder: str
    meaning: str
    stored_as: str = ""
    encoding: DepthEncoding | None = None

    @property
    def suffix(self) -> str:
        """Ending of the maps, without the dot."""
        return self.encoding.suffix if self.encoding else "png"

    def size_of(self, path: Path) -> tuple[int, int]:
        """Height and width of a map, from its first bytes.

        Raises:
            DatasetError: It is stored in another form.
        """
        if self.encoding is not None:
            return self.encoding.size_of(path)
        header = read_png_header(path)
        if str(header) != self.stored_as:
            raise DatasetError(f"{path} is a {header} PNG; {self.name} is {self.stored_as}", hint=self.meaning)
        return header.image_hw

    def stored_with(self, encoding: DepthEncoding) -> MapKind:
        """The kind where a dataset says how its depth is stored."""
        return self if self.encoding is None else replace(self, encoding=encoding, meaning=encoding.meaning)


@dataclass(frozen=True, slots=True, kw_only=True)
class MapPair:
    """A picture and its map; `image_hw` is the map's size, which the picture's must equal."""

    id: int
    path: Path
    map_path: Path
    image_hw: tuple[int, int]
    maps: MapKind


@dataclass(frozen=True, slots=True, kw_only=True)
class MapFolder:
    """A folder of pictures and maps, not read yet.

    Attributes:
        name: Its short name.
        kind: "real", or "synthetic" for a dataset that synthvis rendered.
        root: The folder.
        folders: Folder of pictures and folder of maps by split.
        default_split: The split that is meant where none is named.
        maps: The kind of map, as it is stored there.
    """

    name: str
    kind: str
    root: Path
    folders: Mapping[str, tuple[Path, Path]]
    default_split: str
    maps: MapKind

    @property
    def splits(self) -> tuple[str, ...]:
        """Names of its splits."""
        return tuple(sorted(self.folders))

    def by_default(self, split: str) -> MapFolder:
        """The same folder with another default split.

        Raises:
            RealDataError: It has no such split.
        """
        if split not in self.folders:
            raise RealDataError(f"{self.name} has no split '{split}'", hint=f"it has: {', '.join(self.splits)}")
        return replace(self, default_split=split)


@dataclass(frozen=True, slots=True, kw_only=True)
class MapSplit:
    """The pictures and maps of one split, by file name."""

    name: str
    kind: str
    split: str
    images: tuple[MapPair, ...]
    class_names: tuple[str, ...] = ()
    left_out: LeftOut = field(default_factory=LeftOut)

    @property
    def label_count(self) -> int:
        """Maps to learn from."""
        return len(self.images)


def find_map_folder(
    name_or_path: str | Path, maps: MapKind, known: Mapping[str, str], root: str | Path | None = None
) -> MapFolder:
    """Find a folder of pictures and maps by its registered name or path. `NAME:SPLIT` sets the default split.

    Args:
        name_or_path: "nyu-mini", a folder, or either with a split.
        maps: The kind of map that is wanted.
        known: Sets that have a name, and what they are.
        root: Folder that holds the named sets; the default is SYNTHVIS_REAL, then the cache.

    Raises:
        RealDataError: Nothing is there, with what to type.
    """
    text = str(name_or_path)
    if text in known:
        return _named(text, maps, root)
    if Path(text).is_dir():
        return _from_folder(Path(text), Path(text).resolve().name, maps)
    base, split = split_suffix(text)
    if split:
        return find_map_folder(base, maps, known, root).by_default(split)
    names = f"names: {', '.join(known)}; or " if known else ""
    folders = f"a folder with images/ or rgb/ and {maps.folder}/"
    raise RealDataError(f"no {maps.name} set called '{text}', and no such folder", hint=f"{names}{folders}")


def split_suffix(text: str) -> tuple[str, str]:
    """What stands before and after the colon of NAME:SPLIT; an empty split where there is none."""
    base, _, split = text.rpartition(":")
    return (base, split) if base and split.isidentifier() else (text, "")


def read_map_split(found: MapFolder, split: str | None = None) -> MapSplit:
    """List one split and look at the header of each map; pictures are opened when they are needed.

    Raises:
        RealDataError: There is no such split, or a picture without its map.
        DatasetError: A map is stored in another form.
    """
    chosen = found.by_default(split or found.default_split)
    picture_folder, map_folder = chosen.folders[chosen.default_split]
    pictures = sorted(path for path in picture_folder.iterdir() if path.suffix.lower() in PICTURE_SUFFIXES)
    if not pictures:
        raise EmptySplit(f"{picture_folder} holds no picture", hint=f"wanted: {', '.join(PICTURE_SUFFIXES)}")
    pairs = tuple(_pair(number, path, map_folder, found.maps) for number, path in enumerate(pictures, start=1))
    return MapSplit(name=found.name, kind=found.kind, split=chosen.default_split, images=pairs)


def _pair(number: int, picture: Path, map_folder: Path, maps: MapKind) -> MapPair:
    map_path = map_folder / f"{picture.stem}.{maps.suffix}"
    if not map_path.is_file():
        raise RealDataError(
            f"{picture} has no {maps.name} map: no {map_path}", hint="put it there, or take the picture away"
        )
    return MapPair(id=number, path=picture, map_path=map_path, image_hw=maps.size_of(map_path), maps=maps)


def _named(name: str, maps: MapKind, root: str | Path | None) -> MapFolder:
    roots = named_roots(root)
    for folder in roots:
        if (folder / name).is_dir():
            return _from_folder(folder / name, name, maps)
    raise RealDataError(
        f"no pictures of '{name}' in {', '.join(map(str, roots))}",
        hint=f"set SYNTHVIS_REAL (or --real-root) to the folder that holds {name}/",
    )


def _from_folder(root: Path, name: str, maps: MapKind) -> MapFolder:
    pictures = next((root / folder for folder in PICTURE_FOLDERS if (root / folder).is_dir()), None)
    if pictures is None or not (root / maps.folder).is_dir():
        raise RealDataError(
            f"{root} has no {maps.name} maps: wanted are images/ or rgb/ and beside it {maps.folder}/",
            hint=f"{maps.folder}/ holds for each picture a file of the same name: {maps.meaning}",
        )
    is_rendered = (root / "dataset.json").is_file()
    if is_rendered and maps.encoding is not None:
        maps = maps.stored_with(open_dataset(root).layout.depth_encoding)
    folders = _split_folders(pictures, root / maps.folder)
    return MapFolder(
        name=name,
        kind="synthetic" if is_rendered else "real",
        root=root,
        folders=folders,
        default_split=ONLY_SPLIT if ONLY_SPLIT in folders else min(folders),
        maps=maps,
    )


def _split_folders(pictures: Path, maps: Path) -> dict[str, tuple[Path, Path]]:
    """A split for each folder of pictures that has a folder of maps of the same name."""
    inside = sorted(path.name for path in pictures.iterdir() if path.is_dir())
    found = {split: (pictures / split, maps / split) for split in inside if (maps / split).is_dir()}
    return found or {ONLY_SPLIT: (pictures, maps)}
