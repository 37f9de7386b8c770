"""The sensor model against formulas worked out by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from synthvis.camera.spec import CameraSpec
from synthvis.formats.images import as_stored
from synthvis.render.sensor import circle_of_confusion_px, metered_gain, sharpened, simulate_sensor, srgb_from_linear
from synthvis.render.shake import shake, shake_kernel, shake_path
from synthvis.scene.spec import SensorSpec, ShakeSpec

CAMERA = CameraSpec(
    world_from_cam=((1.0, 0, 0, 0), (0, 1.0, 0, 0), (0, 0, 1.0, 0), (0, 0, 0, 1.0)),
    focal_mm=50.0,
    sensor_width_mm=36.0,
    image_hw=(96, 96),
    f_number=None,
    focus_distance_m=1.0,
)
PLAIN = SensorSpec(
    exposure_ev=0.0,
    white_balance_rgb=(1.0, 1.0, 1.0),
    contrast=1.0,
    saturation=1.0,
    blur_sigma_px=0.0,
    shot_noise=0.0,
    read_noise=0.0,
    vignette=0.0,
    jpeg_quality=90,
    noise_seed=1,
)
FLAT_DEPTH_M = np.ones((96, 96), np.float32)


def flat(value: float) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    return np.full((96, 96, 3), value, np.float32)


def halves(dark: float, light: float) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    picture = flat(light)
    picture[:, :48] = dark
    return picture


@pytest.mark.parametrize(
    ("linear", "encoded"), [(0.0, 0.0), (0.001, 0.01292), (0.0031308, 0.04045), (0.2140, 0.5), (1.0, 1.0)]
)
def test_srgb_is_the_standard_one(linear: float, encoded: float) -> None:
    """Points of IEC 61966-2-1: the linear toe, its end, mid grey and white."""
    assert float(srgb_from_linear(np.array([linear], np.float32))[0]) == pytest.approx(encoded, abs=2e-4)


def test_the_circle_of_confusion_is_that_of_a_thin_lens() -> None:
    """f = 50 mm at N = 2 focused at 1 m: from 2 m the disk is 2500 / (2 * 950) * (1 / 2) mm = 0.6579 mm."""
    camera = replace(CAMERA, f_number=2.0)
    depth_m = np.array([[1.0, 2.0, np.inf, 0.5]], np.float32)
    expected_mm = np.array([[0.0, 0.6579, 1.3158, 1.3158]])
    np.testing.assert_allclose(circle_of_confusion_px(depth_m, camera), expected_mm / 36 * 96, rtol=1e-3, atol=1e-6)


@pytest.mark.parametrize("level", [1e-3, 0.2, 1.0, 50.0])
def test_a_white_backdrop_comes_out_white_however_it_is_lit(level: float) -> None:
    assert simulate_sensor(flat(level), FLAT_DEPTH_M, CAMERA, PLAIN).min() >= 225


def test_a_gain_that_is_held_takes_the_place_of_automatic_exposure() -> None:
    """Twice a light of 0.107 is 0.214, which sRGB stores as half of 255, whatever else is in the picture."""
    held = replace(PLAIN, gain=2.0, exposure_ev=3.0)
    for beside in (0.0, 0.4, 30.0):
        picture = simulate_sensor(halves(0.107, beside), FLAT_DEPTH_M, CAMERA, held)
        assert picture[:, 10] == pytest.approx(127.5, abs=1.0)


@pytest.mark.parametrize("sensor", [PLAIN, replace(PLAIN, exposure_ev=-1.0), replace(PLAIN, least_mean=0.4)])
def test_the_gain_that_is_metered_is_that_of_automatic_exposure(sensor: SensorSpec) -> None:
    rgb = halves(0.02, 0.5)
    automatic = simulate_sensor(rgb, FLAT_DEPTH_M, CAMERA, sensor)
    held = simulate_sensor(rgb, FLAT_DEPTH_M, CAMERA, replace(sensor, gain=metered_gain(rgb, sensor)))
    np.testing.assert_array_equal(held, automatic)


def test_a_black_backdrop_stays_black() -> None:
    picture = simulate_sensor(halves(0.0, 0.5), FLAT_DEPTH_M, CAMERA, replace(PLAIN, read_noise=0.01, contrast=0.85))
    assert picture[:, :48].mean() < 5


def test_sharpening_adds_the_detail_that_a_gaussian_takes() -> None:
    """A Gaussian of 1 px leaves 0.3005 of a step's other side in the pixel beside it: half the normal distribution's
    weights of whole pixels but the middle one, (1 - 0.3990) / 2."""
    step = halves(0.2, 0.6)
    once, none = sharpened(step, 1.0), sharpened(step, 0.0)
    np.testing.assert_array_equal(none, step)
    np.testing.assert_allclose(once[50, [47, 48], 0], [0.2 - 0.4 * 0.3005, 0.6 + 0.4 * 0.3005], atol=1e-4)
    np.testing.assert_allclose(once[:, [10, 80]], step[:, [10, 80]], atol=1e-6)
    np.testing.assert_allclose(sharpened(step, 0.5) - step, (once - step) / 2, atol=1e-6)
    assert sharpened(halves(0.0, 1.0), 2.0).min() == 0 and sharpened(halves(0.0, 1.0), 2.0).max() == 1


def test_a_sharpened_picture_has_steeper_edges_and_the_same_flat_parts() -> None:
    picture = halves(0.1, 0.4)
    plain, sharp = (
        simulate_sensor(picture, FLAT_DEPTH_M, CAMERA, replace(PLAIN, exposure_ev=-1.0, sharpen=amount)).astype(int)
        for amount in (None, 1.0)
    )
    np.testing.assert_array_equal(plain[:, [10, 80]], sharp[:, [10, 80]])
    rise = plain[0, 80, 0] - plain[0, 10, 0]
    assert sharp[50, 48, 0] - sharp[50, 47, 0] == pytest.approx(rise * (1 + 2 * 0.3005), abs=2)


def test_one_stop_doubles_the_light() -> None:
    """Half of the picture is dark, so neither exposure clips it: linear values compare as 1 to 2."""
    values = []
    for exposure_ev in (-2.0, -1.0):
        picture = simulate_sensor(halves(0.4, 0.5), FLAT_DEPTH_M, CAMERA, replace(PLAIN, exposure_ev=exposure_ev))
        encoded = picture[:, :48].mean() / 255
        values.append(((encoded + 0.055) / 1.055) ** 2.4)
    assert values[1] / values[0] == pytest.approx(2, rel=0.03)


def test_against_the_light_the_dark_half_shows_and_the_bright_one_is_cut() -> None:
    """Half of the picture clips at 1, so a mean of 0.55 and its margin of 4% leaves 0.144 for the other half, which
    encodes to 0.417."""
    picture = simulate_sensor(halves(0.01, 1.0), FLAT_DEPTH_M, CAMERA, replace(PLAIN, least_mean=0.55))
    assert picture[:, :48].mean() == pytest.approx(0.417 * 255, abs=1.5)
    assert picture[:, 48:].min() == 255


@pytest.mark.parametrize(("dark", "light", "least_mean"), [(0.4, 0.5, 0.1), (0.0, 1.0, 0.3)])
def test_what_is_bright_enough_is_left_alone(dark: float, light: float, least_mean: float) -> None:
    found, plain = (
        simulate_sensor(halves(dark, light), FLAT_DEPTH_M, CAMERA, sensor)
        for sensor in (replace(PLAIN, least_mean=least_mean), PLAIN)
    )
    np.testing.assert_array_equal(found, plain)


@pytest.mark.parametrize("contrast", [0.8, 1.0, 2.2])
@pytest.mark.parametrize("exposure_ev", [-1.3, 0.0, 0.7])
@pytest.mark.parametrize("saturation", [0.0, 0.7, 1.4])
def test_the_least_mean_is_that_of_the_stored_picture(contrast: float, exposure_ev: float, saturation: float) -> None:
    """A room that a window outshines: whatever comes after the exposure, as much light is in the file."""
    rng = np.random.default_rng(2)
    light = (0.06 * rng.random((96, 96, 3)) ** 2).astype(np.float32)
    light[10:40, 60:90] = 2.0
    sensor = replace(
        PLAIN, least_mean=0.15, contrast=contrast, exposure_ev=exposure_ev, saturation=saturation, vignette=0.3,
        blur_sigma_px=0.4, sharpen=1.0, shot_noise=0.02, read_noise=0.01,
    )  # fmt: skip
    stored = as_stored(simulate_sensor(light, FLAT_DEPTH_M, CAMERA, sensor), 80) / 255
    linear = np.where(stored <= 0.04045, stored / 12.92, ((stored + 0.055) / 1.055) ** 2.4)
    assert float((linear @ [0.2126, 0.7152, 0.0722]).mean()) >= 0.15
    # And no more than that takes, where it was too dark before.
    assert float((linear @ [0.2126, 0.7152, 0.0722]).mean()) <= 0.2


def test_night_stays_night() -> None:
    """No more than five stops: of light at 1e-6 beside a lamp nothing shows."""
    picture = simulate_sensor(halves(1e-6, 1.0), FLAT_DEPTH_M, CAMERA, replace(PLAIN, least_mean=0.9))
    assert picture[:, :48].max() <= 1


def test_white_balance_scales_each_channel() -> None:
    sensor = replace(PLAIN, exposure_ev=-2.0, white_balance_rgb=(1.2, 1.0, 0.8))
    linear = ((simulate_sensor(flat(0.5), FLAT_DEPTH_M, CAMERA, sensor).mean(axis=(0, 1)) / 255 + 0.055) / 1.055) ** 2.4
    np.testing.assert_allclose(linear / linear[1], [1.2, 1.0, 0.8], rtol=0.03)


def test_no_saturation_is_grey() -> None:
    light = np.random.default_rng(0).random((96, 96, 3), dtype=np.float32)
    picture = simulate_sensor(light, FLAT_DEPTH_M, CAMERA, replace(PLAIN, saturation=0.0))
    assert int(np.ptp(picture.astype(int), axis=-1).max()) <= 1


def test_the_vignette_takes_its_share_in_the_corners() -> None:
    sensor = replace(PLAIN, exposure_ev=-1.5, vignette=0.4)
    linear = ((simulate_sensor(flat(0.5), FLAT_DEPTH_M, CAMERA, sensor) / 255 + 0.055) / 1.055) ** 2.4
    assert linear[0, 0, 0] / linear[47:49, 47:49, 0].mean() == pytest.approx(0.6, rel=0.05)


def test_noise_has_the_deviation_asked_for_and_repeats_by_its_seed() -> None:
    sensor = replace(PLAIN, exposure_ev=-2.0, shot_noise=0.04, read_noise=0.02)
    picture = simulate_sensor(flat(0.5), FLAT_DEPTH_M, CAMERA, sensor)
    value = simulate_sensor(flat(0.5), FLAT_DEPTH_M, CAMERA, replace(PLAIN, exposure_ev=-2.0)).mean() / 255
    expected = 255 * (0.02**2 + 0.04**2 * value) ** 0.5
    assert picture.astype(float).std() == pytest.approx(expected, rel=0.05)
    assert np.array_equal(picture, simulate_sensor(flat(0.5), FLAT_DEPTH_M, CAMERA, sensor))
    assert not np.array_equal(picture, simulate_sensor(flat(0.5), FLAT_DEPTH_M, CAMERA, replace(sensor, noise_seed=2)))


def test_blur_is_a_gaussian_of_that_deviation() -> None:
    """A step blurred by sigma reaches 84% of its height one sigma behind the edge."""
    sharp = simulate_sensor(halves(0.0, 0.5), FLAT_DEPTH_M, CAMERA, PLAIN)
    soft = simulate_sensor(halves(0.0, 0.5), FLAT_DEPTH_M, CAMERA, replace(PLAIN, blur_sigma_px=4.0))
    linear = [((p[48].astype(float).mean(axis=-1) / 255 + 0.055) / 1.055) ** 2.4 for p in (sharp, soft)]
    assert linear[1][51:53].mean() / linear[0][80] == pytest.approx(0.841, abs=0.03)


def test_focus_is_sharp_and_the_distance_is_not() -> None:
    """Stripes at the focus keep their contrast, stripes far behind it lose it."""
    stripes = np.zeros((96, 96, 3), np.float32)
    stripes[:, ::4], stripes[:, 1::4] = 0.5, 0.5
    depth_m = np.ones((96, 96), np.float32)
    depth_m[:48] = 30.0
    picture = simulate_sensor(stripes, depth_m, replace(CAMERA, f_number=1.4, focal_mm=85.0), PLAIN).astype(float)
    assert picture[70:90].std() > 90
    assert picture[5:25].std() < 40


@pytest.mark.parametrize("value", [np.nan, np.inf, -1.0, 0.0])
def test_strange_light_gives_a_picture_all_the_same(value: float) -> None:
    light = halves(value, 0.5)
    picture = simulate_sensor(light, np.full((96, 96), np.inf, np.float32), replace(CAMERA, f_number=1.4), PLAIN)
    assert picture.shape == (96, 96, 3) and picture.dtype == np.uint8
    assert simulate_sensor(flat(value), FLAT_DEPTH_M, CAMERA, PLAIN).shape == (96, 96, 3)


SHAKES = [
    ShakeSpec(length_px=9.0, angle_deg=0.0, bend_deg=0.0),
    ShakeSpec(length_px=12.5, angle_deg=37.0, bend_deg=0.0),
    ShakeSpec(length_px=20.0, angle_deg=110.0, bend_deg=60.0),
    ShakeSpec(length_px=0.4, angle_deg=80.0, bend_deg=-20.0),
]


@pytest.mark.parametrize("spec", SHAKES)
def test_shake_keeps_the_light_and_the_place(spec: ShakeSpec) -> None:
    kernel = shake_kernel(spec).astype(float)
    reach = kernel.shape[0] // 2
    rows, columns = np.mgrid[-reach : reach + 1, -reach : reach + 1]
    assert kernel.min() >= 0
    assert kernel.sum() == pytest.approx(1, abs=1e-5)
    assert (kernel * rows).sum() == pytest.approx(0, abs=1e-4)
    assert (kernel * columns).sum() == pytest.approx(0, abs=1e-4)


def test_a_straight_shake_is_a_line_of_that_length_and_direction() -> None:
    """Second moments of a line of length L at angle a: L^2 / 12 (cos^2 a, cos a sin a, sin^2 a), and the kernel's
    bilinear share adds at most 1/4 to a variance."""
    kernel = shake_kernel(SHAKES[1]).astype(float)
    reach = kernel.shape[0] // 2
    rows, columns = np.mgrid[-reach : reach + 1, -reach : reach + 1]
    cos, sin, spread = np.cos(np.radians(37)), np.sin(np.radians(37)), 12.5**2 / 12
    assert (kernel * columns * rows).sum() == pytest.approx(spread * cos * sin, abs=0.05)
    assert spread * cos**2 <= (kernel * columns**2).sum() <= spread * cos**2 + 0.25
    assert spread * sin**2 <= (kernel * rows**2).sum() <= spread * sin**2 + 0.25
    row = shake_kernel(SHAKES[0])
    np.testing.assert_allclose(row[row.shape[0] // 2, 3:-3], [1 / 9] * (row.shape[1] - 6), atol=1e-3)


def test_a_bent_shake_is_an_arc() -> None:
    """60 degrees over 20 pixels: a radius of 19.1, a chord of 19.1, constant speed."""
    path = shake_path(SHAKES[2], 1001)
    steps = np.diff(path, axis=0)
    assert np.hypot(*steps.T).sum() == pytest.approx(20, rel=2e-3)
    assert np.ptp(np.hypot(*steps.T)) < 1e-9
    turned = np.degrees(np.arctan2(*steps[-1][::-1]) - np.arctan2(*steps[0][::-1]))
    assert turned == pytest.approx(60, rel=2e-3)
    assert np.degrees(np.arctan2(*steps[500][::-1])) == pytest.approx(110, abs=0.1)
    radius = 20 / np.radians(60)
    assert np.hypot(*(path[-1] - path[0])) == pytest.approx(2 * radius * np.sin(np.radians(30)), rel=2e-3)


def test_a_point_of_light_becomes_the_path() -> None:
    """Every pixel that the path crosses gets light, in proportion to the time spent, and no other does."""
    light = np.zeros((96, 96, 3), np.float32)
    light[40, 50] = 2.0
    streak = shake(light, SHAKES[2])[..., 0]
    path = shake_path(SHAKES[2], 4000) + np.array([50, 40])
    near = np.zeros((96, 96), bool)
    for x, y in path:
        near[int(np.floor(y)) : int(np.floor(y)) + 2, int(np.floor(x)) : int(np.floor(x)) + 2] = True
    assert np.abs(streak[~near]).max() < 1e-6
    assert streak.sum() == pytest.approx(2, rel=1e-4)
    rows, columns = np.mgrid[:96, :96]
    for x, y in path[::400]:
        ball = (rows - y) ** 2 + (columns - x) ** 2 < 9
        assert streak[ball].sum() > 0.2


def test_shake_blurs_light_before_noise_and_none_changes_nothing() -> None:
    stripes = np.zeros((96, 96, 3), np.float32)
    stripes[:, ::4], stripes[:, 1::4] = 0.5, 0.5
    still = simulate_sensor(stripes, FLAT_DEPTH_M, CAMERA, PLAIN)
    along = simulate_sensor(stripes, FLAT_DEPTH_M, CAMERA, replace(PLAIN, shake=replace(SHAKES[0], angle_deg=90.0)))
    across = simulate_sensor(stripes, FLAT_DEPTH_M, CAMERA, replace(PLAIN, shake=replace(SHAKES[0], length_px=8.0)))
    assert np.abs(along.astype(int) - still)[:, 4:-4].max() <= 1
    assert across[:, 20:-20].std() < 8 < still.std()
    # The mean of light, not of 8-bit values: half of the light is 73% of the value.
    assert across[48, 48, 0] / still.max() == pytest.approx(0.735, abs=0.02)
    noisy = replace(PLAIN, read_noise=0.02, shake=SHAKES[1])
    grain = simulate_sensor(flat(0.5), FLAT_DEPTH_M, CAMERA, noisy).astype(float)
    assert abs(np.corrcoef(grain[:, :-1, 0].ravel(), grain[:, 1:, 0].ravel())[0, 1]) < 0.05
