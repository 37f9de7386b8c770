"""Light: the world that a group of images shares, and the lamps of one image."""

from __future__ import annotations

import math

from numpy.random import Generator

from synthvis.config.recipe import World
from synthvis.draws import chance, log_uniform, pick, uniform
from synthvis.objects.spec import Vec3
from synthvis.scene.spec import LightSpec, WorldSpec

__all__ = ["OUTDOORS", "draw_lights", "draw_world"]

HDRI_WEIGHTS = {
    "studio": {"studio.exr": 3.0, "interior.exr": 2.0},
    "tabletop": {
        "interior.exr": 3.0,
        "studio.exr": 2.0,
        "courtyard.exr": 1.0,
        "city.exr": 1.0,
        "forest.exr": 0.7,
        "sunset.exr": 0.5,
    },
    "ground": {
        "city.exr": 2.0,
        "courtyard.exr": 2.0,
        "forest.exr": 2.0,
        "sunrise.exr": 1.0,
        "sunset.exr": 1.0,
        "night.exr": 0.15,
    },
    "open": {"sunrise.exr": 1.0, "sunset.exr": 1.0},
}
"""Environment maps inside the bpy wheel (CC0) that suit each stage."""

OUTDOORS = frozenset({"ground", "open"})
"""Under the sky: on the ground, and where nothing but the sky may show beyond, as at sea."""


def draw_world(world: World, stage: str, group: int, rng: Generator) -> WorldSpec:
    """The light from infinity of one group of images."""
    strength = log_uniform(rng, world.strength)
    if chance(rng, world.hdri_share):
        return WorldSpec(group=group, hdri=pick(rng, HDRI_WEIGHTS[stage]), strength=strength, color_rgb=(1.0, 1.0, 1.0))
    return WorldSpec(group=group, hdri=None, strength=strength, color_rgb=_sky_rgb(rng, stage))


def draw_lights(world: WorldSpec, stage: str, centre_m: Vec3, radius_m: float, rng: Generator) -> tuple[LightSpec, ...]:
    """Soft boxes about a table or a studio; one far lamp, the sun, over the ground.

    A lamp's power follows from the share of light it adds: a square lamp of power P at distance d casts P / (pi d^2)
    on a surface that faces it, a uniform sky of radiance L casts pi L.
    """
    counts: tuple[float, ...]
    if stage in OUTDOORS:
        counts, distance, size, height_deg = (0.35, 0.65), (25.0, 40.0), (0.01, 0.06), (12.0, 75.0)
    else:
        counts, distance, size, height_deg = (0.1, 0.4, 0.3, 0.2), (4.0, 9.0), (0.15, 0.9), (18.0, 85.0)
    count = int(pick(rng, {str(number): share for number, share in enumerate(counts)}))
    sky = math.pi * world.strength * max(sum(world.color_rgb) / 3, 0.05)
    lamps: list[LightSpec] = []
    for _ in range(count):
        distance_m = max(radius_m, 0.05) * uniform(rng, distance)
        height, azimuth = math.radians(uniform(rng, height_deg)), uniform(rng, (0, 2 * math.pi))
        share = log_uniform(rng, (0.3, 4.0)) / count
        lamps.append(
            LightSpec(
                position_m=(
                    centre_m[0] + distance_m * math.cos(height) * math.cos(azimuth),
                    centre_m[1] + distance_m * math.cos(height) * math.sin(azimuth),
                    centre_m[2] + distance_m * math.sin(height),
                ),
                target_m=centre_m,
                size_m=distance_m * uniform(rng, size),
                power_w=share * sky * math.pi * distance_m**2,
                color_rgb=_warmth_rgb(rng, 0.25),
            )
        )
    return tuple(lamps)


def _sky_rgb(rng: Generator, stage: str) -> Vec3:
    if stage in OUTDOORS:
        blue = uniform(rng, (0.0, 0.65))
        return 1 - 0.75 * blue, 1 - 0.4 * blue, 1.0
    return _warmth_rgb(rng, 0.12)


def _warmth_rgb(rng: Generator, limit: float) -> Vec3:
    warmth = uniform(rng, (-limit, limit))
    return 1 + warmth, 1.0, 1 - warmth
