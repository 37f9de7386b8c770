"""Parts made apart are one dataset, to the byte; parts that do not belong together are refused."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from fake_dataset import write_fake_dataset

from synthvis.dataset.checks import check_dataset
from synthvis.dataset.merge import merge_parts
from synthvis.errors import DatasetError

NOT_CONTENT = {"run.json", ".render.lock"}


def content(root: Path) -> dict[str, bytes]:
    files = (path for path in root.rglob("*") if path.is_file() and path.name not in NOT_CONTENT)
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in files}


def part_of(whole: Path, root: Path, *stems: str) -> Path:
    """A copy of a dataset with some images only, and with the annotations of nobody."""
    shutil.copytree(whole, root)
    for path in [path for path in root.rglob("0*.*") if path.stem not in stems]:
        path.unlink()
    shutil.rmtree(root / "annotations")
    return root


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_fake_dataset(tmp_path_factory.mktemp("whole") / "fruit")


@pytest.fixture
def parts(whole: Path, tmp_path: Path) -> list[Path]:
    return [part_of(whole, tmp_path / "one", "000001", "000003"), part_of(whole, tmp_path / "two", "000002")]


def test_parts_merge_to_the_bytes_of_the_whole(whole: Path, parts: list[Path], tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    summary = merge_parts(parts, tmp_path / "merged", on_image=lambda done, total: told.append((done, total)))
    assert (summary.added, summary.already_there, summary.missing) == (3, 0, ())
    assert summary.by_split == {"train": 2, "val": 1}
    assert content(tmp_path / "merged") == content(whole)
    assert told == [(1, 3), (2, 3), (3, 3)]
    assert check_dataset(tmp_path / "merged").ok


def test_the_order_of_the_parts_makes_no_difference_and_a_second_merge_adds_nothing(
    whole: Path, parts: list[Path], tmp_path: Path
) -> None:
    merge_parts(parts[::-1], tmp_path / "merged")
    again = merge_parts(parts, tmp_path / "merged")
    assert (again.added, again.already_there) == (0, 3)
    assert content(tmp_path / "merged") == content(whole)


def test_a_merge_that_was_stopped_half_way_goes_on(whole: Path, parts: list[Path], tmp_path: Path) -> None:
    def stop(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        merge_parts(parts, tmp_path / "merged", on_image=stop)
    # An image whose files came over and whose record did not, as after a kill.
    (tmp_path / "merged/records/train/000001.json").unlink()
    (tmp_path / "merged/images/train/.000001.jpg.merge.tmp").write_bytes(b"half")
    merge_parts(parts, tmp_path / "merged")
    assert content(tmp_path / "merged") == content(whole)


def test_a_gap_is_reported(parts: list[Path], tmp_path: Path) -> None:
    assert merge_parts(parts[:1], tmp_path / "merged").missing == (2,)


def test_a_change_in_a_part_does_not_reach_the_whole(parts: list[Path], tmp_path: Path) -> None:
    """Files may be links, so a part is replaced, never written into; a rewrite of it leaves the whole as it was."""
    merge_parts(parts, tmp_path / "merged")
    before = content(tmp_path / "merged")
    shutil.rmtree(parts[0])
    assert content(tmp_path / "merged") == before


def test_parts_of_another_recipe_are_refused_and_nothing_is_written(parts: list[Path], tmp_path: Path) -> None:
    manifest = json.loads((parts[1] / "dataset.json").read_text())
    (parts[1] / "dataset.json").write_text(json.dumps({**manifest, "content_hash": "0" * 64}))
    with pytest.raises(DatasetError, match="different recipes"):
        merge_parts(parts, tmp_path / "merged")
    assert not (tmp_path / "merged").exists()


def test_two_parts_that_disagree_about_an_image_are_refused(whole: Path, parts: list[Path], tmp_path: Path) -> None:
    other = part_of(whole, tmp_path / "other", "000001")
    record = other / "records/train/000001.json"
    record.write_bytes(record.read_bytes() + b" ")
    with pytest.raises(DatasetError, match="image 1 of"):
        merge_parts([*parts, other], tmp_path / "merged")


def test_a_part_as_its_own_target_and_a_folder_that_is_no_dataset_are_refused(
    parts: list[Path], tmp_path: Path
) -> None:
    with pytest.raises(DatasetError, match="is one of the parts"):
        merge_parts(parts, parts[0])
    (tmp_path / "notes").mkdir()
    with pytest.raises(DatasetError, match="no dataset"):
        merge_parts([*parts, tmp_path / "notes"], tmp_path / "merged")
    (tmp_path / "notes/thesis.txt").write_text("mine")
    with pytest.raises(DatasetError, match="is not empty"):
        merge_parts(parts, tmp_path / "notes")
    assert (tmp_path / "notes/thesis.txt").read_text() == "mine"
