"""Pictures with a map of classes each: images/, labels/ and classes.txt."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from synthvis.data.formats.base import DataFormat, SplitFiles, SplitSource
from synthvis.data.maps.files import CLASS_MAPS
from synthvis.data.maps.folders import absence_of_maps, map_samples, map_splits
from synthvis.data.maps.semantic import SemanticSplit, check_class_count
from synthvis.data.split import class_key
from synthvis.errors import RealDataError

__all__ = ["CLASS_MAP_FOLDERS", "ClassMapFormat"]


class ClassMapFormat(DataFormat):
    """The class of each pixel, by the lines of classes.txt."""

    name = "class-maps"
    about = "a folder with images/ or rgb/, labels/ and classes.txt"

    def find(self, path: Path) -> Mapping[str, SplitFiles] | None:
        """Splits that have pictures and maps."""
        return map_splits(path, CLASS_MAPS)

    def read(self, source: SplitSource) -> SemanticSplit:
        """The pictures and maps of one split, and the names of the values."""
        names = _class_list(source.root / "classes.txt")
        return SemanticSplit(
            name=source.name,
            kind=source.kind,
            split=source.split,
            images=map_samples(source, CLASS_MAPS),
            class_names=names,
            map_names=names,
        )

    def absence(self, path: Path) -> RealDataError:
        """Names the folders that are wanted."""
        return absence_of_maps(path, CLASS_MAPS)


CLASS_MAP_FOLDERS = ClassMapFormat()


def _class_list(path: Path) -> tuple[str, ...]:
    try:
        names = tuple(line.strip() for line in path.read_text(encoding="utf-8").strip().splitlines())
    except (OSError, UnicodeDecodeError) as error:
        hint = "one class a line; the first line is value 0 of the maps"
        raise RealDataError(f"cannot read {path}: {error}", hint=hint) from error
    if len({class_key(name) for name in names}) < len(names) or not all(names):
        raise RealDataError(f"{path} has an empty line or names a class twice")
    check_class_count(names, str(path))
    return names
