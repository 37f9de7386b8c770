"""Parameters of objects and of their surfaces: colours drawn about a shade, and values read back for `build`."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.random import Generator

from synthvis.objects.spec import Param, Vec3

__all__ = [
    "jitter_color",
    "linear_rgb",
    "number",
    "numbers",
    "shade_of",
    "surface_seed",
    "text",
]


def linear_rgb(hex_code: str) -> Vec3:
    """Scene-linear colour of an sRGB hex code such as "ff6a13" or "#ff6a13" (IEC 61966-2-1)."""
    digits = hex_code.removeprefix("#")
    srgb = np.array([int(digits[i : i + 2], 16) for i in (0, 2, 4)]) / 255.0
    red, green, blue = np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)
    return round(float(red), 5), round(float(green), 5), round(float(blue), 5)


def jitter_color(rng: Generator, color: Vec3, *, value: float = 0.2, hue: float = 0.08) -> Vec3:
    """`color` made lighter or darker by up to `value`, and each channel moved by up to `hue`, as shares."""
    scale = (1 + rng.uniform(-value, value)) * (1 + rng.uniform(-hue, hue, 3))
    red, green, blue = np.clip(np.asarray(color) * scale, 0.0, 0.95)
    return round(float(red), 5), round(float(green), 5), round(float(blue), 5)


def shade_of(rng: Generator, hex_code: str, *, value: float = 0.2, hue: float = 0.08) -> Vec3:
    """`jitter_color` of an sRGB hex code."""
    return jitter_color(rng, linear_rgb(hex_code), value=value, hue=hue)


def surface_seed(rng: Generator) -> float:
    """A seed for a surface's textures."""
    return float(rng.integers(0, 1000))


def number(params: Mapping[str, Param], name: str) -> float:
    """A numeric shape parameter.

    Raises:
        TypeError: It is text or a tuple.
    """
    value = params[name]
    if isinstance(value, (str, tuple)):
        raise TypeError(f"shape parameter {name!r} must be a number, got {value!r}")
    return float(value)


def numbers(params: Mapping[str, Param], name: str) -> tuple[float, ...]:
    """A shape parameter that is a tuple of numbers.

    Raises:
        TypeError: It is not a tuple.
    """
    value = params[name]
    if not isinstance(value, tuple):
        raise TypeError(f"shape parameter {name!r} must be a tuple, got {value!r}")
    return tuple(float(item) for item in value)


def text(params: Mapping[str, Param], name: str) -> str:
    """A text shape parameter."""
    return str(params[name])
