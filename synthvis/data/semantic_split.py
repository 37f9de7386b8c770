"""A class for each pixel: painted from COCO masks, or read from PNG maps beside pictures.

From masks: the background is a class of its own, called `background`; it takes all pixels that no mask covers. Larger
objects are painted first, so the smaller ones, which lie on them in photographs, stay whole; masks of renders share no
pixel, and the order changes nothing. Crowds of a known class are pixels to ignore, where no object is; of a crowd
without a mask that is its whole box.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from synthvis.config.validate import nearest
from synthvis.data.coco_split import CocoSplit, ImageEntry, LabelledBox, class_key
from synthvis.data.left_out import LeftOut
from synthvis.data.map_folder import MapFolder, MapPair, find_map_folder, read_map_split, split_suffix
from synthvis.data.map_kinds import CLASS_MAPS
from synthvis.data.masks import box_rle, mask_of
from synthvis.data.real import RealSet, find_real, read_split
from synthvis.errors import DatasetError, RealDataError, UsageError
from synthvis.formats.images import read_png

__all__ = ["BACKGROUND", "IGNORE", "SemanticSplit", "class_map", "find_semantic", "read_semantic"]

BACKGROUND = "background"
IGNORE = 255
"""Value of pixels whose class nobody knows; so there are at most 255 classes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SemanticSplit:
    """Pictures whose pixels have classes.

    Attributes:
        name: Name of the set.
        kind: "real" or "synthetic".
        split: "train", "val", ...
        images: With masks in COCO's form, or each with a map.
        class_names: Classes in order, `background` first where masks are painted.
        map_names: Class of each value of the maps; empty where masks are painted.
        left_out: What of the set could not be used.
    """

    name: str
    kind: str
    split: str
    images: tuple[ImageEntry | MapPair, ...]
    class_names: tuple[str, ...]
    map_names: tuple[str, ...] = field(default=())
    left_out: LeftOut = field(default_factory=LeftOut)

    @property
    def label_count(self) -> int:
        """What there is to learn from: masks of the classes, or maps."""
        known = {class_key(name) for name in self.class_names}
        return sum(1 if isinstance(image, MapPair) else _masks_of(image, known) for image in self.images)

    def of_classes(self, names: Iterable[str]) -> SemanticSplit:
        """The same images with those classes only; the others become background, or are ignored where there is none.

        Raises:
            UsageError: The split has no class of such a name.
        """
        own = {class_key(name) for name in self.class_names}
        wanted = {class_key(BACKGROUND)}
        for name in names:
            if class_key(name) not in own:
                raise UsageError(f"{self.name} has no class {name!r}{nearest(name, self.class_names)}")
            wanted.add(class_key(name))
        return replace(self, class_names=tuple(name for name in self.class_names if class_key(name) in wanted))


def find_semantic(name_or_path: str | Path, root: str | Path | None = None) -> RealSet | MapFolder:
    """A COCO set with masks, by name, folder or file; or a folder of pictures, labels/ and classes.txt.

    Raises:
        RealDataError: Nothing is there, with what to type.
    """
    text = str(name_or_path)
    folder = Path(text if Path(text).exists() else split_suffix(text)[0])
    if (folder / CLASS_MAPS.folder).is_dir() and not (folder / "annotations").is_dir():
        return find_map_folder(text, CLASS_MAPS, {}, root)
    return find_real(text, root)


def read_semantic(found: RealSet | MapFolder, split: str | None = None) -> SemanticSplit:
    """Read one split of a set.

    Raises:
        RealDataError: There is no such split, an object has no mask, or a picture no map.
        DatasetError: A map is stored in another form.
    """
    return _from_maps(found, split) if isinstance(found, MapFolder) else _from_masks(read_split(found, split))


def class_map(split: SemanticSplit, image: ImageEntry | MapPair, class_names: Sequence[str]) -> NDArray[np.uint8]:
    """Index in `class_names` of each pixel's class.

    Classes that are not among them become `background` where that is one of them, else IGNORE.

    Returns:
        (H, W) uint8.

    Raises:
        DatasetError: A mask or map cannot be decoded, or a map has a value that is no class.
    """
    index_of = {class_key(name): index for index, name in enumerate(class_names)}
    other = index_of.get(class_key(BACKGROUND), IGNORE)
    if isinstance(image, MapPair):
        return _looked_up(image, [index_of.get(class_key(name), other) for name in split.map_names])
    return _painted(image, index_of, other)


def _masks_of(image: ImageEntry, known: Container[str]) -> int:
    return sum(not box.is_crowd and class_key(box.class_name) in known for box in image.boxes)


def _from_masks(split: CocoSplit) -> SemanticSplit:
    boxes = [box for image in split.images for box in image.boxes if not box.is_crowd]
    without = sum(box.segmentation is None for box in boxes)
    if without:
        raise RealDataError(
            f"{without} of the {len(boxes)} objects of {split.name}:{split.split} have no mask",
            hint="each needs a segmentation, polygons or RLE; of COCO, the set coco-masks has them all",
        )
    clash = class_key(BACKGROUND) in {class_key(name) for name in split.class_names}
    names = split.class_names if clash else (BACKGROUND, *split.class_names)
    _require_room(names, split.name)
    return SemanticSplit(
        name=split.name,
        kind=split.kind,
        split=split.split,
        images=split.images,
        class_names=names,
        left_out=split.left_out,
    )


def _from_maps(found: MapFolder, split: str | None) -> SemanticSplit:
    names = _class_list(found.root / "classes.txt")
    pairs = read_map_split(found, split)
    return SemanticSplit(
        name=pairs.name, kind=pairs.kind, split=pairs.split, images=pairs.images, class_names=names, map_names=names
    )


def _class_list(path: Path) -> tuple[str, ...]:
    try:
        names = tuple(line.strip() for line in path.read_text(encoding="utf-8").strip().splitlines())
    except (OSError, UnicodeDecodeError) as error:
        hint = "one class a line; the first line is value 0 of the maps"
        raise RealDataError(f"cannot read {path}: {error}", hint=hint) from error
    if len({class_key(name) for name in names}) < len(names) or not all(names):
        raise RealDataError(f"{path} has an empty line or names a class twice")
    _require_room(names, str(path))
    return names


def _require_room(names: Sequence[str], where: str) -> None:
    if not 1 <= len(names) <= IGNORE:
        raise RealDataError(f"{where} has {len(names)} classes; 1 to {IGNORE} can be told apart")


def _looked_up(pair: MapPair, indices: Sequence[int]) -> NDArray[np.uint8]:
    values = read_png(pair.map_path)
    table = np.full(IGNORE + 1, IGNORE, dtype=np.uint8)
    table[: len(indices)] = indices
    strange = np.unique(values[(values >= len(indices)) & (values != IGNORE)])
    if strange.size:
        raise DatasetError(
            f"{pair.map_path} has the value {int(strange[0])}, classes.txt names {len(indices)} classes",
            hint="values count from 0 as the lines of classes.txt do; 255 is for pixels to ignore",
        )
    return np.asarray(table[values], dtype=np.uint8)


def _painted(image: ImageEntry, index_of: Mapping[str, int], other: int) -> NDArray[np.uint8]:
    canvas = np.full(image.image_hw, other, dtype=np.uint8)
    crowds_first = sorted(image.boxes, key=lambda box: (not box.is_crowd, -box.area_px))
    for box in crowds_first:
        index = index_of.get(class_key(box.class_name), other)
        if box.is_crowd and index == other:
            continue
        try:
            mask = _mask(box, image.image_hw)
        except DatasetError as error:
            raise DatasetError(f"{box.class_name} in {image.path.name}: {error.what}", hint=error.hint) from error
        canvas[mask] = IGNORE if box.is_crowd else index
    return canvas


def _mask(box: LabelledBox, image_hw: tuple[int, int]) -> NDArray[np.bool_]:
    if box.segmentation is None:
        return box_rle(box.bbox_xywh_px, image_hw).decode()
    return mask_of(box.segmentation, image_hw)
