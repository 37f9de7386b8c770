"""The pictures of a set that lists them by folder: those that can be used, with their sizes."""

from __future__ import annotations

from pathlib import Path

from synthvis.errors import DatasetError
from synthvis.formats.image_size import MAX_IMAGE_PIXELS
from synthvis.formats.images import PICTURE_SUFFIXES, read_image_rgb
from synthvis.formats.jpeg import stated_size
from synthvis.formats.upright import read_hw

__all__ = ["UnusablePicture", "picture_size_hw", "pictures_in"]

HEAD_BYTES = 1 << 20
"""The size of a JPEG stands behind previews and colour profiles."""


class UnusablePicture(Exception):
    """Why a picture cannot be used, in a few words."""


def pictures_in(folder: Path) -> list[Path]:
    """Pictures directly in a folder, by name; hidden files are passed over.

    Raises:
        OSError: It cannot be read.
    """
    return sorted(
        path
        for path in folder.iterdir()
        if path.suffix.lower() in PICTURE_SUFFIXES and not path.name.startswith(".") and path.is_file()
    )


def picture_size_hw(path: Path, labelled_hw: tuple[int, int] | None = None) -> tuple[int, int]:
    """Height and width of a picture as `read_image_rgb` reads it, from its first bytes where they say so.

    Args:
        path: The file.
        labelled_hw: Height and width that its labels state; None: none.

    Raises:
        UnusablePicture: It cannot be read, or has no pixels or too many.
    """
    try:
        with path.open("rb") as file:
            head = file.read(HEAD_BYTES)
    except (OSError, ValueError):
        raise UnusablePicture("cannot be read") from None
    size_hw = stated_size(head)
    if size_hw is None:
        try:
            height, width = read_image_rgb(path, labelled_hw).shape[:2]
        except DatasetError:
            raise UnusablePicture("no picture") from None
        return height, width
    if min(size_hw) < 1 or size_hw[0] * size_hw[1] > MAX_IMAGE_PIXELS:
        raise UnusablePicture(f"more than {MAX_IMAGE_PIXELS // 10**6} million pixels, or none")
    return read_hw(head, size_hw, labelled_hw)
