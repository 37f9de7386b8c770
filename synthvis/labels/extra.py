"""The labels of one image that its recipe asks for by name."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import numpy as np

from synthvis.camera.projector import projector_of
from synthvis.conventions import EXTRA_LABELS
from synthvis.labels.boundary import boundary_map
from synthvis.labels.box3d import box3d_of
from synthvis.labels.nocs import nocs_map
from synthvis.labels.occlusion_order import occlusion_order, wholly_covered
from synthvis.types import ExtraLabels, ImageLabels, Mesh, Occlusion, Passes, SceneSpec

__all__ = ["extra_labels"]


def extra_labels(
    names: Collection[str], spec: SceneSpec, meshes: Mapping[int, Mesh], passes: Passes, labels: ImageLabels
) -> ExtraLabels:
    """The labels in `names`, of those in `synthvis.conventions.EXTRA_LABELS`.

    Args:
        names: Which to make.
        spec: The scene that was rendered.
        meshes: Mesh of each labelled object by instance id.
        passes: Arrays of the render.
        labels: What `label_image` made of the same.
    """
    projector = projector_of(spec.camera)
    poses = {label.instance_id: label.cam_from_object for label in labels.instances}
    wants_boxes = "nocs" in names or "box3d" in names
    boxes = {i: box3d_of(meshes[i], pose, projector) for i, pose in poses.items()} if wants_boxes else {}
    return ExtraLabels(
        names=tuple(name for name in EXTRA_LABELS if name in names),
        boxes=boxes,
        nocs=nocs_map(passes.depth_m, passes.instance_id, projector, poses, boxes) if "nocs" in names else None,
        occlusion_order=_occlusions(spec, meshes, passes, labels) if "occlusion_order" in names else (),
        boundary=boundary_map(passes.instance_id, passes.depth_m) if "boundary" in names else None,
    )


def _occlusions(
    spec: SceneSpec, meshes: Mapping[int, Mesh], passes: Passes, labels: ImageLabels
) -> tuple[Occlusion, ...]:
    # Most objects are seen whole, and nothing need be asked about them.
    part_seen = [label for label in labels.instances if np.any(label.amodal_mask & ~label.mask)]
    poses = {label.instance_id: label.cam_from_object for label in part_seen}
    return occlusion_order(passes.instance_id, wholly_covered(spec.camera, meshes, poses))
