"""Depth, normals, semantic and instance maps as PNG pixels, and back.

| map | pixels | meaning |
|---|---|---|
| depth | 16-bit grey | millimetres along the optical axis; 0 where nothing was hit or it is beyond 65.535 m |
| normals | 8-bit RGB | round((n + 1) / 2 * 255) of camera-frame unit normals; black where nothing was hit |
| semantic | 8-bit grey, 16-bit where an id is above 255 | category id, 0 for background |
| instances | 16-bit grey | instance id, distractors included, 0 for background |
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from synthvis.conventions import DEPTH_PNG_MAX_M, DEPTH_PNG_UNITS_PER_M

__all__ = ["decode_depth", "decode_normals", "encode_depth", "encode_normals"]


def encode_depth(depth_m: NDArray[np.float32]) -> NDArray[np.uint16]:
    """(H, W) float32 metres -> uint16 millimetres; 0 for what is infinite, not positive or too far."""
    held = np.isfinite(depth_m) & (depth_m > 0) & (depth_m <= DEPTH_PNG_MAX_M)
    millimetres = np.rint(np.where(held, depth_m, 0).astype(np.float64) * DEPTH_PNG_UNITS_PER_M)
    pixels: NDArray[np.uint16] = millimetres.astype(np.uint16)
    return pixels


def decode_depth(pixels: NDArray[np.uint16]) -> NDArray[np.float32]:
    """(H, W) uint16 millimetres -> float32 metres, inf where there is no surface."""
    metres = pixels.astype(np.float32) / np.float32(DEPTH_PNG_UNITS_PER_M)
    return np.where(pixels > 0, metres, np.float32(np.inf))


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
