"""Folders of pictures and, for each, a map of the same size, of renders and photographs alike.

images/val/x.jpg  depth/val/x.png        with splits, as rendered datasets are
rgb/x.png         depth/x.png            without: everything is the split "val"
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from synthvis.data.formats.base import SplitFiles, SplitSource, is_rendered
from synthvis.data.maps.files import MapFile, MapKind
from synthvis.data.sample import Sample
from synthvis.data.split import EmptySplit
from synthvis.dataset.manifest import open_rendered
from synthvis.errors import RealDataError

__all__ = ["absence_of_maps", "map_samples", "map_splits"]

PICTURE_FOLDERS = ("images", "rgb")
PICTURE_SUFFIXES = (".jpg", ".jpeg", ".png", ".bmp", ".webp")
ONLY_SPLIT = "val"
"""Name of the split of a folder without any: what is measured on where nothing else is said."""


def map_splits(root: Path, maps: MapKind) -> Mapping[str, SplitFiles] | None:
    """A split for each folder of pictures that has a folder of maps of the same name."""
    pictures = next((root / folder for folder in PICTURE_FOLDERS if (root / folder).is_dir()), None)
    if pictures is None or not (root / maps.folder).is_dir():
        return None
    labels = root / maps.folder
    inside = sorted(path.name for path in pictures.iterdir() if path.is_dir())
    found = {
        split: SplitFiles(pictures=pictures / split, labels=labels / split)
        for split in inside
        if (labels / split).is_dir()
    }
    return found or {ONLY_SPLIT: SplitFiles(pictures=pictures, labels=labels)}


def absence_of_maps(path: Path, maps: MapKind) -> RealDataError:
    """A folder without pictures or without maps."""
    return RealDataError(
        f"{path} has no {maps.name} maps: wanted are images/ or rgb/ and beside it {maps.folder}/",
        hint=f"{maps.folder}/ holds for each picture a file of the same name: {maps.meaning}",
    )


def map_samples(source: SplitSource, maps: MapKind) -> tuple[Sample, ...]:
    """The pictures of a split by file name, each with its map, of which the header is looked at.

    Raises:
        EmptySplit: There is no picture.
        RealDataError: A picture has no map.
        DatasetError: A map is stored in another form.
    """
    folder = source.files.pictures
    pictures = sorted(path for path in folder.iterdir() if path.suffix.lower() in PICTURE_SUFFIXES)
    if not pictures:
        raise EmptySplit(f"{folder} holds no picture", hint=f"wanted: {', '.join(PICTURE_SUFFIXES)}")
    if maps.encoding is not None and is_rendered(source.root):
        maps = maps.stored_with(open_rendered(source.root).layout.depth_encoding)
    return tuple(_sample(number, path, source.files.labels, maps) for number, path in enumerate(pictures, start=1))


def _sample(number: int, picture: Path, map_folder: Path, maps: MapKind) -> Sample:
    path = map_folder / f"{picture.stem}.{maps.suffix}"
    if not path.is_file():
        raise RealDataError(
            f"{picture} has no {maps.name} map: no {path}", hint="put it there, or take the picture away"
        )
    return Sample(
        id=number, path=picture, labelled_hw=maps.size_of(path), maps={maps.name: MapFile(path=path, kind=maps)}
    )
