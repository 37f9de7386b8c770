"""Normals as PNG pixels, and back; depth has a module of its own, `synthvis.formats.depth`.

| map | pixels | meaning |
|---|---|---|
| normals | 8-bit RGB | round((n + 1) / 2 * 255) of camera-frame unit normals; black where nothing was hit |
| semantic | 8-bit grey, 16-bit where an id is above 255 | category id, 0 for background |
| instances | 16-bit grey | instance id, distractors included, 0 for background |
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["decode_normals", "encode_normals"]


def encode_normals(normal_cam: NDArray[np.float32]) -> NDArray[np.uint8]:
    """(H, W, 3) float32 unit normals -> uint8 RGB; black where the normal is 0."""
    hit = np.any(normal_cam != 0, axis=2, keepdims=True)
    scaled = np.rint((np.clip(normal_cam, -1, 1) + 1) / 2 * 255)
    return np.where(hit, scaled, 0).astype(np.uint8)


def decode_normals(pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
    """(H, W, 3) uint8 RGB -> float32 unit normals, 0 where nothing was hit."""
    hit = np.any(pixels != 0, axis=2, keepdims=True)
    raw = pixels.astype(np.float32) / np.float32(127.5) - np.float32(1)
    length = np.linalg.norm(raw, axis=2, keepdims=True)
    return np.where(hit, raw / np.maximum(length, np.float32(1e-6)), np.float32(0))
