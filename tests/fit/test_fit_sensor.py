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
from made_photographs import eight_bit, encoded, jpeg_bytes, leaves

from synthvis.cli import main
from synthvis.config.load import load_recipe
from synthvis.config.recipe import Sensor
from synthvis.errors import DatasetError
from synthvis.fit.photographs import Photograph
from synthvis.fit.ranges import fit_sensor, measure
from synthvis.fit.reference import reference_from
from synthvis.formats.jpeg import jpeg_quality
from synthvis.render.sensor import develop
from synthvis.types import CameraSpec, SensorSpec

HW = (192, 256)


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
    few = json.loads(run("fit-sensor", photographs / "a", "--n", "1", "--longest", "64", "--json")[1])
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


def shot(seed: int, sensor: SensorSpec):
    light = leaves(seed, hw=HW)
    content = jpeg_bytes(develop(light, np.ones(HW, np.float32), CAMERA, sensor), sensor.jpeg_quality)
    rgb = np.ascontiguousarray(cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR)[:, :, ::-1])
    return measure(Photograph(rgb, jpeg_quality(content), scaled=False))


@pytest.mark.parametrize(
    "bounds",
    [
        Sensor(
            exposure_ev=(-0.9, -0.3), white_balance=(0.05, 0.12), contrast=(1.15, 1.35), saturation=(0.6, 0.8),
            blur_sigma_px=(0.9, 1.4), shot_noise=(0.02, 0.03), read_noise=(0.0, 0.01), jpeg_quality=(80, 95),
        ),
        Sensor(
            exposure_ev=(-0.3, 0.0), white_balance=(-0.12, 0.0), contrast=(0.75, 0.9), saturation=(1.0, 1.2),
            blur_sigma_px=(0.5, 0.8), shot_noise=(0.0, 0.0), read_noise=(0.01, 0.02), jpeg_quality=(60, 70),
        ),
    ],
)  # fmt: skip
def test_settings_that_pictures_were_made_with_come_back(bounds):
    """Scenes of their own give the reference; ends of ranges come back within the tolerance beside each."""
    from synthvis.fit.reference import _reference

    rng = np.random.default_rng(5)
    neutral = replace(settings(rng, bounds, 0), exposure_ev=-0.5, white_balance_rgb=(1.0, 1.0, 1.0))
    neutral = replace(neutral, contrast=1.0, saturation=1.0)
    reference = _reference([(shot(100 + seed, neutral).tone, neutral) for seed in range(40)], vignette=0.0)
    fit = fit_sensor([shot(seed, settings(rng, bounds, seed)) for seed in range(40)], reference)
    for field, tolerance in {
        "exposure_ev": 0.35, "white_balance": 0.07, "contrast": 0.2, "saturation": 0.35, "blur_sigma_px": 0.25,
        "shot_noise": 0.022, "read_noise": 0.014, "jpeg_quality": 3,
    }.items():  # fmt: skip
        assert fit.sensor[field] == pytest.approx(getattr(bounds, field), abs=tolerance), field
    assert Sensor.model_validate_json(json.dumps(fit.sensor)).jpeg_quality[0] >= 5


def test_a_reference_comes_from_renders_and_from_nothing_less(tmp_path):
    with pytest.raises(DatasetError, match="8 are the least"):
        reference_from(write_fake_dataset(tmp_path / "three"))
    with pytest.raises(DatasetError):
        reference_from(tmp_path)


def test_the_parts_load_into_a_recipe(tmp_path):
    from synthvis.config.load import sensor_overrides

    (tmp_path / "s.yaml").write_text("sensor: {contrast: [1.0, 1.1], jpeg_quality: [70, 80]}")
    recipe = load_recipe("fruit", [*sensor_overrides(tmp_path / "s.yaml"), "sensor.contrast=[0.9, 1.0]"])
    assert recipe.sensor.contrast == (0.9, 1.0) and recipe.sensor.jpeg_quality == (70, 80)
    assert recipe.sensor.saturation == load_recipe("fruit").sensor.saturation
