"""SORT and ByteTrack on films whose tracks are known by construction."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from made_films import HW, Mover

from synthvis.data.film import Film
from synthvis.data.sample import LabelledObject, Sample
from synthvis.data.split import Split
from synthvis.errors import RecipeError, UsageError
from synthvis.metrics.predictions import BoxPrediction
from synthvis.metrics.tracking.tracking import tracking_metrics
from synthvis.tracking.on_films import labelled_boxes, tracked
from synthvis.tracking.registry import tracker_named, trackers
from synthvis.tracking.tracker import NO_TRACK, FrameDetections, Tracker, TrackerChoice, TrackerKind, TrackerSettings

BOTH = ("sort", "bytetrack")


def detections(*rows: Sequence[float], label: int = 1) -> FrameDetections:
    """Of (left, top, width, height, score) rows."""
    array = np.array(rows, dtype=np.float64).reshape(-1, 5)
    return FrameDetections(
        boxes_xywh_px=array[:, :4], scores=array[:, 4], labels=np.full(len(array), label, dtype=np.int64)
    )


def run(name: str, frames: Sequence[FrameDetections], score: float = 0.5, fps: float | None = None) -> list[list[int]]:
    tracker = trackers()[name].make(TrackerSettings(score=score, fps=fps))
    return [tracker.update(frame).tolist() for frame in frames]


def film(movers: Sequence[Mover], frames: int, fps: float | None = None) -> Split:
    images = tuple(
        Sample(
            id=frame, path=Path("none.jpg"), labelled_hw=HW, video_id=1, frame_id=frame,
            objects=tuple(
                LabelledObject(
                    class_name="person", bbox_xywh_px=one.box(frame), area_px=384.0, is_crowd=one.is_ignored,
                    track_id=one.track_id,
                )
                for one in movers
                if frame in one.frames
            ),
        )
        for frame in range(1, frames + 1)
    )  # fmt: skip
    return Split(
        name="film", kind="real", split="val", images=images, class_names=("person",), category_ids={"person": 1},
        films={1: Film(id=1, name="film", fps=fps)},
    )  # fmt: skip


@pytest.mark.parametrize("name", BOTH)
def test_two_that_pass_each_other_keep_their_tracks(name: str) -> None:
    """In the middle one box covers half of the other."""
    split = film([Mover(1, 10, 30, 4), Mover(2, 90, 36, -4)], 20)
    found = tracked(split, labelled_boxes(split, ["person"]), TrackerChoice(kind=trackers()[name]))
    measures = tracking_metrics(split, found, ["person"], resamples=0)
    assert measures["HOTA"].value == measures["IDF1"].value == 1 and measures["IDSW"].value == 0


@pytest.mark.parametrize("name", BOTH)
def test_empty_frames_and_films(name: str) -> None:
    assert run(name, [detections()] * 3) == [[], [], []]
    assert tracked(film([], 3), [], TrackerChoice(kind=trackers()[name])) == []


@pytest.mark.parametrize("name", BOTH)
def test_classes_do_not_mix(name: str) -> None:
    """The label changes from frame to frame: the old track cannot go on."""
    frames = [detections((10, 10, 20, 20, 0.9), label=1 + frame % 2) for frame in range(4)]
    ids = run(name, frames)
    assert not {one for frame in ids[::2] for one in frame if one} & {
        one for frame in ids[1::2] for one in frame if one
    }


def test_sort_tells_a_late_track_when_it_was_seen_three_more_times() -> None:
    late = [detections((10, 10, 20, 20, 0.9), *([(60, 10, 20, 20, 0.9)] if k >= 4 else [])) for k in range(9)]
    ids = run("sort", late)
    assert [frame[0] for frame in ids] == [1] * 9
    assert [frame[1] for frame in ids[4:]] == [NO_TRACK, NO_TRACK, NO_TRACK, 2, 2]


def test_sort_forgets_after_a_frame_and_bytetrack_after_a_second() -> None:
    def with_gap(length: int) -> list[FrameDetections]:
        seen, nothing = detections((10, 10, 20, 20, 0.9)), detections()
        return [seen] * 6 + [nothing] * length + [seen] * 6

    assert run("sort", with_gap(1))[-1] == [1] and run("sort", with_gap(2))[-1] == [2]
    assert run("bytetrack", with_gap(9), fps=10)[-1] == [1]
    assert run("bytetrack", with_gap(11), fps=10)[-1] == [2]
    assert run("bytetrack", with_gap(25))[-1] == [1]


def test_bytetrack_goes_on_with_weak_detections_and_begins_none() -> None:
    def frames(weak: float) -> list[FrameDetections]:
        strong = [detections((10 + k, 10, 20, 20, 0.9)) for k in range(4)]
        return [*strong, *(detections((10 + k, 10, 20, 20, weak), (80, 10, 20, 20, weak)) for k in range(4, 8))]

    assert run("bytetrack", frames(0.2))[4:] == [[1, NO_TRACK]] * 4
    # Below 0.1 there is nothing, and sort takes nothing below the score.
    assert run("bytetrack", frames(0.05))[4:] == run("sort", frames(0.2))[4:] == [[NO_TRACK, NO_TRACK]] * 4


def test_bytetrack_tells_a_new_track_when_it_is_seen_again() -> None:
    ghost, real = (60, 60, 20, 20, 0.9), (10, 10, 20, 20, 0.9)
    ids = run("bytetrack", [detections(real), detections(real, ghost), detections(real), detections(ghost)])
    assert ids[1] == [1, NO_TRACK]
    # The ghost of the second frame is gone in the third, and begins anew in the fourth.
    assert ids[3] == [NO_TRACK]


def test_a_score_between_continues_and_does_not_begin() -> None:
    """ByteTrack begins tracks a tenth above the score."""
    assert run("bytetrack", [detections((10, 10, 20, 20, 0.55))] * 3) == [[NO_TRACK]] * 3
    frames = [detections((10, 10, 20, 20, score)) for score in (0.65, 0.55, 0.55)]
    assert run("bytetrack", frames) == [[1]] * 3


def test_perfect_boxes_hold_ignored_objects_and_no_regions() -> None:
    split = film([Mover(1, 10, 30, 4), Mover(2, 90, 36, -4, is_ignored=True)], 2)
    region = LabelledObject(class_name="person", bbox_xywh_px=(0, 0, 9, 9), area_px=81, is_crowd=True)
    images = tuple(
        Sample(
            id=one.id, path=one.path, labelled_hw=HW, video_id=1, frame_id=one.frame_id, objects=(*one.objects, region)
        )
        for one in split.images
    )
    boxes = labelled_boxes(
        Split(name="x", kind="real", split="val", images=images, category_ids={"person": 1}), ["person"]
    )
    assert sorted(row.bbox for row in boxes if row.image_id == 1) == [(10, 30, 16, 24), (90, 36, 16, 24)]


OWN = """
import numpy as np
from synthvis.tracking.tracker import Tracker, TrackerKind

class Own(Tracker):
    def __init__(self, settings):
        self.settings = settings

    def update(self, detections):
        return {returned}

OWN = TrackerKind(name="own", about="numbers by place", make=Own)
"""


def test_a_tracker_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "own.py"
    file.write_text(OWN.format(returned="np.arange(1, len(detections) + 1)"))
    kind = tracker_named(f"{file}:OWN")
    split = film([Mover(1, 10, 30, 4), Mover(2, 90, 36, -4)], 3, fps=5)
    found = tracked(split, labelled_boxes(split, ["person"]), TrackerChoice(kind=kind))
    assert [row.track_id for row in found] == [1, 2] * 3


@pytest.mark.parametrize(
    "returned", ["None", "[1]", "[1, 1]", "[0.5, 1.5]", "[-1, 2]", "np.ones((2, 2), int)", "['a', 'b']"]
)
def test_a_tracker_that_returns_something_else_is_refused(tmp_path: Path, returned: str) -> None:
    file = tmp_path / "own.py"
    file.write_text(OWN.format(returned=returned))
    split = film([Mover(1, 10, 30, 4), Mover(2, 90, 36, -4)], 3)
    with pytest.raises(UsageError, match="the tracker own does not give each detection a track"):
        tracked(split, labelled_boxes(split, ["person"]), TrackerChoice(kind=tracker_named(f"{file}:OWN")))


def test_names_that_are_no_tracker(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"no tracker 'bytetrak'.*bytetrack"):
        tracker_named("bytetrak")
    with pytest.raises(RecipeError, match="cannot read"):
        tracker_named(f"{tmp_path}/absent.py:OWN")
    (tmp_path / "other.py").write_text("OWN = 3\n")
    with pytest.raises(UsageError, match="no TrackerKind called OWN"):
        tracker_named(f"{tmp_path}/other.py:OWN")


def test_scores_decide_what_a_tracker_takes() -> None:
    class Counts(Tracker):
        def __init__(self, settings: TrackerSettings) -> None:
            self.settings = settings

        def update(self, found: FrameDetections) -> np.ndarray:
            return np.where(found.scores >= self.settings.score, np.arange(1, len(found) + 1), NO_TRACK)

    split = film([], 1)
    rows = [BoxPrediction(image_id=1, category_id=1, bbox=(1, 1, 5, 5), score=score) for score in (0.9, 0.3)]
    kind = TrackerKind(name="counts", about="", make=Counts)
    assert len(tracked(split, rows, TrackerChoice(kind=kind, score=0.5))) == 1
    assert len(tracked(split, rows, TrackerChoice(kind=kind, score=0.2))) == 2
