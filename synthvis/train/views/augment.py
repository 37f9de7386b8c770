"""Random views of a labelled image by an augmentation recipe, and the recipe of a training."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import torch
from torch import Tensor

from synthvis.errors import UsageError
from synthvis.train.config import TrainConfig
from synthvis.train.views.cutout import cut_out
from synthvis.train.views.domain import DomainMatch
from synthvis.train.views.geometric import NO_PAIRS, Geometry
from synthvis.train.views.photometric import photometry
from synthvis.train.views.photos import PhotoPool
from synthvis.train.views.recipe import AugmentRecipe, Fourier, HistogramMatch
from synthvis.train.views.sample import Sample
from synthvis.train.views.strength import recipe_of_strength

__all__ = ["Augmentation", "augmentation_for", "recipe_of"]

MATCHED_SHARE = 0.3
"""Share of each kind of matching where photographs are given and the recipe does not say."""


class Augmentation:
    """Random views by a recipe, in a square with padding.

    Args:
        size: Side of the square, pixels.
        recipe: What is done.
        photos: Photographs to match, where the recipe does that.
        flip: False where left and right have a meaning that a mirror would spoil.
        flip_pairs: Indices of keypoints that change places in a mirror.
    """

    def __init__(
        self,
        size: int,
        recipe: AugmentRecipe,
        photos: PhotoPool | None = None,
        *,
        flip: bool = True,
        flip_pairs: Sequence[tuple[int, int]] = NO_PAIRS,
    ) -> None:
        recipe = recipe if flip else recipe.model_copy(update={"flip": None})
        self._domain = None if photos is None else DomainMatch(recipe, photos)
        self._geometry = Geometry(recipe, size, flip_pairs)
        self._photometry, self._cutout = photometry(recipe), recipe.cutout

    def __call__(
        self,
        image: Tensor,
        boxes_xyxy: Tensor,
        labels: Tensor,
        *,
        masks: Tensor | None = None,
        keypoints_xyv: Tensor | None = None,
    ) -> dict[str, Tensor]:
        """Draw one view from torch's global generator.

        Args:
            image: (3, H, W) uint8.
            boxes_xyxy: (N, 4) float32, pixels.
            labels: (N,) int64.
            masks: (N, H, W) uint8.
            keypoints_xyv: (N, K, 3) float32, COCO's visibility last.

        Returns:
            "image" (3, size, size) uint8, "boxes" and "labels" of what is left, "masks" and "keypoints" where given.
        """
        image = image if self._domain is None else self._domain(image)
        left = torch.ones(len(labels))
        sample = self._geometry(
            Sample(
                image=image,
                boxes_xyxy_px=boxes_xyxy,
                labels=labels,
                left=left,
                masks=masks,
                keypoints_xyv=keypoints_xyv,
            )
        )
        sample = replace(sample, image=self._photometry(sample.image))
        sample = sample if self._cutout is None else cut_out(sample, self._cutout)
        view = {"image": sample.image, "boxes": sample.boxes_xyxy_px, "labels": sample.labels}
        view |= {} if sample.masks is None else {"masks": sample.masks}
        return view | ({} if sample.keypoints_xyv is None else {"keypoints": sample.keypoints_xyv})


def recipe_of(config: TrainConfig) -> AugmentRecipe:
    """The recipe of a run: as it was given, or the default one in the strength that was.

    Raises:
        UsageError: Strength and recipe are both given, or photographs are needed.
    """
    recipe = config.augment_recipe
    if recipe is not None and config.augment != 1:
        raise UsageError("--augment and --augment-recipe are both given", hint="a recipe says its own strengths")
    if recipe is not None and recipe.needs_photos and config.match_photos is None:
        raise UsageError(f"the augmentation recipe {recipe.name!r} matches photographs", hint="--match-photos DIR")
    recipe = recipe or recipe_of_strength(config.augment)
    if config.match_photos is None or recipe.needs_photos:
        return recipe
    both = {"histogram_match": HistogramMatch(share=MATCHED_SHARE), "fourier": Fourier(share=MATCHED_SHARE)}
    return recipe.model_copy(update=both)


def augmentation_for(
    config: TrainConfig, *, flip: bool = True, flip_pairs: Sequence[tuple[int, int]] = NO_PAIRS
) -> Augmentation:
    """What a task's views put their images through.

    Raises:
        UsageError: The options contradict each other.
        RealDataError: There are no photographs to match.
    """
    recipe, size = recipe_of(config), config.model.input_size
    photos = PhotoPool(Path(config.match_photos), size) if config.match_photos else None
    return Augmentation(size, recipe, photos, flip=flip, flip_pairs=flip_pairs)
