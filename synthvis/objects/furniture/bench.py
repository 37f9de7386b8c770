"""Benches: park benches of slats between iron ends, wooden garden benches, backless ones, concrete, picnic tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import pairwise

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from synthvis.draws import chance, pick, rounded
from synthvis.objects.mesh.finishes import painted, steel, wood
from synthvis.objects.mesh.joinery import beam, board, curved, cushion, grounded, rectangle, rod, sweep
from synthvis.objects.mesh.mesh import Mesh
from synthvis.objects.mesh.meshes import Part, merge, moved
from synthvis.objects.mesh.params import number, shade_of, surface_seed, text
from synthvis.objects.object_type import FACES_PLUS_X, ObjectType, RestPose, Sample
from synthvis.objects.spec import Category, Param, SurfaceSpec

__all__ = ["BENCH", "OBJECT_TYPES"]

Float = NDArray[np.float64]
Params = Mapping[str, Param]

_CATEGORY = Category(
    id=15,
    name="bench",
    supercategory="outdoor",
    keypoints=(
        "seat_front_left",
        "seat_front_right",
        "seat_rear_right",
        "seat_rear_left",
        "back_left",
        "back_right",
    ),
    skeleton=((0, 1), (1, 2), (2, 3), (3, 0), (3, 4), (2, 5), (4, 5)),
    flip_pairs=((0, 1), (2, 3), (4, 5)),
)


def _sample(rng: Generator) -> Sample:
    style = pick(rng, {"park": 5.0, "garden": 2.5, "backless": 2.0, "stone": 1.2, "picnic": 1.6, "tube": 1.2})
    params: dict[str, Param] = {
        "style": style,
        "length_m": rounded(rng, (1.1, 2.1)) if style != "picnic" else rounded(rng, (1.5, 2.0)),
        "seat_depth_m": rounded(rng, (0.38, 0.5)) if style != "picnic" else rounded(rng, (0.25, 0.32)),
        "seat_height_m": rounded(rng, (0.42, 0.47)),
        "back_height_m": rounded(rng, (0.34, 0.45))
        if style in ("park", "garden") or (style == "tube" and chance(rng, 0.6))
        else 0.0,
        "rake": rounded(rng, (0.22, 0.4)) if style != "garden" else rounded(rng, (0.12, 0.22)),
        "slats": int(rng.integers(3, 9)) if style != "picnic" else 2,
        "back_slats": int(rng.integers(2, 6)),
        "slat_thick_m": rounded(rng, (0.025, 0.045)),
        "fill": rounded(rng, (0.72, 0.9)),
        "arms": chance(rng, 0.7),
        "middle": chance(rng, 0.3),
        "ends": pick(rng, {"iron": 3.0, "plain": 2.0})
        if style == "park"
        else pick(rng, {"posts": 2.0, "slabs": 1.5, "loops": 1.5}),
        "thick_m": rounded(rng, (0.07, 0.14)),
    }
    return Sample(params=params, surfaces=_surfaces(rng, params))


def _surfaces(rng: Generator, params: Params) -> dict[str, SurfaceSpec]:
    style = text(params, "style")
    boards = wood(rng, outdoors=True, paint_share=0.25)
    iron = painted(rng, pick(rng, {"#151517": 5.0, "#1f3a2a": 1.5, "#4a4c4e": 1.5, "#7a7c7e": 0.8, "#e8e6e0": 0.4}))
    kind = pick(rng, {"concrete": 3.0, "granite": 1.0})
    grey = shade_of(rng, pick(rng, ("#a09c94", "#8c8982", "#bdb8ae")), value=0.2)
    stone = SurfaceSpec(kind=kind, params={"color": grey, "seed": surface_seed(rng)})
    if style == "stone":
        return {"stone": stone}
    if style == "tube":
        metal = iron if chance(rng, 0.65) else steel(rng, black_share=0.1)
        return {"slats": metal, "frame": metal}
    if style == "garden" or (style == "picnic" and chance(rng, 0.85)):
        return {"slats": boards, "frame": boards}
    if style == "backless":
        frame = {"posts": boards, "slabs": stone, "loops": iron}[text(params, "ends")]
        return {"slats": boards, "frame": frame}
    return {"slats": boards if chance(rng, 0.9) else iron, "frame": iron}


def _sides_m(params: Params) -> tuple[float, ...]:
    """Where the supports stand along the bench."""
    y = number(params, "length_m") / 2 - (0.08 if params["style"] == "park" else 0.04)
    return (y, 0.0, -y) if params["middle"] and number(params, "length_m") > 1.4 else (y, -y)


def _seat_slats(params: Params, path: Float, count: int) -> list[Part]:
    """Slats along y at even steps of an (R, 2) path in x and z, turned with it."""
    step = np.linalg.norm(np.diff(path, axis=0), axis=1)
    at = np.concatenate([[0], np.cumsum(step)])
    pitch = at[-1] / count
    y, thick = number(params, "length_m") / 2, number(params, "slat_thick_m")
    found = []
    for k in range(count):
        middle = (k + 0.5) * pitch
        x, z = (float(np.interp(middle, at, path[:, axis])) for axis in (0, 1))
        row = min(int(np.searchsorted(at, middle)) - 1, len(step) - 1)
        dx, dz = (path[row + 1] - path[row]) / step[row]
        found.append(
            beam(
                "slats",
                (x, -y, z),
                (x, y, z),
                pitch * number(params, "fill"),
                thick,
                up=(-dz, 0.0, dx) if dx > 0 else (dz, 0.0, -dx),
                bevel_m=0.006,
            )
        )
    return found


def _park(params: Params) -> list[Part]:
    x, seat, back, rake = (number(params, k) for k in ("seat_depth_m", "seat_height_m", "back_height_m", "rake"))
    x /= 2
    thick = number(params, "slat_thick_m")
    z = seat - thick / 2
    path = np.array([(x, z - 0.02), (0.75 * x, z), (0.0, z - 0.012), (-0.8 * x, z - 0.005)])
    rest = curved(
        [(-0.98 * x, z + 0.12), (-x - 0.55 * rake * back, z + 0.6 * back), (-x - rake * back - 0.02, z + back)], 7
    )
    found = [
        *_seat_slats(params, path, int(number(params, "slats"))),
        *_seat_slats(params, rest, int(number(params, "back_slats"))),
    ]
    iron, under = params["ends"] == "iron", seat - thick - 0.012
    for y in _sides_m(params):
        top = (-x - rake * back - 0.03, y, seat + back)
        if iron:
            front = [(x + 0.05, y, 0.0), (0.72 * x, y, 0.14), (0.9 * x, y, 0.3), (x - 0.01, y, under - 0.01)]
            rear = [(-x - 0.12, y, 0.0), (-0.8 * x, y, 0.16), (-0.72 * x, y, 0.3), (-0.9 * x, y, under)]
        else:
            front, rear = [(x - 0.02, y, 0.0), (x - 0.03, y, under)], [(-x - 0.06, y, 0.0), (-0.88 * x, y, under)]
        wide = 0.045
        bars = [
            curved(front, 9),
            curved(rear, 9),
            curved([(x, y, under - 0.015), (0, y, under - 0.01), (-0.95 * x, y, under - 0.005)], 7),
            curved([(-0.9 * x, y, under - 0.02), (-x - 0.03 - 0.5 * rake * back, y, seat + 0.5 * back), top], 7)
            - (0.02, 0, 0),
        ]
        found += [
            sweep("frame", bar, wide, 0.032, up=(1, 0, 0) if abs(bar[-1, 2] - bar[0, 2]) > 0.15 else None)
            for bar in bars
        ]
        if iron:
            found.append(
                sweep("frame", curved([(0.8 * x, y, 0.16), (0, y, 0.24), (-0.8 * x, y, 0.17)], 7), 0.03, 0.025)
            )
        if params["arms"] and y != 0.0:
            arm = [
                (-x - 0.05 - 0.35 * rake * back, y, seat + 0.22),
                (0.2 * x, y, seat + 0.24),
                (0.95 * x, y, seat + 0.21),
                (1.08 * x, y, seat + 0.12),
                (0.85 * x, y, seat + 0.02),
                (x - 0.03, y, under),
            ]
            found.append(sweep("frame", curved(arm, 18), 0.045, 0.026, up=(1, 0, 1)))
    return found


def _garden(params: Params) -> list[Part]:
    """All of wood: four posts, arms, upright slats in the back."""
    x, seat, back, rake = (number(params, k) for k in ("seat_depth_m", "seat_height_m", "back_height_m", "rake"))
    x, y, thick = x / 2, number(params, "length_m") / 2, number(params, "slat_thick_m")
    path = np.array([(x + 0.02, seat - thick / 2), (-x, seat - thick / 2)])
    found = _seat_slats({**params, "length_m": 2 * y - 0.02}, path, int(number(params, "slats")))
    post, top_x = 0.058, -x - rake * back
    for b in _sides_m(params):
        joint = np.array([(-x - 0.03, b, 0), (-x - 0.01, b, seat), (top_x, b, seat + back)])
        found.append(sweep("frame", joint, post, post))
        arm = seat + 0.23
        if b != 0.0:
            found.append(beam("frame", (x, b, 0), (x, b, arm), post, post))
            found.append(beam("frame", (-x - 0.4 * rake * back, b, arm), (x + 0.05, b, arm + 0.005), 0.075, 0.03))
        else:
            found.append(beam("frame", (x, b, 0), (x, b, seat - thick), post, post))
        found.append(beam("frame", (-x, b, seat - thick - 0.04), (x, b, seat - thick - 0.04), 0.035, 0.07))
    found += [beam("frame", (x, -y + 0.05, seat - thick - 0.035), (x, y - 0.05, seat - thick - 0.035), 0.03, 0.07)]
    heights = (0.12, 0.97) if params["ends"] != "loops" else (0.12, 0.5, 0.97)
    for share in heights:
        a = -x - rake * back * share
        found.append(
            beam("frame", (a, -y + 0.04, seat + share * back), (a, y - 0.04, seat + share * back), 0.035, 0.075)
        )
    count = max(int(2 * y / 0.12), 6)
    for b in np.linspace(-y + 0.11, y - 0.11, count):
        ends = [(-x - rake * back * s, float(b), seat + s * back) for s in (0.12, 0.95)]
        found.append(beam("slats", ends[0], ends[1], 0.055, 0.018))
    return found


def _backless(params: Params) -> list[Part]:
    x, seat, thick = number(params, "seat_depth_m") / 2, number(params, "seat_height_m"), number(params, "slat_thick_m")
    count = min(int(number(params, "slats")), 6)
    found = _seat_slats(params, np.array([(x, seat - thick / 2), (-x, seat - thick / 2)]), count)
    under, style = seat - thick, text(params, "ends")
    inset = 0.16 * number(params, "length_m")
    for y in _sides_m(params):
        b = y - np.sign(y) * inset
        if style == "slabs":
            block = cushion("frame", (1.8 * x, 0.14, under), edge_m=0.015, corner_m=0.02)
            found.append(moved(block, offset_m=(0, b, 0)))
        elif style == "loops":
            a = 0.82 * x
            corners = [
                (a, b, under - 0.015),
                (a, b, 0.015),
                (-a, b, 0.015),
                (-a, b, under - 0.015),
                (a, b, under - 0.015),
            ]
            found += [beam("frame", p, q, 0.05, 0.03) for p, q in pairwise(corners)]
        else:
            found += [beam("frame", (a, b, under), (a * 1.05, b, 0), 0.07, 0.07) for a in (0.75 * x, -0.75 * x)]
            found.append(beam("frame", (-0.9 * x, b, under - 0.03), (0.9 * x, b, under - 0.03), 0.06, 0.06))
    return found


def _stone(params: Params) -> list[Part]:
    """A slab on two blocks."""
    x, y, seat, thick = (
        number(params, "seat_depth_m") / 2,
        number(params, "length_m") / 2,
        number(params, "seat_height_m"),
        number(params, "thick_m"),
    )
    found = [board("stone", rectangle(2 * x, 2 * y, 0.02, 3, 1), seat - thick, seat, bevel_m=0.012)]
    wide, foot = (0.12, 0.9) if params["arms"] else (0.32, 0.75)
    for s in (1, -1):
        block = board("stone", rectangle(2 * foot * x, wide, 0.01, 2, 1), 0.0, seat - thick, bevel_m=0.01)
        found.append(moved(block, offset_m=(0, s * (y - 0.18 - wide / 2), 0)))
    return found


def _picnic(params: Params) -> list[Part]:
    """A table and its two benches on common frames."""
    y, seat, deep = number(params, "length_m") / 2, number(params, "seat_height_m"), number(params, "seat_depth_m")
    thick, top, out = 0.04, seat + 0.29, 0.62
    half = 0.36
    found: list[Part] = []
    for middle, width, z, count in ((0.0, 2 * half, top, 5), (out, deep, seat, 2), (-out, deep, seat, 2)):
        pitch = width / count
        for k in range(count):
            a = middle + (k - (count - 1) / 2) * pitch
            found.append(
                beam("slats", (a, -y, z - thick / 2), (a, y, z - thick / 2), pitch - 0.008, thick, bevel_m=0.005)
            )
    for s in (1, -1):
        b = s * (y - 0.28)
        found.append(beam("frame", (-out - 0.1, b, seat - 0.085), (out + 0.1, b, seat - 0.085), 0.045, 0.09))
        found.append(beam("frame", (-half + 0.03, b, top - 0.08), (half - 0.03, b, top - 0.08), 0.045, 0.08))
        found += [
            beam(
                "frame",
                (sx * 0.24, b - s * 0.045, top - 0.05),
                (sx * 0.56, b - s * 0.045, 0.0),
                0.045,
                0.1,
                up=(1, 0, 0),
            )
            for sx in (1, -1)
        ]
        found.append(beam("frame", (0, s * 0.06, top - 0.06), (0, b, seat - 0.1), 0.05, 0.05))
    return found


def _tube(params: Params) -> list[Part]:
    """Steel: thin bars across, on loops of tube."""
    x, seat, back, rake = (number(params, k) for k in ("seat_depth_m", "seat_height_m", "back_height_m", "rake"))
    x, y = x / 2, number(params, "length_m") / 2
    points = [
        (x - 0.02, 0.0),
        (x, 0.6 * seat),
        (x + 0.01, seat - 0.05),
        (x - 0.05, seat),
        (0.0, seat - 0.015),
        (-x + 0.05, seat - 0.01),
    ]
    points += (
        [(-x - 0.02, seat + 0.1), (-x - 0.5 * rake * back, seat + 0.55 * back), (-x - rake * back, seat + back)]
        if back
        else []
    )
    path = curved(points, 40)
    found = []
    for b in _sides_m(params):
        tube_m = np.column_stack([path[:, 0], np.full(40, b), path[:, 1] - 0.02])
        tube_m[0, 2] = 0.0
        found.append(rod("frame", tube_m, 0.022, 8, up=(0, 1, 0)))
        found.append(rod("frame", [(-x + 0.02, b, 0), (-x + 0.06, b, seat - 0.03)], 0.022, 8))
    start = int(np.argmax(path[:, 1] > 0.93 * seat))
    rows = path[start:]
    step = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(rows, axis=0), axis=1))])
    for at in np.arange(0.01, step[-1], 0.042):
        a, z = (float(np.interp(at, step, rows[:, k])) for k in (0, 1))
        found.append(rod("slats", [(a, -y, z), (a, y, z)], 0.0075, 6))
    return found


_FORMS: dict[str, Callable[[Params], list[Part]]] = {
    "park": _park,
    "garden": _garden,
    "backless": _backless,
    "stone": _stone,
    "picnic": _picnic,
    "tube": _tube,
}


def _build(params: Params) -> Mesh:
    x, y = number(params, "seat_depth_m") / 2, number(params, "length_m") / 2 - 0.01
    seat, back = number(params, "seat_height_m"), number(params, "back_height_m")
    shift = 0.62 if params["style"] == "picnic" else 0.0
    corners = [(sx * 0.9 * x + shift, sy * y, seat) for sx, sy in ((1, 1), (1, -1), (-1, -1), (-1, 1))]
    a = -x - number(params, "rake") * back
    heads = [(a, s * y, seat + back - 0.02) for s in (1, -1)] if back else [corners[3], corners[2]]
    return merge(grounded(_FORMS[text(params, "style")](params)), [*corners, *heads])


BENCH = ObjectType(
    name="bench",
    category=_CATEGORY,
    sample=_sample,
    build=_build,
    rest_poses=(RestPose(name="upright", weight=1.0, tilt_rad=(0.0, 0.0)),),
    front_rad=FACES_PLUS_X,
)

OBJECT_TYPES: tuple[ObjectType, ...] = (BENCH,)
