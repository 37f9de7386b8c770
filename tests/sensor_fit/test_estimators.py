"""Each estimator against photographs made up in numpy and OpenCV, with settings that are known."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from made_photographs import decoded, eight_bit, encoded, jpeg_bytes, leaves
from scipy.ndimage import gaussian_filter

from synthvis.formats.jpeg import jpeg_quality, luminance_table, stated_size
from synthvis.sensor_fit.noise import measure_noise
from synthvis.sensor_fit.sharpness import measure_sharpness
from synthvis.sensor_fit.tone import cells_of, measure_tone
from synthvis.sensor_fit.vignette import vignette_of

LUMA = np.array([0.2126, 0.7152, 0.0722], np.float32)


@pytest.mark.parametrize("quality", [5, 24, 50, 63, 75, 85, 95, 99, 100])
def test_quality_is_the_one_that_opencv_wrote(quality):
    content = jpeg_bytes(eight_bit(leaves(0, hw=(64, 64))), quality)
    assert jpeg_quality(content) == quality
    assert stated_size(content) == (64, 64)


def test_tables_are_those_of_libjpeg():
    """Worked by hand: at 50 the standard's own; at 75 halves; at 25 doubles; never below 1 nor above 255."""
    assert luminance_table(50)[:8].tolist() == [16, 11, 10, 16, 24, 40, 51, 61]
    assert luminance_table(75)[:4].tolist() == [8, 6, 5, 8]
    assert luminance_table(25)[:4].tolist() == [32, 22, 20, 32]
    assert luminance_table(100).max() == 1 and luminance_table(1).max() == 255


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xd8",
        b"\xff\xd8\xff\xdb\x00",
        b"\xff\xd8\xff\xdb\xff\xff\x00\x01",
        b"\xff\xd8\xff\xdb\x00\x00",
        b"GIF89a",
    ],
)
def test_heads_that_are_cut_short_or_none(content):
    assert jpeg_quality(content) is None
    assert stated_size(content) is None


@pytest.mark.parametrize("quality", [None, 95, 85, 70])
@pytest.mark.parametrize(("shot", "read"), [(0.0, 0.0), (0.0, 0.02), (0.03, 0.0), (0.03, 0.01), (0.0, 0.04)])
def test_noise_is_found_also_behind_compression(quality, shot, read):
    """Within 10% at a value of 0.4; split into shot and read within 0.013."""
    found = []
    for seed in range(3):
        values = encoded(leaves(seed, hw=(384, 512), count=100))
        rng = np.random.default_rng(seed)
        noisy = eight_bit(values + np.sqrt(read**2 + shot**2 * values) * rng.standard_normal(values.shape))
        found.append(measure_noise(noisy if quality is None else decoded(jpeg_bytes(noisy, quality)), quality))
    got_shot, got_read = np.median(found, axis=0)
    true, got = (np.sqrt(r**2 + 0.4 * s**2) for s, r in ((shot, read), (got_shot, got_read)))
    assert got == pytest.approx(true, rel=0.1, abs=0.001)
    assert got_shot == pytest.approx(shot, abs=0.013) and got_read == pytest.approx(read, abs=0.013)


def test_little_noise_behind_strong_compression_is_not_made_up():
    values = encoded(leaves(1, hw=(384, 512), count=100))
    noisy = eight_bit(values + 0.004 * np.random.default_rng(0).standard_normal(values.shape))
    assert max(measure_noise(decoded(jpeg_bytes(noisy, 60)), 60)) < 0.012


def test_texture_alone_tells_nothing():
    grit = eight_bit(np.random.default_rng(0).integers(0, 2, (128, 128, 1)).repeat(3, axis=2) * 0.5 + 0.25)
    assert measure_noise(cv2.blur(grit, (3, 3)), None) is None


@pytest.mark.parametrize("blur_px", [0.6, 0.9, 1.4, 2.0, 2.6])
@pytest.mark.parametrize("quality", [None, 80])
def test_blur_is_found(blur_px, quality):
    """Within 0.1 pixel or 10%; behind compression and noise, within 0.1 pixel or 20%."""
    found = []
    for seed in range(3):
        values = encoded(cv2.GaussianBlur(leaves(seed), (0, 0), blur_px))
        if quality is not None:
            values = values + 0.01 * np.random.default_rng(seed).standard_normal(values.shape)
        pixels = eight_bit(values)
        found.append(measure_sharpness(pixels if quality is None else decoded(jpeg_bytes(pixels, quality))))
    blurs_px = [one.blur_sigma_px for one in found]
    assert np.median(blurs_px) == pytest.approx(blur_px, rel=0.1 if quality is None else 0.2, abs=0.1)
    assert [one.sharpen for one in found] == [0.0] * 3


@pytest.mark.parametrize("amount", [0.5, 1.0, 1.4])
@pytest.mark.parametrize("quality", [None, 80])
def test_sharpening_is_found(amount, quality):
    """Unsharp masking written out with scipy's Gaussian. Within 0.4: the discs' round edges read 0.25 too sharp."""
    found = []
    for seed in range(3):
        values = encoded(leaves(seed))
        values = values + amount * (values - gaussian_filter(values, (1.0, 1.0, 0)))
        if quality is not None:
            values = values + 0.005 * np.random.default_rng(seed).standard_normal(values.shape)
        pixels = eight_bit(values)
        found.append(measure_sharpness(pixels if quality is None else decoded(jpeg_bytes(pixels, quality))))
    assert np.median([one.sharpen for one in found]) == pytest.approx(amount, abs=0.4)
    assert [one.blur_sigma_px for one in found] == pytest.approx([0.0] * 3, abs=0.01)


def test_sharp_is_sharp_and_nothing_to_see_is_nothing():
    found = measure_sharpness(eight_bit(encoded(leaves(2))))
    assert found is not None
    assert (found.blur_sigma_px, found.sharpen) == pytest.approx((0, 0), abs=0.3)
    assert measure_sharpness(np.full((64, 64, 3), 120, np.uint8)) is None


@pytest.mark.parametrize("cast", [-0.12, 0.0, 0.12])
def test_cast_is_found_in_the_mean_of_neutral_scenes(cast):
    gains = np.array([1 + cast, 1, 1 - cast], np.float32)
    found = [measure_tone(eight_bit(encoded(0.8 * leaves(seed) * gains))).cast for seed in range(10)]
    assert np.mean(found) == pytest.approx(cast, abs=0.03)
    assert np.std(found) < 0.06


@pytest.mark.parametrize("stops", [-1.0, -0.5, -0.1])
def test_exposure_is_exact_where_nothing_is_cut_off(stops):
    light = leaves(3)
    bright = np.percentile(light @ LUMA, (95, 99.5))
    gain = min(0.95 / bright[0], 1.5 / bright[1]) * 2**stops
    assert measure_tone(eight_bit(encoded(light * gain))).exposure_ev == pytest.approx(stops, abs=0.06)


def test_exposure_rises_where_much_is_cut_off():
    found = []
    for stops in (0.0, 0.5, 1.0):
        each = []
        for seed in range(8):
            light = leaves(seed)
            bright = np.percentile(light @ LUMA, (95, 99.5))
            gain = min(0.95 / bright[0], 1.5 / bright[1]) * 2**stops
            each.append(measure_tone(eight_bit(encoded(light * gain))).exposure_ev)
        found.append(np.median(each))
    assert found[0] < 0.15 and found[0] < found[1] < found[2]


@pytest.mark.parametrize("contrast", [0.8, 1.3])
def test_contrast_multiplies_its_measure(contrast):
    def measured(seed, power):
        values = encoded(leaves(seed)).clip(1e-3, 1 - 1e-3)
        curved = values**power / (values**power + (1 - values) ** power)
        return measure_tone(eight_bit(curved)).log_contrast

    factors = [np.exp(measured(seed, contrast) - measured(seed, 1.0)) for seed in range(6)]
    assert np.median(factors) == pytest.approx(contrast, rel=0.05)


@pytest.mark.parametrize("saturation", [0.6, 1.3])
def test_saturation_multiplies_its_measure(saturation):
    def measured(seed, factor):
        light = leaves(seed)
        grey = (light @ LUMA)[..., None]
        return measure_tone(eight_bit(encoded(grey + factor * (light - grey)))).log_saturation

    factors = [np.exp(measured(seed, saturation) - measured(seed, 1.0)) for seed in range(6)]
    assert np.median(factors) == pytest.approx(saturation, rel=0.07)


def test_black_and_white_is_told_from_pale():
    light = leaves(4)
    grey = encoded((light @ LUMA)[..., None].repeat(3, axis=2))
    noisy = grey + 0.015 * np.random.default_rng(0).standard_normal(grey.shape)
    assert measure_tone(decoded(jpeg_bytes(eight_bit(noisy), 80))).is_grey
    assert not measure_tone(eight_bit(encoded((light @ LUMA)[..., None] * 0.7 + 0.3 * light))).is_grey


@pytest.mark.parametrize("vignette", [0.0, 0.25, 0.4])
def test_vignette_of_many_photographs(vignette):
    y, x = np.meshgrid(np.linspace(-1, 1, 96), np.linspace(-1, 1, 128), indexing="ij")
    kept = (1 - vignette * (x**2 + y**2) / 2)[..., None].astype(np.float32)
    cells = [cells_of(eight_bit(encoded(0.8 * leaves(seed, hw=(96, 128), count=250) * kept))) for seed in range(60)]
    found, why = vignette_of(cells, 0.0)
    if vignette == 0:
        assert found is None and "no darker" in why
    else:
        assert found == pytest.approx(vignette, abs=0.12)
    assert vignette_of(cells[:10], 0.0)[0] is None
