"""Predicting on many inputs: results that pycocotools reads and scores alike, going on, and what is broken."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import os
import struct
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

pytest.importorskip("torch")

from coloured_squares import COLOURS, Says, SeesColours, predictor_with, square_picture, write_coco, write_pictures
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

from synthvis.data.dataset import find_dataset
from synthvis.errors import DatasetError
from synthvis.formats.images import write_jpeg, write_png
from synthvis.formats.video import writing_video
from synthvis.inference.inputs import find_inputs
from synthvis.inference.job import PredictionJob, PredictionSummary
from synthvis.inference.journal import JOURNAL, Asked
from synthvis.inference.predict_files import predict_files, predicted_pictures
from synthvis.inference.predictor import Predictor
from synthvis.train.task import Task

pytestmark = pytest.mark.train

ASKED = Asked(weights="0" * 64, score=0.0)


def run(
    words: list[str] | list[Path], out: Path, predictor: Predictor | None = None, asked: Asked = ASKED, **more: Any
) -> PredictionSummary:
    predictor = predictor or predictor_with(SeesColours(), min_score=asked.score)
    inputs = find_inputs([str(word) for word in words], not_below=out)
    return predict_files(
        PredictionJob(inputs=inputs, out=out, predictor=predictor, run_name="made", asked=asked, **more)
    )


def content(out: Path) -> dict[str, bytes]:
    return {name: (out / name).read_bytes() for name in ("predictions.json", "images.json", "predictions.csv")}


def ap_of(annotations: Path, out: Path) -> float:
    """By pycocotools alone, ids matched by file name and class name."""
    with contextlib.redirect_stdout(io.StringIO()):
        truth, made = COCO(str(annotations)), COCO(str(out / "images.json"))
        found = made.loadRes(str(out / "predictions.json"))
    images = {Path(one["file_name"]).name: one["id"] for one in truth.dataset["images"]}
    categories = {one["name"]: one["id"] for one in truth.dataset["categories"]}
    rows = [
        {
            **{key: one[key] for key in ("bbox", "score")},
            "image_id": images[Path(made.imgs[one["image_id"]]["file_name"]).name],
            "category_id": categories[made.cats[one["category_id"]]["name"]],
        }
        for one in found.anns.values()
    ]
    with contextlib.redirect_stdout(io.StringIO()):
        measured = COCOeval(truth, truth.loadRes(rows), "bbox")
        measured.evaluate()
        measured.accumulate()
        measured.summarize()
    return float(measured.stats[0])


def test_pycocotools_reads_the_results_and_finds_the_ap_of_evaluate(tmp_path: Path) -> None:
    coco, out = write_coco(tmp_path / "set", 9), tmp_path / "out"
    predictor = predictor_with(SeesColours())
    run([coco / "images" / "val"], out, predictor)
    evaluation, rows = predictor.task.evaluate(predictor.trained, find_dataset(coco).read("val"), predictor.device)
    expected = evaluation["AP"].value
    assert expected is not None and 0.2 < expected < 0.95
    # To all the digits that are written.
    assert round(ap_of(coco / "annotations" / "instances_val.json", out), 6) == expected
    written = json.loads((out / "predictions.json").read_text())
    assert sorted(one["score"] for one in written) == sorted(row.score for row in rows)  # type: ignore[attr-defined]


def test_boxes_are_those_of_the_squares_and_the_table_says_the_same(tmp_path: Path) -> None:
    paths = write_pictures(tmp_path / "photos", 4)
    done = run([tmp_path / "photos"], tmp_path / "out")
    with (tmp_path / "out" / "predictions.csv").open(newline="") as file:
        table = list(csv.DictReader(file))
    assert done.pictures == 4 and done.failed == () and {row["file"] for row in table} == {str(one) for one in paths}
    pictures = list(predicted_pictures(tmp_path / "out"))
    assert [one.image_id for one in pictures] == [1, 2, 3, 4]
    for number, picture in enumerate(pictures):
        assert (picture.height, picture.width) == (90, 120)
        expected = [(list(COLOURS)[label], box) for label, box in square_picture(number)[1]]
        assert [one.class_name for one in picture.objects] == [name for name, _ in expected]
        rows = [row for row in table if row["image_id"] == str(picture.image_id)]
        assert [row["class"] for row in rows] == [name for name, _ in expected] or not expected
        for one, row, (_, box) in zip(picture.objects, rows, expected, strict=False):
            # A pixel of the network's square is two of the picture.
            assert one.bbox == pytest.approx(box, abs=4)
            assert [float(row[key]) for key in "xywh"] == list(one.bbox or ())
    assert sorted(path.name for path in (tmp_path / "out" / "drawn").iterdir()) == [f"{k}.jpg" for k in range(4)]


def test_nothing_found_is_a_result_too(tmp_path: Path) -> None:
    write_pictures(tmp_path / "photos", 2)
    done = run([tmp_path / "photos"], tmp_path / "out", predictor_with(Says([], [], [])))
    assert (done.pictures, done.objects) == (2, 0)
    assert json.loads((tmp_path / "out" / "predictions.json").read_text()) == []
    assert len(json.loads((tmp_path / "out" / "images.json").read_text())["images"]) == 2
    assert len((tmp_path / "out" / "predictions.csv").read_text().splitlines()) == 3


def test_the_same_call_goes_on_and_predicts_on_what_is_new(tmp_path: Path) -> None:
    photos, out = tmp_path / "photos", tmp_path / "out"
    write_pictures(photos, 3)
    network = SeesColours()
    said: list[str] = []
    run([photos], out, predictor_with(network), notify=said.append)
    first = content(out)
    assert run([photos], out, predictor_with(network), notify=said.append).already_there == 3
    assert content(out) == first and sum(network.calls) == 3
    write_png(photos / "00.png", square_picture(7)[0])
    assert run([photos], out, predictor_with(network), notify=said.append).already_there == 3
    assert sum(network.calls) == 4 and said == []
    assert [Path(one.file).name for one in predicted_pictures(out)] == ["0.png", "1.png", "2.png", "00.png"]
    # What changed, what lost its drawing, and what is not there any more.
    write_png(photos / "1.png", square_picture(8)[0])
    (out / "drawn" / "2.jpg").unlink()
    (photos / "00.png").unlink()
    done = run([photos], out, predictor_with(network), notify=said.append)
    assert (done.pictures, done.already_there, sum(network.calls)) == (3, 1, 6)
    assert said == [f"{out}: 3 earlier predictions removed, of files that changed or were not named this time"]
    assert sorted(path.name for path in (out / "drawn").iterdir()) == ["0.jpg", "1.jpg", "2.jpg"]
    ids = [one.image_id for one in predicted_pictures(out)]
    assert len(set(ids)) == 3


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"score": 0.5}, "--score changed"),
        ({"weights": "1" * 64}, "the weights of the run changed"),
        ({"tta": "flip", "is_drawn": False}, "--tta and --no-draw changed"),
    ],
)
def test_what_changes_the_outputs_starts_anew(tmp_path: Path, change: dict[str, Any], said: str) -> None:
    write_pictures(tmp_path / "photos", 2)
    run([tmp_path / "photos"], tmp_path / "out")
    sentences: list[str] = []
    asked = replace(ASKED, **change)
    done = run([tmp_path / "photos"], tmp_path / "out", asked=asked, notify=sentences.append)
    assert done.already_there == 0 and said in sentences[0]
    assert (tmp_path / "out" / "drawn" / "0.jpg").exists() == asked.is_drawn


class Stops(SeesColours):
    """Is interrupted at its third picture."""

    def forward(self, images: Any) -> Any:
        if sum(self.calls) >= 2:
            raise KeyboardInterrupt
        return super().forward(images)


def test_an_interrupted_prediction_ends_as_one_that_was_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_pictures(tmp_path / "photos", 5)
    run([tmp_path / "photos"], tmp_path / "whole")
    monkeypatch.setattr(Task, "pictures_per_batch", 1)
    with pytest.raises(KeyboardInterrupt):
        run([tmp_path / "photos"], tmp_path / "out", predictor_with(Stops()))
    assert not (tmp_path / "out" / "predictions.json").exists()
    # A kill may cut the last line short.
    with (tmp_path / "out" / JOURNAL).open("ab") as file:
        file.write(b'{"picture":{"file":"pho')
    assert run([tmp_path / "photos"], tmp_path / "out").already_there == 2
    assert content(tmp_path / "out") == content(tmp_path / "whole")


def test_a_hostile_journal_removes_nothing_outside(tmp_path: Path) -> None:
    write_pictures(tmp_path / "photos", 1)
    out, precious = tmp_path / "out", tmp_path / "precious.txt"
    run([tmp_path / "photos"], out)
    precious.write_text("mine")
    lines = (out / JOURNAL).read_text().splitlines()
    record = json.loads(lines[1])
    for name in ("../precious.txt", str(precious)):
        record["picture"]["drawn"] = name
        (out / JOURNAL).write_text("\n".join([lines[0], json.dumps(record), "[]", "nonsense", ""]))
        assert run([tmp_path / "photos"], out).already_there == 0
        assert precious.read_text() == "mine"


def test_what_cannot_be_read_is_named_and_stops_nothing(tmp_path: Path) -> None:
    photos = tmp_path / "photos"
    write_pictures(photos, 2)
    jpeg = photos / "fine.jpg"
    write_jpeg(jpeg, square_picture(3)[0], 90)
    (photos / "cut.jpg").write_bytes(jpeg.read_bytes()[:300])
    (photos / "empty.png").touch()
    (photos / "text.jpg").write_text("no picture")
    size = struct.pack(">II", 60_000, 60_000)
    (photos / "huge.png").write_bytes(
        (photos / "0.png").read_bytes()[:16] + size + (photos / "0.png").read_bytes()[24:]
    )
    os.symlink(photos / "nowhere", photos / "gone.png")
    (tmp_path / "notes.txt").write_text("no picture either")
    done = run([photos, tmp_path / "notes.txt"], tmp_path / "out")
    assert done.pictures == 3
    why = {Path(one.file).name: one.why for one in done.failed}
    assert set(why) == {"cut.jpg", "empty.png", "text.jpg", "huge.png", "gone.png", "notes.txt"}
    assert why["huge.png"] == "60000 x 60000 pixels are too many" and why["gone.png"] == "No such file or directory"
    # They are tried again, and the others are not.
    again = run([photos, tmp_path / "notes.txt"], tmp_path / "out")
    assert again.failed == done.failed and again.already_there == 3


def test_a_picture_that_is_stored_on_its_side_is_seen_upright(tmp_path: Path) -> None:
    """EXIF orientation 6: the viewer turns the stored pixels by 90 degrees clockwise."""
    upright = np.full((120, 90, 3), 127, np.uint8)
    upright[20:40, 10:30] = COLOURS["red"]
    write_jpeg(tmp_path / "plain.jpg", np.ascontiguousarray(np.rot90(upright)), 95)
    tiff = b"II*\0\x08\0\0\0" + struct.pack("<HHHII", 1, 0x0112, 3, 1, 6) + b"\0\0\0\0"
    segment = b"Exif\0\0" + tiff
    stored = (tmp_path / "plain.jpg").read_bytes()
    marker = b"\xff\xe1" + struct.pack(">H", len(segment) + 2) + segment
    (tmp_path / "phone.jpg").write_bytes(stored[:2] + marker + stored[2:])
    run([tmp_path / "phone.jpg"], tmp_path / "out")
    [picture] = predicted_pictures(tmp_path / "out")
    assert (picture.width, picture.height) == (90, 120)
    assert picture.objects[0].bbox == pytest.approx((10, 20, 20, 20), abs=4)


def test_pictures_of_one_name_keep_their_own_outputs(tmp_path: Path) -> None:
    for folder in ("a", "c"):
        write_pictures(tmp_path / folder, 1)
    write_jpeg(tmp_path / "a" / "0.jpg", square_picture(1)[0], 90)
    run([tmp_path / "a" / "0.png", tmp_path / "c" / "0.png", tmp_path / "a" / "0.jpg"], tmp_path / "out")
    pictures = list(predicted_pictures(tmp_path / "out"))
    assert [one.drawn for one in pictures] == ["drawn/0.jpg", "drawn/0-2.jpg", "drawn/0-3.jpg"]
    assert all((tmp_path / "out" / (one.drawn or "")).is_file() for one in pictures)


def test_the_folder_is_held_and_no_other_is_taken(tmp_path: Path) -> None:
    write_pictures(tmp_path / "photos", 1)
    with pytest.raises(DatasetError, match="not a folder of predictions"):
        run([tmp_path / "photos"], tmp_path / "photos")
    from synthvis.dataset.lock import hold_folder
    from synthvis.dataset.output import PREDICTIONS

    with (
        hold_folder(tmp_path / "out", PREDICTIONS, doing="prediction"),
        pytest.raises(DatasetError, match="another prediction"),
    ):
        run([tmp_path / "photos"], tmp_path / "out")


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    """Ten frames in which a red square goes right by 8 px each."""
    path = tmp_path / "clip.mp4"
    with writing_video(path, 10) as writer:
        for number in range(10):
            frame = np.full((90, 120, 3), 127, np.uint8)
            frame[30:50, 8 * number : 8 * number + 20] = COLOURS["red"]
            writer.write(frame)
    return path


def test_each_frame_of_a_video_is_predicted_on_and_drawn(clip: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    done = run([clip], out)
    assert (done.pictures, done.frames, done.failed) == (0, 10, ())
    frames = list(predicted_pictures(out))
    assert [one.frame for one in frames] == list(range(10))
    for number, one in enumerate(frames):
        assert one.objects[0].bbox == pytest.approx((8 * number, 30, 20, 20), abs=6)
    names = [one["file_name"] for one in json.loads((out / "images.json").read_text())["images"]]
    assert names == [f"{clip}#{number}" for number in range(10)]
    drawn = cv2.VideoCapture(str(out / "drawn" / "clip.mp4"))
    assert drawn.get(cv2.CAP_PROP_FRAME_COUNT) == 10 and drawn.get(cv2.CAP_PROP_FPS) == 10
    assert run([clip], out).already_there == 10
    limited = run([clip], out, asked=replace(ASKED, frames=4))
    assert (limited.frames, limited.failed) == (4, ())


@pytest.mark.parametrize("is_drawn", [True, False])
def test_a_video_is_made_anew_where_it_was_interrupted(
    clip: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_drawn: bool
) -> None:
    out, asked = tmp_path / "out", replace(ASKED, is_drawn=is_drawn)
    write_pictures(tmp_path / "photos", 1)
    monkeypatch.setattr(Task, "pictures_per_batch", 1)
    with pytest.raises(KeyboardInterrupt):
        run([tmp_path / "photos", clip], out, predictor_with(Stops()), asked)
    assert list(out.rglob("*.mp4")) == []
    done = run([tmp_path / "photos", clip], out, asked=asked)
    assert (done.already_there, done.pictures, done.frames) == (1, 1, 10)
    assert [one.image_id for one in predicted_pictures(out)] == list(range(1, 12))


def test_a_video_that_breaks_off_gives_what_it_has(tmp_path: Path) -> None:
    whole, cut = tmp_path / "whole.avi", tmp_path / "cut.avi"
    writer = cv2.VideoWriter(str(whole), cv2.VideoWriter.fourcc(*"MJPG"), 10, (120, 90))
    rng = np.random.default_rng(0)
    for _ in range(20):
        writer.write(rng.integers(0, 255, (90, 120, 3)).astype(np.uint8))
    writer.release()
    cut.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    (tmp_path / "none.mp4").write_bytes(b"no video")
    done = run([cut, tmp_path / "none.mp4", whole], tmp_path / "out")
    why = {Path(one.file).name: one.why for one in done.failed}
    assert why["cut.avi"].startswith("it breaks off after ") and why["cut.avi"].endswith(" of 20; those are kept")
    assert why["none.mp4"] == "no video that can be read"
    frames = [one for one in predicted_pictures(tmp_path / "out") if one.file == str(cut)]
    assert 0 < len(frames) < 18 and done.frames == 20 + len(frames)
    # It is said again where nothing is left to do.
    assert {one.why for one in run([cut, whole], tmp_path / "out").failed} == {why["cut.avi"]}


class FakeCamera:
    """Frames without end; looks how far the reader is ahead of the network."""

    def __init__(self, network: SeesColours, stop_at: int) -> None:
        self.network, self.stop_at, self.read_frames, self.ahead = network, stop_at, 0, 0

    def isOpened(self) -> bool:
        return True

    def get(self, _: int) -> float:
        return -1.0

    def release(self) -> None:
        pass

    def read(self) -> tuple[bool, np.ndarray]:
        if self.read_frames == self.stop_at:
            raise KeyboardInterrupt
        self.read_frames += 1
        self.ahead = max(self.ahead, self.read_frames - sum(self.network.calls))
        return True, np.full((90, 120, 3), 127, np.uint8)


@pytest.mark.parametrize(("as_camera", "most"), [(True, 1), (False, 16)])
def test_frames_are_read_as_they_are_needed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, as_camera: bool, most: int
) -> None:
    """In the memory of a batch; and Ctrl-C is how a camera ends."""
    network = SeesColours()
    camera = FakeCamera(network, stop_at=50 if as_camera else 10**6)
    monkeypatch.setattr(cv2, "VideoCapture", lambda *_: camera)
    (tmp_path / "clip.mp4").touch()
    words = ["0"] if as_camera else [str(tmp_path / "clip.mp4")]
    done = run(words, tmp_path / "out", predictor_with(network), asked=replace(ASKED, frames=None if as_camera else 70))
    assert done.frames == (50 if as_camera else 70) and done.failed == ()
    assert camera.ahead == most


def test_progress_counts_all_that_is_known(clip: Path, tmp_path: Path) -> None:
    write_pictures(tmp_path / "photos", 2)
    (tmp_path / "photos" / "bad.png").touch()
    said: list[tuple[int, int]] = []
    run([tmp_path / "photos", clip], tmp_path / "out", on_progress=lambda done, total: said.append((done, total)))
    assert [done for done, _ in said] == list(range(1, 14))
    assert said[-1] == (13, 13) and all(done <= total for done, total in said)
