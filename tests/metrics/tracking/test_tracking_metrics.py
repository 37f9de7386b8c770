"""Metrics of tracks against TrackEval, whose values make_reference.py stored, and against films worked by hand."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from synthvis.data.sample import LabelledObject, Sample
from synthvis.data.split import Split
from synthvis.metrics.measures import Measures
from synthvis.metrics.predictions import TrackPrediction
from synthvis.metrics.registry import metrics
from synthvis.metrics.tracking.definitions import METRICS
from synthvis.metrics.tracking.film_case import FrameBoxes
from synthvis.metrics.tracking.tracking import film_events, films_of, tracking_metrics

REFERENCE = json.loads((Path(__file__).parent / "reference.json").read_text())
CASES: list[dict[str, Any]] = REFERENCE["cases"]
RANDOM = [case for case in CASES if case["name"].startswith("random")]
Rows = Sequence[Sequence[float]]


def labelled(
    box: Sequence[float], track_id: int | None, *, is_crowd: bool = False, class_name: str = "person"
) -> LabelledObject:
    x, y, width, height = box
    return LabelledObject(
        class_name=class_name, bbox_xywh_px=(x, y, width, height), area_px=width * height, is_crowd=is_crowd,
        track_id=track_id,
    )  # fmt: skip


def split_of(cases: Sequence[dict[str, Any]]) -> tuple[Split, list[TrackPrediction]]:
    """Films as a split and what was predicted, in one list of images."""
    images, rows = [], []
    for video_id, case in enumerate(cases, start=1):
        first = len(images)
        for frame in range(1, case["frames"] + 1):
            objects = [labelled(row[2:], row[1]) for row in case["truth"] if row[0] == frame]
            objects += [labelled(row[2:], row[1], is_crowd=True) for row in case["objects"] if row[0] == frame]
            objects += [labelled(row[1:], None, is_crowd=True) for row in case["regions"] if row[0] == frame]
            images.append(
                Sample(
                    id=first + frame, path=Path("none.jpg"), labelled_hw=(600, 600), objects=tuple(objects),
                    video_id=video_id, frame_id=frame,
                )
            )  # fmt: skip
        rows += [
            TrackPrediction(image_id=first + row[0], category_id=1, bbox=tuple(row[2:]), score=1.0, track_id=row[1])
            for row in case["predicted"]
        ]
    return (
        Split(
            name="films", kind="real", split="val", images=tuple(images), class_names=("person",),
            category_ids={"person": 1},
        ),
        rows,
    )  # fmt: skip


def measured(*cases: dict[str, Any], resamples: int = 0) -> Measures:
    split, rows = split_of(cases)
    return tracking_metrics(split, rows, ["person"], resamples=resamples)


def film(truth: Rows, predicted: Rows, frames: int = 4, objects: Rows = (), regions: Rows = ()) -> dict[str, Any]:
    """A film of (frame, track, left) rows; boxes are 10 px wide and high."""

    def whole(rows: Rows) -> list[list[float]]:
        return [[frame, track, left, 0, 10, 10] for frame, track, left in rows]

    return {
        "frames": frames, "truth": whole(truth), "predicted": whole(predicted), "objects": whole(objects),
        "regions": list(regions),
    }  # fmt: skip


def expected(values: dict[str, float], name: str) -> float | None:
    """The value of the reference; None where it divides by nothing and calls that 0 or 1."""
    matched, missed, wrong = values["CLR_TP"], values["CLR_FN"], values["CLR_FP"]
    of_truth = dict.fromkeys(("MT", "ML", "MOTA", "IDR"), matched + missed)
    divisors = {**of_truth, "MOTP": matched, "IDP": matched + wrong, "IDSW": 1, "Frag": 1}
    return None if divisors.get(name, matched + missed + wrong) == 0 else values[name]


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_equal_to_the_reference(case: dict[str, Any]) -> None:
    found = measured(case)
    tracks = len({row[1] for row in case["truth"]})
    for name in (one.name for one in METRICS):
        wanted = expected(case["values"], name)
        if name in ("MT", "ML") and wanted is not None:
            wanted /= tracks
        # Files carry six decimals.
        assert found[name].value == (None if wanted is None else pytest.approx(wanted, abs=5.1e-7)), name
    assert found.counts == {"boxes": len(case["truth"]), "tracks": tracks, "films": 1}


def test_films_together_are_equal_to_the_reference() -> None:
    found = measured(*RANDOM)
    for name in ("HOTA", "DetA", "AssA", "LocA", "MOTA", "MOTP", "IDSW", "Frag", "IDF1", "IDP", "IDR"):
        assert found[name].value == pytest.approx(REFERENCE["random_films_together"][name], abs=5.1e-7), name


def test_a_film_worked_by_hand() -> None:
    """One object in four frames; two are found as track 7, the third is missed, the fourth found as track 8."""
    found = measured(film([(k, 1, 0) for k in (1, 2, 3, 4)], [(1, 7, 0), (2, 7, 0), (4, 8, 0), (4, 9, 90)]))
    # Three hits, one miss, one wrong box; one switch, one gap.
    assert found["MOTA"].value == pytest.approx(1 - (1 + 1 + 1) / 4)
    assert found["IDSW"].value == 1
    # The third frame holds no prediction at all, so that the pair of the second stays until the fourth.
    assert found["Frag"].value == 0
    assert found["MOTP"].value == 1
    # Track 1 goes with 7: two boxes of four, two of four predicted.
    assert found["IDF1"].value == pytest.approx(2 / 4) and found["IDP"].value == 0.5 and found["IDR"].value == 0.5
    # At every alpha: TP 3, FN 1, FP 1. A of the first two is 2 / (4 + 2 - 2), of the last 1 / (4 + 1 - 1).
    association = (2 * 2 / 4 + 1 / 4) / 3
    assert found["DetA"].value == pytest.approx(3 / 5)
    assert found["AssA"].value == pytest.approx(association, abs=1e-6)
    assert found["HOTA"].value == pytest.approx(np.sqrt(3 / 5 * association), abs=1e-6)
    assert found["MT"].value == 0 and found["ML"].value == 0


def test_each_film_has_its_own_numbers() -> None:
    """In the first film every box is found; in the second a track of four frames changes its number after two."""
    first = film([(k, 1, 0) for k in (1, 2, 3, 4)], [(k, 7, 0) for k in (1, 2, 3, 4)])
    second = film([(k, 1, 0) for k in (1, 2, 3, 4)], [(1, 5, 0), (2, 5, 0), (3, 6, 0), (4, 6, 0)])
    split, rows = split_of([first, second])
    found = tracking_metrics(split, rows, ["person"], resamples=50)
    assert list(found.per_film) == ["film 1", "film 2"]
    whole, swapped = (found.per_film[name].metrics for name in ("film 1", "film 2"))
    assert (whole["HOTA"].value, whole["HOTA"].low, whole["IDSW"].value) == (1, 1, 0)
    assert (swapped["MOTA"].value, swapped["IDSW"].value) == (1 - 1 / 4, 1)
    # Four boxes in one of two tracks, each of which has two of its four frames.
    assert swapped["IDF1"].value == pytest.approx(0.5) and swapped["AssA"].value == pytest.approx(0.5)
    assert found.per_film["film 2"].counts == {"boxes": 4, "tracks": 1}
    events = film_events(split, rows, ["person"])
    assert [one.switches.tolist() for one in events] == [[0, 0, 0, 0], [0, 0, 1, 0]]
    assert all(not one.missed.any() and not one.wrong.any() for one in events)


def test_a_film_by_itself_is_the_whole_set_and_a_still_picture_is_no_film() -> None:
    found = measured(film([(1, 1, 0), (2, 1, 0)], [(1, 7, 0), (2, 7, 40)], frames=2), resamples=50)
    assert found.per_film["film 1"].metrics == found.metrics == found.per_class["person"].metrics
    still = Split(
        name="stills", kind="real", split="val", class_names=("person",), category_ids={"person": 1},
        images=(Sample(id=1, path=Path("none.jpg"), labelled_hw=(9, 9), objects=()),),
    )  # fmt: skip
    assert tracking_metrics(still, [], ["person"]).per_film == {}


def test_boxes_that_overlap_by_a_third_count_for_hota_only() -> None:
    """Boxes of 10 px moved by 5 px: IoU 5 / 15, which reaches the alphas 0.05 to 0.30."""
    found = measured(film([(1, 1, 0)], [(1, 1, 5)], frames=1))
    assert found["MOTA"].value == -1 and found["MOTP"].value is None and found["IDF1"].value == 0
    assert found["DetA"].value == found["HOTA"].value == pytest.approx(6 / 19, abs=1e-6)
    assert found["LocA"].value == pytest.approx((6 / 3 + 13) / 19, abs=1e-6)


def test_a_track_of_another_class_is_wrong() -> None:
    split, rows = split_of([film([(k, 1, 0) for k in (1, 2)], [(k, 1, 0) for k in (1, 2)], frames=2)])
    two = Split(
        name="films", kind="real", split="val", images=split.images, class_names=("person", "dog"),
        category_ids={"person": 1, "dog": 2},
    )  # fmt: skip
    as_dogs = [TrackPrediction(**{**row.to_dict(), "category_id": 2}) for row in rows]
    found = tracking_metrics(two, as_dogs, ["person", "dog"], resamples=0)
    # Two misses of the one class, two wrong boxes of the other.
    assert found["MOTA"].value == -1 and found["HOTA"].value == 0
    assert found.per_class["dog"].metrics["MOTA"].value is None
    assert found.per_class["person"].counts == {"boxes": 2, "tracks": 1}


def test_what_is_ignored_is_neither_missed_nor_wrong() -> None:
    truth, ignored = [(1, 1, 0)], [(1, 2, 50)]
    plain = measured(film(truth, [(1, 1, 0)], frames=1))
    assert measured(film(truth, [(1, 1, 0), (1, 2, 51)], frames=1, objects=ignored)).metrics == plain.metrics
    # An ignored object excuses one box; the second is wrong.
    twice = measured(film(truth, [(1, 1, 0), (1, 2, 51), (1, 3, 49)], frames=1, objects=ignored))
    assert twice["MOTA"].value == 0
    # A region excuses all that lie in it by more than half.
    region = [[1, 45, 0, 20, 10]]
    assert measured(film(truth, [(1, 1, 0), (1, 2, 48), (1, 3, 52)], frames=1, regions=region))["MOTA"].value == 1
    assert measured(film(truth, [(1, 1, 0), (1, 2, 61)], frames=1, regions=region))["MOTA"].value == 0


def test_still_pictures_are_films_of_one_frame() -> None:
    split, rows = split_of([film([(1, 1, 0), (1, 2, 30)], [(1, 5, 0), (1, 6, 30)], frames=1)])
    stills = tuple(
        Sample(id=image.id + offset, path=image.path, labelled_hw=image.image_hw, objects=tuple(
            labelled(one.bbox_xywh_px, None) for one in image.objects
        ))
        for image in split.images
        for offset in (0, 1)
    )  # fmt: skip
    both = [
        TrackPrediction(**{**row.to_dict(), "image_id": row.image_id + offset}) for row in rows for offset in (0, 1)
    ]
    found = tracking_metrics(
        Split(name="x", kind="real", split="val", images=stills, class_names=("person",), category_ids={"person": 1}),
        both, ["person"], resamples=0,
    )  # fmt: skip
    assert found["HOTA"].value == 1 and found["IDSW"].value == 0 and found.counts["films"] == 2


def test_frames_are_taken_in_the_order_of_time() -> None:
    split, _ = split_of([film([(k, 1, 0) for k in (1, 2, 3)], [], frames=3)])
    (frames,) = films_of(split.images[::-1])
    assert [image.frame_id for image in frames] == [1, 2, 3]


def test_a_track_has_one_box_in_a_frame() -> None:
    with pytest.raises(ValueError, match="two boxes"):
        FrameBoxes.of([(1, (0, 0, 1, 1)), (1, (5, 5, 1, 1))])


def test_intervals_come_from_films_or_from_parts_of_them() -> None:
    many, few = measured(*RANDOM, resamples=200), measured(*RANDOM[:2], resamples=200)
    assert many.bootstrap.unit == "films" and few.bootstrap.unit.startswith("frames")
    for found in (many, few):
        for name in ("HOTA", "MOTA", "IDF1", "AssA"):
            assert found[name].low < found[name].value < found[name].high
    assert many["MT"].low is not None and few["MT"].low is None
    assert len(many.bootstrap.draws["HOTA"]) == 200


def test_the_interval_over_films_is_the_plain_bootstrap() -> None:
    """Resampled by repeating films; each repetition is a film of its own."""
    found = measured(*RANDOM[:6], resamples=50)
    rng = np.random.default_rng(0)
    counts = rng.multinomial(6, np.full(6, 1 / 6), size=50)
    for drawn, repeated in list(zip(found.bootstrap.draws["HOTA"], counts, strict=True))[:5]:
        cases = [case for case, times in zip(RANDOM[:6], repeated, strict=True) for _ in range(times)]
        assert drawn == pytest.approx(measured(*cases)["HOTA"].value, abs=1e-6)


def test_all_are_registered() -> None:
    assert {one.name for one in METRICS} <= metrics().keys()
    assert metrics()["IDSW"].lower_is_better and not metrics()["HOTA"].lower_is_better
