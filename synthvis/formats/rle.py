"""COCO's compressed run-length masks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pycocotools import mask as coco_mask

from synthvis.errors import DatasetError

__all__ = ["decode_mask", "encode_mask"]


def encode_mask(mask: NDArray[np.bool_]) -> dict[str, Any]:
    """Compressed COCO RLE of an (H, W) bool mask: `{"size": [H, W], "counts": str}`."""
    rle = coco_mask.encode(np.asfortranarray(mask, dtype=np.uint8))
    return {"size": [int(side) for side in rle["size"]], "counts": rle["counts"].decode("ascii")}


def decode_mask(rle: Mapping[str, Any]) -> NDArray[np.bool_]:
    """(H, W) bool mask of a compressed COCO RLE.

    Raises:
        DatasetError: `rle` is not one.
    """
    try:
        height, width = (int(side) for side in rle["size"])
        counts = rle["counts"]
        raw = counts.encode("ascii") if isinstance(counts, str) else bytes(counts)
        if _pixels_of_runs(raw) != height * width:
            raise ValueError("the runs do not add up to the size")
        mask = coco_mask.decode({"size": [height, width], "counts": raw})
    except (KeyError, TypeError, ValueError, UnicodeError, OverflowError) as error:
        raise DatasetError(f"not a compressed COCO RLE mask: {error!r}") from error
    return np.ascontiguousarray(mask, dtype=np.bool_)


def _pixels_of_runs(counts: bytes) -> int:
    """Sum of the runs of a compressed RLE.

    pycocotools does not look at it, and gives back whatever was in memory for the pixels that are missing.
    The code: base 32 with the lowest digit first, six bits a character from "0", of which one says "more follows" and
    the top one of the last digit is the sign; from the fourth run on, the difference to the run two before.
    """
    runs: list[int] = []
    value = shift = 0
    for character in counts:
        digit = character - 48
        value |= (digit & 31) << shift
        shift += 5
        if digit & 32:
            continue
        if digit & 16:
            value -= 1 << shift
        runs.append(value + runs[-2] if len(runs) > 2 else value)
        value = shift = 0
    if shift or any(run < 0 for run in runs):
        raise ValueError("damaged runs")
    return sum(runs)
