"""All that one photograph tells of the sensor that took it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from synthvis.sensor_fit.noise import measure_noise
from synthvis.sensor_fit.photographs import Photograph
from synthvis.sensor_fit.recovery import total_noise
from synthvis.sensor_fit.sharpness import Sharpness, measure_sharpness
from synthvis.sensor_fit.tone import Tone, cells_of, measure_tone

__all__ = ["Measured", "estimates_of", "measure"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Measured:
    """What one photograph shows; None where it cannot be told."""

    tone: Tone
    sharpness: Sharpness | None
    noise: tuple[float, float] | None
    """Shot and read."""
    jpeg_quality: int | None
    cells: NDArray[np.float32]


def measure(photograph: Photograph) -> Measured:
    """Measure a photograph."""
    rgb = photograph.rgb
    return Measured(
        tone=measure_tone(rgb),
        sharpness=measure_sharpness(rgb),
        noise=measure_noise(rgb, None if photograph.scaled else photograph.jpeg_quality),
        jpeg_quality=photograph.jpeg_quality,
        cells=cells_of(rgb),
    )


def estimates_of(one: Measured) -> dict[str, float | None]:
    """The estimate of each field of the recipe's sensor that has a range; of factors the natural logarithm.

    Shot and read noise come as their total: how it is shared between them is known less well than how much it is.
    """
    return {
        "exposure_ev": one.tone.exposure_ev,
        "white_balance": one.tone.cast,
        "contrast": one.tone.log_contrast,
        "saturation": one.tone.log_saturation,
        "blur_sigma_px": None if one.sharpness is None else one.sharpness.blur_sigma_px,
        "sharpen": None if one.sharpness is None else one.sharpness.sharpen,
        "noise": None if one.noise is None else total_noise(*one.noise),
    }
