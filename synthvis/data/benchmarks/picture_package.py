"""Photographs of a named set that lie in an installed package; their labels are files of synthvis."""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
from dataclasses import dataclass
from pathlib import Path

from synthvis.errors import RealDataError

__all__ = ["PicturePackage"]

LABELS = Path(__file__).parent


@dataclass(frozen=True, slots=True, kw_only=True)
class PicturePackage:
    """A package with photographs, of which no code is run.

    Attributes:
        distribution: Its name at the package index.
        version: The version whose photographs were labelled.
        folder: Folder of its photographs, as it is installed.
        extra: The extra of synthvis that installs it.
        annotations: Our COCO file, beside this module; each of its images has the "sha256" of its photograph.
    """

    distribution: str
    version: str
    folder: str
    extra: str
    annotations: str

    @property
    def labels(self) -> Path:
        """The annotation file."""
        return LABELS / self.annotations

    @property
    def install_command(self) -> str:
        """What to type to have the photographs."""
        return f"pip install 'synthvis[{self.extra}]'"

    def installed_folder(self) -> Path | None:
        """The folder of the installed photographs; None where the package is not installed.

        Raises:
            RealDataError: A photograph that was labelled is absent, or another picture stands in its place.
        """
        try:
            found = importlib.metadata.distribution(self.distribution)
        except importlib.metadata.PackageNotFoundError:
            return None
        folder = Path(str(found.locate_file(self.folder)))
        for image in json.loads(self.labels.read_bytes())["images"]:
            fault = _fault_of(folder / image["file_name"], image["sha256"])
            if fault:
                raise RealDataError(
                    f"{self.distribution} {found.version}: {image['file_name']} {fault}",
                    hint=f"the labels are of version {self.version}: pip install --force-reinstall "
                    f"'{self.distribution}=={self.version}'",
                )
        return folder


def _fault_of(picture: Path, sha256: str) -> str | None:
    try:
        with picture.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
    except FileNotFoundError:
        return "is not in it"
    except OSError as error:
        return f"cannot be read: {error.strerror or error}"
    return None if found == sha256 else "is not the photograph that was labelled"
