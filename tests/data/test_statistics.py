"""Statistics of sets, against numbers counted by hand on five boxes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from synthvis.data.sample import LabelledObject, Sample
from synthvis.data.split import Split
from synthvis.data.statistics import statistics_of

Xywh = tuple[float, float, float, float]


def box(name: str, xywh: Xywh, *, visible: float | None = None, crowd: bool = False) -> LabelledObject:
    return LabelledObject(
        class_name=name,
        bbox_xywh_px=xywh,
        area_px=xywh[2] * xywh[3],
        is_crowd=crowd,
        visible_fraction=1.0 if visible is None else visible,
        amodal_bbox_xywh_px=None if visible is None else xywh,
    )


def split(*images: tuple[LabelledObject, ...]) -> Split:
    entries = [
        Sample(id=number, path=Path("x"), labelled_hw=(100, 400), objects=boxes) for number, boxes in enumerate(images)
    ]
    return Split(
        name="s", kind="real", split="train", images=tuple(entries), class_names=("cup", "fork"), category_ids={}
    )


def test_counts_sizes_places_and_pairs_are_those_counted_by_hand() -> None:
    found = statistics_of(
        "mine",
        [
            split(
                (box("cup", (0, 0, 40, 10), visible=0.5), box("fork", (190, 45, 20, 10), visible=1.0)),
                (box("cup", (100, 10, 200, 80), visible=0.95), box("cup", (300, 70, 99.5, 20), visible=0.2)),
                (),
            ),
            split((box("fork", (10, 80, 20, 20)), box("fork", (0, 0, 400, 100), crowd=True))),
        ],
    )
    assert (found.images, found.empty_images, found.every.objects) == (4, 1, 5)
    assert found.objects_per_image == {0: 1, 1: 1, 2: 2}
    cup, fork = found.classes["cup"], found.classes["fork"]
    assert list(found.classes) == ["cup", "fork"]
    assert (cup.objects, cup.images, cup.single_share) == (3, 2, 0.5)
    assert (fork.objects, fork.images, fork.single_share) == (2, 2, 1.0)
    # Image area 40,000: the cups' sizes are 0.1, 0.632 and 0.223, the forks' 0.0707 and 0.1.
    assert cup.size_quantiles is not None
    assert cup.size_quantiles[1] == pytest.approx((99.5 * 20 / 40_000) ** 0.5)
    assert cup.aspect_median == pytest.approx(4.0)
    assert (cup.visible_median, cup.occluded_share) == (0.5, pytest.approx(2 / 3))
    assert fork.occluded_share == 0.0, "only one fork says how much of it shows"
    assert cup.cut_share == pytest.approx(2 / 3) and fork.cut_share == 0.5
    # Areas 400, 200, 16,000, 1,990 and 400 against 1,024 and 9,216.
    assert found.coco_sizes == {"small": 0.6, "medium": 0.2, "large": 0.2}
    assert np.allclose(found.position_shares, np.array([[1, 0, 0], [0, 2, 0], [1, 0, 1]]) / 5)
    assert found.pairs == (("cup", "fork", 1),)


def test_an_empty_set_has_no_numbers_rather_than_wrong_ones() -> None:
    found = statistics_of("none", [split(())])
    assert found.classes == {} and found.pairs == ()
    assert found.every.size_quantiles is None and found.every.occluded_share is None
    assert not found.position_shares.any()
