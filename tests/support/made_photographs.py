"""Photographs made up in numpy and OpenCV: overlapping discs of all sizes ("dead leaves"), shaded, with sharp edges."""

from __future__ import annotations

import cv2
import numpy as np

FINER = 3


def leaves(seed: int, *, hw=(192, 256), colour=0.5, count=120):
    """(H, W, 3) float32 linear light in 0..1, neutral on average; an area mean of a picture three times as fine."""
    rng = np.random.default_rng(seed)
    height, width = hw[0] * FINER, hw[1] * FINER
    light = np.full((height, width, 3), 0.25, np.float32)
    for _ in range(count):
        radius = int(FINER * min(8 / rng.random() ** 0.6, 60))
        centre = (int(rng.integers(0, width)), int(rng.integers(0, height)))
        tint = 1 + colour * rng.uniform(-1, 1, 3)
        rgb = np.exp(rng.uniform(np.log(0.03), np.log(0.8))) * tint / tint.mean()
        cv2.circle(light, centre, radius, tuple(float(v) for v in np.clip(rgb, 0, 1)), -1)
    shade = np.linspace(0.9, 1.1, width, dtype=np.float32)[None, :, None]
    return cv2.resize(light * shade, hw[::-1], interpolation=cv2.INTER_AREA)


def encoded(light):
    """sRGB values 0..1 of linear light."""
    light = np.clip(light, 0, 1)
    return np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)


def eight_bit(values):
    return np.clip(np.round(values * 255), 0, 255).astype(np.uint8)


def jpeg_bytes(rgb, quality: int) -> bytes:
    done, stored = cv2.imencode(".jpg", np.ascontiguousarray(rgb[:, :, ::-1]), [cv2.IMWRITE_JPEG_QUALITY, quality])
    assert done
    return stored.tobytes()


def decoded(content: bytes):
    return np.ascontiguousarray(cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR)[:, :, ::-1])
