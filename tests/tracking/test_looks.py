"""The tracker that compares colours: crossings worked by hand, and what a look is."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from crossing_films import crossing_films

from synthvis.data.film import Film
from synthvis.data.sample import LabelledObject, Sample
from synthvis.data.split import Split
from synthvis.errors import DatasetError
from synthvis.formats.images import write_png
from synthvis.metrics.measures import Measures
from synthvis.metrics.tracking.tracking import tracking_metrics
from synthvis.tracking.looks import LOOK_NUMBERS, color_looks, look_distances
from synthvis.tracking.on_films import labelled_boxes, tracked
from synthvis.tracking.registry import trackers
from synthvis.tracking.tracker import FrameDetections, TrackerChoice, TrackerSettings

RED, BLUE, GREEN = (220, 40, 40), (40, 60, 220), (40, 180, 60)
SIDE, STEP, FRAMES, MEET = 16, 4, 20, 10
"""Squares of 16 px go 4 px a frame; after frame 10, in which they are 6 px apart, they turn back."""


def left_of(track: int, frame: int) -> int:
    """The left square is at 50 px in frame `MEET`, the right one at 56."""
    away = STEP * abs(MEET - frame)
    return 50 - away if track == 1 else 56 + away


def turning_back(folder: Path, colors: tuple[tuple[int, int, int], tuple[int, int, int]]) -> Split:
    """Two squares that meet, overlap by 10 of 16 px, and go back; each has its box in every frame."""
    images = []
    for frame in range(1, FRAMES + 1):
        pixels = np.full((40, 160, 3), 127, np.uint8)
        for track in (1, 2):
            pixels[12 : 12 + SIDE, left_of(track, frame) : left_of(track, frame) + SIDE] = colors[track - 1]
        path = folder / f"{frame}.png"
        write_png(path, pixels)
        objects = tuple(
            LabelledObject(
                class_name="square", bbox_xywh_px=(float(left_of(track, frame)), 12.0, float(SIDE), float(SIDE)),
                area_px=256.0, is_crowd=False, track_id=track,
            )
            for track in (1, 2)
        )  # fmt: skip
        images.append(Sample(id=frame, path=path, labelled_hw=(40, 160), objects=objects, video_id=1, frame_id=frame))
    return Split(
        name="turning", kind="real", split="val", images=tuple(images), class_names=("square",),
        category_ids={"square": 1}, films={1: Film(id=1, name="turning", fps=10.0)},
    )  # fmt: skip


def followed(split: Split, name: str) -> Measures:
    names = list(split.class_names)
    rows = tracked(split, labelled_boxes(split, names), TrackerChoice(kind=trackers()[name]))
    return tracking_metrics(split, rows, names, resamples=0)


def test_who_turns_back_keeps_the_number_only_by_looks(tmp_path: Path) -> None:
    """Both are expected 4 px farther on, past each other: there the boxes of the other one lie.

    In frame 11 the left square is expected at 54 and is at 46, where the overlap is 8 of 24 px, 0.33; the right square
    is at 60, where it is 10 of 22, 0.45. So overlap alone takes each for the other, and both switch once.
    """
    split = turning_back(tmp_path, (RED, BLUE))
    plain, looks = followed(split, "bytetrack"), followed(split, "bytetrack-reid")
    assert plain["IDSW"].value == 2 and looks["IDSW"].value == 0
    # Ten frames of twenty with the right track; the tracks that looks keep are right in all.
    assert plain["IDF1"].value == pytest.approx(0.5) and looks["IDF1"].value == looks["HOTA"].value == 1


def test_equal_colours_leave_it_to_overlap(tmp_path: Path) -> None:
    split = turning_back(tmp_path, (GREEN, GREEN))
    assert followed(split, "bytetrack-reid")["IDSW"].value == followed(split, "bytetrack")["IDSW"].value == 2


def test_films_with_crossings(tmp_path: Path) -> None:
    """Fewer switches than by overlap alone where colours differ, and not more where they do not."""
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    different, alike = (crossing_films(tmp_path / name, 4, alike=name == "b") for name in ("a", "b"))
    plain, looks = (followed(different, name)["IDSW"].value for name in ("bytetrack", "bytetrack-reid"))
    assert plain is not None and looks is not None and plain >= 4 and looks <= plain / 2
    plain, looks = (followed(alike, name)["IDSW"].value for name in ("bytetrack", "bytetrack-reid"))
    assert plain is not None and looks is not None and looks <= plain


def test_without_pictures_it_is_bytetrack_and_a_picture_that_is_absent_is_named(tmp_path: Path) -> None:
    split = turning_back(tmp_path, (RED, BLUE))
    rows = labelled_boxes(split, ["square"])
    of_each = {name: trackers()[name].make(TrackerSettings()) for name in ("bytetrack", "bytetrack-reid")}
    for frame in range(FRAMES):
        boxes = np.array([row.bbox for row in rows[2 * frame : 2 * frame + 2]])
        detections = FrameDetections(boxes_xywh_px=boxes, scores=np.ones(2), labels=np.ones(2, np.int64))
        plain, looks = (one.update(detections).tolist() for one in of_each.values())
        assert plain == looks
    gone = replace(split, images=tuple(replace(one, path=tmp_path / "none.png") for one in split.images))
    assert followed(gone, "bytetrack")["IDSW"].value == 2
    with pytest.raises(DatasetError, match=r"none\.png"):
        followed(gone, "bytetrack-reid")


def test_a_look_by_hand() -> None:
    """Of a box whose upper half is black and whose lower half is white: one level of brightness in each."""
    image = np.zeros((40, 30, 3), np.uint8)
    image[20:] = 255
    look, outside, empty = color_looks(image, [(5, 0, 20, 40), (100, 100, 9, 9), (5, 5, 0, 0)])
    assert look.shape == (LOOK_NUMBERS,) and np.linalg.norm(look) == pytest.approx(1)
    upper, lower = look.reshape(2, 3, 8) ** 2
    assert upper[0, 0] == pytest.approx(1 / 6) and lower[0, 7] == pytest.approx(1 / 6)
    # No difference of colours is half way between levels 3 and 4.
    assert upper[1:, 3:5] == pytest.approx(np.full((2, 2), 1 / 12)) and upper[1:] == pytest.approx(lower[1:])
    assert not outside.any() and not empty.any()
    assert color_looks(image, np.zeros((0, 4))).shape == (0, LOOK_NUMBERS)


def test_distances_are_those_of_bhattacharyya() -> None:
    """Half of the picture red and half blue, against red alone: shares by channel, by hand from the definition."""
    red, blue = np.full((20, 20, 3), RED, np.uint8), np.full((20, 20, 3), BLUE, np.uint8)
    whole = (0, 0, 20, 20)
    looks = np.concatenate([color_looks(one, [whole]) for one in (red, blue, np.concatenate([red[:10], blue[10:]]))])
    found = look_distances(looks, looks)
    assert np.diag(found) == pytest.approx(np.zeros(3), abs=1e-6) and found == pytest.approx(found.T)
    shares = looks.reshape(3, 6, 8).astype(np.float64) ** 2
    overlap = np.sqrt(shares[0] * shares[1]).sum()
    assert found[0, 1] == pytest.approx(1 - overlap, abs=1e-6)
    # One half of the two halves is the same.
    assert found[0, 2] == pytest.approx(found[0, 1] / 2, abs=0.02) and found[0, 1] > 0.4
