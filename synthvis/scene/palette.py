"""What floors, tables, walls and grounds are made of; kinds and parameters as in `blender_scenes.materials`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.random import Generator

from synthvis.draws import chance, log_uniform, uniform
from synthvis.objects.spec import Param, SurfaceSpec, Vec3

__all__ = [
    "any_texture",
    "backdrop_surface",
    "beach_sand",
    "box_surface",
    "colour_rgb",
    "facade",
    "floor_surface",
    "foliage",
    "ground_surface",
    "horizon",
    "indoor_wall_surface",
    "lawn",
    "meadow",
    "outdoor_backdrop",
    "paving",
    "plain",
    "road",
    "rug_surface",
    "sea",
    "table_surface",
    "verge",
]

Maker = Callable[[Generator], SurfaceSpec]


def plain(rng: Generator, color: Vec3, *, emission: float = 0.0) -> SurfaceSpec:
    """One colour."""
    return _surface(rng, "plain", color=color, roughness=uniform(rng, (0.3, 0.9)), emission=emission)


def table_surface(rng: Generator) -> SurfaceSpec:
    """A table top: mostly wood, then stone, cloth, tiles, plain and random textures."""
    makers: list[Maker] = [_wood, _wood, _wood, _wood, _fabric, _fabric, _stone, _tiles, _coloured, _random, _concrete]
    return makers[int(rng.integers(len(makers)))](rng)


def ground_surface(rng: Generator) -> SurfaceSpec:
    """A ground that is not a road: grass, earth, paving, snow, floors."""
    makers: list[Maker] = [_grass, _grass, _concrete, _concrete, _asphalt, _asphalt, _dirt, _gravel, _snow, _cobbles]
    makers += [_wood, _tiles, _sand, _leaf_litter, _carpet, _random]
    return makers[int(rng.integers(len(makers)))](rng)


def road(rng: Generator) -> SurfaceSpec:
    """Asphalt, sometimes concrete or cobbles."""
    makers: list[Maker] = [_asphalt, _asphalt, _asphalt, _asphalt, _asphalt, _concrete, _cobbles]
    return makers[int(rng.integers(len(makers)))](rng)


def verge(rng: Generator) -> SurfaceSpec:
    """What lies beside a road."""
    makers: list[Maker] = [_grass, _grass, _grass, _dirt, _concrete, _gravel, _sand, _snow, _leaf_litter]
    return makers[int(rng.integers(len(makers)))](rng)


def meadow(rng: Generator) -> SurfaceSpec:
    """What grows or lies under fruit trees."""
    makers: list[Maker] = [_grass, _grass, _grass, _grass, _dirt, _leaf_litter]
    return makers[int(rng.integers(len(makers)))](rng)


def any_texture(rng: Generator) -> SurfaceSpec:
    """Anything, in features of 0.1 to 3 m: what large sheets wear where nothing needs to make sense."""
    size_m = log_uniform(rng, (0.1, 3.0))
    wide = {"size_m": size_m, "scale": 1 / size_m, "block_m": size_m, "plank_width_m": size_m, "stone_m": size_m}
    makers: list[Maker] = [_random, _random, _random, _random, _random, _random, _coloured, _coloured, _fabric, _tiles]
    makers += [_paper, _paper, _wood, _stone, _gravel, _cobbles, _shelf, _facade, _brick, foliage, _leaf_litter, _snow]
    makers += [_grass, _cardboard]
    surface = makers[int(rng.integers(len(makers)))](rng)
    # Grass and houses make sense at one scale only, but here nothing does.
    return replace(surface, params={**surface.params, **wide})


def backdrop_surface(rng: Generator, *, outdoors: bool) -> SurfaceSpec:
    """A wall or a row of trees or houses behind the scene."""
    outside: list[Maker] = [foliage, foliage, foliage, _facade, _facade, _brick, _wall, _hills]
    inside: list[Maker] = [_wall, _wall, _tiles, _shelf, _wood, _coloured, _brick, _random, foliage]
    makers = outside if outdoors else inside
    return makers[int(rng.integers(len(makers)))](rng)


def outdoor_backdrop(rng: Generator) -> SurfaceSpec:
    """A row of trees or houses or a wall behind a scene out of doors."""
    return backdrop_surface(rng, outdoors=True)


def box_surface(rng: Generator, *, outdoors: bool) -> SurfaceSpec:
    """A box-like thing in the background: a car, a bin, a house, a cupboard."""
    outside: list[Maker] = [_lacquer, _lacquer, _facade, _concrete, _cardboard, _brick]
    inside: list[Maker] = [_wood, _lacquer, _paper, _cardboard, _shelf]
    makers = outside if outdoors else inside
    return makers[int(rng.integers(len(makers)))](rng)


def floor_surface(rng: Generator) -> SurfaceSpec:
    """The floor of a room: boards, tiles, carpet, stone."""
    makers: list[Maker] = [_wood, _wood, _wood, _tiles, _carpet, _carpet, _stone, _coloured]
    return makers[int(rng.integers(len(makers)))](rng)


def rug_surface(rng: Generator) -> SurfaceSpec:
    """A rug or a mat."""
    makers: list[Maker] = [_fabric, _carpet, _carpet, _random]
    return makers[int(rng.integers(len(makers)))](rng)


def indoor_wall_surface(rng: Generator) -> SurfaceSpec:
    """The wall of a room: mostly paint, some tiles, brick, panelling; no painted bookcase, whose books had no label."""
    makers: list[Maker] = [_wall, _wall, _wall, _wall, _wall, _wall, _tiles, _brick, _wood]
    return makers[int(rng.integers(len(makers)))](rng)


def horizon(rng: Generator) -> SurfaceSpec:
    """What closes a wide view: woods, hills, distant houses."""
    makers: list[Maker] = [foliage, foliage, foliage, _hills, _hills, facade]
    return makers[int(rng.integers(len(makers)))](rng)


def lawn(rng: Generator) -> SurfaceSpec:
    """Grass, green to dry."""
    return _grass(rng)


def paving(rng: Generator) -> SurfaceSpec:
    """A pavement or a path: slabs, asphalt, setts, gravel."""
    makers: list[Maker] = [_concrete, _concrete, _concrete, _asphalt, _cobbles, _gravel]
    return makers[int(rng.integers(len(makers)))](rng)


def facade(rng: Generator) -> SurfaceSpec:
    """The front of a house: plaster with windows, now and then of brick red."""
    tint = colour_rgb(rng, value=(0.15, 0.7), saturation=0.5)
    color = tint if chance(rng, 0.3) else _warm_grey(rng, (0.12, 0.75))
    if chance(rng, 0.25):
        red = uniform(rng, (0.12, 0.4))
        color = (red, red * 0.42, red * 0.28)
    frame = _warm_grey(rng, (0.1, 0.9))
    sizes = {"bay_m": uniform(rng, (1.8, 3.6)), "storey_m": uniform(rng, (2.7, 3.8))}
    width_m = uniform(rng, (0.35, 0.65)) * sizes["bay_m"]
    return _surface(rng, "facade", color=color, frame_color=frame, window_width_m=width_m, **sizes)


def beach_sand(rng: Generator) -> SurfaceSpec:
    """White to grey and brown sand."""
    light = log_uniform(rng, (0.25, 0.75))
    color = (light, light * uniform(rng, (0.78, 0.92)), light * uniform(rng, (0.5, 0.78)))
    return _surface(rng, "sand", color=color, ripples=uniform(rng, (0.0, 0.5)))


def sea(rng: Generator) -> SurfaceSpec:
    """Water: green, blue or grey."""
    strength, green = log_uniform(rng, (0.05, 0.3)), uniform(rng, (0.5, 1.1))
    color = (strength * uniform(rng, (0.1, 0.6)), strength * green, strength)
    return _surface(rng, "sea", color=color, chop=uniform(rng, (0.2, 0.8)))


def foliage(rng: Generator) -> SurfaceSpec:
    """Leaves from afar, green to autumn."""
    autumn = chance(rng, 0.2)
    base = (uniform(rng, (0.3, 0.55)), uniform(rng, (0.1, 0.3)), 0.02) if autumn else _green(rng)
    bright = tuple(min(1.0, 1.7 * value) for value in base)
    dark = tuple(0.35 * value for value in base)
    return _surface(rng, "foliage", color=base, color_2=bright, dark_color=dark, scale=log_uniform(rng, (8.0, 40.0)))


def _surface(rng: Generator, kind: str, **params: Param) -> SurfaceSpec:
    return SurfaceSpec(kind=kind, params={**params, "seed": uniform(rng, (0, 1000))})


def _green(rng: Generator) -> Vec3:
    strength = log_uniform(rng, (0.4, 1.3))
    return uniform(rng, (0.04, 0.16)) * strength, uniform(rng, (0.12, 0.24)) * strength, 0.03 * strength


def _warm_grey(rng: Generator, value: tuple[float, float]) -> Vec3:
    grey = log_uniform(rng, value)
    warmth = uniform(rng, (-0.08, 0.15))
    return grey * (1 + warmth), grey, grey * (1 - warmth)


def _wood(rng: Generator) -> SurfaceSpec:
    light = log_uniform(rng, (0.12, 0.6))
    color = (light, light * uniform(rng, (0.55, 0.8)), light * uniform(rng, (0.25, 0.55)))
    if chance(rng, 0.2):
        color = colour_rgb(rng, value=(0.1, 0.7), saturation=0.7)
    dark = tuple(value * uniform(rng, (0.3, 0.7)) for value in color)
    planks_m = uniform(rng, (0.06, 0.2)) if chance(rng, 0.6) else 0.0
    return _surface(
        rng,
        "wood",
        color=color,
        dark_color=dark,
        plank_width_m=planks_m,
        roughness=uniform(rng, (0.2, 0.8)),
        wear=uniform(rng, (0.0, 0.6)),
    )


def _fabric(rng: Generator) -> SurfaceSpec:
    pattern = ("plain", "stripes", "checks", "gingham")[int(rng.integers(4))]
    pair = {"color": colour_rgb(rng, value=(0.1, 0.85)), "color_2": colour_rgb(rng, value=(0.3, 0.9), saturation=0.4)}
    return _surface(rng, "fabric", pattern=pattern, size_m=log_uniform(rng, (0.01, 0.08)), **pair)


def _stone(rng: Generator) -> SurfaceSpec:
    color = _warm_grey(rng, (0.05, 0.8))
    if chance(rng, 0.5):
        return _surface(rng, "granite", color=color, color_2=_warm_grey(rng, (0.03, 0.8)))
    return _surface(rng, "marble", color=color, vein_color=_warm_grey(rng, (0.05, 0.5)))


def _tiles(rng: Generator) -> SurfaceSpec:
    color = colour_rgb(rng, value=(0.2, 0.85), saturation=0.35)
    size_m = log_uniform(rng, (0.05, 0.5))
    return _surface(rng, "tiles", color=color, color_2=color, size_m=size_m, bond=0.5 * float(rng.integers(2)))


def _coloured(rng: Generator) -> SurfaceSpec:
    return plain(rng, colour_rgb(rng, value=(0.05, 0.9)))


def _lacquer(rng: Generator) -> SurfaceSpec:
    return _surface(rng, "plastic", color=colour_rgb(rng, value=(0.02, 0.8)), roughness=uniform(rng, (0.05, 0.5)))


def _random(rng: Generator) -> SurfaceSpec:
    colours = {f"color{suffix}": colour_rgb(rng) for suffix in ("", "_2", "_3")}
    return _surface(rng, "random", scale=log_uniform(rng, (1.0, 40.0)), sharpness=uniform(rng, (0, 1)), **colours)


def _concrete(rng: Generator) -> SurfaceSpec:
    slab_m = uniform(rng, (0.4, 3.0)) if chance(rng, 0.4) else 0.0
    stains = uniform(rng, (0, 0.8))
    return _surface(rng, "concrete", color=_warm_grey(rng, (0.15, 0.6)), slab_m=slab_m, stains=stains)


def _asphalt(rng: Generator) -> SurfaceSpec:
    color = _warm_grey(rng, (0.03, 0.22))
    wear = {"cracks": uniform(rng, (0, 0.6)), "patches": uniform(rng, (0, 0.6))}
    return _surface(rng, "asphalt", color=color, grain=uniform(rng, (0.4, 1.3)), **wear)


def _grass(rng: Generator) -> SurfaceSpec:
    return _surface(rng, "grass", color=_green(rng), color_2=_green(rng), dry=uniform(rng, (0, 0.6)))


def _dirt(rng: Generator) -> SurfaceSpec:
    return _surface(rng, "dirt", color=_warm_grey(rng, (0.08, 0.3)), stones=uniform(rng, (0, 0.6)))


def _gravel(rng: Generator) -> SurfaceSpec:
    return _surface(rng, "gravel", color=_warm_grey(rng, (0.15, 0.5)), stone_m=log_uniform(rng, (0.008, 0.03)))


def _sand(rng: Generator) -> SurfaceSpec:
    return _surface(rng, "sand", ripples=uniform(rng, (0, 0.6)))


def _snow(rng: Generator) -> SurfaceSpec:
    return _surface(rng, "snow", dirt=uniform(rng, (0, 0.3)), lumps=uniform(rng, (0.1, 0.9)))


def _cobbles(rng: Generator) -> SurfaceSpec:
    pair = {"color": _warm_grey(rng, (0.1, 0.4)), "color_2": _warm_grey(rng, (0.1, 0.4))}
    return _surface(rng, "cobbles", size_m=uniform(rng, (0.07, 0.2)), **pair)


def _leaf_litter(rng: Generator) -> SurfaceSpec:
    return _surface(rng, "leaf_litter")


def _carpet(rng: Generator) -> SurfaceSpec:
    return _surface(rng, "carpet", color=colour_rgb(rng, value=(0.05, 0.5), saturation=0.6))


def _wall(rng: Generator) -> SurfaceSpec:
    color = colour_rgb(rng, value=(0.25, 0.85), saturation=0.35)
    return _surface(rng, "painted_wall", color=color, dirt=uniform(rng, (0, 0.6)))


def _brick(rng: Generator) -> SurfaceSpec:
    red = log_uniform(rng, (0.1, 0.4))
    return _surface(rng, "brick", color=(red, red * 0.45, red * 0.3), color_2=(red * 0.7, red * 0.4, red * 0.3))


def _facade(rng: Generator) -> SurfaceSpec:
    return _surface(rng, "facade", color=_warm_grey(rng, (0.15, 0.7)), storey_m=uniform(rng, (2.6, 4)))


def _hills(rng: Generator) -> SurfaceSpec:
    grey = uniform(rng, (0.1, 0.3))
    return plain(rng, (grey * 0.8, grey, grey * uniform(rng, (0.9, 1.5))))


def _shelf(rng: Generator) -> SurfaceSpec:
    return _surface(rng, "shelf", color=colour_rgb(rng), color_2=colour_rgb(rng), color_3=colour_rgb(rng))


def _paper(rng: Generator) -> SurfaceSpec:
    return _surface(rng, "paper", color=colour_rgb(rng), color_2=colour_rgb(rng), color_3=colour_rgb(rng))


def _cardboard(rng: Generator) -> SurfaceSpec:
    return _surface(rng, "cardboard")


def colour_rgb(rng: Generator, *, value: tuple[float, float] = (0.03, 0.9), saturation: float = 1.0) -> Vec3:
    """Linear RGB of any hue; `saturation` 0 gives greys."""
    hue = rng.random() * 6
    wheel = np.clip(np.abs((hue + np.array([0.0, 4.0, 2.0])) % 6 - 3) - 1, 0, 1)
    strength = rng.random() * saturation
    rgb = log_uniform(rng, value) * (1 - strength + strength * wheel)
    return float(rgb[0]), float(rgb[1]), float(rgb[2])
