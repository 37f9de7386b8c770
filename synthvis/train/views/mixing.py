"""Images of a batch mixed with each other: mosaic, copy-paste, mixup and CutMix."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import Dataset
from torchvision.transforms import v2

from synthvis.seeds import integer_seed_for, rng_for
from synthvis.train.views.copy_paste import draw_pasted
from synthvis.train.views.mosaic import draw_mosaic
from synthvis.train.views.recipe import AugmentRecipe

__all__ = ["BatchMix", "KeyedViews", "blended"]

View = dict[str, Tensor]
Key = tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchMix:
    """Mixes the views of a batch; the result depends on the views, the seed and the first view's key only.

    That key stands for the step: it comes once in a run, for any number of workers and after a stop.

    Views with "boxes" are objects in places: mosaic, copy-paste where they have "masks" too, and mixup. Views with
    "probabilities" of classes, (C,) float32, get CutMix or mixup. Other views stay as they are.

    Attributes:
        recipe: What is done.
        seed: Seed of the run.
        boxes_follow: Whether the box of an object that is covered in part shrinks to the rest.
    """

    recipe: AugmentRecipe
    seed: int
    boxes_follow: bool = True

    def __call__(self, key: Key, views: Sequence[View]) -> list[View]:
        """The mixed views of a batch whose first view has that key, as many as there were."""
        epoch, index = key
        stream = f"mix/{index}"
        rng = rng_for(self.seed, epoch, stream)
        if "boxes" in views[0]:
            return self._mixed_objects(views, rng)
        if "probabilities" in views[0]:
            return self._mixed_classes(views, rng, integer_seed_for(self.seed, epoch, stream))
        return list(views)

    def _mixed_objects(self, views: Sequence[View], rng: np.random.Generator) -> list[View]:
        mosaic, paste, mixup = self.recipe.mosaic, self.recipe.copy_paste, self.recipe.mixup
        mixed = []
        for position, view in enumerate(views):
            chances = rng.random(3)
            others = [views[int(k)] for k in _others(position, len(views), 3, rng)]
            if mosaic is not None and chances[0] < mosaic.share:
                view = draw_mosaic([view, *others], mosaic, self.recipe.min_left, rng)
            if paste is not None and chances[1] < paste.share and "masks" in view:
                view = draw_pasted(view, others[0], paste, rng, boxes_follow=self.boxes_follow)
            if mixup is not None and chances[2] < mixup.share:
                view = blended(view, others[1], float(rng.beta(mixup.alpha, mixup.alpha)))
            mixed.append(view)
        return mixed

    def _mixed_classes(self, views: Sequence[View], rng: np.random.Generator, seed: int) -> list[View]:
        """One operation for the whole batch, as torchvision does it."""
        operation = self._operation(float(rng.random()))
        if operation is None:
            return list(views)
        images = torch.stack([view["image"] for view in views]).float()
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            images, wanted = operation(images, torch.stack([view["probabilities"] for view in views]))
        pixels = images.round().to(torch.uint8)
        return [{**view, "image": pixels[k], "probabilities": wanted[k]} for k, view in enumerate(views)]

    def _operation(self, chance: float) -> Any | None:
        mixup, cutmix = self.recipe.mixup, self.recipe.cutmix
        cut_share = 0.0 if cutmix is None else cutmix.share
        if cutmix is not None and chance < cut_share:
            return v2.CutMix(alpha=cutmix.alpha)
        return v2.MixUp(alpha=mixup.alpha) if mixup is not None and chance < cut_share + mixup.share else None


def blended(view: View, other: View, weight: float) -> View:
    """`weight` of a view and the rest of another, with the objects of both.

    Zhang, He, Zhang, Zhang, Xie, Li: Bag of Freebies for Training Object Detection Neural Networks (2019,
    arXiv:1902.04103), section 3.1, the images unmoved and every object counted in full.
    """
    image = torch.lerp(other["image"].float(), view["image"].float(), weight).round().to(torch.uint8)
    return {"image": image, **{name: torch.cat([view[name], other[name]]) for name in view if name != "image"}}


class KeyedViews(Dataset[tuple[Key, View]]):
    """Views, each with its key."""

    def __init__(self, views: Any) -> None:
        self._views = views

    def __len__(self) -> int:
        return len(self._views)

    def __getitem__(self, key: Key) -> tuple[Key, View]:
        return key, self._views[key]


def _others(position: int, count: int, wanted: int, rng: np.random.Generator) -> np.ndarray[Any, np.dtype[np.int64]]:
    """Places of other views, different ones as far as there are; in a batch of one the view itself."""
    rest = np.array([k for k in range(count) if k != position] or [position], dtype=np.int64)
    return rng.choice(rest, wanted, replace=len(rest) < wanted)
