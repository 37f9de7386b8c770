"""The box of an object along its own axes, in the camera frame and in the image."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from synthvis.camera.projector import Projector
from synthvis.geometry import transform_points
from synthvis.labels.drawing import OWN_COLOR, ObjectLines, SpaceLines
from synthvis.labels.label import Label, LabelInputs, LabelledImage, LabelledObject, StoredLabel, numbers, rounded
from synthvis.labels.silhouette import NEAR_M
from synthvis.objects.mesh.mesh import Mesh

__all__ = ["BOX3D", "EDGES", "Box3D", "box3d_of", "boxes_of"]

Float = NDArray[np.float64]

HIGH_ENDS = np.array([(i, j, k) for i in (0, 1) for j in (0, 1) for k in (0, 1)], dtype=np.float64)
"""Which end of x, y and z each corner is at."""

EDGES = tuple((low, low + step) for step in (4, 2, 1) for low in range(8) if not low & step)
"""The twelve pairs of corners an edge joins: four along x, four along y, four along z."""

LENGTH_DECIMALS = 9
"""A nanometre, as fine as the poses that these lengths go with."""

PIXEL_DECIMALS = 3

CORNER_TOLERANCE_M = 1e-5
CORNER_TOLERANCE_PX = 0.01
RELATIVE_TOLERANCE = 1e-5
"""Of pixel coordinates far outside the frame, which a corner close to the camera has."""

ENCLOSURE_TOLERANCE_PX = 1.0
"""Boxes of masks reach to the border of their pixels."""

AXIS_OF_CORNER = {0b100: 0, 0b010: 1, 0b001: 2}
"""Axis along which each of these corners lies from the first."""


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


def box3d_of(mesh: Mesh, cam_from_object: Float, projector: Projector) -> Box3D:
    """Tight box of a mesh along the axes of its object frame.

    Args:
        mesh: In the object frame; only vertices that a face uses count.
        cam_from_object: (4, 4) rigid transform.
        projector: Of the image.
    """
    surface_m = mesh.vertices_m[mesh.faces.reshape(-1)]
    low, high = surface_m.min(axis=0), surface_m.max(axis=0)
    corners_cam_m = transform_points(cam_from_object, low + HIGH_ENDS * (high - low))
    is_before = corners_cam_m[:, 2:] >= NEAR_M
    return Box3D(
        centre_m=(low + high) / 2,
        size_m=high - low,
        corners_cam_m=corners_cam_m,
        corners_px=np.where(is_before, projector.project(corners_cam_m), np.nan),
    )


def boxes_of(inputs: LabelInputs) -> dict[int, Box3D]:
    """Box of each annotated object of an image, by instance id."""
    return {i: box3d_of(inputs.meshes[i], pose, inputs.projector) for i, pose in inputs.poses.items()}


def _encode(boxes: Mapping[int, Box3D]) -> StoredLabel:
    return StoredLabel(object_facts={i: _facts_of(box) for i, box in boxes.items()})


def _facts_of(box: Box3D) -> dict[str, list[Any]]:
    return {
        "centre_m": rounded(box.centre_m, LENGTH_DECIMALS),
        "size_m": rounded(box.size_m, LENGTH_DECIMALS),
        "corners_cam_m": [rounded(corner, LENGTH_DECIMALS) for corner in box.corners_cam_m],
        # JSON knows no NaN.
        "corners_px": [None if np.isnan(px).any() else rounded(px, PIXEL_DECIMALS) for px in box.corners_px],
    }


def _decode(stored: StoredLabel) -> dict[int, Box3D]:
    return {i: _box_of(facts) for i, facts in stored.object_facts.items()}


def _box_of(facts: Any) -> Box3D:
    corners_px = [(np.nan, np.nan) if px is None else tuple(numbers(px, (2,))) for px in facts["corners_px"]]
    return Box3D(
        centre_m=numbers(facts["centre_m"], (3,)),
        size_m=numbers(facts["size_m"], (3,)),
        corners_cam_m=numbers(facts["corners_cam_m"], (8, 3)),
        corners_px=np.array(corners_px, dtype=np.float64).reshape(8, 2),
    )


def _check(boxes: Mapping[int, Box3D], image: LabelledImage) -> Iterator[str]:
    for item in image.objects:
        yield from _check_box(boxes[item.instance_id], item, image.projector)


def _check_box(box: Box3D, item: LabelledObject, projector: Projector) -> Iterator[str]:
    ends = (HIGH_ENDS - 0.5) * box.size_m
    miss_m = float(np.abs(box.corners_cam_m - transform_points(item.cam_from_object, box.centre_m + ends)).max())
    if not miss_m <= CORNER_TOLERANCE_M:
        yield f"{item.name}: corners are {miss_m:.4f} m off what centre, size and pose say"
    is_given = np.isfinite(box.corners_px).all(axis=1)
    expected_px = projector.project(box.corners_cam_m)
    if np.any(is_given != ((box.corners_cam_m[:, 2] >= NEAR_M) & np.isfinite(expected_px[:, 0]))):
        yield f"{item.name}: pixels must be given for corners that the camera has a place for, and only for these"
        return
    given_px = box.corners_px[is_given]
    miss_px = np.abs(given_px - expected_px[is_given])
    if not np.all(miss_px <= CORNER_TOLERANCE_PX + RELATIVE_TOLERANCE * np.abs(given_px)):
        yield f"{item.name}: corners miss their projection by {miss_px.max():.2f} pixels"
    if is_given.all() and _leaves_box(box, item, projector):
        yield f"{item.name}: the silhouette leaves the box"


def _leaves_box(box: Box3D, item: LabelledObject, projector: Projector) -> bool:
    edges_px = np.concatenate([projector.project_edge(box.corners_cam_m[list(edge)]) for edge in EDGES])
    x, y, width, height = item.amodal_bbox_xywh_px
    low, high = edges_px.min(axis=0) - ENCLOSURE_TOLERANCE_PX, edges_px.max(axis=0) + ENCLOSURE_TOLERANCE_PX
    return bool(np.any(low > (x, y)) or np.any(high < (x + width, y + height)))


def _draw(boxes: Mapping[int, Box3D], image: LabelledImage) -> SpaceLines:
    # The three edges that leave the first corner come last, over the others.
    edges = sorted(EDGES, key=lambda edge: edge[0] == 0)
    axes = tuple(AXIS_OF_CORNER[high] if low == 0 else OWN_COLOR for low, high in edges)
    return SpaceLines(
        tuple(
            ObjectLines(instance_id=i, ends_cam_m=box.corners_cam_m[np.array(edges)], axes=axes)
            for i, box in boxes.items()
        )
    )


BOX3D = Label(
    name="box3d",
    title="Boxes in space",
    explanation="The tight box of each object along its own axes, in metres and in pixels.",
    compute=boxes_of,
    encode=_encode,
    decode=_decode,
    check=_check,
    draw=_draw,
    has_object_facts=True,
    shows_classes=True,
)
