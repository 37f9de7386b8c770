"""The task tracking: a network that sees colours on films of coloured squares, whose tracks are known."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

pytest.importorskip("torch")

import torch
from coloured_squares import SIZE, SeesColours
from labelled_squares import write_labelled_squares
from made_films import Mover, write_mot_film

import synthvis as sv
from synthvis.data.dataset import find_dataset
from synthvis.data.split import Split
from synthvis.errors import RealDataError, UsageError
from synthvis.metrics.predictions import TrackPrediction, read_predictions
from synthvis.metrics.tracking.tracking import tracking_metrics
from synthvis.metrics.training_facts import TrainingFacts
from synthvis.tracking.registry import trackers
from synthvis.tracking.tracker import TrackerChoice
from synthvis.train.config import ModelConfig
from synthvis.train.registry import description_of, task_named
from synthvis.train.settings import checked_config
from synthvis.train.trained import Trained

pytestmark = pytest.mark.train

RED, BLUE = 4, 1
"""Tracks that `made_films` draws red and blue."""

TASK = task_named("tracking")
TINY = {"input_size": 64, "head_channels": 32, "head_convs": 1, "batch": 2, "warmup": 0, "augment": 0.0}


@pytest.fixture(scope="module")
def films(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Ten frames in which a red and a blue square go on straight; the blue one ends before."""
    root = tmp_path_factory.mktemp("films") / "films"
    movers = (
        Mover(RED, 8, 20, 4, class_number=1),
        Mover(BLUE, 96, 60, -4, class_number=2, frames=range(1, 8)),
    )
    for split in ("train", "val"):
        write_mot_film(root / split / "walk", movers, 10, labels=("red", "blue"))
    return root


def seen_by_colour(**facts: object) -> Trained:
    """Squares of 128 x 96 px films, seen at 128 px, are found to the pixel."""
    return Trained(
        task="tracking", network=SeesColours().eval(), model=ModelConfig(input_size=2 * SIZE), classes=("red", "blue"),
        facts=TrainingFacts(**{"tracker_score": 0.2, **facts}),  # type: ignore[arg-type]
    )  # fmt: skip


def val_of(films: Path) -> Split:
    return find_dataset(films).read("val")


@pytest.mark.parametrize("name", ["sort", "bytetrack"])
def test_a_detector_that_sees_all_is_as_good_as_perfect_boxes(films: Path, name: str) -> None:
    evaluation, rows = TASK.evaluate(seen_by_colour(tracker=name), val_of(films), torch.device("cpu"))
    assert (evaluation.task, evaluation.headline, evaluation.images) == ("tracking", "HOTA", 10)
    assert evaluation.counts == {"boxes": 17, "tracks": 2, "films": 1}
    # JPEG blurs the edges by less than a pixel.
    assert evaluation["MOTA"].value == evaluation["IDF1"].value == 1 and evaluation["IDSW"].value == 0
    assert evaluation["HOTA"].value > 0.9 and evaluation.perfect_boxes["HOTA"].value == 1
    assert {row.track_id for row in rows} == {1, 2} and evaluation.training.tracker == name
    assert evaluation["AP50"].value == 1 and evaluation["AP"].low is None
    assert evaluation.operating_point is not None and evaluation.bootstrap.unit == "frames"


def test_a_tracker_that_is_named_takes_the_place_of_that_of_the_run(films: Path) -> None:
    choice = TrackerChoice(kind=trackers()["sort"], score=0.99)
    evaluation, rows = TASK.evaluate(
        replace(seen_by_colour(), tracker=choice), val_of(films), torch.device("cpu"), resamples=0
    )
    assert rows == [] and evaluation["HOTA"].value == 0
    assert (evaluation.training.tracker, evaluation.training.tracker_score) == ("sort", 0.99)


def test_a_run_runs_no_file(films: Path, tmp_path: Path) -> None:
    """What a run names is looked for among installed trackers, whatever its files say."""
    (tmp_path / "own.py").write_text("raise SystemExit(9)\n")
    with pytest.raises(UsageError, match="no tracker"):
        TASK.evaluate(seen_by_colour(tracker=f"{tmp_path}/own.py:OWN"), val_of(films), torch.device("cpu"))
    with pytest.raises(UsageError, match="a run cannot keep a file"):
        checked_config({"task": "tracking", "tracker": f"{tmp_path}/own.py:OWN"})
    with pytest.raises(UsageError, match=r"no tracker 'srt'.*sort"):
        checked_config({"task": "tracking", "tracker": "srt"})


def test_a_tracker_is_for_tracking_and_boxes_are_for_both() -> None:
    assert checked_config({"task": "tracking", "tracker": "sort", "boxes": "amodal"}).tracker == "sort"
    assert checked_config({"task": "detection", "boxes": "amodal"}).boxes == "amodal"
    with pytest.raises(UsageError, match="tracker and tracker_score are for the task tracking"):
        checked_config({"task": "detection", "tracker": "sort"})
    with pytest.raises(UsageError, match="boxes and box_margin are for the task detection or tracking"):
        checked_config({"task": "depth", "boxes": "amodal"})


def test_sets_without_tracks_are_refused(films: Path, tmp_path: Path) -> None:
    task, split = description_of("tracking"), val_of(films)
    task.require_comparable(split, ["red"])
    still = replace(split, images=tuple(replace(one, video_id=None, frame_id=None) for one in split.images))
    with pytest.raises(RealDataError, match="still pictures"):
        task.require_comparable(still, ["red"])
    without = tuple(
        replace(one, objects=tuple(replace(box, track_id=None) for box in one.objects)) for one in split.images
    )
    with pytest.raises(RealDataError, match="10 of 10 objects of films:val have no track"):
        task.require_comparable(replace(split, images=without), ["red"])


def test_trained_measured_and_measured_again(films: Path, tmp_path: Path) -> None:
    run = sv.train(
        films, task="tracking", eval_on=[f"{films}:val"], out=tmp_path / "run", weights="none", steps=2, workers=0,
        device="cpu", precision="fp32", tracker="sort", tracker_score=0.05, **TINY,
    )  # fmt: skip
    (evaluation,) = run.evaluations
    path = tmp_path / "run" / f"predictions_{films.name}.json"
    rows = read_predictions(path, TrackPrediction, task="tracking", hint="")
    again = tracking_metrics(val_of(films), rows, ["red", "blue"])
    assert again.metrics == {name: evaluation[name] for name in again.metrics}
    assert evaluation.bootstrap.draws == again.bootstrap.draws
    bound = sv.track(f"{films}:val", tracker="sort").measures
    assert {name: one.value for name, one in evaluation.perfect_boxes.items()} == {
        name: one.value for name, one in bound.metrics.items()
    }
    other = run.evaluate(f"{films}:val", tracker="bytetrack")
    assert other.training.tracker == "bytetrack" and (tmp_path / "run" / "tracker-bytetrack-0.05").is_dir()
    assert run.evaluations[0].training.tracker == "sort"


def test_still_pictures_may_be_learnt_from(films: Path, tmp_path: Path) -> None:
    """Their val split counts as films of one frame; another set of stills is refused."""
    (tmp_path / "stills").mkdir()
    stills = write_labelled_squares(tmp_path / "stills")
    run = sv.train(
        stills, task="tracking", out=tmp_path / "run", weights="none", steps=1, workers=0, device="cpu",
        precision="fp32", **TINY,
    )  # fmt: skip
    (evaluation,) = run.evaluations
    assert evaluation.counts["films"] == evaluation.images and evaluation.perfect_boxes["HOTA"].value == 1
    with pytest.raises(RealDataError, match="still pictures"):
        run.evaluate(stills)


def test_labels_behind_a_tracker(films: Path) -> None:
    found = sv.track(films, tracker="sort", classes="red")
    assert found.set == "films:val" and found.classes == ("red",) and found.tracker == "sort"
    assert found.measures["HOTA"].value == 1 and found.measures.counts["tracks"] == 1
    with pytest.raises(UsageError, match="no class 'rde'"):
        sv.track(films, classes="rde")
    with pytest.raises(UsageError, match="no tracker"):
        sv.track(films, tracker="kalman")


def test_pages_of_a_run_say_what_intervals_are_drawn_from(films: Path, tmp_path: Path) -> None:
    run = sv.train(
        films, task="tracking", out=tmp_path / "run", weights="none", steps=1, workers=0, device="cpu",
        precision="fp32", **TINY,
    )  # fmt: skip
    page = " ".join(sv.report(run).read_text().split())
    assert "bootstrap over frames, 200 resamples" in page
    assert "the tracker bytetrack on perfect boxes: 1.000" in page and "<td>IDSW</td>" in page
    assert "95% intervals from a bootstrap over frames." in (tmp_path / "run" / "README.md").read_text()
