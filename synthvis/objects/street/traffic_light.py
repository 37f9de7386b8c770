"""Traffic lights: heads of two or three lamps, upright or across, and those for people on foot."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from synthvis.draws import chance, pick, rounded
from synthvis.objects.mesh.mesh import Mesh
from synthvis.objects.mesh.meshes import Part, merge, moved
from synthvis.objects.mesh.params import linear_rgb, number, shade_of, surface_seed, text
from synthvis.objects.mesh.plates import facing, prism, rounded_rectangle, sheet, stack
from synthvis.objects.object_type import FACES_MINUS_Y, Attachment, ObjectType, RestPose, Sample
from synthvis.objects.spec import Category, Param, SurfaceSpec
from synthvis.objects.street.roadside_poles import SIGNAL_POLE, carried_by, sample_signal_pole

__all__ = ["OBJECT_TYPES", "TRAFFIC_LIGHT"]

Float = NDArray[np.float64]

_CATEGORY = Category(
    id=10,
    name="traffic light",
    supercategory="outdoor",
    keypoints=("top_left", "top_right", "bottom_right", "bottom_left", "first_lamp", "last_lamp"),
    skeleton=((0, 1), (1, 2), (2, 3), (3, 0), (4, 5)),
    flip_pairs=((0, 1), (2, 3)),
)

_HOUSINGS = {"#151516": 5.0, "#e0a818": 3.0, "#1f3a2c": 1.2, "#2c2e30": 1.5, "#6a6c6e": 0.5, "#f0c020": 1.0}
_RED, _AMBER, _GREEN = (1.0, 0.012, 0.008), (1.0, 0.32, 0.01), (0.02, 0.85, 0.32)
_LAMPS = {
    "three": ("red", "amber", "green"),
    "across": ("red", "amber", "green"),
    "two": ("red", "green"),
    "walk_two": ("red", "green"),
    "walk_one": ("walk",),
}


def _sample(rng: Generator) -> Sample:
    style = pick(rng, {"three": 6.5, "across": 1.5, "two": 0.8, "walk_two": 1.2, "walk_one": 1.0})
    walk = style.startswith("walk")
    lens_m = 0.1 if not walk and chance(rng, 0.3) else 0.15
    lit = pick(rng, {"red": 4.0, "green": 4.0, "amber": 0.9, "none": 0.5})
    params: dict[str, Param] = {
        "style": style,
        "lens_m": lens_m if not walk else rounded(rng, (0.1, 0.14)),
        "cell": rounded(rng, (2.3, 2.6)),
        "side": rounded(rng, (1.12, 1.3)),
        "depth_m": rounded(rng, (0.14, 0.24)),
        "corner": rounded(rng, (0.05, 0.45)),
        "visor": rounded(rng, (0.9, 1.7)) if chance(rng, 0.9) else 0.0,
        "visor_wrap_rad": rounded(rng, (2.2, 4.9)) if not walk else rounded(rng, (2.0, 3.0)),
        "board": rounded(rng, (0.1, 0.16)) if not walk and chance(rng, 0.4) else 0.0,
        "board_round": chance(rng, 0.35),
        "edge": chance(rng, 0.3),
        "lit": lit,
        "symbol": ("hand" if chance(rng, 0.6) else "stander") if walk else "none",
    }
    return Sample(params=params, surfaces=_surfaces(rng, params), attachments=_mounted(rng, params))


def _mounted(rng: Generator, params: Mapping[str, Param]) -> tuple[Attachment, ...]:
    walk = text(params, "style").startswith("walk")
    options = {"top": 1.5, "side": 2.0} if walk else {"top": 2.0, "side": 3.0, "arm": 2.5, "hanging": 1.2}
    mount = pick(rng, options)
    _, half_y = _half(params)
    low_m = rounded(rng, (2.0, 2.6)) if mount in ("top", "side") else rounded(rng, (3.0, 5.0))
    pole = sample_signal_pole(rng, mount=mount, low_m=low_m, height_m=2 * half_y, back_m=number(params, "depth_m"))
    return (carried_by(SIGNAL_POLE, pole, low_m),)


def _lens(rng: Generator, params: Mapping[str, Param], name: str, shared: Mapping[str, Param]) -> SurfaceSpec:
    color = {"red": _RED, "amber": _AMBER, "green": _GREEN}.get(name, _RED)
    lit, symbol = text(params, "lit"), text(params, "symbol")
    on = lit == name or (lit == "amber" and name == "red" and text(params, "style") in ("two", "walk_two"))
    if symbol != "none" and name == "green":
        symbol = "walker"
    if name == "walk":
        on = lit != "none"
        color, symbol = ((1.0, 0.22, 0.02), "hand") if lit != "green" else ((0.8, 0.85, 0.9), "walker")
    brightness = rounded(rng, (1.5, 5.0)) if on else 0.0
    return SurfaceSpec(
        kind="signal_lens", params={**shared, "color": color, "brightness": brightness, "symbol": symbol}
    )


def _surfaces(rng: Generator, params: Mapping[str, Param]) -> dict[str, SurfaceSpec]:
    code = pick(rng, _HOUSINGS)
    used = rounded(rng, (0.0, 0.6))
    paint: dict[str, Param] = {"color": shade_of(rng, code, value=0.15), "roughness": rounded(rng, (0.35, 0.6)),
                               "dirt": used, "fade": used * 0.6, "seed": surface_seed(rng)}  # fmt: skip
    housing = SurfaceSpec(kind="sheeting", params=paint)
    dark = SurfaceSpec(kind="plain", params={"color": linear_rgb("#121213"), "roughness": 0.6})
    shared: dict[str, Param] = {"dots": 16.0 if chance(rng, 0.35) else 0.0}
    if shared["dots"] == 0.0 and not number(params, "board") and chance(rng, 0.1):
        shared["symbol"] = "arrow"
    found = {"housing": housing, "visor": housing if chance(rng, 0.4) else dark, "front": dark}
    if code not in ("#151516", "#2c2e30") and chance(rng, 0.5):
        found["front"] = housing
    if number(params, "board"):
        found["board"] = dark
        if params["edge"]:
            edge = pick(rng, {"#f0c41c": 2.0, "#f0f0ec": 1.0})
            found["edge"] = SurfaceSpec(kind="sheeting", params={"color": linear_rgb(edge), "gleam": 0.05})
    if not number(params, "visor"):
        found.pop("visor")
    for name in _LAMPS[text(params, "style")]:
        found[f"lamp_{name}"] = _lens(rng, params, name, shared)
    return found


def _half(params: Mapping[str, Param]) -> tuple[float, float]:
    """Half extents of the housing, as seen from the front."""
    style, lens_m = text(params, "style"), number(params, "lens_m")
    count, cell_m, side_m = len(_LAMPS[style]), number(params, "cell") * lens_m, number(params, "side") * lens_m
    if style == "walk_one":
        return 1.45 * lens_m, 1.4 * lens_m
    return (count * cell_m / 2, side_m) if style == "across" else (side_m, count * cell_m / 2)


def _centres(params: Mapping[str, Param]) -> Float:
    """(N, 2) middles of the lamps, the red one first: at the top, or at the left."""
    style, cell_m = text(params, "style"), number(params, "cell") * number(params, "lens_m")
    count = len(_LAMPS[style])
    steps = (np.arange(count) - (count - 1) / 2) * cell_m
    none = np.zeros(count)
    return np.stack([steps, none] if style == "across" else [none, -steps], axis=1)


def _round_lens(slot: str, radius_m: float, square: bool) -> Part:
    """A domed lens, over a disc or a square."""
    share = np.linspace(-1, 1, 11)
    u, v = np.meshgrid(share, share)
    # A grid pressed into the circle keeps u and v over the lens and needs no seam.
    x, y = (u, v) if square else (u * np.sqrt(1 - v**2 / 2), v * np.sqrt(1 - u**2 / 2))
    dome = 0.0 if square else 0.18 * (1 - x**2 - y**2)
    points = radius_m * np.stack([x, y, np.broadcast_to(dome, x.shape)], axis=2)
    part = sheet(slot, points, 0.004)
    plane = np.clip((part.vertices_m[:, :2] / radius_m + 1) / 2, 0.0, 1.0)
    return Part(slot=slot, vertices_m=part.vertices_m, faces=part.faces,
                attributes={"u": plane[:, 0], "v": plane[:, 1]})  # fmt: skip


def _visor(params: Mapping[str, Param]) -> Part:
    """A hood over a lens: a sheet around part of a cylinder, longest at the top."""
    radius_m, wrap = 1.06 * number(params, "lens_m"), number(params, "visor_wrap_rad")
    angle = np.pi / 2 + wrap / 2 * np.linspace(1, -1, 25)
    long_m = number(params, "visor") * number(params, "lens_m") * (0.62 + 0.38 * np.sin(angle))
    rows = np.linspace(0, 1, 4)[:, None]
    points = np.empty((4, 25, 3))
    points[..., 0], points[..., 1] = radius_m * np.cos(angle), radius_m * np.sin(angle)
    points[..., 2] = -0.005 + rows * long_m
    if text(params, "style") == "walk_one":
        points[..., :2] = np.clip(1.4 * points[..., :2], -1.2 * radius_m, 1.2 * radius_m)
    # Columns run clockwise seen from the front, so the normal points outwards.
    return sheet("visor", points[:, ::-1], 0.004)


def _build(params: Mapping[str, Param]) -> Mesh:
    style, lens_m, d = text(params, "style"), number(params, "lens_m"), number(params, "depth_m")
    half_x, half_y = _half(params)
    r = number(params, "corner") * min(half_x, half_y)
    levels = [(-d, 0.86), (-0.97 * d, 0.9), (-0.3 * d, 1.0), (-0.004, 1.0)]
    thin = min(half_x, half_y)
    rows = [(z, half_x - (1 - k) * thin, half_y - (1 - k) * thin, r) for z, k in levels]
    parts = [stack("housing", rows)]
    face = rounded_rectangle(half_x - 0.012, half_y - 0.012, max(r - 0.012, 0.003))
    parts.append(prism("front", face, -0.006, 0.0))
    if number(params, "board"):
        m = number(params, "board")
        corner_m = 0.5 * half_x if params["board_round"] else 0.02
        outline = rounded_rectangle(half_x + m, half_y + m, corner_m, 8)
        parts.append(prism("board", outline, -0.35 * d, -0.35 * d + 0.004))
        if params["edge"]:
            parts.append(_edge(half_x + m, half_y + m, corner_m, -0.35 * d + 0.005))
    square = style in ("walk_one",)
    for name, (x, y) in zip(_LAMPS[style], _centres(params), strict=True):
        size_m = lens_m * (1.2 if square else 1.0)
        parts.append(moved(_round_lens(f"lamp_{name}", size_m, square), offset_m=(x, y, 0.004)))
        if number(params, "visor"):
            parts.append(moved(_visor(params), offset_m=(x, y, 0)))
    centres = _centres(params)
    corners = [(-half_x, half_y, 0.0), (half_x, half_y, 0.0), (half_x, -half_y, 0.0), (-half_x, -half_y, 0.0)]
    flat = np.array([*corners, (*centres[0], 0.02), (*centres[-1], 0.02)])
    extra = number(params, "board")
    points = flat[:, [0, 2, 1]] * (1, -1, 1) + (0, 0, half_y + extra)
    return merge([facing(part, (0, 0, half_y + extra)) for part in parts], points)


def _edge(half_x: float, half_y: float, corner_m: float, z: float) -> Part:
    """A bright band around a backplate."""
    outer, inner = (rounded_rectangle(half_x - k, half_y - k, max(corner_m - k, 0.005), 8) for k in (0.004, 0.05))
    count = len(outer)
    ring = np.stack([np.concatenate([outer, outer[:1]]), np.concatenate([inner, inner[:1]])])
    points = np.concatenate([ring, np.full((2, count + 1, 1), z)], axis=2)
    return sheet("edge", points, 0.003)


TRAFFIC_LIGHT = ObjectType(
    name="traffic_light",
    category=_CATEGORY,
    sample=_sample,
    build=_build,
    rest_poses=(RestPose(name="upright", weight=1.0, tilt_rad=(0.0, 0.02)),),
    front_rad=FACES_MINUS_Y,
)
"""The head of a traffic light, whose lamps face -y; what holds it rides along without a label."""

OBJECT_TYPES: tuple[ObjectType, ...] = (TRAFFIC_LIGHT,)
