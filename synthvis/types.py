"""The values that travel between rooms: what a scene is, what a render yields, what a label says.

Scene values (`*Spec`) hold only plain Python numbers, strings and tuples, so they compare, hash and serialise exactly.
Arrays appear in meshes, passes and labels. Frames and units follow `synthvis.conventions`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from synthvis.camera.spec import CameraSpec

__all__ = [
    "Box3D",
    "Category",
    "ExtraLabels",
    "ImageLabels",
    "InstanceLabel",
    "KeypointTurn",
    "LightSpec",
    "Mat4",
    "Mesh",
    "ObjectSpec",
    "Occlusion",
    "Param",
    "Passes",
    "RenderSpec",
    "Scatter",
    "SceneSpec",
    "SensorSpec",
    "ShakeSpec",
    "StageSpec",
    "SurfaceSpec",
    "Vec3",
    "WorldSpec",
]

Vec3 = tuple[float, float, float]
Vec4 = tuple[float, float, float, float]
Mat4 = tuple[Vec4, Vec4, Vec4, Vec4]
Param = bool | int | float | str | tuple[float, ...]
"""A sampled value: scalar, name, or a tuple of numbers (a linear RGB colour, a profile)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeypointTurn:
    """Keypoints that a turn of the object exchanges without a change of its looks, so that the view names them."""

    cycles: tuple[tuple[int, ...], ...]
    """0-based indices in their order around the object's axis, seen from its top against the clock; all cycles have one
    length and turn together."""
    first: Literal["lowest", "left"]
    """Which comes first: "lowest" in the picture, or the one to the "left" of the axis, which points up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Category:
    """One class of a dataset; `id` is COCO's where COCO has the class."""

    id: int
    name: str
    supercategory: str
    keypoints: tuple[str, ...] = ()
    skeleton: tuple[tuple[int, int], ...] = ()
    """Pairs of 0-based keypoint indices; the COCO writer adds the 1."""
    flip_pairs: tuple[tuple[int, int], ...] = ()
    """Pairs of 0-based keypoint indices that swap when the image is mirrored."""
    turns: tuple[KeypointTurn, ...] = ()
    """Keypoints that the view names (`synthvis.labels.view_names`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SurfaceSpec:
    """A material: the name of a node-tree builder in `blender_scenes.surfaces` and its parameters."""

    kind: str
    params: Mapping[str, Param] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectSpec:
    """One object of a scene. `category` None makes it an unlabelled distractor."""

    instance_id: int
    """1-based and unique in the scene; the object index Cycles renders."""
    kind: str
    category: str | None
    params: Mapping[str, Param]
    """Shape parameters, the only input of the kind's mesh builder."""
    surfaces: Mapping[str, SurfaceSpec]
    """One surface for each slot of the mesh."""
    world_from_object: Mat4
    """Rigid: size lives in `params`, so meshes are true to scale in metres."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StageSpec:
    """What the objects stand on and in front of."""

    kind: str
    params: Mapping[str, Param]
    surfaces: Mapping[str, SurfaceSpec]


@dataclass(frozen=True, slots=True, kw_only=True)
class WorldSpec:
    """Light from infinity, shared by a group of consecutive images because changing it is dear."""

    group: int
    hdri: str | None
    """File name among the environment maps inside the bpy wheel, a path within the cache for one of the user's (with a
    slash), or None for a constant colour."""
    strength: float
    color_rgb: Vec3


@dataclass(frozen=True, slots=True, kw_only=True)
class LightSpec:
    """A square area lamp that faces `target_m`."""

    position_m: Vec3
    target_m: Vec3
    size_m: float
    power_w: float
    color_rgb: Vec3


@dataclass(frozen=True, slots=True, kw_only=True)
class ShakeSpec:
    """How the whole picture moves on the sensor during the exposure: along an arc of a circle, at constant speed."""

    length_px: float
    angle_deg: float
    """Direction in the middle of the path: 0 to the right, 90 down."""
    bend_deg: float
    """How far the direction turns from end to end; 0 is a straight path."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SensorSpec:
    """What happens to the linear render before it is a JPEG; see `synthvis.render.sensor` for each formula."""

    exposure_ev: float
    white_balance_rgb: Vec3
    contrast: float
    saturation: float
    blur_sigma_px: float
    shot_noise: float
    read_noise: float
    vignette: float
    jpeg_quality: int
    noise_seed: int
    shake: ShakeSpec | None = None
    """None: the camera is held still."""
    least_mean: float | None = None
    """None: automatic exposure keeps the highlights, however dark the rest."""
    sharpen: float | None = None
    """None: nothing is sharpened."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderSpec:
    """How Cycles is asked to render; part of the spec because pixels depend on it."""

    samples: int
    max_bounces: int
    denoise: bool
    cycles_seed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SceneSpec:
    """Everything that decides one image and its labels."""

    schema_version: int
    recipe_name: str
    seed: int
    image_index: int
    place: str = "free"
    """Where people put things: a name in `synthvis.scene.places`, or "free"."""
    stage: StageSpec
    world: WorldSpec
    lights: tuple[LightSpec, ...]
    objects: tuple[ObjectSpec, ...]
    camera: CameraSpec
    sensor: SensorSpec
    render: RenderSpec


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Mesh:
    """A triangle mesh in its object frame: metres, z up, resting on z = 0 in its natural pose.

    Attributes:
        vertices_m: (V, 3) float64.
        faces: (F, 3) int32, counter-clockwise from outside.
        face_slots: (F,) int32, index into `slots`.
        slots: Names of the surfaces, e.g. ("skin", "stem").
        keypoints_m: (K, 3) float64 in the order of the kind's keypoint names; NaN for one that it does not have.
        attributes: Per-vertex (V,) float32 values that surfaces may read, e.g. "along" in 0..1.
        smooth: Shade smooth.
        appendage_slots: Slots of stalks, stems and leaves, which boxes of the body leave out.
        corner_uv: (F, 3, 2) place of each corner in the surface's picture, from its bottom left; None: no picture.
        scatters: Small meshes that Blender strews over it.
    """

    vertices_m: NDArray[np.float64]
    faces: NDArray[np.int32]
    face_slots: NDArray[np.int32]
    slots: tuple[str, ...]
    keypoints_m: NDArray[np.float64]
    attributes: Mapping[str, NDArray[np.float32]] = field(default_factory=dict)
    smooth: bool = True
    appendage_slots: tuple[str, ...] = ()
    corner_uv: NDArray[np.float32] | None = None
    scatters: tuple[Scatter, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Scatter:
    """Small meshes strewn over a mesh while Blender builds it: leaves on twigs.

    They are for the eye: they render with the instance id of the object that carries them, but placement, silhouettes
    and keypoints know nothing of them. So a kind with a category must not have any.

    Attributes:
        meshes: What is strewn, each as often as the others; held at the origin, it points along +z, its upper side
            to +x. Their slots are among the surfaces of the object.
        density: Name of the carrier's vertex attribute that holds the count a square metre.
        seed: Decides all that differs from one to the next.
        scale: Bounds of the size.
        astray: How far it strays from the normal of the carrier's surface, in lengths of that normal.
        rise: How much it turns up (or down, below 0), in lengths of that normal.
    """

    meshes: tuple[Mesh, ...]
    density: str
    seed: int
    scale: tuple[float, float] = (0.8, 1.2)
    astray: float = 0.5
    rise: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Passes:
    """The arrays of one Cycles render.

    Attributes:
        rgb: (H, W, 3) float32, scene-linear Rec.709, not clipped.
        depth_m: (H, W) float32, distance along the optical axis in metres; inf where nothing was hit.
        normal_cam: (H, W, 3) float32 unit normals in the OpenCV camera frame; 0 where nothing was hit.
        instance_id: (H, W) uint16, `ObjectSpec.instance_id` or 0 for stage and sky.
    """

    rgb: NDArray[np.float32]
    depth_m: NDArray[np.float32]
    normal_cam: NDArray[np.float32]
    instance_id: NDArray[np.uint16]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class InstanceLabel:
    """All that is known about one labelled object in one image.

    Attributes:
        instance_id: Same as the object's.
        category: Category name.
        mask: (H, W) bool, visible pixels.
        bbox_xywh_px: Tight half-open box of `mask`.
        area_px: Pixels of `mask`.
        amodal_mask: (H, W) bool, the whole silhouette inside the frame, occluded parts included.
        amodal_bbox_xywh_px: Tight box of the silhouette, which may reach outside the frame.
        visible_fraction: Visible pixels over silhouette pixels inside the frame, in 0..1.
        truncation: Share of the silhouette outside the frame, in 0..1.
        keypoints_xyv: (K, 3) float64: x, y in pixels and COCO visibility 0 / 1 / 2.
        cam_from_object: (4, 4) float64 rigid transform.
        contrast: To what is around it in the stored picture, in just noticeable differences; None before there is one.
        body_bbox_xywh_px: As `bbox_xywh_px`, without appendages; None without any, zeros where none shows.
        amodal_body_bbox_xywh_px: As `amodal_bbox_xywh_px`, likewise.
    """

    instance_id: int
    category: str
    mask: NDArray[np.bool_]
    bbox_xywh_px: tuple[float, float, float, float]
    area_px: int
    amodal_mask: NDArray[np.bool_]
    amodal_bbox_xywh_px: tuple[float, float, float, float]
    visible_fraction: float
    truncation: float
    keypoints_xyv: NDArray[np.float64]
    cam_from_object: NDArray[np.float64]
    contrast: float | None = None
    body_bbox_xywh_px: tuple[float, float, float, float] | None = None
    amodal_body_bbox_xywh_px: tuple[float, float, float, float] | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ImageLabels:
    """The labels of one image.

    Attributes:
        image_hw: Height and width, pixels.
        instances: One label for each labelled object with at least one visible pixel, by instance id.
        semantic: (H, W) uint8 category ids, 0 for everything else; uint16 where an id needs it.
        hidden_instance_ids: Labelled objects of the spec with no visible pixel.
        unseen_instance_ids: Labelled objects with pixels that cannot be told from what is around them.
    """

    image_hw: tuple[int, int]
    instances: tuple[InstanceLabel, ...]
    semantic: NDArray[np.uint8] | NDArray[np.uint16]
    hidden_instance_ids: tuple[int, ...]
    unseen_instance_ids: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Box3D:
    """The box of one object along the axes of its own frame.

    Attributes:
        centre_m: (3,) float64, object frame.
        size_m: (3,) float64, lengths along the object's x, y and z.
        corners_cam_m: (8, 3) float64, camera frame; corner 4 i + 2 j + k is at the low (0) or high (1) end of the
            object's x (i), y (j) and z (k).
        corners_px: (8, 2) float64, their pixels, which may lie outside the frame; NaN for corners nearer to the camera
            plane than the near plane, or behind it, or where distortion has no place for them.
    """

    centre_m: NDArray[np.float64]
    size_m: NDArray[np.float64]
    corners_cam_m: NDArray[np.float64]
    corners_px: NDArray[np.float64]

    @property
    def diagonal_m(self) -> float:
        """Length of the box's space diagonal."""
        return float(np.linalg.norm(self.size_m))


@dataclass(frozen=True, slots=True, kw_only=True)
class Occlusion:
    """One object that hides part of another, by instance ids.

    Attributes:
        occluder: The one in front, which may be an unlabelled distractor.
        occluded: The one behind: labelled, and with visible pixels of its own.
        pixels: Pixels that show the occluder and lie wholly inside the silhouette of the occluded.
    """

    occluder: int
    occluded: int
    pixels: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ExtraLabels:
    """The labels of one image that its recipe asks for by name.

    Attributes:
        names: Which are there, of `synthvis.conventions.EXTRA_LABELS`.
        boxes: With "nocs" or "box3d": box of each visible labelled object by instance id.
        nocs: With "nocs": (H, W, 3) float64 in 0..1, where each pixel's point lies in its object's box; else None.
        occlusion_order: With "occlusion_order": by occluded and occluder.
        boundary: With "boundary": (H, W) uint8, a level of `synthvis.labels.boundary` for each pixel; else None.
    """

    names: tuple[str, ...] = ()
    boxes: Mapping[int, Box3D] = field(default_factory=dict)
    nocs: NDArray[np.float64] | None = None
    occlusion_order: tuple[Occlusion, ...] = ()
    boundary: NDArray[np.uint8] | None = None
