"""Normals and other maps as PNG pixels, and back; depth has a module of its own, `synthvis.formats.depth`.

| map | pixels | meaning |
|---|---|---|
| normals | 8-bit RGB | round((n + 1) / 2 * 255) of camera-frame unit normals; black where nothing was hit |
| semantic | 8-bit grey, 16-bit where an id is above 255 | category id, 0 for background |
| instances | 16-bit grey | instance id, distractors included, 0 for background |
| nocs | 16-bit RGB | round(c * 65535) of normalised object coordinates x, y, z; black where there is none |
| boundary | 8-bit grey | a level of `synthvis.labels.boundary` |
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["decode_nocs", "decode_normals", "encode_nocs", "encode_normals"]

NOCS_UNITS = 65535
"""Steps from one side of the unit cube to the other. No surface is at its corner (0, 0, 0), as a box has its diagonal
for a length, so black stays free to say "nothing"."""


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


def encode_nocs(normalised: NDArray[np.float64]) -> NDArray[np.uint16]:
    """(H, W, 3) float64 in 0..1 -> uint16 RGB; 0 stays 0."""
    pixels: NDArray[np.uint16] = np.rint(np.clip(normalised, 0, 1) * NOCS_UNITS).astype(np.uint16)
    return pixels


def decode_nocs(pixels: NDArray[np.uint16]) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """(H, W, 3) uint16 RGB -> float64 in 0..1, and (H, W) bool: where there is an object."""
    return pixels.astype(np.float64) / NOCS_UNITS, np.any(pixels != 0, axis=2)
