"""The classes of a MOTChallenge set: a list beside the boxes, or else the twelve of the challenge.

The challenge has a fixed list (Milan et al., 2016, table 3). `gt/labels.txt` with a name a line, as the annotation
tool CVAT writes it, is what sets of other classes have.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from synthvis.errors import RealDataError

__all__ = ["CHALLENGE_CLASSES", "PERSON", "classes_beside", "is_of_distractors", "text_of_classes"]

PERSON = "person"
"""What the challenge calls "pedestrian" is called as in COCO, so that detectors of people know it."""

CHALLENGE_CLASSES = (
    PERSON, "person on vehicle", "car", "bicycle", "motorbike", "non-motorised vehicle", "static person", "distractor",
    "occluder", "occluder on the ground", "full occluder", "reflection",
)  # fmt: skip

DISTRACTORS = ("person on vehicle", "static person", "distractor", "reflection")
"""What a tracker of people may find without being punished: regions to ignore, of the class person."""

MAX_BYTES = 10_000_000
MAX_CLASSES = 10_000


def is_of_distractors(class_name: str) -> bool:
    """Whether the challenge neither counts boxes of a class nor wants them to be missed."""
    return class_name in DISTRACTORS


def classes_beside(path: Path) -> tuple[str, ...] | None:
    """Names in a labels.txt, one a line; None where there is no such file.

    Raises:
        RealDataError: It cannot be read, or names are not different lines of text.
    """
    if not path.is_file():
        return None
    try:
        if path.stat().st_size > MAX_BYTES:
            raise RealDataError(f"{path} has more than {MAX_BYTES // 10**6} MB")
        names = [line.strip() for line in path.read_text(encoding="utf-8").splitlines()[:MAX_CLASSES]]
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "it is no text"
        raise RealDataError(f"cannot read {path}: {why}") from error
    names = [name for name in names if name]
    if not names or len(set(names)) < len(names) or not all(name.isprintable() for name in names):
        raise RealDataError(f"{path} does not hold different names, one a line")
    return tuple(names)


def text_of_classes(names: Sequence[str]) -> str:
    """The content of labels.txt."""
    return "".join(f"{name}\n" for name in names)
