"""What each override of an ablation does to the scenes, on the scenes themselves."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from synthvis.assets.resolve import catalogue_of, resolve
from synthvis.config.load import load_recipe
from synthvis.config.recipe import Recipe
from synthvis.errors import UsageError
from synthvis.scene.sample import sample_scene
from synthvis.scene.spec import SceneSpec
from synthvis.study.ablation import FACTORS, factor_named, overrides_of, shown_overrides, without

SEED, IMAGES = 5, (1, 23, 24)


@pytest.fixture(autouse=True)
def _own_cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SYNTHVIS_CACHE", str(tmp_path_factory.getbasetemp() / "ablation-cache"))


def held(name: str, recipe: Recipe) -> Recipe:
    return resolve(without(recipe, overrides_of(factor_named(name), recipe)))


def scenes(recipe: Recipe) -> list[SceneSpec]:
    catalogue = catalogue_of(recipe)
    return [sample_scene(recipe, SEED, number, catalogue=catalogue) for number in IMAGES]


@cache
def shipped_scenes(name: str) -> list[SceneSpec]:
    return scenes(load_recipe(name))


PARTS = ("environment", "surroundings", "world", "lights", "objects", "camera", "sensor", "render")


def changed(name: str, recipe: str) -> set[str]:
    pairs = zip(shipped_scenes(recipe), scenes(held(name, load_recipe(recipe))), strict=True)
    return {part for one, other in pairs for part in PARTS if getattr(one, part) != getattr(other, part)}


@pytest.mark.parametrize(
    ("recipe", "name", "parts"),
    [
        ("cones", "texture", {"surroundings"}),
        ("cones", "camera", {"camera"}),
        ("cones", "sensor", {"sensor"}),
        ("cones", "lighting", {"world", "lights"}),
        ("fruit", "camera", {"camera"}),
        ("coco", "texture", {"surroundings"}),
        ("coco", "lighting", {"world", "lights"}),
    ],
)
def test_the_same_seeds_give_the_same_scenes_but_for_one_part(recipe: str, name: str, parts: set[str]) -> None:
    found = changed(name, recipe)
    assert found
    assert found <= parts


def test_lighting_leaves_one_brightness_and_no_environment_map() -> None:
    found = scenes(held("lighting", load_recipe("cones")))
    assert {scene.world.hdri for scene in found} == {None}
    assert len({scene.world.strength for scene in found}) == 1


def test_texture_leaves_one_picture_on_every_surface_but_markings() -> None:
    found = scenes(held("texture", load_recipe("cones")))
    pictures = {
        surface.params.get("picture")
        for scene in found
        for slot, surface in scene.surroundings.surfaces.items()
        if slot not in ("marking", "kerb", "trunk", "crown")
    }
    assert len(pictures) == 1 and None not in pictures


def geometry(scene):
    return replace(scene.surroundings, surfaces={})


def test_texture_keeps_the_shape_of_all_surroundings() -> None:
    plain = scenes(held("texture", load_recipe("cones")))
    assert [geometry(one) for one in plain] == [geometry(one) for one in shipped_scenes("cones")]


def test_camera_leaves_one_lens_and_nothing_out_of_focus() -> None:
    found = scenes(held("camera", load_recipe("cones")))
    # The middle of 22 and 70 mm in the logarithm.
    assert {round(scene.camera.focal_mm, 3) for scene in found} == {39.243}
    assert {scene.camera.f_number for scene in found} == {None}


def test_distractors_leave_what_is_labelled() -> None:
    without_any = scenes(held("distractors", load_recipe("cones")))
    kinds = [[item.kind for item in scene.objects] for scene in without_any]
    assert {kind for scene in kinds for kind in scene} == {"traffic_cone"}
    before = [[item.kind for item in scene.objects if item.kind == "traffic_cone"] for scene in shipped_scenes("cones")]
    assert kinds == before


def test_context_leaves_the_studio_or_chaos() -> None:
    assert {scene.surroundings.base.kind for scene in scenes(held("context", load_recipe("cones")))} == {"studio"}
    assert {scene.environment for scene in scenes(held("context", load_recipe("coco")))} == {"chaos"}


def test_the_sensor_is_the_same_in_every_picture_but_for_its_noise() -> None:
    found = [scene.sensor for scene in scenes(held("sensor", load_recipe("coco")))]
    assert len({(one.exposure_ev, one.white_balance_rgb, one.contrast, one.saturation) for one in found}) == 1
    assert len({(one.blur_sigma_px, one.jpeg_quality, one.vignette, one.least_mean) for one in found}) == 1
    assert len({one.noise_seed for one in found}) == len(IMAGES)
    # Halfway between 50 and 95, and between 0.08 and 0.18.
    assert (found[0].jpeg_quality, found[0].least_mean) == (72, pytest.approx(0.13))


def absent(recipe: Recipe) -> set[str]:
    return {factor.name for factor in FACTORS if not overrides_of(factor, recipe)}


def test_a_randomiser_that_a_recipe_lacks_is_not_switched_off() -> None:
    assert absent(load_recipe("fruit")) == set()
    assert absent(load_recipe("coco")) == {"distractors"}, "what places hold has no key"
    assert absent(load_recipe("chaos")) == {"distractors", "context"}
    plain = [
        "free_environment.weights={studio: 1}",
        "distractors.kinds={}",
        "world.hdri_share=0",
        "world.strength=[1,1]",
    ]
    assert absent(load_recipe("fruit", plain)) == {"lighting", "distractors", "context"}


@pytest.mark.parametrize("factor", FACTORS, ids=lambda factor: factor.name)
def test_switching_off_twice_changes_nothing_more(factor: object) -> None:
    recipe = load_recipe("cones")
    once = without(recipe, overrides_of(factor, recipe))
    assert overrides_of(factor, once) == ()


def test_reports_show_no_folder_of_this_machine() -> None:
    shown = shown_overrides(overrides_of(factor_named("texture"), load_recipe("fruit")))
    assert shown == ('textures={"folder": "plain", "share": 1.0}',)
    assert str(Path.home()) not in "".join(shown)


def test_an_unknown_randomiser_is_named() -> None:
    with pytest.raises(UsageError, match="did you mean 'lighting'"):
        factor_named("lightning")
