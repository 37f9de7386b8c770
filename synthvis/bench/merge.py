"""How long the annotations of many images take to become COCO files, and in how much memory."""

from __future__ import annotations

import itertools
import resource
import shutil
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from synthvis.bench.result import BenchResult
from synthvis.conventions import image_stem
from synthvis.dataset.assemble import assemble
from synthvis.dataset.layout import SPLITS, DatasetLayout
from synthvis.dataset.manifest import RenderedDataset
from synthvis.errors import DatasetError
from synthvis.formats.coco_entries import AnnotationEntry, ImageEntry
from synthvis.formats.image_record import dump_record, read_record

__all__ = ["MergeBench", "bench_merge"]

MAXRSS_UNIT_BYTES = 1 if sys.platform == "darwin" else 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeBench(BenchResult):
    """What merging records cost.

    Attributes:
        images: Records merged.
        objects: Annotations in them.
        seconds: Wall time of the merge.
        copy_s: Wall time of reading and writing the same bytes and no more: the floor.
        megabytes: Size of the COCO instances files.
        memory_growth_mb: How far the merge raised the peak of the resident memory.
    """

    images: int
    objects: int
    seconds: float
    copy_s: float
    megabytes: float
    memory_growth_mb: float

    def lines(self) -> Sequence[str]:
        """Time beside the copy's, and memory."""
        return [
            f"{self.images:,} images with {self.objects:,} objects: {self.seconds:.1f} s, {self.megabytes:.0f} MB of "
            f"instances; copying the records takes {self.copy_s:.1f} s",
            f"memory: {self.memory_growth_mb:+.1f} MB",
        ]


def bench_merge(dataset: RenderedDataset, n: int, scratch: Path | None = None) -> MergeBench:
    """Repeat a dataset's records under new numbers until there are `n`, and merge these.

    Args:
        dataset: A rendered dataset; it is only read.
        n: Images to merge.
        scratch: Where to make a folder that goes away again; None: the system's.

    Raises:
        DatasetError: The dataset has no records.
    """
    records = [path for split in SPLITS for path in sorted((dataset.root / "records" / split).glob("[!.]*.json"))]
    if not records:
        raise DatasetError(f"{dataset.root} has no records", hint="render it first")
    with tempfile.TemporaryDirectory(prefix="synthvis-merge.", dir=scratch) as folder:
        layout = DatasetLayout(Path(folder))
        objects = _repeat(records, n, layout)
        before = _peak_bytes()
        started = time.perf_counter()
        assemble(layout, dataset.categories, {"description": "bench"})
        seconds = time.perf_counter() - started
        grown = _peak_bytes() - before
        size = sum(layout.annotations("instances", split).stat().st_size for split in SPLITS)
        return MergeBench(
            images=n,
            objects=objects,
            seconds=seconds,
            copy_s=_copy_s(layout),
            megabytes=size / 1e6,
            memory_growth_mb=grown / 1e6,
        )


def _repeat(records: list[Path], n: int, layout: DatasetLayout) -> int:
    """Write `n` records; the number of their objects."""
    objects = 0
    layout.record("train", 1).parent.mkdir(parents=True)
    for index, path in zip(range(1, n + 1), itertools.cycle(records), strict=False):
        record = read_record(path)
        image = ImageEntry.of({**record.image.values, "id": index, "file_name": f"{image_stem(index)}.jpg"})
        annotations = tuple(AnnotationEntry.of({**one.values, "image_id": index}) for one in record.annotations)
        record = replace(record, split="train", image=image, annotations=annotations)
        objects += len(annotations)
        layout.record("train", index).write_bytes(dump_record(record))
    return objects


def _copy_s(layout: DatasetLayout) -> float:
    started = time.perf_counter()
    with (layout.root / "copy").open("wb") as target:
        for path in sorted(layout.record("train", 1).parent.iterdir()):
            with path.open("rb") as source:
                shutil.copyfileobj(source, target)
    return time.perf_counter() - started


def _peak_bytes() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * MAXRSS_UNIT_BYTES
