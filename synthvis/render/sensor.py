"""From light to picture: what lens, sensor and file format do to a linear render, in numpy.

In the order of a camera: defocus, vignette, exposure, white balance, shake, blur, saturation, transfer curve, contrast,
sharpening, noise.
"""

from __future__ import annotations

import math
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from synthvis.camera.spec import CameraSpec
from synthvis.render.shake import shake
from synthvis.scene.spec import SensorSpec

__all__ = [
    "circle_of_confusion_px",
    "defocus",
    "linear_from_srgb",
    "metered_gain",
    "sharpened",
    "simulate_sensor",
    "srgb_from_linear",
]

Float = NDArray[np.float32]
BRIGHT_LEVELS = ((95.0, 0.95), (99.5, 1.5))
"""Automatic exposure keeps each percentile of luminance at or below its linear level: a white backdrop comes out
white, and a small bright thing before a dark one keeps its colour."""
MAX_LIFT = 32.0
METERING_STEPS = 10
METERING_MARGIN = 1.04
"""Over the least mean light, for what sharpening, noise and compression take."""
METERED_EACH = 3
"""The mean light is measured on every third row and column."""
MAX_LIGHT = np.float32(4.0)
"""What a pixel holds at most, 1 being white: more would spread as a halo when the picture is blurred."""
LUMA = np.array([0.2126, 0.7152, 0.0722], dtype=np.float32)
"""Rec. 709 luminance of linear RGB."""
MAX_BLUR = 0.02
"""Widest defocus blur, as a share of the longer side of the picture; beyond, nothing could be recognised."""
BLUR_LEVELS = 4
SHARPENING_SIGMA_PX = 1.0
TONE_STEPS = 8192
"""Entries of the tone curve's table; in the shadows, where it is steepest, one is 0.4 of an 8-bit step."""


def simulate_sensor(rgb: Float, depth_m: Float, camera: CameraSpec, sensor: SensorSpec) -> NDArray[np.uint8]:
    """The picture that a camera would store.

    Args:
        rgb: (H, W, 3) float32, scene-linear.
        depth_m: (H, W) float32 metres, inf where nothing was hit.
        camera: Lens, for the depth of field.
        sensor: Sensor settings.

    Returns:
        (H, W, 3) uint8, sRGB.
    """
    light = _as_light(rgb)
    if camera.f_number is not None:
        light = defocus(light, circle_of_confusion_px(depth_m, camera))
    falloff = _vignette(light.shape[:2], sensor.vignette)[..., None]
    gain = _gain(light, sensor, falloff) if sensor.gain is None else sensor.gain
    light = light * (_cast(sensor) * np.float32(gain)) * falloff
    light = np.minimum(light, MAX_LIGHT)
    if sensor.shake is not None:
        light = shake(light, sensor.shake)
    if sensor.blur_sigma_px > 0.05:
        light = np.asarray(cv2.GaussianBlur(light, (0, 0), sensor.blur_sigma_px), dtype=np.float32)
    encoded = _toned(light, sensor)
    if sensor.sharpen is not None:
        encoded = sharpened(encoded, sensor.sharpen)
    encoded = _noisy(encoded, sensor)
    return np.asarray(np.clip(encoded * np.float32(255) + np.float32(0.5), 0, 255), dtype=np.uint8)


def metered_gain(rgb: Float, sensor: SensorSpec) -> float:
    """What automatic exposure multiplies the light of a picture with: the `gain` that holds it for other pictures.

    Args:
        rgb: (H, W, 3) float32, scene-linear; a small picture does, but defocus is left out.
        sensor: Sensor settings.
    """
    light = _as_light(rgb)
    return _gain(light, sensor, _vignette(light.shape[:2], sensor.vignette)[..., None])


def srgb_from_linear(linear: Float) -> Float:
    """The sRGB transfer function for values in 0..1 (IEC 61966-2-1)."""
    return np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * np.power(linear, 1 / 2.4) - 0.055).astype(np.float32)


def linear_from_srgb(encoded: Float) -> Float:
    """Linear light of sRGB values in 0..1 (IEC 61966-2-1)."""
    low = encoded <= 0.04045
    return np.where(low, encoded / 12.92, np.power((encoded + 0.055) / 1.055, 2.4)).astype(np.float32)


@lru_cache(maxsize=256)
def _tone_curve(contrast: float) -> Float:
    """sRGB, then an S-curve with slope `contrast` at mid grey that leaves black black and white backdrops white."""
    encoded = srgb_from_linear(np.linspace(0, 1, TONE_STEPS + 1, dtype=np.float32)).clip(0, 1)
    up, down = encoded**contrast, (1 - encoded) ** contrast
    return np.asarray(up / (up + down), dtype=np.float32)


def circle_of_confusion_px(depth_m: Float, camera: CameraSpec) -> Float:
    """Diameter of the blur disk of a thin lens: c = A f |d - s| / (d (s - f)), aperture A = f / N.

    Args:
        depth_m: (H, W) metres; inf is a point at infinity.
        camera: Its `f_number` must not be None.

    Returns:
        (H, W) float32 pixels.
    """
    if camera.f_number is None:
        return np.zeros_like(depth_m)
    focal_m = camera.focal_mm / 1000
    focus_m = max(camera.focus_distance_m, 1.01 * focal_m)
    aperture_m = focal_m / camera.f_number
    ratio = np.abs(1 - focus_m / np.maximum(depth_m, 1e-4))
    disk_m = aperture_m * focal_m / (focus_m - focal_m) * ratio
    return np.asarray(disk_m / (camera.sensor_width_mm / 1000) * max(camera.image_hw), dtype=np.float32)


def defocus(light: Float, disk_px: Float) -> Float:
    """Blur each pixel by its own disk, blended between a few evenly blurred copies of the picture.

    Args:
        light: (H, W, 3) linear.
        disk_px: (H, W) diameter of the blur disk, pixels.
    """
    largest_px = MAX_BLUR * max(light.shape[:2])
    # A disk of diameter c has the second moment of a Gaussian of sigma c / 4.
    sigma_px = np.minimum(disk_px / 4, largest_px)
    if float(sigma_px.max()) < 0.3:
        return light
    # The border of a blurred thing is soft on both sides, so the amount of blur is itself spread a little.
    sigma_px = cv2.GaussianBlur(sigma_px, (0, 0), max(float(sigma_px.max()) / 2, 0.5))
    level = sigma_px / max(float(sigma_px.max()), 1e-6) * BLUR_LEVELS
    result: Float = np.zeros_like(light)
    for number in range(BLUR_LEVELS + 1):
        sigma = float(sigma_px.max()) * number / BLUR_LEVELS
        copy = light if number == 0 else cv2.GaussianBlur(light, (0, 0), max(sigma, 0.05))
        result += copy * np.maximum(0.0, 1 - np.abs(level - number))[..., None]
    return result


def sharpened(encoded: Float, amount: float) -> Float:
    """Unsharp masking: e + amount (e - G e), with G a Gaussian of `SHARPENING_SIGMA_PX`; overshoots are cut off.

    Done to values behind the transfer curve, as cameras do it, and before the noise, whose settings are those of the
    finished picture.

    Args:
        encoded: (H, W, 3) float32 in 0..1.
        amount: Share of the detail that is added.
    """
    coarse = np.asarray(cv2.GaussianBlur(encoded, (0, 0), SHARPENING_SIGMA_PX), dtype=np.float32)
    return np.asarray(np.clip(encoded + np.float32(amount) * (encoded - coarse), 0, 1), dtype=np.float32)


def _as_light(rgb: Float) -> Float:
    return np.maximum(np.nan_to_num(rgb, nan=0.0, posinf=1e4, neginf=0.0), 0.0).astype(np.float32, copy=False)


def _cast(sensor: SensorSpec) -> Float:
    return np.asarray(sensor.white_balance_rgb, dtype=np.float32)


def _gain(light: Float, sensor: SensorSpec, falloff: Float) -> float:
    """Automatic exposure on the bright parts, and the sampled exposure on top."""
    percentiles, levels = zip(*BRIGHT_LEVELS, strict=True)
    luminance = light[::2, ::2] @ LUMA
    exposure = float(np.min(levels / np.maximum(np.percentile(luminance, percentiles), 1e-4)))
    gain: float = exposure * 2.0**sensor.exposure_ev
    if sensor.least_mean is not None:
        seen = light[::METERED_EACH, ::METERED_EACH] * falloff[::METERED_EACH, ::METERED_EACH]
        gain *= _lift(seen * (_cast(sensor) * np.float32(gain)), sensor, sensor.least_mean)
    return gain


def _lift(light: Float, sensor: SensorSpec, least_mean: float) -> float:
    """The least further gain with that mean luminance of the finished picture; no more than `MAX_LIFT` in all.

    A camera against a window or the sky lets them go white, so that the room shows. What counts is what is stored:
    the tone curve takes from dark pictures and gives to bright ones.
    """

    def is_enough(stops: float) -> bool:
        tones = _toned(np.minimum(light * np.float32(2.0**stops), MAX_LIGHT), sensor)
        return float((linear_from_srgb(tones) @ LUMA).mean()) >= METERING_MARGIN * least_mean

    low, high = 0.0, math.log2(MAX_LIFT) - min(sensor.exposure_ev, 0.0)
    if is_enough(low):
        return 1.0
    for _ in range(METERING_STEPS):
        middle = (low + high) / 2
        low, high = (low, middle) if is_enough(middle) else (middle, high)
    return float(2.0**high)


def _toned(light: Float, sensor: SensorSpec) -> Float:
    """Saturation, transfer curve and contrast: linear light in, values of 0..1 out."""
    grey = (light @ LUMA)[..., None]
    light = grey + np.float32(sensor.saturation) * (light - grey)
    step = np.clip(light * np.float32(TONE_STEPS) + np.float32(0.5), 0, TONE_STEPS).astype(np.int32)
    return np.asarray(_tone_curve(sensor.contrast)[step], dtype=np.float32)


def _vignette(image_hw: tuple[int, ...], amount: float) -> Float:
    """Share of the light that arrives: 1 at the centre, 1 - amount in the corners, falling with the squared radius."""
    rows, columns = (np.linspace(-1, 1, size, dtype=np.float32) for size in image_hw)
    falloff: Float = 1 - np.float32(amount) * (rows[:, None] ** 2 + columns[None, :] ** 2) / 2
    return falloff


def _noisy(encoded: Float, sensor: SensorSpec) -> Float:
    """Gaussian noise whose variance is read^2 + shot^2 * value.

    It is added to encoded values: photographs on the web have been developed and scaled, which evens the noise out.
    On linear light the tone curve would multiply it by 13 in the shadows and turn a black backdrop to grit.
    """
    if sensor.shot_noise <= 0 and sensor.read_noise <= 0:
        return encoded
    rng = np.random.Generator(np.random.SFC64(sensor.noise_seed))
    sigma = np.sqrt(np.float32(sensor.read_noise**2) + np.float32(sensor.shot_noise**2) * encoded)
    noisy: Float = encoded + sigma * rng.standard_normal(encoded.shape, dtype=np.float32)
    return noisy
