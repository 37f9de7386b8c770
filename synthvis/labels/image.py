"""All labels of one image from its scene, its meshes and the passes of its one render."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from synthvis.camera.projector import Projector, projector_of
from synthvis.geometry import transform_points
from synthvis.labels.body import body_boxes
from synthvis.labels.boxes import bbox_of_mask
from synthvis.labels.image_labels import ImageLabels, InstanceLabel
from synthvis.labels.keypoints import keypoints_in_image
from synthvis.labels.masks import instance_mask, semantic_map, visible_ids
from synthvis.labels.occlusion import visible_fraction
from synthvis.labels.passes import Passes
from synthvis.labels.pose import cam_from_object
from synthvis.labels.silhouette import silhouette_of
from synthvis.objects.mesh.mesh import Mesh
from synthvis.objects.spec import Category, ObjectSpec
from synthvis.scene.spec import SceneSpec

__all__ = ["label_image"]


def label_image(
    spec: SceneSpec, meshes: Mapping[int, Mesh], passes: Passes, categories: Mapping[str, Category]
) -> ImageLabels:
    """Label every object of `spec` that has a category.

    Args:
        spec: The scene that was rendered.
        meshes: Mesh of each labelled object by instance id.
        passes: Arrays of the render.
        categories: Category by name, at least those the spec uses.

    Raises:
        ValueError: The passes do not have the spec's image size, or show an object the spec does not have.
    """
    _check_agreement(spec, passes)
    labelled = sorted((o for o in spec.objects if o.category is not None), key=lambda o: o.instance_id)
    projector = projector_of(spec.camera)
    seen = set(visible_ids(passes.instance_id))
    category_ids = {o.instance_id: categories[str(o.category)].id for o in labelled}
    return ImageLabels(
        image_hw=spec.camera.image_hw,
        instances=tuple(
            _label_instance(o, spec, meshes[o.instance_id], passes, categories[str(o.category)], projector)
            for o in labelled
            if o.instance_id in seen
        ),
        semantic=semantic_map(passes.instance_id, category_ids),
        hidden_instance_ids=tuple(o.instance_id for o in labelled if o.instance_id not in seen),
    )


def _label_instance(
    item: ObjectSpec,
    spec: SceneSpec,
    mesh: Mesh,
    passes: Passes,
    category: Category,
    projector: Projector,
) -> InstanceLabel:
    pose = cam_from_object(spec.camera, item)
    mask = instance_mask(passes.instance_id, item.instance_id)
    vertices_cam_m = transform_points(pose, mesh.vertices_m)
    silhouette = silhouette_of(vertices_cam_m, mesh.faces, projector)
    box = bbox_of_mask(mask)
    body_box, amodal_body_box = body_boxes(mesh, vertices_cam_m, mask, projector)
    keypoints_cam_m = transform_points(pose, mesh.keypoints_m)
    return InstanceLabel(
        instance_id=item.instance_id,
        category=str(item.category),
        mask=mask,
        bbox_xywh_px=box,
        area_px=int(np.count_nonzero(mask)),
        # What the render saw is part of the silhouette, also where its jittered sample fell just outside.
        amodal_mask=silhouette.mask | mask,
        amodal_bbox_xywh_px=silhouette.bbox_xywh_px if silhouette.total_px else box,
        visible_fraction=visible_fraction(mask, silhouette.mask),
        truncation=silhouette.truncation,
        keypoints_xyv=keypoints_in_image(
            keypoints_cam_m, projector, passes.depth_m, mask, category.symmetry, mesh.keypoint_depths_m
        ),
        cam_from_object=pose,
        body_bbox_xywh_px=body_box,
        amodal_body_bbox_xywh_px=amodal_body_box,
    )


def _check_agreement(spec: SceneSpec, passes: Passes) -> None:
    if passes.instance_id.shape != spec.camera.image_hw:
        raise ValueError(f"passes are {passes.instance_id.shape}, the scene's image is {spec.camera.image_hw}")
    unknown = set(visible_ids(passes.instance_id)) - {o.instance_id for o in spec.objects}
    if unknown:
        raise ValueError(f"image {spec.image_index} shows object ids {sorted(unknown)} that its scene does not have")
