"""Changes of pixel values alone: colour, blur, noise, compression."""

from __future__ import annotations

import cv2
import numpy as np
import torch
from torch import Tensor, nn
from torchvision.transforms import v2

from synthvis.train.views.letterbox import PAD_VALUE
from synthvis.train.views.recipe import AugmentRecipe, RandAugment

__all__ = ["JpegRoundTrip", "PhotometricRandAugment", "SensorNoise", "photometry", "rand_augment"]

GEOMETRIC = ("ShearX", "ShearY", "TranslateX", "TranslateY", "Rotate")
BLUR_REACH_SIGMAS = 1.5
"""How far the kernel of the widest blur reaches."""


class JpegRoundTrip(nn.Module):
    """Artefacts of JPEG at a random quality; torchvision's own transform rests on a codec that it is giving up."""

    def __init__(self, quality: tuple[int, int] = (40, 95)) -> None:
        super().__init__()
        self._low, self._high = quality

    def forward(self, image: Tensor) -> Tensor:
        """Encode and decode (3, H, W) uint8."""
        quality = int(torch.randint(self._low, self._high + 1, ()))
        pixels_bgr = np.ascontiguousarray(image.permute(1, 2, 0).numpy()[:, :, ::-1])
        done, buffer = cv2.imencode(".jpg", pixels_bgr, [cv2.IMWRITE_JPEG_QUALITY, quality])
        decoded = cv2.imdecode(buffer, cv2.IMREAD_COLOR)[:, :, ::-1].copy() if done else None
        return image if decoded is None else torch.from_numpy(decoded).permute(2, 0, 1)


class SensorNoise(nn.Module):
    """Noise whose variance is shot^2 x + read^2, x the linear light of 0 to 1.

    Foi, Trimeche, Katkovnik, Egiazarian: Practical Poissonian-Gaussian noise modeling and fitting for single-image
    raw-data (2008), equation 3.

    Args:
        shot_noise: Range of the standard deviation at full light; its square is drawn evenly.
        read_noise: Range of the standard deviation in the dark.
    """

    def __init__(self, shot_noise: tuple[float, float], read_noise: tuple[float, float]) -> None:
        super().__init__()
        self._shot_variance = (shot_noise[0] ** 2, shot_noise[1] ** 2)
        self._read_noise = read_noise

    def forward(self, image: Tensor) -> Tensor:
        """Noise on (3, H, W) uint8 sRGB."""
        shot_variance = float(torch.empty(1).uniform_(*self._shot_variance))
        read = float(torch.empty(1).uniform_(*self._read_noise))
        light = _linear(image.float() / 255)
        noisy = light + torch.randn(light.shape) * (shot_variance * light + read**2).sqrt()
        return (_encoded(noisy.clamp(0, 1)) * 255).round().to(torch.uint8)


def photometry(recipe: AugmentRecipe) -> nn.Module:
    """The photometric parts of a recipe, drawn from torch's global generator, on (3, H, W) uint8."""
    parts: list[nn.Module] = []
    if (jitter := recipe.jitter) is not None:
        amounts = jitter.model_dump(exclude={"share"})
        parts.append(v2.RandomApply([v2.ColorJitter(**amounts)], p=jitter.share))
    if recipe.greyscale is not None:
        parts.append(v2.RandomGrayscale(p=recipe.greyscale.share))
    if recipe.randaugment is not None:
        parts.append(v2.RandomApply([rand_augment(recipe.randaugment)], p=recipe.randaugment.share))
    if (blur := recipe.blur) is not None:
        parts.append(v2.RandomApply([v2.GaussianBlur(_kernel_px(blur.sigma_px[1]), blur.sigma_px)], p=blur.share))
    if (noise := recipe.noise) is not None:
        parts.append(v2.RandomApply([SensorNoise(noise.shot_noise, noise.read_noise)], p=noise.share))
    if recipe.jpeg is not None:
        parts.append(v2.RandomApply([JpegRoundTrip(recipe.jpeg.quality)], p=recipe.jpeg.share))
    return nn.Sequential(*parts)


class PhotometricRandAugment(v2.RandAugment):  # type: ignore[misc]
    """Without the operations that move pixels, which would leave labels behind."""

    _AUGMENTATION_SPACE = {name: op for name, op in v2.RandAugment._AUGMENTATION_SPACE.items() if name not in GEOMETRIC}  # noqa: RUF012


def rand_augment(part: RandAugment) -> v2.RandAugment:
    """Cubuk et al.: RandAugment: Practical automated data augmentation with a reduced search space (2020)."""
    kind = v2.RandAugment if part.geometric else PhotometricRandAugment
    return kind(num_ops=part.ops, magnitude=part.magnitude, fill=PAD_VALUE)


def _kernel_px(sigma_px: float) -> int:
    return max(5, 2 * round(BLUR_REACH_SIGMAS * sigma_px) + 1)


def _linear(encoded: Tensor) -> Tensor:
    """SRGB of 0 to 1 in linear light (IEC 61966-2-1)."""
    return torch.where(encoded <= 0.04045, encoded / 12.92, ((encoded + 0.055) / 1.055) ** 2.4)


def _encoded(linear: Tensor) -> Tensor:
    """The inverse of `_linear`."""
    return torch.where(linear <= 0.0031308, linear * 12.92, 1.055 * linear.clamp(min=0.0031308) ** (1 / 2.4) - 0.055)
