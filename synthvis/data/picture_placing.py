"""How a picture gets into an exported set: linked, copied or converted."""

from __future__ import annotations

from pathlib import Path, PurePath

from synthvis.errors import DatasetError
from synthvis.formats.atomic import link_or_copy
from synthvis.formats.images import read_image_rgb, write_jpeg
from synthvis.formats.jpeg import exif_orientation

__all__ = ["JPEG", "place_file", "place_picture"]

JPEG_QUALITY = 95
JPEG = ".jpg"
HEAD_BYTES = 1 << 16
"""A segment of a JPEG, as EXIF is one, is not longer."""


def place_picture(source: Path, target: Path, labelled_hw: tuple[int, int] | None = None) -> None:
    """Bring a picture to its place: linked, so that it takes no room, else copied; as a JPEG if the ending says so.

    A JPEG with an EXIF orientation is copied without it, the way up that its labels mean: tools disagree about it.

    Args:
        source: The picture.
        target: Its place.
        labelled_hw: Height and width for which its labels were made; None: they state none.

    Raises:
        DatasetError: It is absent, or cannot be read as a picture where it has to be converted.
    """
    is_converted = target.suffix == JPEG and not _is_jpeg_name(source)
    if is_converted or (_is_jpeg_name(target) and _has_orientation(source)):
        if not target.exists():
            write_jpeg(target, read_image_rgb(source, labelled_hw), JPEG_QUALITY)
        return
    place_file(source, target)


def place_file(source: Path, target: Path) -> None:
    """Bring a file to its place as it is: linked, so that it takes no room, else copied.

    Raises:
        DatasetError: It is absent or cannot be written.
    """
    try:
        if target.exists() and target.stat().st_size == source.stat().st_size:
            return
        link_or_copy(source, target)
    except OSError as error:
        raise DatasetError(f"cannot bring {source} to {target}: {error.strerror or error}") from error


def _has_orientation(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return exif_orientation(file.read(HEAD_BYTES)) != 1
    except OSError as error:
        raise DatasetError(f"cannot read {path}: {error.strerror or error}") from error


def _is_jpeg_name(path: PurePath) -> bool:
    return path.suffix.lower() in (".jpg", ".jpeg")
