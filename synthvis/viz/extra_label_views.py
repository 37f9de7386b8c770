"""Views of an image beyond boxes, masks, keypoints, depth and normals: one for each further label."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from synthvis.camera.projector import Projector
from synthvis.conventions import NAMESPACE
from synthvis.errors import DatasetError
from synthvis.formats.arrays import decode_nocs
from synthvis.formats.coco import projector_of_entry
from synthvis.formats.images import read_png
from synthvis.formats.rle import decode_mask
from synthvis.viz import overlay, overlay_3d
from synthvis.viz.chips import draw_chips

if TYPE_CHECKING:
    from synthvis.viz.annotated_images import AnnotatedImage

__all__ = ["amodal", "boundary", "box3d", "instances", "nocs", "occlusion_order", "pose", "semantic"]

Image = NDArray[np.uint8]

AXIS_SHARE = 0.5
"""Length of drawn axes over the longer side of an object's box in the image."""

HIDDEN_OPACITY = 0.6
ARROW_COLOR = (255, 255, 255)


def amodal(picked: AnnotatedImage, image: Image) -> Image:
    """Whole silhouettes, with what is hidden of them tinted."""
    hw, colors = image.shape[:2], picked.colors
    whole = [decode_mask(_facts(picked, a)["amodal_segmentation"]) for a in picked.annotations]
    hidden = [w & ~decode_mask(a["segmentation"]) for w, a in zip(whole, picked.annotations, strict=True)]
    tinted = overlay.draw_masks(image, [overlay.resized_mask(m, hw) for m in hidden], colors, opacity=HIDDEN_OPACITY)
    drawn = overlay.draw_masks(tinted, [overlay.resized_mask(m, hw) for m in whole], colors, opacity=0.0)
    boxes = [np.multiply(_facts(picked, a)["amodal_bbox"], picked.zoom(image)).tolist() for a in picked.annotations]
    return draw_chips(overlay.draw_boxes(drawn, boxes, colors), boxes, colors, picked.names)


def semantic(picked: AnnotatedImage, image: Image) -> Image:
    """The semantic map, a colour for each class."""
    ids = read_png(picked.layout.semantic(picked.split, picked.image_id)).astype(np.uint16)
    return overlay_3d.ids_as_colors(
        ids, {i: picked.class_colors[str(entry["name"])] for i, entry in picked.categories.items()}, image.shape[:2]
    )


def instances(picked: AnnotatedImage, image: Image) -> Image:
    """The instance map, a colour for each object, distractors included."""
    ids = read_png(picked.layout.instances(picked.split, picked.image_id)).astype(np.uint16)
    present = (int(i) for i in np.unique(ids) if i)
    return overlay_3d.ids_as_colors(ids, {i: overlay.color_of(i) for i in present}, image.shape[:2])


def pose(picked: AnnotatedImage, image: Image) -> Image:
    """The axes of every object's frame."""
    projector = _projector(picked, image)
    poses = [np.array(_facts(picked, a)["cam_from_object"], dtype=np.float64) for a in picked.annotations]
    lengths_m = [
        AXIS_SHARE * max(a["bbox"][2:]) * picked.zoom(image) * pose[2, 3] / projector.K[0, 0]
        for a, pose in zip(picked.annotations, poses, strict=True)
    ]
    return overlay_3d.draw_axes(image, poses, lengths_m, projector, picked.sides_px(image))


def nocs(picked: AnnotatedImage, image: Image) -> Image:
    """Normalised object coordinates as colours: x red, y green, z blue."""
    path = picked.layout.nocs(picked.split, picked.image_id)
    _require("nocs", picked, is_there=path.parent.is_dir())
    normalised, _ = decode_nocs(read_png(path).astype(np.uint16))
    return overlay.resized(np.rint(normalised * 255).astype(np.uint8), image.shape[:2])


def box3d(picked: AnnotatedImage, image: Image) -> Image:
    """The box of every object along its own axes."""
    boxes = [_facts(picked, a).get("box3d") for a in picked.annotations]
    _require("box3d", picked, is_there=all(boxes))
    corners = [np.array(box["corners_cam_m"], dtype=np.float64) for box in boxes if box]
    projector = _projector(picked, image)
    return overlay_3d.draw_boxes3d(image, corners, projector, picked.colors, picked.sides_px(image))


def occlusion_order(picked: AnnotatedImage, image: Image) -> Image:
    """An arrow from each object to those that it hides part of, with the hidden pixels in number."""
    pairs = _facts(picked, picked.entry).get("occlusion_order")
    _require("occlusion_order", picked, is_there=pairs is not None)
    ids = read_png(picked.layout.instances(picked.split, picked.image_id))
    zoom = picked.zoom(image)
    places = {i: np.multiply(overlay_3d.middle_of(ids == i), zoom) for i in np.unique(ids).tolist() if i}
    arrows = [
        (tuple(places[p["occluder"]]), tuple(places[p["occluded"]]), str(p["pixels"]))
        for p in pairs or ()
        if {p["occluder"], p["occluded"]} <= places.keys()
    ]
    return overlay_3d.draw_arrows(overlay.draw_masks(image, picked.masks(image), picked.colors), arrows, ARROW_COLOR)


def boundary(picked: AnnotatedImage, image: Image) -> Image:
    """Boundaries of all objects, with the side in front and the side behind."""
    path = picked.layout.boundary(picked.split, picked.image_id)
    _require("boundary", picked, is_there=path.parent.is_dir())
    return overlay_3d.draw_boundary(image, read_png(path).astype(np.uint8))


def _require(name: str, picked: AnnotatedImage, *, is_there: bool) -> None:
    if not is_there:
        raise DatasetError(
            f"{picked.layout.root} has no {name} labels for image {picked.image_id}",
            hint=f"they are made on request: `synthvis render --set labels.extra=[{name}]` into another folder",
        )


def _facts(picked: AnnotatedImage, entry: Mapping[str, Any]) -> Mapping[str, Any]:
    facts = entry.get(NAMESPACE)
    if not isinstance(facts, Mapping):
        raise DatasetError(f"image {picked.image_id} of {picked.layout.root} has entries without '{NAMESPACE}'")
    return facts


def _projector(picked: AnnotatedImage, image: Image) -> Projector:
    """The projector of the image as it is drawn."""
    return projector_of_entry(picked.entry).resized(picked.zoom(image))
