"""How tightly a box is drawn: the exact boxes of renders in the manner of the people who label photographs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

from synthvis.dataset.coco_split import CocoSplit, LabelledBox

__all__ = ["BoxKind", "BoxStyle", "in_style"]

BoxKind = Literal["modal", "amodal"]


@dataclass(frozen=True, slots=True, kw_only=True)
class BoxStyle:
    """A manner of drawing boxes.

    Attributes:
        kind: Around what shows of an object, or around all of it, hidden parts too.
        margin: How far a box reaches beyond the object on each side, as a share of the box's own side there.
    """

    kind: BoxKind = "modal"
    margin: float = 0.0


def in_style(split: CocoSplit, style: BoxStyle) -> CocoSplit:
    """The split with its boxes redrawn and cut at the frame.

    Photographs keep theirs: people have drawn those. So does a mixed set, whose renders were redrawn when it was mixed.
    """
    if split.kind != "synthetic" or style == BoxStyle():
        return split
    redraw = _redrawer(style)
    images = (replace(image, boxes=tuple(redraw(box, image.image_hw) for box in image.boxes)) for image in split.images)
    return replace(split, images=tuple(images))


def _redrawer(style: BoxStyle) -> Callable[[LabelledBox, tuple[int, int]], LabelledBox]:
    def redraw(box: LabelledBox, image_hw: tuple[int, int]) -> LabelledBox:
        whole = box.amodal_bbox_xywh_px if style.kind == "amodal" else None
        x, y, width, height = whole or box.bbox_xywh_px
        if whole is None and not style.margin:
            return box
        x0, y0 = max(x - style.margin * width, 0.0), max(y - style.margin * height, 0.0)
        x1 = min(x + (1 + style.margin) * width, image_hw[1])
        y1 = min(y + (1 + style.margin) * height, image_hw[0])
        return replace(box, bbox_xywh_px=(x0, y0, x1 - x0, y1 - y0), area_px=(x1 - x0) * (y1 - y0))

    return redraw
