"""The rules of the quality gate for the COCO keypoints file, which must tell the same story as the instances file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from synthvis.data.coco.files import CocoFile, load_coco_json, parse_coco
from synthvis.errors import DatasetError
from synthvis.formats.coco_entries import AnnotationEntry

__all__ = ["fault_of_keypoints", "load_keypoints"]

FileFinding = tuple[str, int | None, str]


def load_keypoints(path: Path, instances: CocoFile) -> tuple[CocoFile, list[FileFinding]]:
    """A keypoints file, its faults, and where it contradicts the instances file of the same split."""
    if not path.exists():
        return CocoFile(), [("json", None, f"annotations/{path.name} is missing")]
    try:
        coco = parse_coco(load_coco_json(path))
    except DatasetError as error:
        return CocoFile(), [("json", None, error.what)]
    return coco, [*coco.faults, *_contradictions(path.name, coco, instances)]


def _contradictions(name: str, coco: CocoFile, instances: CocoFile) -> Iterator[FileFinding]:
    if coco.images.keys() != instances.images.keys():
        odd = sorted(coco.images.keys() ^ instances.images.keys())
        yield "keypoints", None, f"{name} and the instances file differ in images {odd[:5]}"
    for image_id, entries in coco.annotations.items():
        shapes = {_shape(AnnotationEntry.of(entry)) for entry in instances.annotations.get(image_id, [])}
        for entry in map(AnnotationEntry.of, entries):
            where = f"{name}, {entry.name}"
            if _shape(entry) not in shapes:
                yield "keypoints", image_id, f"{where}: no such box and class in the instances file"
            category = coco.categories.get(entry.category_id, {})
            fault = fault_of_keypoints(entry, len(category.get("keypoints") or ()))
            if fault:
                yield "keypoints", image_id, f"{where}: {fault}"


def _shape(entry: AnnotationEntry) -> tuple[float, ...]:
    return (entry.category_id, *entry.bbox_xywh_px)


def fault_of_keypoints(entry: AnnotationEntry, count: int) -> str | None:
    """What is wrong with the keypoints of an annotation whose category has `count` of them."""
    flat = entry.keypoints
    if flat is None:
        return "keypoints are not a list of numbers"
    if len(flat) != 3 * count:
        return f"{len(flat)} keypoint numbers, its category has {count} keypoints"
    if not set(flat[2::3]) <= {0, 1, 2}:
        return f"visibility {sorted(set(flat[2::3]) - {0, 1, 2})}, must be 0, 1 or 2"
    labelled = sum(value > 0 for value in flat[2::3])
    if entry.num_keypoints != labelled:
        return f"num_keypoints is {entry.num_keypoints!r}, {labelled} are labelled"
    return None
