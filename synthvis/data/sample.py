"""One image of a labelled set: what is known of it at once, and what is read from its files when it is asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from synthvis.data.camera import Camera, camera_of
from synthvis.data.maps.files import MapFile
from synthvis.data.pose import Pose
from synthvis.errors import DatasetError
from synthvis.formats.images import read_image_rgb
from synthvis.formats.json_file import JsonObject
from synthvis.formats.rle import CompressedRle

if TYPE_CHECKING:
    from synthvis.labels.flow.flow_map import FlowMap

__all__ = ["Boxes", "KeypointNames", "LabelledObject", "Sample", "Segmentation", "mask_of", "rle_of"]

Segmentation = JsonObject | Sequence[Sequence[float]]
"""A mask in COCO's own form: an RLE, compressed or not, or polygons of x, y, x, y, ... in pixels."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelledObject:
    """One labelled object. Crowds are regions to ignore, not objects.

    Attributes:
        class_name: Its class, as the set spells it.
        bbox_xywh_px: Half-open box, left, top, width, height.
        area_px: Pixels of its mask, or of its box where the set does not say.
        is_crowd: It is a region of many objects.
        visible_fraction: Visible share of its silhouette, 0..1; 1 where the set does not say, as of photographs.
        amodal_bbox_xywh_px: Box of the whole object, hidden parts too; None where the set does not say.
        body_bbox_xywh_px: Box without stalks and leaves; None where it has none, zeros where nothing of the body shows.
        amodal_body_bbox_xywh_px: Likewise of the whole object.
        segmentation: Its mask in COCO's form; None where there is none.
        keypoints_xyv_px: x, y in pixels and COCO's visibility (0 not labelled, 1 hidden, 2 visible) of each keypoint
            of its class; empty where there are none.
        instance_id: Its value in the instance map of a render; None where there is none.
        cam_from_object: Its pose; None where the set does not say.
        model_id: Number of its model, of a set that brings 3D models; None where there is none.
        track_id: Its number in its film, the same in every frame, also after it was hidden; None where there is none.
        more: What its file says under `synthvis`; None where it says nothing, and where samples are held, since a
            training holds hundreds of thousands of objects.
    """

    class_name: str
    bbox_xywh_px: tuple[float, float, float, float]
    area_px: float
    is_crowd: bool
    visible_fraction: float = 1.0
    amodal_bbox_xywh_px: tuple[float, float, float, float] | None = None
    body_bbox_xywh_px: tuple[float, float, float, float] | None = None
    amodal_body_bbox_xywh_px: tuple[float, float, float, float] | None = None
    segmentation: Segmentation | None = None
    keypoints_xyv_px: tuple[tuple[float, float, int], ...] = ()
    instance_id: int | None = None
    cam_from_object: Pose | None = None
    model_id: int | None = None
    track_id: int | None = None
    more: JsonObject | None = field(default=None, repr=False, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeypointNames:
    """The keypoints of a class, as its category entry gives them.

    Attributes:
        names: In the order of the annotations.
        flip_pairs: 0-based pairs that change places in a mirror; empty where the file does not say.
        sigmas: Spread of each keypoint as OKS takes it; empty where the file does not say.
    """

    names: tuple[str, ...]
    flip_pairs: tuple[tuple[int, int], ...] = ()
    sigmas: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Boxes:
    """The boxes of all objects of an image, in the order of `Sample.objects`.

    Attributes:
        xyxy_px: (N, 4) float64, left, top, right, bottom; half-open.
        class_names: N names.
        is_crowd: (N,) bool, regions to ignore.
    """

    xyxy_px: NDArray[np.float64]
    class_names: tuple[str, ...]
    is_crowd: NDArray[np.bool_]

    @property
    def xywh_px(self) -> NDArray[np.float64]:
        """(N, 4) float64, left, top, width, height, as COCO has them."""
        return np.concatenate([self.xyxy_px[:, :2], self.xyxy_px[:, 2:] - self.xyxy_px[:, :2]], axis=1)

    def __len__(self) -> int:
        return len(self.class_names)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One image and its labels; an image without objects is a negative.

    Pixels, masks and maps are decoded at each access and not kept. A file that is absent or damaged is a DatasetError
    that names it, at the access.

    Attributes:
        id: Its number in the set.
        path: The picture.
        labelled_hw: Height and width that its labels state, pixels; None where they state none.
        objects: Labelled objects.
        class_name: Class of the whole picture, of a set of class folders; else None.
        maps: Label maps by name: "depth", "normal", "class", "semantic", "instance", and of films "flow",
            "flow_backward" and "scene_flow" where they were asked for.
        camera_facts: What the set says of its camera, as `camera` reads it; None where it says nothing.
        video_id: Number of the film that it is a frame of; None of a still picture.
        frame_id: Its number in that film, in the order of time; None likewise.
        more: Its entry in a COCO file; None where there is none, and where samples are held.
    """

    id: int
    path: Path
    labelled_hw: tuple[int, int] | None = None
    objects: tuple[LabelledObject, ...] = ()
    class_name: str | None = None
    maps: Mapping[str, MapFile] = field(default_factory=dict, hash=False)
    camera_facts: Mapping[str, object] | None = field(default=None, repr=False, compare=False)
    video_id: int | None = None
    frame_id: int | None = None
    more: JsonObject | None = field(default=None, repr=False, compare=False)

    @property
    def image_hw(self) -> tuple[int, int]:
        """Height and width in pixels: as the labels state them, else of the picture."""
        if self.labelled_hw is not None:
            return self.labelled_hw
        height, width = self.image.shape[:2]
        return height, width

    @property
    def image(self) -> NDArray[np.uint8]:
        """(H, W, 3) uint8, RGB, the way up that its labels mean (`synthvis.formats.upright`).

        Raises:
            DatasetError: The picture cannot be read, or is of another size than its labels.
        """
        pixels = read_image_rgb(self.path, self.labelled_hw)
        if self.labelled_hw is not None and pixels.shape[:2] != tuple(self.labelled_hw):
            (height, width), (own_height, own_width) = self.labelled_hw, pixels.shape[:2]
            map_path = next((one.path for one in self.maps.values()), None)
            labels = f"map {map_path}" if map_path and not self.objects else "annotations say"
            raise DatasetError(
                f"{self.path} is {own_width}x{own_height} px, its {labels} {width}x{height}",
                hint="put the original file back, or correct the size in its labels",
            )
        return pixels

    @property
    def boxes(self) -> Boxes:
        """Boxes of all objects as arrays."""
        xywh = np.array([one.bbox_xywh_px for one in self.objects], dtype=np.float64).reshape(-1, 4)
        return Boxes(
            xyxy_px=np.concatenate([xywh[:, :2], xywh[:, :2] + xywh[:, 2:]], axis=1),
            class_names=tuple(one.class_name for one in self.objects),
            is_crowd=np.array([one.is_crowd for one in self.objects], dtype=bool),
        )

    @property
    def masks(self) -> NDArray[np.bool_] | None:
        """(N, H, W) bool masks of the objects; None where objects of the image have none.

        Raises:
            DatasetError: One cannot be decoded, or only some objects have one.
        """
        there = [one.segmentation for one in self.objects if one.segmentation is not None]
        if self.objects and not there:
            return None
        if len(there) < len(self.objects):
            raise DatasetError(
                f"{len(self.objects) - len(there)} of {len(self.objects)} objects of {self.path} have no mask"
            )
        try:
            return np.array([mask_of(one, self.image_hw) for one in there], dtype=bool).reshape(-1, *self.image_hw)
        except DatasetError as error:
            raise DatasetError(f"a mask of {self.path}: {error.what}", hint=error.hint) from error

    @property
    def keypoints_xyv_px(self) -> tuple[NDArray[np.float64], ...]:
        """One (K, 3) float64 array an object: x, y in pixels and COCO's visibility; K is 0 where it has none."""
        return tuple(np.array(one.keypoints_xyv_px, dtype=np.float64).reshape(-1, 3) for one in self.objects)

    @property
    def depth_m(self) -> NDArray[np.float32] | None:
        """(H, W) float32 metres along the optical axis, inf where none is known; None without a depth map."""
        return self.maps["depth"].read_depth_m() if "depth" in self.maps else None

    @property
    def normals(self) -> NDArray[np.float32] | None:
        """(H, W, 3) float32 unit normals in the camera frame, 0 where none is known; None without a map of them."""
        return self.maps["normal"].read_normals() if "normal" in self.maps else None

    @property
    def semantic(self) -> NDArray[np.uint8] | NDArray[np.uint16] | None:
        """(H, W) category ids, 0 for everything else, of a render; None where there is no such map."""
        return self.maps["semantic"].read_pixels() if "semantic" in self.maps else None

    @property
    def instance_ids(self) -> NDArray[np.uint8] | NDArray[np.uint16] | None:
        """(H, W) `LabelledObject.instance_id` of each pixel, 0 for none; distractors included. None without a map."""
        return self.maps["instance"].read_pixels() if "instance" in self.maps else None

    @property
    def flow(self) -> FlowMap | None:
        """Optical flow to the next frame of the film, of which the last has none; None without a map of it."""
        return self.maps["flow"].read_flow() if "flow" in self.maps else None

    @property
    def flow_backward(self) -> FlowMap | None:
        """Optical flow to the frame before, of which the first has none; None without a map of it."""
        return self.maps["flow_backward"].read_flow() if "flow_backward" in self.maps else None

    @property
    def scene_flow_m(self) -> NDArray[np.float32] | None:
        """(H, W, 3) float32 metres until the next frame, NaN where there is none; None without a map of it."""
        return self.maps["scene_flow"].read_scene_flow_m() if "scene_flow" in self.maps else None

    @property
    def camera(self) -> Camera | None:
        """The calibrated camera; None where the set does not say.

        Raises:
            DatasetError: What the set says is no camera.
        """
        return None if self.camera_facts is None else camera_of(self.camera_facts, str(self.path))


def mask_of(segmentation: object, image_hw: tuple[int, int]) -> NDArray[np.bool_]:
    """(H, W) bool mask of a segmentation.

    Raises:
        DatasetError: It is in none of COCO's forms, or of another size than the image.
    """
    return rle_of(segmentation, image_hw).decode()


def rle_of(segmentation: object, image_hw: tuple[int, int]) -> CompressedRle:
    """A segmentation as compressed runs.

    Raises:
        DatasetError: It is in none of COCO's forms, or of another size than the image.
    """
    if isinstance(segmentation, Mapping):
        return CompressedRle.of_json(segmentation, image_hw)
    return CompressedRle.of_polygons(segmentation, image_hw)
