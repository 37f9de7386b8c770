"""Pictures and their maps on disk: what is found, and what is refused with the name of the file."""

from __future__ import annotations

import json
import pickle
from pathlib import Path

import cv2
import numpy as np
import pytest

from synthvis.data.dataset import find_dataset
from synthvis.data.split import EmptySplit, Split
from synthvis.dataset.layout import write_json_atomic
from synthvis.dataset.manifest import manifest_of
from synthvis.errors import DatasetError, RealDataError
from synthvis.formats.depth import ENCODINGS
from synthvis.formats.images import write_png
from synthvis.formats.png_header import read_png_header

GREY = np.full((6, 8, 3), 90, np.uint8)


def rgbd(root: Path, names: tuple[str, ...] = ("b", "a")) -> Path:
    """An RGB-D folder without splits."""
    for number, name in enumerate(names, start=1):
        write_png(root / "rgb" / f"{name}.png", GREY)
        write_png(root / "depth" / f"{name}.png", np.full((6, 8), 1000 * number, np.uint16))
    return root


def state(root: Path, encoding: str) -> None:
    """A dataset.json that says how depth is stored."""
    recipe = {"name": "made-up", "labels": {"extra": [], "depth": encoding}}
    write_json_atomic(root / "dataset.json", manifest_of(recipe, 0, (), {}).to_dict())


@pytest.mark.parametrize("encoding", sorted(ENCODINGS))
def test_a_dataset_says_how_its_depth_is_stored_and_is_read_so(encoding: str, tmp_path: Path) -> None:
    depth_m = np.array([[0.51234, np.inf], [3.0, 700.0]], dtype=np.float32)
    stored = ENCODINGS[encoding]
    write_png(tmp_path / "images" / "val" / "000001.png", GREY[:2, :2])
    stored.write(tmp_path / "depth" / "val" / f"000001.{stored.suffix}", depth_m)
    state(tmp_path, encoding)
    said = json.loads((tmp_path / "dataset.json").read_text())["depth"]
    assert said["encoding"] == encoding and said["unit_m"] == (stored.unit_m or 1.0)
    (pair,) = depth_split(tmp_path).images
    assert pair.image_hw == (2, 2)
    # 0 is "unknown" to the trainer: nothing hit, and what is too far for the file.
    far_m = 700.0 if encoding == "npy_m" else 0.0
    expected = np.array([[0.51234, 0.0], [3.0, far_m]])
    assert np.allclose(pair.maps["depth"].read_known_depth_m(), expected, atol=(stored.unit_m or 0) / 2 + 1e-6)
    assert pickle.loads(pickle.dumps(pair)) == pair, "loader processes are handed pairs"


def test_a_dataset_that_does_not_say_how_its_depth_is_stored_is_refused(tmp_path: Path) -> None:
    write_png(tmp_path / "images" / "val" / "000001.png", GREY)
    write_png(tmp_path / "depth" / "val" / "000001.png", np.ones((6, 8), np.uint16))
    state(tmp_path, "png_1mm")
    path = tmp_path / "dataset.json"
    whole = json.loads(path.read_text())
    for wrong in ({}, {"depth": {"encoding": "exr"}}, {"depth": 7}):
        write_json_atomic(path, {**{key: value for key, value in whole.items() if key != "depth"}, **wrong})
        with pytest.raises(DatasetError):
            depth_split(tmp_path)


def depth_split(root: Path, split: str | None = None) -> Split:
    return find_dataset(root, formats=("depth-maps",)).read(split)


def test_a_folder_without_splits_is_val_and_lists_by_name(tmp_path: Path) -> None:
    split = depth_split(rgbd(tmp_path / "room"))
    assert (split.name, split.kind, split.split, split.label_count) == ("room", "real", "val", 2)
    assert [pair.path.stem for pair in split.images] == ["a", "b"]
    assert [pair.image_hw for pair in split.images] == [(6, 8)] * 2
    assert [float(pair.maps["depth"].read_known_depth_m().max()) for pair in split.images] == [2.0, 1.0]


def test_a_rendered_dataset_has_splits_and_is_synthetic(tmp_path: Path) -> None:
    for name in ("train", "val"):
        write_png(tmp_path / "images" / name / "000001.png", GREY)
        write_png(tmp_path / "depth" / name / "000001.png", np.zeros((6, 8), np.uint16))
    state(tmp_path, "png_1mm")
    found = find_dataset(f"{tmp_path}:train", formats=("depth-maps",))
    assert (found.kind, found.splits, found.default_split) == ("synthetic", ("train", "val"), "train")
    assert depth_split(tmp_path).split == "val"
    assert depth_split(tmp_path, "train").split == "train"
    with pytest.raises(RealDataError, match="no split 'test'"):
        find_dataset(f"{tmp_path}:test", formats=("depth-maps",))


def test_depth_and_normals_come_back_with_what_is_unknown_as_zero(tmp_path: Path) -> None:
    write_png(tmp_path / "rgb" / "x.png", GREY[:1, :2])
    write_png(tmp_path / "depth" / "x.png", np.array([[0, 1500]], np.uint16))
    write_png(tmp_path / "normals" / "x.png", np.array([[[0, 0, 0], [128, 128, 0]]], np.uint8))
    depth, normals = (
        find_dataset(tmp_path, formats=(form,)).read().images[0] for form in ("depth-maps", "normal-maps")
    )
    assert depth.maps["depth"].read_known_depth_m().tolist() == [[0, 1.5]]
    found = normals.normals
    assert found[0, 0].tolist() == [0, 0, 0]
    np.testing.assert_allclose(found[0, 1], [0, 0, -1], atol=0.01)


def test_the_named_set_is_looked_for_where_it_is_said_to_be(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rgbd(tmp_path / "nyu-mini")
    assert find_dataset("nyu-mini", tmp_path, formats=("depth-maps",)).name == "nyu-mini"
    monkeypatch.setenv("SYNTHVIS_REAL", str(tmp_path))
    assert find_dataset("nyu-mini", formats=("depth-maps",)).default_split == "val"
    with pytest.raises(RealDataError, match="no photographs of 'nyu-mini'"):
        find_dataset("nyu-mini", tmp_path / "elsewhere", formats=("depth-maps",))


@pytest.mark.parametrize(
    ("pixels", "said"),
    [
        (np.zeros((6, 8), np.uint8), "8-bit grey"),
        (np.zeros((6, 8, 3), np.uint16), "16-bit RGB"),
        (np.zeros((6, 8, 4), np.uint8), "8-bit RGB with alpha"),
    ],
)
def test_a_map_in_another_form_is_refused_by_name(tmp_path: Path, pixels: np.ndarray, said: str) -> None:
    rgbd(tmp_path)
    (tmp_path / "depth" / "a.png").write_bytes(cv2.imencode(".png", pixels)[1].tobytes())
    with pytest.raises(DatasetError, match=rf"a\.png is a {said} PNG; depth is 16-bit grey"):
        depth_split(tmp_path)


def test_what_is_wrong_with_a_pair_is_said_by_name(tmp_path: Path) -> None:
    rgbd(tmp_path)
    write_png(tmp_path / "rgb" / "a.png", GREY[:, :5])
    with pytest.raises(DatasetError, match=r"rgb/a\.png is 5x6 px, its map .*depth/a\.png 8x6"):
        _ = depth_split(tmp_path).images[0].image
    (tmp_path / "depth" / "a.png").write_bytes(b"no picture")
    with pytest.raises(DatasetError, match=r"depth/a\.png is no PNG"):
        depth_split(tmp_path)
    (tmp_path / "depth" / "a.png").unlink()
    with pytest.raises(RealDataError, match=r"rgb/a\.png has no depth map"):
        depth_split(tmp_path)


def test_folders_that_are_something_else_are_refused(tmp_path: Path) -> None:
    with pytest.raises(RealDataError, match="no set called 'nowhere'"):
        find_dataset("nowhere", formats=("depth-maps",))
    with pytest.raises(RealDataError, match="has no depth maps"):
        find_dataset(tmp_path, formats=("depth-maps",))
    (tmp_path / "rgb").mkdir()
    (tmp_path / "depth").mkdir()
    with pytest.raises(EmptySplit, match="holds no picture"):
        depth_split(tmp_path)


def test_a_header_is_read_without_the_picture(tmp_path: Path) -> None:
    write_png(tmp_path / "x.png", np.zeros((3, 500), np.uint16))
    content = (tmp_path / "x.png").read_bytes()
    (tmp_path / "x.png").write_bytes(content[:40])
    header = read_png_header(tmp_path / "x.png")
    assert header.image_hw == (3, 500) and str(header) == "16-bit grey"
    (tmp_path / "x.png").write_bytes(content[:20])
    with pytest.raises(DatasetError, match="no PNG"):
        read_png_header(tmp_path / "x.png")


@pytest.mark.real
def test_nyu_mini_is_read(real_root: Path) -> None:
    if not (real_root / "nyu-mini").is_dir():
        pytest.skip(f"no nyu-mini in {real_root}")
    split = find_dataset("nyu-mini", real_root, formats=("depth-maps",)).read()
    assert len(split.images) == 5 and split.kind == "real"
    depth_m = split.images[0].maps["depth"].read_known_depth_m()
    assert split.images[0].image.shape[:2] == depth_m.shape == (480, 640)
    assert 0.3 < np.median(depth_m[depth_m > 0]) < 10
