"""The results of a prediction as files: COCO results and the pictures that they are of, and a table.

They are written line by line from the journal, so that a million pictures take no more memory than one.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from synthvis.formats.atomic import replacing
from synthvis.inference.records import PredictedObject, PredictedPicture, covered_px
from synthvis.metrics.picture_predictions import Vocabulary

__all__ = [
    "IMAGES_FILE",
    "POSES_FILE",
    "PREDICTIONS_FILE",
    "TABLE_FILE",
    "ResultCounts",
    "category_entries",
    "write_result_files",
]

PREDICTIONS_FILE, IMAGES_FILE, TABLE_FILE = "predictions.json", "images.json", "predictions.csv"

COLUMNS = ("file", "frame", "image_id", "width", "height", "class", "score", "x", "y", "w", "h", "mask_px", "track")
POSES_FILE = "poses_bop.csv"
BOP_HEAD = b"scene_id,im_id,obj_id,score,R,t,time\n"
MM = 1000.0


@dataclass(slots=True, kw_only=True)
class ResultCounts:
    """What the results hold: pictures, frames of videos, and what was found on all of them."""

    pictures: int = 0
    frames: int = 0
    objects: int = 0


def write_result_files(
    folder: Path, pictures: Iterable[PredictedPicture], words: Vocabulary, run_name: str
) -> ResultCounts:
    """Write predictions.json, images.json and predictions.csv, all in one pass; of poses poses_bop.csv as well.

    `COCO("images.json").loadRes("predictions.json")` of pycocotools reads the first two.

    Args:
        folder: Where.
        pictures: All of them, by image id.
        words: Classes and keypoints of the network.
        run_name: Of the network, for people.
    """
    counts, videos = ResultCounts(), dict[str, int]()
    with ExitStack() as stack:
        files = (stack.enter_context(replacing(folder / name)) for name in (PREDICTIONS_FILE, IMAGES_FILE, TABLE_FILE))
        predictions_file, images_file, table_file = files
        head = json.dumps({"description": f"Predictions of {run_name}, by synthvis. Not labels by people."})
        categories = json.dumps(category_entries(words))
        images_file.write(f'{{"info": {head},\n"annotations": [],\n"categories": {categories},\n"images": '.encode())
        predictions, images = _JsonList(predictions_file), _JsonList(images_file)
        table = _Table(table_file, words)
        poses = stack.enter_context(replacing(folder / POSES_FILE)) if words.has_poses else None
        if poses is not None:
            poses.write(BOP_HEAD)
        for picture in pictures:
            for one in picture.objects:
                predictions.add(_result(picture, one))
                if poses is not None:
                    poses.write(_bop_row(picture, one))
            images.add(_image(picture, videos))
            table.add(picture)
            counts.pictures += picture.frame is None
            counts.frames += picture.frame is not None
            counts.objects += len(picture.objects)
        predictions.close()
        images.close()
        entries = [{"id": number, "name": file} for file, number in videos.items()]
        images_file.write((f',\n"videos": {json.dumps(entries)}}}\n' if entries else "}\n").encode())
        table.close()
    return counts


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
    if one.track_id is not None:
        entry["track_id"] = one.track_id
    if one.rotation:
        entry |= {"rotation": list(one.rotation), "translation_m": list(one.translation_m)}
    return entry


def _bop_row(picture: PredictedPicture, one: PredictedObject) -> bytes:
    """A line of a result file of BOP: the scene is 0, the image that of images.json, the object the category's id."""
    turn = " ".join(f"{value:.9g}" for value in one.rotation)
    shift_mm = " ".join(f"{MM * value:.6g}" for value in one.translation_m)
    return f"0,{picture.image_id},{one.category_id},{one.score},{turn},{shift_mm},-1\n".encode()


def _image(picture: PredictedPicture, videos: dict[str, int]) -> dict[str, Any]:
    """Its entry; of a frame with the number of its video, which is given to the file when its first frame comes."""
    name = picture.file if picture.frame is None else f"{picture.file}#{picture.frame}"
    entry: dict[str, Any] = {
        "id": picture.image_id,
        "file_name": name,
        "width": picture.width,
        "height": picture.height,
    }
    if picture.frame is not None:
        entry |= {"video_id": videos.setdefault(picture.file, len(videos) + 1), "frame_id": picture.frame + 1}
    return entry | ({"map": picture.map} if picture.map else {}) | ({"drawn": picture.drawn} if picture.drawn else {})


class _JsonList:
    """A list of a JSON file, written entry by entry."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file, self._before = file, b"["

    def add(self, entry: dict[str, Any]) -> None:
        self._file.write(self._before + json.dumps(entry, separators=(",", ":"), allow_nan=False).encode())
        self._before = b",\n"

    def close(self) -> None:
        self._file.write(b"[]" if self._before == b"[" else b"]")


class _Table:
    """predictions.csv, written picture by picture; the first says which numbers all of them have."""

    def __init__(self, file: IO[bytes], words: Vocabulary) -> None:
        self._text = io.TextIOWrapper(file, encoding="utf-8", newline="")
        self._rows = csv.writer(self._text)
        self._points = [f"{name}_{part}" for name in words.keypoints for part in ("x", "y", "score")]
        self._numbers: list[str] | None = None

    def add(self, picture: PredictedPicture) -> None:
        if self._numbers is None:
            self._start(list(picture.numbers))
        head = [picture.file, picture.frame, picture.image_id, picture.width, picture.height]
        tail = [*(picture.numbers.get(name) for name in self._numbers or ()), picture.map]
        for values in _object_values(picture.objects, len(self._points)):
            self._rows.writerow([*head, *values, *tail])

    def close(self) -> None:
        if self._numbers is None:
            self._start([])
        self._text.flush()
        # The file is closed by whoever opened it.
        self._text.detach()

    def _start(self, numbers: list[str]) -> None:
        self._numbers = numbers
        self._rows.writerow([*COLUMNS, *self._points, *numbers, "map"])


def _object_values(objects: Sequence[PredictedObject], point_count: int) -> Iterator[list[object]]:
    """Columns of each object; of a picture without any, empty ones, so that it has a row too."""
    if not objects:
        yield [None] * (8 + point_count)
    for one in objects:
        box = one.bbox or (None,) * 4
        pixels = None if one.segmentation is None else covered_px(one.segmentation)
        yield [one.class_name, one.score, *box, pixels, one.track_id, *(one.keypoints or (None,) * point_count)]
