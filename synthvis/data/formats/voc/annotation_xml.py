"""The XML file of one image of a VOC set."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from synthvis.errors import RealDataError, quoted

__all__ = ["BadObject", "VocAnnotation", "VocObject", "read_annotation", "text_of_annotation"]

MAX_BYTES = 20_000_000
MAX_OBJECTS = 100_000
MAX_NAME_CHARS = 200
MAX_COORDINATE = 1e7
FIRST_PIXEL = 1
"""VOC counts pixels from 1, and the last one belongs to the box."""

Box = tuple[float, float, float, float]


class BadObject(ValueError):
    """Why an object cannot be used, in a few words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VocObject:
    """An object of an image.

    Attributes:
        class_name: Its class.
        bbox_xywh_px: Half-open box, left, top, width, height.
        is_difficult: VOC's measure neither rewards nor punishes that it is found.
        is_truncated: It reaches out of the picture, or is hidden in part.
    """

    class_name: str
    bbox_xywh_px: Box
    is_difficult: bool = False
    is_truncated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class VocAnnotation:
    """What is said of an image.

    Attributes:
        file_name: Of the picture; empty where the file does not say.
        image_hw: Height and width, pixels; None where the file does not say.
        objects: In the order of the file, each an object or the reason why it cannot be used.
    """

    file_name: str
    image_hw: tuple[int, int] | None
    objects: tuple[VocObject | BadObject, ...]


def read_annotation(path: Path) -> VocAnnotation:
    """What the file of an image says.

    Raises:
        RealDataError: It cannot be read, is too large, is no XML, or defines entities.
    """
    from xml.etree.ElementTree import ParseError

    from defusedxml import DefusedXmlException
    from defusedxml.ElementTree import fromstring

    try:
        if path.stat().st_size > MAX_BYTES:
            raise RealDataError(f"{path} has more than {MAX_BYTES // 10**6} MB")
        root = fromstring(path.read_bytes(), forbid_dtd=True)
    except OSError as error:
        raise RealDataError(f"cannot read {path}: {error.strerror or error}") from error
    except (ParseError, DefusedXmlException, ValueError, LookupError, RecursionError) as error:
        raise RealDataError(f"{path} is no XML of VOC: {str(error)[:120] or type(error).__name__}") from error
    return VocAnnotation(
        file_name=(root.findtext("filename") or "").strip(),
        image_hw=_size(root.find("size")),
        objects=tuple(_object_or_reason(entry) for entry in root.findall("object")[:MAX_OBJECTS]),
    )


def _size(entry: Any) -> tuple[int, int] | None:
    if entry is None:
        return None
    try:
        height, width = int(entry.findtext("height") or 0), int(entry.findtext("width") or 0)
    except ValueError:
        return None
    return (height, width) if min(height, width) > 0 else None


def _object_or_reason(entry: Any) -> VocObject | BadObject:
    try:
        return _object(entry)
    except BadObject as bad:
        return bad


def _object(entry: Any) -> VocObject:
    name = (entry.findtext("name") or "").strip()
    if not name or not name.isprintable() or len(name) > MAX_NAME_CHARS:
        raise BadObject("its name is empty or cannot be shown")
    box = entry.find("bndbox")
    if box is None:
        raise BadObject("it has no bndbox")
    edges = [_number(box.findtext(key), key) for key in ("xmin", "ymin", "xmax", "ymax")]
    x, y, right, bottom = edges[0] - FIRST_PIXEL, edges[1] - FIRST_PIXEL, edges[2], edges[3]
    if right <= x or bottom <= y:
        raise BadObject("its box has no area")
    return VocObject(
        class_name=name,
        bbox_xywh_px=(x, y, right - x, bottom - y),
        is_difficult=(entry.findtext("difficult") or "0").strip() == "1",
        is_truncated=(entry.findtext("truncated") or "0").strip() == "1",
    )


def _number(text: str | None, key: str) -> float:
    try:
        value = float((text or "").strip())
    except ValueError:
        raise BadObject(f"{key} is {quoted(text, 40)}, no number") from None
    if not math.isfinite(value) or abs(value) > MAX_COORDINATE:
        raise BadObject(f"{key} is no number of a picture")
    return value


def text_of_annotation(annotation: VocAnnotation, *, folder: str, is_segmented: bool) -> str:
    """The file of an image.

    Args:
        annotation: What it says; its objects must be sound.
        folder: Name of the folder of the set, such as "VOC2012".
        is_segmented: Whether there are masks.
    """
    height, width = annotation.image_hw or (0, 0)
    lines = [
        "<annotation>",
        f"  <folder>{escape(folder)}</folder>",
        f"  <filename>{escape(annotation.file_name)}</filename>",
        f"  <size><width>{width}</width><height>{height}</height><depth>3</depth></size>",
        f"  <segmented>{int(is_segmented)}</segmented>",
        *_object_lines([one for one in annotation.objects if isinstance(one, VocObject)]),
        "</annotation>",
    ]
    return "\n".join(lines) + "\n"


def _object_lines(objects: Sequence[VocObject]) -> Iterator[str]:
    for one in objects:
        x, y, width, height = one.bbox_xywh_px
        edges = {"xmin": x + FIRST_PIXEL, "ymin": y + FIRST_PIXEL, "xmax": x + width, "ymax": y + height}
        yield "  <object>"
        yield f"    <name>{escape(one.class_name)}</name>"
        yield f"    <pose>Unspecified</pose><truncated>{int(one.is_truncated)}</truncated>"
        yield f"    <difficult>{int(one.is_difficult)}</difficult>"
        yield f"    <bndbox>{''.join(f'<{key}>{_shown(value)}</{key}>' for key, value in edges.items())}</bndbox>"
        yield "  </object>"


def _shown(value: float) -> str:
    """Whole numbers as VOC has them; others to a millionth of a pixel."""
    return str(int(value)) if value == int(value) else f"{value:.6f}".rstrip("0")
