"""One picture of a place: compose it, choose what the camera looks at, and turn the whole in the light."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.random import Generator

from synthvis.config.recipe import Camera, Recipe
from synthvis.geometry import rigid, rotation_about
from synthvis.scene.camera import Target, draw_camera
from synthvis.scene.draft import Placed, specs_of
from synthvis.scene.draw import uniform
from synthvis.scene.places.composer import Composer
from synthvis.scene.places.place import Composition, Place, View
from synthvis.scene.setting import Setting
from synthvis.types import CameraSpec, Vec3

__all__ = ["place_setting"]

BARE_RADIUS_M = 0.5
"""What the camera looks at in a place without labelled objects."""


def place_setting(place: Place, recipe: Recipe, rng: Callable[[str], Generator]) -> Setting:
    """A draw of a place.

    Args:
        place: What to compose.
        recipe: Gives the lens; the place's view gives where people stand.
        rng: A generator for each stream of draws.
    """
    composer = Composer(rng("objects"), floor_m=place.floor_m, level_m=place.level_m, kinds=place.kinds)
    composition = place.compose(composer)
    camera_rng = rng("camera")
    turn_rad = uniform(camera_rng, (0, 2 * math.pi))
    azimuth_rad = math.pi + math.radians(
        uniform(camera_rng, (-composition.view.azimuth_deg, composition.view.azimuth_deg))
    )
    target = _target(composition, camera_rng)
    image_hw = (recipe.image.height_px, recipe.image.width_px)
    camera = draw_camera(_as_seen(recipe.camera, composition.view), target, image_hw, azimuth_rad, camera_rng)
    stage = composition.stage
    return Setting(
        stage=replace(stage, params={**stage.params, "forward_rad": turn_rad}),
        objects=specs_of(composition.placed, first_id=1, turn_rad=turn_rad),
        camera=_turned_camera(camera, turn_rad),
        target_m=_turned(target.centre_m, turn_rad),
        target_radius_m=target.radius_m,
    )


def _target(composition: Composition, rng: Generator) -> Target:
    """A labelled object and some of its nearest neighbours: from one thing to the whole place."""
    labelled = [item for item in composition.placed if item.is_labelled]
    boxes = tuple(item.box_m for item in composition.placed)
    if not labelled:
        return Target((0.0, 0.0, BARE_RADIUS_M), BARE_RADIUS_M, boxes=boxes)
    anchor = np.array(labelled[int(rng.integers(len(labelled)))].centre_m)
    by_distance = sorted(labelled, key=lambda item: float(np.linalg.norm(np.array(item.centre_m) - anchor)))
    # Uniform in the logarithm: as many pictures of one or two things as of a whole room.
    count = math.ceil(math.exp(uniform(rng, (0.0, math.log(len(labelled) + 1e-9)))))
    centre_m, radius_m = _ball(by_distance[: max(count, 1)])
    return Target(centre_m, radius_m, boxes=boxes)


def _ball(items: list[Placed]) -> tuple[Vec3, float]:
    corners = np.array([corner for item in items for corner in item.box_m])
    low, high = corners.min(axis=0), corners.max(axis=0)
    middle = (low + high) / 2
    return (float(middle[0]), float(middle[1]), float(middle[2])), float(np.linalg.norm(high - low) / 2)


def _as_seen(camera: Camera, view: View) -> Camera:
    return camera.model_copy(
        update={
            "elevation_deg": view.elevation_deg,
            "height_m": view.height_m,
            "fill": view.fill,
            "distance_m": view.distance_m,
        }
    )


def _turned_camera(camera: CameraSpec, turn_rad: float) -> CameraSpec:
    turn = rigid(rotation_about((0.0, 0.0, 1.0), turn_rad), (0.0, 0.0, 0.0))
    pose = [tuple(float(value) for value in row) for row in turn @ np.array(camera.world_from_cam)]
    return replace(camera, world_from_cam=(pose[0], pose[1], pose[2], pose[3]))  # type: ignore[arg-type]  # four rows of four


def _turned(point_m: Vec3, turn_rad: float) -> Vec3:
    x_m, y_m, z_m = point_m
    cos, sin = math.cos(turn_rad), math.sin(turn_rad)
    return x_m * cos - y_m * sin, x_m * sin + y_m * cos, z_m
