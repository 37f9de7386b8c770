"""Pictures with a map of numbers each: depth, or normals."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from synthvis.data.contents import Content
from synthvis.data.formats.base import DataFormat, SplitFiles, SplitSource
from synthvis.data.maps.files import DEPTH_MAPS, NORMAL_MAPS, MapKind
from synthvis.data.maps.folders import absence_of_maps, map_samples, map_splits
from synthvis.data.split import Split
from synthvis.errors import RealDataError

__all__ = ["DEPTH_MAP_FOLDERS", "NORMAL_MAP_FOLDERS", "NumberMapFormat"]


class NumberMapFormat(DataFormat):
    """A folder of pictures and one of maps; of a rendered dataset, dataset.json says how depth is stored."""

    maps: MapKind

    def find(self, path: Path) -> Mapping[str, SplitFiles] | None:
        """Splits that have pictures and maps."""
        return map_splits(path, self.maps)

    def read(self, source: SplitSource) -> Split:
        """The pictures and maps of one split, by file name."""
        samples = map_samples(source, self.maps)
        return Split(name=source.name, kind=source.kind, split=source.split, images=samples, label_form="pixels")

    def absence(self, path: Path) -> RealDataError:
        """Names the folders that are wanted."""
        return absence_of_maps(path, self.maps)


class DepthMapFormat(NumberMapFormat):
    """Distance of each pixel."""

    name = "depth-maps"
    about = "a folder with images/ or rgb/ and depth/"
    maps = DEPTH_MAPS
    serves = frozenset({Content.DEPTH})


class NormalMapFormat(NumberMapFormat):
    """Surface normal of each pixel."""

    name = "normal-maps"
    about = "a folder with images/ or rgb/ and normals/"
    maps = NORMAL_MAPS
    serves = frozenset({Content.NORMALS})


DEPTH_MAP_FOLDERS = DepthMapFormat()
NORMAL_MAP_FOLDERS = NormalMapFormat()
