"""Labels drawn into images with OpenCV: boxes, masks, keypoints with their skeletons, depth and normals as colours.

Every function takes uint8 RGB and returns a new image.
"""

from __future__ import annotations

import colorsys
from collections.abc import Mapping, Sequence
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

__all__ = [
    "color_of",
    "depth_colors",
    "draw_boxes",
    "draw_keypoints",
    "draw_label",
    "draw_masks",
    "normal_colors",
    "resized",
    "resized_mask",
    "skeletons_of",
]

Image = NDArray[np.uint8]
Color = tuple[int, int, int]

FONT = cv2.FONT_HERSHEY_SIMPLEX
MASK_OPACITY = 0.35
GOLDEN_RATIO = 0.618033988749895
SHIFT_BITS = 4
"""OpenCV draws with coordinates in 1/16 pixel."""

NEAR_QUANTILE, FAR_QUANTILE = 0.01, 0.99
"""Range of depths that the colour map spans."""


def color_of(number: int) -> Color:
    """A colour for a class or an instance; neighbours in number are far apart in hue."""
    hue = (0.02 + number * GOLDEN_RATIO) % 1.0
    red, green, blue = colorsys.hsv_to_rgb(hue, 0.75, 1.0)
    return (round(red * 255), round(green * 255), round(blue * 255))


def resized(image: Image, image_hw: tuple[int, ...]) -> Image:
    """The image enlarged or reduced to a height and width."""
    if image.shape[:2] == tuple(image_hw):
        return image
    method = cv2.INTER_AREA if image_hw[0] < image.shape[0] else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(image, (image_hw[1], image_hw[0]), interpolation=method), dtype=np.uint8)


def resized_mask(mask: NDArray[np.bool_], image_hw: tuple[int, ...]) -> NDArray[np.bool_]:
    """The mask enlarged or reduced to a height and width."""
    size = (image_hw[1], image_hw[0])
    return np.asarray(cv2.resize(mask.astype(np.uint8), size, interpolation=cv2.INTER_NEAREST_EXACT), dtype=np.bool_)


def draw_masks(
    image: Image, masks: Sequence[NDArray[np.bool_]], colors: Sequence[Color], *, opacity: float = MASK_OPACITY
) -> Image:
    """Tint each (H, W) mask and trace its outline."""
    tinted = image.astype(np.float32)
    for mask, color in zip(masks, colors, strict=True):
        tinted[mask] += (np.array(color, dtype=np.float32) - tinted[mask]) * opacity
    drawn = np.ascontiguousarray(np.rint(tinted), dtype=np.uint8)
    for mask, color in zip(masks, colors, strict=True):
        outlines, _ = cv2.findContours(mask.astype(np.uint8), cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)
        cv2.drawContours(drawn, outlines, -1, color, 1)
    return drawn


def draw_boxes(
    image: Image, boxes_xywh_px: Sequence[Sequence[float]], colors: Sequence[Color], names: Sequence[str]
) -> Image:
    """Frame each half-open box with its name above, or inside where there is no room above."""
    drawn = image.copy()
    for box, color in zip(boxes_xywh_px, colors, strict=True):
        x, y, width, height = box
        # A half-open box ends one pixel before its far side.
        corners = ((round(x), round(y)), (round(x + width) - 1, round(y + height) - 1))
        cv2.rectangle(drawn, *corners, color, _line_width(image))
    for box, color, name in zip(boxes_xywh_px, colors, names, strict=True):
        if name:
            _tag(drawn, name, (round(box[0]), round(box[1])), color)
    return drawn


def draw_keypoints(
    image: Image,
    keypoints_xyv: Sequence[NDArray[np.float64]],
    skeletons: Sequence[Sequence[tuple[int, int]]],
    colors: Sequence[Color],
) -> Image:
    """Visible keypoints as white discs, occluded ones as rings, bones as lines (thin where an end is occluded).

    Args:
        image: (H, W, 3).
        keypoints_xyv: One (K, 3) array for each object: x, y and COCO visibility.
        skeletons: Pairs of 0-based keypoint indices for each object.
        colors: One for each object.
    """
    drawn = image.copy()
    for points, skeleton, color in zip(keypoints_xyv, skeletons, colors, strict=True):
        for first, second in skeleton:
            if points[first, 2] > 0 and points[second, 2] > 0:
                both_visible = points[first, 2] == 2 and points[second, 2] == 2
                width = _line_width(image) if both_visible else 1
                cv2.line(drawn, _fine(points[first]), _fine(points[second]), color, width, cv2.LINE_AA, SHIFT_BITS)
        for point in points[points[:, 2] > 0]:
            _dot(drawn, point, color)
    return drawn


def depth_colors(depth_m: NDArray[np.float32]) -> Image:
    """(H, W) metres as colours from near (warm) to far (cold); black where there is no surface.

    Steps are even in 1 / depth, which keeps detail near the camera.
    """
    held = np.isfinite(depth_m) & (depth_m > 0)
    if not held.any():
        return np.zeros((*depth_m.shape, 3), dtype=np.uint8)
    inverse = np.where(held, 1 / np.where(held, depth_m, 1), 0)
    low, high = np.quantile(inverse[held], (NEAR_QUANTILE, FAR_QUANTILE))
    level = np.clip((inverse - low) / max(high - low, 1e-9), 0, 1)
    colored = cv2.applyColorMap(np.rint(level * 255).astype(np.uint8), cv2.COLORMAP_TURBO)[:, :, ::-1]
    return np.where(held[:, :, None], colored, 0).astype(np.uint8)


def normal_colors(normal_cam: NDArray[np.float32]) -> Image:
    """(H, W, 3) camera-frame normals in the usual colours: right red, up green, towards the camera blue."""
    hit = np.any(normal_cam != 0, axis=2, keepdims=True)
    usual = normal_cam * np.array([1, -1, -1], dtype=np.float32)
    return np.where(hit, np.rint((usual + 1) / 2 * 255), 0).astype(np.uint8)


def draw_label(image: Image, text: str) -> Image:
    """Write a line of text on a dark tag into the lower left corner."""
    drawn = image.copy()
    scale = _font_scale(image)
    (width, height), baseline = cv2.getTextSize(text, FONT, scale, 1)
    bottom = image.shape[0] - 1
    cv2.rectangle(drawn, (0, bottom - height - baseline - 3), (width + 4, bottom), (24, 24, 24), -1)
    cv2.putText(drawn, text, (2, bottom - baseline - 1), FONT, scale, (255, 255, 255), 1, cv2.LINE_AA)
    return drawn


def skeletons_of(
    categories: Mapping[int, Mapping[str, Any]], category_ids: Sequence[int]
) -> list[list[tuple[int, int]]]:
    """0-based skeleton of each object from COCO category entries, whose skeletons count from 1."""
    return [[(a - 1, b - 1) for a, b in categories.get(i, {}).get("skeleton", ())] for i in category_ids]


def _tag(drawn: Image, name: str, corner_px: tuple[int, int], color: Color) -> None:
    scale = _font_scale(drawn)
    (width, height), baseline = cv2.getTextSize(name, FONT, scale, 1)
    left = min(max(corner_px[0], 0), max(drawn.shape[1] - width - 2, 0))
    room_above = corner_px[1] >= height + baseline + 2
    top = corner_px[1] - height - baseline - 2 if room_above else max(corner_px[1], 0)
    cv2.rectangle(drawn, (left, top), (left + width + 2, top + height + baseline + 1), color, -1)
    cv2.putText(drawn, name, (left + 1, top + height + 1), FONT, scale, (0, 0, 0), 1, cv2.LINE_AA)


def _dot(drawn: Image, point: NDArray[np.float64], color: Color) -> None:
    radius = round((1.2 + _line_width(drawn)) * 2**SHIFT_BITS)
    if point[2] == 2:
        # Black around colour around white stands out from the object's own tint and from any background.
        for grown, ring in ((2, (0, 0, 0)), (1, color), (-0.3, (255, 255, 255))):
            size = max(round(radius + grown * 2**SHIFT_BITS), 1)
            cv2.circle(drawn, _fine(point), size, ring, -1, cv2.LINE_AA, SHIFT_BITS)
    else:
        cv2.circle(drawn, _fine(point), radius, color, 1, cv2.LINE_AA, SHIFT_BITS)


def _fine(point: NDArray[np.float64]) -> tuple[int, int]:
    """Our pixel centres lie at +0.5, OpenCV's on whole numbers."""
    return round((point[0] - 0.5) * 2**SHIFT_BITS), round((point[1] - 0.5) * 2**SHIFT_BITS)


def _line_width(image: Image) -> int:
    return max(1, round(min(image.shape[:2]) / 250))


def _font_scale(image: Image) -> float:
    return max(0.34, min(image.shape[:2]) / 900)
