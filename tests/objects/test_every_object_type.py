"""What holds for every type of object, labelled or not: sound meshes, keypoints on them, surfaces that exist."""

from __future__ import annotations

import importlib
import pkgutil

import numpy as np
import pytest
import trimesh
from mesh_oracles import has_closed_pieces
from numpy.typing import NDArray

import synthvis.objects
from synthvis.objects.mesh.mesh import Mesh
from synthvis.objects.object_type import ObjectType, Sample
from synthvis.objects.registry import OBJECT_TYPES

EVERY = pytest.mark.parametrize("object_type", OBJECT_TYPES.values(), ids=lambda object_type: object_type.name)
LABELLED = pytest.mark.parametrize(
    "object_type",
    [object_type for object_type in OBJECT_TYPES.values() if object_type.category is not None],
    ids=lambda object_type: object_type.name,
)
Built = tuple[ObjectType, list[tuple[Sample, Mesh]]]
BELOW_GROUND_M = {"sprig": 0.02, "carrot_greens": 0.01, "bouquet": 0.02, "cable": 0.002}
"""These ride on others: their frames are those of a fruit, a root, a vase and a device, so they may end off z = 0."""
MAX_FACES = {"fruit_tree": 45_000, "person": 32_000}
"""Others have at most 10,000, so that a scene of sixty stays light."""


def samples(object_type: ObjectType, count: int, seed: int) -> list[Sample]:
    rng = np.random.default_rng(seed)
    return [object_type.sample(rng) for _ in range(count)]


@pytest.fixture(scope="module", params=OBJECT_TYPES.values(), ids=lambda object_type: object_type.name)
def built(request: pytest.FixtureRequest) -> Built:
    """Forty samples of a type with their meshes, which all tests of meshes look at."""
    kind: ObjectType = request.param
    return kind, [(sample, kind.build(sample.params)) for sample in samples(kind, 40, seed=11)]


def test_every_module_with_object_types_is_registered() -> None:
    found = []
    for module in pkgutil.walk_packages(synthvis.objects.__path__, "synthvis.objects."):
        if module.name != "synthvis.objects.registry":
            found += getattr(importlib.import_module(module.name), "OBJECT_TYPES", ())
    assert {id(object_type) for object_type in found} == {id(object_type) for object_type in OBJECT_TYPES.values()}
    assert len(found) == len(OBJECT_TYPES) > 80
    assert all(name == object_type.name for name, object_type in OBJECT_TYPES.items())


@EVERY
def test_the_same_draws_give_the_same_object(object_type: ObjectType) -> None:
    first, second = (object_type.sample(np.random.default_rng(3)) for _ in range(2))
    assert first == second
    assert np.array_equal(object_type.build(first.params).vertices_m, object_type.build(second.params).vertices_m)


@EVERY
def test_samples_hold_plain_values(object_type: ObjectType) -> None:
    for sample in samples(object_type, 20, seed=8):
        parts = [sample, *sample.attachments]
        tables = [part.params for part in parts] + [s.params for part in parts for s in part.surfaces.values()]
        for values in tables:
            for name, value in values.items():
                items = value if type(value) is tuple else (value,)
                assert all(type(item) in (bool, int, float, str) for item in items), (name, value)


def test_meshes_are_sound(built: Built) -> None:
    object_type, made = built
    for _, mesh in made:
        assert mesh.faces.min() >= 0 and mesh.faces.max() < len(mesh.vertices_m)
        assert 0 < len(mesh.faces) <= MAX_FACES.get(object_type.name, 10_000)
        assert np.isfinite(mesh.vertices_m).all()
        assert np.isfinite(mesh.keypoints_m).all()
        for values in mesh.attributes.values():
            assert len(values) == len(mesh.vertices_m) and np.isfinite(values).all()
        assert mesh.vertices_m[:, 2].min() == pytest.approx(0, abs=BELOW_GROUND_M.get(object_type.name, 1e-12))
        assert len(mesh.face_slots) == len(mesh.faces)
        assert np.array_equal(np.unique(mesh.face_slots), np.arange(len(mesh.slots)))
        assert set(mesh.appendage_slots) <= set(mesh.slots)


def test_meshes_are_closed_and_face_outwards(built: Built) -> None:
    for _, mesh in built[1][:15]:
        assert has_closed_pieces(mesh)
        assert trimesh.Trimesh(mesh.vertices_m, mesh.faces, process=False).volume > 0


def test_samples_have_a_surface_for_each_slot_and_no_other(built: Built) -> None:
    for sample, mesh in built[1]:
        scattered = {slot for scatter in mesh.scatters for piece in scatter.meshes for slot in piece.slots}
        assert set(sample.surfaces) == set(mesh.slots) | scattered
        for part in sample.attachments:
            slots = set(OBJECT_TYPES[part.kind].build(part.params).slots)
            assert slots == set(part.surfaces), part.kind


def test_meshes_have_the_keypoints_of_their_category(built: Built) -> None:
    object_type, made = built
    names = object_type.category.keypoints if object_type.category else ()
    for _, mesh in made:
        assert len(mesh.keypoints_m) == len(names)


def test_keypoints_lie_on_the_surface_or_close_to_it(built: Built) -> None:
    object_type, made = built
    names = object_type.category.keypoints if object_type.category else ()
    for _, mesh in made[:12] if names else ():
        triangles = mesh.vertices_m[mesh.faces]
        size_m = np.ptp(mesh.vertices_m, axis=0).max()
        depths_m = np.zeros(len(mesh.keypoints_m)) if mesh.keypoint_depths_m is None else mesh.keypoint_depths_m
        for name, point, depth_m in zip(names, mesh.keypoints_m, depths_m, strict=True):
            allowed_m = max(0.1 * size_m, depth_m)
            nearby = triangles[boxes_within(triangles, point, allowed_m)]
            assert len(nearby), name
            nearest = trimesh.triangles.closest_point(nearby, np.broadcast_to(point, (len(nearby), 3)))
            assert np.linalg.norm(nearest - point, axis=1).min() < allowed_m, name


def boxes_within(triangles: NDArray[np.float64], point: NDArray[np.float64], distance_m: float) -> NDArray[np.bool_]:
    """Of which triangles the box comes so close to a point: others cannot."""
    low, high = triangles.min(axis=1) - distance_m, triangles.max(axis=1) + distance_m
    return ((low < point) & (point < high)).all(axis=1)


@LABELLED
def test_skeletons_and_mirror_pairs_name_keypoints(object_type: ObjectType) -> None:
    category = object_type.category
    assert category is not None
    count = len(category.keypoints)
    assert len(set(category.keypoints)) == count
    paired = [index for pair in category.flip_pairs for index in pair]
    assert len(set(paired)) == len(paired)
    assert all(0 <= index < count for index in [*paired, *(index for edge in category.skeleton for index in edge)])


@pytest.mark.blender
@EVERY
def test_every_surface_can_be_written(object_type: ObjectType) -> None:
    surfaces = pytest.importorskip("blender_scenes.materials").SURFACES
    nodes = pytest.importorskip("blender_scenes.materials.nodes").Nodes
    for sample in samples(object_type, 40, seed=6):
        for part in (sample, *sample.attachments):
            for surface in part.surfaces.values():
                tree = nodes(1.0)
                surfaces[surface.kind](tree, surface.params)
                assert tree.nodes[-1].kind == "ShaderNodeOutputMaterial"
                assert len(tree.nodes) < 130
