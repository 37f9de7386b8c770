"""What the report shows of the rendered set: images with their labels, counts and sizes."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, TypeVar

from pydantic import Field, model_validator

from synthvis.data.coco.files import CocoFile, image_path, is_safe_file_name, load_coco_json, parse_coco
from synthvis.dataset.layout import SPLITS
from synthvis.dataset.manifest import RenderedDataset
from synthvis.formats.json_file import Count, FileModel, JsonError, Number, validated
from synthvis.viz.legend import DEPTH_NOTE, NORMALS_NOTE
from synthvis.viz.palette import class_colors, css_color
from synthvis.viz.pictures import LabelledShape, depth_uri, image_uri, label_layers
from synthvis.viz.svg import bar_chart, on_every_screen, row_chart

__all__ = ["DatasetOverview", "ImageTile", "dataset_overview"]

CHART_PX = 420
TILES = 12
UNKNOWN_CLASS = "?"
TILE_PX = 320
MAX_SIDE_PX = 100_000
Pair = Annotated[list[Count], Field(min_length=2, max_length=2)]
Entry = TypeVar("Entry", bound=FileModel)
SIZE_EDGES_PX = (0, 8, 16, 32, 64, 96, 128, 192, 256, 384)


class ShownImage(FileModel):
    """An image entry whose labels are drawn."""

    id: int
    file_name: str
    width: int = Field(gt=0, le=MAX_SIDE_PX)
    height: int = Field(gt=0, le=MAX_SIDE_PX)


class ShownObject(FileModel):
    """An annotation that is drawn."""

    image_id: int
    category_id: int
    bbox: list[Number] = Field(min_length=4, max_length=4)
    segmentation: Any = None
    keypoints: list[Number] | None = None

    @model_validator(mode="after")
    def _has_whole_points(self) -> ShownObject:
        if len(self.keypoints or ()) % 3:
            raise ValueError("keypoints are not x, y and visibility each")
        return self

    @property
    def side_px(self) -> float:
        """Square root of the area of the box."""
        return math.sqrt(max(self.bbox[2] * self.bbox[3], 0.0))

    def shape(self, name: str, skeleton: Sequence[tuple[int, int]] = ()) -> LabelledShape:
        """What is drawn of it."""
        flat = self.keypoints or ()
        x, y, width, height = self.bbox
        return LabelledShape(
            name=name,
            bbox_xywh_px=(x, y, width, height),
            segmentation=self.segmentation,
            keypoints_xyv=tuple(
                (x, y, int(seen)) for x, y, seen in zip(flat[0::3], flat[1::3], flat[2::3], strict=True)
            ),
            skeleton=tuple(skeleton),
        )


class ShownCategory(FileModel):
    """A class with the lines between its keypoints."""

    id: int
    skeleton: list[Pair] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageTile:
    """An image with its labels.

    Attributes:
        id: Number of the image.
        split: Its split.
        image: Data URI of the picture.
        depth: Data URI of its depth, None without.
        normals: Data URI of its normals, None without.
        layers: SVG of masks, boxes and keypoints.
        objects: Labelled objects in it.
    """

    id: int
    split: str
    image: str
    depth: str | None
    normals: str | None
    layers: str
    objects: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetOverview:
    """What the page shows of a rendered set.

    Attributes:
        name: Of the set.
        images: Their number by split.
        objects: Labelled objects in all.
        legend: Name and CSS colour of each class.
        notes: Sentences about the colours of depth and normals.
        tiles: Images, evenly spread over the set.
        class_chart: Objects by class, SVG.
        size_chart: Objects by size, SVG.
        crowding_chart: Images by number of objects, SVG.
    """

    name: str
    images: Mapping[str, int]
    objects: int
    legend: tuple[tuple[str, str], ...]
    notes: tuple[str, ...]
    tiles: tuple[ImageTile, ...]
    class_chart: str
    size_chart: str
    crowding_chart: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Split:
    """What can be drawn of a split.

    Attributes:
        images: Its images.
        objects: Objects with boxes and masks, by image.
        points: Objects with keypoints, by image.
        skeletons: Pairs of 1-based keypoints, by category.
    """

    images: tuple[ShownImage, ...]
    objects: Mapping[int, Sequence[ShownObject]]
    points: Mapping[int, Sequence[ShownObject]]
    skeletons: Mapping[int, Sequence[tuple[int, int]]]


def dataset_overview(dataset: RenderedDataset) -> DatasetOverview:
    """Counts, charts and a few images of a rendered set.

    Raises:
        DatasetError: An annotation file or an image is unreadable.
    """
    splits = {split: _read_split(dataset, split) for split in SPLITS}
    names = {one.id: one.name for one in dataset.categories}
    objects = [one for split in splits.values() for found in split.objects.values() for one in found]
    counts = Counter(names.get(one.category_id, UNKNOWN_CLASS) for one in objects)
    colors = class_colors(names.values())
    return DatasetOverview(
        name=dataset.name,
        images={name: len(split.images) for name, split in splits.items()},
        objects=len(objects),
        legend=tuple((name, css_color(colors[name])) for _, name in sorted(names.items())),
        notes=(DEPTH_NOTE, NORMALS_NOTE),
        tiles=_tiles(dataset, splits, names),
        class_chart=_chart(row_chart, counts.most_common(), "labelled objects by class"),
        size_chart=_size_chart(objects),
        crowding_chart=_crowding_chart(splits.values()),
    )


def _read_split(dataset: RenderedDataset, split: str) -> _Split:
    instances, keypoints = (_read_coco(dataset.layout.annotations(task, split)) for task in ("instances", "keypoints"))
    skeletons = {
        one.id: [(a, b) for a, b in one.skeleton or ()] for one in _sound(keypoints.categories.values(), ShownCategory)
    }
    return _Split(
        images=tuple(_sound(instances.images.values(), ShownImage)),
        objects=_by_image(instances),
        points=_by_image(keypoints),
        skeletons=skeletons,
    )


def _read_coco(path: Path) -> CocoFile:
    return parse_coco(load_coco_json(path)) if path.is_file() else CocoFile()


def _by_image(coco: CocoFile) -> dict[int, list[ShownObject]]:
    return {image_id: list(_sound(found, ShownObject)) for image_id, found in coco.annotations.items()}


def _sound(entries: Iterable[object], model: type[Entry]) -> Iterator[Entry]:
    """Entries that can be drawn; the quality gate names those that cannot."""
    for entry in entries:
        with suppress(JsonError):
            yield validated(entry, model)


def _tiles(dataset: RenderedDataset, splits: Mapping[str, _Split], names: Mapping[int, str]) -> tuple[ImageTile, ...]:
    every = [(name, image) for name, split in splits.items() for image in split.images]
    every = [(name, image) for name, image in every if is_safe_file_name(image.file_name)]
    chosen = [every[int(k * len(every) / TILES)] for k in range(TILES)] if len(every) > TILES else every
    tiles = (_tile(dataset, name, image, names, splits[name]) for name, image in chosen)
    return tuple(tile for tile in tiles if tile is not None)


def _tile(
    dataset: RenderedDataset, name: str, image: ShownImage, names: Mapping[int, str], split: _Split
) -> ImageTile | None:
    """The image with its labels; None where its file is not there."""
    layout, hw = dataset.layout, (image.height, image.width)
    picture = image_uri(image_path(dataset.root, name, image.file_name), TILE_PX)
    if picture is None:
        return None
    objects = split.objects.get(image.id, ())
    class_names = tuple(names.values())
    shapes = [one.shape(names.get(one.category_id, UNKNOWN_CLASS)) for one in objects]
    layers = label_layers(hw, shapes, class_names, ("masks", "boxes"))
    # The keypoint file repeats the boxes; only its points are wanted.
    points = [
        one.shape(names.get(one.category_id, UNKNOWN_CLASS), split.skeletons.get(one.category_id, ()))
        for one in split.points.get(image.id, ())
    ]
    if points:
        layers += label_layers(hw, points, class_names, ("keypoints",))
    has_depth = layout.depth(name, image.id).is_file()
    return ImageTile(
        id=image.id,
        split=name,
        image=picture,
        depth=depth_uri(layout.read_depth_m(name, image.id), TILE_PX) if has_depth else None,
        normals=image_uri(layout.normals(name, image.id), TILE_PX),
        layers=layers,
        objects=len(objects),
    )


def _size_chart(objects: Sequence[ShownObject]) -> str:
    counts = [0] * len(SIZE_EDGES_PX)
    for one in objects:
        counts[sum(one.side_px >= edge for edge in SIZE_EDGES_PX) - 1] += 1
    bars = [(str(edge), float(count)) for edge, count in zip(SIZE_EDGES_PX, counts, strict=True)]
    return _chart(bar_chart, bars, "objects by size: square root of area, px")


def _crowding_chart(splits: Iterable[_Split]) -> str:
    counts = Counter(len(split.objects.get(image.id, ())) for split in splits for image in split.images)
    highest = max(counts, default=0)
    return _chart(bar_chart, [(str(k), float(counts[k])) for k in range(highest + 1)], "images by number of objects")


def _chart(draw: Callable[..., str], bars: Sequence[tuple[str, float]], x_label: str) -> str:
    return on_every_screen(lambda width: draw(bars, x_label=x_label, width=width), CHART_PX)
