"""Objects of one view pasted onto another by their masks."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import torch
from torch import Tensor
from torchvision.ops import masks_to_boxes

from synthvis.train.views.cutout import HIDDEN_KEYPOINT
from synthvis.train.views.recipe import CopyPaste

__all__ = ["draw_pasted", "pasted"]

View = Mapping[str, Tensor]


def draw_pasted(
    view: View, other: View, part: CopyPaste, rng: np.random.Generator, *, boxes_follow: bool = True
) -> dict[str, Tensor]:
    """`pasted` with some of the other view's objects that have a mask; the view itself where there are none."""
    with_mask = np.flatnonzero([bool(mask.any()) for mask in other["masks"]])
    if not len(with_mask):
        return dict(view)
    count = min(len(with_mask), int(rng.integers(part.objects[0], part.objects[1] + 1)))
    chosen = np.sort(rng.choice(with_mask, count, replace=False))
    return pasted(view, other, torch.from_numpy(chosen), part.drop_hidden, boxes_follow=boxes_follow)


def pasted(
    view: View, other: View, chosen: Tensor, drop_hidden: float, *, boxes_follow: bool = True
) -> dict[str, Tensor]:
    """The chosen objects of `other` over `view`, at their own places.

    Ghiasi et al.: Simple Copy-Paste is a Strong Data Augmentation Method for Instance Segmentation (CVPR 2021,
    arXiv:2012.07177), without blending. What they cover is taken from the masks beneath. A box beneath follows its
    mask: each side moves as far as that side of the mask does, so that a margin stays. An object of which more than
    `drop_hidden` of the mask is covered is left out; one without a mask stays as it is.

    Args:
        view: "image", "boxes", "labels", "masks", and "keypoints" where it has them.
        other: The same.
        chosen: Indices of the other's objects.
        drop_hidden: 0 to 1.
        boxes_follow: False where boxes are around whole objects, hidden parts too.
    """
    over = {name: other[name][chosen] for name in view if name != "image"}
    cover = (over["masks"] > 0).any(dim=0)
    beneath = {name: value for name, value in view.items() if name != "image"}
    before = view["masks"]
    after = before * ~cover
    had, left = (masks.flatten(1).ne(0).sum(dim=1) for masks in (before, after))
    beneath["masks"] = after
    if boxes_follow:
        beneath["boxes"] = _followed(view["boxes"], before, after)
    if "keypoints" in beneath:
        beneath["keypoints"] = _covered(beneath["keypoints"], cover)
    stays = (had == 0) | ((left > 0) & (left >= (1 - drop_hidden) * had))
    both = {name: torch.cat([beneath[name][stays], over[name]]) for name in beneath}
    return {"image": torch.where(cover, other["image"], view["image"]), **both}


def _followed(boxes_xyxy_px: Tensor, before: Tensor, after: Tensor) -> Tensor:
    moved = boxes_xyxy_px.clone()
    for k in range(len(boxes_xyxy_px)):
        if after[k].any() and not torch.equal(before[k], after[k]):
            # Tight boxes of masks end on the last pixel instead of after it, both alike.
            tight_before, tight_after = masks_to_boxes(torch.stack([before[k], after[k]]))
            moved[k] += tight_after - tight_before
    return moved


def _covered(points_xyv: Tensor, cover: Tensor) -> Tensor:
    rows, columns = (points_xyv[..., axis].long().clamp(0, cover.shape[1 - axis] - 1) for axis in (1, 0))
    seen = torch.where(cover[rows, columns], points_xyv[..., 2].clamp(max=HIDDEN_KEYPOINT), points_xyv[..., 2])
    return torch.cat([points_xyv[..., :2], seen[..., None]], dim=-1)
