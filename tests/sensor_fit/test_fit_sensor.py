"""The whole way: a folder of photographs, the ranges, the recipe that takes them, and back."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from fake_dataset import write_fake_dataset
from fake_scene import scene
from made_photographs import decoded, eight_bit, encoded, jpeg_bytes, leaves

from synthvis.camera.spec import CameraSpec
from synthvis.cli import main
from synthvis.config.load import load_recipe
from synthvis.config.recipe import Sensor
from synthvis.errors import DatasetError
from synthvis.formats.jpeg import jpeg_quality
from synthvis.render.sensor import simulate_sensor
from synthvis.scene.spec import SensorSpec
from synthvis.sensor_fit.measured import measure
from synthvis.sensor_fit.photographs import Photograph
from synthvis.sensor_fit.ranges import fit_measured
from synthvis.sensor_fit.recovery import ENDS, LOGARITHMIC, Recovery, recovery_of, too_doubtful, total_noise
from synthvis.sensor_fit.reference import WITHOUT_RENDERS, reference_from, reference_of

HW = (144, 192)


@pytest.fixture
def run(capsys):
    def typed(*words) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as stop:
            main([str(word) for word in words])
        out, err = capsys.readouterr()
        return int(stop.value.code or 0), out, err

    return typed


@pytest.fixture(scope="module")
def photographs(tmp_path_factory) -> Path:
    """Six photographs, one of them deep down, and what else lies in folders."""
    root = tmp_path_factory.mktemp("photographs")
    (root / "a/b").mkdir(parents=True)
    for number in range(6):
        folder = root / "a/b" if number == 5 else root
        pixels = eight_bit(encoded(0.6 * leaves(number, hw=HW)))
        (folder / f"{number}.JPG").write_bytes(jpeg_bytes(pixels, 80))
    (root / "broken.jpg").write_bytes((root / "0.JPG").read_bytes()[:300])
    (root / "empty.png").write_bytes(b"")
    (root / "[red]x\x1b[31m\nname.jpg").write_bytes(b"no picture")
    (root / os.fsdecode(b"caf\xe9.jpg")).write_bytes(b"no picture")
    (root / "bomb.png").write_bytes(b"\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR\x00\x00\xff\xff\x00\x00\xff\xff\x08\x02")
    (root / "notes.txt").write_text("apple")
    (root / "instances_train.json").write_text("{")
    os.mkfifo(root / "pipe.jpg")
    (root / "round").symlink_to(root)
    cv2.imwrite(str(root / "tiny.png"), np.zeros((8, 8, 3), np.uint8))
    return root


def test_what_is_printed_is_a_part_of_a_recipe(run, photographs, tmp_path):
    out_file = tmp_path / "new/sensor.yaml"
    code, out, err = run("fit-sensor", photographs, "--out", out_file)
    assert (code, out.strip()) == (0, str(out_file))
    assert "broken.jpg" in err and "pipe.jpg" in err and "bomb.png" in err and "\x1b" not in err
    code, out, _ = run("fit-sensor", photographs)
    assert code == 0 and out == out_file.read_text()
    assert "6 of 13 photographs" in out and "few" in out
    code, out, _ = run("render", "--recipe", "fruit", "--sensor", out_file, "--dry-run", "--json")
    assert code == 0
    both = ["render", "--recipe", "fruit", "--sensor", out_file, "--set", "sensor.jpeg_quality=[33,33]"]
    assert run(*both, "--dry-run", "--json")[0] == 0


def test_json_and_the_same_again(run, photographs):
    code, out, err = run("fit-sensor", photographs, "--json")
    facts = json.loads(out)
    assert (code, err) == (0, "")
    assert facts["used"] == 6 and facts["found"] == 13 and len(facts["left_out"]) == 7
    assert facts["sensor"]["jpeg_quality"] == [80, 80] and facts["sensor"]["grey_share"] == 0
    assert "vignette" in facts["untold"]
    assert all(name in Sensor.model_fields for name in [*facts["sensor"], *facts["untold"]])
    assert run("fit-sensor", photographs, "--json")[1] == out
    few = json.loads(run("fit-sensor", photographs / "a", "--n", "1", "--size", "64", "--json")[1])
    assert few["used"] == 1


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("sensor: {exposure: [0, 1]}", "did you mean 'exposure_ev'"),
        ("sensor: {contrast: [0, 1]}", "contrast"),
        ("exposure_ev: [0, 1]", "`sensor:` block"),
        ("- 1", "`sensor:` block"),
        ("sensor: {jpeg_quality: [1", "not YAML"),
    ],
)
def test_sensor_files_that_are_none(run, tmp_path, content, said):
    (tmp_path / "s.yaml").write_text(content)
    code, _, err = run("render", "--sensor", tmp_path / "s.yaml", "--dry-run")
    assert code == 2
    assert said in err or "s.yaml" in err
    assert "Traceback" not in err


@pytest.mark.parametrize(("make", "code"), [("absent", 2), ("empty", 2), ("file", 2), ("broken", 1)])
def test_folders_without_photographs(run, tmp_path, make, code):
    root = tmp_path / "x"
    if make == "file":
        root.write_text("hello")
    elif make != "absent":
        root.mkdir()
    if make == "broken":
        (root / "a.jpg").write_bytes(b"\xff\xd8no")
    found, out, err = run("fit-sensor", root)
    assert (found, out) == (code, "")
    assert err.startswith("error: ") and "Traceback" not in err


CAMERA = CameraSpec(
    world_from_cam=((1.0, 0, 0, 0), (0, 1.0, 0, 0), (0, 0, 1.0, 0), (0, 0, 0, 1.0)),
    focal_mm=50.0,
    sensor_width_mm=36.0,
    image_hw=HW,
    f_number=None,
    focus_distance_m=1.0,
)


def settings(rng, bounds: Sensor, number: int) -> SensorSpec:
    cast = rng.uniform(*bounds.white_balance)
    return SensorSpec(
        exposure_ev=rng.uniform(*bounds.exposure_ev),
        white_balance_rgb=(1 + cast, 1.0, 1 - cast),
        contrast=rng.uniform(*bounds.contrast),
        saturation=rng.uniform(*bounds.saturation),
        blur_sigma_px=rng.uniform(*bounds.blur_sigma_px),
        shot_noise=rng.uniform(*bounds.shot_noise),
        read_noise=rng.uniform(*bounds.read_noise),
        vignette=0.0,
        jpeg_quality=int(rng.integers(bounds.jpeg_quality[0], bounds.jpeg_quality[1] + 1)),
        noise_seed=number,
    )


def colourful(seed: int):
    """Saturated discs, most of them warm."""
    light = leaves(seed, hw=HW, colour=1.0) * np.array([1.3, 0.8, 0.5], np.float32)
    return np.clip(light, 0, 1)


def dark(seed: int):
    """A night: most of it a hundredth as light as a few lamps."""
    light = 0.08 * leaves(seed, hw=HW) ** 1.5
    lamps = leaves(seed + 500, hw=HW, count=12) > 0.5
    return np.where(lamps.any(axis=2, keepdims=True), 0.9, light).astype(np.float32)


CONTENTS = {"neutral": lambda seed: leaves(seed, hw=HW), "colourful": colourful, "dark": dark}


def shot(seed: int, sensor: SensorSpec, content: str = "neutral"):
    stored = jpeg_bytes(
        simulate_sensor(CONTENTS[content](seed), np.ones(HW, np.float32), CAMERA, sensor), sensor.jpeg_quality
    )
    return measure(Photograph(decoded(stored), jpeg_quality(stored), scaled=False))


ALL = Sensor(exposure_ev=(-0.8, 0.0), blur_sigma_px=(0.0, 1.5), shot_noise=(0.0, 0.03), read_noise=(0.0, 0.012))
"""What the renders of the recovery test are made with."""

PHOTOGRAPHS = Sensor(
    exposure_ev=(-0.7, -0.2), white_balance=(0.02, 0.08), contrast=(1.15, 1.35), saturation=(0.6, 0.8),
    blur_sigma_px=(0.9, 1.3), shot_noise=(0.01, 0.025), read_noise=(0.0, 0.01), jpeg_quality=(80, 95),
)  # fmt: skip


@pytest.fixture(scope="module")
def reference():
    """The recovery test on 54 renders of three sorts of scenes, whose settings do not depend on the sort."""
    rng, found = np.random.default_rng(1), []
    for number in range(54):
        content = list(CONTENTS)[number % 3]
        sensor = settings(rng, ALL, number)
        found.append((shot(1000 + number, sensor, content), replace(scene(CAMERA), environment=content, sensor=sensor)))
    return reference_of(found)


@pytest.fixture(scope="module")
def fits(reference):
    """Photographs of each sort of scene, all from one camera."""
    rng = np.random.default_rng(5)
    drawn = [settings(rng, PHOTOGRAPHS, number) for number in range(30)]
    return {
        content: fit_measured([shot(seed, sensor, content) for seed, sensor in enumerate(drawn)], reference)
        for content in CONTENTS
    }


@pytest.mark.parametrize("content", CONTENTS)
def test_settings_that_photographs_were_made_with_are_in_the_range(fits, content):
    """The middle lies within, and the ends where the fit says it knows them to be, or 0.15 of a pixel from there."""
    fit = fits[content]
    (low, high), known_to = fit.sensor["blur_sigma_px"], fit.known_to["blur_sigma_px"]
    assert known_to <= 0.3
    assert low - known_to < 1.1 < high + known_to
    assert (low, high) == pytest.approx(PHOTOGRAPHS.blur_sigma_px, abs=known_to + 0.15)
    most = total_noise(fit.sensor["shot_noise"][1], fit.sensor["read_noise"][1])
    assert most == pytest.approx(total_noise(0.025, 0.01), abs=fit.known_to["shot_noise"] + 0.01)
    assert fit.sensor["jpeg_quality"] == pytest.approx([80, 95], abs=3)
    assert fit.sensor["grey_share"] == 0


def test_contrast_and_saturation_are_left_out_and_it_is_said_why(fits):
    """Scenes of other sorts move them by more than their ranges are wide, and renders of all sorts show it."""
    for fit in fits.values():
        assert not {"contrast", "saturation"} & fit.sensor.keys()
        assert fit.untold["contrast"] and fit.untold["saturation"]
    assert "scenes alone move its estimate by" in fits["neutral"].untold["saturation"]


def test_other_scenes_move_what_is_kept_by_no_more_than_is_said(fits):
    neutral = fits["neutral"]
    for fit in (fits["colourful"], fits["dark"]):
        for field in neutral.known_to.keys() & fit.known_to.keys():
            middles = [sum(one.sensor[field]) / 2 for one in (neutral, fit)]
            # Each of the two is known to that.
            assert middles[1] == pytest.approx(middles[0], abs=2 * neutral.known_to[field] + 0.02), field


@pytest.mark.parametrize("content", CONTENTS)
@pytest.mark.parametrize(
    "extreme",
    [{"contrast": (4.0, 5.0)}, {"saturation": (4.0, 5.0)}, {"blur_sigma_px": (5.0, 6.0)}, {"exposure_ev": (3.0, 4.0)}],
)
def test_no_range_ends_where_an_estimator_does(reference, content, extreme):
    rng = np.random.default_rng(3)
    bounds = PHOTOGRAPHS.model_copy(update=extreme)
    measured = [shot(seed, settings(rng, bounds, seed), content) for seed in range(8)]
    for known in (reference, WITHOUT_RENDERS):
        fit = fit_measured(measured, known)
        for field, ends in ENDS.items():
            for value in fit.sensor.get(field, ()):
                assert ends[0] < (np.log(value) if field in LOGARITHMIC else value) < ends[1], field
        Sensor.model_validate_json(json.dumps(fit.sensor))


def test_without_renders_what_scenes_decide_is_left_out():
    rng = np.random.default_rng(4)
    fit = fit_measured([shot(seed, settings(rng, PHOTOGRAPHS, seed)) for seed in range(12)])
    assert {"exposure_ev", "white_balance", "contrast", "saturation", "vignette"} <= fit.untold.keys()
    assert {"blur_sigma_px", "shot_noise", "read_noise", "jpeg_quality"} <= fit.sensor.keys()
    text = fit.to_yaml()
    assert "# saturation: left out; scenes alone" in text and "--renders" in text


def test_the_recovery_test_by_hand():
    """Errors of about 1 and 3 by class: each class's median is off by 1, and within it they spread 0.8 (10% to 90%)."""
    errors = [1.0 + 0.1 * step for step in range(-5, 6)] + [3.0 + 0.1 * step for step in range(-5, 6)]
    with_class, without = frozenset({"class a", "environment x"}), frozenset({"environment x"})
    found = recovery_of(errors, [with_class] * 11 + [without] * 11)
    assert (found.offset, found.shift) == (pytest.approx(2.0), pytest.approx(1.0))
    assert found.spread == pytest.approx(0.8 / 2.563)
    # Too few with the class to say.
    assert recovery_of(errors, [with_class] * 7 + [without] * 15).shift == 0.0
    # Another setting that is high where the errors are.
    high = [frozenset({"noise"})] * 11 + [frozenset[str]()] * 11
    assert recovery_of(errors, [without] * 22, high).shift == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("field", "spread", "shift", "count", "extent", "told"),
    [
        # A quarter of log(1.25 / 0.85) is 0.0964.
        ("contrast", 0.0, 0.1, 100, 1.0, False),
        ("contrast", 0.0, 0.09, 100, 1.0, True),
        # Eight pictures leave 0.2 / sqrt(8) = 0.07 of the spread: sqrt(0.09^2 + 0.07^2) = 0.114.
        ("contrast", 0.2, 0.09, 8, 1.0, False),
        ("contrast", 0.2, 0.09, 80, 1.0, True),
        # Of what starts at 0, a quarter of what there is will do.
        ("blur_sigma_px", 0.0, 0.9, 9, 1.0, False),
        ("blur_sigma_px", 0.0, 0.9, 9, 4.0, True),
    ],
)
def test_what_is_known_to_a_quarter_of_its_range_is_told(field, spread, shift, count, extent, told):
    assert (too_doubtful(field, Recovery(0.0, spread, shift), count, extent) is None) == told


def test_a_reference_comes_from_renders_and_from_nothing_less(tmp_path):
    with pytest.raises(DatasetError, match="24 are the least"):
        reference_from(write_fake_dataset(tmp_path / "three"))
    with pytest.raises(DatasetError):
        reference_from(tmp_path)


def test_the_parts_load_into_a_recipe(tmp_path):
    from synthvis.config.load import sensor_overrides

    (tmp_path / "s.yaml").write_text("sensor: {contrast: [1.0, 1.1], jpeg_quality: [70, 80]}")
    recipe = load_recipe("fruit", [*sensor_overrides(tmp_path / "s.yaml"), "sensor.contrast=[0.9, 1.0]"])
    assert recipe.sensor.contrast == (0.9, 1.0) and recipe.sensor.jpeg_quality == (70, 80)
    assert recipe.sensor.saturation == load_recipe("fruit").sensor.saturation
