"""What forks, knives and spoons share: flat bars of varying section, handles, and what they are made of.

Cutlery lies along x, the end of the handle at negative x.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.random import Generator
from numpy.typing import ArrayLike, NDArray

from synthvis.draws import chance, pick, rounded
from synthvis.objects.mesh.meshes import Part
from synthvis.objects.mesh.params import linear_rgb, number, shade_of, surface_seed, text
from synthvis.objects.mesh.sheets import slab, smooth_interp
from synthvis.objects.spec import Param, SurfaceSpec

__all__ = ["bar", "draw_handle", "grip_half_m", "grip_part", "handle_surface", "metal_surface", "one_piece_surface"]

Float = NDArray[np.float64]

_ACROSS = np.array([1.0, 0.86, 0.5, 0.0, -0.5, -0.86, -1.0])
_FLAT = np.array([0.4, 0.82, 0.96, 1.0, 0.96, 0.82, 0.4])
_ROUND = np.sqrt(1 - (0.985 * _ACROSS) ** 2)

_GRIP_KNOTS = (0.0, 0.12, 0.35, 0.7, 1.0)
# Half width of the handle at _GRIP_KNOTS from its end to the neck, as a share of its greatest.
_GRIPS: dict[str, tuple[float, ...]] = {
    "flare": (0.9, 1.0, 0.78, 0.46, 0.34),
    "teardrop": (0.8, 1.0, 0.9, 0.5, 0.3),
    "straight": (0.85, 0.86, 0.8, 0.7, 0.58),
    "fiddle": (0.85, 1.0, 0.62, 0.4, 0.36),
    "square": (1.0, 0.98, 0.88, 0.66, 0.5),
}
_PLASTICS = {"#f4f4f2": 5.0, "#18181a": 2.0, "#d82c2c": 0.8, "#2f6fd0": 0.7, "#f2c81e": 0.5, "#4aa84e": 0.6,
             "#f088b0": 0.5, "#e8e0cc": 1.0}  # fmt: skip
_GRIP_PLASTICS = {"#141416": 6.0, "#f0eee8": 1.5, "#c8282a": 1.2, "#2a5cb8": 1.0, "#3a8a4a": 0.7, "#e8b820": 0.5,
                  "#7a7c80": 1.0}  # fmt: skip
_WOODS = {"#b07c48": 3.0, "#6a4024": 3.0, "#3c2416": 2.0, "#c8a070": 2.0}


def bar(
    slot: str,
    x_m: Float,
    half_m: ArrayLike,
    thick_m: ArrayLike,
    *,
    y_m: ArrayLike = 0.0,
    z_m: ArrayLike = 0.0,
    sag_m: ArrayLike = 0.0,
    roundness: ArrayLike = 0.0,
) -> Part:
    """Closed bar along x; every value but `slot` may change from station to station.

    Args:
        slot: Name of the surface.
        x_m: (N,) ascending.
        half_m: Half width.
        thick_m: Thickness in the middle.
        y_m: Centre line.
        z_m: Height of the edges.
        sag_m: How far the middle hangs below the edges, as in the bowl of a spoon.
        roundness: 0 for a flat section with rounded edges, 1 for an ellipse.
    """
    half, thick, y, z, sag, share = (
        np.broadcast_to(np.asarray(value, dtype=np.float64), x_m.shape)[:, None]
        for value in (half_m, thick_m, y_m, z_m, sag_m, roundness)
    )
    middle = np.stack([np.broadcast_to(x_m[:, None], (len(x_m), len(_ACROSS))), y + half * _ACROSS,
                       z - sag * (1 - _ACROSS**2)], axis=2)  # fmt: skip
    return slab(slot, middle, thick * (_FLAT + (_ROUND - _FLAT) * share))


def draw_handle(rng: Generator, *, grip_share: float) -> dict[str, Param]:
    """Shape of a handle; `grip_share` of them have a grip of another material."""
    return {
        "grip": chance(rng, grip_share),
        "grip_style": pick(rng, {"flare": 3.0, "teardrop": 2.5, "straight": 2.0, "fiddle": 1.2, "square": 1.5}),
        "grip_half_m": rounded(rng, (0.0075, 0.0115)),
        "grip_thick_m": rounded(rng, (0.009, 0.014)),
        "grip_cap_m": rounded(rng, (0.004, 0.012)),
        "arch_m": rounded(rng, (0.0, 0.006)),
    }


def grip_half_m(params: Mapping[str, Param], from_end_m: Float, length_m: float) -> Float:
    """Half width of the handle at distances from its end, rounded off at the end."""
    shape = smooth_interp(from_end_m / length_m, _GRIP_KNOTS, _GRIPS[text(params, "grip_style")])
    cap_m = number(params, "grip_cap_m")
    off = np.clip(1 - from_end_m / cap_m, 0.0, 1.0)
    rounded: Float = number(params, "grip_half_m") * shape * np.maximum(np.sqrt(1 - off**2), 0.1)
    return rounded


def grip_part(slot: str, params: Mapping[str, Param], start_m: float, length_m: float, z_m: ArrayLike) -> Part:
    """A thick grip of `length_m` from `start_m` on; `z_m` holds heights at 14 stations or one for all."""
    from_end = length_m * np.concatenate([[0.0, 0.01, 0.03, 0.07], np.linspace(0.14, 0.97, 8), [0.99, 1.0]])
    half = np.maximum(grip_half_m(params, from_end, length_m), 0.6 * number(params, "grip_half_m"))
    half[:2] *= (0.72, 0.88)
    ends = np.array([0.5, 0.75, 0.92, *([1.0] * 9), 0.95, 0.75])
    thick = number(params, "grip_thick_m") * ends
    return bar(slot, start_m + from_end, half * 0.95, thick, z_m=z_m, roundness=0.6)


def metal_surface(rng: Generator, *, tinted: bool = True) -> SurfaceSpec:
    """Steel or silver, polished or worn; now and then, where `tinted`, golden, coppery or black."""
    rare = {"#d8b468": 0.8, "#c88a6a": 0.35, "#2a2a2c": 0.4} if tinted else {}
    tone = pick(rng, {"#d2d3d6": 10.0, "#c4c2bc": 3.0, **rare})
    params: dict[str, Param] = {
        "color": shade_of(rng, tone, value=0.1, hue=0.02),
        "roughness": rounded(rng, (0.08, 0.3)),
        "wear": rounded(rng, (0.0, 0.5)) if chance(rng, 0.5) else 0.0,
        "seed": surface_seed(rng),
    }
    return SurfaceSpec(kind="brushed_metal" if chance(rng, 0.15) else "metal", params=params)


def one_piece_surface(rng: Generator, material: str) -> SurfaceSpec:
    """Surface of cutlery made of one "metal", "plastic", "wood" or "ceramic"."""
    if material == "metal":
        return metal_surface(rng)
    if material == "wood":
        return _wood(rng, {"#d8b888": 3.0, "#c8a070": 2.0, "#a87848": 1.5, "#8a5a34": 0.7})
    if material == "ceramic":
        color = shade_of(rng, pick(rng, {"#f4f3ee": 5.0, "#2c4a86": 1.0, "#242426": 1.0, "#9cb89c": 1.0}), value=0.1)
        return SurfaceSpec(kind="ceramic", params={"color": color, "seed": surface_seed(rng)})
    return _plastic(rng, _PLASTICS)


def handle_surface(rng: Generator) -> SurfaceSpec:
    """Surface of a grip: black or coloured plastic, or wood."""
    if chance(rng, 0.4):
        return _wood(rng, _WOODS)
    return _plastic(rng, _GRIP_PLASTICS)


def _plastic(rng: Generator, colors: Mapping[str, float]) -> SurfaceSpec:
    look: dict[str, Param] = {"roughness": rounded(rng, (0.2, 0.5)), "grain": 0.0, "seed": surface_seed(rng)}
    return SurfaceSpec(kind="plastic", params={"color": shade_of(rng, pick(rng, colors)), **look})


def _wood(rng: Generator, colors: Mapping[str, float]) -> SurfaceSpec:
    tone = pick(rng, colors)
    light = shade_of(rng, tone)
    dark = tuple(round(0.55 * channel, 5) for channel in linear_rgb(tone))
    return SurfaceSpec(
        kind="wood",
        params={
            "color": light,
            "dark_color": dark,
            "ring_scale": rounded(rng, (8.0, 25.0)),
            "seed": surface_seed(rng),
        },
    )
