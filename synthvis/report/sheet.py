"""What the report says about the rendered set: its contact sheet, its counts and its sizes."""

from __future__ import annotations

import json
import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from synthvis.dataset.coco_files import image_path, is_safe_file_name
from synthvis.dataset.layout import SPLITS
from synthvis.dataset.manifest import Dataset
from synthvis.errors import DatasetError
from synthvis.report.pictures import class_tone, depth_uri, image_uri, label_layers
from synthvis.report.svg import bar_chart

__all__ = ["dataset_facts"]

TILES = 12
TILE_PX = 320
SIZE_EDGES_PX = (0, 8, 16, 32, 64, 96, 128, 192, 256, 384)


def dataset_facts(dataset: Dataset) -> dict[str, Any]:
    """Everything the report shows of a rendered set.

    Raises:
        DatasetError: An annotation file or an image is unreadable.
    """
    splits = {split: _coco(dataset, "instances", split) for split in SPLITS}
    names = {one.id: one.name for one in dataset.categories}
    boxes = [one for content in splits.values() for one in content["annotations"]]
    counts = Counter(names.get(one["category_id"], "?") for one in boxes)
    tones = class_tone(list(names))
    return {
        "name": dataset.name,
        "images": {split: len(content["images"]) for split, content in splits.items()},
        "boxes": len(boxes),
        "legend": [(name, tones[number]) for number, name in sorted(names.items())],
        "tiles": _tiles(dataset, splits, names),
        "class_chart": bar_chart(counts.most_common(), x_label="boxes by class"),
        "size_chart": _size_chart(boxes),
        "crowding_chart": _crowding_chart(splits.values()),
    }


def _coco(dataset: Dataset, task: str, split: str) -> dict[str, Any]:
    path = dataset.layout.annotations(task, split)
    if not path.is_file():
        return {"images": [], "annotations": [], "categories": []}
    try:
        content = json.loads(path.read_bytes())
        return {name: list(content[name]) for name in ("images", "annotations", "categories")}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DatasetError(f"{path} is not COCO: {error!r}", hint=f"`synthvis check {dataset.root}`") from error


def _tiles(dataset: Dataset, splits: Mapping[str, Any], names: Mapping[int, str]) -> list[dict[str, Any]]:
    every = [(split, image) for split, content in splits.items() for image in content["images"]]
    every = [one for one in every if is_safe_file_name(str(one[1]["file_name"]))]
    chosen = [every[int(k * len(every) / TILES)] for k in range(TILES)] if len(every) > TILES else every
    pieces = {split: (_by_image(content), *_keypoints(dataset, split)) for split, content in splits.items()}
    tiles = [_tile(dataset, split, image, names, pieces[split]) for split, image in chosen]
    return [tile for tile in tiles if tile["image"]]


def _keypoints(dataset: Dataset, split: str) -> tuple[dict[int, list[Any]], dict[int, Any]]:
    content = _coco(dataset, "keypoints", split)
    return _by_image(content), {one["id"]: one.get("skeleton") or () for one in content["categories"]}


def _tile(
    dataset: Dataset, split: str, image: Mapping[str, Any], names: Mapping[int, str],
    pieces: tuple[dict[int, list[Any]], dict[int, list[Any]], dict[int, Any]],
) -> dict[str, Any]:  # fmt: skip
    boxes, points, skeletons = pieces
    number, layout = int(image["id"]), dataset.layout
    depth_path = layout.depth(split, number)
    # The keypoint file repeats the boxes; only its points are wanted.
    bare = [{**one, "bbox": [0, 0, 0, 0], "segmentation": None} for one in points.get(number, [])]
    layers = label_layers(image, boxes.get(number, []), names, {})
    point_layers = label_layers(image, bare, names, skeletons).replace('class="layers"', 'class="layers only-points"')
    return {
        "id": number,
        "split": split,
        "image": image_uri(_existing(dataset.root, split, str(image["file_name"])), TILE_PX),
        "depth": depth_uri(layout.read_depth_m(split, number), TILE_PX) if depth_path.is_file() else None,
        "normals": image_uri(layout.normals(split, number), TILE_PX),
        "layers": layers + (point_layers if bare else ""),
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
    return bar_chart(bars, x_label="boxes by size: square root of area, from ... px")


def _crowding_chart(contents: Any) -> str:
    counts: Counter[int] = Counter()
    for content in contents:
        by_image = _by_image(content)
        counts.update(len(by_image.get(int(image["id"]), ())) for image in content["images"])
    highest = max(counts, default=0)
    return bar_chart([(str(k), float(counts[k])) for k in range(highest + 1)], x_label="images by boxes in them")
