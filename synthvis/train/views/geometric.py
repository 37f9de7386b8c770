"""Changes of geometry: mirror, crops, turn and slant, size and place in the square."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import torch
from torch import Tensor
from torchvision import tv_tensors
from torchvision.transforms import InterpolationMode, v2
from torchvision.transforms.v2 import functional

from synthvis.train.views.letterbox import PAD_VALUE
from synthvis.train.views.recipe import AugmentRecipe, Flip, IouCrop, ResizedCrop, Rotate, Scale, Shear
from synthvis.train.views.sample import Sample, shift, stretch, turned

__all__ = ["Geometry", "drawn_between", "happens", "mirrored", "resized_window", "to_square"]

NO_PAIRS: tuple[tuple[int, int], ...] = ()
CROP_TRIALS = 10


class Geometry:
    """The geometric parts of a recipe, drawn from torch's global generator.

    Args:
        recipe: What to do.
        size: Side of the square, pixels.
        flip_pairs: Indices of keypoints that change places in a mirror, such as left and right eye.
    """

    def __init__(self, recipe: AugmentRecipe, size: int, flip_pairs: Sequence[tuple[int, int]] = NO_PAIRS) -> None:
        self._recipe, self._size, self._pairs = recipe, size, tuple(flip_pairs)

    def __call__(self, sample: Sample) -> Sample:
        """The square view, objects out of sight left out."""
        recipe = self._recipe
        if _drawn(recipe.flip):
            sample = mirrored(sample, self._pairs)
        if len(sample.labels) and _drawn(recipe.iou_crop) and recipe.iou_crop:
            sample = _iou_crop(sample, recipe.iou_crop)
        if _drawn(recipe.resized_crop) and recipe.resized_crop:
            sample = _resized_crop(sample, recipe.resized_crop)
        sample = _turn(sample, recipe.rotate, recipe.shear)
        factor = drawn_between(recipe.scale.factor) if recipe.scale and _drawn(recipe.scale) else 1.0
        return to_square(sample, self._size, factor, anywhere=recipe.random_offset).without_slivers(recipe.min_left)


def happens(share: float) -> bool:
    """Whether a part with this share is done now; a sure thing draws nothing."""
    return share >= 1 or (share > 0 and float(torch.rand(1)) < share)


def drawn_between(bounds: tuple[float, float]) -> float:
    """A number between two bounds, all equally likely."""
    return float(torch.empty(1).uniform_(*bounds))


def mirrored(sample: Sample, flip_pairs: Sequence[tuple[int, int]] = NO_PAIRS) -> Sample:
    """Left and right exchanged, in pixels and in the names of keypoints."""
    width = float(sample.image_hw[1])
    masks = None if sample.masks is None else sample.masks.flip(-1)
    moved = sample.moved(((-1.0, 0.0, width), (0.0, 1.0, 0.0)), functional.horizontal_flip(sample.image), masks)
    if moved.keypoints_xyv is None:
        return moved
    order = list(range(moved.keypoints_xyv.shape[1]))
    for left, right in flip_pairs:
        order[left], order[right] = right, left
    return replace(moved, keypoints_xyv=moved.keypoints_xyv[:, order])


def to_square(sample: Sample, size: int, factor: float, *, anywhere: bool) -> Sample:
    """The image in its square, `factor` 1 just filling it; what is larger is cut, what is smaller padded with grey."""
    height, width = sample.image_hw
    scale = size * factor / max(height, width)
    inner = (max(1, round(height * scale)), max(1, round(width * scale)))
    image = functional.resize(sample.image, list(inner), antialias=True)
    masks = None if sample.masks is None else _nearest(sample.masks, inner)
    sample = sample.moved(stretch(inner[1] / width, inner[0] / height), image, masks)
    x, y = (_offset(size - side) if anywhere else 0 for side in (inner[1], inner[0]))
    top, left, rows, columns = max(-y, 0), max(-x, 0), min(inner[0], size), min(inner[1], size)
    sample = _crop(sample, top, left, rows, columns)
    return _padded(sample, max(x, 0), max(y, 0), size)


def resized_window(sample: Sample, window_xys_px: tuple[int, int, int], size: int) -> Sample:
    """A square window (left, top, side) of the image, as a square of `size` pixels."""
    left, top, side = window_xys_px
    sample = _crop(sample, top, left, side, side)
    image = functional.resize(sample.image, [size, size], antialias=True)
    masks = None if sample.masks is None else _nearest(sample.masks, (size, size))
    return sample.moved(stretch(size / side, size / side), image, masks)


def _drawn(part: Flip | IouCrop | ResizedCrop | Rotate | Scale | Shear | None) -> bool:
    return part is not None and happens(part.share)


def _offset(free_px: int) -> int:
    """A place for something with that much room, or, with negative room, that much too large."""
    place = int(torch.randint(0, abs(free_px) + 1, ()))
    return place if free_px >= 0 else -place


def _iou_crop(sample: Sample, part: IouCrop) -> Sample:
    low, high = part.side
    transform = v2.RandomIoUCrop(min_scale=low, max_scale=high, sampler_options=list(part.min_iou), trials=CROP_TRIALS)
    boxes = tv_tensors.BoundingBoxes(sample.boxes_xyxy_px, format="XYXY", canvas_size=sample.image_hw)
    found = transform.make_params([tv_tensors.Image(sample.image), boxes])
    if not found:
        return sample
    sample = sample.of(found["is_within_crop_area"])
    return _crop(sample, found["top"], found["left"], found["height"], found["width"])


def _resized_crop(sample: Sample, part: ResizedCrop) -> Sample:
    transform = v2.RandomResizedCrop(sample.image_hw, scale=part.area, ratio=part.aspect)
    found = transform.make_params([tv_tensors.Image(sample.image)])
    return _crop(sample, found["top"], found["left"], found["height"], found["width"])


def _crop(sample: Sample, top: int, left: int, height: int, width: int) -> Sample:
    if (top, left, height, width) == (0, 0, *sample.image_hw):
        return sample
    rows, columns = slice(top, top + height), slice(left, left + width)
    masks = None if sample.masks is None else sample.masks[:, rows, columns]
    return sample.moved(shift(-left, -top), sample.image[:, rows, columns], masks)


def _padded(sample: Sample, x: int, y: int, size: int) -> Sample:
    height, width = sample.image_hw
    around = [x, y, size - width - x, size - height - y]
    masks = None if sample.masks is None else functional.pad(sample.masks, around, fill=0)
    return sample.moved(shift(x, y), functional.pad(sample.image, around, fill=PAD_VALUE), masks)


def _turn(sample: Sample, rotate: Rotate | None, shear: Shear | None) -> Sample:
    """Both at once, so that pixels are interpolated once."""
    angle = drawn_between(rotate.degrees) if rotate and happens(rotate.share) else 0.0
    slant = drawn_between(shear.degrees) if shear and happens(shear.share) else 0.0
    if angle == slant == 0:
        return sample
    settings = {"angle": angle, "translate": [0, 0], "scale": 1.0, "shear": [slant, 0.0]}
    image = functional.affine(sample.image, **settings, interpolation=InterpolationMode.BILINEAR, fill=PAD_VALUE)
    masks = None if sample.masks is None else functional.affine(sample.masks, **settings)
    return sample.moved(turned(sample.image_hw, angle, slant), image, masks)


def _nearest(masks: Tensor, image_hw: tuple[int, int]) -> Tensor:
    if not len(masks):
        return masks.new_zeros((0, *image_hw))
    resized: Tensor = functional.resize(masks, list(image_hw), interpolation=InterpolationMode.NEAREST_EXACT)
    return resized
