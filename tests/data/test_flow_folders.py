"""Flow in the folders of Sintel and KITTI, read by torchvision."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from fake_dataset import IMAGE_HW, write_fake_dataset

import synthvis as sv
from synthvis.data.formats.flow.takes import TakeFrame, take_frames
from synthvis.data.sample import Sample
from synthvis.data.split import Split
from synthvis.errors import UsageError
from synthvis.formats.images import read_png, write_png

PIXELS = np.zeros((*IMAGE_HW, 3), dtype=np.uint16)
PIXELS[3, 5] = 32768 + 64 * 10, 32768 - 32, 1
PIXELS[4, 6] = 32768 - 1, 32768 + 128, 2
"""By the description of the maps: (10, -0.5) px at column 5 and row 3; (-1/64, 2), hidden, at column 6 and row 4."""


@pytest.fixture(scope="module")
def films(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A film of two frames to train on, and a frame by itself to validate with."""
    root = write_fake_dataset(tmp_path_factory.mktemp("film") / "film", extra=("flow",), film=True)
    write_png(root / "flow" / "train" / "000001.png", PIXELS)
    return root


def exported(films: Path, form: str, folder: Path) -> Path:
    sv.export(films, form, folder, split=("train",))
    return folder / "train"


def test_torchvision_reads_sintel(films: Path, tmp_path: Path) -> None:
    datasets = pytest.importorskip("torchvision.datasets")
    for name in ("clean", "final"):
        found = datasets.Sintel(exported(films, "sintel", tmp_path / name), split="train", pass_name=name)
        assert len(found) == 1
        first, second, flow = found[0]
        check_pictures(films, first, second)
        assert flow.shape == (2, *IMAGE_HW)
        assert flow[:, 3, 5].tolist() == [10, -0.5] and flow[:, 4, 6].tolist() == [-1 / 64, 2]
        assert np.argwhere(np.abs(flow).max(axis=0) < 1e9).tolist() == [[3, 5], [4, 6]]


@pytest.mark.filterwarnings("ignore:The image decoding and encoding capabilities of TorchVision:DeprecationWarning")
def test_torchvision_reads_kitti(films: Path, tmp_path: Path) -> None:
    datasets = pytest.importorskip("torchvision.datasets")
    root = exported(films, "kitti-flow", tmp_path / "kitti")
    found = datasets.KittiFlow(root, split="train")
    assert len(found) == 1
    first, second, flow, is_valid = found[0]
    check_pictures(films, first, second)
    assert np.argwhere(is_valid).tolist() == [[3, 5], [4, 6]]
    assert flow[:, 3, 5].tolist() == [10, -0.5] and flow[:, 4, 6].tolist() == [-1 / 64, 2]
    seen = read_png(root / "KittiFlow" / "training" / "flow_noc" / "000000_10.png")
    assert np.argwhere(seen.any(axis=2)).tolist() == [[3, 5]] and seen[3, 5].tolist() == [33408, 32736, 1]


def check_pictures(films: Path, first: object, second: object) -> None:
    """PNG pictures that are the decoded renders to the bit, in the order of time."""
    images = sv.open_dataset(films)["train"].images
    assert [one.frame_id for one in images] == [1, 2]
    assert np.array_equal(np.asarray(first), images[0].image) and np.array_equal(np.asarray(second), images[1].image)


def test_masks_say_what_is_hidden_and_what_has_no_flow(films: Path, tmp_path: Path) -> None:
    training = exported(films, "sintel", tmp_path / "out") / "Sintel" / "training"
    (hidden,), (nothing,) = (list((training / name).rglob("*.png")) for name in ("occlusions", "invalid"))
    assert np.argwhere(read_png(hidden) == 255).tolist() == [[4, 6]]
    assert np.argwhere(read_png(nothing) == 0).tolist() == [[3, 5], [4, 6]]


@pytest.mark.parametrize(("form", "frames"), [("sintel", [1, 2]), ("kitti-flow", [1, 2])])
def test_pictures_are_read_back_as_frames(films: Path, tmp_path: Path, form: str, frames: list[int]) -> None:
    exported(films, form, tmp_path / "out")
    split = sv.open_dataset(tmp_path / "out")["train"]
    assert split.kind == "synthetic" and [one.frame_id for one in split.images] == frames
    assert len(split.films) == 1 and split.images[0].image_hw == IMAGE_HW


def test_a_second_call_writes_nothing(films: Path, tmp_path: Path) -> None:
    exported(films, "kitti-flow", tmp_path / "out")
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "out").rglob("*")}
    exported(films, "kitti-flow", tmp_path / "out")
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "out").rglob("*")} == before


def test_what_has_no_flow_and_what_has_no_pair_is_refused(films: Path, tmp_path: Path) -> None:
    still = write_fake_dataset(tmp_path / "still")
    with pytest.raises(UsageError, match="2 of 2 pictures of still:train have no optical flow"):
        sv.export(still, "sintel", tmp_path / "a", split=("train",))
    with pytest.raises(UsageError, match="no two of these pictures follow each other"):
        sv.export(films, "kitti-flow", tmp_path / "b", split=("train",), images=1)
    assert not (tmp_path / "a").exists() and not (tmp_path / "b").exists()


def test_a_gap_ends_a_take_and_films_follow_by_number() -> None:
    """Film 2 has frames 1, 2, 4, 5 and 9, listed out of order after film 7, whose frames count from 0."""
    places = [(7, 0), (7, 1), (2, 5), (2, 1), (2, 9), (2, 2), (2, 4)]
    images = [
        Sample(id=k, path=Path("x.png"), labelled_hw=(2, 2), video_id=video, frame_id=frame)
        for k, (video, frame) in enumerate(places)
    ]
    split = Split(name="s", kind="synthetic", split="train", images=tuple(images))

    def frame(take: str, number: int, pair: int | None, pair_before: int | None) -> TakeFrame:
        return TakeFrame(take=take, number=number, pair=pair, pair_before=pair_before)

    assert take_frames(split) == (
        frame("0007", 1, 2, None), frame("0007", 2, None, 2), frame("0002_2", 2, None, 1), frame("0002", 1, 0, None),
        frame("0002_3", 1, None, None), frame("0002", 2, None, 0), frame("0002_2", 1, 1, None),
    )  # fmt: skip
