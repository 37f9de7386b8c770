"""The oriented boxes of objects: the smallest rectangles around their silhouettes, of what shows or of the whole."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from synthvis.data.formats.base import NamedSplit
from synthvis.data.formats.yolo.outlines import outline_of_mask
from synthvis.data.sample import LabelledObject, Sample, mask_of
from synthvis.data.split import Split
from synthvis.errors import UsageError

__all__ = ["check_whole_masks", "oriented_corners_px", "silhouette_of"]

Box = tuple[float, float, float, float]


def oriented_corners_px(mask: NDArray[np.bool_] | None, bbox_xywh_px: Box) -> NDArray[np.float64]:
    """(4, 2) corners of the smallest rectangle around the pixels of an (H, W) mask, which may reach out of the picture.

    Of a mask that is None or empty, the corners of the upright box.
    """
    import cv2

    centres_px = outline_of_mask(mask) if mask is not None else np.zeros((0, 2))
    if not len(centres_px):
        x, y, width, height = bbox_xywh_px
        return np.array([(x, y), (x + width, y), (x + width, y + height), (x, y + height)], dtype=np.float64)
    # A pixel reaches half a pixel from its centre.
    reach = np.array([(-0.5, -0.5), (0.5, -0.5), (0.5, 0.5), (-0.5, 0.5)])
    pixels = (centres_px[:, None] + reach[None]).reshape(-1, 2)
    return np.asarray(cv2.boxPoints(cv2.minAreaRect(pixels.astype(np.float32))), dtype=np.float64)


def silhouette_of(
    one: LabelledObject, image: Sample, split: Split, *, is_whole: bool = False
) -> NDArray[np.bool_] | None:
    """(H, W) bool of what shows of an object, or of the whole object inside the picture; None where it has no mask.

    Photographs have masks of what shows only.

    Raises:
        DatasetError: A mask cannot be decoded.
    """
    mask = _whole_mask(one) if is_whole and split.kind == "synthetic" else one.segmentation
    return None if mask is None else mask_of(mask, image.image_hw)


def check_whole_masks(splits: Sequence[NamedSplit]) -> None:
    """Refuse renders that do not hold the whole silhouettes of their objects.

    Raises:
        UsageError: With the count.
    """
    for split in (named.split for named in splits if named.split.kind == "synthetic"):
        # One image at a time: those of a large set lie on disk.
        known = Counter(
            _whole_mask(one) is not None for image in split.images for one in image.objects if not one.is_crowd
        )
        if known[False]:
            of = f"{known.total()} objects of {split.name}:{split.split}"
            raise UsageError(
                f"{known[False]} of {of} have no mask of the whole object",
                hint="export the dataset that `synthvis render` made, or draw around what shows: --boxes modal",
            )


def _whole_mask(one: LabelledObject) -> object | None:
    return None if one.more is None else one.more.get("amodal_segmentation")
