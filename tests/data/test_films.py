"""Films in COCO files: what is read, what is left out, what is kept."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from synthvis.data.dataset import find_dataset
from synthvis.data.film import Film
from synthvis.data.split import Split

VIDEOS = [{"id": 4, "name": "walk", "fps": 12}, {"id": 7, "name": "run"}]


def content(**changes: Any) -> dict[str, Any]:
    """Two frames of a film, one of another and a still picture, an object in each."""
    frames = [(4, 1), (4, 2), (7, 1), None]
    images = []
    for number, frame in enumerate(frames, start=1):
        own = {} if frame is None else {"video_id": frame[0], "frame_id": frame[1]}
        images.append({"id": number, "file_name": f"{number}.jpg", "width": 40, "height": 30, **own})
    annotations = [
        {"id": k, "image_id": k, "category_id": 1, "bbox": [k, 2, 5, 5], "area": 25, "iscrowd": 0, "track_id": 8}
        for k in (1, 2, 3)
    ]
    annotations.append({"id": 9, "image_id": 4, "category_id": 1, "bbox": [1, 2, 5, 5], "area": 25, "iscrowd": 0})
    found = {"videos": VIDEOS, "images": images, "annotations": annotations, "categories": [{"id": 1, "name": "dog"}]}
    return {**found, **changes}


def read(folder: Path, value: dict[str, Any]) -> Split:
    path = folder / "annotations" / "instances_val.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value))
    return find_dataset(folder).read("val")


def test_films_frames_and_tracks_are_read(tmp_path: Path) -> None:
    split = read(tmp_path, content())
    assert split.films == {4: Film(id=4, name="walk", fps=12.0), 7: Film(id=7, name="run")}
    assert [(one.video_id, one.frame_id) for one in split] == [(4, 1), (4, 2), (7, 1), (None, None)]
    assert [one.objects[0].track_id for one in split] == [8, 8, 8, None]
    assert not split.left_out


def test_a_film_without_an_entry_is_named_after_its_number(tmp_path: Path) -> None:
    assert read(tmp_path, content(videos=None)).films == {4: Film(id=4, name="0004"), 7: Film(id=7, name="0007")}


@pytest.mark.parametrize(
    "entry", [None, 3, [], {}, {"id": "4"}, {"id": -1, "name": "x"}, {"id": 4, "name": "a\nb"}, {"id": 4, "name": ""}]
)
def test_entries_that_are_no_films_are_counted(tmp_path: Path, entry: object) -> None:
    split = read(tmp_path, content(videos=[entry, VIDEOS[1]]))
    assert split.films[4].name == "0004" and split.films[7].name == "run"
    assert [(row.part, row.count) for row in split.left_out.rows] == [("videos", 1)]


@pytest.mark.parametrize("rate", [None, 0, -1, "fast", 1e9, True])
def test_a_rate_that_is_none_is_not_known(tmp_path: Path, rate: object) -> None:
    assert read(tmp_path, content(videos=[{"id": 4, "name": "walk", "fps": rate}])).films[4].fps is None


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("video_id", None),
        ("frame_id", None),
        ("video_id", -1),
        ("frame_id", 1.5),
        ("frame_id", "1"),
        ("video_id", 2**60),
    ],
)
def test_frames_that_cannot_be_placed_are_left_out(tmp_path: Path, key: str, value: object) -> None:
    damaged = content()
    damaged["images"][0][key] = value
    split = read(tmp_path, damaged)
    assert [one.id for one in split] == [2, 3, 4]
    assert "video_id and frame_id" in split.left_out.first_of("images")


def test_a_frame_is_one_image(tmp_path: Path) -> None:
    damaged = content()
    damaged["images"][1]["frame_id"] = 1
    split = read(tmp_path, damaged)
    assert [one.id for one in split] == [1, 3, 4]
    assert "another image is that frame" in split.left_out.first_of("images")


@pytest.mark.parametrize("value", [-1, 1.0, "8", True, 2**70, [8]])
def test_tracks_that_are_no_number_are_left_out(tmp_path: Path, value: object) -> None:
    damaged = content()
    damaged["annotations"][0]["track_id"] = value
    split = read(tmp_path, damaged)
    assert not split[0].objects and "track_id" in split.left_out.first_of("annotations")


def test_a_track_is_one_object_of_a_frame(tmp_path: Path) -> None:
    damaged = content()
    damaged["annotations"].append({**damaged["annotations"][0], "id": 30})
    split = read(tmp_path, damaged)
    assert len(split[0].objects) == 1 and "taken by another object" in split.left_out.first_of("annotations")


def test_what_is_written_is_what_was_read(tmp_path: Path) -> None:
    from synthvis.data.coco.writer import coco_content
    from synthvis.data.formats.base import NamedSplit

    split = read(tmp_path, content())
    written = coco_content(NamedSplit(split=split, file_names=tuple(f"{k}.jpg" for k in (1, 2, 3, 4))))
    assert written["videos"] == [{"id": 4, "name": "walk", "fps": 12.0}, {"id": 7, "name": "run"}]
    own = ("id", "video_id", "frame_id")
    assert [{k: v for k, v in one.items() if k in own} for one in written["images"]] == [
        {"id": 1, "video_id": 4, "frame_id": 1}, {"id": 2, "video_id": 4, "frame_id": 2},
        {"id": 3, "video_id": 7, "frame_id": 1}, {"id": 4},
    ]  # fmt: skip
    assert [one.get("track_id") for one in written["annotations"]] == [8, 8, 8, None]


def test_still_sets_have_none_of_the_keys(tmp_path: Path) -> None:
    from synthvis.data.coco.writer import coco_content
    from synthvis.data.formats.base import NamedSplit

    value = content()
    still = {**value, "videos": [], "images": value["images"][3:], "annotations": value["annotations"][3:]}
    split = read(tmp_path, still)
    written = json.dumps(coco_content(NamedSplit(split=split, file_names=("4.jpg",))))
    assert not any(key in written for key in ("video", "frame_id", "track_id"))
