"""The free scene: any objects in a heap, a row or scattered, on a stage chosen at random."""

from __future__ import annotations

import math
from collections.abc import Callable

from numpy.random import Generator

from synthvis.config.recipe import Distractors, Recipe
from synthvis.draws import log_uniform, pick, uniform
from synthvis.objects.registry import ObjectCatalogue
from synthvis.scene.camera import draw_camera, target_of
from synthvis.scene.free.arrangement import arrange, draw_labelled, draw_objects
from synthvis.scene.free.heaps import drop_on_floor, fill_box, of_one_batch
from synthvis.scene.free.holding import hold_up
from synthvis.scene.free.surroundings import draw_surroundings
from synthvis.scene.layout import Layout
from synthvis.scene.placed_object import Group, PlacedObject, carriers_of, specs_of

__all__ = ["free_layout"]

SETTLED = {"bin": fill_box, "drop": drop_on_floor}
"""Layouts that physics decides, by name."""

BARE_RADIUS_M = {"studio": (0.1, 0.4), "tabletop": (0.1, 0.4), "ground": (0.5, 4.0)}
"""What the camera looks at in a picture without objects."""


def free_layout(
    recipe: Recipe, stage_kind: str, rng: Callable[[str], Generator], catalogue: ObjectCatalogue, *, seamless: bool
) -> Layout:
    """Objects of the recipe's kinds on a stage.

    Args:
        recipe: The distribution.
        stage_kind: "studio", "tabletop" or "ground".
        rng: A generator for each stream of draws.
        catalogue: Every type of object.
        seamless: The world is one colour, so a flat studio has no visible edge.
    """
    camera_rng = rng("camera")
    azimuth_rad = uniform(camera_rng, (0, 2 * math.pi))
    group, labelled_count = _draw_group(recipe, azimuth_rad, rng("objects"), rng("placement"), catalogue)
    target = target_of(
        group, labelled_count, camera_rng, empty_radius_m=log_uniform(camera_rng, BARE_RADIUS_M[stage_kind])
    )
    radius_m = max(group.radius_m, target.radius_m)
    behind = _draw_background(recipe.distractors, radius_m, azimuth_rad + math.pi, rng("background"), catalogue)
    image_hw = (recipe.image.height_px, recipe.image.width_px)
    return Layout(
        surroundings=draw_surroundings(
            recipe.free_environment, stage_kind, radius_m, azimuth_rad + math.pi, rng("stage"), seamless=seamless
        ),
        objects=specs_of((*group.placed, *behind), first_id=1),
        camera=draw_camera(recipe.camera, target, image_hw, azimuth_rad, camera_rng),
        target_m=target.centre_m,
        target_radius_m=target.radius_m,
        carriers=carriers_of((*group.placed, *behind), first_id=1),
    )


def _draw_group(
    recipe: Recipe, camera_rad: float, rng: Generator, placement_rng: Generator, catalogue: ObjectCatalogue
) -> tuple[Group, int]:
    """Labelled objects and the distractors among them, and how many of the group's first are labelled."""
    labelled = draw_labelled(recipe.free_objects, camera_rad, rng, catalogue)
    others = draw_objects(recipe.distractors.kinds, recipe.distractors.count, camera_rad, rng, catalogue)
    layout = pick(placement_rng, recipe.free_objects.layouts)
    if layout == "hand":
        return hold_up(labelled, others, camera_rad, placement_rng, catalogue)
    if layout in SETTLED:
        labelled = of_one_batch(labelled, placement_rng, catalogue)
        return SETTLED[layout](labelled, others, placement_rng, catalogue)
    group = arrange([*labelled, *others], layout, placement_rng)
    chosen = {id(sampled) for sampled in labelled}
    return group, sum(id(item.sampled) in chosen for item in group.placed)


def _draw_background(
    distractors: Distractors, radius_m: float, forward_rad: float, rng: Generator, catalogue: ObjectCatalogue
) -> tuple[PlacedObject, ...]:
    """Distractors beyond the group as the camera sees it, each in a sector of its own so that none meet."""
    kinds, count = distractors.background_kinds, distractors.background_count
    objects = draw_objects(kinds, count, forward_rad + math.pi, rng, catalogue)
    placed: list[PlacedObject] = []
    near_m = radius_m
    for sampled in objects:
        near_m += log_uniform(rng, (0.3, 6.0)) + sampled.radius_m
        angle = forward_rad + rng.normal() * 0.45
        placed.append(PlacedObject(sampled, (near_m * math.cos(angle), near_m * math.sin(angle), -sampled.bottom_m)))
        near_m += sampled.radius_m
    return tuple(placed)
