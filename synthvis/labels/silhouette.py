"""Exact silhouettes: the union of projected triangles, sampled at pixel centres.

A scanline rasteriser without a loop over triangles. Each triangle is cut at the near plane, projected, and turned
into one interval of pixels for each row of pixel centres it spans; +1 and -1 at the interval's ends, summed along the
row, count the triangles over each pixel. Ends are half-open, so triangles that share an edge neither overlap nor
leave a gap.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from synthvis.camera.projector import Projector
from synthvis.labels.boxes import Box, bbox_of_points

__all__ = ["NEAR_M", "Silhouette", "clip_to_near_plane", "rasterise", "silhouette_of", "wholly_covered_pixels"]

Float = NDArray[np.float64]
Int = NDArray[np.int64]
_Ends = tuple[Float, Float]
"""x and y of one end of an edge of each triangle."""

NEAR_M = 0.01
"""Surfaces nearer than this to the camera plane are cut off before projection."""

OUTSIDE_FRAMES = 2
"""How many image widths and heights beyond each border a silhouette is followed."""


@dataclass(frozen=True, slots=True, eq=False)
class Silhouette:
    """Where an object would be seen if nothing stood before it and the image had no border.

    Attributes:
        mask: (H, W) bool, the part inside the frame.
        bbox_xywh_px: Box of the projected surface, which may reach outside the frame; zeros when nothing is in front.
        total_px: Pixels of the silhouette, those outside the frame included.
    """

    mask: NDArray[np.bool_]
    bbox_xywh_px: Box
    total_px: int

    @property
    def truncation(self) -> float:
        """Share of the silhouette outside the frame."""
        return 1.0 - int(self.mask.sum()) / self.total_px if self.total_px else 0.0


def silhouette_of(vertices_cam_m: Float, faces: NDArray[np.int32], projector: Projector) -> Silhouette:
    """Silhouette of a triangle mesh.

    Args:
        vertices_cam_m: (V, 3) metres, OpenCV camera frame.
        faces: (F, 3) vertex indices; orientation does not matter.
        projector: Of the image.
    """
    height, width = image_hw = projector.image_hw
    triangles_px = _projected_triangles(vertices_cam_m, faces, projector)
    limits = (
        float(-OUTSIDE_FRAMES * width),
        float(-OUTSIDE_FRAMES * height),
        float((1 + OUTSIDE_FRAMES) * width),
        float((1 + OUTSIDE_FRAMES) * height),
    )
    box = bbox_of_points(triangles_px.reshape(-1, 2), limits)
    if box[2] == 0:
        return Silhouette(np.zeros(image_hw, dtype=np.bool_), box, 0)
    left, top = int(np.floor(box[0])), int(np.floor(box[1]))
    right, bottom = int(np.ceil(box[0] + box[2])), int(np.ceil(box[1] + box[3]))
    canvas = rasterise(triangles_px - (left, top), (bottom - top, right - left))
    return Silhouette(_crop(canvas, left, top, image_hw), box, int(np.count_nonzero(canvas)))


def wholly_covered_pixels(vertices_cam_m: Float, faces: NDArray[np.int32], projector: Projector) -> NDArray[np.bool_]:
    """Pixels that lie wholly inside the silhouette of a mesh: their centre and their four corners do.

    Args:
        vertices_cam_m: (V, 3) metres, OpenCV camera frame.
        faces: (F, 3) vertex indices.
        projector: Of the image.

    Returns:
        (H, W) bool.
    """
    height, width = image_hw = projector.image_hw
    triangles_px = _projected_triangles(vertices_cam_m, faces, projector)
    # Half a pixel to the right and down, corners of pixels are where centres were.
    corner = rasterise(triangles_px + 0.5, (height + 1, width + 1))
    inside: NDArray[np.bool_] = rasterise(triangles_px, image_hw)
    for rows in (np.s_[:-1], np.s_[1:]):
        for columns in (np.s_[:-1], np.s_[1:]):
            inside &= corner[rows, columns]
    return inside


def rasterise(triangles_px: Float, image_hw: tuple[int, int]) -> NDArray[np.bool_]:
    """Pixels whose centre lies in the union of triangles.

    Args:
        triangles_px: (T, 3, 2) corners (x, y), pixels; parts outside the image are ignored.
        image_hw: Height and width, pixels.

    Returns:
        (H, W) bool.
    """
    height, width = image_hw
    rows, begin, end = _intervals(triangles_px, height)
    begin, end = np.clip(begin, 0, width), np.clip(end, 0, width)
    filled = begin < end
    stride = width + 1
    size = height * stride
    starts = np.bincount(rows[filled] * stride + begin[filled], minlength=size)
    ends = np.bincount(rows[filled] * stride + end[filled], minlength=size)
    cover = np.cumsum((starts - ends).reshape(height, stride), axis=1)
    inside: NDArray[np.bool_] = cover[:, :width] > 0
    return inside


def clip_to_near_plane(triangles_cam_m: Float, near_m: float = NEAR_M) -> Float:
    """Cut triangles at the plane z = `near_m` and keep what lies beyond it.

    Args:
        triangles_cam_m: (T, 3, 3) corners, metres, camera frame.
        near_m: Depth of the plane.

    Returns:
        (T', 3, 3); a triangle that straddles the plane becomes one or two.
    """
    in_front = triangles_cam_m[:, :, 2] >= near_m
    count = in_front.sum(axis=1)
    kept = [triangles_cam_m[count == 3]]
    if np.any((count == 1) | (count == 2)):
        kept.append(_cut(triangles_cam_m[count == 1], in_front[count == 1], near_m)[:, [0, 1, 2]])
        quads = _cut(triangles_cam_m[count == 2], ~in_front[count == 2], near_m)
        # Around the corner behind the plane: its two cuts and the two corners in front make a quadrilateral.
        kept += [quads[:, [1, 3, 4]], quads[:, [1, 4, 2]]]
    return np.concatenate(kept)


def _cut(triangles: Float, is_apex: NDArray[np.bool_], near_m: float) -> Float:
    """(T, 5, 3): apex, cut towards b, cut towards c, b, c, for triangles with one corner on its own side."""
    order = (np.argmax(is_apex, axis=1)[:, None] + np.arange(3)) % 3
    apex, b, c = np.moveaxis(np.take_along_axis(triangles, order[:, :, None], axis=1), 1, 0)
    share_b = (near_m - apex[:, 2]) / (b[:, 2] - apex[:, 2])
    share_c = (near_m - apex[:, 2]) / (c[:, 2] - apex[:, 2])
    cut_b = apex + share_b[:, None] * (b - apex)
    cut_c = apex + share_c[:, None] * (c - apex)
    cut_b[:, 2] = cut_c[:, 2] = near_m
    return np.stack([apex, cut_b, cut_c, b, c], axis=1)


def _projected_triangles(vertices_cam_m: Float, faces: NDArray[np.int32], projector: Projector) -> Float:
    """(T, 3, 2) pixel corners of all that is beyond the near plane."""
    if len(faces) == 0:
        return np.zeros((0, 3, 2))
    depth_m = vertices_cam_m[:, 2]
    if depth_m.min() >= NEAR_M:
        return projector.project_triangles(vertices_cam_m, faces)
    triangles = clip_to_near_plane(vertices_cam_m[faces])
    return projector.project_triangles(triangles.reshape(-1, 3), np.arange(3 * len(triangles)).reshape(-1, 3))


def _intervals(triangles_px: Float, height: int) -> tuple[Int, Int, Int]:
    """Row, first and past-the-last column of each (triangle, row of pixel centres)."""
    # One contiguous row for each corner: reductions over three neighbours in memory are slow.
    x, y = np.ascontiguousarray(triangles_px.T)
    lowest = np.minimum(np.minimum(y[0], y[1]), y[2])
    highest = np.maximum(np.maximum(y[0], y[1]), y[2])
    first, stop = _first_centre(lowest, height), _first_centre(highest, height)
    # Most triangles of a fine mesh are smaller than a pixel and miss every row of centres.
    spanning = np.flatnonzero(stop > first)
    x, y, first, count = x[:, spanning], y[:, spanning], first[spanning], (stop - first)[spanning]
    triangle = np.repeat(np.arange(len(spanning)), count)
    rows = np.arange(len(triangle)) + np.repeat(first - np.cumsum(count) + count, count)
    centre_y = rows + 0.5
    left = np.full(len(rows), np.inf)
    right = np.full(len(rows), -np.inf)
    for one, other in ((0, 1), (1, 2), (2, 0)):
        crossing, crosses = _crossing((x[one], y[one]), (x[other], y[other]), triangle, centre_y)
        np.minimum(left, crossing, out=left, where=crosses)
        np.maximum(right, crossing, out=right, where=crosses)
    return rows, np.ceil(left - 0.5).astype(np.int64), np.ceil(right - 0.5).astype(np.int64)


def _crossing(one: _Ends, other: _Ends, triangle: Int, centre_y: Float) -> tuple[Float, NDArray[np.bool_]]:
    """Where an edge of each triangle meets the heights, and whether it does.

    Always computed from the upper end, so the two triangles of a shared edge get the very same number.
    """
    swap = one[1] > other[1]
    top_x, top_y = np.where(swap, other[0], one[0]), np.where(swap, other[1], one[1])
    end_x, end_y = np.where(swap, one[0], other[0]), np.where(swap, one[1], other[1])
    height = end_y - top_y
    slope = np.divide(end_x - top_x, height, out=np.zeros_like(height), where=height > 0)
    at_top_y = top_y[triangle]
    crosses = (at_top_y <= centre_y) & (centre_y < end_y[triangle])
    return top_x[triangle] + slope[triangle] * (centre_y - at_top_y), crosses


def _first_centre(y: Float, height: int) -> Int:
    """First row whose pixel centre lies at or below height `y`, within the image."""
    row: Int = np.clip(np.ceil(y - 0.5), 0, height).astype(np.int64)
    return row


def _crop(canvas: NDArray[np.bool_], left: int, top: int, image_hw: tuple[int, int]) -> NDArray[np.bool_]:
    """The (H, W) frame of a canvas whose first pixel is image pixel (column `left`, row `top`)."""
    height, width = image_hw
    frame = np.zeros(image_hw, dtype=np.bool_)
    rows = slice(max(top, 0), min(top + canvas.shape[0], height))
    columns = slice(max(left, 0), min(left + canvas.shape[1], width))
    if rows.start < rows.stop and columns.start < columns.stop:
        frame[rows, columns] = canvas[rows.start - top : rows.stop - top, columns.start - left : columns.stop - left]
    return frame
