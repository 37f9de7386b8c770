"""The labels of one image that its recipe asks for by name."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from synthvis.camera.projector import projector_of
from synthvis.conventions import EXTRA_LABELS
from synthvis.labels.boundary import boundary_map
from synthvis.labels.box3d import Box3D, box3d_of
from synthvis.labels.image_labels import ImageLabels
from synthvis.labels.nocs import nocs_map
from synthvis.labels.occlusion_order import Occlusion, occlusion_order, wholly_covered
from synthvis.labels.passes import Passes
from synthvis.objects.mesh.mesh import Mesh
from synthvis.scene.spec import SceneSpec

__all__ = ["ExtraLabels", "extra_labels"]


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
