"""What a form of labelled sets on disk must offer."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from synthvis.data.split import Split
from synthvis.errors import RealDataError, UsageError

__all__ = ["DataFormat", "SplitFiles", "SplitSource", "folder_kind"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SplitFiles:
    """Where one split lies.

    Attributes:
        pictures: Folder of its pictures.
        labels: Its annotation file, or the folder of its labels.
    """

    pictures: Path
    labels: Path


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


class DataFormat(ABC):
    """A form in which labelled sets lie on disk. It holds no state.

    A module of `synthvis.data.formats` ends in one instance, which a line in `registry.py` names. An installed package
    offers its own by an entry point of the group `synthvis.formats`.

    Attributes:
        name: As in `open_dataset(path, format=...)`.
        about: What a folder of it looks like, in a few words.
    """

    name: ClassVar[str]
    about: ClassVar[str]

    @abstractmethod
    def find(self, path: Path) -> Mapping[str, SplitFiles] | None:
        """The splits of a folder or file; None where it is in another form. No label is read."""

    @abstractmethod
    def read(self, source: SplitSource) -> Split:
        """Read one split. Pictures are not opened.

        Raises:
            RealDataError: It cannot be read.
        """

    def absence(self, path: Path) -> RealDataError:
        """What to say of a folder or file in which `find` sees nothing."""
        return RealDataError(f"{path} is not in the form {self.name}", hint=f"name {self.about}")

    def root_of(self, path: Path) -> Path:
        """The folder of a set that was named by a folder or a file."""
        return path if path.is_dir() else path.parent

    @property
    def can_write(self) -> bool:
        """Whether sets can be exported to it."""
        return type(self).write is not DataFormat.write

    def write(self, splits: Sequence[Split], folder: Path) -> None:
        """Write splits and copies of their pictures into an empty folder.

        Raises:
            UsageError: The form cannot be written, or cannot hold such labels.
            DatasetError: A picture is absent.
        """
        raise UsageError(f"nothing can be exported to the form {self.name}")


def folder_kind(root: Path) -> str:
    """The kind of a set: "synthetic" where a dataset.json of synthvis lies in its folder, else "real"."""
    return "synthetic" if (root / "dataset.json").is_file() else "real"
