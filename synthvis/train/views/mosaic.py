"""Four views in one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import torch
from torch import Tensor

from synthvis.train.views.geometric import resized_window
from synthvis.train.views.recipe import Mosaic
from synthvis.train.views.sample import Sample, shift

__all__ = ["draw_mosaic", "mosaic"]

View = Mapping[str, Tensor]

MIDDLE = (0.25, 0.75)
"""Where in the picture the four may meet, as a share of its side."""


def draw_mosaic(views: Sequence[View], part: Mosaic, min_left: float, rng: np.random.Generator) -> dict[str, Tensor]:
    """`mosaic` of four views, with a window by chance."""
    size = views[0]["image"].shape[-1]
    window = round(size * float(rng.uniform(*part.zoom)))
    # The window contains the meeting point, and never leaves the four.
    x, y = (min(max(size - round(float(rng.uniform(*MIDDLE)) * window), 0), 2 * size - window) for _ in range(2))
    return mosaic(views, (x, y, window), min_left)


def mosaic(views: Sequence[View], window_xys_px: tuple[int, int, int], min_left: float) -> dict[str, Tensor]:
    """A square window of four views laid two by two, brought back to the size of one.

    Bochkovskiy, Wang, Liao: YOLOv4 (2020, arXiv:2004.10934).

    Args:
        views: Four of (3, S, S): top left, top right, bottom left, bottom right; "boxes", "labels", and "masks" and
            "keypoints" where they have them.
        window_xys_px: Left, top and side of the window in the 2S x 2S picture.
        min_left: Objects that keep less of their box in the window are left out.
    """
    size = views[0]["image"].shape[-1]
    image = torch.cat([torch.cat([v["image"] for v in views[k : k + 2]], dim=2) for k in (0, 2)], dim=1)
    placed = [_placed(view, (k % 2) * size, (k // 2) * size, image) for k, view in enumerate(views)]
    whole = _together(image, placed)
    sample = resized_window(whole, window_xys_px, size).without_slivers(min_left)
    view = {"image": sample.image, "boxes": sample.boxes_xyxy_px, "labels": sample.labels}
    view |= {} if sample.masks is None else {"masks": sample.masks}
    return view | ({} if sample.keypoints_xyv is None else {"keypoints": sample.keypoints_xyv})


def _placed(view: View, x: int, y: int, image: Tensor) -> Sample:
    """The objects of a view in the picture of four."""
    masks, size = view.get("masks"), view["image"].shape[-1]
    if masks is not None:
        wide = masks.new_zeros((len(masks), *image.shape[-2:]))
        wide[:, y : y + size, x : x + size] = masks
        masks = wide
    sample = Sample(
        image=view["image"],
        boxes_xyxy_px=view["boxes"],
        labels=view["labels"],
        left=torch.ones(len(view["labels"])),
        keypoints_xyv=view.get("keypoints"),
    )
    return sample.moved(shift(x, y), image, masks)


def _together(image: Tensor, placed: Sequence[Sample]) -> Sample:
    masks = [sample.masks for sample in placed if sample.masks is not None]
    points = [sample.keypoints_xyv for sample in placed if sample.keypoints_xyv is not None]
    return Sample(
        image=image,
        boxes_xyxy_px=torch.cat([sample.boxes_xyxy_px for sample in placed]),
        labels=torch.cat([sample.labels for sample in placed]),
        left=torch.cat([sample.left for sample in placed]),
        masks=torch.cat(masks) if masks else None,
        keypoints_xyv=torch.cat(points) if points else None,
    )
