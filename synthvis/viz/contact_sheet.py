"""Contact sheets: many labelled images of a set in one picture, with a legend of their classes."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from functools import partial

import numpy as np
from numpy.typing import NDArray

from synthvis.errors import DatasetError
from synthvis.formats.images import read_image_rgb, read_png
from synthvis.labels.registry import labels_on_request
from synthvis.viz import extra_label_views, overlay
from synthvis.viz.annotated_images import AnnotatedImage
from synthvis.viz.chips import draw_chips
from synthvis.viz.extra_label_views import on_request
from synthvis.viz.legend import DEPTH_NOTE, NORMALS_NOTE, captioned, legend_strip

__all__ = ["COCO_VIEWS", "VIEWS", "contact_sheet", "image_view", "known_views", "shows_classes"]

Image = NDArray[np.uint8]

TILE_PX = 320
"""Longer side of one tile."""

GAP_PX = 4
BACKGROUND = 24
WITHOUT_TRACK = (160, 160, 160)


def _with_boxes(picked: AnnotatedImage, image: Image) -> Image:
    boxes = picked.boxes_px(image)
    drawn = overlay.draw_boxes(image, boxes, picked.colors, picked.ignored)
    named = [place for place, is_ignored in enumerate(picked.ignored) if not is_ignored]
    shown, colors = [boxes[place] for place in named], [picked.colors[place] for place in named]
    return draw_chips(drawn, shown, colors, [picked.names[place] for place in named])


def _with_tracks(picked: AnnotatedImage, image: Image) -> Image:
    """Boxes in the colour of their track, with its number; those without one in grey."""
    if picked.entry.video is None:
        raise DatasetError(
            f"{picked.layout.root} has no tracks: image {picked.image_id} is no frame of a film",
            hint="docs/reference/formats.md says how films are stored",
        )
    boxes, tracks = picked.boxes_px(image), [one.track_id for one in picked.annotations]
    colors = [WITHOUT_TRACK if number is None else overlay.color_of(number) for number in tracks]
    drawn = overlay.draw_boxes(image, boxes, colors, picked.ignored)
    return draw_chips(drawn, boxes, colors, ["-" if number is None else str(number) for number in tracks])


def _with_masks(picked: AnnotatedImage, image: Image) -> Image:
    return overlay.draw_masks(image, picked.masks(image), picked.colors)


def _with_keypoints(picked: AnnotatedImage, image: Image) -> Image:
    zoom = np.array([picked.zoom(image)] * 2 + [1.0])
    points = [a.keypoints_xyv * zoom for a in picked.annotations]
    skeletons = [picked.skeletons.get(a.category_id, ()) for a in picked.annotations]
    return overlay.draw_keypoints(image, points, skeletons, picked.colors, picked.sides_px(image))


def _with_all(picked: AnnotatedImage, image: Image) -> Image:
    return _with_keypoints(picked, _with_boxes(picked, _with_masks(picked, image)))


def _depth(picked: AnnotatedImage, image: Image) -> Image:
    depth_m = picked.layout.read_depth_m(picked.split, picked.image_id)
    return overlay.resized(overlay.depth_colors(depth_m), image.shape[:2])


def _normals(picked: AnnotatedImage, image: Image) -> Image:
    """The stored pixels, so that a colour here is a colour of the file (docs/reference/conventions.md)."""
    stored = read_png(picked.layout.normals(picked.split, picked.image_id)).astype(np.uint8)
    return overlay.resized(stored, image.shape[:2])


View = Callable[[AnnotatedImage, Image], Image]

VIEWS: Mapping[str, View] = {
    "rgb": lambda picked, image: image,
    "boxes": _with_boxes,
    "masks": _with_masks,
    "keypoints": _with_keypoints,
    "labels": _with_all,
    "tracks": _with_tracks,
    "depth": _depth,
    "normals": _normals,
    "amodal": extra_label_views.amodal,
    "semantic": extra_label_views.semantic,
    "instances": extra_label_views.instances,
    "pose": extra_label_views.pose,
}
"""What can be shown of every image; "labels" is masks, boxes and keypoints over each other."""

COCO_VIEWS = ("rgb", "boxes", "masks", "keypoints", "labels", "tracks")
"""Views of sets that synthvis did not render."""

CLASS_VIEWS = ("boxes", "masks", "keypoints", "labels", "amodal", "semantic")
"""Those in which colours are classes."""


def known_views() -> Mapping[str, View]:
    """Every view by its name: those of every image, then one for each label on request."""
    return {**VIEWS, **{name: partial(on_request, label) for name, label in labels_on_request().items()}}


def shows_classes(view: str) -> bool:
    """Whether colours of a view are classes, so that a legend belongs to it."""
    label = labels_on_request().get(view)
    return view in CLASS_VIEWS or (label is not None and label.shows_classes)


def image_view(picked: AnnotatedImage, view: str, longer_side_px: int | None = None) -> Image:
    """One view of an image, enlarged or reduced before the labels are drawn, so lines and words stay sharp.

    Raises:
        DatasetError: A file of the image is missing or damaged, or the set has no such label.
    """
    if not picked.is_rendered and view not in COCO_VIEWS:
        raise DatasetError(
            f"{picked.layout.root} has no {view}: it is not a dataset that synthvis rendered",
            hint=f"views of other sets: {', '.join(COCO_VIEWS)}",
        )
    image = read_image_rgb(picked.path, picked.image_hw)
    if longer_side_px is not None:
        factor = longer_side_px / max(image.shape[:2])
        height, width = (max(1, round(side * factor)) for side in image.shape[:2])
        image = overlay.resized(image, (height, width))
    return known_views()[view](picked, image)


def contact_sheet(images: Sequence[AnnotatedImage], views: Sequence[str], *, tile_px: int = TILE_PX) -> Image:
    """One picture of many images; each image takes one tile for each view, side by side, with its number below.

    Where colours are classes, a legend below names each class with the number of its objects in these images. Regions
    to ignore have dashed boxes without a name, and are not counted.

    Raises:
        DatasetError: A file of an image is missing or damaged.
        ValueError: Nothing to show.
    """
    if not images or not views:
        raise ValueError("a contact sheet needs an image and a view")
    tiles = [[image_view(picked, view, tile_px) for view in views] for picked in images]
    tiles = [
        [captioned(row[0], f"{one.image_id} {one.split}"), *row[1:]] for one, row in zip(images, tiles, strict=True)
    ]
    sheet = _grid(tiles)
    names = [name for picked in images for name in _object_names(picked)] if any(map(shows_classes, views)) else []
    strip = legend_strip(names, images[0].class_colors, sheet.shape[1], _notes(images, views, tile_px))
    return np.concatenate([sheet, strip])


def _grid(tiles: Sequence[Sequence[Image]]) -> Image:
    """Rows of groups of tiles, one group for each image; a row is as high as its highest tile."""
    width = max(tile.shape[1] for row in tiles for tile in row)
    views = len(tiles[0])
    groups = _columns(len(tiles), views, width / max(tile.shape[0] for row in tiles for tile in row))
    bands = [tiles[start : start + groups] for start in range(0, len(tiles), groups)]
    heights = [max(tile.shape[0] for row in band for tile in row) for band in bands]
    shape = (sum(heights) + GAP_PX * (len(bands) + 1), groups * views * (width + GAP_PX) + GAP_PX, 3)
    sheet = np.full(shape, BACKGROUND, np.uint8)
    top = GAP_PX
    for band, height in zip(bands, heights, strict=True):
        for position, tile in enumerate(tile for row in band for tile in row):
            left = GAP_PX + position * (width + GAP_PX)
            sheet[top : top + tile.shape[0], left : left + tile.shape[1]] = tile
        top += height + GAP_PX
    return sheet


def _object_names(picked: AnnotatedImage) -> list[str]:
    return [name for name, is_ignored in zip(picked.names, picked.ignored, strict=True) if not is_ignored]


def _notes(images: Sequence[AnnotatedImage], views: Sequence[str], tile_px: int) -> list[str]:
    notes = [note for view, note in (("depth", DEPTH_NOTE), ("normals", NORMALS_NOTE)) if view in views]
    small = _without_keypoints(images, tile_px) if {"keypoints", "labels"} & set(views) else 0
    if small:
        objects = "1 object is" if small == 1 else f"{small:,} objects are"
        notes.append(f"{objects} too small to show keypoints; a larger --size shows them.")
    if {"boxes", "labels", "tracks"} & set(views) and any(any(picked.ignored) for picked in images):
        notes.append("Dashed: regions to ignore (iscrowd).")
    return notes


def _without_keypoints(images: Sequence[AnnotatedImage], tile_px: int) -> int:
    """Objects whose keypoints are left out because they are too small in their tile."""
    small = 0
    for picked in images:
        zoom = tile_px / max(picked.image_hw)
        for annotation in picked.annotations:
            _, _, width, height = annotation.bbox_xywh_px
            side_px = zoom * math.sqrt(max(width * height, 0.0))
            small += bool(annotation.keypoints) and not overlay.has_room_for_keypoints(side_px)
    return small


def _columns(images: int, views: int, tile_aspect: float) -> int:
    """Images side by side that bring the sheet near to 3:2."""
    return max(1, min(images, round(math.sqrt(images * 1.5 / (views * tile_aspect)))))
