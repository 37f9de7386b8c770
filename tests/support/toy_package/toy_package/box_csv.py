"""A data format: one CSV file a split, a row a box, beside a folder of pictures of the same name."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath

from synthvis.data.contents import Content
from synthvis.data.formats.base import DataFormat, NamedSplit, SplitFiles, SplitSource
from synthvis.data.sample import LabelledObject, Sample
from synthvis.data.split import Split

__all__ = ["BOX_CSV", "BoxCsv"]

COLUMNS = ("file", "height", "width", "class", "x", "y", "w", "h")


class BoxCsv(DataFormat):
    """Boxes as rows; a picture without objects has a row without a class."""

    name = "box-csv"
    about = "a folder with train.csv, val.csv and the folders train/ and val/"
    serves = frozenset({Content.BOXES})
    holds = frozenset({Content.BOXES})

    def find(self, path: Path) -> Mapping[str, SplitFiles] | None:
        """A folder with CSV files beside folders of their names."""
        tables = sorted(path.glob("*.csv")) if path.is_dir() else []
        found = {table.stem: SplitFiles(pictures=path / table.stem, labels=table) for table in tables}
        return found if found and all(files.pictures.is_dir() for files in found.values()) else None

    def read(self, source: SplitSource) -> Split:
        """All rows, by picture."""
        samples: dict[str, Sample] = {}
        with source.files.labels.open(newline="") as table:
            for row in csv.DictReader(table):
                path = source.files.pictures / row["file"]
                size_hw = (int(row["height"]), int(row["width"]))
                known = samples.get(row["file"]) or Sample(id=len(samples) + 1, path=path, labelled_hw=size_hw)
                samples[row["file"]] = replace(known, objects=(*known.objects, *_objects(row)))
        classes = sorted({one.class_name for sample in samples.values() for one in sample.objects})
        return Split(
            name=source.name,
            kind=source.kind,
            split=source.split,
            images=tuple(samples.values()),
            class_names=tuple(classes),
            category_ids={name: number for number, name in enumerate(classes, start=1)},
        )

    def picture_path(self, split: str, file_name: str) -> PurePosixPath:
        """Beside the table of the split."""
        return PurePosixPath(split, file_name)

    def finish(self, splits: Sequence[NamedSplit], folder: Path) -> None:
        """The rows of each split."""
        for split in splits:
            with (folder / f"{split.name}.csv").open("w", newline="") as table:
                rows = csv.writer(table)
                rows.writerow(COLUMNS)
                for one in split:
                    head = (one.file_name, *one.image.image_hw)
                    boxes = [(box.class_name, *box.bbox_xywh_px) for box in one.image.objects if not box.is_crowd]
                    rows.writerows((*head, *box) for box in boxes or [("", "", "", "", "")])


def _objects(row: Mapping[str, str]) -> tuple[LabelledObject, ...]:
    if not row["class"]:
        return ()
    x, y, width, height = (float(row[key]) for key in ("x", "y", "w", "h"))
    box = (x, y, width, height)
    return (LabelledObject(class_name=row["class"], bbox_xywh_px=box, area_px=width * height, is_crowd=False),)


BOX_CSV = BoxCsv()
