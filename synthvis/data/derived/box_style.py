"""How a box is drawn: the exact boxes of renders in the manner of the people who label photographs."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, get_args

if TYPE_CHECKING:
    from synthvis.data.sample import LabelledObject, Sample
    from synthvis.data.split import Split

__all__ = ["BOX_KINDS", "BoxKind", "BoxStyle", "in_style"]

BoxKind = Literal["modal", "amodal", "body", "amodal-body"]
BOX_KINDS: tuple[BoxKind, ...] = get_args(BoxKind)

Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class BoxStyle:
    """A manner of drawing boxes.

    Attributes:
        kind: Around what shows of an object ("modal") or around all of it, hidden parts too ("amodal"); "body" and
            "amodal-body" are the same without stalks, stems and leaves.
        margin: How far a box reaches beyond the object on each side, as a share of the box's own side there.
    """

    kind: BoxKind = "modal"
    margin: float = 0.0


def in_style(split: Split, style: BoxStyle) -> Split:
    """The split with its boxes redrawn and cut at the frame.

    Where boxes are those of the body, objects whose body does not show (or, amodal, is not in the frame) have none.
    Photographs keep their boxes: people have drawn those. So does a mixed set, whose renders were redrawn when it was
    mixed.
    """
    if split.kind != "synthetic" or style == BoxStyle():
        return split

    def with_boxes(image: Sample) -> Sample:
        redrawn = (_redrawn(box, image.image_hw, style) for box in image.objects)
        return replace(image, objects=tuple(box for box in redrawn if box is not None))

    return split.changed(with_boxes)


def _redrawn(box: LabelledObject, image_hw: tuple[int, int], style: BoxStyle) -> LabelledObject | None:
    chosen = _chosen(box, style.kind)
    if chosen == box.bbox_xywh_px and not style.margin:
        return box
    x, y, width, height = chosen
    x0, y0 = max(x - style.margin * width, 0.0), max(y - style.margin * height, 0.0)
    x1 = min(x + (1 + style.margin) * width, image_hw[1])
    y1 = min(y + (1 + style.margin) * height, image_hw[0])
    if x1 <= x0 or y1 <= y0:
        return None
    return replace(box, bbox_xywh_px=(x0, y0, x1 - x0, y1 - y0), area_px=(x1 - x0) * (y1 - y0))


def _chosen(box: LabelledObject, kind: BoxKind) -> Box:
    modal, amodal = box.bbox_xywh_px, box.amodal_bbox_xywh_px or box.bbox_xywh_px
    return {
        "modal": modal,
        "amodal": amodal,
        "body": box.body_bbox_xywh_px or modal,
        "amodal-body": box.amodal_body_bbox_xywh_px or amodal,
    }[kind]
