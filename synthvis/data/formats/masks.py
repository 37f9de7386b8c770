"""Pictures with a map of classes each: images/, labels/ and classes.txt."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from synthvis.data.contents import Content
from synthvis.data.formats.base import DataFormat, ExportedImage, NamedSplit, SplitFiles, SplitSource
from synthvis.data.maps.files import CLASS_MAPS
from synthvis.data.maps.folders import absence_of_maps, map_samples, map_splits
from synthvis.data.maps.semantic import SemanticSplit, check_class_count, class_map, painted, pixel_class_names
from synthvis.data.split import Split, class_key
from synthvis.errors import RealDataError
from synthvis.formats.atomic import write_bytes_atomic
from synthvis.formats.images import write_png

__all__ = ["MASKS", "MaskFormat"]


class MaskFormat(DataFormat):
    """The class of each pixel, by the lines of classes.txt."""

    name = "masks"
    about = "a folder with images/ or rgb/, labels/ and classes.txt"
    serves = frozenset({Content.PIXEL_CLASSES})
    holds = frozenset({Content.PIXEL_CLASSES})
    wants = frozenset({Content.MASKS, Content.PIXEL_CLASSES})

    def find(self, path: Path) -> Mapping[str, SplitFiles] | None:
        """Splits that have pictures and maps, which are PNGs: other forms have labels/ as well."""
        labels = path / CLASS_MAPS.folder
        if not (path / CLASS_LIST).is_file() and next(labels.glob("**/*.png"), None) is None:
            return None
        return map_splits(path, CLASS_MAPS)

    def read(self, source: SplitSource) -> SemanticSplit:
        """The pictures and maps of one split, and the names of the values."""
        names = _class_list(source.root / CLASS_LIST)
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

    def check_writable(self, split: Split) -> None:
        """All objects must have masks, unless pixels have classes already."""
        painted(split)

    def write_labels(self, images: Sequence[ExportedImage], folder: Path) -> None:
        """Write labels/SPLIT/NAME.png."""
        for one in images:
            values = class_map(one.split, one.image, pixel_class_names(one.split))
            write_png(folder / CLASS_MAPS.folder / one.split.split / f"{one.stem}.png", values)

    def finish(self, splits: Sequence[NamedSplit], folder: Path) -> None:
        """Write classes.txt."""
        names = pixel_class_names(splits[0].split)
        write_bytes_atomic(folder / CLASS_LIST, "".join(f"{name}\n" for name in names).encode())


CLASS_LIST = "classes.txt"
MASKS = MaskFormat()


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
