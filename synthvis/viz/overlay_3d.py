"""Labels with depth drawn into images: boxes and axes in space, who hides whom, boundaries with their sides.

Every function takes uint8 RGB and returns a new image. Lines in space end at the near plane.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from synthvis.camera.projector import Projector
from synthvis.labels.boundary import BEHIND, IN_FRONT, TOUCHING
from synthvis.labels.box3d import EDGES
from synthvis.viz.overlay import LINES_AN_OBJECT, Image, draw_label
from synthvis.viz.palette import Color

__all__ = ["AXIS_COLORS", "draw_arrows", "draw_axes", "draw_boundary", "draw_boxes3d", "ids_as_colors", "middle_of"]

Float = NDArray[np.float64]

AXIS_COLORS: tuple[Color, ...] = ((255, 70, 60), (60, 220, 70), (70, 130, 255))
"""Of an object's x, y and z."""

NEAR_M = 0.02
SHIFT_BITS = 4
"""OpenCV draws with coordinates in 1/16 pixel."""

MIN_SHADED_SIDE_PX = 48
"""Lines around smaller objects have no dark rim."""

TIP_WIDTHS = 6
"""Length of an arrow's head."""

SHADE = (0, 0, 0)
DIMMED = 0.45
BOUNDARY_COLORS: dict[int, Color] = {TOUCHING: (255, 225, 60), BEHIND: (60, 130, 255), IN_FRONT: (255, 60, 50)}


def draw_boxes3d(
    image: Image, corners_cam_m: Sequence[Float], projector: Projector, colors: Sequence[Color],
    sides_px: Sequence[float],
) -> Image:  # fmt: skip
    """The twelve edges of each box; the three that leave its first corner in the colours of x, y and z.

    Args:
        image: (H, W, 3).
        corners_cam_m: (8, 3) for each box, in the order of `synthvis.labels.box3d.Box3D`.
        projector: Of the image as it is drawn.
        colors: One for each box.
        sides_px: Size of each object in the image; lines around a small one are thin.
    """
    drawn = image.copy()
    for corners, color, side_px in zip(corners_cam_m, colors, sides_px, strict=True):
        own = {0b100: AXIS_COLORS[0], 0b010: AXIS_COLORS[1], 0b001: AXIS_COLORS[2]}
        for low, high in sorted(EDGES, key=lambda edge: edge[0] == 0):
            _line(drawn, corners[[low, high]], projector, own[high] if low == 0 else color, side_px)
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


def draw_boundary(image: Image, levels: NDArray[np.uint8]) -> Image:
    """A boundary map over the darkened image: the side in front red, the side behind blue, contacts yellow."""
    drawn = np.rint(image * DIMMED).astype(np.uint8)
    size = (image.shape[1], image.shape[0])
    large = cv2.resize(levels, size, interpolation=cv2.INTER_NEAREST_EXACT)
    for level, color in BOUNDARY_COLORS.items():
        drawn[large == level] = color
    return draw_label(drawn, "red in front, blue behind, yellow touching")


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
    # Our pixel centres lie at +0.5, OpenCV's on whole numbers.
    fine = np.rint((projector.project_edge(ends) - 0.5) * 2**SHIFT_BITS).astype(np.int32)
    width = max(1, min(_line_width(drawn), round(side_px / LINES_AN_OBJECT)))
    for line_color, grown in ((SHADE, 2), (color, 0)) if side_px >= MIN_SHADED_SIDE_PX else ((color, 0),):
        cv2.polylines(drawn, [fine], False, line_color, width + grown, cv2.LINE_AA, SHIFT_BITS)


def _line_width(image: Image) -> int:
    return max(1, round(min(image.shape[:2]) / 180))
