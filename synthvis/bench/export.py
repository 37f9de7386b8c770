"""How long many images take to be written in other formats, and in how much memory."""

from __future__ import annotations

import itertools
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from synthvis.bench.merge import MAXRSS_UNIT_BYTES
from synthvis.bench.result import BenchResult
from synthvis.conventions import image_stem
from synthvis.data.formats.registry import all_formats
from synthvis.dataset.assemble import assemble
from synthvis.dataset.layout import SPLITS, DatasetLayout
from synthvis.dataset.manifest import RenderedDataset
from synthvis.errors import DatasetError, SynthvisError
from synthvis.formats.atomic import link_or_copy
from synthvis.formats.coco_entries import AnnotationEntry, ImageEntry
from synthvis.formats.image_record import dump_record, read_record

__all__ = ["ExportBench", "bench_export"]

SPLIT = "train"
NOT_MAPS = frozenset({"records", "previews", "meshes", "annotations"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportBench(BenchResult):
    """What exporting to one format cost.

    Attributes:
        format: Its name.
        images: Images exported.
        seconds: Wall time of `synthvis export`.
        cpu_s: Time that it had a processor; on a machine with other work it tells more.
        peak_mb: Peak of its resident memory.
        megabytes: Size of the files that it wrote; linked pictures take no room.
    """

    format: str
    images: int
    seconds: float
    cpu_s: float
    peak_mb: float
    megabytes: float

    def lines(self) -> Sequence[str]:
        """Time, memory and size."""
        return [
            f"{self.format:<12} {self.images:,} images in {self.seconds:.1f} s ({self.images / self.seconds:,.0f} "
            f"images/s), {self.cpu_s:.1f} s of CPU, peak {self.peak_mb:,.0f} MB of memory, "
            f"{self.megabytes:,.0f} MB on disk"
        ]


def bench_export(
    dataset: RenderedDataset, n: int, formats: Sequence[str] = (), scratch: Path | None = None
) -> Iterator[ExportBench]:
    """Repeat a dataset's images under new numbers until there are `n`, and export these to one format after another.

    Args:
        dataset: A rendered dataset; it is only read.
        n: Images to export.
        formats: Names of formats; empty: all that can be written.
        scratch: Where to make a folder that goes away again; None: the system's.

    Raises:
        DatasetError: The dataset has no images.
        SynthvisError: An export failed.
    """
    with tempfile.TemporaryDirectory(prefix="synthvis-export.", dir=scratch) as folder:
        root = Path(folder) / "set"
        _repeat(dataset, n, DatasetLayout(root, dataset.layout.depth_encoding))
        for name in formats or [one.name for one in all_formats().values() if one.can_write]:
            yield _measured(root, name, Path(folder) / name, n)


def _repeat(dataset: RenderedDataset, n: int, layout: DatasetLayout) -> None:
    records = [
        (split, path) for split in SPLITS for path in sorted((dataset.root / "records" / split).glob("[!.]*.json"))
    ]
    if not records:
        raise DatasetError(f"{dataset.root} has no records", hint="render it first")
    folders = [one.name for one in dataset.root.iterdir() if one.is_dir() and one.name not in NOT_MAPS]
    link_or_copy(dataset.layout.manifest, layout.manifest)
    layout.record(SPLIT, 1).parent.mkdir(parents=True)
    for index, (split, path) in zip(range(1, n + 1), itertools.cycle(records), strict=False):
        for name in folders:
            for file in (dataset.root / name / split).glob(f"{path.stem}.*"):
                link_or_copy(file, layout.root / name / SPLIT / f"{image_stem(index)}{file.suffix}")
        record = read_record(path)
        image = ImageEntry.of({**record.image.values, "id": index, "file_name": f"{image_stem(index)}.jpg"})
        annotations = tuple(AnnotationEntry.of({**one.values, "image_id": index}) for one in record.annotations)
        layout.record(SPLIT, index).write_bytes(
            dump_record(replace(record, split=SPLIT, image=image, annotations=annotations))
        )
    assemble(layout, dataset.categories, {"description": "bench"})


def _measured(root: Path, name: str, out: Path, n: int) -> ExportBench:
    command = [sys.executable, "-m", "synthvis", "export", str(root), "--format", name, "--out", str(out)]
    started = time.perf_counter()
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=said)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        seconds = time.perf_counter() - started
        if process.returncode:
            said.seek(0)
            raise SynthvisError(f"the export to {name} failed: {said.read().decode(errors='replace').strip()[:300]}")
    written = sum(one.stat().st_size for one in out.rglob("*") if one.is_file() and one.stat().st_nlink == 1)
    return ExportBench(
        format=name,
        images=n,
        seconds=seconds,
        cpu_s=usage.ru_utime + usage.ru_stime,
        peak_mb=usage.ru_maxrss * MAXRSS_UNIT_BYTES / 1e6,
        megabytes=written / 1e6,
    )
