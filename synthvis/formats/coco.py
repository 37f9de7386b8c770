"""COCO files: the record of one image, and the merge of all records into one file for each task and split."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from synthvis.camera.pinhole import K_of
from synthvis.camera.projector import Projector, projector_through
from synthvis.conventions import NAMESPACE
from synthvis.errors import DatasetError, UsageError
from synthvis.formats import coco_extra
from synthvis.formats.atomic import replacing
from synthvis.formats.json_file import Count, FileModel, Name, Number, read_values
from synthvis.formats.rle import encode_mask
from synthvis.labels.extra import ExtraLabels
from synthvis.labels.image_labels import ImageLabels, InstanceLabel
from synthvis.objects.spec import Category
from synthvis.scene.spec import SceneSpec

__all__ = [
    "MergeCounts",
    "category_entries",
    "dump_record",
    "image_record",
    "merge_records",
    "projector_of_entry",
    "read_record",
]

KEYPOINT_FIELDS = ("keypoints", "num_keypoints")

COORDINATE_DECIMALS = 3
"""A thousandth of a pixel."""

FRACTION_DECIMALS = 6
CONTRAST_DECIMALS = 2
TRANSFORM_DECIMALS = 9
"""A nanometre, and as fine an angle."""


@dataclass(frozen=True, slots=True)
class MergeCounts:
    """What went into the COCO files of one split."""

    images: int
    annotations: int
    keypoint_annotations: int


class RecordedImage(FileModel):
    """The COCO image entry of a record."""

    id: int
    file_name: Name
    width: Count
    height: Count


class RecordedObject(FileModel):
    """A COCO annotation of a record."""

    image_id: int
    category_id: int
    bbox: list[Number] = Field(min_length=4, max_length=4)


class ImageRecord(FileModel):
    """Everything COCO needs to know about one image."""

    split: Name
    image: RecordedImage
    annotations: list[RecordedObject]
    hidden_instance_ids: list[int] = Field(default_factory=list)


def image_record(
    spec: SceneSpec,
    labels: ImageLabels,
    split: str,
    file_name: str,
    categories: Mapping[str, Category],
    extra: ExtraLabels | None = None,
) -> dict[str, Any]:
    """Everything COCO needs to know about one image, before annotation ids exist.

    Args:
        spec: The scene; its image index becomes the image id.
        labels: The image's labels.
        split: "train" or "val".
        file_name: COCO `file_name` of the image.
        categories: Category by name.
        extra: Labels that the recipe asked for by name.

    Returns:
        `{"split", "image", "annotations", "hidden_instance_ids", "unseen_instance_ids"}`, ready for JSON.
    """
    height, width = labels.image_hw
    camera, extra = spec.camera, extra or ExtraLabels()
    return {
        "split": split,
        "image": {
            "id": spec.image_index,
            "file_name": file_name,
            "width": width,
            "height": height,
            NAMESPACE: {
                "seed": spec.seed,
                "image_index": spec.image_index,
                "K": K_of(camera).tolist(),
                **({} if camera.distortion is None else {"distortion": list(camera.distortion)}),
                "world_from_cam": [list(row) for row in camera.world_from_cam],
                **coco_extra.image_facts(extra),
            },
        },
        "annotations": [
            _annotation(label, spec, categories[label.category], extra)
            for label in sorted(labels.instances, key=lambda label: label.instance_id)
        ],
        "hidden_instance_ids": list(labels.hidden_instance_ids),
        "unseen_instance_ids": list(labels.unseen_instance_ids),
    }


def _annotation(label: InstanceLabel, spec: SceneSpec, category: Category, extra: ExtraLabels) -> dict[str, Any]:
    kind = next(item.kind for item in spec.objects if item.instance_id == label.instance_id)
    entry: dict[str, Any] = {
        "image_id": spec.image_index,
        "category_id": category.id,
        "bbox": _rounded(label.bbox_xywh_px, COORDINATE_DECIMALS),
        "area": label.area_px,
        "iscrowd": 0,
        "segmentation": encode_mask(label.mask),
    }
    if category.keypoints:
        entry["keypoints"] = _flat_keypoints(label.keypoints_xyv)
        entry["num_keypoints"] = int((label.keypoints_xyv[:, 2] > 0).sum())
    entry[NAMESPACE] = {
        "instance_id": label.instance_id,
        "kind": kind,
        "amodal_bbox": _rounded(label.amodal_bbox_xywh_px, COORDINATE_DECIMALS),
        **_body_facts(label),
        "amodal_segmentation": encode_mask(label.amodal_mask),
        "visible_fraction": round(label.visible_fraction, FRACTION_DECIMALS),
        "truncation": round(label.truncation, FRACTION_DECIMALS),
        **({} if label.contrast is None else {"contrast": round(label.contrast, CONTRAST_DECIMALS)}),
        "cam_from_object": [_rounded(row, TRANSFORM_DECIMALS) for row in label.cam_from_object],
        **coco_extra.annotation_facts(extra, label.instance_id),
    }
    return entry


def _body_facts(label: InstanceLabel) -> dict[str, list[float]]:
    boxes = {"body_bbox": label.body_bbox_xywh_px, "amodal_body_bbox": label.amodal_body_bbox_xywh_px}
    return {name: _rounded(box, COORDINATE_DECIMALS) for name, box in boxes.items() if box is not None}


def _flat_keypoints(xyv: NDArray[Any]) -> list[float | int]:
    flat: list[float | int] = []
    for x, y, visibility in xyv.tolist():
        flat += [round(x, COORDINATE_DECIMALS), round(y, COORDINATE_DECIMALS), int(visibility)]
    return flat


def _rounded(values: Iterable[Any], decimals: int) -> list[float]:
    # Adding 0.0 turns -0.0 into 0.0.
    return [round(float(value), decimals) + 0.0 for value in values]


def dump_record(record: Mapping[str, Any]) -> bytes:
    """Stable bytes of a record."""
    return f"{_compact(record)}\n".encode()


def _compact(value: object) -> str:
    """JSON in one line; numbers that are no JSON, NaN and infinities, are a ValueError."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def read_record(path: Path) -> dict[str, Any]:
    """Read one record.

    Raises:
        DatasetError: The file is unreadable or not a record.
    """
    hint = f"delete {path} and repeat the `synthvis render` command, which makes this image again"
    found: dict[str, Any] = read_values(path, ImageRecord, what="an image record", hint=hint, error=DatasetError)
    return found


def projector_of_entry(image: Mapping[str, Any]) -> Projector:
    """The projector of a COCO image entry.

    Raises:
        DatasetError: The entry does not have them, or they are of no camera.
    """
    try:
        facts = image[NAMESPACE]
        K = np.array(facts["K"], dtype=np.float64).reshape(3, 3)
        if not np.isfinite(K).all():
            raise ValueError("numbers that are not finite")
        image_hw = (int(image["height"]), int(image["width"]))
        if "distortion" not in facts:
            return projector_through(K, image_hw)
        k1, k2, p1, p2, k3 = (float(value) for value in facts["distortion"])
        return projector_through(K, image_hw, (k1, k2, p1, p2, k3))
    except (KeyError, TypeError, ValueError, UsageError) as error:
        raise DatasetError(f"the camera of image {image.get('id')} cannot be used: {error!r}") from error


def category_entries(categories: Iterable[Category], *, keypoints: bool) -> list[dict[str, Any]]:
    """COCO `categories`, by id; with `keypoints` only those that have some, with names and 1-based skeleton."""
    entries = []
    for category in sorted(categories, key=lambda category: category.id):
        entry: dict[str, Any] = {"id": category.id, "name": category.name, "supercategory": category.supercategory}
        if keypoints and not category.keypoints:
            continue
        if keypoints:
            entry["keypoints"] = list(category.keypoints)
            entry["skeleton"] = [[first + 1, second + 1] for first, second in category.skeleton]
        entries.append(entry)
    return entries


def merge_records(
    record_paths: Iterable[Path],
    categories: Sequence[Category],
    info: Mapping[str, Any],
    *,
    instances_path: Path,
    keypoints_path: Path,
) -> MergeCounts:
    """Write the COCO files of one split in one pass over its records, holding one record at a time.

    Images come in order of their id and annotations in order of (image id, instance id); annotation ids count from 1
    in each file. Equal records give equal bytes.

    Args:
        record_paths: Records of the split, named by image stem.
        categories: All categories of the dataset.
        info: COCO `info`; must hold no clock.
        instances_path: Where to write the COCO instances file.
        keypoints_path: Where to write the COCO keypoints file.

    Raises:
        DatasetError: A record is broken.
    """
    with tempfile.TemporaryDirectory(prefix=".merge.", dir=_made(instances_path.parent)) as scratch:
        images = _Section(Path(scratch) / "images")
        instances = _Section(Path(scratch) / "instances")
        keypoints = _Section(Path(scratch) / "keypoints")
        with images, instances, keypoints:
            for path in sorted(record_paths, key=lambda path: (len(path.stem), path.stem)):
                _append_record(path, images, instances, keypoints)
        for target, section, with_keypoints in (
            (instances_path, instances, False),
            (keypoints_path, keypoints, True),
        ):
            _assemble(target, info, images, section, category_entries(categories, keypoints=with_keypoints))
    return MergeCounts(images.count, instances.count, keypoints.count)


class _Section:
    """The growing text of one JSON array, on disk."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.count = 0
        self._file: IO[bytes] = path.open("wb")

    def __enter__(self) -> _Section:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def add(self, entry: Mapping[str, Any]) -> None:
        """Append one element."""
        self._file.write((",\n" if self.count else "\n").encode() + _compact(entry).encode())
        self.count += 1


def _append_record(path: Path, images: _Section, instances: _Section, keypoints: _Section) -> None:
    record = read_record(path)
    try:
        _append(record, images, instances, keypoints)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        hint = "delete it and render again"
        raise DatasetError(f"record {path} cannot be merged: {str(error)[:100]}", hint=hint) from error


def _append(record: Mapping[str, Any], images: _Section, instances: _Section, keypoints: _Section) -> None:
    images.add(record["image"])
    for entry in record["annotations"]:
        bare = {key: value for key, value in entry.items() if key not in KEYPOINT_FIELDS}
        instances.add({"id": instances.count + 1, **bare})
        if "keypoints" in entry:
            keypoints.add({"id": keypoints.count + 1, **entry})


def _assemble(
    target: Path, info: Mapping[str, Any], images: _Section, annotations: _Section, categories: list[dict[str, Any]]
) -> None:
    with replacing(target) as file:
        head = json.dumps(
            {"info": info, "licenses": [], "categories": categories}, ensure_ascii=False, indent=1, allow_nan=False
        )
        file.write(head[:-2].encode())
        for name, section in (("images", images), ("annotations", annotations)):
            file.write(f',\n "{name}": ['.encode())
            with section.path.open("rb") as part:
                shutil.copyfileobj(part, file)
            file.write(b"\n ]")
        file.write(b"\n}\n")


def _made(folder: Path) -> Path:
    os.makedirs(folder, exist_ok=True)
    return folder
