"""Sets with poses, together with the models that the poses place: BOP sets, and renders of the user's meshes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace

import numpy as np
from numpy.typing import NDArray

from synthvis.data.formats.bop.own_models import read_bop_models
from synthvis.data.formats.bop.rendered_source import RenderedSource, rendered_source
from synthvis.data.object_models import ObjectModel, PoseSplit, has_pose
from synthvis.data.pose import Pose
from synthvis.data.sample import LabelledObject, Sample
from synthvis.data.split import Split
from synthvis.dataset.own_meshes import OwnMesh
from synthvis.errors import RealDataError, UsageError
from synthvis.formats.ply import read_ply
from synthvis.geometry import rigid, transform_points
from synthvis.objects.symmetry import AnyTurn, Symmetries

__all__ = ["with_models"]

Float = NDArray[np.float64]

BOP_FOLDERS_BETWEEN = 3
"""SPLIT/000001/rgb/000001.jpg"""


def with_models(split: Split) -> PoseSplit:
    """The objects of a split that have a pose, and the model of each class.

    Poses of renders place the user's file: its axes and its origin, in metres.

    Raises:
        RealDataError: No object has a pose, an image has no camera, or a class has not one model.
        DatasetError: A mesh of the dataset cannot be read.
    """
    posed = _posed(split)
    if posed.source is None:
        root = posed.images[0].path.parents[BOP_FOLDERS_BETWEEN]
        numbers = {name: frozenset(_numbers(posed, name)) for name in posed.class_names}
        return replace(posed, models=read_bop_models(root, numbers))
    return _of_renders(posed)


def _posed(split: Split) -> PoseSplit:
    """Without objects that have no pose and classes that have no such object."""
    images = tuple(replace(one, objects=tuple(filter(has_pose, one.objects))) for one in split.images)
    present = {one.class_name for image in images for one in image.objects}
    if not present:
        raise RealDataError(
            f"no object of {split.name}:{split.split} has a pose",
            hint="wanted is a BOP folder, or a dataset that was rendered with --assets",
        )
    bare = next((one for one in images if one.objects and one.camera_facts is None), None)
    if bare is not None:
        raise RealDataError(f"{bare.path} has no camera", hint="a pose needs K: scene_camera.json of a BOP set")
    names = tuple(name for name in split.class_names if name in present)
    kept = {one.name: getattr(split, one.name) for one in fields(Split)}
    ids = {name: split.category_ids[name] for name in names}
    return PoseSplit(**(kept | {"images": images, "class_names": names, "category_ids": ids}))


def _numbers(split: Split, name: str) -> set[int]:
    objects = (one for image in split.images for one in image.objects if one.class_name == name)
    return {one.model_id for one in objects if one.model_id is not None}


def _of_renders(split: PoseSplit) -> PoseSplit:
    try:
        source = rendered_source(split)
    except UsageError as error:
        raise RealDataError(
            f"{split.name} has no models of its objects", hint="poses are learnt of a BOP folder, or of our renders"
        ) from error
    by_class: dict[str, list[OwnMesh]] = {}
    for mesh in source.own_meshes.values():
        by_class.setdefault(mesh.category or "", []).append(mesh)
    models, ways = {}, {}
    for name in split.class_names:
        own = by_class.get(name, [])
        if len(own) != 1:
            raise RealDataError(
                f"the objects of class {name} in {split.name} "
                + ("differ in shape" if not own else f"have {len(own)} meshes"),
                hint="poses are learnt of one known mesh a class: a render with --assets, "
                "and --classes to leave out the others",
            )
        ways[name] = _object_from_file(own[0])
        models[name] = _model(own[0], source, ways[name])
    images = tuple(_placed(image, lambda one: ways[one.class_name]) for image in split.images)
    return replace(split, images=images, models=models)


def _object_from_file(mesh: OwnMesh) -> Float:
    """(4, 4) rigid, from the axes and the origin of the file, metres; of a mesh that was stretched: none."""
    scales = mesh.frame.scale_m_per_unit
    if max(scales) - min(scales) > 1e-9 * max(scales):
        return np.eye(4)
    return rigid(np.array(mesh.frame.rotation), np.array(mesh.frame.shift_m))


def _model(mesh: OwnMesh, source: RenderedSource, object_from_file: Float) -> ObjectModel:
    vertices_m, faces = read_ply(mesh.path)
    used, places = np.unique(faces, return_inverse=True)
    file_from_object = np.linalg.inv(object_from_file)
    return ObjectModel(
        vertices_m=transform_points(file_from_object, vertices_m[used]),
        faces=places.reshape(faces.shape).astype(np.int32),
        symmetries=_moved(source.symmetries_of_own(mesh), file_from_object),
    )


def _moved(symmetries: Symmetries, new_from_old: Float) -> Symmetries:
    """The same symmetries in another frame."""
    back = np.linalg.inv(new_from_old)
    discrete = [(new_from_old @ np.array(one) @ back).tolist() for one in symmetries.discrete]
    continuous = []
    for one in symmetries.continuous:
        x, y, z = (new_from_old[:3, :3] @ np.array(one.axis)).tolist()
        a, b, c = transform_points(new_from_old, np.array([one.offset_m]))[0].tolist()
        continuous.append(AnyTurn(axis=(x, y, z), offset_m=(a, b, c)))
    rows = tuple(tuple(tuple(row) for row in one) for one in discrete)
    return Symmetries(discrete=rows, continuous=tuple(continuous))  # type: ignore[arg-type]


def _placed(image: Sample, way_of: Callable[[LabelledObject], Float]) -> Sample:
    objects = []
    for one in image.objects:
        pose = one.cam_from_object
        if pose is not None:
            objects.append(replace(one, cam_from_object=Pose.of_rows((pose.matrix @ way_of(one)).tolist())))
    return replace(image, objects=tuple(objects))
