"""Where the files of a VOC set lie, and its lists of images."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from synthvis.data.coco.files import is_safe_file_name
from synthvis.data.left_out import LeftOutCounter
from synthvis.errors import RealDataError, quoted

__all__ = ["DEVKIT", "YEAR_FOLDER", "VocLayout", "names_in", "voc_root"]

DEVKIT = PurePosixPath("VOCdevkit")
YEAR_FOLDER = DEVKIT / "VOC2012"
"""Where torchvision and other readers look for a set of the year 2012."""

MAX_LIST_BYTES = 100_000_000
SHOWN_CHARS = 60


@dataclass(frozen=True, slots=True)
class VocLayout:
    """The folders of a set.

    Attributes:
        root: The folder that holds JPEGImages and Annotations.
    """

    root: Path

    @property
    def pictures(self) -> Path:
        """JPEGImages."""
        return self.root / "JPEGImages"

    @property
    def annotations(self) -> Path:
        """The XML files."""
        return self.root / "Annotations"

    @property
    def class_masks(self) -> Path:
        """A PNG for each segmented image, the class of each pixel."""
        return self.root / "SegmentationClass"

    @property
    def object_masks(self) -> Path:
        """A PNG for each segmented image, the number of the object of each pixel."""
        return self.root / "SegmentationObject"

    @property
    def class_list(self) -> Path:
        """Names of the classes, one a line; not part of VOC, whose classes are known."""
        return self.root / "labelmap.txt"

    def image_list(self, split: str, purpose: str = "Main") -> Path:
        """The names of the images of a split."""
        return self.root / "ImageSets" / purpose / f"{split}.txt"

    def lists(self, purpose: str = "Main") -> dict[str, Path]:
        """The list of each split; those of single classes, `aeroplane_train.txt`, are none."""
        files = sorted((self.root / "ImageSets" / purpose).glob("*.txt"))
        names = {file.stem for file in files}
        return {file.stem: file for file in files if not _is_of_one_class(file.stem, names)}


def voc_root(path: Path) -> Path | None:
    """The folder that holds JPEGImages and Annotations, below a folder that was named; None: there is none."""
    years = sorted(path.glob("VOCdevkit/VOC*"), reverse=True) + sorted(path.glob("VOC[0-9]*"), reverse=True)
    for folder in (path, *years):
        if (folder / "Annotations").is_dir() and (folder / "JPEGImages").is_dir():
            return folder
    return None


def names_in(file: Path, counter: LeftOutCounter) -> list[str]:
    """Names of the images of a list, each once; what stands behind a name is passed over.

    Raises:
        RealDataError: It cannot be read.
    """
    try:
        if file.stat().st_size > MAX_LIST_BYTES:
            raise RealDataError(f"{file} has more than 100 MB")
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "it is no text"
        raise RealDataError(f"cannot read {file}: {why}") from error
    found: dict[str, None] = {}
    for line in lines:
        name = line.strip()
        if not name:
            continue
        if not is_safe_file_name(name) or "/" in name or not name.isprintable():
            counter.add("images", "a name in a list that is no file name", quoted(name, SHOWN_CHARS))
        elif name in found:
            counter.add("images", "listed twice", quoted(name, SHOWN_CHARS))
        else:
            found[name] = None
    return list(found)


def _is_of_one_class(stem: str, names: set[str]) -> bool:
    return any(stem.endswith(f"_{split}") and stem != split for split in names)
