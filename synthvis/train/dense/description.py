"""What is known before torch is loaded of tasks whose labels are a picture and a map of numbers in a file each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import ClassVar

from synthvis.data.map_folder import MapFolder, MapKind, MapSplit, find_map_folder, read_map_split
from synthvis.data.picture_files import with_sound_pictures

__all__ = ["MapDescription"]


class MapDescription:
    """A task whose labels are maps of numbers; there are no classes.

    Attributes:
        maps: How its maps are stored.
        known_sets: What its real sets with a name are.
    """

    name: str
    headline: str
    lower_is_better = True
    labels: str
    archs: tuple[str, ...] = ("unet4", "unet")
    losses: tuple[str, ...]
    test_time: tuple[str, ...] = ("flip",)
    maps: ClassVar[MapKind]
    known_sets: ClassVar[Mapping[str, str]]

    def find(self, name_or_path: str | Path, root: str | Path | None = None) -> MapFolder:
        """A rendered dataset, a folder of pictures and maps, or a named real set."""
        return find_map_folder(name_or_path, self.maps, self.known_sets, root)

    def read(self, found: MapFolder, split: str | None = None) -> MapSplit:
        """One split of it."""
        return with_sound_pictures(read_map_split(found, split))

    def require_comparable(self, split: MapSplit, classes: Sequence[str]) -> None:
        """Any map can be measured."""
