"""Labelled objects written as a COCO folder: what `synthvis.data.coco.reader` reads back as it was."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from synthvis.conventions import NAMESPACE
from synthvis.data.coco.source_entries import SourceEntries, source_entries
from synthvis.data.formats.base import NamedSplit
from synthvis.data.sample import LabelledObject, Sample, Segmentation
from synthvis.data.split import Split
from synthvis.formats.atomic import write_bytes_atomic

__all__ = ["coco_content", "write_coco_split"]


def write_coco_split(named: NamedSplit, folder: Path) -> None:
    """Write annotations/instances_SPLIT.json, and keypoints_SPLIT.json with the objects of classes that have keypoints.

    Pictures are those of images/SPLIT.

    Raises:
        DatasetError: The file that the split came from cannot be read any more.
    """
    content = coco_content(named)
    keypoints = {number for name, number in named.split.category_ids.items() if name in named.split.keypoints}
    if keypoints:
        own = {
            **content,
            "annotations": [one for one in content["annotations"] if one["category_id"] in keypoints],
            "categories": [one for one in content["categories"] if one["id"] in keypoints],
        }
        _write(folder / "annotations" / f"keypoints_{named.name}.json", own)
    without = {
        **content,
        "annotations": [_without(one, KEYPOINTS_OF_OBJECT) for one in content["annotations"]],
        "categories": [_without(one, KEYPOINTS_OF_CATEGORY) for one in content["categories"]],
    }
    _write(folder / "annotations" / f"instances_{named.name}.json", without)


KEYPOINTS_OF_OBJECT = ("keypoints", "num_keypoints")
KEYPOINTS_OF_CATEGORY = ("keypoints", "flip_pairs", "sigmas")


def _without(entry: Mapping[str, object], keys: tuple[str, ...]) -> dict[str, object]:
    return {key: value for key, value in entry.items() if key not in keys}


def coco_content(named: NamedSplit) -> dict[str, Any]:
    """A split as the object that a COCO file holds; errors are those of `write_coco_split`."""
    split = named.split
    source = source_entries(split.source)
    annotations: list[dict[str, object]] = []
    for image in split.images:
        for one in image.objects:
            facts = source.facts_of(image.id, one.instance_id)
            category_id = split.category_ids[one.class_name]
            annotations.append(_annotation(len(annotations) + 1, image, one, category_id, facts))
    return {
        **({"info": source.info} if source.info else {}),
        "images": [_image(one.image, one.file_name, source.images.get(one.image.id, {})) for one in named],
        "annotations": annotations,
        "categories": [_category(name, split, source) for name in split.category_ids],
    }


def _write(path: Path, content: Mapping[str, object]) -> None:
    text = json.dumps(content, separators=(",", ":"), allow_nan=False)
    write_bytes_atomic(path, f"{text}\n".encode())


def _image(image: Sample, file_name: str, there: Mapping[str, object]) -> dict[str, object]:
    height, width = image.image_hw
    camera = {} if image.camera_facts is None else {NAMESPACE: dict(image.camera_facts)}
    return {**camera, **there, "id": image.id, "file_name": file_name, "width": width, "height": height}


def _annotation(
    number: int, image: Sample, one: LabelledObject, category_id: int, there: Mapping[str, object]
) -> dict[str, object]:
    entry: dict[str, object] = {
        "id": number,
        "image_id": image.id,
        "category_id": category_id,
        "bbox": list(one.bbox_xywh_px),
        "area": one.area_px,
        "iscrowd": int(one.is_crowd),
    }
    if one.segmentation is not None:
        entry["segmentation"] = _plain(one.segmentation)
    if one.keypoints_xyv_px:
        entry["keypoints"] = [value for point in one.keypoints_xyv_px for value in point]
        entry["num_keypoints"] = sum(seen > 0 for _, _, seen in one.keypoints_xyv_px)
    facts = {**there, **_render_facts(one)}
    return {**entry, NAMESPACE: facts} if facts else entry


def _render_facts(one: LabelledObject) -> dict[str, object]:
    boxes = {
        "amodal_bbox": one.amodal_bbox_xywh_px,
        "body_bbox": one.body_bbox_xywh_px,
        "amodal_body_bbox": one.amodal_body_bbox_xywh_px,
    }
    facts: dict[str, object] = {name: list(box) for name, box in boxes.items() if box is not None}
    if one.instance_id is not None:
        facts["instance_id"] = one.instance_id
    if one.visible_fraction != 1.0:
        facts["visible_fraction"] = one.visible_fraction
    if one.cam_from_object is not None:
        facts["cam_from_object"] = one.cam_from_object.rows()
    return facts


def _plain(segmentation: Segmentation) -> Segmentation:
    """As JSON takes it: masks that lie in files of their own are read."""
    return dict(segmentation) if isinstance(segmentation, Mapping) else segmentation


def _category(name: str, split: Split, source: SourceEntries) -> dict[str, object]:
    number = split.category_ids[name]
    entry: dict[str, object] = {**source.categories.get(number, {}), "id": number, "name": name}
    if own := split.keypoints.get(name):
        entry["keypoints"] = list(own.names)
        entry |= {"flip_pairs": own.flip_pairs} if own.flip_pairs else {}
        entry |= {"sigmas": own.sigmas} if own.sigmas else {}
    return entry
