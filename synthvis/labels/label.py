"""What a label on request is: how it is made of a render, stored, read back, held against the rest and shown.

A label may store a map (one file an image), facts of the image and facts of each object, in any combination. Facts are
JSON values; they stand in the COCO entries under `synthvis.NAME`, the map lies in the folder NAME.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Generic, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from synthvis.camera.projector import Projector, projector_of
from synthvis.labels.drawing import Drawing
from synthvis.labels.flow.around import FramesAround
from synthvis.labels.image_labels import ImageLabels
from synthvis.labels.map_form import MapForm
from synthvis.labels.passes import Passes
from synthvis.objects.mesh.mesh import Mesh
from synthvis.scene.spec import SceneSpec

__all__ = ["Label", "LabelInputs", "LabelledImage", "LabelledObject", "StoredLabel", "numbers", "rounded"]

Float = NDArray[np.float64]
Value = TypeVar("Value")
NAME = re.compile(r"[a-z][a-z0-9_]{0,40}")


@dataclass(frozen=True, kw_only=True, eq=False)
class LabelInputs:
    """What a label of one image is made of.

    Attributes:
        spec: The scene that was rendered.
        meshes: Mesh of each object by instance id, in its object frame, metres.
        passes: Arrays of the render, (H, W) each.
        labels: What every image has: masks, boxes, keypoints and poses of the objects that can be seen.
        around: Of a frame of a film: its geometry and that of its neighbours. None: a still image, or no label asked
            for it.
    """

    spec: SceneSpec
    meshes: Mapping[int, Mesh]
    passes: Passes
    labels: ImageLabels
    around: FramesAround | None = None

    @cached_property
    def projector(self) -> Projector:
        """From the camera frame to pixels and back, distortion included."""
        return projector_of(self.spec.camera)

    @cached_property
    def poses(self) -> Mapping[int, Float]:
        """`cam_from_object`, (4, 4), of each annotated object by instance id."""
        return {label.instance_id: label.cam_from_object for label in self.labels.instances}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class StoredLabel:
    """A label of one image as it is stored; what the label does not have stays empty.

    Attributes:
        map: (H, W) or (H, W, 3) pixels or floats of the form that the label names.
        image_facts: JSON value for the image entry.
        object_facts: JSON value for the annotation of each object by instance id.
    """

    map: NDArray[Any] | None = None
    image_facts: object = None
    object_facts: Mapping[int, object] = field(default_factory=dict)


class LabelledObject(Protocol):
    """An annotated object of an image on disk. What is asked for and damaged is a DatasetError."""

    @property
    def name(self) -> str:
        """For messages: "annotation 3"."""

    @property
    def instance_id(self) -> int:
        """Instance id of the scene, -1 where the annotation has none."""

    @property
    def mask(self) -> NDArray[np.bool_] | None:
        """(H, W) visible pixels; None where the annotation has no mask that can be read."""

    @property
    def amodal_mask(self) -> NDArray[np.bool_]:
        """(H, W) whole silhouette inside the frame."""

    @property
    def amodal_bbox_xywh_px(self) -> tuple[float, float, float, float]:
        """Box of the whole silhouette."""

    @property
    def cam_from_object(self) -> Float:
        """(4, 4) rigid transform."""


class LabelledImage(Protocol):
    """An image on disk with its standard labels, read when asked for. What is damaged is a DatasetError."""

    @property
    def image_hw(self) -> tuple[int, int]:
        """Height and width, pixels."""

    @property
    def projector(self) -> Projector:
        """Of the image's camera."""

    @property
    def instance_id(self) -> NDArray[np.uint16]:
        """(H, W) instance map."""

    @property
    def depth_m(self) -> NDArray[np.float32]:
        """(H, W) depth map along the optical axis, metres; inf where there is none."""

    @property
    def objects(self) -> Sequence[LabelledObject]:
        """Annotated objects."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Label(Generic[Value]):
    """A label that a recipe asks for by name.

    Attributes:
        name: In recipes, as the folder of its maps and as the key of its facts.
        title: As a heading.
        explanation: One sentence for a reader who meets it for the first time.
        compute: Makes it of a render.
        encode: What is stored of it.
        decode: The inverse; raises DatasetError, KeyError, TypeError, ValueError or IndexError where facts are damaged.
        check: What contradicts the image's other labels, one message a fault: a rule of the quality gate.
        draw: How `synthvis preview` shows it.
        map_form: Of its map; None: it has no map.
        has_image_facts: Whether it adds to the image entry.
        has_object_facts: Whether it adds to the annotation of every object.
        check_scene: As `check`, against the scene that was rendered and the meshes of the annotated objects.
        check_frames: As `check`, against the stored maps and the scenes of a frame and its neighbours in the film.
        needs_film: It is made of neighbouring frames (`LabelInputs.around`), so only films have it.
        shows_classes: Whether colours of the drawing are those of classes, so that a legend belongs to it.
        bytes_per_pixel: Rough size of its map file a pixel, to estimate disk space.
    """

    name: str
    title: str
    explanation: str
    compute: Callable[[LabelInputs], Value]
    encode: Callable[[Value], StoredLabel]
    decode: Callable[[StoredLabel], Value]
    check: Callable[[Value, LabelledImage], Iterable[str]]
    draw: Callable[[Value, LabelledImage], Drawing]
    map_form: MapForm | None = None
    has_image_facts: bool = False
    has_object_facts: bool = False
    check_scene: Callable[[Value, LabelledImage, SceneSpec, Mapping[int, Mesh]], Iterable[str]] | None = None
    check_frames: Callable[[Value, FramesAround], Iterable[str]] | None = None
    needs_film: bool = False
    shows_classes: bool = False
    bytes_per_pixel: float = 0.0

    def __post_init__(self) -> None:
        if not NAME.fullmatch(self.name):
            raise ValueError(f"the label name {self.name!r:.60} is not of small letters, digits and underscores")


def rounded(values: Iterable[float], decimals: int) -> list[float]:
    """Numbers for a JSON file."""
    # Adding 0.0 turns -0.0 into 0.0.
    return [round(float(value), decimals) + 0.0 for value in values]


def numbers(value: object, shape: tuple[int, ...]) -> Float:
    """Numbers from a JSON file as an array of that shape.

    Raises:
        TypeError, ValueError: They are not numbers, not finite, or not so many.
    """
    found = np.asarray(value, dtype=np.float64).reshape(shape)
    if not np.isfinite(found).all():
        raise ValueError("numbers that are not finite")
    return found
