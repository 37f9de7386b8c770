"""The rules for labels made on request, proven by damaging a small valid dataset that has them."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from fake_dataset import write_fake_dataset

from synthvis.checks.gate import check_dataset
from synthvis.checks.labels import promised_labels
from synthvis.formats.images import read_png, write_png
from synthvis.labels.registry import label_names

TRAIN = "annotations/instances_train.json"
IMAGE = 2


@pytest.fixture(scope="module")
def sound(tmp_path_factory) -> Path:
    return write_fake_dataset(tmp_path_factory.mktemp("extra") / "fruit", label_names())


@pytest.fixture
def dataset(sound, tmp_path) -> Path:
    return Path(shutil.copytree(sound, tmp_path / "fruit"))


def rules(root: Path, **options) -> set[str]:
    return {problem.rule for problem in check_dataset(root, **options).problems} - {"records"}


def first(value):
    return next(a for a in value["annotations"] if a["image_id"] == IMAGE)["synthvis"]


def order(value):
    return next(i for i in value["images"] if i["id"] == IMAGE)["synthvis"]["occlusion_order"]


def test_a_sound_dataset_passes(sound):
    assert check_dataset(sound).problems == ()


def test_the_pairs_of_the_fake_dataset_are_some(sound):
    assert order(json.loads((sound / TRAIN).read_bytes()))


def shifted(pixels):
    """Coordinates moved by a tenth of the box, where there are any."""
    return np.where(pixels > 0, np.minimum(pixels.astype(int) + 6554, 65535), 0).astype(np.uint16)


def with_pixels(change):
    def damage(path):
        write_png(path, change(read_png(path)))

    return damage


def spot(row, column, value):
    def change(pixels):
        pixels = pixels.copy()
        pixels[row, column] = value
        return pixels

    return with_pixels(change)


IN_THE_FILES = {
    "nocs deleted": ("nocs", Path.unlink),
    "nocs damaged": ("nocs", lambda p: p.write_bytes(b"x")),
    "nocs of 8 bits": ("nocs", with_pixels(lambda n: (n >> 8).astype(np.uint8))),
    "nocs of another size": ("nocs", with_pixels(lambda n: n[1:])),
    "nocs where nothing is": ("nocs", spot(0, 0, 1)),
    "nocs missing on an object": ("nocs", with_pixels(np.zeros_like)),
    "nocs moved": ("nocs", with_pixels(shifted)),
    "nocs mirrored": ("nocs", with_pixels(lambda n: np.where(n > 0, 65535 - n, 0).astype(np.uint16))),
    "boundary deleted": ("boundary", Path.unlink),
    "boundary damaged": ("boundary", lambda p: p.write_bytes(b"x")),
    "boundary in colour": ("boundary", with_pixels(lambda b: np.stack([b] * 3, axis=-1))),
    "boundary of another level": ("boundary", with_pixels(lambda b: np.where(b == 255, 254, b).astype(np.uint8))),
    "boundary where none is": ("boundary", spot(0, 0, 85)),
    "boundary forgotten": ("boundary", with_pixels(np.zeros_like)),
    "the sides changed": ("boundary", with_pixels(lambda b: np.array([0, 85, 170, 255], np.uint8)[_swapped(b)])),
}


def _swapped(levels):
    return np.searchsorted([0, 85, 170, 255], levels).choose([0, 1, 3, 2])


@pytest.mark.parametrize("name", IN_THE_FILES)
def test_damage_in_the_files(dataset, name):
    rule, damage = IN_THE_FILES[name]
    damage(dataset / rule / "train" / f"{IMAGE:06d}.png")
    problems = check_dataset(dataset).problems
    assert {problem.rule for problem in problems} == {rule}
    assert all(problem.image_id == IMAGE and "\n" not in problem.message for problem in problems)


def raised(values, index, by):
    values[index] += by


IN_THE_ANNOTATIONS = {
    "no nocs facts": ("nocs", lambda v: first(v).pop("nocs")),
    "a nocs diagonal that is text": ("nocs", lambda v: first(v)["nocs"].update(diagonal_m="long")),
    "a centre elsewhere": ("nocs", lambda v: raised(first(v)["nocs"]["centre_m"], 0, 0.02)),
    "a diagonal too long": ("nocs", lambda v: first(v)["nocs"].update(diagonal_m=0.5)),
    "no box": ("box3d", lambda v: first(v).pop("box3d")),
    "seven corners": ("box3d", lambda v: first(v)["box3d"]["corners_cam_m"].pop()),
    "a corner moved by a millimetre": ("box3d", lambda v: raised(first(v)["box3d"]["corners_cam_m"][3], 0, 0.001)),
    "a corner of NaN": ("box3d", lambda v: first(v)["box3d"]["corners_cam_m"].__setitem__(3, [float("nan")] * 3)),
    "corners in another order": ("box3d", lambda v: first(v)["box3d"]["corners_cam_m"].reverse()),
    "a size too large": ("box3d", lambda v: raised(first(v)["box3d"]["size_m"], 0, 0.01)),
    "a pixel moved": ("box3d", lambda v: raised(first(v)["box3d"]["corners_px"][3], 0, 0.1)),
    "a pixel forgotten": ("box3d", lambda v: first(v)["box3d"]["corners_px"].__setitem__(3, None)),
    "a box too small": ("box3d", lambda v: shrink(first(v))),
    "no order": ("occlusion_order", lambda v: image(v).pop("occlusion_order")),
    "a pair of nobody": ("occlusion_order", lambda v: order(v)[0].update(occluded=9)),
    "a pair of one": ("occlusion_order", lambda v: order(v)[0].update(occluded=order(v)[0]["occluder"])),
    "a pair twice": ("occlusion_order", lambda v: order(v).append(order(v)[0])),
    "more pixels than there are": ("occlusion_order", lambda v: order(v)[0].update(pixels=2000)),
    "no pixels": ("occlusion_order", lambda v: order(v)[0].update(pixels=0)),
    "an order of words": ("occlusion_order", lambda v: order(v).__setitem__(0, "1 before 2")),
}


def image(value):
    return next(i for i in value["images"] if i["id"] == IMAGE)["synthvis"]


def shrink(facts):
    """A box of half the size that agrees with itself, but not with the silhouette."""
    box, K = facts["box3d"], np.array([[64.0, 0, 32], [0, 64, 24], [0, 0, 1]])
    middle = np.mean(box["corners_cam_m"], axis=0)
    corners = (np.array(box["corners_cam_m"]) + middle) / 2
    box["size_m"] = (np.array(box["size_m"]) / 2).tolist()
    box["corners_cam_m"] = corners.tolist()
    box["corners_px"] = [[(K[0, 0] * x / z + 32), (K[1, 1] * y / z + 24)] for x, y, z in corners]


@pytest.mark.parametrize("name", IN_THE_ANNOTATIONS)
def test_damage_in_the_annotations(dataset, name):
    rule, damage = IN_THE_ANNOTATIONS[name]
    value = json.loads((dataset / TRAIN).read_bytes())
    damage(value)
    (dataset / TRAIN).write_text(json.dumps(value))
    # Without meshes too: these rules look at what the files say of each other.
    assert rules(dataset, mesh_checked_images=0) == {rule}


@pytest.mark.parametrize("change", [lambda v: order(v).clear(), lambda v: raised(order(v)[0], "pixels", -1)])
def test_the_meshes_tell_which_pairs_there_are(dataset, change):
    value = json.loads((dataset / TRAIN).read_bytes())
    change(value)
    (dataset / TRAIN).write_text(json.dumps(value))
    assert rules(dataset, mesh_checked_images=0) == set()
    assert rules(dataset) == {"occlusion_order"}


LENSES = {"barrel": (-0.35, 0.08, 0.002, -0.003, 0.0), "pincushion": (0.4, 0.1, -0.002, 0.001, 0.0)}


@pytest.fixture(scope="module", params=LENSES)
def sound_through_a_lens(request, tmp_path_factory) -> Path:
    root = tmp_path_factory.mktemp(request.param) / "fruit"
    return write_fake_dataset(root, label_names(), LENSES[request.param])


@pytest.fixture
def bent(sound_through_a_lens, tmp_path) -> Path:
    return Path(shutil.copytree(sound_through_a_lens, tmp_path / "fruit"))


def test_a_sound_dataset_through_a_lens_passes(sound_through_a_lens):
    assert check_dataset(sound_through_a_lens).problems == ()
    value = json.loads((sound_through_a_lens / TRAIN).read_bytes())
    assert order(value) and len(image(value)["distortion"]) == 5


THROUGH_A_LENS = {
    "the lens forgotten": ({"pose", "nocs", "box3d"}, lambda v: image(v).pop("distortion")),
    "a lens of four": ({"pose", "nocs", "box3d"}, lambda v: image(v)["distortion"].pop()),
    "a lens that folds": ({"pose", "nocs", "box3d"}, lambda v: image(v).update(distortion=[-9.0, 0, 0, 0, 0])),
    "a lens of words": ({"pose", "nocs", "box3d"}, lambda v: image(v).update(distortion="k1")),
    "a pixel moved": ({"box3d"}, lambda v: raised(first(v)["box3d"]["corners_px"][3], 0, 0.1)),
    "a pixel forgotten": ({"box3d"}, lambda v: first(v)["box3d"]["corners_px"].__setitem__(3, None)),
    "a centre elsewhere": ({"nocs"}, lambda v: raised(first(v)["nocs"]["centre_m"], 0, 0.04)),
    "a pixel of a pair lost": ({"occlusion_order"}, lambda v: raised(order(v)[0], "pixels", -1)),
    "a silhouette too wide": ({"box3d"}, lambda v: raised(first(v)["amodal_bbox"], 2, 20)),
}


@pytest.mark.parametrize("name", THROUGH_A_LENS)
def test_damage_behind_a_lens(bent, name):
    wanted, damage = THROUGH_A_LENS[name]
    value = json.loads((bent / TRAIN).read_bytes())
    damage(value)
    (bent / TRAIN).write_text(json.dumps(value))
    assert rules(bent) == wanted


@pytest.mark.parametrize("folder", ["depth", "instances"])
def test_other_maps_that_are_gone_do_not_stop_the_gate(dataset, folder):
    (dataset / folder / "train" / f"{IMAGE:06d}.png").unlink()
    assert folder in rules(dataset)


def test_what_was_not_asked_for_is_not_missed(tmp_path):
    root = write_fake_dataset(tmp_path / "plain")
    assert check_dataset(root).problems == ()
    assert not (root / "nocs").exists() and not (root / "boundary").exists()


@pytest.mark.parametrize("recipe", [{}, {"labels": None}, {"labels": {"extra": 3}}, {"labels": {"extra": []}}])
def test_recipes_that_ask_for_nothing(recipe):
    assert promised_labels(recipe) == ((), [])


def test_a_label_that_is_not_installed_here_is_named(dataset):
    path = dataset / "dataset.json"
    value = json.loads(path.read_bytes())
    value["recipe"]["labels"]["extra"] = ["elsewhere", "boundary"]
    path.write_text(json.dumps(value))
    (problem,) = check_dataset(dataset).problems
    assert (problem.rule, problem.image_id) == ("labels", None) and "elsewhere" in problem.message
