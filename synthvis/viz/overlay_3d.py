"""Labels with depth drawn into images: lines and axes in space, arrows between objects, maps of values.

Every function takes uint8 RGB and returns a new image. Lines in space end at the near plane.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from synthvis.camera.projector import Projector
from synthvis.labels.drawing import OWN_COLOR, ColorMap, ObjectLines
from synthvis.metrics.picture_predictions import PoseLine
from synthvis.viz.overlay import LINES_AN_OBJECT, Image, draw_label, resized, resized_map, resized_mask
from synthvis.viz.palette import Color

__all__ = [
    "AXIS_COLORS",
    "draw_arrows",
    "draw_axes",
    "draw_color_map",
    "draw_lines",
    "draw_pose_lines",
    "ids_as_colors",
    "middle_of",
]

Float = NDArray[np.float64]

AXIS_COLORS: tuple[Color, ...] = ((255, 70, 60), (60, 220, 70), (70, 130, 255))
"""Of an object's x, y and z."""

NEAR_M = 0.02
SHIFT_BITS = 4
"""OpenCV draws with coordinates in 1/16 pixel."""

MAX_COORDINATE_PX = 1e5
"""Farther ends of lines do not fit into OpenCV's numbers."""

MIN_SHADED_SIDE_PX = 48
"""Lines around smaller objects have no dark rim."""

TIP_WIDTHS = 6
"""Length of an arrow's head."""

SHADE = (0, 0, 0)
DIMMED = 0.45


def draw_lines(
    image: Image, objects: Sequence[ObjectLines], projector: Projector, colors: Sequence[Color],
    sides_px: Sequence[float],
) -> Image:  # fmt: skip
    """Lines in space; those along an axis in its colour, the others in the colour of their object.

    Args:
        image: (H, W, 3).
        objects: The lines of each object.
        projector: Of the image as it is drawn.
        colors: One for each object.
        sides_px: Size of each object in the image; lines around a small one are thin.
    """
    drawn = image.copy()
    for item, color, side_px in zip(objects, colors, sides_px, strict=True):
        for ends, axis in zip(item.ends_cam_m, item.axes, strict=True):
            _line(drawn, ends, projector, color if axis == OWN_COLOR else AXIS_COLORS[axis], side_px)
    return drawn


def draw_axes(
    image: Image, poses: Sequence[Float], lengths_m: Sequence[float], projector: Projector, sides_px: Sequence[float]
) -> Image:  # fmt: skip
    """The axes of each object frame (`cam_from_object`, (4, 4)) from its origin, x red, y green, z blue.

    `sides_px` is the size of each object in the image; axes of a small one are thin.
    """
    drawn = image.copy()
    for pose, length_m, side_px in zip(poses, lengths_m, sides_px, strict=True):
        for axis, color in enumerate(AXIS_COLORS):
            tip = pose[:3, 3] + length_m * pose[:3, axis]
            _line(drawn, np.stack([pose[:3, 3], tip]), projector, color, side_px)
    return drawn


def draw_pose_lines(image: Image, objects: Sequence[Sequence[PoseLine]], colors: Sequence[Color]) -> Image:
    """The box edges of each object in its colour, and its axes, x red, y green, z blue.

    Args:
        image: (H, W, 3).
        objects: The lines of each object, in pixels of the image.
        colors: One for each object.
    """
    drawn = image.copy()
    for lines, color in zip(objects, colors, strict=True):
        ends = np.array([line.ends_xy_px for line in lines]).reshape(-1, 2)
        side_px = float(np.ptp(ends, axis=0).max()) if len(ends) else 0.0
        for line in sorted(lines, key=lambda one: one.axis is not None):
            two = np.clip(np.array(line.ends_xy_px).reshape(2, 2), -MAX_COORDINATE_PX, MAX_COORDINATE_PX)
            _drawn_line(drawn, two, color if line.axis is None else AXIS_COLORS[line.axis], side_px)
    return drawn


def draw_arrows(
    image: Image, arrows: Iterable[tuple[tuple[float, float], tuple[float, float], str]], color: Color
) -> Image:
    """Arrows from one pixel (x, y) to another, each with a word beside its middle."""
    drawn = image.copy()
    width = _line_width(image)
    for start, end, word in arrows:
        ends = [(round(x), round(y)) for x, y in (start, end)]
        tip = TIP_WIDTHS * width / max(float(np.hypot(end[0] - start[0], end[1] - start[1])), 1.0)
        for line_color, grown in ((SHADE, 2), (color, 0)):
            cv2.arrowedLine(drawn, ends[0], ends[1], line_color, width + grown, cv2.LINE_AA, tipLength=tip)
        middle = (round((start[0] + end[0]) / 2) + 3, round((start[1] + end[1]) / 2) - 3)
        for text_color, thickness in ((SHADE, 3), (color, 1)):
            cv2.putText(drawn, word, middle, cv2.FONT_HERSHEY_SIMPLEX, 0.4, text_color, thickness, cv2.LINE_AA)
    return drawn


def draw_color_map(image: Image, drawing: ColorMap) -> Image:
    """Colours of values in place of the picture, or, where they are for some pixels only, over the darkened picture."""
    if drawing.where is None:
        drawn = resized(drawing.rgb, image.shape[:2])
    else:
        drawn = np.rint(image * DIMMED).astype(np.uint8)
        where = resized_mask(drawing.where, image.shape[:2])
        drawn[where] = resized_map(drawing.rgb, image.shape[:2])[where]
    return draw_label(drawn, drawing.caption) if drawing.caption else drawn


def ids_as_colors(ids: NDArray[np.uint16], color_of_id: dict[int, Color], image_hw: tuple[int, ...]) -> Image:
    """A map of ids as colours, black for ids without one, enlarged or reduced to a height and width."""
    size = (image_hw[1], image_hw[0])
    large = cv2.resize(ids, size, interpolation=cv2.INTER_NEAREST_EXACT)
    drawn = np.zeros((*large.shape, 3), dtype=np.uint8)
    for number, color in color_of_id.items():
        drawn[large == number] = color
    return drawn


def middle_of(mask: NDArray[np.bool_]) -> tuple[float, float]:
    """Pixel (x, y) deepest inside a mask, so that it is on the object also where the object is a ring."""
    padded = np.pad(mask.astype(np.uint8), 1)
    row, column = np.unravel_index(int(cv2.distanceTransform(padded, cv2.DIST_L2, 3).argmax()), padded.shape)
    return float(column) - 0.5, float(row) - 0.5


def _line(drawn: Image, ends_cam_m: Float, projector: Projector, color: Color, side_px: float) -> None:
    ends = ends_cam_m.copy()
    if (ends[:, 2] < NEAR_M).all():
        return
    behind = ends[:, 2] < NEAR_M
    if behind.any():
        share = (NEAR_M - ends[0, 2]) / (ends[1, 2] - ends[0, 2])
        ends[behind] = ends[0] + share * (ends[1] - ends[0])
        ends[behind, 2] = NEAR_M
    _drawn_line(drawn, projector.project_edge(ends), color, side_px)


def _drawn_line(drawn: Image, points_px: Float, color: Color, side_px: float) -> None:
    """A line through points (N, 2) of the image, with a dark rim where the object is large enough."""
    # Our pixel centres lie at +0.5, OpenCV's on whole numbers.
    fine = np.rint((points_px - 0.5) * 2**SHIFT_BITS).astype(np.int32)
    width = max(1, min(_line_width(drawn), round(side_px / LINES_AN_OBJECT)))
    for line_color, grown in ((SHADE, 2), (color, 0)) if side_px >= MIN_SHADED_SIDE_PX else ((color, 0),):
        cv2.polylines(drawn, [fine], False, line_color, width + grown, cv2.LINE_AA, SHIFT_BITS)


def _line_width(image: Image) -> int:
    return max(1, round(min(image.shape[:2]) / 180))
