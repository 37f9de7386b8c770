"""The picture files of a set from outside, looked at before hours are spent: those that cannot be used are left out."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from synthvis.data.left_out import LeftOutCounter
from synthvis.data.split import Split
from synthvis.errors import DatasetError, RealDataError
from synthvis.formats.image_size import MAX_IMAGE_PIXELS
from synthvis.formats.images import read_image_rgb
from synthvis.formats.jpeg import is_jpeg, stated_size
from synthvis.formats.upright import read_hw

__all__ = ["fault_of_picture", "with_sound_pictures"]

HEAD_BYTES = 1 << 16
LONG_HEAD_BYTES = 1 << 20
"""Of a JPEG whose size stands behind large previews and colour profiles."""

TAIL_BYTES = 64
JPEG_END, PNG_END = b"\xff\xd9", b"IEND\xaeB`\x82"

Labelled = TypeVar("Labelled", bound=Split)


def with_sound_pictures(split: Labelled) -> Labelled:
    """A split of photographs without the images whose file is absent, broken or of another size than its labels say.

    Only the ends of a file are read. Renders are taken as they are: their gate is `synthvis check`, and a damaged one
    is an error when it is read.

    Raises:
        RealDataError: Nothing is left.
    """
    if split.kind != "real":
        return split
    counter = LeftOutCounter()
    kept = []
    for image in split.images:
        fault = fault_of_picture(image.path, image.labelled_hw)
        if fault is None:
            kept.append(image)
        else:
            counter.add("images", fault, image.path.name)
    left_out = counter.result()
    if not kept and split.images:
        raise RealDataError(
            f"none of the {len(split.images)} pictures of {split.name}:{split.split} can be used: "
            f"{left_out.first_of('images')}",
            hint=f"looked for in {split.images[0].path.parent}",
        )
    return replace(split, images=tuple(kept), left_out=split.left_out + left_out)


def fault_of_picture(path: Path, labelled_hw: tuple[int, int] | None = None) -> str | None:
    """Why an image file cannot be used, in a few words; None where nothing speaks against it.

    Args:
        path: The file.
        labelled_hw: Height and width for which its labels were made.
    """
    import cv2

    try:
        if not path.is_file():
            return "no such file"
        with path.open("rb") as file:
            head = file.read(HEAD_BYTES)
            if is_jpeg(head) and stated_size(head) is None:
                head += file.read(LONG_HEAD_BYTES)
            file.seek(-min(TAIL_BYTES, file.seek(0, os.SEEK_END)), os.SEEK_END)
            tail = file.read()
    except (OSError, ValueError):
        return "cannot be read"
    if not head:
        return "empty file"
    size_hw = stated_size(head)
    if size_hw is None:
        return None if cv2.haveImageReader(str(path)) and not is_jpeg(head) else "no picture"
    return _fault_of_size(head, size_hw, labelled_hw) or (None if _is_whole(path, tail) else "file is cut short")


def _fault_of_size(head: bytes, size_hw: tuple[int, int], labelled_hw: tuple[int, int] | None) -> str | None:
    if min(size_hw) < 1 or size_hw[0] * size_hw[1] > MAX_IMAGE_PIXELS:
        return f"more than {MAX_IMAGE_PIXELS // 10**6} million pixels, or none"
    if labelled_hw is None or read_hw(head, size_hw, labelled_hw) == tuple(labelled_hw):
        return None
    return "size differs from what the labels say"


def _is_whole(path: Path, tail: bytes) -> bool:
    """Whether a JPEG or PNG has its end; phones and cameras may write more behind it, then decoding decides."""
    if JPEG_END in tail or PNG_END in tail:
        return True
    try:
        read_image_rgb(path)
    except DatasetError:
        return False
    return True
