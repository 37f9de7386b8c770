"""The rules for flow, proven by damaging a small valid film."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from fake_dataset import write_fake_dataset

from synthvis.checks.gate import check_dataset
from synthvis.formats.float_map import float_map_bytes, read_float_map
from synthvis.formats.images import read_png, write_png

NAMES = ("flow", "flow_backward", "scene_flow")
FORWARD = "flow/train/000001.png"
BACKWARD = "flow_backward/train/000002.png"
SCENE_FLOW = "scene_flow/train/000001.npy"


@pytest.fixture(scope="module", params=[None, (-0.25, 0.06, 0.002, -0.003, 0.0)], ids=["pinhole", "lens"])
def sound(request, tmp_path_factory) -> Path:
    return write_fake_dataset(tmp_path_factory.mktemp("film") / "film", NAMES, request.param, film=True)


@pytest.fixture
def dataset(sound, tmp_path) -> Path:
    return Path(shutil.copytree(sound, tmp_path / "film"))


def found(root: Path, **options) -> dict[str, list[str]]:
    problems: dict[str, list[str]] = {}
    for problem in check_dataset(root, **options).problems:
        problems.setdefault(problem.rule, []).append(f"{problem.image_id}: {problem.message}")
    return problems


def test_a_sound_film_passes_and_moves(sound: Path):
    assert found(sound) == {}
    for name in (FORWARD, BACKWARD):
        pixels = read_png(sound / name)
        assert pixels[..., 2].any() and np.abs(pixels[..., :2].astype(int) - 32768)[pixels[..., 2] > 0].max() > 64
    # The first frame has none before it, the last none after it, and a frame whose neighbour is not made is let be.
    for name in ("flow_backward/train/000001.png", "flow/train/000002.png", "flow/val/000003.png"):
        assert not read_png(sound / name).any()


@pytest.mark.parametrize("name", [FORWARD, BACKWARD])
@pytest.mark.parametrize(
    ("change", "what"),
    [
        (lambda pixels: pixels + np.array([[[40, 0, 0]]], np.uint16) * (pixels[..., 2:] > 0), "end elsewhere"),
        (np.zeros_like, "have depth and poses, and no flow"),
        (lambda pixels: np.dstack([pixels[..., :2], (pixels[..., 2] > 0) * 2]), "or the reverse"),
        (lambda pixels: np.dstack([pixels[..., :2], (pixels[..., 2] > 0) * 9]), "blue is 9 somewhere"),
        (lambda pixels: pixels[..., 0], "not 16-bit RGB of 64 x 48"),
    ],
)
def test_damaged_flow(dataset: Path, name: str, change, what: str):
    write_png(dataset / name, change(read_png(dataset / name)).astype(np.uint16))
    problems = found(dataset)
    assert set(problems) == {name.partition("/")[0]}
    (messages,) = problems.values()
    assert any(what in one for one in messages)
    assert all(one.startswith("1:" if name == FORWARD else "2:") for one in messages)


def test_flow_in_the_last_frame(dataset: Path):
    shutil.copy(dataset / FORWARD, dataset / "flow/train/000002.png")
    assert "flow to a frame that is not there" in found(dataset)["flow"][0]


def test_damaged_scene_flow(dataset: Path):
    values = read_float_map(dataset / SCENE_FLOW, axes=3)
    (dataset / SCENE_FLOW).write_bytes(float_map_bytes(values + np.float32(0.05)))
    assert "move otherwise than depth and poses say, by up to 0.05" in found(dataset)["scene_flow"][0]
    (dataset / SCENE_FLOW).unlink()
    assert "cannot read" in found(dataset)["scene_flow"][0]


def test_a_camera_that_was_elsewhere(dataset: Path):
    path = dataset / "scenes/train/000002.json"
    scene = json.loads(path.read_text())
    scene["camera"]["world_from_cam"][0][3] += 0.03
    path.write_text(json.dumps(scene))
    problems = found(dataset)
    # The image's own pose contradicts its scene, and both of its neighbours' labels do.
    assert {"pose", "flow", "flow_backward", "scene_flow"} <= set(problems)


def test_a_neighbour_that_was_not_made_or_is_damaged(dataset: Path):
    write_png(dataset / FORWARD, np.zeros_like(read_png(dataset / FORWARD)))
    (dataset / "scenes/train/000002.json").write_text("{}")
    problems = found(dataset)
    assert any(one.startswith("1: the scene cannot be used") for one in problems["scene"])
    (dataset / "records/train/000002.json").unlink()
    assert "flow" not in found(dataset)


def test_only_some_images_are_held_against_their_neighbours(dataset: Path):
    write_png(dataset / FORWARD, np.zeros_like(read_png(dataset / FORWARD)))
    assert "flow" not in found(dataset, mesh_checked_images=0)
