"""What a rendered dataset knows of an image beyond its samples: whole silhouettes, scenes, and the meshes in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from synthvis.assets.object_import import objects_of_assets
from synthvis.data.formats.base import is_rendered
from synthvis.data.formats.bop.model_files import ModelMesh
from synthvis.data.split import Split
from synthvis.dataset.manifest import RenderedDataset, open_rendered
from synthvis.dataset.own_meshes import OwnMesh, read_own_meshes
from synthvis.errors import DatasetError, SynthvisError, UsageError
from synthvis.formats.coco_entries import AnnotationEntry
from synthvis.formats.image_record import read_record
from synthvis.formats.ply import read_ply
from synthvis.objects.mesh.found_symmetries import found_symmetries
from synthvis.objects.registry import ObjectCatalogue
from synthvis.objects.spec import Category, ObjectSpec
from synthvis.objects.symmetry import Symmetries
from synthvis.scene.serialise import scene_from_json

__all__ = ["RenderedSource", "rendered_source"]


@dataclass(frozen=True, kw_only=True, eq=False)
class RenderedSource:
    """A rendered dataset.

    Attributes:
        dataset: Its layout and its recipe.
        own_meshes: The user's meshes by kind, those with a class.
    """

    dataset: RenderedDataset
    own_meshes: Mapping[str, OwnMesh]

    @cached_property
    def categories(self) -> Mapping[str, Category]:
        """By name."""
        return {one.name: one for one in self.dataset.categories}

    def entries_of(self, split: str, image_id: int) -> dict[int, AnnotationEntry]:
        """Annotations of an image by instance id.

        Raises:
            DatasetError: Its record cannot be read.
        """
        record = read_record(self.dataset.layout.record(split, image_id))
        return {one.instance_id: one for one in record.annotations if one.instance_id is not None}

    def objects_of(self, split: str, image_id: int) -> dict[int, ObjectSpec]:
        """Objects of the scene of an image by instance id.

        Raises:
            DatasetError: Its scene cannot be read.
        """
        path = self.dataset.layout.scene(split, image_id)
        try:
            scene = scene_from_json(path.read_bytes(), where=str(path))
        except OSError as error:
            raise DatasetError(f"cannot read {path}: {error.strerror or error}") from error
        return {one.instance_id: one for one in scene.objects}

    def mesh_of(self, item: ObjectSpec) -> ModelMesh:
        """The mesh that was rendered: built again, or that of the user as it lies in the dataset.

        Raises:
            DatasetError: The type of object is not on this machine, and the dataset does not hold its mesh.
        """
        try:
            kind, mesh = self._catalogue.named(item.kind), self._catalogue.mesh_of(item)
        except SynthvisError as error:
            own = self.own_meshes.get(item.kind)
            if own is None:
                raise DatasetError(
                    f"the model of {item.kind} cannot be built: {error.what}", hint=error.hint
                ) from error
            vertices_m, faces = read_ply(own.path)
            found = found_symmetries(vertices_m, faces)
            return _without_stray_vertices(vertices_m, faces, np.zeros((0, 3)), found)
        return _without_stray_vertices(mesh.vertices_m, mesh.faces, mesh.keypoints_m, kind.symmetries_of(mesh))

    def symmetries_of_own(self, own: OwnMesh) -> Symmetries:
        """Of a mesh of the user's; where this machine has it no more, of its shape, without the colours.

        Raises:
            DatasetError: The mesh cannot be read.
        """
        if own.kind in self._catalogue.own:
            kind = self._catalogue.own[own.kind]
            sample = kind.sample(np.random.default_rng(0))
            return kind.symmetries_of(kind.build(sample.params))
        return found_symmetries(*read_ply(own.path))

    @cached_property
    def _catalogue(self) -> ObjectCatalogue:
        """Its types of object; without those of the user where this machine has them no more."""
        try:
            return objects_of_assets(self.dataset.recipe.assets)
        except SynthvisError:
            return ObjectCatalogue()


def rendered_source(split: Split) -> RenderedSource:
    """The dataset that a split was read from.

    Raises:
        UsageError: It is none that synthvis rendered.
    """
    root = None if split.source is None else split.source.path.parent.parent
    if root is None or not is_rendered(root):
        raise UsageError(
            f"{split.name}:{split.split} is no rendered dataset: bop needs the scenes, for poses and models of objects",
            hint="export the dataset that `synthvis render` made",
        )
    dataset = open_rendered(root)
    own = {kind: mesh for kind, mesh in read_own_meshes(dataset.layout).items() if mesh.category is not None}
    return RenderedSource(dataset=dataset, own_meshes=own)


def _without_stray_vertices(
    vertices_m: NDArray[np.float64],
    faces: NDArray[np.int32],
    keypoints_m: NDArray[np.float64],
    symmetries: Symmetries,
) -> ModelMesh:
    used, places = np.unique(faces, return_inverse=True)
    return ModelMesh(
        vertices_m=np.asarray(vertices_m[used], dtype=np.float64),
        faces=places.reshape(faces.shape).astype(np.int32),
        keypoints_m=keypoints_m,
        symmetries=symmetries,
    )
