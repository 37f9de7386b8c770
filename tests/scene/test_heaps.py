"""Parts in a box and on a table: an angle of two plates, whose inside is known exactly, lies as physics lets it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from synthvis.config.load import load_recipe
from synthvis.errors import RecipeError
from synthvis.geometry import invert_rigid, transform_points
from synthvis.objects.mesh.mesh import Mesh
from synthvis.objects.mesh.params import number
from synthvis.objects.object_type import ObjectType, RestPose, Sample
from synthvis.objects.registry import ObjectCatalogue
from synthvis.objects.spec import Category, SurfaceSpec
from synthvis.scene.free.heaps import drop_on_floor, fill_box, of_one_batch
from synthvis.scene.placed_object import Group, ObjectSample, PlacedObject, sample_object
from synthvis.scene.sample import sample_scene
from synthvis.scene.serialise import scene_to_json

LONG_M, HIGH_M, WIDE_M, THICK_M = 0.06, 0.03, 0.04, 0.005
LOW = np.array([[0.0, 0.0, 0.0], [0.0, 0.0, 0.0]])
HIGH = np.array([[LONG_M, WIDE_M, THICK_M], [THICK_M, WIDE_M, HIGH_M]])
"""Corners of the two plates."""


def angle(_: object) -> Mesh:
    x, y, z, t = LONG_M, WIDE_M, HIGH_M, THICK_M
    outline = np.array([(0, 0), (x, 0), (x, t), (t, t), (t, z), (0, z)])
    vertices = np.concatenate([np.insert(outline, 1, side, axis=1) for side in (0.0, y)])
    caps = [(0, 1, 2), (0, 2, 3), (0, 3, 5), (3, 4, 5)]
    faces = [*caps, *((c + 6, b + 6, a + 6) for a, b, c in caps)]
    faces += [face for a in range(6) for b in ((a + 1) % 6,) for face in ((b, a, a + 6), (b, a + 6, b + 6))]
    return Mesh(
        vertices_m=vertices, faces=np.array(faces, np.int32), face_slots=np.zeros(20, np.int32), slots=("all",),
        keypoints_m=np.zeros((0, 3)), smooth=False,
    )  # fmt: skip


def paint(rng: np.random.Generator) -> Sample:
    return Sample(params={"content": "x"}, surfaces={"all": SurfaceSpec(kind="plain", params={"tone": rng.random()})})


ANGLE = ObjectType(
    name="angle.obj", category=Category(id=1001, name="angle", supercategory="object"), sample=paint, build=angle,
    rest_poses=(RestPose(name="upright", weight=1.0, tilt_rad=(0.0, 0.0)),),
)  # fmt: skip
CATALOGUE = ObjectCatalogue(own={"angle.obj": ANGLE})


def angles(count: int, rng: np.random.Generator) -> list[ObjectSample]:
    return [sample_object("angle.obj", rng, objects=CATALOGUE) for _ in range(count)]


def pose_of(item: PlacedObject) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    pose = np.array(item.sampled.parts[0][1])
    pose[:3, 3] += item.xyz_m
    return pose


def deepest_m(group: Group) -> float:
    """How deep any point of one angle is in another, by a grid over the surfaces of its plates."""
    share = np.stack(np.meshgrid(*[np.linspace(0, 1, 9)] * 3), axis=-1).reshape(-1, 3)
    grid = np.concatenate([low + share * (high - low) for low, high in zip(LOW, HIGH, strict=True)])
    items = [item for item in group.placed if item.is_labelled]
    deepest = 0.0
    for one in items:
        points = transform_points(pose_of(one), grid)
        for other in items:
            if other is not one:
                own = transform_points(invert_rigid(pose_of(other)), points)
                for low, high in zip(LOW, HIGH, strict=True):
                    deepest = max(deepest, float(np.minimum(own - low, high - own).min(axis=1).max()))
    return deepest


@pytest.mark.parametrize("lay", [fill_box, drop_on_floor])
def test_parts_lie_on_each_other_and_not_in_each_other_and_the_draw_is_repeatable(
    lay: Callable[..., tuple[Group, int]],
) -> None:
    groups = []
    for _ in range(2):
        rng = np.random.default_rng(5)
        groups.append(lay(angles(9, rng), [], rng, CATALOGUE))
    (group, count), (again, _) = groups
    poses, same = ([pose_of(item).tolist() for item in one.placed] for one in (group, again))
    assert poses == same
    assert count == sum(item.is_labelled for item in group.placed) >= 7
    assert deepest_m(group) < 2e-4
    assert min(item.box_m[0][2] for item in group.placed) > -1e-4
    params = group.placed[-1].sampled.parts[0][0].params
    floor_m = number(params, "wall_m") if "wall_m" in params else 0.0
    assert min(item.box_m[0][2] for item in group.placed if item.is_labelled) == pytest.approx(floor_m, abs=4e-4)


def test_parts_are_in_the_box_and_not_in_its_walls() -> None:
    rng = np.random.default_rng(2)
    group, count = fill_box(angles(8, rng), [], rng, CATALOGUE)
    box = group.placed[-1]
    assert not box.is_labelled and len(group.placed) == count + 1
    params = box.sampled.parts[0][0].params
    half = np.array([number(params, "depth_m"), number(params, "width_m")]) / 2
    box_from_world = invert_rigid(pose_of(box))
    inside = 0
    for item in group.placed[:-1]:
        corners = transform_points(box_from_world @ pose_of(item), item.sampled.meshes[0].vertices_m)
        if (corners[:, 2] < number(params, "height_m")).all():
            assert (np.abs(corners[:, :2]) < half + 1e-4).all()
            assert corners[:, 2].min() > number(params, "wall_m") - 1e-4
            inside += 1
    assert inside >= 4


def test_a_dropped_part_lies_on_a_side_that_carries_it() -> None:
    """An angle rests on one of the planes of its convex hull: at least three of its corners are on the floor."""
    for seed in range(4):
        rng = np.random.default_rng(seed)
        group, count = drop_on_floor(angles(1, rng), [], rng, CATALOGUE)
        assert count == 1
        corners = transform_points(pose_of(group.placed[0]), angle(None).vertices_m)
        assert np.sort(corners[:, 2])[2] < 6e-4


def test_a_batch_is_of_one_paint_and_an_empty_picture_shows_an_empty_box() -> None:
    paints = set()
    for seed in range(12):
        rng = np.random.default_rng(seed)
        batch = of_one_batch(angles(3, rng), rng, CATALOGUE)
        paints.add(len({str(one.parts[0][0].surfaces) for one in batch}))
    assert paints == {1, 3}
    group, count = fill_box([], [], np.random.default_rng(0), CATALOGUE)
    assert count == 0
    assert [item.sampled.parts[0][0].kind for item in group.placed] == ["open_box"]
    assert drop_on_floor([], [], np.random.default_rng(0), CATALOGUE)[0].placed == ()


def test_kinds_that_come_along_are_heaped_too_and_a_scene_is_the_same_every_time() -> None:
    recipe = load_recipe("bin", ["objects.kinds={orange: 1, cup: 1}", "objects.count=[3, 4]"])
    scene = sample_scene(recipe, 3, 4)
    assert scene_to_json(scene) == scene_to_json(sample_scene(recipe, 3, 4))
    kinds = [item.kind for item in scene.objects]
    assert kinds[-1] == "open_box" and set(kinds[:-1]) <= {"orange", "cup"}
    assert [item.category for item in scene.objects][-1] is None


def test_a_layout_that_does_not_exist_is_refused_by_name() -> None:
    with pytest.raises(RecipeError, match=r"no layout is called 'bins'.*bin"):
        load_recipe("bin", ["objects.layouts={bins: 1}"])
