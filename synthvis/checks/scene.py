"""The rules of the quality gate that hold labels against the scene they come from: poses, keypoints, completeness."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from synthvis.camera.pinhole import K_of, project
from synthvis.camera.projector import projector_of
from synthvis.checks.image import Finding
from synthvis.formats.coco_entries import AnnotationEntry, ImageEntry
from synthvis.geometry import invert_rigid, transform_points
from synthvis.labels.canonical_names import view_order
from synthvis.labels.pose import cam_from_object
from synthvis.labels.silhouette import NEAR_M
from synthvis.objects.mesh.mesh import Mesh
from synthvis.objects.spec import KeypointSymmetry, ObjectSpec
from synthvis.scene.spec import SceneSpec

__all__ = ["completeness_findings", "keypoint_findings", "pose_findings"]

REPROJECTION_TOLERANCE_PX = 0.5
PROBE_M = 0.05
"""Length of the axes that are projected to compare two poses: half the size of a fruit."""


def completeness_findings(
    spec: SceneSpec, annotations: Sequence[AnnotationEntry], hidden: Sequence[int]
) -> Iterator[Finding]:
    """Objects of the scene that are neither annotated nor known to be hidden, and annotations of no object."""
    labelled = {item.instance_id: item for item in spec.objects if item.category is not None}
    annotated = [entry.instance_id for entry in annotations]
    missing = sorted(set(labelled) - set(annotated) - set(hidden))
    if missing:
        names = ", ".join(f"{i} ({labelled[i].category})" for i in missing)
        yield "unlabelled", f"objects {names} are neither annotated nor hidden"
    for entry, instance_id in zip(annotations, annotated, strict=True):
        if instance_id not in labelled:
            yield "unlabelled", f"{entry.name} is of object {instance_id!r}, which the scene does not have"
    if len(set(annotated)) < len(annotated):
        yield "unlabelled", "an object is annotated more than once"


def pose_findings(spec: SceneSpec, image: ImageEntry, annotations: Sequence[AnnotationEntry]) -> Iterator[Finding]:
    """Stored cameras and object poses must put points where the scene puts them."""
    K = K_of(spec.camera)
    stored_K, stored_camera = image.K, image.world_from_cam
    if stored_K is None or stored_camera is None:
        yield "pose", "the image entry has no camera"
        return
    if image.distortion != spec.camera.distortion or image.has_distortion != (spec.camera.distortion is not None):
        yield "pose", "the stored distortion is not the scene's"
    objects = {item.instance_id: item for item in spec.objects}
    for entry in annotations:
        item = None if entry.instance_id is None else objects.get(entry.instance_id)
        if item is None:
            continue
        stored = entry.cam_from_object
        if stored is None:
            yield "pose", f"{entry.name} has no pose"
            continue
        truth = _probe(cam_from_object(spec.camera, item), K)
        for name, pose in (
            ("pose", stored),
            ("camera", invert_rigid(stored_camera) @ np.asarray(item.world_from_object)),
        ):
            miss_px = float(np.nanmax(np.abs(_probe(pose, stored_K) - truth), initial=0.0))
            if not miss_px <= REPROJECTION_TOLERANCE_PX:
                yield "pose", f"{entry.name}: the stored {name} misses the scene by {miss_px:.1f} pixels"


def keypoint_findings(
    spec: SceneSpec,
    annotations: Sequence[AnnotationEntry],
    mesh_of: Callable[[ObjectSpec], Mesh],
    symmetry: Mapping[str, Sequence[KeypointSymmetry]],
) -> Iterator[Finding]:
    """Stored keypoints must lie where the meshes of the scene put them, under the names that the view gives them."""
    projector = projector_of(spec.camera)
    objects = {item.instance_id: item for item in spec.objects}
    for entry in annotations:
        item = None if entry.instance_id is None else objects.get(entry.instance_id)
        flat = entry.keypoints
        if item is None or not flat:
            continue
        points_cam = transform_points(cam_from_object(spec.camera, item), mesh_of(item).keypoints_m)
        if len(flat) != 3 * len(points_cam):
            yield "keypoints", f"object {item.instance_id} has {len(flat) / 3:g} keypoints, its mesh {len(points_cam)}"
            continue
        expected_px = projector.project(points_cam)
        order = view_order(expected_px, symmetry.get(str(item.category), ()))
        yield from _misplaced(entry, points_cam[order], expected_px[order], spec.camera.image_hw)


def _misplaced(
    entry: AnnotationEntry,
    points_cam: NDArray[np.float64],
    expected_px: NDArray[np.float64],
    image_hw: tuple[int, int],
) -> Iterator[Finding]:
    inset = np.array([REPROJECTION_TOLERANCE_PX] * 2)
    size = np.array(image_hw[::-1])
    well_inside = (
        (points_cam[:, 2] > NEAR_M) & (expected_px > inset).all(axis=1) & (expected_px < size - inset).all(axis=1)
    )
    for index, (x, y, visibility) in enumerate(entry.keypoints_xyv):
        where = f"object {entry.instance_id}: keypoint {index}"
        if visibility == 0:
            if well_inside[index]:
                yield "keypoints", f"{where} is in the frame and not labelled"
            continue
        miss_px = float(np.hypot(*(expected_px[index] - (x, y))))
        if not miss_px <= REPROJECTION_TOLERANCE_PX:
            yield "keypoints", f"{where} misses its projection by {miss_px:.1f} pixels"


def _probe(pose: NDArray[np.float64], K: NDArray[np.float64]) -> NDArray[np.float64]:
    """(4, 2) pixels of an object's origin and of a point on each of its axes."""
    points = np.vstack([np.zeros(3), np.eye(3) * PROBE_M])
    return project(transform_points(pose, points), K)
