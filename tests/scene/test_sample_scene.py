"""What a sampled scene promises: equal bytes, independence of its streams, something to see, nobody in a wall."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from synthvis.camera.pinhole import K_from_focal_length, K_of, project
from synthvis.config.load import load_recipe
from synthvis.config.recipe import Recipe
from synthvis.errors import DatasetError, UsageError
from synthvis.geometry import invert_rigid, transform_points
from synthvis.objects.registry import mesh_of
from synthvis.objects.spec import ObjectSpec
from synthvis.scene.sample import sample_scene
from synthvis.scene.serialise import scene_from_json, scene_to_json
from synthvis.scene.spec import SceneSpec, WorldSpec

RECIPES = {name: load_recipe(name) for name in ("fruit", "cones", "tabletop")}
IMAGES = 50
Vertices = NDArray[np.float64]
Standing = list[tuple[SceneSpec, list[tuple[ObjectSpec, Vertices]]]]


@pytest.fixture(scope="module", params=RECIPES)
def standing(request: pytest.FixtureRequest) -> Standing:
    """Fifty scenes of each shipped recipe, and each object's vertices in the world, which not every test makes anew.

    Seed 11 is used nowhere else, so it was not tuned to.
    """
    made: Standing = []
    for index in range(1, IMAGES + 1):
        spec = sample_scene(RECIPES[request.param], 11, index)
        places = [(obj, transform_points(obj.world_from_object, mesh_of(obj).vertices_m)) for obj in spec.objects]
        made.append((spec, places))
    return made


@pytest.fixture(scope="module")
def scenes(standing: Standing) -> list[SceneSpec]:
    return [spec for spec, _ in standing]


def pixels_of(spec: SceneSpec, obj: ObjectSpec) -> Vertices:
    """(N, 2) places in the picture of the vertices in front of the camera."""
    camera = spec.camera
    cam_from_object = invert_rigid(camera.world_from_cam) @ np.array(obj.world_from_object)
    points = transform_points(cam_from_object, mesh_of(obj).vertices_m)
    K = K_from_focal_length(camera.focal_mm, camera.sensor_width_mm, camera.image_hw)
    return project(points[points[:, 2] > 1e-3], K)


def test_equal_input_gives_equal_bytes_and_another_seed_does_not(scenes: list[SceneSpec]) -> None:
    recipe = RECIPES[scenes[0].recipe_name]
    for index in (1, 5, 30):
        assert scene_to_json(sample_scene(recipe, 11, index)) == scene_to_json(scenes[index - 1])
    assert sample_scene(recipe, 12, 5) != scenes[4]


def test_json_is_exact_both_ways(scenes: list[SceneSpec]) -> None:
    for spec in scenes:
        content = scene_to_json(spec)
        again = scene_from_json(content)
        assert again == spec
        assert scene_to_json(again) == content


@settings(max_examples=15)
@given(seed=st.integers(0, 2**40), index=st.integers(1, 10**6))
def test_json_is_exact_for_any_seed(seed: int, index: int) -> None:
    spec = sample_scene(RECIPES["cones"], seed, index)
    assert scene_from_json(scene_to_json(spec)) == spec


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b"\x80\x04", b'{"seed": 1}', b"null"])
def test_what_is_no_scene_is_refused(content: bytes) -> None:
    with pytest.raises(DatasetError, match="0001 is not a scene spec"):
        scene_from_json(content, where="0001")


def test_a_scene_of_a_newer_version_is_refused(scenes: list[SceneSpec]) -> None:
    loose = json.loads(scene_to_json(scenes[0])) | {"schema_version": 999}
    with pytest.raises(DatasetError, match="newer than"):
        scene_from_json(json.dumps(loose).encode())


def test_instance_ids_count_from_one(scenes: list[SceneSpec]) -> None:
    for spec in scenes:
        assert [obj.instance_id for obj in spec.objects] == list(range(1, len(spec.objects) + 1))


def test_transforms_are_rigid(scenes: list[SceneSpec]) -> None:
    for spec in scenes:
        for transform in (spec.camera.world_from_cam, *(obj.world_from_object for obj in spec.objects)):
            rotation = np.array(transform)[:3, :3]
            np.testing.assert_allclose(rotation @ rotation.T, np.eye(3), atol=1e-9)
            assert np.linalg.det(rotation) == pytest.approx(1)


def test_the_camera_sees_a_labelled_object_where_there_is_one(scenes: list[SceneSpec]) -> None:
    for spec in scenes:
        labelled = [obj for obj in spec.objects if obj.category]
        height, width = spec.camera.image_hw
        seen = 0
        for obj in labelled:
            x, y = pixels_of(spec, obj).T
            seen += bool(((x > 0) & (x < width) & (y > 0) & (y < height)).any())
        assert seen or not labelled, spec.image_index


def test_the_camera_is_above_the_floor_and_outside_every_object(standing: Standing) -> None:
    for spec, objects in standing:
        eye = np.array(spec.camera.world_from_cam)[:3, 3]
        assert eye[2] > 0.01, spec.image_index
        for obj, vertices in objects:
            low, high = vertices.min(axis=0), vertices.max(axis=0)
            assert not ((eye > low) & (eye < high)).all(), (spec.image_index, obj.kind)


def test_nothing_stands_below_the_floor(standing: Standing) -> None:
    for _, objects in standing:
        for obj, vertices in objects:
            assert vertices[:, 2].min() > -1e-6, obj.kind


def test_images_of_a_group_share_their_world(scenes: list[SceneSpec]) -> None:
    worlds: dict[int, WorldSpec] = {}
    for spec in scenes:
        assert worlds.setdefault(spec.world.group, spec.world) == spec.world
    assert len({str(world) for world in worlds.values()}) == len(worlds) == 10


def changed(recipe: Recipe, **parts: dict[str, object]) -> Recipe:
    return recipe.model_copy(update={k: getattr(recipe, k).model_copy(update=v) for k, v in parts.items()})


def test_the_sensor_draws_from_a_stream_of_its_own() -> None:
    recipe = RECIPES["tabletop"]
    before, after = sample_scene(recipe, 0, 7), sample_scene(changed(recipe, sensor={"contrast": (2.0, 3.0)}), 0, 7)
    assert after.sensor.contrast != before.sensor.contrast
    assert (after.objects, after.camera, after.lights, after.surroundings) == (
        before.objects,
        before.camera,
        before.lights,
        before.surroundings,
    )


def test_the_camera_moves_no_object() -> None:
    recipe = RECIPES["tabletop"]
    before, after = sample_scene(recipe, 0, 7), sample_scene(changed(recipe, camera={"fill": (0.1, 0.2)}), 0, 7)
    assert after.camera != before.camera
    assert after.objects == before.objects and after.world == before.world and after.sensor == before.sensor


def test_an_unknown_kind_is_named_with_the_nearest() -> None:
    recipe = changed(RECIPES["fruit"], objects={"kinds": {"aple": 1.0}, "empty_share": 0.0})
    with pytest.raises(UsageError, match="aple") as caught:
        sample_scene(recipe, 0, 1)
    assert "apple" in str(caught.value)


@pytest.mark.slow
def test_shares_and_counts_follow_the_recipe() -> None:
    """Over 300 scenes the share of empty pictures stays within four standard deviations of the recipe's."""
    recipe = changed(RECIPES["cones"], objects={"empty_share": 0.25, "count": (1, 3)})
    counts = [sum(o.category is not None for o in sample_scene(recipe, 2, i).objects) for i in range(1, 301)]
    empty = sum(count == 0 for count in counts) / 300
    assert abs(empty - 0.25) < 4 * (0.25 * 0.75 / 300) ** 0.5
    assert max(counts) <= 3


def test_lens_and_shake_change_nothing_else() -> None:
    """They are drawn from streams of their own, and a scene without them has the bytes it always had."""
    recipe = RECIPES["tabletop"]
    plain = [sample_scene(recipe, 11, index) for index in range(1, 9)]
    values = recipe.model_dump(mode="json")
    values["camera"]["distortion"] = {"k1": [-0.1, -0.05]}
    values["sensor"]["shake"] = {"share": 0.5}
    changed = [sample_scene(Recipe.model_validate_json(json.dumps(values)), 11, index) for index in range(1, 9)]
    for one, other in zip(plain, changed, strict=True):
        assert b"distortion" not in scene_to_json(one) and b"shake" not in scene_to_json(one)
        assert other.camera.distortion is not None and -0.1 <= other.camera.distortion[0] <= -0.05
        assert scene_from_json(scene_to_json(other)) == other
        back = replace(other, camera=replace(other.camera, distortion=None), sensor=replace(other.sensor, shake=None))
        assert back == one
    assert 0 < sum(spec.sensor.shake is not None for spec in changed) < 8


def test_intrinsics_as_given_are_those_of_the_scene() -> None:
    values = RECIPES["tabletop"].model_dump(mode="json")
    values["image"] = {"width_px": 320, "height_px": 240}
    values["camera"]["intrinsics"] = {"width_px": 640, "height_px": 480, "fx": [600, 700], "fy": [630, 735], "cx": 322}
    recipe = Recipe.model_validate_json(json.dumps(values))
    for index in range(1, 9):
        K = K_of(sample_scene(recipe, 11, index).camera)
        assert 300 <= K[0, 0] <= 350 and K[1, 1] / K[0, 0] == pytest.approx(1.05)
        assert K[0, 2] == 161 and K[1, 2] == 120 and K[0, 1] == 0
