"""The results of a prediction as files: COCO results and the pictures that they are of, and a table.

They are written line by line from the journal, so that a million pictures take no more memory than one.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import IO, Any

from synthvis.formats.atomic import replacing
from synthvis.inference.records import PredictedObject, PredictedPicture, covered_px
from synthvis.metrics.picture_predictions import Vocabulary

__all__ = ["IMAGES_FILE", "PREDICTIONS_FILE", "TABLE_FILE", "category_entries", "write_result_files"]

PREDICTIONS_FILE, IMAGES_FILE, TABLE_FILE = "predictions.json", "images.json", "predictions.csv"

COLUMNS = ("file", "frame", "image_id", "width", "height", "class", "score", "x", "y", "w", "h", "mask_px")

Pictures = Callable[[], Iterable[PredictedPicture]]
"""Gives all pictures by image id, anew at each call."""


def write_result_files(folder: Path, pictures: Pictures, words: Vocabulary, run_name: str) -> None:
    """Write predictions.json, images.json and predictions.csv.

    `COCO("images.json").loadRes("predictions.json")` of pycocotools reads the first two.

    Args:
        folder: Where.
        pictures: All of them.
        words: Classes and keypoints of the network.
        run_name: Of the network, for people.
    """
    with replacing(folder / PREDICTIONS_FILE) as file:
        _write_list(file, (_result(picture, one) for picture in pictures() for one in picture.objects))
    head = json.dumps({"description": f"Predictions of {run_name}, by synthvis. Not labels by people."})
    categories = json.dumps(category_entries(words))
    with replacing(folder / IMAGES_FILE) as file:
        file.write(f'{{"info": {head},\n"annotations": [],\n"categories": {categories},\n"images": '.encode())
        _write_list(file, map(_image, pictures()))
        file.write(b"}\n")
    with replacing(folder / TABLE_FILE) as file:
        _write_table(file, pictures, words)


def category_entries(words: Vocabulary) -> list[dict[str, Any]]:
    """COCO's categories, by id."""
    points = {"keypoints": list(words.keypoints), "skeleton": []} if words.keypoints else {}
    return [{"id": number, "name": name, **points} for number, name in enumerate(words.categories, start=1)]


def _result(picture: PredictedPicture, one: PredictedObject) -> dict[str, Any]:
    entry: dict[str, Any] = {"image_id": picture.image_id, "category_id": one.category_id}
    if one.bbox is not None:
        entry["bbox"] = list(one.bbox)
    if one.score is not None:
        entry["score"] = one.score
    if one.segmentation is not None:
        entry["segmentation"] = one.segmentation.to_dict()
    if one.keypoints:
        entry["keypoints"] = list(one.keypoints)
    return entry


def _image(picture: PredictedPicture) -> dict[str, Any]:
    name = picture.file if picture.frame is None else f"{picture.file}#{picture.frame}"
    entry = {"id": picture.image_id, "file_name": name, "width": picture.width, "height": picture.height}
    return entry | ({"map": picture.map} if picture.map else {}) | ({"drawn": picture.drawn} if picture.drawn else {})


def _write_list(file: IO[bytes], entries: Iterable[dict[str, Any]]) -> None:
    before = b"["
    for entry in entries:
        file.write(before + json.dumps(entry, separators=(",", ":"), allow_nan=False).encode())
        before = b",\n"
    file.write(b"]" if before != b"[" else b"[]")


def _write_table(file: IO[bytes], pictures: Pictures, words: Vocabulary) -> None:
    numbers = list(dict.fromkeys(name for picture in pictures() for name in picture.numbers))
    points = [f"{name}_{part}" for name in words.keypoints for part in ("x", "y", "score")]
    text = io.TextIOWrapper(file, encoding="utf-8", newline="")
    table = csv.writer(text)
    table.writerow([*COLUMNS, *points, *numbers, "map"])
    for picture in pictures():
        head = [picture.file, picture.frame, picture.image_id, picture.width, picture.height]
        tail = [*(picture.numbers.get(name) for name in numbers), picture.map]
        for cells in _object_cells(picture.objects, len(points)):
            table.writerow([*head, *cells, *tail])
    text.flush()
    text.detach()


def _object_cells(objects: Sequence[PredictedObject], point_count: int) -> Iterator[list[object]]:
    """Cells of each object; of a picture without any, empty ones, so that it has a row too."""
    if not objects:
        yield [None] * (7 + point_count)
    for one in objects:
        box = one.bbox or (None,) * 4
        pixels = None if one.segmentation is None else covered_px(one.segmentation)
        yield [one.class_name, one.score, *box, pixels, *(one.keypoints or (None,) * point_count)]
