"""Videos whose objects are followed: numbers in every output, files for other tools, and lines in the drawing."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch")

from coloured_squares import COLOURS, SeesColours, predictor_with
from pycocotools.coco import COCO

from synthvis.formats.video import writing_video
from synthvis.inference.inputs import find_inputs
from synthvis.inference.job import PredictionJob, PredictionSummary
from synthvis.inference.journal import Asked
from synthvis.inference.predict_files import predict_files, predicted_pictures
from synthvis.metrics.picture_predictions import DetectedObject, DetectedObjects, Vocabulary
from synthvis.tracking.registry import trackers
from synthvis.tracking.tracker import TrackerChoice
from synthvis.viz.drawn_predictions import PredictionArtist
from synthvis.viz.overlay import color_of
from synthvis.viz.trails import Trails

pytestmark = pytest.mark.train

SORT = TrackerChoice(kind=trackers()["sort"], score=0.2)
ASKED = Asked(weights="0" * 64, score=0.2, tracker="sort")


@pytest.fixture
def clips(tmp_path: Path) -> list[Path]:
    """A red square that goes right, in two videos; in the second a blue one stands beside it."""
    paths = [tmp_path / "one.mp4", tmp_path / "two.mp4"]
    for path in paths:
        with writing_video(path, 10) as writer:
            for number in range(6):
                frame = np.full((96, 128, 3), 127, np.uint8)
                frame[32:56, 8 * number : 8 * number + 24] = COLOURS["red"]
                if path.stem == "two":
                    frame[64:88, 96:120] = COLOURS["blue"]
                writer.write(frame)
    return paths


def run(clips: list[Path], out: Path, asked: Asked = ASKED) -> PredictionSummary:
    predictor = predictor_with(SeesColours(), min_score=asked.score, size=128)
    inputs = find_inputs([str(path) for path in clips], not_below=out)
    followed = replace(predictor, tracker=SORT if asked.tracker else None)
    return predict_files(PredictionJob(inputs=inputs, out=out, predictor=followed, run_name="made", asked=asked))


def test_tracks_are_in_every_output(clips: list[Path], tmp_path: Path) -> None:
    out = tmp_path / "out"
    run(clips, out)
    frames = list(predicted_pictures(out))
    assert [[one.track_id for one in frame.objects] for frame in frames] == [[1]] * 6 + [[1, 2]] * 6
    images = json.loads((out / "images.json").read_text())
    assert images["videos"] == [{"id": 1, "name": str(clips[0])}, {"id": 2, "name": str(clips[1])}]
    assert [(one["video_id"], one["frame_id"]) for one in images["images"]] == [
        (video, frame) for video in (1, 2) for frame in range(1, 7)
    ]
    found = COCO(str(out / "images.json")).loadRes(str(out / "predictions.json"))
    assert [one["track_id"] for one in found.anns.values()] == [1] * 6 + [1, 2] * 6
    with (out / "predictions.csv").open(newline="") as file:
        assert [row["track"] for row in csv.DictReader(file)] == ["1"] * 6 + ["1", "2"] * 6


def test_text_files_are_those_of_the_challenge(clips: list[Path], tmp_path: Path) -> None:
    """Frame, id, box with pixels from 1, score, and three numbers that nobody knows."""
    run(clips, tmp_path / "out")
    rows = [line.split(",") for line in (tmp_path / "out" / "tracks" / "one.txt").read_text().splitlines()]
    assert [(row[0], row[1], row[7:]) for row in rows] == [(str(k), "1", ["-1", "-1", "-1"]) for k in range(1, 7)]
    for number, row in enumerate(rows):
        assert [float(word) for word in row[2:6]] == pytest.approx([8 * number + 1, 33, 24, 24], abs=3)
        assert 0 < float(row[6]) < 1
    assert len((tmp_path / "out" / "tracks" / "two.txt").read_text().splitlines()) == 12


def test_the_same_call_goes_on_and_another_tracker_begins_anew(clips: list[Path], tmp_path: Path) -> None:
    out = tmp_path / "out"
    run(clips, out)
    assert run(clips, out).already_there == 12
    (out / "tracks" / "one.txt").unlink()
    assert run(clips, out).already_there == 6 and (out / "tracks" / "one.txt").is_file()
    plain = run(clips, out, replace(ASKED, tracker=None))
    assert plain.already_there == 0 and not list((out / "tracks").iterdir())
    assert all(one.track_id is None for frame in predicted_pictures(out) for one in frame.objects)


def test_a_hostile_journal_removes_no_file_outside(clips: list[Path], tmp_path: Path) -> None:
    out, outside = tmp_path / "out", tmp_path / "precious.txt"
    outside.write_text("mine")
    run(clips[:1], out)
    journal = out / "progress.jsonl"
    journal.write_text(journal.read_text().replace("tracks/one.txt", "../precious.txt"))
    run(clips[:1], out, replace(ASKED, score=0.3))
    assert outside.read_text() == "mine"


def test_boxes_and_lines_have_the_colour_of_their_track() -> None:
    artist = PredictionArtist(words=Vocabulary(categories=("cup",)), is_video=True, is_followed=True)
    trails = Trails()
    image = np.full((480, 640, 3), 127, np.uint8)
    for step in range(5):
        box = (100.0 + 80 * step, 100.0, 60.0, 120.0)
        one = DetectedObject(label=0, bbox_xywh_px=box, score=0.9, track_id=3)
        drawn = artist.draw(image, DetectedObjects(image_hw=(480, 640), objects=(one,)), trails)
    color = np.array(color_of(3))
    # The lower side of the boxes, from the middle of the first to the middle of the last.
    below = np.abs(drawn[218:223, 132:448].astype(int) - color).sum(axis=2).min(axis=0)
    assert (below < 60).all()
    assert np.abs(drawn[218:223, 490:].astype(int) - color).sum(axis=2).min() > 60
    without = artist.draw(image, DetectedObjects(image_hw=(480, 640), objects=(replace(one, track_id=None),)))
    assert not np.abs(without.astype(int) - color).sum(axis=2).min() < 30


def test_lines_are_forgotten() -> None:
    trails, image = Trails(), np.zeros((100, 100, 3), np.uint8)
    seen = DetectedObject(label=0, bbox_xywh_px=(10, 10, 20, 20), score=1, track_id=1)
    for step in range(3):
        moved = replace(seen, bbox_xywh_px=(10 + 20 * step, 10, 20, 20))
        trails.add(DetectedObjects(image_hw=(100, 100), objects=(moved,)))
    assert trails.draw(image, np.ones(2)).any()
    for _ in range(60):
        trails.add(DetectedObjects(image_hw=(100, 100), objects=()))
    assert not trails.draw(image, np.ones(2)).any()
