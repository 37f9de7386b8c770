"""The look of photographs for renders: their levels, or the amplitude of their low frequencies."""

from __future__ import annotations

import torch
from torch import Tensor

from synthvis.train.views.geometric import drawn_between, happens
from synthvis.train.views.photos import PhotoPool
from synthvis.train.views.recipe import AugmentRecipe

__all__ = ["DomainMatch", "fourier_match", "histogram_match"]

LEVELS = 256


class DomainMatch:
    """The parts of a recipe that take something from photographs, drawn from torch's global generator."""

    def __init__(self, recipe: AugmentRecipe, photos: PhotoPool) -> None:
        self._recipe, self._photos = recipe, photos

    def __call__(self, image: Tensor) -> Tensor:
        """(3, H, W) uint8 in the manner of a photograph, another for each part."""
        histogram, fourier = self._recipe.histogram_match, self._recipe.fourier
        if histogram is not None and happens(histogram.share):
            weight = drawn_between(histogram.blend)
            image = torch.lerp(image.float(), histogram_match(image, self._drawn()).float(), weight)
            image = image.round().to(torch.uint8)
        if fourier is not None and happens(fourier.share):
            image = fourier_match(image, self._drawn(), drawn_between(fourier.beta))
        return image

    def _drawn(self) -> Tensor:
        return self._photos[int(torch.randint(0, len(self._photos), ()))]


def histogram_match(image: Tensor, reference: Tensor) -> Tensor:
    """The image with each channel's levels mapped to those of the reference.

    Of the levels that the reference has, the one is taken whose cumulated share is nearest, the lowest of several
    (Gonzalez & Woods, Digital Image Processing, section 3.3, histogram specification).

    Args:
        image: (C, H, W) uint8.
        reference: (C, H2, W2) uint8, of any size.

    Returns:
        (C, H, W) uint8.
    """
    channels = []
    for values, wanted in zip(image, reference, strict=True):
        # Cumulated counts, each times the size of the other, are compared without rounding.
        have = _cumulated(values) * wanted.numel()
        levels = wanted.unique()
        want = _cumulated(wanted)[levels.long()] * values.numel()
        nearest = (have[:, None] - want[None]).abs().argmin(dim=1)
        channels.append(levels[nearest][values.long()])
    return torch.stack(channels)


def fourier_match(image: Tensor, reference: Tensor, beta: float) -> Tensor:
    """The image with the amplitudes of its lowest frequencies taken from the reference, its phases kept.

    Yang & Soatto: FDA: Fourier Domain Adaptation for Semantic Segmentation (CVPR 2020, arXiv:2004.05498), equation 3:
    the frequencies (u, v), in periods of the image, with |u| < beta W and |v| < beta H. Beta 0 changes nothing.

    Args:
        image: (C, H, W) uint8.
        reference: (C, H2, W2) uint8; it is resized.
        beta: Share of each axis, 0 to 0.5.

    Returns:
        (C, H, W) uint8.
    """
    height, width = image.shape[-2:]
    if reference.shape != image.shape:
        reference = torch.nn.functional.interpolate(
            reference[None].float(), (height, width), mode="bilinear", antialias=True
        )[0]
    own, other = torch.fft.rfft2(image.double()), torch.fft.rfft2(reference.double())
    down = torch.fft.fftfreq(height, 1 / height).abs() < beta * height
    across = torch.fft.rfftfreq(width, 1 / width).abs() < beta * width
    swapped = torch.polar(other.abs(), own.angle())
    mixed = torch.where(down[:, None] & across[None], swapped, own)
    found: Tensor = torch.fft.irfft2(mixed, s=(height, width))
    return found.round().clamp(0, 255).to(torch.uint8)


def _cumulated(values: Tensor) -> Tensor:
    return torch.bincount(values.flatten().long(), minlength=LEVELS).cumsum(0)
