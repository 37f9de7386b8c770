"""One picture of an environment: compose it, choose what the camera looks at, and turn the whole in the light."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from synthvis.camera.spec import CameraSpec
from synthvis.config.recipe import Camera, Recipe
from synthvis.draws import chance, uniform
from synthvis.geometry import rigid, rotation_about
from synthvis.objects.registry import ObjectCatalogue
from synthvis.objects.spec import Vec3
from synthvis.scene.camera import Target, draw_camera
from synthvis.scene.environments.composer import SceneComposer
from synthvis.scene.environments.environment import Composition, Environment, View
from synthvis.scene.environments.sight import points_in_sight
from synthvis.scene.environments.solids import balls_of_crowns, boxes_of_blocks
from synthvis.scene.layout import Layout
from synthvis.scene.placed_object import PlacedObject, carriers_of, specs_of

__all__ = ["environment_layout"]

SHOTS = 12
NEARNESS = 1.5
"""Exponent of the share of the things that a picture shows, in the logarithm of their number; 1 is uniform."""
MIN_IN_SIGHT = 4
"""Points of labelled things that a picture shows at least: half of those of one thing."""
BARE_RADIUS_M = 0.5
"""What the camera looks at in an environment without labelled objects."""
OPEN_CELL_M = 0.3
"""Side of the cells of open things that the camera keeps out of."""


def environment_layout(
    environment: Environment, recipe: Recipe, rng: Callable[[str], Generator], objects: ObjectCatalogue
) -> Layout:
    """A draw of an environment.

    Args:
        environment: What to compose.
        recipe: Gives the lens; the environment's view gives where people stand.
        rng: A generator for each stream of draws.
        objects: Every type of object.
    """
    composer = SceneComposer(
        rng("objects"),
        floor_m=environment.floor_m,
        level_m=environment.level_m,
        kinds=environment.kinds,
        objects=objects,
    )
    composition = environment.compose(composer)
    camera_rng = rng("camera")
    turn_rad = uniform(camera_rng, (0, 2 * math.pi))
    target, camera = _shot(composition, recipe, camera_rng)
    return Layout(
        surroundings=replace(composition.surroundings, forward_rad=turn_rad),
        objects=specs_of(composition.placed, first_id=1, turn_rad=turn_rad),
        camera=_turned_camera(camera, turn_rad),
        target_m=_turned(target.centre_m, turn_rad),
        target_radius_m=target.radius_m,
        carriers=carriers_of(tuple(composition.placed), first_id=1),
    )


def _shot(composition: Composition, recipe: Recipe, rng: Generator) -> tuple[Target, CameraSpec]:
    """What to look at and from where.

    Drawn again while a wall or, of one thing alone, another would be in between, and while none of the labelled things
    is in sight, say because the camera stands close behind a crate; after `SHOTS` draws the one that sees most.
    """
    view, image_hw = composition.view, (recipe.image.height_px, recipe.image.width_px)
    alone = chance(rng, view.alone_share)
    lens = _as_seen(recipe.camera, view, alone=alone)
    standing = (box for item in composition.placed for box in _boxes_of(item, view.open_kinds))
    boxes = (*standing, *boxes_of_blocks(composition.surroundings))
    shots: list[tuple[int, Target, CameraSpec]] = []
    for _ in range(SHOTS):
        azimuth_rad = math.pi + math.radians(uniform(rng, (-view.azimuth_deg, view.azimuth_deg)))
        target = _target(composition, boxes, rng, alone=alone)
        camera = draw_camera(lens, target, image_hw, azimuth_rad, rng, eye_m=view.eye_m)
        eye_m = np.array(camera.world_from_cam)[:3, 3]
        free = _is_inside(eye_m, view) and (not alone or target.is_in_sight(eye_m))
        seen = points_in_sight(camera, composition.placed, view.open_kinds)
        if free and (seen >= MIN_IN_SIGHT or not any(item.is_labelled for item in composition.placed)):
            return target, camera
        shots.append((seen, target, camera))
    return max(shots, key=lambda shot: shot[0])[1:]


def _is_inside(eye_m: NDArray[np.float64], view: View) -> bool:
    """Whether a camera is within the walls, where there are any."""
    return view.inside_m is None or all(a < e < b for e, (a, b) in zip(eye_m, view.inside_m, strict=False))


def _target(composition: Composition, boxes: tuple[tuple[Vec3, Vec3], ...], rng: Generator, *, alone: bool) -> Target:
    """A labelled object and, if not alone, some of its nearest neighbours: from one thing to the whole environment."""
    view, crowns = composition.view, balls_of_crowns(composition.surroundings)
    labelled = [item for item in composition.placed if item.is_labelled]
    if not labelled:
        return Target((0.0, 0.0, BARE_RADIUS_M), BARE_RADIUS_M, crowns, boxes, view.aisle_m)
    anchors = [item for item in labelled if _kind(item) in view.anchors] or labelled
    # By kind first: else pictures would be of what stands there in numbers, books and bottles.
    kinds = sorted({_kind(item) for item in anchors})
    kind = kinds[int(rng.integers(len(kinds)))]
    alike = [item for item in anchors if _kind(item) == kind]
    anchor = _middle(alike[int(rng.integers(len(alike)))])
    by_distance = sorted(labelled, key=lambda item: float(np.linalg.norm(_middle(item) - anchor)))
    # More pictures of a few things than of a whole room, as people take them.
    count = math.ceil(len(labelled) ** (uniform(rng, (0.0, 1.0)) ** NEARNESS))
    part = min(uniform(rng, view.upper), 1.0) if view.upper[0] < 1.0 else 1.0
    centre_m, radius_m = _ball(by_distance[: 1 if alone else max(count, 1)], part)
    return Target(centre_m, radius_m, crowns, boxes, view.aisle_m)


def _kind(item: PlacedObject) -> str:
    return item.sampled.parts[0][0].kind


def _middle(item: PlacedObject) -> NDArray[np.float64]:
    middle: NDArray[np.float64] = np.mean(item.labelled_box_m, axis=0)
    return middle


def _boxes_of(item: PlacedObject, open_kinds: tuple[str, ...]) -> list[tuple[Vec3, Vec3]]:
    """The box of an object; of an open kind the cells of a grid that hold its vertices."""
    if _kind(item) not in open_kinds:
        return [item.box_m]
    points = np.concatenate(
        [
            mesh.vertices_m @ pose[:3, :3].T + pose[:3, 3]
            for mesh, (_, pose) in zip(item.sampled.meshes, item.sampled.parts, strict=True)
        ]
    )
    cells = np.unique(np.floor((points + item.xyz_m) / OPEN_CELL_M).astype(int), axis=0)
    corners = [[tuple(corner) for corner in (step * OPEN_CELL_M).tolist()] for step in (cells, cells + 1)]
    return list(zip(*corners, strict=True))


def _ball(items: list[PlacedObject], part: float) -> tuple[Vec3, float]:
    """Around the upper part of what some things take up together."""
    corners = np.array([corner for item in items for corner in item.labelled_box_m])
    low, high = corners.min(axis=0), corners.max(axis=0)
    low[2] = high[2] - part * (high[2] - low[2])
    middle = (low + high) / 2
    return (float(middle[0]), float(middle[1]), float(middle[2])), float(np.linalg.norm(high - low) / 2)


def _as_seen(camera: Camera, view: View, *, alone: bool) -> Camera:
    """The recipe's camera in this environment; who takes a picture of one thing steps up to it."""
    smallest, largest = view.fill
    return camera.model_copy(
        update={
            "elevation_deg": view.elevation_deg,
            "height_m": view.height_m,
            "fill": (math.sqrt(smallest * largest), largest) if alone else view.fill,
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
