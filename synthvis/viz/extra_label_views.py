"""Views of an image beyond boxes, masks, keypoints, depth and normals; labels on request say how they look."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from synthvis.camera.projector import Projector
from synthvis.dataset.labelled_image import has_label, read_label
from synthvis.errors import DatasetError
from synthvis.formats.images import read_png
from synthvis.labels.drawing import ColorMap, Drawing, SpaceLines
from synthvis.labels.label import Label
from synthvis.viz import overlay, overlay_3d
from synthvis.viz.chips import draw_chips

if TYPE_CHECKING:
    from synthvis.viz.annotated_images import AnnotatedImage

__all__ = ["amodal", "instances", "on_request", "painted", "pose", "semantic"]

Image = NDArray[np.uint8]

AXIS_SHARE = 0.5
"""Length of drawn axes over the longer side of an object's box in the image."""

HIDDEN_OPACITY = 0.6
ARROW_COLOR = (255, 255, 255)


def amodal(picked: AnnotatedImage, image: Image) -> Image:
    """Whole silhouettes, with what is hidden of them tinted."""
    hw, colors = image.shape[:2], picked.colors
    objects = picked.labelled.objects
    whole = [item.amodal_mask for item in objects]
    hidden = [item.amodal_mask & ~item.entry.mask(item.image_hw) for item in objects]
    tinted = overlay.draw_masks(image, [overlay.resized_mask(m, hw) for m in hidden], colors, opacity=HIDDEN_OPACITY)
    drawn = overlay.draw_masks(tinted, [overlay.resized_mask(m, hw) for m in whole], colors, opacity=0.0)
    boxes = [np.multiply(item.amodal_bbox_xywh_px, picked.zoom(image)).tolist() for item in objects]
    return draw_chips(overlay.draw_boxes(drawn, boxes, colors), boxes, colors, picked.names)


def semantic(picked: AnnotatedImage, image: Image) -> Image:
    """The semantic map, a colour for each class."""
    ids = read_png(picked.layout.semantic(picked.split, picked.image_id)).astype(np.uint16)
    return overlay_3d.ids_as_colors(
        ids, {i: picked.class_colors[name] for i, name in picked.class_names.items()}, image.shape[:2]
    )


def instances(picked: AnnotatedImage, image: Image) -> Image:
    """The instance map, a colour for each object, distractors included."""
    ids = read_png(picked.layout.instances(picked.split, picked.image_id)).astype(np.uint16)
    present = (int(i) for i in np.unique(ids) if i)
    return overlay_3d.ids_as_colors(ids, {i: overlay.color_of(i) for i in present}, image.shape[:2])


def pose(picked: AnnotatedImage, image: Image) -> Image:
    """The axes of every object's frame."""
    projector = _projector(picked, image)
    poses = [item.cam_from_object for item in picked.labelled.objects]
    lengths_m = [
        AXIS_SHARE * max(a.bbox_xywh_px[2:]) * picked.zoom(image) * pose[2, 3] / projector.K[0, 0]
        for a, pose in zip(picked.annotations, poses, strict=True)
    ]
    return overlay_3d.draw_axes(image, poses, lengths_m, projector, picked.sides_px(image))


def on_request(label: Label[Any], picked: AnnotatedImage, image: Image) -> Image:
    """A label on request, as it draws itself.

    Raises:
        DatasetError: The dataset does not have it, or it is damaged.
    """
    stored = picked.labelled
    if not has_label(label, stored):
        film = "--frames 30 " if label.needs_film else ""
        command = f"synthvis render {film}--set labels.extra=[{label.name}]"
        raise DatasetError(
            f"{picked.layout.root} has no {label.name} labels for image {picked.image_id}",
            hint=f"they are made on request: `{command}` into another folder",
        )
    return painted(label.draw(read_label(label, stored), stored), picked, image)


def painted(drawing: Drawing, picked: AnnotatedImage, image: Image) -> Image:
    """What a label draws, over the picture."""
    if isinstance(drawing, ColorMap):
        return overlay_3d.draw_color_map(image, drawing)
    if isinstance(drawing, SpaceLines):
        numbers = [item.instance_id for item in picked.annotations]
        looks = dict(zip(numbers, zip(picked.colors, picked.sides_px(image), strict=True), strict=True))
        shown = [item for item in drawing.objects if item.instance_id in looks]
        colors, sides_px = zip(*(looks[item.instance_id] for item in shown), strict=True) if shown else ((), ())
        return overlay_3d.draw_lines(image, shown, _projector(picked, image), colors, sides_px)
    ids, zoom = picked.labelled.instance_id, picked.zoom(image)
    positions = {i: np.multiply(overlay_3d.middle_of(ids == i), zoom) for i in np.unique(ids).tolist() if i}
    arrows = [
        (tuple(positions[arrow.start]), tuple(positions[arrow.end]), arrow.text)
        for arrow in drawing.arrows
        if {arrow.start, arrow.end} <= positions.keys()
    ]
    return overlay_3d.draw_arrows(overlay.draw_masks(image, picked.masks(image), picked.colors), arrows, ARROW_COLOR)


def _projector(picked: AnnotatedImage, image: Image) -> Projector:
    """The projector of the image as it is drawn."""
    return picked.entry.projector.resized(picked.zoom(image))
