"""Labelled objects written as a COCO folder: what `synthvis.data.coco.reader` reads back as it was."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path, PurePath

from synthvis.conventions import NAMESPACE
from synthvis.data.coco.source_entries import SourceEntries, source_entries
from synthvis.data.sample import LabelledObject, Sample
from synthvis.data.split import Split
from synthvis.errors import DatasetError, UsageError
from synthvis.formats.atomic import write_bytes_atomic

__all__ = ["write_coco_split"]


def write_coco_split(split: Split, folder: Path) -> None:
    """Write annotations/instances_SPLIT.json, and copies of the pictures into images/SPLIT.

    Raises:
        UsageError: The split has no labelled objects to write.
        DatasetError: A picture cannot be copied, or two have one name.
    """
    if split.label_form != "objects":
        raise UsageError(f"{split.name}:{split.split} has no boxes; coco holds labelled objects")
    names = _file_names(split)
    for image in split.images:
        _copy(image.path, folder / "images" / split.split / names[image.id])
    source = source_entries(split.source)
    number, annotations = 0, []
    for image in split.images:
        for one in image.objects:
            number += 1
            facts = source.facts_of(image.id, one.instance_id)
            annotations.append(_annotation(number, image, one, split.category_ids[one.class_name], facts))
    content = {
        **({"info": source.info} if source.info else {}),
        "images": [_image(image, names[image.id], source.images.get(image.id, {})) for image in split.images],
        "annotations": annotations,
        "categories": [_category(name, split, source) for name in split.class_names],
    }
    text = json.dumps(content, separators=(",", ":"), allow_nan=False)
    write_bytes_atomic(folder / "annotations" / f"instances_{split.split}.json", f"{text}\n".encode())


def _file_names(split: Split) -> dict[int, str]:
    """File names by image id; pictures of one name in several folders keep the folder's name before theirs."""
    plain = [image.path.name for image in split.images]
    if len(set(plain)) == len(plain):
        return dict(zip((image.id for image in split.images), plain, strict=True))
    longer = {image.id: PurePath(image.path.parent.name, image.path.name).as_posix() for image in split.images}
    if len(set(longer.values())) < len(longer):
        raise DatasetError(f"{split.name}:{split.split} lists one picture twice, or several of one name")
    return longer


def _copy(source: Path, target: Path) -> None:
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)
    except OSError as error:
        raise DatasetError(f"cannot copy {source} to {target}: {error.strerror or error}") from error


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
        entry["segmentation"] = one.segmentation
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
    return facts


def _category(name: str, split: Split, source: SourceEntries) -> dict[str, object]:
    number = split.category_ids[name]
    entry: dict[str, object] = {**source.categories.get(number, {}), "id": number, "name": name}
    if own := split.keypoints.get(name):
        entry["keypoints"] = list(own.names)
        entry |= {"flip_pairs": own.flip_pairs} if own.flip_pairs else {}
        entry |= {"sigmas": own.sigmas} if own.sigmas else {}
    return entry
