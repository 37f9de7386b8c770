"""The images of a COCO file that can be used."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from synthvis.conventions import NAMESPACE
from synthvis.data.coco.annotations import Unusable
from synthvis.data.coco.categories import SHOWN_CHARS, short
from synthvis.data.coco.files import is_safe_file_name
from synthvis.data.coco.films import frame_of
from synthvis.data.left_out import LeftOutCounter
from synthvis.data.sample import LabelledObject, Sample
from synthvis.errors import quoted
from synthvis.formats.image_size import MAX_IMAGE_PIXELS

__all__ = ["ImageHw", "UsableImages", "fault_of_image", "sample_of", "usable_images"]

ImageHw = tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class UsableImages:
    """The images that can be used.

    Attributes:
        positions: Of each in the list, by id.
        sizes: Height and width of each, by id.
        films: Numbers of the films that they are frames of.
    """

    positions: dict[int, int]
    sizes: dict[int, ImageHw]
    films: set[int]


def usable_images(entries: Sequence[Any], counter: LeftOutCounter) -> UsableImages:
    """The images that can be used; the others are counted."""
    positions: dict[int, int] = {}
    sizes: dict[int, ImageHw] = {}
    known: dict[ImageHw, ImageHw] = {}
    ambiguous, frames = set(), set[tuple[int, int]]()
    for position, entry in enumerate(entries):
        if fault := fault_of_image(entry):
            counter.add("images", fault, quoted(entry, SHOWN_CHARS))
            continue
        number, image_hw, frame = entry["id"], (entry["height"], entry["width"]), frame_of(entry)
        if frame in frames and number not in positions:
            counter.add("images", "another image is that frame of its film", f"image {short(number)}")
        elif number not in positions:
            frames |= {frame} if frame else set()
            positions[number], sizes[number] = position, known.setdefault(image_hw, image_hw)
        elif entries[positions[number]]["file_name"] == entry["file_name"]:
            counter.add("images", "listed twice", f"image {short(number)}")
        else:
            counter.add("images", "one id for several files", f"image {short(number)}")
            ambiguous.add(number)
    for number in ambiguous:
        # Whose labels they are cannot be known.
        counter.add("images", "one id for several files", f"image {short(number)}")
        del positions[number], sizes[number]
    return UsableImages(positions=positions, sizes=sizes, films={film for film, _ in frames})


def fault_of_image(entry: Any) -> str | None:
    """Why an entry cannot be used."""
    if not isinstance(entry, dict):
        return "not an object"
    if type(entry.get("id")) is not int:
        return "id is not a whole number"
    if not isinstance(entry.get("file_name"), str):
        return "file_name is not text"
    if not is_safe_file_name(entry["file_name"]):
        return "file_name leads out of the image folder or is too long"
    if not entry["file_name"].isprintable():
        return "file_name cannot be shown"
    height, width = entry.get("height"), entry.get("width")
    if type(height) is not int or type(width) is not int or min(height, width) < 1 or height * width > MAX_IMAGE_PIXELS:
        return "width and height are of no picture"
    try:
        frame_of(entry)
    except Unusable as unusable:
        return unusable.reason
    return None


def sample_of(entry: Mapping[str, Any], image_dir: Path, objects: Sequence[LabelledObject], *, keep: bool) -> Sample:
    """The sample of an entry that can be used; with `keep` it carries the entry, too."""
    frame = frame_of(entry)
    return Sample(
        id=entry["id"],
        path=image_dir / entry["file_name"],
        labelled_hw=(entry["height"], entry["width"]),
        objects=tuple(objects),
        camera_facts=_camera_facts(entry.get(NAMESPACE)),
        video_id=frame[0] if frame else None,
        frame_id=frame[1] if frame else None,
        more=entry if keep else None,
    )


def _camera_facts(facts: object) -> Mapping[str, object] | None:
    if not isinstance(facts, dict) or "K" not in facts:
        return None
    return {name: facts[name] for name in ("K", "distortion", "world_from_cam") if name in facts}
