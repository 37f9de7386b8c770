"""The bench of merging counts what it merged and leaves no trace."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from fake_dataset import write_fake_dataset

from synthvis.bench.merge import bench_merge
from synthvis.cli import main
from synthvis.dataset.manifest import open_rendered
from synthvis.errors import DatasetError


def files_of(root: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in root.rglob("*") if path.is_file()}


def test_records_are_repeated_and_merged_and_the_dataset_is_left_alone(tmp_path: Path) -> None:
    root, scratch = write_fake_dataset(tmp_path / "fruit"), tmp_path / "scratch"
    scratch.mkdir()
    # Train records come first, then those of val; seven images repeat the three of them.
    counts = [
        len(json.loads(path.read_bytes())["annotations"])
        for split in ("train", "val")
        for path in sorted((root / "records" / split).iterdir())
    ]
    before = files_of(root)
    found = bench_merge(open_rendered(root), 7, scratch)
    assert (found.images, found.objects) == (7, 2 * sum(counts) + counts[0])
    assert found.seconds > 0 and found.copy_s > 0 and found.megabytes > 0.001
    assert files_of(root) == before
    assert not list(scratch.iterdir())


def test_a_dataset_without_records_is_refused(tmp_path: Path) -> None:
    root = write_fake_dataset(tmp_path / "fruit")
    shutil.rmtree(root / "records")
    with pytest.raises(DatasetError, match="no records"):
        bench_merge(open_rendered(root), 7)


def test_the_command_tells_images_and_objects(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = write_fake_dataset(tmp_path / "fruit")
    with pytest.raises(SystemExit) as left:
        main(["bench", "merge", str(root), "--n", "3", "--json"])
    assert not left.value.code
    assert json.loads(capsys.readouterr().out)["images"] == 3
