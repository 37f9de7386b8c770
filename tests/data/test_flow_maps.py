"""Flow of a rendered film, read from Python and carried through shards."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from fake_dataset import IMAGE_HW, write_fake_dataset

import synthvis as sv
from synthvis.data.contents import Content, contents_of
from synthvis.errors import DatasetError
from synthvis.formats.float_map import float_map_bytes
from synthvis.formats.images import write_png

PIXELS = np.zeros((*IMAGE_HW, 3), dtype=np.uint16)
PIXELS[3, 5] = 32768 + 64 * 10, 32768 - 32, 1
PIXELS[4, 6] = 32768 - 1, 32768, 2
MOVES_M = np.full((*IMAGE_HW, 3), np.nan, dtype=np.float32)
MOVES_M[3, 5] = 0.1, -0.2, 0.3


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Maps written here by their description over those of a set of still images, which are empty."""
    root = write_fake_dataset(tmp_path_factory.mktemp("film") / "film", extra=("flow", "flow_backward", "scene_flow"))
    write_png(root / "flow" / "train" / "000001.png", PIXELS)
    (root / "scene_flow" / "train" / "000001.npy").write_bytes(float_map_bytes(MOVES_M))
    return root


def check(sample: sv.Sample) -> None:
    flow = sample.flow
    assert flow is not None and flow.flow_xy_px[3, 5].tolist() == [10, -0.5]
    assert flow.flow_xy_px[4, 6].tolist() == [-1 / 64, 0]
    assert np.argwhere(flow.is_valid).tolist() == [[3, 5], [4, 6]]
    assert flow.is_occluded is not None and np.argwhere(flow.is_occluded).tolist() == [[4, 6]]
    assert np.argwhere(flow.is_matched).tolist() == [[3, 5]]
    assert sample.flow_backward is not None and not sample.flow_backward.is_valid.any()
    assert sample.scene_flow_m is not None and np.array_equal(sample.scene_flow_m, MOVES_M, equal_nan=True)


def test_flow_of_a_sample(dataset: Path) -> None:
    split = sv.open_dataset(dataset)["train"]
    check(split.images[0])
    found = contents_of(split)
    assert found[Content.FLOW] == found[Content.SCENE_FLOW] == 2
    still = sv.open_dataset(write_fake_dataset(dataset.parent / "still"))["train"].images[0]
    assert still.flow is still.flow_backward is still.scene_flow_m is None


def test_shards_carry_it_and_coco_says_that_it_does_not(dataset: Path, tmp_path: Path) -> None:
    check(sv.export(dataset, "webdataset", tmp_path / "shards")["train"].images[0])
    plain = sv.export(dataset, "coco", tmp_path / "coco")["train"].images[0]
    assert plain.flow is None


def test_damaged_maps_are_named(dataset: Path) -> None:
    sample = sv.open_dataset(dataset)["train"].images[1]
    path = dataset / "flow" / "train" / "000002.png"
    write_png(path, PIXELS[..., 0])
    with pytest.raises(DatasetError, match=r"000002.png is a 16-bit grey PNG"):
        _ = sample.flow
    (dataset / "scene_flow" / "train" / "000002.npy").write_bytes(float_map_bytes(MOVES_M[..., :2]))
    with pytest.raises(DatasetError, match=r"000002.npy holds 2 numbers a pixel"):
        _ = sample.scene_flow_m
    (dataset / "scene_flow" / "train" / "000002.npy").write_bytes(float_map_bytes(MOVES_M[..., 0]))
    with pytest.raises(DatasetError, match="with 3 axes"):
        _ = sample.scene_flow_m
