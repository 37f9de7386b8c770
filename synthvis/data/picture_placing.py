"""How a picture gets into an exported set: linked, copied or converted."""

from __future__ import annotations

from pathlib import Path, PurePath

from synthvis.errors import DatasetError
from synthvis.formats.atomic import link_or_copy
from synthvis.formats.images import read_image_rgb, write_jpeg

__all__ = ["JPEG", "place_file", "place_picture"]

JPEG_QUALITY = 95
JPEG = ".jpg"


def place_picture(source: Path, target: Path) -> None:
    """Bring a picture to its place: linked, so that it takes no room, else copied; as a JPEG if the ending says so.

    Raises:
        DatasetError: It is absent, or cannot be read as a picture where it has to be converted.
    """
    if target.suffix == JPEG and not _is_jpeg_name(source):
        if not target.exists():
            write_jpeg(target, read_image_rgb(source), JPEG_QUALITY)
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


def _is_jpeg_name(path: PurePath) -> bool:
    return path.suffix.lower() in (".jpg", ".jpeg")
