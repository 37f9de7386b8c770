"""The worth in photographs, by hand."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from made_up_gap import study
from sklearn.isotonic import IsotonicRegression

from synthvis.formats.json_file import validated
from synthvis.study.data_equivalence import DataEquivalence, data_equivalence_of, equivalent_images, never_falling
from synthvis.study.estimate import Estimate
from synthvis.study.study_result import SetFacts, StudySetup
from synthvis.study.wording import compared, equivalence_sentence

COUNTS = (10, 100, 1000)
CURVE = np.array([0.2, 0.4, 0.5])
SETUP = replace(
    study().setup,
    real=SetFacts(name="cones", split="train", images=215, labels=420),
    synthetic=SetFacts(name="cones", split="train", images=600, labels=900),
    real_eval=SetFacts(name="cones", split="val", images=161, labels=300),
)


@pytest.mark.parametrize(
    ("level", "images"),
    [
        (0.2, 10),  # at the first point
        (0.3, 31.6228),  # halfway from 10 to 100 in the logarithm
        (0.4, 100),
        (0.45, 316.228),
        (0.5, 1000),
        (0.51, math.inf),
        (0.19, -math.inf),
    ],
)
def test_the_curve_is_read_off_between_its_points(level: float, images: float) -> None:
    assert equivalent_images(COUNTS, CURVE, level) == pytest.approx(images, rel=1e-5)


def test_a_dip_is_levelled_before_it_is_read() -> None:
    """0.4 and 0.3 pool to 0.35, which 0.35 reaches at the first of the two."""
    dipping = np.array([0.1, 0.4, 0.3, 0.6])
    np.testing.assert_allclose(never_falling(dipping), [0.1, 0.35, 0.35, 0.6])
    assert equivalent_images((1, 2, 4, 8), dipping, 0.35) == 2
    assert equivalent_images((1, 2, 4, 8), dipping, 0.475) == pytest.approx(4 * math.sqrt(2))


def test_a_single_point_only_says_more_or_less() -> None:
    found = [equivalent_images((50,), np.array([0.3]), level) for level in (0.2, 0.3, 0.4)]
    assert found == [-math.inf, 50, math.inf]


def test_a_falling_curve_is_one_level() -> None:
    assert equivalent_images((1, 10), np.array([0.75, 0.25]), 0.5) == 1


@pytest.mark.parametrize("seed", range(5))
def test_pooling_equals_isotonic_regression(seed: int) -> None:
    values = np.random.default_rng(seed).normal(size=12).round(1)
    reference = IsotonicRegression().fit_transform(np.arange(12), values)
    np.testing.assert_allclose(never_falling(values), reference, atol=1e-9)


def test_the_interval_may_leave_what_was_tried() -> None:
    shifts = np.linspace(-0.15, 0.15, 101)
    found = data_equivalence_of(COUNTS, CURVE, 0.45, np.tile(CURVE, (101, 1)), 0.45 + shifts)
    assert found.images == pytest.approx(316.228, rel=1e-5)
    # The 2.5% draw is 0.45 - 0.15 + 2 * 0.003 = 0.306: 10 * 10^0.53.
    assert found.low == pytest.approx(10 * 10**0.53, rel=1e-3)
    assert found.high == math.inf
    assert (found.smallest, found.largest) == (10, 1000)


def test_broken_draws_are_left_out() -> None:
    curves = np.array([[0.2, np.nan, 0.5], CURVE, CURVE])
    found = data_equivalence_of(COUNTS, CURVE, 0.4, curves, np.array([0.4, np.nan, 0.4]))
    assert (found.low, found.high) == (100, 100)


def worth(images: float, low: float | None, high: float | None, setup: StudySetup = SETUP) -> str:
    return equivalence_sentence(DataEquivalence(images=images, low=low, high=high, smallest=2, largest=215), setup)


def test_sentences_say_no_more_than_the_numbers() -> None:
    start = "Measured by AP on 161 photographs of cones:val, the 600 renders of cones are worth "
    assert worth(34.2, 20.4, 61.0) == start + "34 labelled photographs, about 67 labels (95%: 20 to 61)."
    assert worth(34.2, 20.4, math.inf) == start + "34 labelled photographs, about 67 labels (95%: 20 to more than 215)."
    assert worth(math.inf, 150.0, math.inf) == (
        start + "more than 215 labelled photographs, all there were (95%: 150 to more than 215)."
    )
    assert worth(-math.inf, -math.inf, -math.inf) == (
        start + "fewer than 2 labelled photographs, the fewest that were tried (so in 95% of the resamples)."
    )
    more = replace(SETUP, real=SetFacts(name="cones", split="train", images=1000, labels=1953))
    assert "more than 215 labelled photographs, the most that were tried (of 1,000)" in worth(
        math.inf, None, None, more
    )
    assert "leave every number open" in worth(34.2, -math.inf, math.inf)
    assert worth(1.0, None, None) == start + "1 labelled photograph, about 2 labels."


@pytest.mark.parametrize(
    ("low", "high", "sign", "verdict"),
    [
        (0.01, 0.2, 1.0, "better"),
        (0.01, 0.2, -1.0, "worse"),  # of an error
        (-0.01, 0.2, 1.0, "not told apart"),
        (0.0, 0.2, 1.0, "not told apart"),
        (-0.3, -0.1, 1.0, "worse"),
        (None, None, 1.0, "not told apart"),
    ],
)
def test_a_verdict_needs_an_interval_without_zero(low: float, high: float, sign: float, verdict: str) -> None:
    mean = 0.1 if low is None else (low + high) / 2
    found = compared("mixed", 1, "the same", 1, Estimate(mean=mean, spread=None, low=low, high=high, seeds=2), sign)
    assert found.verdict == verdict


@pytest.mark.parametrize("images", [math.inf, -math.inf, 71.4])
def test_a_file_has_words_for_what_is_beyond_the_numbers_that_were_tried(images: float) -> None:
    found = DataEquivalence(images=images, low=-math.inf, high=math.inf, smallest=2, largest=215)
    content = found.to_dict()
    assert content["images"] == {math.inf: "more", -math.inf: "fewer"}.get(images, images)
    assert (content["low"], content["high"]) == ("fewer", "more")
    assert validated(content, DataEquivalence) == found
    assert str(found).endswith("[fewer than 2, more than 215] labelled photographs")
