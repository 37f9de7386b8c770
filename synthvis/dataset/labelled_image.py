"""An image of a dataset as labels on request see it, and these labels read back from its files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from synthvis.camera.projector import Projector
from synthvis.dataset.layout import DatasetLayout
from synthvis.errors import DatasetError
from synthvis.formats.coco_entries import AnnotationEntry, ImageEntry
from synthvis.formats.images import read_png
from synthvis.formats.label_maps import read_label_map, write_label_map
from synthvis.labels.label import Label, StoredLabel
from synthvis.labels.registry import labels_on_request

__all__ = ["StoredImage", "StoredObject", "has_label", "names_in_recipe", "read_label", "write_label_maps"]

Value = TypeVar("Value")


@dataclass(frozen=True, kw_only=True, eq=False)
class StoredObject:
    """An annotated object; a `synthvis.labels.label.LabelledObject`."""

    entry: AnnotationEntry
    image_hw: tuple[int, int]

    @property
    def name(self) -> str:
        """For messages."""
        return self.entry.name

    @property
    def instance_id(self) -> int:
        """-1 where the annotation has none."""
        return -1 if self.entry.instance_id is None else self.entry.instance_id

    @cached_property
    def mask(self) -> NDArray[np.bool_] | None:
        """(H, W) visible pixels; None where the annotation has no mask that can be read."""
        try:
            return self.entry.mask(self.image_hw)
        except DatasetError:
            return None

    @cached_property
    def amodal_mask(self) -> NDArray[np.bool_]:
        """(H, W) whole silhouette inside the frame."""
        return self.entry.amodal_mask(self.image_hw)

    @property
    def amodal_bbox_xywh_px(self) -> tuple[float, float, float, float]:
        """Box of the whole silhouette."""
        if self.entry.amodal_bbox_xywh_px is None:
            raise DatasetError(f"{self.name} has no amodal_bbox of four numbers")
        return self.entry.amodal_bbox_xywh_px

    @property
    def cam_from_object(self) -> NDArray[np.float64]:
        """(4, 4) rigid transform, metres."""
        pose = self.entry.cam_from_object
        if pose is None or not np.isfinite(pose).all():
            raise DatasetError(f"{self.name} has no cam_from_object of 4 x 4 numbers")
        return pose


@dataclass(frozen=True, kw_only=True, eq=False)
class StoredImage:
    """An image with its standard labels; a `synthvis.labels.label.LabelledImage`.

    Attributes:
        layout: The dataset.
        split: "train" or "val".
        entry: Its COCO entry.
        annotations: Its annotations.
    """

    layout: DatasetLayout
    split: str
    entry: ImageEntry
    annotations: Sequence[AnnotationEntry]

    @property
    def image_hw(self) -> tuple[int, int]:
        """Height and width, pixels."""
        return self.entry.image_hw

    @cached_property
    def projector(self) -> Projector:
        """Of the image's camera."""
        return self.entry.projector

    @cached_property
    def instance_id(self) -> NDArray[np.uint16]:
        """(H, W) instance map."""
        return read_png(self.layout.instances(self.split, self.entry.id)).astype(np.uint16)

    @cached_property
    def depth_m(self) -> NDArray[np.float32]:
        """(H, W) metres along the optical axis, inf where there is no depth."""
        return self.layout.read_depth_m(self.split, self.entry.id)

    @cached_property
    def objects(self) -> tuple[StoredObject, ...]:
        """Annotated objects."""
        return tuple(StoredObject(entry=entry, image_hw=self.image_hw) for entry in self.annotations)


def names_in_recipe(recipe: Mapping[str, object]) -> tuple[str, ...]:
    """The labels on request that the recipe in a manifest names, whether or not they are known here."""
    labels = recipe.get("labels")
    names = labels.get("extra") if isinstance(labels, Mapping) else None
    return tuple(name for name in names if isinstance(name, str)) if isinstance(names, list | tuple) else ()


def write_label_maps(layout: DatasetLayout, split: str, image_index: int, stored: Mapping[str, StoredLabel]) -> None:
    """Write the maps of the labels of one image.

    Args:
        layout: The dataset.
        split: "train" or "val".
        image_index: Number of the image.
        stored: Its labels on request by name.
    """
    known = labels_on_request()
    for name, label in stored.items():
        form = known[name].map_form
        if form is not None and label.map is not None:
            write_label_map(layout.label_map(name, form, split, image_index), label.map, form)


def has_label(label: Label[Any], image: StoredImage) -> bool:
    """Whether the dataset has a label of an image, whatever its state."""
    folder = None if label.map_form is None else image.layout.root / label.name / image.split
    return (
        (folder is None or folder.is_dir())
        and (not label.has_image_facts or image.entry.label_facts(label.name) is not None)
        and (not label.has_object_facts or all(_object_facts(label, image.annotations)))
    )


def read_label(label: Label[Value], image: StoredImage) -> Value:
    """A label of one image, decoded.

    Raises:
        DatasetError: Something of it is missing or damaged.
    """
    form, pixels, by_object = label.map_form, None, {}
    if form is not None:
        path = image.layout.label_map(label.name, form, image.split, image.entry.id)
        pixels = read_label_map(path, image.image_hw, form)
    image_facts = image.entry.label_facts(label.name) if label.has_image_facts else None
    if label.has_image_facts and image_facts is None:
        raise DatasetError(f"image {image.entry.id} has no {label.name}")
    if label.has_object_facts:
        for item, facts in zip(image.objects, _object_facts(label, image.annotations), strict=True):
            if facts is None:
                raise DatasetError(f"{item.name} has no {label.name}")
            by_object[item.instance_id] = facts
    try:
        return label.decode(StoredLabel(map=pixels, image_facts=image_facts, object_facts=by_object))
    except (KeyError, TypeError, ValueError, IndexError) as error:
        raise DatasetError(f"the facts cannot be used: {error!r}") from error


def _object_facts(label: Label[Any], annotations: Iterable[AnnotationEntry]) -> list[object]:
    return [entry.label_facts(label.name) for entry in annotations]
