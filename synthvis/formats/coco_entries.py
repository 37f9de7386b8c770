"""The entries of COCO files and records with their fields by name, those that only synthvis knows among them.

An entry may come from a file that somebody edited. What a field holds that cannot be used is None here; whoever needs
it says so. `values` is the entry as the file has it, to write it again and to compare it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from synthvis.camera.distortion import Coefficients
from synthvis.camera.projector import Projector, projector_through
from synthvis.conventions import NAMESPACE
from synthvis.errors import DatasetError, UsageError
from synthvis.formats.json_file import JsonObject
from synthvis.formats.rle import decode_mask

__all__ = ["AnnotationEntry", "ImageEntry", "VideoEntry"]

Box = tuple[float, float, float, float]
Float = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class VideoEntry:
    """An entry of `videos`: its id, and the whole as it stands in the file."""

    id: int
    values: JsonObject


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ImageEntry:
    """An image entry.

    Attributes:
        id: COCO image id, which is the image's number.
        file_name: COCO `file_name`.
        width: Pixels.
        height: Pixels.
        K: (3, 3) intrinsic matrix, pixels.
        distortion: OpenCV's k1, k2, p1, p2, k3; also None where the image has none (see `has_distortion`).
        has_distortion: Whether the entry states one.
        world_from_cam: (4, 4) rigid transform, metres.
        values: The entry as it stands in its file.
    """

    id: int
    file_name: str
    width: int
    height: int
    K: Float | None
    distortion: Coefficients | None
    has_distortion: bool
    world_from_cam: Float | None
    values: JsonObject

    @classmethod
    def of(cls, values: JsonObject) -> ImageEntry:
        """From an entry that has id, file name and size.

        Raises:
            DatasetError: It has not.
        """
        facts = _facts(values)
        return cls(
            id=_needed(values, "id"),
            file_name=str(values.get("file_name", "")),
            width=_needed(values, "width"),
            height=_needed(values, "height"),
            K=_matrix(facts.get("K"), (3, 3)),
            distortion=_coefficients(facts.get("distortion")),
            has_distortion="distortion" in facts,
            world_from_cam=_matrix(facts.get("world_from_cam"), (4, 4)),
            values=values,
        )

    @property
    def image_hw(self) -> tuple[int, int]:
        """Height and width, pixels."""
        return self.height, self.width

    @property
    def projector(self) -> Projector:
        """Of the image's camera.

        Raises:
            DatasetError: The entry does not state a camera that can be used.
        """
        try:
            if self.K is None or not np.isfinite(self.K).all():
                raise ValueError("no matrix K of 3 x 3 numbers")
            if self.has_distortion and self.distortion is None:
                raise ValueError("the distortion is not five numbers")
            return projector_through(self.K, self.image_hw, self.distortion)
        except (ValueError, UsageError) as error:
            raise DatasetError(f"the camera of image {self.id} cannot be used: {error}") from error

    @property
    def video(self) -> VideoEntry | None:
        """The entry of COCO's `videos` for the film that the image is a frame of; None: of none."""
        number = _integer(self.values.get("video_id"))
        if number is None:
            return None
        return VideoEntry(id=number, values={"id": number, "name": f"{number:06d}", "fps": self.fps})

    @property
    def frame_id(self) -> int | None:
        """Number of the frame in its film, from 1; None: of none."""
        return _integer(self.values.get("frame_id"))

    @property
    def fps(self) -> float | None:
        """Frames a second of its film."""
        return _number(_facts(self.values).get("fps"))

    def label_facts(self, name: str) -> object:
        """What a label on request says of the image; None: nothing."""
        return _facts(self.values).get(name)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class AnnotationEntry:
    """An annotation.

    Attributes:
        id: COCO annotation id; 0 in records, which have none yet.
        image_id: Of its image.
        category_id: Of its category.
        bbox_xywh_px: Box of the visible mask.
        area_px: Pixels of the mask.
        iscrowd: As stated.
        segmentation: Visible mask in one of COCO's forms, not yet looked at.
        keypoints: x, y and visibility of each keypoint, flat; None where there are none or not all are numbers.
        has_keypoints: Whether the entry states keypoints.
        num_keypoints: As stated.
        instance_id: Of the scene.
        amodal_bbox_xywh_px: Box of the whole silhouette.
        amodal_segmentation: Whole silhouette as a mask, not yet looked at.
        visible_fraction: Visible pixels over those of the silhouette within the frame.
        truncation: Share of the silhouette outside the frame.
        contrast: To what is around it, in just noticeable differences.
        cam_from_object: (4, 4) rigid transform.
        values: The entry as it stands in its file.
    """

    id: int
    image_id: int
    category_id: int
    bbox_xywh_px: Box
    area_px: float | None
    iscrowd: int | None
    segmentation: object
    keypoints: tuple[float, ...] | None
    has_keypoints: bool
    num_keypoints: int | None
    instance_id: int | None
    amodal_bbox_xywh_px: Box | None
    amodal_segmentation: object
    visible_fraction: float | None
    truncation: float | None
    contrast: float | None
    cam_from_object: Float | None
    values: JsonObject

    @classmethod
    def of(cls, values: JsonObject) -> AnnotationEntry:
        """From an entry that has image, category and box.

        Raises:
            DatasetError: It has not.
        """
        box, facts = _box(values.get("bbox")), _facts(values)
        if box is None:
            raise DatasetError("an annotation has no bbox of four numbers")
        return cls(
            id=_integer(values.get("id")) or 0,
            image_id=_needed(values, "image_id"),
            category_id=_needed(values, "category_id"),
            bbox_xywh_px=box,
            area_px=_number(values.get("area")),
            iscrowd=_integer(values.get("iscrowd")),
            segmentation=values.get("segmentation"),
            keypoints=_floats(values.get("keypoints")),
            has_keypoints="keypoints" in values,
            num_keypoints=_integer(values.get("num_keypoints")),
            instance_id=_integer(facts.get("instance_id")),
            amodal_bbox_xywh_px=_box(facts.get("amodal_bbox")),
            amodal_segmentation=facts.get("amodal_segmentation"),
            visible_fraction=_number(facts.get("visible_fraction")),
            truncation=_number(facts.get("truncation")),
            contrast=_number(facts.get("contrast")),
            cam_from_object=_matrix(facts.get("cam_from_object"), (4, 4)),
            values=values,
        )

    @property
    def name(self) -> str:
        """For messages."""
        return f"annotation {self.id}"

    @property
    def track_id(self) -> int | None:
        """Number of the object in its film; None: of no film."""
        return _integer(self.values.get("track_id"))

    @property
    def velocity_world_mps(self) -> Float | None:
        """(3,) of the object's origin, metres a second; None where none is stated."""
        return _matrix(_facts(self.values).get("velocity_world_mps"), (3,))

    @property
    def keypoints_xyv(self) -> Float:
        """(K, 3) x, y in pixels and visibility; (0, 3) where there are none."""
        flat = self.keypoints or ()
        return np.asarray(flat[: len(flat) // 3 * 3], dtype=np.float64).reshape(-1, 3)

    def mask(self, image_hw: tuple[int, int]) -> NDArray[np.bool_]:
        """(H, W) visible pixels.

        Raises:
            DatasetError: The segmentation is not RLE of that size.
        """
        return _mask(self.segmentation, image_hw)

    def amodal_mask(self, image_hw: tuple[int, int]) -> NDArray[np.bool_]:
        """(H, W) whole silhouette inside the frame.

        Raises:
            DatasetError: There is none of that size.
        """
        return _mask(self.amodal_segmentation, image_hw)

    def label_facts(self, name: str) -> object:
        """What a label on request says of the object; None: nothing."""
        return _facts(self.values).get(name)


def _facts(values: JsonObject) -> JsonObject:
    facts = values.get(NAMESPACE)
    return facts if isinstance(facts, Mapping) else {}


def _mask(segmentation: object, image_hw: tuple[int, int]) -> NDArray[np.bool_]:
    if not isinstance(segmentation, Mapping) or not {"size", "counts"} <= segmentation.keys():
        raise DatasetError("the segmentation is not RLE")
    return decode_mask(segmentation, image_hw)


def _needed(values: JsonObject, key: str) -> int:
    found = _integer(values.get(key))
    if found is None:
        raise DatasetError(f"an entry has no whole number under {key!r}")
    return found


def _integer(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _number(value: object) -> float | None:
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def _floats(value: object, count: int | None = None) -> tuple[float, ...] | None:
    if not isinstance(value, list | tuple) or (count is not None and len(value) != count):
        return None
    found = tuple(_number(one) for one in value)
    return None if None in found else tuple(one for one in found if one is not None)


def _box(value: object) -> Box | None:
    sides = _floats(value, 4)
    return None if sides is None else (sides[0], sides[1], sides[2], sides[3])


def _coefficients(value: object) -> Coefficients | None:
    found = _floats(value, 5)
    return None if found is None else (found[0], found[1], found[2], found[3], found[4])


def _matrix(value: object, shape: tuple[int, ...]) -> Float | None:
    try:
        found = np.asarray(value, dtype=np.float64)
    except (TypeError, ValueError, OverflowError):
        return None
    return found if found.shape == shape else None
