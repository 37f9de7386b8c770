"""A sheet of what a trainer is fed: square views with their targets, batch by batch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from synthvis.report import overlay
from synthvis.report.kind_sheet import kind_sheet

__all__ = ["FedView", "fed_sheet"]

Image = NDArray[np.uint8]


class FedView(Protocol):
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
        """(N, K, 3), COCO's visibility last."""

    @property
    def caption(self) -> str:
        """Of the whole image."""


def fed_sheet(views: Sequence[FedView], tile_px: int) -> Image:
    """One picture of all views, each batch starting a new row; padding is shown as the network gets it.

    Args:
        views: In the order of the steps.
        tile_px: Side of a tile; views are enlarged or reduced to it before their targets are drawn.
    """
    steps = sorted({view.step for view in views})
    return kind_sheet([[_tile(view, tile_px) for view in views if view.step == step] for step in steps])


def _tile(view: FedView, tile_px: int) -> Image:
    zoom = tile_px / view.image_rgb.shape[0]
    drawn = overlay.resized(view.image_rgb, (tile_px, tile_px))
    colors = [overlay.color_of(number) for number in range(len(view.names))]
    if view.masks is not None:
        masks = [overlay.resized_mask(mask, (tile_px, tile_px)) for mask in view.masks]
        drawn = overlay.draw_masks(drawn, masks, colors)
    x0, y0, x1, y1 = view.boxes_xyxy_px.T * zoom
    drawn = overlay.draw_boxes(drawn, np.stack([x0, y0, x1 - x0, y1 - y0], axis=1).tolist(), colors, view.names)
    if view.keypoints_xyv is not None:
        points = [one.astype(np.float64) * (zoom, zoom, 1) for one in view.keypoints_xyv]
        drawn = overlay.draw_keypoints(drawn, points, [()] * len(points), colors)
    return overlay.draw_label(drawn, view.caption) if view.caption else drawn
