"""What a form of labelled sets on disk must offer."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import ClassVar, TypedDict

from synthvis.data.contents import Content
from synthvis.data.export.settings import ExportSettings
from synthvis.data.picture_placing import JPEG
from synthvis.data.sample import Sample
from synthvis.data.split import Split
from synthvis.errors import RealDataError, UsageError

__all__ = [
    "EXPORT_FILE",
    "DataFormat",
    "ExportedImage",
    "NamedSplit",
    "SplitFiles",
    "SplitNames",
    "SplitSource",
    "check_objects",
    "folder_kind",
    "is_rendered",
]

EXPORT_FILE = "export.json"
"""In the folder of an exported set: of what it was made, and how far the export has come."""

MAX_EXPORT_FILE_BYTES = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class SplitFiles:
    """Where one split lies.

    Attributes:
        pictures: Folder of its pictures.
        labels: Its annotation file, or the folder of its labels.
    """

    pictures: Path
    labels: Path


class SplitNames(TypedDict):
    """Fields of a `Split`."""

    name: str
    kind: str
    split: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SplitSource:
    """A split that is to be read.

    Attributes:
        name: Name of the set.
        kind: "real" or "synthetic".
        split: Name of the split.
        root: Folder of the set.
        files: Where the split lies.
    """

    name: str
    kind: str
    split: str
    root: Path
    files: SplitFiles

    @property
    def names(self) -> SplitNames:
        """Of the split that is read from it."""
        return {"name": self.name, "kind": self.kind, "split": self.split}


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportedImage:
    """An image that is to be written.

    Attributes:
        split: The split that it belongs to.
        image: The image.
        position: Its place in the split, from 0 on.
        file_name: Name of its picture in the export, different from all others that lie beside it.
    """

    split: Split
    image: Sample
    position: int
    file_name: str

    @property
    def stem(self) -> str:
        """The file name without its ending, for files of labels beside the picture."""
        return PurePosixPath(self.file_name).stem


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedSplit:
    """A split with the names that its pictures have in an export.

    Attributes:
        split: The split.
        file_names: One for each of its images.
    """

    split: Split
    file_names: tuple[str, ...]

    @property
    def name(self) -> str:
        """Name of the split: "train", "val", ..."""
        return self.split.split

    def __len__(self) -> int:
        return len(self.file_names)

    def __iter__(self) -> Iterator[ExportedImage]:
        return map(self.__getitem__, range(len(self)))

    def __getitem__(self, position: int) -> ExportedImage:
        """An image; raises IndexError behind the last."""
        return ExportedImage(
            split=self.split,
            image=self.split.images[position],
            position=position,
            file_name=self.file_names[position],
        )


class DataFormat(ABC):
    """A form in which labelled sets lie on disk. What the registry names holds no state.

    A module of `synthvis.data.formats` ends in one instance, which a line in `registry.py` names. An installed package
    offers its own by an entry point of the group `synthvis.formats`.

    A form that can be written says by `holds` what of a set it keeps, by `picture_path` where pictures go, and writes
    the labels in `write_labels` (files of each image), in `finish` (files of the whole set), or in both. One that must
    know something of the whole set before it writes the first image gives another in `prepared`, which does. Samples of
    a large set lie on disk: look at one after the other, and keep none.

    Attributes:
        name: As in `open_dataset(path, format=...)`.
        about: What a folder of it looks like, in a few words.
        serves: Labels that tasks find in it when it is read.
        holds: Labels that an export to it keeps; empty where it cannot be written.
        wants: Labels that an export to it is made for: a set is read in a form that serves one of them, if it has one.
        one_picture_folder: Pictures of all splits lie in one folder, so that their names must differ.
        picture_suffixes: Endings of pictures that are taken over as they are, the others become JPEG; empty: all are.
        dots_in_names: Names of pictures may have dots before their ending.
        images_at_once: Images that `write_labels` takes in one call.
    """

    name: ClassVar[str]
    about: ClassVar[str]
    serves: ClassVar[frozenset[Content]] = frozenset()
    holds: ClassVar[frozenset[Content]] = frozenset()
    wants: ClassVar[frozenset[Content]] = frozenset()
    one_picture_folder: ClassVar[bool] = False
    picture_suffixes: ClassVar[frozenset[str]] = frozenset()
    dots_in_names: ClassVar[bool] = True
    images_at_once: ClassVar[int] = 1

    @abstractmethod
    def find(self, path: Path) -> Mapping[str, SplitFiles] | None:
        """The splits of a folder or file; None where it is in another form. No split is read."""

    @abstractmethod
    def read(self, source: SplitSource) -> Split:
        """Read one split. Pictures are not opened, but for their size where labels do not state it.

        Raises:
            RealDataError: It cannot be read.
        """

    def index(self, source: SplitSource) -> Split:
        """As `read`, but with samples that stay on disk where the form knows how: each access reads one again.

        Raises:
            RealDataError: It cannot be read.
        """
        return self.read(source)

    def absence(self, path: Path) -> RealDataError:
        """What to say of a folder or file in which `find` sees nothing."""
        return RealDataError(f"{path} is not in the form {self.name}", hint=f"name {self.about}")

    def root_of(self, path: Path) -> Path:
        """The folder of a set that was named by a folder or a file."""
        return path if path.is_dir() else path.parent

    @property
    def can_write(self) -> bool:
        """Whether sets can be exported to it."""
        return bool(self.holds)

    def check_writable(self, split: Split) -> None:  # noqa: B027  most can write any
        """Refuse a split that cannot be written at all; what only loses some labels is no reason.

        Raises:
            UsageError: With the reason.
        """

    def prepared(self, splits: Sequence[NamedSplit], settings: ExportSettings) -> DataFormat:
        """The form with what it has to know of the splits that it will write; most need nothing.

        Raises:
            UsageError: A setting is none of this form.
        """
        if settings.models is not None:
            raise UsageError(f"{self.name} holds no 3D models", hint="leave --models out, or export with --format bop")
        return self

    @property
    def remarks(self) -> tuple[str, ...]:
        """What a user must know of an export to a form that was prepared, a line each."""
        return ()

    def picture_names(self, split: Split) -> Sequence[str] | None:
        """Names of the pictures of a split, where the form decides them; None: their own, made safe and different."""
        return None

    def picture_suffix(self, image: Sample) -> str:
        """Ending of a picture, with its dot."""
        own = image.path.suffix
        return own if not self.picture_suffixes or own in self.picture_suffixes else JPEG

    def picture_path(self, split: str, file_name: str) -> PurePosixPath | None:
        """Where a picture goes, from the folder of the set; None: `write_labels` writes what there is of pictures."""
        return PurePosixPath("images", split, file_name)

    def write_labels(self, images: Sequence[ExportedImage], folder: Path) -> None:  # noqa: B027  or in `finish`
        """Write the files of these images of one split, which stand in its order; called again after a stop.

        Raises:
            DatasetError: A picture or map cannot be read.
        """

    def finish(self, splits: Sequence[NamedSplit], folder: Path) -> None:  # noqa: B027  or in `write_labels`
        """Write the files of the whole set, after those of all its images.

        Raises:
            DatasetError: A picture or map cannot be read.
        """


def check_objects(split: Split, form: str) -> None:
    """Refuse a split that has no labelled objects.

    Raises:
        UsageError: With what it has instead.
    """
    if split.label_form not in ("objects", "keypoints"):
        raise UsageError(f"{split.name}:{split.split} has labels of {split.label_form}; {form} holds labelled objects")


def is_rendered(root: Path) -> bool:
    """Whether a folder is a dataset that synthvis rendered, with its dataset.json."""
    return (root / "dataset.json").is_file()


def folder_kind(root: Path) -> str:
    """The kind of a set: "synthetic" of a rendered dataset and of what was exported from one, else "real"."""
    if is_rendered(root):
        return "synthetic"
    path = root / EXPORT_FILE
    try:
        if not path.is_file() or path.stat().st_size > MAX_EXPORT_FILE_BYTES:
            return "real"
        content = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return "real"
    return "synthetic" if isinstance(content, dict) and content.get("kind") == "synthetic" else "real"
