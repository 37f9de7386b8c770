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
        mask = coco_mask.decode({"size": [height, width], "counts": raw})
    except (KeyError, TypeError, ValueError, UnicodeError, OverflowError) as error:
        raise DatasetError(f"not a compressed COCO RLE mask: {error!r}") from error
    return np.ascontiguousarray(mask, dtype=np.bool_)
