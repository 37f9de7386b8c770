"""Contact sheets: many labelled images of a dataset in one picture."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from synthvis.conventions import NAMESPACE
from synthvis.dataset.coco_files import CocoFile, image_path, load_coco_json, parse_coco
from synthvis.dataset.layout import SPLITS, DatasetLayout
from synthvis.errors import DatasetError
from synthvis.formats.arrays import decode_normals
from synthvis.formats.images import read_image_rgb, read_png
from synthvis.formats.rle import decode_mask
from synthvis.report import more_views, overlay

__all__ = ["VIEWS", "Picked", "contact_sheet", "image_view", "pick_images"]

Image = NDArray[np.uint8]

TILE_PX = 320
"""Longer side of one tile."""

GAP_PX = 4
BACKGROUND = 24


@dataclass(frozen=True, slots=True, eq=False)
class Picked:
    """One image of a dataset, with its annotations."""

    layout: DatasetLayout
    split: str
    entry: Mapping[str, Any]
    annotations: Sequence[Mapping[str, Any]]
    categories: Mapping[int, Mapping[str, Any]]

    @property
    def image_id(self) -> int:
        """COCO image id, which is the image's number."""
        return int(self.entry["id"])

    def colors(self) -> list[overlay.Color]:
        """A colour for each annotation, by instance."""
        return [overlay.color_of(int(a.get(NAMESPACE, {}).get("instance_id", a["id"]))) for a in self.annotations]

    def names(self) -> list[str]:
        """Class name of each annotation."""
        return [str(self.categories.get(a["category_id"], {}).get("name", "?")) for a in self.annotations]


def pick_images(layout: DatasetLayout, count: int, splits: Iterable[str] = SPLITS) -> list[Picked]:
    """`count` images, evenly spread over the dataset by number; 0 for all.

    Raises:
        DatasetError: An annotation file is damaged, or there is no image.
    """
    found = [picked for split in splits for picked in _images_of(layout, split)]
    if not found:
        raise DatasetError(
            f"{layout.root} has no annotated image",
            hint="repeat the `synthvis render` command that made it; it resumes",
        )
    found.sort(key=lambda picked: picked.image_id)
    wanted = min(count, len(found)) or len(found)
    return [found[position * len(found) // wanted] for position in range(wanted)]


def _images_of(layout: DatasetLayout, split: str) -> list[Picked]:
    path = layout.annotations("instances", split)
    if not path.is_file():
        return []
    coco = parse_coco(load_coco_json(path))
    with_keypoints = _keypoints_by_instance(layout, split)
    skeletons = with_keypoints.categories
    categories = {i: {**entry, **skeletons.get(i, {})} for i, entry in coco.categories.items()}
    points = {_key(a): a["keypoints"] for own in with_keypoints.annotations.values() for a in own if "keypoints" in a}
    return [
        Picked(
            layout,
            split,
            entry,
            [{**a, "keypoints": points.get(_key(a), [])} for a in coco.annotations.get(image_id, [])],
            categories,
        )
        for image_id, entry in coco.images.items()
    ]


def _keypoints_by_instance(layout: DatasetLayout, split: str) -> CocoFile:
    path = layout.annotations("keypoints", split)
    return parse_coco(load_coco_json(path)) if path.is_file() else CocoFile()


def _key(entry: Mapping[str, Any]) -> tuple[int, Any]:
    facts = entry.get(NAMESPACE)
    return entry["image_id"], facts.get("instance_id") if isinstance(facts, Mapping) else tuple(entry["bbox"])


def _zoom(picked: Picked, image: Image) -> float:
    return image.shape[1] / float(picked.entry["width"])


def _with_boxes(picked: Picked, image: Image) -> Image:
    boxes = [np.multiply(a["bbox"], _zoom(picked, image)) for a in picked.annotations]
    return overlay.draw_boxes(image, boxes, picked.colors(), picked.names())


def _with_masks(picked: Picked, image: Image) -> Image:
    masks = [overlay.resized_mask(decode_mask(a["segmentation"]), image.shape[:2]) for a in picked.annotations]
    return overlay.draw_masks(image, masks, picked.colors())


def _with_keypoints(picked: Picked, image: Image) -> Image:
    zoom = np.array([_zoom(picked, image)] * 2 + [1.0])
    points = [np.asarray(a.get("keypoints", []), dtype=np.float64).reshape(-1, 3) * zoom for a in picked.annotations]
    skeletons = overlay.skeletons_of(picked.categories, [a["category_id"] for a in picked.annotations])
    return overlay.draw_keypoints(image, points, skeletons, picked.colors())


def _with_all(picked: Picked, image: Image) -> Image:
    return _with_keypoints(picked, _with_boxes(picked, _with_masks(picked, image)))


def _depth(picked: Picked, image: Image) -> Image:
    depth_m = picked.layout.read_depth_m(picked.split, picked.image_id)
    return overlay.resized(overlay.depth_colors(depth_m), image.shape[:2])


def _normals(picked: Picked, image: Image) -> Image:
    stored = read_png(picked.layout.normals(picked.split, picked.image_id)).astype(np.uint8)
    return overlay.resized(overlay.normal_colors(decode_normals(stored)), image.shape[:2])


VIEWS: dict[str, Callable[[Picked, Image], Image]] = {
    "rgb": lambda picked, image: image,
    "labels": _with_all,
    "boxes": _with_boxes,
    "masks": _with_masks,
    "keypoints": _with_keypoints,
    "depth": _depth,
    "normals": _normals,
    "amodal": more_views.amodal,
    "semantic": more_views.semantic,
    "instances": more_views.instances,
    "pose": more_views.pose,
    "nocs": more_views.nocs,
    "box3d": more_views.box3d,
    "occlusion_order": more_views.occlusion_order,
    "boundary": more_views.boundary,
}
"""What can be shown of an image; "labels" is masks, boxes and keypoints over each other."""


def image_view(picked: Picked, view: str, longer_side_px: int | None = None) -> Image:
    """One view of an image, enlarged or reduced before the labels are drawn, so lines and words stay sharp.

    Raises:
        DatasetError: A file of the image is missing or damaged.
    """
    image = read_image_rgb(image_path(picked.layout.root, picked.split, picked.entry["file_name"]))
    if longer_side_px is not None:
        factor = longer_side_px / max(image.shape[:2])
        image = overlay.resized(image, (round(image.shape[0] * factor), round(image.shape[1] * factor)))
    return VIEWS[view](picked, image)


def contact_sheet(images: Sequence[Picked], views: Sequence[str], *, tile_px: int = TILE_PX) -> Image:
    """One picture of many images; each image takes one tile for each view, side by side.

    Raises:
        DatasetError: A file of an image is missing or damaged.
        ValueError: Nothing to show.
    """
    if not images or not views:
        raise ValueError("a contact sheet needs an image and a view")
    tiles = [[_tile(picked, view, tile_px) for view in views] for picked in images]
    height = max(tile.shape[0] for row in tiles for tile in row)
    width = max(tile.shape[1] for row in tiles for tile in row)
    groups = _columns(len(tiles), len(views), width / height)
    rows = math.ceil(len(tiles) / groups)
    sheet = np.full(
        (rows * (height + GAP_PX) + GAP_PX, groups * len(views) * (width + GAP_PX) + GAP_PX, 3), BACKGROUND, np.uint8
    )
    for number, row in enumerate(tiles):
        for offset, tile in enumerate(row):
            top = (number // groups) * (height + GAP_PX) + GAP_PX
            left = ((number % groups) * len(views) + offset) * (width + GAP_PX) + GAP_PX
            sheet[top : top + tile.shape[0], left : left + tile.shape[1]] = tile
    return sheet


def _tile(picked: Picked, view: str, tile_px: int) -> Image:
    tile = image_view(picked, view, tile_px)
    return overlay.draw_label(tile, f"{picked.image_id} {picked.split}") if view in ("rgb", "labels") else tile


def _columns(images: int, views: int, tile_aspect: float) -> int:
    """Images side by side that bring the sheet near to 3:2."""
    return max(1, min(images, round(math.sqrt(images * 1.5 / (views * tile_aspect)))))
