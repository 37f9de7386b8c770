"""A sheet of what a trainer is fed: square views with their targets over them or beside them, batch by batch."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from synthvis.formats.arrays import encode_normals
from synthvis.viz import overlay
from synthvis.viz.chips import draw_chips
from synthvis.viz.grouped_sheet import COLUMNS, grouped_sheet
from synthvis.viz.legend import DEPTH_NOTE, NORMALS_NOTE, captioned, legend_strip
from synthvis.viz.palette import Color, class_colors

__all__ = ["BatchImage", "batch_sheet"]

Image = NDArray[np.uint8]

GAP_PX = 2
BACKGROUND = 24
CLASS_MAP_NOTE = "Numbers: views that show the class. Grey pixels are not learnt from."


class BatchImage(Protocol):
    """One image of a batch with its targets, in pixels of the image."""

    @property
    def step(self) -> int:
        """Which batch it is of."""

    @property
    def image_rgb(self) -> Image:
        """(S, S, 3) uint8."""

    @property
    def boxes_xyxy_px(self) -> NDArray[np.float32]:
        """(N, 4)."""

    @property
    def names(self) -> tuple[str, ...]:
        """Of each box."""

    @property
    def masks(self) -> NDArray[np.bool_] | None:
        """(N, S, S)."""

    @property
    def keypoints_xyv(self) -> NDArray[np.float32] | None:
        """(M, K, 3), COCO's visibility last; of the boxes, or of the one object that the view shows."""

    @property
    def keypoint_names(self) -> tuple[str, ...]:
        """Of the K keypoints."""

    @property
    def depth_m(self) -> NDArray[np.float32] | None:
        """(S, S), 0 where unknown."""

    @property
    def normals_cam(self) -> NDArray[np.float32] | None:
        """(S, S, 3) unit vectors, 0 where unknown."""

    @property
    def class_map(self) -> NDArray[np.uint8] | None:
        """(S, S) positions in `class_names`; any other number: not learnt from."""

    @property
    def class_names(self) -> tuple[str, ...]:
        """Of the class map."""

    @property
    def caption(self) -> str:
        """Of the whole image."""


def batch_sheet(views: Sequence[BatchImage], tile_px: int) -> Image:
    """One picture of all views, each batch starting a new row, with a legend below.

    Padding is shown as the network gets it. Boxes, masks and keypoints are drawn over a view; the target of a task
    that tells something of each pixel stands to the right of it.

    Args:
        views: In the order of the steps.
        tile_px: Side of a tile; views are enlarged or reduced to it before their targets are drawn.
    """
    named = [name for view in views for name in _named(view)]
    colors = class_colors([*named, *(name for view in views for name in (*view.class_names, *view.keypoint_names))])
    steps = sorted({view.step for view in views})
    tiles = [[_tile(view, tile_px, colors) for view in views if view.step == step] for step in steps]
    sheet = grouped_sheet(tiles, COLUMNS if tiles[0][0].shape[1] == tile_px else COLUMNS // 2)
    return np.concatenate([sheet, legend_strip(named, colors, sheet.shape[1], _notes(views[0]))])


def _named(view: BatchImage) -> list[str]:
    """What the legend counts."""
    if view.class_map is not None:
        present = np.unique(view.class_map).tolist()
        return [name for position, name in enumerate(view.class_names) if position in present and name != "background"]
    if view.keypoints_xyv is not None:
        labelled = (view.keypoints_xyv[..., 2] > 0).sum(axis=0)
        return [name for name, count in zip(view.keypoint_names, labelled, strict=True) for _ in range(int(count))]
    return list(view.names)


def _notes(view: BatchImage) -> list[str]:
    if view.class_map is not None:
        return [CLASS_MAP_NOTE]
    if view.depth_m is not None:
        return [DEPTH_NOTE]
    if view.normals_cam is not None:
        return [NORMALS_NOTE]
    return ["Discs are visible keypoints, rings are hidden ones."] if view.keypoints_xyv is not None else []


def _tile(view: BatchImage, tile_px: int, colors: Mapping[str, Color]) -> Image:
    drawn = _with_objects(view, overlay.resized(view.image_rgb, (tile_px, tile_px)), colors)
    target = _target_map(view, colors)
    if target is not None:
        gap = np.full((tile_px, GAP_PX, 3), BACKGROUND, np.uint8)
        drawn = np.concatenate([drawn, gap, overlay.resized_map(target, (tile_px, tile_px))], axis=1)
    return captioned(drawn, view.caption) if view.caption else drawn


def _with_objects(view: BatchImage, drawn: Image, colors: Mapping[str, Color]) -> Image:
    hw, zoom = drawn.shape[:2], drawn.shape[0] / view.image_rgb.shape[0]
    own = [colors.get(name, (255, 255, 255)) for name in view.names]
    if view.masks is not None:
        drawn = overlay.draw_masks(drawn, [overlay.resized_mask(mask, hw) for mask in view.masks], own)
    x0, y0, x1, y1 = view.boxes_xyxy_px.T * zoom
    boxes = np.stack([x0, y0, x1 - x0, y1 - y0], axis=1).tolist()
    drawn = draw_chips(overlay.draw_boxes(drawn, boxes, own), boxes, own, view.names)
    # Where there are no boxes the view shows one object.
    sides_px = [math.sqrt(max(w * h, 0.0)) for _, _, w, h in boxes] or [float(hw[0])]
    points_of = view.keypoints_xyv if view.keypoints_xyv is not None else ()
    for points, side_px in zip(points_of, sides_px, strict=False):
        if overlay.has_room_for_keypoints(side_px):
            scaled = points.astype(np.float64) * (zoom, zoom, 1)
            drawn = overlay.draw_points(drawn, scaled, [colors[name] for name in view.keypoint_names], side_px)
    return drawn


def _target_map(view: BatchImage, colors: Mapping[str, Color]) -> Image | None:
    if view.class_map is not None:
        return overlay.class_map_colors(view.class_map, view.class_names, colors)
    if view.depth_m is not None:
        return overlay.depth_colors(view.depth_m)
    return None if view.normals_cam is None else encode_normals(view.normals_cam)
