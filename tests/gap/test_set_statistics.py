"""Pixel measures on pictures of known noise, blur and spectrum; image statistics of drawn sets; ranks and words."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from made_sets import grey_noise, smooth, write_set

from synthvis.config.recipe import Recipe
from synthvis.config.reference import keys_of
from synthvis.data.dataset import find_dataset
from synthvis.gap.common_form import CommonForm, common_form_of, resized
from synthvis.gap.differences import ranked_differences
from synthvis.gap.image_statistics import (
    NUMBER_STATISTICS,
    SHARE_STATISTICS,
    Quantiles,
    direction_of,
    share_sentence,
)
from synthvis.gap.pixel_measures import (
    colour_planes,
    hue_histogram,
    hue_spread,
    laplacian_log_variance,
    noise_sigma,
    spectrum_slope,
)
from synthvis.gap.resampling import make_draws, with_interval
from synthvis.gap.statistics import SetMeasures, measure_set
from synthvis.metrics.metric import MetricValue

FORM = CommonForm(long_side_px=96)
CLASSES = ("red thing", "blue thing")


def measured(root: Path) -> SetMeasures:
    return measure_set(find_dataset(root).read("train"), CLASSES, FORM)


def test_noise_is_found_and_a_slope_is_none() -> None:
    rng = np.random.default_rng(0)
    ramp = np.tile(np.linspace(0.2, 0.8, 128, dtype=np.float32), (128, 1))
    assert noise_sigma(ramp) == pytest.approx(0.0, abs=1e-3)
    noisy = ramp + (rng.normal(0, 4 / 255, ramp.shape)).astype(np.float32)
    # The flattest fifth of the blocks lies a little below the mean.
    assert noise_sigma(noisy) == pytest.approx(4.0, rel=0.15)
    assert np.isnan(noise_sigma(ramp[:4]))


@pytest.mark.parametrize("exponent", [1.0, 2.0, 3.0])
def test_the_slope_of_a_made_spectrum_is_found(exponent: float) -> None:
    rng = np.random.default_rng(0)
    cycles = np.fft.fftfreq(128) * 128
    radius = np.maximum(np.hypot(cycles[:, None], cycles[None]), 1)
    picture = np.fft.ifft2(np.fft.fft2(rng.normal(0, 1, (128, 128))) * radius ** (-exponent / 2)).real
    assert spectrum_slope((picture / picture.std()).astype(np.float32)) == pytest.approx(exponent, abs=0.2)
    assert np.isnan(spectrum_slope(np.full((64, 64), 0.5, np.float32)))


def test_blur_lowers_sharpness() -> None:
    picture = np.random.default_rng(0).random((64, 64)).astype(np.float32)
    sharpness = [laplacian_log_variance(cv2.GaussianBlur(picture, (0, 0), s) if s else picture) for s in (0, 0.6, 1.2)]
    assert sharpness[0] > sharpness[1] > sharpness[2]
    # White noise of variance v answers 20 v: the squares of 1, 1, 1, 1, -4.
    assert sharpness[0] == pytest.approx(np.log10(20 / 12), abs=0.05)


def test_hues_by_hand() -> None:
    pixels = np.zeros((2, 2, 3), np.uint8)
    pixels[0], pixels[1] = (255, 0, 0), (0, 255, 255)
    colour = colour_planes(pixels)
    histogram = hue_histogram(colour)
    assert histogram[0] == pytest.approx(0.5)
    assert histogram[6] == pytest.approx(0.5)
    assert hue_spread(colour) == pytest.approx(1.0)
    assert hue_spread(colour_planes(pixels[:1])) == pytest.approx(0.0, abs=1e-9)
    grey = colour_planes(np.full((2, 2, 3), 90, np.uint8))
    assert hue_histogram(grey).sum() == 0
    assert np.isnan(hue_spread(grey))
    assert float(grey.luma.mean()) == pytest.approx(90 / 255, abs=1e-6)


def test_the_common_form_brings_every_size_to_one() -> None:
    for hw in ((480, 640), (300, 200), (50, 40)):
        assert max(FORM.apply(np.zeros((*hw, 3), np.uint8)).shape[:2]) == 96
    assert resized(np.full((10, 10, 3), 7, np.uint8), (1, 1)).tolist() == [[[7, 7, 7]]]


def test_the_common_size_is_that_of_the_smaller_set(tmp_path: Path) -> None:
    small = find_dataset(write_set(tmp_path / "a", images=3, seed=0, side=80)).read("train")
    large = find_dataset(write_set(tmp_path / "b", images=3, seed=0, side=300)).read("train")
    assert common_form_of((small, large)).long_side_px == 80
    assert common_form_of((large, large)).long_side_px == 256
    assert common_form_of((small, large), 128).long_side_px == 128


def test_resolution_and_codec_are_not_measured(tmp_path: Path) -> None:
    root = write_set(tmp_path / "a", images=16, seed=0, side=192, object_px=(68, 80))
    split = find_dataset(root).read("train")
    (tmp_path / "b").mkdir()
    images = []
    for image in split.images:
        pixels = cv2.resize(cv2.imread(str(image.path)), (144, 144), interpolation=cv2.INTER_AREA)
        path = tmp_path / "b" / f"{image.id}.jpg"
        cv2.imwrite(str(path), pixels, [cv2.IMWRITE_JPEG_QUALITY, 93])
        boxes = [replace(b, bbox_xywh_px=tuple(0.75 * v for v in b.bbox_xywh_px)) for b in image.objects]
        images.append(replace(image, path=path, labelled_hw=(144, 144), objects=tuple(boxes)))
    first, second = (measure_set(one, CLASSES, FORM) for one in (split, replace(split, images=tuple(images))))
    for name in ("size", "centre_x", "luma", "contrast", "saturation"):
        ours, theirs = first.samples[name].values, second.samples[name].values
        assert np.abs(ours - theirs).max() < 0.02, name


def test_statistics_of_a_drawn_set(tmp_path: Path) -> None:
    found = measured(write_set(tmp_path / "a", images=5, seed=0))
    assert (found.images, found.objects) == (5, 10)
    assert set(found.samples) == set(NUMBER_STATISTICS)
    assert set(found.shares) == set(SHARE_STATISTICS)
    assert found.samples["objects_per_image"].values.tolist() == [2.0] * 5
    assert found.samples["size"].owner.tolist() == [0, 0, 1, 1, 2, 2, 3, 3, 4, 4]
    assert found.shares["classes"].masses.tolist() == [[1, 1]] * 5
    assert found.shares["pairs"].names == ("red thing alone", "blue thing alone", "red thing + blue thing")
    assert found.shares["pairs"].masses.tolist() == [[0, 0, 1]] * 5
    reds = found.shares["object_hue"].masses.sum(axis=0)
    assert reds[0] == pytest.approx(5, abs=0.5)


def test_images_without_objects_have_counts_of_zero(tmp_path: Path) -> None:
    split = find_dataset(write_set(tmp_path / "a", images=3, seed=0)).read("train")
    bare = replace(split, images=tuple(replace(image, objects=()) for image in split.images))
    found = measure_set(bare, CLASSES, FORM)
    assert found.objects == 0
    assert "size" not in found.samples
    assert found.samples["objects_per_image"].values.tolist() == [0.0] * 3
    rows = ranked_differences(found, measured(split.images[0].path.parents[2]), make_draws(3, 3, resamples=5))
    size = next(row for row in rows if row.statistic == "size")
    assert (size.js_bits.value, size.advice, size.direction) == (
        None,
        None,
        "one of the sets has no value of it",
    )


def test_one_set_twice_is_at_zero_and_a_changed_statistic_comes_first(tmp_path: Path) -> None:
    real = measured(write_set(tmp_path / "real", images=40, seed=0, object_px=(14, 22)))
    draws = make_draws(40, 40, resamples=40)
    same = ranked_differences(real, real, draws)
    assert all(row.js_bits.value == 0 and row.advice is None for row in same)
    large = measured(write_set(tmp_path / "large", images=40, seed=1, object_px=(36, 44)))
    rows = {row.statistic: row for row in ranked_differences(large, real, draws)}
    size = rows["size"]
    assert size.js_bits.value == pytest.approx(1.0)
    assert size.above_null
    assert size.direction.startswith("synthetic objects are larger: median 0.4")
    assert size.advice == "lower camera.fill"
    assert size.wasserstein_z.value > 2
    assert next(iter(rows)) in ("size", "overlap", "cut", "object_contrast")
    assert not rows["classes"].above_null
    half = ranked_differences(*(measured(write_set(tmp_path / f"h{s}", images=40, seed=s)) for s in (5, 6)), draws)
    assert sum(bool(row.above_null) for row in half) <= 3


def test_noise_pictures_are_far_away(tmp_path: Path) -> None:
    sets = [measured(write_set(tmp_path / p.__name__, images=20, seed=0, paint=p)) for p in (grey_noise, smooth)]
    rows = {row.statistic: row for row in ranked_differences(*sets, make_draws(20, 20, resamples=20))}
    for name in ("noise", "sharpness", "spectrum_slope", "contrast"):
        assert rows[name].js_bits.value == pytest.approx(1.0), name
        assert rows[name].above_null, name
    assert "noisier" in rows["noise"].direction


def test_intervals_are_moved_to_the_value() -> None:
    drawn = np.array([3.0, 4.0, 5.0, np.nan])
    found = with_interval(1.0, drawn)
    assert (found.value, round(found.low, 3), round(found.high, 3)) == (1.0, 0.05, 1.95)
    assert with_interval(0.5, drawn, lowest=0.0).low == 0.0
    assert with_interval(float("nan"), drawn) == MetricValue(None)


def quantiles(q10: float, median: float, q90: float, mean: float) -> Quantiles:
    return Quantiles(q10=q10, median=median, q90=q90, mean=mean, count=9)


def test_words_for_spread_and_equal_medians() -> None:
    size = NUMBER_STATISTICS["size"]
    real = quantiles(0.1, 0.3, 0.5, 0.3)
    assert direction_of(size, replace(real, q10=0.29, q90=0.31), real, 0.15)[0] == "narrower"
    assert direction_of(size, replace(real, q10=0.0, q90=0.9), real, 0.15)[::2] == ("wider", "narrow camera.fill")
    assert direction_of(size, real, real, 0.15)[0] == "alike"
    kind, sentence, _ = direction_of(
        NUMBER_STATISTICS["cut"], quantiles(0, 0, 1, 0.4), replace(real, median=0, mean=0.1), 0.3
    )
    assert (kind, sentence) == ("more", "synthetic objects are cut by the frame more often: mean 0.40 against 0.10")
    aspect = direction_of(NUMBER_STATISTICS["aspect"], quantiles(0, 1, 2, 1), quantiles(-1, 0, 1, 0), 1)
    assert aspect[1].endswith("median 2.00 against 1.00")
    assert share_sentence(("a", "b"), (0.75, 0.25), (0.5, 0.5)) == (
        "synthetic has more a 75.0% against 50.0%; less b 25.0% against 50.0%"
    )


def test_every_key_that_advice_names_is_in_a_recipe() -> None:
    said = " ".join(f"{t.if_more} {t.if_less} {t.key}" for t in NUMBER_STATISTICS.values())
    said += " " + " ".join(t.advice for t in SHARE_STATISTICS.values())
    known = {key.path for key in keys_of(Recipe)}
    for name in set(re.findall(r"\b(?:camera|sensor|objects|world|stages|distractors)\.\w+", said)):
        assert name in known, name
