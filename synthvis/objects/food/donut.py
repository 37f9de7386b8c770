"""Donuts: iced and sprinkled rings, glazed, sugared and old-fashioned ones, filled balls; whole or bitten."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from synthvis.draws import chance, pick, rounded
from synthvis.objects.mesh.loft import Painted, painted
from synthvis.objects.mesh.mesh import Mesh
from synthvis.objects.mesh.meshes import Part, ellipsoid, loft, merge, moved, revolve
from synthvis.objects.mesh.params import number, shade_of, surface_seed, text
from synthvis.objects.mesh.sheets import copies, spread_turns
from synthvis.objects.object_type import ObjectType, RestPose, Sample
from synthvis.objects.spec import Category, KeypointSymmetry, Param, SurfaceSpec
from synthvis.objects.symmetry import ROUND

__all__ = ["DONUT", "OBJECT_TYPES"]

Float = NDArray[np.float64]

_CATEGORY = Category(
    id=60,
    name="donut",
    supercategory="food",
    keypoints=("top_near", "top_right", "top_far", "top_left", "edge_near", "edge_right", "edge_far", "edge_left"),
    skeleton=((0, 1), (1, 2), (2, 3), (3, 0), (4, 5), (5, 6), (6, 7), (7, 4), (0, 4), (1, 5), (2, 6), (3, 7)),
    flip_pairs=((1, 3), (5, 7)),
    symmetry=(KeypointSymmetry(cycles=((0, 1, 2, 3), (4, 5, 6, 7)), first="lowest"),),
)

_AROUND, _SECTION = 56, 22
_ICINGS = {"#4a2512": 4.0, "#2e160c": 2.0, "#f08cb0": 3.5, "#f8c8d8": 1.5, "#f8f4ea": 3.0, "#f4e0b8": 1.2,
           "#c8864a": 1.2, "#f0d24a": 0.6, "#7ac8e8": 0.7, "#8ad0a0": 0.5, "#b08ad8": 0.6, "#e8503c": 0.3,
           "#f08a2a": 0.4}  # fmt: skip
_DOUGHS = {"#c8863c": 4.0, "#b06c28": 3.0, "#d8a054": 2.0, "#8a4e20": 1.0}


# Sampling


def _sample(rng: Generator) -> Sample:
    style = pick(rng, {"iced": 6.0, "glazed": 2.0, "sugared": 1.4, "rough": 1.0, "filled": 1.2})
    ring = style != "filled"
    # The ring's middle line and its half thickness; a filled one is a flattened ball.
    tube_m = rounded(rng, (0.016, 0.022))
    params: dict[str, Param] = {
        "style": style,
        "ring_m": tube_m * rounded(rng, (1.25, 1.75)) if ring else rounded(rng, (0.036, 0.048)),
        "tube_m": tube_m,
        "flat": rounded(rng, (0.8, 1.0)),
        "lumps": rounded(rng, (0.06, 0.12)) if style == "rough" else rounded(rng, (0.01, 0.05)),
        "bite_m": rounded(rng, (0.6, 0.9)) if chance(rng, 0.14) else 0.0,
        "icing": style == "iced" or (style == "filled" and chance(rng, 0.7)),
        "icing_edge_rad": rounded(rng, (-0.15, 0.45)),
        "icing_wave_rad": rounded(rng, (0.05, 0.35)),
        "icing_thick_m": rounded(rng, (0.0012, 0.0026)),
        "sprinkles": int(rng.integers(40, 115)) if chance(rng, 0.4) else 0,
        "sprinkle_m": rounded(rng, (0.004, 0.007)) if chance(rng, 0.8) else 0.0024,
        "shape_seed": int(rng.integers(1 << 16)),
    }
    if not params["icing"]:
        params["sprinkles"] = 0
    params["jam"] = not ring and chance(rng, 0.25 if params["icing"] else 0.7)
    return Sample(params=params, surfaces=_surfaces(rng, params))


def _surfaces(rng: Generator, params: Mapping[str, Param]) -> dict[str, SurfaceSpec]:
    style, seed = text(params, "style"), surface_seed(rng)
    dark = chance(rng, 0.12)
    color = shade_of(rng, "#4a2814" if dark else pick(rng, _DOUGHS), value=0.15, hue=0.05)
    sugar = {
        "sugared": rounded(rng, (0.5, 1.0)),
        "filled": rounded(rng, (0.4, 1.0)) * (not params["icing"]),
    }
    dough: dict[str, Param] = {
        "color": color,
        "pale": 0.0 if dark or style == "rough" else rounded(rng, (0.3, 1.0)),
        "sugar": float(sugar.get(style, 0.0)),
        "fine": chance(rng, 0.5),
        "glaze": rounded(rng, (0.5, 1.0)) if style in ("glazed", "rough") else 0.0,
        "seed": seed,
    }
    found = {"dough": SurfaceSpec(kind="dough", params=dough)}
    jam = shade_of(rng, pick(rng, {"#8a0c1c": 2.0, "#f4e4a8": 2.0, "#4a2410": 1.0}))
    if params["jam"]:
        found["jam"] = SurfaceSpec(kind="icing", params={"color": jam, "roughness": 0.12, "seed": seed})
    if number(params, "bite_m"):
        crumb = shade_of(rng, "#5a341c" if dark else "#efd9a4", value=0.1)
        look: dict[str, Param] = {"color": crumb, "jam": jam, "filled": style == "filled", "seed": seed}
        look["middle_m"] = 0.5 * _height_m(params)
        found["crumb"] = SurfaceSpec(kind="crumb", params=look)
    if params["icing"]:
        found["icing"] = _icing_surface(rng, seed)
    if number(params, "sprinkles"):
        found["sprinkles"] = SurfaceSpec(kind="sprinkles", params={"mix": _sprinkle_mix(rng), "seed": seed})
    return found


def _icing_surface(rng: Generator, seed: float) -> SurfaceSpec:
    color, drizzle = pick(rng, _ICINGS), pick(rng, {"#f8f4ea": 2.0, "#3a1c0e": 2.0, "#f08cb0": 0.7})
    lined = chance(rng, 0.22) and drizzle != color
    params: dict[str, Param] = {
        "color": shade_of(rng, color, value=0.1, hue=0.05),
        "color_b": shade_of(rng, drizzle, value=0.1),
        "drizzle": rounded(rng, (280.0, 600.0)) if lined else 0.0,
        "roughness": rounded(rng, (0.12, 0.45)),
        "seed": seed,
    }
    return SurfaceSpec(kind="icing", params=params)


def _sprinkle_mix(rng: Generator) -> str:
    return pick(rng, {"rainbow": 5.0, "chocolate": 1.5, "white": 1.0, "pink": 1.0, "nuts": 1.0})


# Shape


def _height_m(params: Mapping[str, Param]) -> float:
    return 2 * number(params, "tube_m") * number(params, "flat")


def _profile(params: Mapping[str, Param], turn: Float, grow_m: Float | float) -> tuple[Float, Float]:
    """Distance from the axis and height where the section has gone `turn` radians up from its outermost place."""
    tube_m, ring_m = number(params, "tube_m"), number(params, "ring_m")
    flat = number(params, "flat")
    # Powers below 1 square the section a little: dough that lay in oil on either side.
    up = np.sign(np.sin(turn)) * np.abs(np.sin(turn)) ** 0.85 * (tube_m * flat + grow_m)
    if text(params, "style") == "filled":
        # Exactly 0 at the poles, where the cosine of a rounded pi/2 is not.
        across = np.where(np.cos(turn) > 1e-9, np.cos(turn), 0.0)
        return across**0.7 * (ring_m + grow_m), up
    return ring_m + np.cos(turn) * (tube_m + grow_m), up


def _bite(params: Mapping[str, Param]) -> tuple[float, float]:
    """Distance from the axis and radius of the round bite, which comes from +x."""
    tube_m, ring_m = number(params, "tube_m"), number(params, "ring_m")
    if text(params, "style") == "filled":
        return 1.12 * ring_m, number(params, "bite_m") * 0.75 * ring_m
    # Deep enough to meet the hole, so that the ring is open.
    reach = 1.6 * tube_m + 0.4 * tube_m * number(params, "bite_m")
    return ring_m + 0.55 * tube_m, reach


def _ring_part(slot: str, turn: Float, params: Mapping[str, Param], grow_m: Float | float) -> Painted:
    """The ring over its angle, closed or bitten; `turn` (S,) or (N, S) runs once around the section."""
    turns = np.broadcast_to(turn, (_AROUND, np.shape(turn)[-1]))
    radius, z = _profile(params, turns, grow_m)
    bite = number(params, "bite_m")
    steps = np.arange(_AROUND) / _AROUND if not bite else np.linspace(0.0, 1.0, _AROUND)
    start: Float | float = 0.0
    if bite:
        place_m, reach_m = _bite(params)
        reach = reach_m * (1.0 + 0.06 * np.cos(5 * turns[0]))
        inside = np.clip((radius[0] ** 2 + place_m**2 - reach**2) / (2 * radius[0] * place_m), -1.0, 1.0)
        start = np.arccos(inside)
    angle = start + steps[:, None] * (2 * np.pi - 2 * np.asarray(start))
    # Lumps live on the full circle, so that dough and icing swell alike.
    swell = 1 + number(params, "lumps") * _lumps(params, angle, turns)
    middle = 0.0 if text(params, "style") == "filled" else number(params, "ring_m")
    radius, z = middle + (radius - middle) * swell, z * swell
    # Sections run against the angle's sense, so each ring turns right-handed about the way the rings advance.
    rings = np.stack([radius * np.cos(angle), radius * np.sin(angle), z], axis=2)[:, ::-1]
    return _skin(slot, rings, closed=not bite)


def _lumps(params: Mapping[str, Param], angle: Float, turn: Float) -> Float:
    rng = np.random.default_rng(int(number(params, "shape_seed")))
    phases = rng.uniform(0, 2 * np.pi, 4)
    orders = rng.integers(1, 9 if text(params, "style") == "rough" else 5, 4)
    waves = [
        np.sin(order * angle + phase + k * np.sin(turn))
        for k, (order, phase) in enumerate(zip(orders, phases, strict=True))
    ]
    lumps: Float = np.sum(waves, axis=0) / 2.5
    return lumps


def _skin(slot: str, rings: Float, *, closed: bool) -> Painted:
    part = loft(slot, rings)
    count, segments = rings.shape[:2]
    if not closed:
        fan = part.faces.max(axis=1) >= count * segments
        return Painted(part, fan.astype(np.int32))
    sides = part.faces[part.faces.max(axis=1) < count * segments]
    here = np.arange(segments)
    after = (here + 1) % segments
    last = (count - 1) * segments
    seam = np.concatenate(
        [np.stack([last + here, last + after, after], axis=1), np.stack([last + here, after, here], axis=1)]
    )
    keep = count * segments
    joined = replace(
        part,
        vertices_m=part.vertices_m[:keep],
        faces=np.concatenate([sides, seam]).astype(np.int32),
        attributes={name: values[:keep] for name, values in part.attributes.items()},
    )
    return painted(joined, 0)


def _ball_part(slot: str, turn: Float, params: Mapping[str, Param], grow_m: Float | float) -> Painted:
    """The flattened ball, from its lower to its upper pole; `turn` (R,) or (R, N) climbs from -90 to 90 degrees."""
    angle = np.arange(_AROUND) / _AROUND * 2 * np.pi
    turns = np.broadcast_to(np.asarray(turn).reshape(len(turn), -1), (len(turn), _AROUND))
    radius, z = _profile(params, turns, grow_m)
    swell = 1 + number(params, "lumps") * _lumps(params, np.broadcast_to(angle, turns.shape), turns)
    radius = radius * swell
    if not number(params, "bite_m"):
        return painted(revolve(slot, radius, z, _AROUND), 0)
    place_m, reach_m = _bite(params)
    off = np.clip(1 - (place_m * np.sin(angle) / reach_m) ** 2, 0.0, None)
    faces_bite = (np.cos(angle) > 0) & (off > 0)
    near = place_m * np.cos(angle) - reach_m * np.sqrt(off) * (1 - 0.05 * np.abs(np.sin(9 * angle)))
    limit = np.where(faces_bite, near, np.inf)
    part = revolve(slot, np.minimum(radius, limit), z, _AROUND)
    bitten = np.zeros(len(part.vertices_m), dtype=bool)
    inner = (radius > limit)[1:-1].reshape(-1)
    bitten[: len(inner)] = inner
    return Painted(part, bitten[part.faces].all(axis=1).astype(np.int32))


def _dough(params: Mapping[str, Param]) -> Painted:
    if text(params, "style") == "filled":
        turn = np.linspace(-np.pi / 2, np.pi / 2, 23)
        return _ball_part("dough", turn, params, 0.0)
    return _ring_part("dough", np.arange(_SECTION) / _SECTION * 2 * np.pi, params, 0.0)


def _icing_edge(params: Mapping[str, Param], angle: Float, phase: float) -> Float:
    """How far up from the outermost place the icing ends, wavy with drips."""
    rng = np.random.default_rng(int(number(params, "shape_seed")) + 1)
    wave = sum(
        np.sin(int(order) * angle + float(shift) + phase)
        for order, shift in zip(rng.integers(2, 9, 3), rng.uniform(0, 6, 3), strict=True)
    )
    edge: Float = number(params, "icing_edge_rad") + number(params, "icing_wave_rad") * np.asarray(wave) / 2
    return edge


def _icing(params: Mapping[str, Param]) -> list[Painted]:
    if not params["icing"]:
        return []
    thick_m = number(params, "icing_thick_m")
    angle = np.arange(_AROUND) / _AROUND * 2 * np.pi
    outer = _icing_edge(params, angle, 0.0)[:, None]
    # The lower side lies inside the dough; the upper one stands `thick_m` proud of it.
    if text(params, "style") == "filled":
        share = np.linspace(0.0, 1.0, 12)[:, None]
        turn = outer.T + (np.pi / 2 - outer.T) * share
        cap = np.concatenate([np.full((1, _AROUND), np.pi / 2), turn])
        grow = np.concatenate([[-0.002, -0.002, 0.0005], np.full(10, thick_m)])[:, None]
        return [_ball_part("icing", cap, params, grow)]
    inner = np.pi - _icing_edge(params, angle, 2.0)[:, None]
    share = np.concatenate([np.linspace(0.0, 1.0, 12), [0.8, 0.5, 0.2]])
    turn = outer + (inner - outer) * share
    grow = np.concatenate([[-0.0004, 0.8 * thick_m], np.full(8, thick_m), [0.8 * thick_m, -0.0004], [-0.003] * 3])
    return [_ring_part("icing", turn, params, grow)]


def _sprinkles(params: Mapping[str, Param], icing: list[Painted]) -> list[Part]:
    """Sugar strands that lie on the icing's faces."""
    count, length_m = int(number(params, "sprinkles")), number(params, "sprinkle_m")
    if not count or not icing:
        return []
    rng = np.random.default_rng(int(number(params, "shape_seed")) + 2)
    part = icing[0].part
    corners = part.vertices_m[part.faces[icing[0].slots == 0]]
    normal = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    weight = np.where(normal[:, 2] > 0.35 * np.linalg.norm(normal, axis=1), np.linalg.norm(normal, axis=1), 0.0)
    chosen = rng.choice(len(corners), count, p=weight / weight.sum())
    mix = rng.dirichlet((1.0, 1.0, 1.0), count)
    place = np.einsum("kc,kcx->kx", mix, corners[chosen])
    up = normal[chosen] / np.linalg.norm(normal[chosen], axis=1, keepdims=True)
    along = np.cross(up, rng.normal(size=(count, 3)))
    thick_m = min(0.0011, length_m / 2)
    strand = revolve("sprinkles", thick_m * np.array([0, 1, 1, 0]), length_m * np.array([-0.5, -0.4, 0.4, 0.5]), 5)
    lifted = place + up * 0.5 * thick_m
    return [copies(strand, spread_turns(along, 0.0), lifted, tone=rng.random(count))]


def _build(params: Mapping[str, Param]) -> Mesh:
    dough, icing = _dough(params), _icing(params)
    parts = _split(dough, ("dough", "crumb"))
    parts += [piece.part for piece in icing]
    parts += _sprinkles(params, icing)
    if params["jam"]:
        # A drop where the filling went in.
        drop = ellipsoid("jam", (0.011, 0.009, 0.005), 14, 8)
        parts.append(moved(drop, offset_m=(-0.15 * number(params, "ring_m"), 0.0, 0.5 * _height_m(params) + 0.0005)))
    return _with_height(merge(parts, _keypoints(params)), params)


def _split(piece: Painted, names: tuple[str, str]) -> list[Part]:
    """A piece as parts of one slot each; `merge` keeps their vertices apart, which leaves a crisp edge."""
    if not piece.slots.any():
        return [replace(piece.part, slot=names[0])]
    found = []
    for number_, name in enumerate(names):
        faces = piece.part.faces[piece.slots == number_]
        if len(faces):
            used, index = np.unique(faces, return_inverse=True)
            held = {key: values[used] for key, values in piece.part.attributes.items()}
            found.append(
                Part(
                    slot=name,
                    vertices_m=piece.part.vertices_m[used],
                    faces=index.reshape(-1, 3).astype(np.int32),
                    attributes=held,
                )
            )
    return found


def _with_height(mesh: Mesh, params: Mapping[str, Param]) -> Mesh:
    """With the attribute "height": 0 at the bottom, 1 at the top of the dough."""
    height = mesh.vertices_m[:, 2] / _height_m(params)
    return replace(mesh, attributes={**mesh.attributes, "height": height.astype(np.float32)})


def _keypoints(params: Mapping[str, Param]) -> list[tuple[float, float, float]]:
    """East of a bitten one is where the bite begins."""
    filled = text(params, "style") == "filled"
    ring_m, tube_m = number(params, "ring_m"), number(params, "tube_m")
    top = (0.55 * ring_m if filled else ring_m, 0.5 * _height_m(params) * (0.9 if filled else 1.0))
    edge = (ring_m if filled else ring_m + tube_m, 0.0)
    found = []
    for radius_m, z_m in (top, edge):
        east_m, turn = radius_m, 0.0
        if number(params, "bite_m"):
            place_m, reach_m = _bite(params)
            east_m = min(radius_m, place_m - reach_m) if filled else radius_m
            cosine = (radius_m**2 + place_m**2 - reach_m**2) / (2 * radius_m * place_m)
            turn = 0.0 if filled else float(np.arccos(np.clip(cosine, -1.0, 1.0)))
        found.append((east_m * np.cos(turn), east_m * np.sin(turn), z_m))
        found += [(0.0, radius_m, z_m), (-radius_m, 0.0, z_m), (0.0, -radius_m, z_m)]
    return found


DONUT = ObjectType(
    name="donut",
    category=_CATEGORY,
    sample=_sample,
    build=_build,
    rest_poses=(
        RestPose(name="flat", weight=0.84, tilt_rad=(0.0, 0.06)),
        RestPose(name="leaning", weight=0.1, tilt_rad=(0.4, 1.2)),
        RestPose(name="on_edge", weight=0.06, tilt_rad=(1.45, 1.57)),
    ),
    symmetry=ROUND,
)

OBJECT_TYPES: tuple[ObjectType, ...] = (DONUT,)
