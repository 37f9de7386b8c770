"""COCO's run-length masks: the only module that hands masks to the C code of pycocotools, and what is looked at first.

pycocotools checks nothing: a damaged string reads memory that is not its own, hangs, or asks for as much memory as a
number in a file says. So every mask from outside becomes a `CompressedRle`, whose runs are known to cover its picture.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypedDict

import numpy as np
from numpy.typing import NDArray
from pycocotools import mask as coco_mask

from synthvis.errors import DatasetError
from synthvis.formats.image_size import MAX_IMAGE_PIXELS

__all__ = ["CompressedRle", "RleObject", "decode_mask", "encode_mask", "fault_of_polygon"]

MIN_POLYGON_NUMBERS = 6
FIRST_CHARACTER = 48
"""Character of the digit 0; digits have six bits."""

MAX_DIGITS = 8
"""Of one number: 40 bits, more than any run of a picture needs; the C code shifts without looking."""

REPEATED_DIFFERENCES = 3
"""From the fourth run on, the string holds the difference to the run two before."""

Rle = dict[str, Any]
"""What pycocotools takes: {"size": [H, W], "counts": bytes}."""


class RleObject(TypedDict):
    """A mask as JSON files have it: height and width, and the runs as COCO's string."""

    size: list[int]
    counts: str


@dataclass(frozen=True, slots=True)
class CompressedRle:
    """A mask as compressed runs that cover its picture exactly; made in no other way than checked.

    Attributes:
        image_hw: Height and width, pixels.
        counts: COCO's string of run lengths, column by column, beginning with background.

    Raises:
        DatasetError: The size is none of a picture, or the runs are damaged or do not add up to it.
    """

    image_hw: tuple[int, int]
    counts: bytes

    def __post_init__(self) -> None:
        pixels = _pixels(self.image_hw)
        runs = _runs_of(self.counts)
        if sum(runs) != pixels:
            raise _refused(f"the runs do not add up to the size, {sum(runs)} against {pixels} pixels")
        # Runs of nothing inside end the loops of pycocotools' merge and IoU too early.
        if 0 in runs[1:]:
            object.__setattr__(self, "counts", _encoded(_without_empty(runs), self.image_hw))

    @classmethod
    def of_json(cls, value: object, image_hw: tuple[int, int] | None = None) -> CompressedRle:
        """A mask as it stands in a file: {"size": [H, W], "counts": a string or a list of runs}.

        Args:
            value: What the file holds.
            image_hw: Height and width of the picture it must belong to; None: any.

        Raises:
            DatasetError: It is no mask, or one of another size.
        """
        size = value.get("size") if isinstance(value, Mapping) else None
        counts = value.get("counts") if isinstance(value, Mapping) else None
        if not isinstance(size, Sequence) or len(size) != 2 or not all(type(side) is int for side in size):
            raise _refused("its size is not [height, width]")
        own_hw = (size[0], size[1])
        if image_hw is not None and own_hw != tuple(image_hw):
            raise _refused(f"made for {list(map(_short, own_hw))}, the image is {list(image_hw)}")
        if isinstance(counts, str) and counts.isascii():
            return cls(own_hw, counts.encode("ascii"))
        if isinstance(counts, bytes):
            return cls(own_hw, counts)
        if isinstance(counts, Sequence) and not isinstance(counts, str):
            return cls.of_runs(counts, own_hw)
        raise _refused("its counts are neither a string nor a list")

    @classmethod
    def of_runs(cls, runs: Sequence[object], image_hw: tuple[int, int]) -> CompressedRle:
        """A mask of a list of run lengths, which COCO files have for crowds.

        Raises:
            DatasetError: The runs are no lengths, or do not add up to the picture.
        """
        pixels = _pixels(image_hw)
        lengths = [run for run in runs if type(run) is int and run >= 0]
        if len(lengths) != len(runs) or sum(lengths) != pixels:
            raise _refused("the runs do not add up to the size")
        return cls(image_hw, _encoded(_without_empty(lengths), image_hw))

    @classmethod
    def of_polygons(cls, polygons: object, image_hw: tuple[int, int]) -> CompressedRle:
        """The union of polygons, each a list x, y, x, y, ... in pixels, filled as pycocotools fills them.

        Raises:
            DatasetError: A list is no polygon, or reaches absurdly far beyond the picture.
        """
        _pixels(image_hw)
        checked = _checked_polygons(polygons, image_hw)
        merged = coco_mask.merge(coco_mask.frPyObjects(checked, *image_hw))
        return cls(image_hw, bytes(merged["counts"]))

    @classmethod
    def of_mask(cls, mask: NDArray[np.bool_]) -> CompressedRle:
        """Of an (H, W) bool mask."""
        rle = coco_mask.encode(np.asfortranarray(mask, dtype=np.uint8))
        return cls((int(rle["size"][0]), int(rle["size"][1])), bytes(rle["counts"]))

    def decode(self) -> NDArray[np.bool_]:
        """(H, W) bool."""
        return np.ascontiguousarray(coco_mask.decode(self._for_c()), dtype=np.bool_)

    @property
    def area_px(self) -> int:
        """Pixels of the mask."""
        return int(coco_mask.area(self._for_c()))

    def to_json(self) -> RleObject:
        """`{"size": [H, W], "counts": str}`, which pycocotools takes as well."""
        return {"size": list(self.image_hw), "counts": self.counts.decode("ascii")}

    def _for_c(self) -> Rle:
        return {"size": list(self.image_hw), "counts": self.counts}


def encode_mask(mask: NDArray[np.bool_]) -> RleObject:
    """Compressed COCO RLE of an (H, W) bool mask: `{"size": [H, W], "counts": str}`."""
    return CompressedRle.of_mask(mask).to_json()


def decode_mask(rle: object, image_hw: tuple[int, int] | None = None) -> NDArray[np.bool_]:
    """(H, W) bool mask of a COCO RLE, which must be of `image_hw` where that is given.

    Raises:
        DatasetError: `rle` is not one.
    """
    return CompressedRle.of_json(rle, image_hw).decode()


def fault_of_polygon(polygon: object, image_hw: tuple[int, int]) -> str | None:
    """Why a list x, y, x, y, ... in pixels is no polygon of a picture; None where it is one."""
    # pycocotools would take four numbers for a box, and reads past the end of an odd list.
    if not isinstance(polygon, list) or len(polygon) < MIN_POLYGON_NUMBERS or len(polygon) % 2:
        return "a polygon needs three corners of x and y"
    reach = sum(image_hw)
    try:
        total, low, high = sum(polygon), min(polygon), max(polygon)
        if not math.isfinite(total):
            return "a polygon with numbers that are not finite"
    except (TypeError, OverflowError):
        return "a polygon holds what is no number"
    return None if low >= -reach and high <= 2 * reach else "a polygon reaches far out of its picture"


def _pixels(image_hw: tuple[int, int]) -> int:
    height, width = image_hw
    if min(height, width) < 1 or height * width > MAX_IMAGE_PIXELS:
        raise _refused(f"{_short(height)} x {_short(width)} is the size of no picture")
    return height * width


def _runs_of(counts: bytes) -> list[int]:
    """Run lengths of a compressed string.

    The code (pycocotools' maskApi.c, rleToString): base 32 with the lowest digit first, six bits a character from "0",
    of which one says "more follows" and the top one of the last digit is the sign; from the fourth run on, the
    difference to the run two before.
    """
    runs: list[int] = []
    value = shift = 0
    for character in counts:
        digit = character - FIRST_CHARACTER
        if not 0 <= digit < 64 or shift >= 5 * MAX_DIGITS:
            raise _refused("damaged runs")
        value |= (digit & 31) << shift
        shift += 5
        if digit & 32:
            continue
        if digit & 16:
            value -= 1 << shift
        run = value + runs[-2] if len(runs) >= REPEATED_DIFFERENCES else value
        if run < 0:
            raise _refused("damaged runs")
        runs.append(run)
        value = shift = 0
    if shift:
        raise _refused("damaged runs")
    return runs


def _without_empty(runs: Sequence[int]) -> list[int]:
    """The same mask with no run of nothing but the first."""
    kept = [runs[0]]
    is_mask = False
    for position, run in enumerate(runs[1:], 1):
        if run == 0:
            continue
        if bool(position % 2) == is_mask:
            kept[-1] += run
        else:
            kept.append(run)
            is_mask = not is_mask
    return kept


def _encoded(runs: list[int], image_hw: tuple[int, int]) -> bytes:
    return bytes(coco_mask.frPyObjects({"size": list(image_hw), "counts": runs}, *image_hw)["counts"])


def _checked_polygons(polygons: object, image_hw: tuple[int, int]) -> list[list[float]]:
    """Polygons that pycocotools can fill in time and memory that the picture's size bounds.

    It walks each edge in steps of a fifth of a pixel, and keeps them all.
    """
    if not isinstance(polygons, Sequence) or not polygons:
        raise _refused("a polygon needs three corners of x and y")
    for polygon in polygons:
        if fault := fault_of_polygon(polygon, image_hw):
            raise _refused(fault)
    # No outline is longer than all sides of all pixels.
    if sum(map(_length, polygons)) > 4 * (image_hw[0] + 1) * (image_hw[1] + 1) + 8 * sum(image_hw):
        raise _refused("polygons longer than all the edges of its pixels")
    return [list(map(float, polygon)) for polygon in polygons]


def _length(polygon: Sequence[float]) -> float:
    """Of the closed outline, the longer of the two coordinates an edge."""
    return sum(_longest_sides(polygon))


def _longest_sides(polygon: Sequence[float]) -> Iterable[float]:
    x, y = polygon[0::2], polygon[1::2]
    for k in range(len(x)):
        yield max(abs(x[k] - x[k - 1]), abs(y[k] - y[k - 1]))


def _short(number: int) -> object:
    return number if abs(number) < 10**12 else "a huge number"


def _refused(why: str) -> DatasetError:
    return DatasetError(f"not a COCO segmentation (RLE or polygons): {why}")
