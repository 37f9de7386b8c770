"""The quality gate of a set that synthvis did not render: everything that its readers would leave out."""

from __future__ import annotations

from pathlib import Path

from synthvis.checks.gate import CheckReport, Problem
from synthvis.data.benchmarks.known_sets import is_known_set
from synthvis.data.contents import Content
from synthvis.data.dataset import find_dataset
from synthvis.data.formats.base import is_rendered
from synthvis.data.formats.registry import all_formats
from synthvis.data.left_out import LeftOutRow
from synthvis.data.picture_files import with_sound_pictures
from synthvis.errors import RealDataError

__all__ = ["check_foreign", "is_foreign_set"]


ANNOTATION_SUFFIXES = (".json", ".yaml", ".yml")


def is_foreign_set(path: str | Path) -> bool:
    """Whether a labelled set without the manifest of a rendered dataset lies there, in any form but class folders.

    Any folder of folders may be one of those. The name of a known set is one, where nothing of that name lies there.
    """
    if _is_named(path):
        return True
    place = Path(path)
    if not place.exists() or is_rendered(place) or (place.is_file() and place.suffix not in ANNOTATION_SUFFIXES):
        return False
    try:
        return any(one.find(place) for one in all_formats().values() if Content.PICTURE_CLASSES not in one.serves)
    except RealDataError:
        return True


def check_foreign(path: str | Path) -> CheckReport:
    """Read every split of a set as training would, and look at its picture files; of NAME:SPLIT this split.

    Raises:
        RealDataError: A file is not what it seems to be, or nothing of it can be used.
    """
    found = find_dataset(path)
    problems: list[Problem] = []
    images = annotations = 0
    for name in (found.default_split,) if _is_named(path) and ":" in str(path) else found.splits:
        split = with_sound_pictures(found.read(name))
        images += len(split.images)
        annotations += sum(len(image.objects) for image in split.images)
        problems += [Problem(row.part, None, _message(name, row)) for row in split.left_out.rows]
    return CheckReport(root=Path(path), images=images, annotations=annotations, problems=tuple(problems))


def _is_named(path: str | Path) -> bool:
    return is_known_set(str(path)) and not Path(path).exists()


def _message(split: str, row: LeftOutRow) -> str:
    return f"{split}: {row.count:,} {row.treatment}: {row.reason} (first: {row.example})"
