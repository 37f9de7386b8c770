"""The rules of the quality gate that look at one image: its file, its masks, its depth.

Every rule is a generator of (rule, message), so a rule that finds one fault goes on to the next.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from synthvis.dataset.layout import DatasetLayout
from synthvis.errors import DatasetError
from synthvis.formats.coco_entries import AnnotationEntry, ImageEntry
from synthvis.formats.images import read_image_rgb, read_png
from synthvis.labels.boxes import bbox_of_mask
from synthvis.labels.contrast import MIN_CONTRAST, VisibleColours, contrasts_of

__all__ = [
    "Finding",
    "contrast_findings",
    "decode_masks",
    "frame_findings",
    "map_findings",
    "mask_findings",
    "read_frame",
    "stray_keypoint_findings",
]

Finding = tuple[str, str]
"""Rule and message."""

Annotations = Sequence[AnnotationEntry]

Masks = dict[int, NDArray[np.bool_]]
"""Decoded masks by annotation id."""

DARK_LEVEL, BRIGHT_LEVEL = 4, 251
"""8-bit levels at and beyond which a pixel carries no detail."""

LOST_SHARE = 0.995
"""A frame is black or blown when this share of its labelled pixels (of all, if few are labelled) has no detail."""

FEW_PIXELS = 64
FLAT_DEVIATION = 1.0
"""8-bit standard deviation below which a whole frame shows nothing."""

BOX_TOLERANCE_PX = 0.01
KEYPOINT_REACH_PX = 2
CONTRAST_TOLERANCE = 0.05
"""Of contrasts that two builds of OpenCV decode and compute from one file."""


def read_frame(path: Path, image: ImageEntry) -> tuple[NDArray[np.uint8] | None, list[Finding]]:
    """The decoded image, or None with the finding that says why there is none of the size stated."""
    if not path.is_file():
        return None, [("image-file", f"{path.name} is missing")]
    try:
        frame = read_image_rgb(path)
    except DatasetError as error:
        return None, [("image-file", error.what)]
    height, width = frame.shape[:2]
    if image.image_hw != (height, width):
        stated = f"{image.width} x {image.height}"
        return None, [("image-size", f"{path.name} is {width} x {height} pixels, stated {stated}")]
    return frame, []


def frame_findings(frame: NDArray[np.uint8], masks: Masks) -> Iterator[Finding]:
    """Black, blown and flat frames."""
    if float(frame.std()) < FLAT_DEVIATION:
        yield "frame", f"flat frame: all pixels near level {frame.mean():.0f}"
        return
    labelled = np.zeros(frame.shape[:2], dtype=np.bool_)
    for mask in masks.values():
        labelled |= mask
    pixels = frame[labelled] if np.count_nonzero(labelled) >= FEW_PIXELS else frame.reshape(-1, 3)
    if float((pixels <= DARK_LEVEL).all(axis=1).mean()) >= LOST_SHARE:
        yield "frame", "black frame"
    if float((pixels >= BRIGHT_LEVEL).all(axis=1).mean()) >= LOST_SHARE:
        yield "frame", "blown frame"


def contrast_findings(frame: NDArray[np.uint8], annotations: Annotations, masks: Masks) -> Iterator[Finding]:
    """Annotated objects that nobody can see, and contrasts that are not the picture's."""
    contrasts = contrasts_of(VisibleColours.of(frame), masks)
    for entry in annotations:
        # An empty mask is another rule's finding.
        if entry.id not in masks or not masks[entry.id].any():
            continue
        found, stated, where = contrasts[entry.id], entry.contrast, entry.name
        if found < MIN_CONTRAST - CONTRAST_TOLERANCE:
            yield "contrast", f"{where} cannot be seen: {found:.2f} just noticeable differences to what is around"
        elif stated is not None and not abs(stated - found) <= CONTRAST_TOLERANCE * (1 + found):
            yield "contrast", f"{where}: contrast {stated}, in the picture {found:.2f}"


def decode_masks(annotations: Annotations, image_hw: tuple[int, int]) -> tuple[Masks, list[Finding]]:
    """Masks that decode to the image's size, and a finding for each that does not."""
    masks: Masks = {}
    findings: list[Finding] = []
    for entry in annotations:
        try:
            masks[entry.id] = entry.mask(image_hw)
        except DatasetError as error:
            findings.append(("mask", f"{entry.name}: {error.what}"))
    return masks, findings


def mask_findings(annotations: Annotations, masks: Masks) -> Iterator[Finding]:
    """Empty or overlapping masks; areas and boxes that are not their masks'."""
    covered: NDArray[np.int32] | None = None
    for entry in annotations:
        mask = masks.get(entry.id)
        if mask is None:
            continue
        covered = mask.astype(np.int32) if covered is None else covered + mask
        yield from _agreement(entry, mask)
    if covered is not None and covered.max() > 1:
        yield "overlap", f"{int((covered > 1).sum())} pixels lie in more than one mask"


def _agreement(entry: AnnotationEntry, mask: NDArray[np.bool_]) -> Iterator[Finding]:
    where = entry.name
    pixels = int(np.count_nonzero(mask))
    if pixels == 0:
        yield "mask", f"{where}: the mask is empty"
    if entry.area_px != pixels:
        yield "area", f"{where}: area {entry.area_px}, mask {pixels} pixels"
    extent = bbox_of_mask(mask)
    if not all(abs(a - b) <= BOX_TOLERANCE_PX for a, b in zip(entry.bbox_xywh_px, extent, strict=True)):
        yield "box", f"{where}: box {list(entry.bbox_xywh_px)}, mask extent {list(extent)}"
    if entry.iscrowd != 0:
        yield "structure", f"{where}: iscrowd is {entry.iscrowd!r}, not 0"


def stray_keypoint_findings(annotations: Annotations, masks: Masks) -> Iterator[Finding]:
    """Visible keypoints that lie neither on their object's mask nor within two pixels of it.

    Args:
        annotations: Sound entries of the COCO keypoints file.
        masks: Masks by instance id.
    """
    for entry in annotations:
        mask = masks.get(-1 if entry.instance_id is None else entry.instance_id)
        if mask is None:
            continue
        for index, (x, y, visibility) in enumerate(entry.keypoints_xyv):
            if visibility == 2 and not _is_near(mask, x, y):
                yield "keypoints", f"{entry.name}: visible keypoint {index} lies off its mask"


def _is_near(mask: NDArray[np.bool_], x: float, y: float) -> bool:
    height, width = mask.shape
    if not (0 <= x < width and 0 <= y < height):
        return False
    row, column, reach = int(y), int(x), KEYPOINT_REACH_PX
    return bool(mask[max(row - reach, 0) : row + reach + 1, max(column - reach, 0) : column + reach + 1].any())


def map_findings(
    layout: DatasetLayout, split: str, image_id: int, annotations: Annotations, masks: Masks
) -> Iterator[Finding]:
    """Depth, normal, semantic and instance maps, where the dataset has such a folder."""
    maps = {
        "depth": layout.depth(split, image_id),
        "normals": layout.normals(split, image_id),
        "semantic": layout.semantic(split, image_id),
        "instances": layout.instances(split, image_id),
    }
    hw = next(iter(masks.values())).shape if masks else None
    for name, path in maps.items():
        if not path.parent.parent.is_dir():
            continue
        try:
            pixels = layout.depth_encoding.read_stored(path) if name == "depth" else read_png(path)
        except DatasetError as error:
            yield name, error.what
            continue
        if hw is not None and pixels.shape[:2] != hw:
            yield name, f"{path.name} is {pixels.shape[1]} x {pixels.shape[0]} pixels, the image {hw[1]} x {hw[0]}"
            continue
        # Of depth only whether something was hit: what is beyond the range has no value.
        values = layout.depth_encoding.is_hit(pixels) if name == "depth" else pixels
        yield from _map_values(name, values, annotations, masks)


def _map_values(name: str, pixels: NDArray[Any], annotations: Annotations, masks: Masks) -> Iterator[Finding]:
    for entry in annotations:
        mask = masks.get(entry.id)
        if mask is None or name == "normals":
            continue
        where, number = entry.name, -1 if entry.instance_id is None else entry.instance_id
        inside = pixels[mask]
        if name == "depth" and not np.all(inside):
            yield name, f"{where}: {int((~inside).sum())} mask pixels without depth"
        elif name == "semantic" and np.any(inside != entry.category_id):
            yield name, f"{where}: {int((inside != entry.category_id).sum())} mask pixels of another category"
        elif name == "instances" and np.any(inside != number):
            yield name, f"{where}: {int((inside != number).sum())} mask pixels of another instance"
