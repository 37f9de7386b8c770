"""Pictures of the user's in a scene: as textures of the stage, as what is far behind it, as the light.

Applied to what has been drawn without them and from streams of their own, so that a share of pictures changes nothing
in the other images.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from numpy.random import Generator

from synthvis.config.recipe import Pictures
from synthvis.errors import UsageError
from synthvis.objects.spec import Param, SurfaceSpec
from synthvis.scene.draw import chance, log_uniform, uniform
from synthvis.scene.spec import StageSpec, WorldSpec

__all__ = ["Picture", "register_pictures", "with_background", "with_own_light", "with_textures"]

TILE_M = {"ground": (0.8, 4.0), "verge": (0.8, 4.0), "floor": (0.5, 2.5), "rug": (0.3, 1.5)}
WALL_TILE_M = (0.6, 3.0)
TABLE_TILE_M = (0.15, 1.2)
PLAIN_SLOTS = frozenset({"marking", "kerb", "trunk", "crown"})
"""Parts of a stage that stay what they are."""

BACKGROUND_PARAMS = ("backdrop_0", "backdrop_1", "backdrop_2", "profile_0", "profile_1", "profile_2", "boxes",
                     "trunks", "crowns", "crown_seed")  # fmt: skip
BACKGROUND_SLOTS = ("backdrop_0", "backdrop_1", "backdrop_2", "box_0", "box_1", "box_2", "trunk", "crown")


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture in the cache, by name, and its width over its height."""

    name: str
    aspect: float


_KNOWN: dict[str, tuple[Picture, ...]] = {}
"""Pictures by the folder's NAME@DIGEST."""


def register_pictures(folders: Mapping[str, Sequence[Picture]]) -> None:
    """Make the pictures of folders known in this process."""
    _KNOWN.update({name: tuple(pictures) for name, pictures in folders.items()})


def with_textures(stage: StageSpec, pictures: Pictures | None, rng: Generator) -> StageSpec:
    """A stage whose surfaces show textures, each with the share of `pictures`."""
    if pictures is None:
        return stage
    surfaces = dict(stage.surfaces)
    for slot in sorted(stage.surfaces.keys() - PLAIN_SLOTS):
        if chance(rng, pictures.share):
            surfaces[slot] = SurfaceSpec(kind="picture", params=_texture(slot, stage.kind, pictures, rng))
    return replace(stage, surfaces=surfaces)


def with_background(
    stage: StageSpec, pictures: Pictures | None, radius_m: float, eye_m: float, rng: Generator
) -> StageSpec:
    """A stage with a photograph far behind it in place of walls, houses and trees; a studio stays as it is.

    Args:
        stage: What was drawn.
        pictures: Photographs and their share.
        radius_m: Size of what the camera looks at.
        eye_m: Height of the camera, near which photographs mostly have their horizon.
        rng: Source of the draws.
    """
    if pictures is None or not chance(rng, pictures.share) or stage.kind == "studio":
        return stage
    picture = _picked(pictures, rng)
    distance_m = max(2.0, radius_m * uniform(rng, (5.0, 9.0)))
    width_m = distance_m * uniform(rng, (2.0, 2.8))
    height_m = width_m / picture.aspect
    base_m = eye_m - height_m * uniform(rng, (0.3, 0.6))
    params: dict[str, Param] = {name: value for name, value in stage.params.items() if name not in BACKGROUND_PARAMS}
    params["backdrop_0"] = (distance_m, height_m, width_m, 0.0, base_m)
    surfaces = {slot: surface for slot, surface in stage.surfaces.items() if slot not in BACKGROUND_SLOTS}
    shown: dict[str, Param] = {
        "picture": picture.name,
        "strength": log_uniform(rng, (0.5, 1.3)),
        "mirrored": chance(rng, 0.5),
    }
    surfaces["backdrop_0"] = SurfaceSpec(kind="photograph", params=shown)
    return replace(stage, params=params, surfaces=surfaces)


def with_own_light(world: WorldSpec, pictures: Pictures | None, rng: Generator) -> WorldSpec:
    """A world lit by a map of the user's, with the share of `pictures`."""
    if pictures is None or not chance(rng, pictures.share):
        return world
    return replace(world, hdri=_picked(pictures, rng).name, color_rgb=(1.0, 1.0, 1.0))


def _texture(slot: str, stage_kind: str, pictures: Pictures, rng: Generator) -> dict[str, Param]:
    tile_m = WALL_TILE_M if slot.startswith(("backdrop", "box")) else TILE_M.get(slot, TABLE_TILE_M)
    return {
        "picture": _picked(pictures, rng).name,
        "tile_m": log_uniform(rng, tile_m),
        "roughness": uniform(rng, (0.25, 0.9)),
        "bump": uniform(rng, (0.0, 0.4)),
        "turn_rad": uniform(rng, (-0.2, 0.2)) if slot in ("ground", "verge", "rug", "cloth") else 0.0,
        "seed": uniform(rng, (0, 1000)),
    }


def _picked(pictures: Pictures, rng: Generator) -> Picture:
    known = _KNOWN.get(pictures.folder, ())
    if not known:
        raise UsageError(f"the pictures of {pictures.folder} are not known here", hint="name the folder by its path")
    return known[int(rng.integers(len(known)))]
