"""Pictures for a page: thumbnails as data URIs, and labels as SVG layers over them."""

from __future__ import annotations

import base64
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from synthvis.formats.images import read_image_rgb
from synthvis.formats.rle import decode_mask
from synthvis.labels.boxes import Box
from synthvis.viz.overlay import LINES_AN_OBJECT, RADIUS_SHARE, depth_colors, has_room_for_keypoints
from synthvis.viz.palette import class_colors, css_color

__all__ = [
    "LAYERS",
    "Crop",
    "CropLine",
    "LabelledShape",
    "crop_around",
    "depth_uri",
    "image_uri",
    "jpeg_uri",
    "label_layers",
]

Point = tuple[float, float]

JPEG_QUALITY = 82
LAYERS = ("masks", "boxes", "keypoints")
PICTURE_PX = 320
"""Longer side of a picture on the page; sizes below are in pixels of the page."""
BOX_LINE_PX, KEYPOINT_PX = (0.8, 1.6), (1.2, 2.6)
"""Least and most: width of a box's line, radius of a keypoint."""
CONTOUR_TOLERANCE_PX = 0.6
CROP_MARGIN = 0.6
"""Margin around an error, as a share of its longer side."""
CROP_MIN_PX = 64

VISIBLE, OCCLUDED = 2, 1

FLAT_M = 1e-3
"""Smaller ranges of depth are shown as one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelledShape:
    """An object as it is drawn over an image.

    Attributes:
        name: Its class.
        bbox_xywh_px: Its box, pixels.
        segmentation: COCO's RLE of its mask; anything else is not drawn.
        keypoints_xyv: x and y in pixels and COCO's visibility of each keypoint.
        skeleton: Pairs of 1-based keypoints with a line between them.
    """

    name: str
    bbox_xywh_px: Box
    segmentation: object = None
    keypoints_xyv: tuple[tuple[float, float, int], ...] = ()
    skeleton: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CropLine:
    """A line over a crop.

    Attributes:
        ends_xy_px: x and y of one end, then of the other, in pixels of the image.
        kind: Its CSS class: "truth", "predicted", or "axis-0" to "axis-2".
    """

    ends_xy_px: tuple[float, float, float, float]
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Crop:
    """A part of an image as a data URI, and an SVG of what is drawn over it, empty where there is nothing."""

    uri: str
    svg: str


def jpeg_uri(image_rgb: NDArray[np.uint8], long_side_px: int) -> str:
    """(H, W, 3) uint8 RGB as a data URI of a JPEG, shrunk to `long_side_px` and never enlarged."""
    scale = min(1.0, long_side_px / max(image_rgb.shape[:2]))
    size = [max(1, round(side * scale)) for side in image_rgb.shape[1::-1]]
    small = cv2.resize(image_rgb, size, interpolation=cv2.INTER_AREA) if scale < 1 else image_rgb
    _, content = cv2.imencode(".jpg", small[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
    return "data:image/jpeg;base64," + base64.b64encode(content.tobytes()).decode("ascii")


def image_uri(path: Path, long_side_px: int, labelled_hw: tuple[int, int] | None = None) -> str | None:
    """Thumbnail of an image file, the way up that labels of that size mean; None when there is none."""
    return jpeg_uri(read_image_rgb(path, labelled_hw), long_side_px) if path.is_file() else None


def depth_uri(depth_m: NDArray[np.float32], long_side_px: int) -> str:
    """Thumbnail of (H, W) metres in the colours of the preview."""
    return jpeg_uri(depth_colors(depth_m), long_side_px)


def label_layers(
    image_hw: tuple[int, int], shapes: Sequence[LabelledShape], class_names: Iterable[str],
    layers: Sequence[str] = LAYERS,
) -> str:  # fmt: skip
    """An SVG in image pixels with the groups "masks", "boxes" and "keypoints", for a page to show and hide.

    Args:
        image_hw: Height and width of the image, pixels.
        shapes: What is labelled in it.
        class_names: All classes of the set, which have colours of their own.
        layers: The groups that are wanted.
    """
    names = [*class_names, *(shape.name for shape in shapes)]
    colors = {name: css_color(color) for name, color in class_colors(names).items()}
    unit = max(image_hw) / PICTURE_PX
    draw: Mapping[str, Callable[[LabelledShape], str]] = {
        "masks": lambda shape: _mask_path(shape, colors[shape.name]),
        "boxes": lambda shape: _box(shape, colors[shape.name], unit),
        "keypoints": lambda shape: _keypoints(shape, colors[shape.name], unit),
    }
    body = "".join(f'<g class="{name}">{"".join(map(draw[name], shapes))}</g>' for name in layers)
    return f'<svg class="layers" viewBox="0 0 {image_hw[1]} {image_hw[0]}">{body}</svg>'


def crop_around(
    pixels: NDArray[np.uint8], boxes: Sequence[tuple[Box, str]], *, ground_truth_points: Sequence[Point] = (),
    predicted_points: Sequence[Point] = (), lines: Sequence[CropLine] = (), margin: float = CROP_MARGIN,
    long_side_px: int = 240,
) -> Crop:  # fmt: skip
    """A square crop around boxes and points, with what is drawn over it.

    Args:
        pixels: (H, W, 3) uint8 RGB of the image.
        boxes: Each with its CSS class, "truth" or "predicted"; one without a class sets the window and is not drawn.
        ground_truth_points: Drawn as rings.
        predicted_points: Drawn as dots.
        lines: Drawn as they are; they do not set the window.
        margin: Room on every side, as a share of the longer side of what is looked at.
        long_side_px: Largest side of the picture.
    """
    x0, y0, x1, y1 = _crop_window([box for box, _ in boxes], pixels.shape[:2], margin)
    unit = max(x1 - x0, y1 - y0) / 240
    drawn = "".join(
        f'<rect class="{kind}" x="{b[0] - x0:.1f}" y="{b[1] - y0:.1f}" width="{b[2]:.1f}" height="{b[3]:.1f}"'
        f' stroke-width="{2.5 * unit:.2f}"/>'
        for b, kind in boxes
        if kind
    )
    for points, kind, radius in ((ground_truth_points, "ring", 5.0), (predicted_points, "dot", 2.5)):
        drawn += "".join(
            f'<circle class="{kind}" cx="{x - x0:.1f}" cy="{y - y0:.1f}" r="{radius * unit:.2f}"'
            f' stroke-width="{2 * unit:.2f}"/>'
            for x, y in points
        )
    for one in lines:
        a, b, c, d = one.ends_xy_px
        drawn += (
            f'<line class="{one.kind}" x1="{a - x0:.1f}" y1="{b - y0:.1f}" x2="{c - x0:.1f}" y2="{d - y0:.1f}"'
            f' stroke-width="{1.5 * unit:.2f}"/>'
        )
    svg = f'<svg class="layers" viewBox="0 0 {x1 - x0} {y1 - y0}">{drawn}</svg>' if drawn else ""
    return Crop(uri=jpeg_uri(np.ascontiguousarray(pixels[y0:y1, x0:x1]), long_side_px), svg=svg)


def _crop_window(boxes: Sequence[Box], image_hw: tuple[int, ...], margin: float) -> tuple[int, int, int, int]:
    """A square window as far as the image reaches."""
    left, top = min(b[0] for b in boxes), min(b[1] for b in boxes)
    right, bottom = max(b[0] + b[2] for b in boxes), max(b[1] + b[3] for b in boxes)
    side = max((1 + 2 * margin) * max(right - left, bottom - top), CROP_MIN_PX)
    side = min(side, *image_hw)
    x0 = min(max((left + right - side) / 2, 0), image_hw[1] - side)
    y0 = min(max((top + bottom - side) / 2, 0), image_hw[0] - side)
    return int(x0), int(y0), int(x0 + side), int(y0 + side)


def _mask_path(shape: LabelledShape, color: str) -> str:
    if not isinstance(shape.segmentation, Mapping):
        return ""
    mask = decode_mask(shape.segmentation).astype(np.uint8)
    contours, _ = cv2.findContours(mask, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_SIMPLE)
    loops = []
    for contour in contours:
        points = cv2.approxPolyDP(contour, CONTOUR_TOLERANCE_PX, closed=True).reshape(-1, 2)
        if len(points) > 2:
            loops.append("M" + "L".join(f"{x + 0.5:g} {y + 0.5:g}" for x, y in points.tolist()) + "Z")
    return f'<path d="{"".join(loops)}" fill="{color}" stroke="{color}" fill-rule="evenodd"/>' if loops else ""


def _side(bbox: Sequence[float]) -> float:
    return math.sqrt(max(float(bbox[2]) * float(bbox[3]), 0.0))


def _box(shape: LabelledShape, color: str, unit: float) -> str:
    """A frame around the box, so that the line is beside the object and not over it."""
    bbox = shape.bbox_xywh_px
    least, most = BOX_LINE_PX
    line = min(max(_side(bbox) / LINES_AN_OBJECT, least * unit), most * unit)
    x, y, w, h = bbox[0] - line / 2, bbox[1] - line / 2, bbox[2] + line, bbox[3] + line
    frame = f'x="{x:g}" y="{y:g}" width="{w:g}" height="{h:g}" stroke-width="{line:g}"'
    return f'<rect {frame} stroke="{color}" fill="none"><title>{escape(shape.name)}</title></rect>'


def _keypoints(shape: LabelledShape, color: str, unit: float) -> str:
    side = _side(shape.bbox_xywh_px)
    if not has_room_for_keypoints(side / unit):
        return ""
    points, parts = shape.keypoints_xyv, []
    for first, second in shape.skeleton:
        a, b = points[first - 1 : first], points[second - 1 : second]
        if a and b and a[0][2] and b[0][2]:
            ends = f'x1="{a[0][0]:g}" y1="{a[0][1]:g}" x2="{b[0][0]:g}" y2="{b[0][1]:g}"'
            parts.append(f'<line {ends} stroke="{color}" stroke-width="{unit:g}"/>')
    radius = min(max(RADIUS_SHARE * side, KEYPOINT_PX[0] * unit), KEYPOINT_PX[1] * unit)
    for x, y, seen in points:
        if seen:
            fill, rim = (color, "#fff") if seen == VISIBLE else ("none", color)
            where = f'cx="{x:g}" cy="{y:g}" r="{radius:g}" stroke-width="{0.8 * unit:g}"'
            parts.append(f'<circle {where} fill="{fill}" stroke="{rim}"/>')
    return "".join(parts)
