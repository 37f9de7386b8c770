"""What the report says about the rendered set: its contact sheet, its counts and its sizes."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, model_validator

from synthvis.data.coco.files import image_path, is_safe_file_name, load_coco_json, parse_coco
from synthvis.dataset.layout import SPLITS
from synthvis.dataset.manifest import RenderedDataset
from synthvis.formats.json_file import Count, FileModel, JsonError, Number, validated
from synthvis.viz.legend import DEPTH_NOTE, NORMALS_NOTE
from synthvis.viz.palette import class_colors, css_color
from synthvis.viz.pictures import depth_uri, image_uri, label_layers
from synthvis.viz.svg import bar_chart, on_every_screen, row_chart

__all__ = ["dataset_facts"]

CHART_PX = 420
TILES = 12
TILE_PX = 320
MAX_SIDE_PX = 100_000
Pair = Annotated[list[Count], Field(min_length=2, max_length=2)]
SIZE_EDGES_PX = (0, 8, 16, 32, 64, 96, 128, 192, 256, 384)


class ShownImage(FileModel):
    """An image entry whose labels are drawn."""

    width: int = Field(gt=0, le=MAX_SIDE_PX)
    height: int = Field(gt=0, le=MAX_SIDE_PX)


class ShownObject(FileModel):
    """An annotation that is drawn."""

    bbox: list[Number] = Field(min_length=4, max_length=4)
    keypoints: list[Number] | None = None

    @model_validator(mode="after")
    def _has_whole_points(self) -> ShownObject:
        if len(self.keypoints or ()) % 3:
            raise ValueError("keypoints are not x, y and visibility each")
        return self


class ShownCategory(FileModel):
    """A class with the lines between its keypoints."""

    skeleton: list[Pair] | None = None


SHOWN: Mapping[str, type[FileModel]] = {"images": ShownImage, "annotations": ShownObject, "categories": ShownCategory}


def dataset_facts(dataset: RenderedDataset) -> dict[str, Any]:
    """Everything the report shows of a rendered set.

    Raises:
        DatasetError: An annotation file or an image is unreadable.
    """
    splits = {split: _coco(dataset, "instances", split) for split in SPLITS}
    names = {one.id: one.name for one in dataset.categories}
    boxes = [one for content in splits.values() for one in content["annotations"]]
    counts = Counter(names.get(one["category_id"], "?") for one in boxes)
    colors = class_colors(names.values())
    return {
        "name": dataset.name,
        "images": {split: len(content["images"]) for split, content in splits.items()},
        "boxes": len(boxes),
        "legend": [(name, css_color(colors[name])) for _, name in sorted(names.items())],
        "notes": (DEPTH_NOTE, NORMALS_NOTE),
        "tiles": _tiles(dataset, splits, names),
        "class_chart": _chart(row_chart, counts.most_common(), "labelled objects by class"),
        "size_chart": _size_chart(boxes),
        "crowding_chart": _crowding_chart(splits.values()),
    }


def _coco(dataset: RenderedDataset, task: str, split: str) -> dict[str, Any]:
    path = dataset.layout.annotations(task, split)
    if not path.is_file():
        return {"images": [], "annotations": [], "categories": []}
    coco = parse_coco(load_coco_json(path))
    entries = {
        "images": list(coco.images.values()),
        "annotations": [one for found in coco.annotations.values() for one in found],
        "categories": list(coco.categories.values()),
    }
    return {name: [one for one in rows if _fits(one, SHOWN[name])] for name, rows in entries.items()}


def _fits(entry: Mapping[str, Any], model: type[FileModel]) -> bool:
    """Whether an entry can be drawn; the quality gate names those that cannot."""
    try:
        validated(entry, model)
    except JsonError:
        return False
    return True


def _tiles(dataset: RenderedDataset, splits: Mapping[str, Any], names: Mapping[int, str]) -> list[dict[str, Any]]:
    every = [(split, image) for split, content in splits.items() for image in content["images"]]
    every = [one for one in every if is_safe_file_name(str(one[1]["file_name"]))]
    chosen = [every[int(k * len(every) / TILES)] for k in range(TILES)] if len(every) > TILES else every
    pieces = {split: (_by_image(content), *_keypoints(dataset, split)) for split, content in splits.items()}
    tiles = [_tile(dataset, split, image, names, pieces[split]) for split, image in chosen]
    return [tile for tile in tiles if tile["image"]]


def _keypoints(dataset: RenderedDataset, split: str) -> tuple[dict[int, list[Any]], dict[int, Any]]:
    content = _coco(dataset, "keypoints", split)
    return _by_image(content), {one["id"]: one.get("skeleton") or () for one in content["categories"]}


def _tile(
    dataset: RenderedDataset, split: str, image: Mapping[str, Any], names: Mapping[int, str],
    pieces: tuple[dict[int, list[Any]], dict[int, list[Any]], dict[int, Any]],
) -> dict[str, Any]:  # fmt: skip
    boxes, points, skeletons = pieces
    number, layout = int(image["id"]), dataset.layout
    depth_path = layout.depth(split, number)
    layers = label_layers(image, boxes.get(number, []), names, {}, ("masks", "boxes"))
    # The keypoint file repeats the boxes; only its points are wanted.
    if number in points:
        layers += label_layers(image, points[number], names, skeletons, ("keypoints",))
    return {
        "id": number,
        "split": split,
        "image": image_uri(_existing(dataset.root, split, str(image["file_name"])), TILE_PX),
        "depth": depth_uri(layout.read_depth_m(split, number), TILE_PX) if depth_path.is_file() else None,
        "normals": image_uri(layout.normals(split, number), TILE_PX),
        "layers": layers,
        "boxes": len(boxes.get(number, [])),
    }


def _existing(root: Path, split: str, file_name: str) -> Path:
    return image_path(root, split, file_name)


def _by_image(content: Mapping[str, Any]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    for one in content["annotations"]:
        found[int(one["image_id"])].append(one)
    return found


def _size_chart(boxes: Sequence[Mapping[str, Any]]) -> str:
    sides = [math.sqrt(max(float(one["bbox"][2]) * float(one["bbox"][3]), 0.0)) for one in boxes]
    counts = [0] * len(SIZE_EDGES_PX)
    for side in sides:
        counts[sum(side >= edge for edge in SIZE_EDGES_PX) - 1] += 1
    bars = [(str(edge), float(count)) for edge, count in zip(SIZE_EDGES_PX, counts, strict=True)]
    return _chart(bar_chart, bars, "objects by size: square root of area, px")


def _crowding_chart(contents: Any) -> str:
    counts: Counter[int] = Counter()
    for content in contents:
        by_image = _by_image(content)
        counts.update(len(by_image.get(int(image["id"]), ())) for image in content["images"])
    highest = max(counts, default=0)
    return _chart(bar_chart, [(str(k), float(counts[k])) for k in range(highest + 1)], "images by number of objects")


def _chart(draw: Callable[..., str], bars: Sequence[tuple[str, float]], x_label: str) -> str:
    return on_every_screen(lambda width: draw(bars, x_label=x_label, width=width), CHART_PX)
