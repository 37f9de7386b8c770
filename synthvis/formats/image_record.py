"""The record of one image: everything that COCO needs to know about it, before annotation ids exist."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from numpy.typing import NDArray
from pydantic import Field

from synthvis.camera.pinhole import K_of
from synthvis.conventions import NAMESPACE
from synthvis.errors import DatasetError
from synthvis.formats.coco_entries import AnnotationEntry, ImageEntry
from synthvis.formats.json_file import Count, FileModel, JsonObject, Name, Number, compact_json, read_values
from synthvis.formats.rle import encode_mask
from synthvis.labels.image_labels import ImageLabels, InstanceLabel
from synthvis.labels.label import StoredLabel, rounded
from synthvis.objects.spec import Category
from synthvis.scene.spec import SceneSpec

__all__ = ["ImageRecord", "dump_record", "image_record", "read_record"]

COORDINATE_DECIMALS = 3
"""A thousandth of a pixel."""

FRACTION_DECIMALS = 6
CONTRAST_DECIMALS = 2
TRANSFORM_DECIMALS = 9
"""A nanometre, and as fine an angle."""

NO_LABELS: Mapping[str, StoredLabel] = {}


class ImageModel(FileModel):
    """The COCO image entry of a record."""

    id: int
    file_name: Name
    width: Count
    height: Count


class AnnotationModel(FileModel):
    """A COCO annotation of a record."""

    image_id: int
    category_id: int
    bbox: list[Number] = Field(min_length=4, max_length=4)


class RecordModel(FileModel):
    """Content of a record's file."""

    split: Name
    image: ImageModel
    annotations: list[AnnotationModel]
    hidden_instance_ids: list[int] = Field(default_factory=list)
    unseen_instance_ids: list[int] = Field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ImageRecord:
    """Everything that COCO needs to know about one image.

    Attributes:
        split: "train" or "val".
        image: Its entry.
        annotations: Its annotations by instance id, without ids of their own.
        hidden_instance_ids: Labelled objects with no visible pixel.
        unseen_instance_ids: Labelled objects with too little contrast to be seen.
    """

    split: str
    image: ImageEntry
    annotations: tuple[AnnotationEntry, ...]
    hidden_instance_ids: tuple[int, ...] = ()
    unseen_instance_ids: tuple[int, ...] = ()

    @property
    def unannotated_instance_ids(self) -> tuple[int, ...]:
        """Labelled objects of the scene that have no annotation."""
        return self.hidden_instance_ids + self.unseen_instance_ids


def image_record(
    spec: SceneSpec,
    labels: ImageLabels,
    split: str,
    file_name: str,
    categories: Mapping[str, Category],
    on_request: Mapping[str, StoredLabel] = NO_LABELS,
) -> ImageRecord:
    """The record of an image.

    Args:
        spec: The scene; its image index becomes the image id.
        labels: The image's labels.
        split: "train" or "val".
        file_name: COCO `file_name` of the image.
        categories: Category by name.
        on_request: Labels that the recipe asked for, by name.
    """
    instances = sorted(labels.instances, key=lambda label: label.instance_id)
    return ImageRecord(
        split=split,
        image=ImageEntry.of(_image_values(spec, labels, file_name, on_request)),
        annotations=tuple(
            AnnotationEntry.of(_annotation_values(label, spec, categories[label.category], on_request))
            for label in instances
        ),
        hidden_instance_ids=tuple(labels.hidden_instance_ids),
        unseen_instance_ids=tuple(labels.unseen_instance_ids),
    )


def dump_record(record: ImageRecord) -> bytes:
    """Stable bytes of a record."""
    values = {
        "split": record.split,
        "image": record.image.values,
        "annotations": [entry.values for entry in record.annotations],
        "hidden_instance_ids": list(record.hidden_instance_ids),
        "unseen_instance_ids": list(record.unseen_instance_ids),
    }
    return f"{compact_json(values)}\n".encode()


def read_record(path: Path) -> ImageRecord:
    """Read one record.

    Raises:
        DatasetError: The file is unreadable or not a record.
    """
    hint = f"delete {path} and repeat the `synthvis render` command, which makes this image again"
    values = read_values(path, RecordModel, what="an image record", hint=hint, error=DatasetError)
    return ImageRecord(
        split=values["split"],
        image=ImageEntry.of(values["image"]),
        annotations=tuple(AnnotationEntry.of(entry) for entry in values["annotations"]),
        hidden_instance_ids=tuple(values.get("hidden_instance_ids", ())),
        unseen_instance_ids=tuple(values.get("unseen_instance_ids", ())),
    )


def _image_values(
    spec: SceneSpec, labels: ImageLabels, file_name: str, on_request: Mapping[str, StoredLabel]
) -> JsonObject:
    height, width = labels.image_hw
    camera = spec.camera
    return {
        "id": spec.image_index,
        "file_name": file_name,
        "width": width,
        "height": height,
        **({} if spec.film is None else {"video_id": spec.film.sequence, "frame_id": spec.film.frame}),
        NAMESPACE: {
            "seed": spec.seed,
            "image_index": spec.image_index,
            "K": K_of(camera).tolist(),
            **({} if camera.distortion is None else {"distortion": list(camera.distortion)}),
            "world_from_cam": [list(row) for row in camera.world_from_cam],
            **_film_facts(spec),
            **{name: one.image_facts for name, one in on_request.items() if one.image_facts is not None},
        },
    }


def _annotation_values(
    label: InstanceLabel, spec: SceneSpec, category: Category, on_request: Mapping[str, StoredLabel]
) -> JsonObject:
    kind = next(item.kind for item in spec.objects if item.instance_id == label.instance_id)
    facts = {
        "instance_id": label.instance_id,
        "kind": kind,
        "amodal_bbox": rounded(label.amodal_bbox_xywh_px, COORDINATE_DECIMALS),
        **_body_facts(label),
        "amodal_segmentation": encode_mask(label.amodal_mask),
        "visible_fraction": round(label.visible_fraction, FRACTION_DECIMALS),
        "truncation": round(label.truncation, FRACTION_DECIMALS),
        **({} if label.contrast is None else {"contrast": round(label.contrast, CONTRAST_DECIMALS)}),
        "cam_from_object": [rounded(row, TRANSFORM_DECIMALS) for row in label.cam_from_object],
        **_velocity(label, spec),
        **{
            name: one.object_facts[label.instance_id]
            for name, one in on_request.items()
            if label.instance_id in one.object_facts
        },
    }
    return {
        "image_id": spec.image_index,
        "category_id": category.id,
        # Instances keep their ids through a film.
        **({} if spec.film is None else {"track_id": label.instance_id}),
        "bbox": rounded(label.bbox_xywh_px, COORDINATE_DECIMALS),
        "area": label.area_px,
        "iscrowd": 0,
        "segmentation": encode_mask(label.mask),
        **(_keypoint_values(label.keypoints_xyv) if category.keypoints else {}),
        NAMESPACE: facts,
    }


def _film_facts(spec: SceneSpec) -> JsonObject:
    if spec.film is None:
        return {}
    return {
        "fps": spec.film.fps,
        "frames": spec.film.frames,
        "exposure_s": spec.film.exposure_s,
        **({"readout_s": spec.film.readout_s} if spec.film.readout_s else {}),
        **({} if spec.sensor.gain is None else {"gain": spec.sensor.gain}),
    }


def _velocity(label: InstanceLabel, spec: SceneSpec) -> JsonObject:
    if spec.film is None:
        return {}
    moving = {item.instance_id: item.velocity_world_mps for item in spec.film.objects}
    return {"velocity_world_mps": list(moving.get(label.instance_id, (0.0, 0.0, 0.0)))}


def _body_facts(label: InstanceLabel) -> dict[str, list[float]]:
    boxes = {"body_bbox": label.body_bbox_xywh_px, "amodal_body_bbox": label.amodal_body_bbox_xywh_px}
    return {name: rounded(box, COORDINATE_DECIMALS) for name, box in boxes.items() if box is not None}


def _keypoint_values(keypoints_xyv: NDArray[Any]) -> JsonObject:
    flat: list[float | int] = []
    for x, y, visibility in keypoints_xyv.tolist():
        flat += [round(x, COORDINATE_DECIMALS), round(y, COORDINATE_DECIMALS), int(visibility)]
    return {"keypoints": flat, "num_keypoints": int((keypoints_xyv[:, 2] > 0).sum())}
