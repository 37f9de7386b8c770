"""Pictures of the user's in a scene: as textures of the surroundings, as what is far behind it, as the light.

Applied to what has been drawn without them and from streams of their own, so that a share of pictures changes nothing
in the other images.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from numpy.random import Generator

from synthvis.config.recipe import Pictures
from synthvis.draws import chance, log_uniform, uniform
from synthvis.errors import UsageError
from synthvis.objects.spec import Param, SurfaceSpec
from synthvis.scene.spec import WorldSpec
from synthvis.scene.surroundings import Studio, Surroundings, Wall, wall_slot

__all__ = ["Folders", "Picture", "with_background", "with_own_light", "with_textures"]

TILE_M = {"ground": (0.8, 4.0), "verge": (0.8, 4.0), "floor": (0.5, 2.5), "rug": (0.3, 1.5)}
WALL_TILE_M = (0.6, 3.0)
TABLE_TILE_M = (0.15, 1.2)
PLAIN_SLOTS = frozenset({"marking", "kerb", "trunk", "crown"})
"""Parts of surroundings that stay what they are."""

BACKGROUND_SLOTS = ("backdrop_0", "backdrop_1", "backdrop_2", "box_0", "box_1", "box_2", "trunk", "crown")


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture in the cache, by name, and its width over its height."""

    name: str
    aspect: float


Folders = Mapping[str, Sequence[Picture]]
"""Pictures by the folder's NAME@DIGEST."""


def with_textures(
    surroundings: Surroundings, pictures: Pictures | None, folders: Folders, rng: Generator
) -> Surroundings:
    """Surroundings whose surfaces show textures of one of the `folders`, each with the share of `pictures`."""
    if pictures is None:
        return surroundings
    surfaces = dict(surroundings.surfaces)
    for slot in sorted(surroundings.surfaces.keys() - PLAIN_SLOTS):
        if chance(rng, pictures.share):
            surfaces[slot] = SurfaceSpec(kind="picture", params=_texture(slot, pictures, folders, rng))
    return replace(surroundings, surfaces=surfaces)


def with_background(
    surroundings: Surroundings,
    pictures: Pictures | None,
    folders: Folders,
    radius_m: float,
    eye_m: float,
    rng: Generator,
) -> Surroundings:
    """Surroundings with a photograph far behind it in place of walls, houses and trees; a studio stays as it is.

    Args:
        surroundings: What was drawn.
        pictures: Photographs and their share.
        folders: What is in each folder.
        radius_m: Size of what the camera looks at.
        eye_m: Height of the camera, near which photographs mostly have their horizon.
        rng: Source of the draws.
    """
    if pictures is None or not chance(rng, pictures.share) or isinstance(surroundings.base, Studio):
        return surroundings
    picture = _picked(pictures, folders, rng)
    distance_m = max(2.0, radius_m * uniform(rng, (5.0, 9.0)))
    width_m = distance_m * uniform(rng, (2.0, 2.8))
    height_m = width_m / picture.aspect
    base_m = eye_m - height_m * uniform(rng, (0.3, 0.6))
    wall = Wall(slot=wall_slot(0), distance_m=distance_m, height_m=height_m, width_m=width_m, base_m=base_m)
    surfaces = {slot: surface for slot, surface in surroundings.surfaces.items() if slot not in BACKGROUND_SLOTS}
    shown: dict[str, Param] = {
        "picture": picture.name,
        "strength": log_uniform(rng, (0.5, 1.3)),
        "mirrored": chance(rng, 0.5),
    }
    surfaces[wall.slot] = SurfaceSpec(kind="photograph", params=shown)
    return replace(surroundings, walls=(wall,), blocks=(), trees=(), crown_seed=0, surfaces=surfaces)


def with_own_light(world: WorldSpec, pictures: Pictures | None, folders: Folders, rng: Generator) -> WorldSpec:
    """A world lit by a map of one of the `folders`, with the share of `pictures`."""
    if pictures is None or not chance(rng, pictures.share):
        return world
    return replace(world, hdri=_picked(pictures, folders, rng).name, color_rgb=(1.0, 1.0, 1.0))


def _texture(slot: str, pictures: Pictures, folders: Folders, rng: Generator) -> dict[str, Param]:
    tile_m = WALL_TILE_M if slot.startswith(("backdrop", "box")) else TILE_M.get(slot, TABLE_TILE_M)
    return {
        "picture": _picked(pictures, folders, rng).name,
        "tile_m": log_uniform(rng, tile_m),
        "roughness": uniform(rng, (0.25, 0.9)),
        "bump": uniform(rng, (0.0, 0.4)),
        "turn_rad": uniform(rng, (-0.2, 0.2)) if slot in ("ground", "verge", "rug", "cloth") else 0.0,
        "seed": uniform(rng, (0, 1000)),
    }


def _picked(pictures: Pictures, folders: Folders, rng: Generator) -> Picture:
    known = folders.get(pictures.folder, ())
    if not known:
        raise UsageError(f"the pictures of {pictures.folder} are not known here", hint="name the folder by its path")
    return known[int(rng.integers(len(known)))]
