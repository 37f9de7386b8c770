"""The bench of exporting counts what was exported and leaves no trace."""

from __future__ import annotations

from pathlib import Path

import pytest
from fake_dataset import write_fake_dataset

from synthvis.bench.export import ExportBench, bench_export
from synthvis.dataset.manifest import open_rendered
from synthvis.errors import SynthvisError


def test_images_are_repeated_and_exported_and_the_dataset_is_left_alone(tmp_path: Path) -> None:
    root, scratch = write_fake_dataset(tmp_path / "fruit"), tmp_path / "scratch"
    scratch.mkdir()
    before = {path: path.read_bytes() for path in root.rglob("*") if path.is_file()}
    (found,) = bench_export(open_rendered(root), 7, ["yolo"], scratch)
    assert (found.format, found.images) == ("yolo", 7)
    assert found.seconds > 0 and found.cpu_s > 0 and found.peak_mb > 10 and 0 < found.megabytes < 0.1
    assert {path: path.read_bytes() for path in root.rglob("*") if path.is_file()} == before
    assert not list(scratch.iterdir())


def test_an_export_that_fails_is_named(tmp_path: Path) -> None:
    root = write_fake_dataset(tmp_path / "fruit")
    with pytest.raises(SynthvisError, match="the export to depth-maps failed: error: nothing can be exported"):
        list(bench_export(open_rendered(root), 2, ["depth-maps"], tmp_path))


def test_the_line_tells_speed_memory_and_size() -> None:
    one = ExportBench(format="voc", images=10_000, seconds=20.0, cpu_s=18.0, peak_mb=123.4, megabytes=5.6)
    assert list(one.lines()) == [
        "voc          10,000 images in 20.0 s (500 images/s), 18.0 s of CPU, peak 123 MB of memory, 6 MB on disk"
    ]
