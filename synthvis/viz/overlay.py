"""Labels drawn into images with OpenCV: boxes, masks, keypoints with their skeletons, and depth as colours.

Every function takes uint8 RGB and returns a new image. What is drawn scales with the object, so that the labels of a
small object leave it visible: a box runs around the object's pixels, not over them.
"""

from __future__ import annotations

import colorsys
import math
from collections.abc import Mapping, Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from synthvis.viz.palette import Color

__all__ = [
    "class_map_colors",
    "color_of",
    "depth_colors",
    "draw_boxes",
    "draw_keypoints",
    "draw_label",
    "draw_masks",
    "draw_points",
    "font_scale",
    "has_room_for_keypoints",
    "line_width",
    "resized",
    "resized_map",
    "resized_mask",
]

Image = NDArray[np.uint8]
FONT = cv2.FONT_HERSHEY_SIMPLEX
MASK_OPACITY = 0.35
MIN_OUTLINE_SIDE_PX = 20
"""Masks of a smaller area than this squared are tinted without an outline, which would be most of them."""

LINES_A_PICTURE, LINES_AN_OBJECT = 250, 24
"""A line is this part of the picture's shorter side, and of the object's side, whichever is less."""

DASH_PX = 6
"""Dashes of a dashed frame, and the gaps between them."""

MIN_SIDES_A_LINE = 8
"""An object at the border needs this many line widths for a side of its box to be drawn over its own pixels."""

MIN_KEYPOINT_SIDE_PX = 32
"""Four of the smallest discs cover a tenth of an object of this side; smaller objects have none."""

RADIUS_SHARE = 0.03
"""Radius of a keypoint's disc, as a share of the object's side."""

RIM_PX = 0.8
MIN_RING_PX = 2.0
"""Radius of a ring that leaves its middle open."""

WHITE = (255, 255, 255)

BACKGROUND_CLASS, BACKGROUND_GREY, UNKNOWN_GREY = "background", 24, 128
GOLDEN_RATIO = 0.618033988749895
SHIFT_BITS = 4
"""OpenCV draws with coordinates in 1/16 pixel."""

NEAR_QUANTILE, FAR_QUANTILE = 0.01, 0.99
"""Range of depths that the colour map spans."""


def color_of(number: int) -> Color:
    """A colour for an instance; neighbours in number are far apart in hue."""
    hue = (0.02 + number * GOLDEN_RATIO) % 1.0
    red, green, blue = colorsys.hsv_to_rgb(hue, 0.75, 1.0)
    return (round(red * 255), round(green * 255), round(blue * 255))


def resized(image: Image, image_hw: tuple[int, ...]) -> Image:
    """The image enlarged or reduced to a height and width."""
    if image.shape[:2] == tuple(image_hw):
        return image
    method = cv2.INTER_AREA if image_hw[0] < image.shape[0] else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(image, (image_hw[1], image_hw[0]), interpolation=method), dtype=np.uint8)


def resized_map(colors: Image, image_hw: tuple[int, ...]) -> Image:
    """Colours that stand for values, enlarged or reduced without mixing them."""
    size = (image_hw[1], image_hw[0])
    return np.asarray(cv2.resize(colors, size, interpolation=cv2.INTER_NEAREST_EXACT), dtype=np.uint8)


def resized_mask(mask: NDArray[np.bool_], image_hw: tuple[int, ...]) -> NDArray[np.bool_]:
    """The mask enlarged or reduced to a height and width."""
    size = (image_hw[1], image_hw[0])
    return np.asarray(cv2.resize(mask.astype(np.uint8), size, interpolation=cv2.INTER_NEAREST_EXACT), dtype=np.bool_)


def line_width(image: Image, side_px: float) -> int:
    """Width of a line around an object of that side, pixels."""
    return max(1, min(round(min(image.shape[:2]) / LINES_A_PICTURE), round(side_px / LINES_AN_OBJECT)))


def has_room_for_keypoints(side_px: float) -> bool:
    """Whether keypoints of an object of that side, in pixels of the picture, would leave it visible."""
    return side_px >= MIN_KEYPOINT_SIDE_PX


def draw_masks(
    image: Image, masks: Sequence[NDArray[np.bool_]], colors: Sequence[Color], *, opacity: float = MASK_OPACITY
) -> Image:
    """Tint each (H, W) mask, and trace its outline where the mask is large enough for one."""
    tinted = image.astype(np.float32)
    for mask, color in zip(masks, colors, strict=True):
        tinted[mask] += (np.array(color, dtype=np.float32) - tinted[mask]) * opacity
    drawn = np.ascontiguousarray(np.rint(tinted), dtype=np.uint8)
    for mask, color in zip(masks, colors, strict=True):
        if np.count_nonzero(mask) >= MIN_OUTLINE_SIDE_PX**2:
            outlines, _ = cv2.findContours(mask.astype(np.uint8), cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)
            cv2.drawContours(drawn, outlines, -1, color, 1)
    return drawn


def draw_boxes(
    image: Image, boxes_xywh_px: Sequence[Sequence[float]], colors: Sequence[Color], dashed: Sequence[bool] = ()
) -> Image:
    """Frame each half-open box with a line around its pixels, small boxes over large ones; dashed where it says so.

    A side at the border of the picture has no room outside: it is drawn over the object where that is large enough,
    and left out where it is not. Sides beyond the border are not drawn.
    """
    drawn = image.copy()
    areas = [box[2] * box[3] for box in boxes_xywh_px]
    for position in np.argsort(areas, kind="stable")[::-1]:
        is_dashed = bool(dashed) and dashed[position]
        _frame(drawn, boxes_xywh_px[position], colors[position], DASH_PX if is_dashed else 0)
    return drawn


def draw_keypoints(
    image: Image,
    keypoints_xyv: Sequence[NDArray[np.float64]],
    skeletons: Sequence[Sequence[tuple[int, int]]],
    colors: Sequence[Color],
    sides_px: Sequence[float],
) -> Image:
    """Visible keypoints as white discs, occluded ones as rings, bones as lines (thin where an end is occluded).

    Args:
        image: (H, W, 3).
        keypoints_xyv: One (K, 3) array for each object: x, y and COCO visibility.
        skeletons: Pairs of 0-based keypoint indices for each object.
        colors: One for each object.
        sides_px: Size of each object; objects without room for their keypoints get none.
    """
    drawn = image.copy()
    for points, skeleton, color, side_px in zip(keypoints_xyv, skeletons, colors, sides_px, strict=True):
        if not has_room_for_keypoints(side_px):
            continue
        for first, second in skeleton:
            if points[first, 2] > 0 and points[second, 2] > 0:
                both_visible = points[first, 2] == 2 and points[second, 2] == 2
                width = line_width(image, side_px) if both_visible else 1
                cv2.line(drawn, _fine(points[first]), _fine(points[second]), color, width, cv2.LINE_AA, SHIFT_BITS)
        for point in points[points[:, 2] > 0]:
            _dot(drawn, point, color, side_px)
    return drawn


def font_scale(image: Image) -> float:
    """Size of words, in OpenCV's measure."""
    return float(np.clip(min(image.shape[:2]) / 900, 0.36, 0.8))


def draw_points(image: Image, points_xyv: NDArray[np.float64], colors: Sequence[Color], side_px: float) -> Image:
    """Keypoints (K, 3) of an object of that side, each in its own colour: visible ones as discs, others as rings."""
    drawn = image.copy()
    for point, color in zip(points_xyv, colors, strict=True):
        if point[2] > 0:
            _dot(drawn, point, color, side_px, fill=color)
    return drawn


def class_map_colors(indices: NDArray[np.uint8], names: Sequence[str], colors: Mapping[str, Color]) -> Image:
    """(H, W) positions in `names` as colours; a class "background" is dark, and what is in no class grey."""
    table = np.full((256, 3), UNKNOWN_GREY, dtype=np.uint8)
    for position, name in enumerate(names):
        table[position] = BACKGROUND_GREY if name.casefold() == BACKGROUND_CLASS else colors[name]
    return np.asarray(table[indices])


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


def draw_label(image: Image, text: str) -> Image:
    """Write a line of text on a dark tag into the lower left corner."""
    drawn = image.copy()
    scale = font_scale(image)
    (width, height), baseline = cv2.getTextSize(text, FONT, scale, 1)
    bottom = image.shape[0] - 1
    cv2.rectangle(drawn, (0, bottom - height - baseline - 3), (width + 4, bottom), (24, 24, 24), -1)
    cv2.putText(drawn, text, (2, bottom - baseline - 1), FONT, scale, (255, 255, 255), 1, cv2.LINE_AA)
    return drawn


def _frame(drawn: Image, box_xywh_px: Sequence[float], color: Color, dash_px: int = 0) -> None:
    x, y, width, height = box_xywh_px
    line = line_width(drawn, math.sqrt(max(width * height, 0.0)))
    (left, right), (top, bottom) = (math.floor(x), math.ceil(x + width)), (math.floor(y), math.ceil(y + height))
    rows, columns = (
        _inside(top - line, bottom + line, drawn.shape[0]),
        _inside(left - line, right + line, drawn.shape[1]),
    )
    for across in _bands(left, right, line, drawn.shape[1]):
        for part in _dashes(rows, dash_px):
            drawn[part, across] = color
    for down in _bands(top, bottom, line, drawn.shape[0]):
        for part in _dashes(columns, dash_px):
            drawn[down, part] = color


def _dashes(side: slice, dash_px: int) -> list[slice]:
    """The whole side, or every second piece of it, the first one from its start."""
    if not dash_px:
        return [side]
    return [slice(start, min(start + dash_px, side.stop)) for start in range(side.start, side.stop, 2 * dash_px)]


def _bands(low: int, high: int, line: int, end: int) -> list[slice]:
    """Where the two sides of a box that holds pixels [low, high) are drawn, in a picture that ends at `end`."""
    has_room = high - low >= MIN_SIDES_A_LINE * line
    bands = [_inside(low - line, low, end), _inside(high, high + line, end)]
    if low == 0 and has_room:
        bands[0] = slice(0, line)
    if high == end and has_room:
        bands[1] = slice(end - line, end)
    return bands


def _inside(low: int, high: int, end: int) -> slice:
    return slice(min(max(low, 0), end), min(max(high, 0), end))


def _dot(drawn: Image, point: NDArray[np.float64], color: Color, side_px: float, fill: Color = WHITE) -> None:
    radius = float(np.clip(RADIUS_SHARE * side_px, 1.0, max(2.0, min(drawn.shape[:2]) / 70)))
    if point[2] == 2:
        # A black rim stands out from the object's own tint and from any background.
        for size, ring in ((radius + RIM_PX, (0, 0, 0)), (radius, fill)):
            cv2.circle(drawn, _fine(point), round(size * 2**SHIFT_BITS), ring, -1, cv2.LINE_AA, SHIFT_BITS)
    else:
        size = round(max(radius, MIN_RING_PX) * 2**SHIFT_BITS)
        cv2.circle(drawn, _fine(point), size, color, 1, cv2.LINE_AA, SHIFT_BITS)


def _fine(point: NDArray[np.float64]) -> tuple[int, int]:
    """Our pixel centres lie at +0.5, OpenCV's on whole numbers."""
    return round((point[0] - 0.5) * 2**SHIFT_BITS), round((point[1] - 0.5) * 2**SHIFT_BITS)
