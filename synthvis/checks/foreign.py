"""The quality gate of a COCO set that synthvis did not render: everything that its readers would leave out."""

from __future__ import annotations

from pathlib import Path

from synthvis.checks.gate import CheckReport, Problem
from synthvis.data.dataset import find_dataset
from synthvis.data.formats.coco import INSTANCE_FILES, KEYPOINT_FILES
from synthvis.data.left_out import LeftOutRow
from synthvis.data.picture_files import with_sound_pictures

__all__ = ["check_foreign", "is_foreign_set"]

FILES = (*INSTANCE_FILES, *KEYPOINT_FILES)


def is_foreign_set(path: str | Path) -> bool:
    """Whether there is a COCO file, or a folder of them without the manifest of a rendered dataset."""
    place = Path(path)
    if place.is_file():
        return place.suffix == ".json"
    if (place / "dataset.json").exists():
        return False
    return any(any((place / "annotations").glob(f"{begin}*.json")) for begin in FILES)


def check_foreign(path: str | Path) -> CheckReport:
    """Read every split of a set as training would, and look at its picture files.

    Raises:
        RealDataError: A file is not COCO, or nothing of it can be used.
    """
    found = find_dataset(path, formats=("coco", "coco-keypoints"))
    problems: list[Problem] = []
    images = annotations = 0
    for name in found.splits:
        split = with_sound_pictures(found.read(name))
        images += len(split.images)
        annotations += sum(len(image.objects) for image in split.images)
        problems += [Problem(row.part, None, _message(name, row)) for row in split.left_out.rows]
    return CheckReport(root=Path(path), images=images, annotations=annotations, problems=tuple(problems))


def _message(split: str, row: LeftOutRow) -> str:
    return f"{split}: {row.count:,} {row.treatment}: {row.reason} (first: {row.example})"
