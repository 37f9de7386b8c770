"""How the chairs of `chair` are put together; each builder turns parameters into parts that face +x."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from synthvis.geometry import rotation_about
from synthvis.objects.furniture.seat_forms import chair_size, office, seat_outline, shell, stool
from synthvis.objects.furniture.sofa_forms import sofa_parts, upright
from synthvis.objects.mesh.joinery import beam, board, curved, cushion, rectangle, rod, sheet, sweep
from synthvis.objects.mesh.meshes import Part, moved
from synthvis.objects.mesh.params import number, text
from synthvis.objects.spec import Param

__all__ = ["CHAIR_FORMS"]

Float = NDArray[np.float64]
Params = Mapping[str, Param]


def _bow(start: Float, end: Float, bow_m: float, count: int = 7) -> Float:
    """A level arc between two points whose middle lies `bow_m` further back."""
    share = np.linspace(0, 1, count)[:, None]
    line = start + share * (end - start)
    line[:, 0] -= (4 * bow_m * share * (1 - share))[:, 0]
    return line


def wooden(params: Params) -> list[Part]:
    """Four legs, of which the rear ones run on as the posts of an open back."""
    x, y, seat, back = chair_size(params)
    leg, splay, rake = number(params, "leg_m"), number(params, "splay_m"), number(params, "rake")
    rear_y = y * (1 - number(params, "flare")) - 0.4 * leg
    found = [board("seat", seat_outline(params), seat - number(params, "seat_thick_m"), seat, bevel_m=0.006)]
    under = seat - number(params, "seat_thick_m")
    is_round = params["section"] == "round"
    share = np.array([0.0, 0.25, 0.5, 0.75, 1.0])[:, None]
    tops = []
    for sign in (1, -1):
        front = np.array([(x - leg, sign * (y - leg), under), (x - leg + splay, sign * (y - leg + splay), 0.0)])
        foot = np.array([-x - 0.4 * splay - 0.02, sign * (rear_y + 0.6 * splay), 0.0])
        joint, top = (
            np.array([-x + 0.2 * leg, sign * rear_y, seat]),
            np.array([-x - rake * back, sign * rear_y, seat + back]),
        )
        post = curved([foot, joint, top], 9)
        if is_round:
            found.append(
                rod("frame", front[0] + share * (front[1] - front[0]), leg * np.array([0.5, 0.6, 0.6, 0.5, 0.36]))
            )
            found.append(rod("frame", post, leg * np.linspace(0.36, 0.42, 9)))
        else:
            found.append(sweep("frame", front, leg * np.array([1.0, 0.72]), leg * np.array([1.0, 0.72])))
            found.append(sweep("frame", post, leg * 0.8, leg * np.array([0.8, 0.9, 1, 1.05, 1.05, 1, 0.9, 0.8, 0.7])))
        tops.append(post)
    found += _rails(params, under, rear_y)
    return found + _back_filling(params, tops)


def _rails(params: Params, under: float, rear_y: float) -> list[Part]:
    """The apron under the seat and the stretchers between the legs."""
    x, y, _, _ = chair_size(params)
    leg, splay = number(params, "leg_m"), number(params, "splay_m")
    found = []
    apron = number(params, "apron_m")
    if apron:
        z = under - apron / 2
        found.append(beam("frame", (x - leg, y - leg, z), (x - leg, leg - y, z), 0.02, apron))
        found.append(beam("frame", (0.2 * leg - x, rear_y, z), (0.2 * leg - x, -rear_y, z), 0.02, apron))
        found += [
            beam("frame", (x - leg, s * (y - leg), z), (0.2 * leg - x, s * rear_y, z), 0.02, apron) for s in (1, -1)
        ]
    if params["stretchers"]:
        z = 0.4 * under
        out = 0.55 * splay
        ends = [((x - leg + out, s * (y - leg + out), z), (-x, s * (rear_y + 0.3 * splay), z)) for s in (1, -1)]
        found += [rod("frame", end, 0.009, 6) for end in ends]
        middle = [tuple((np.array(a) + b) / 2) for a, b in ends]
        found.append(rod("frame", middle, 0.009, 6))
    return found


def _back_filling(params: Params, posts: list[Float]) -> list[Part]:
    """Rails, slats, spindles or a panel between the posts, under a top rail."""
    style, count, bow = text(params, "back"), int(number(params, "back_count")), number(params, "bow_m")
    _, y, seat, back = chair_size(params)

    def across(share: float, bow_m: float) -> Float:
        ends = [np.array([np.interp(seat + share * back, p[4:, 2], p[4:, k]) for k in range(3)]) for p in posts]
        return _bow(ends[0], ends[1], bow_m)

    top = across(0.94, bow)
    found = [sweep("frame", top, 0.02, number(params, "top_rail_m"))]
    if style == "ladder":
        return found + [sweep("frame", across(s, bow), 0.014, 0.05) for s in np.linspace(0.3, 0.94, count + 1)[:-1]]
    if style == "panel":
        rows = np.stack([across(s, bow * s) for s in np.linspace(0.32, 0.88, 5)])
        return [*found, sheet("frame", rows[:, ::-1] if rows[0, 0, 1] < rows[0, -1, 1] else rows, 0.014)]
    low = across(0.02 if style == "spindles" else 0.22, 0.3 * bow)
    if style != "spindles":
        found.append(sweep("frame", low, 0.018, 0.035))
    if style == "cross":
        pairs = ((low[0], top[-1]), (low[-1], top[0]))
        return found + [beam("frame", tuple(a), tuple(b), 0.028, 0.016, up=(1, 0, 0)) for a, b in pairs]
    at = np.linspace(0, len(low) - 1, count + 2)[1:-1]
    feet, heads = (np.stack([np.interp(at, np.arange(len(c)), c[:, k]) for k in range(3)], axis=1) for c in (low, top))
    if style == "spindles":
        return found + [rod("frame", pair, 0.0075, 6) for pair in zip(feet, heads, strict=True)]
    wide = 0.9 * y / count
    return found + [beam("frame", tuple(a), tuple(b), wide, 0.011) for a, b in zip(feet, heads, strict=True)]


def padded(params: Params) -> list[Part]:
    """A dining chair with a covered seat and back on wooden legs."""
    x, y, seat, back = chair_size(params)
    leg, rake, thick = number(params, "leg_m"), number(params, "rake"), number(params, "seat_thick_m")
    pad = cushion("cover", (2 * x, 2 * y, thick), edge_m=0.025, crown_m=0.02, corner_m=0.05, bulge_m=0.004)
    gap = number(params, "gap_m")
    tall = back - gap
    rest = cushion(
        "cover",
        (tall, 2 * y * number(params, "back_share"), 0.07),
        edge_m=0.028,
        crown_m=0.012,
        corner_m=number(params, "back_corner_m"),
        per_corner=5,
    )
    found = [
        moved(pad, offset_m=(0, 0, seat - thick)),
        upright(rest, height_m=tall, back_m=-x - 0.01 - rake * gap, low_m=seat + gap - 0.03, lean_rad=rake),
    ]
    for sy in (1, -1):
        foot = (-x - 0.07, sy * (y - leg * 0.5), 0.0)
        found.append(
            beam(
                "frame",
                (x - leg, sy * (y - leg), seat - thick + 0.01),
                (x - 0.6 * leg, sy * (y - 0.7 * leg), 0),
                leg,
                leg,
                taper=0.6,
            )
        )
        found.append(beam("frame", (-x + leg, sy * (y - leg), seat - thick + 0.01), foot, leg, leg, taper=0.6))
        if gap > 0.02:
            post = [
                (-x + 0.02, sy * 0.75 * y, seat - 0.04),
                (-x + 0.02 - rake * (gap + 0.1), sy * 0.75 * y, seat + gap + 0.1),
            ]
            found.append(beam("frame", post[0], post[1], 0.03, 0.025))
    return found


def monobloc(params: Params) -> list[Part]:
    """The stacking garden chair of one casting: slotted back, arms that run down into the front legs."""
    x, y, seat, back = chair_size(params)
    rake, count = number(params, "rake"), int(number(params, "back_count"))
    u, v = np.linspace(0, 1, 8), np.linspace(1, -1, 9)
    grid = np.empty((8, 9, 3))
    grid[..., 0] = (x - 2 * x * u)[:, None] * np.ones(9)
    grid[..., 1] = y * (1 - 0.12 * u)[:, None] * v
    grid[..., 2] = seat + (0.02 * (1 - v**2) * -1) + (0.03 * u**2 - 0.05 * np.clip(0.16 - u, 0, 1) / 0.16)[:, None]
    found = [sheet("plastic", grid, 0.012)]
    high, arm = seat + back, seat + number(params, "arm_height_m")
    arch = np.linspace(-1, 1, 13)
    crest = np.column_stack(
        [-x - rake * back - 0.05 * (1 - arch**2), 0.82 * y * arch, high - number(params, "arch_m") * arch**2]
    )
    found.append(sweep("plastic", crest, 0.02, number(params, "top_rail_m"), bevel_m=0.006))
    at = np.linspace(-0.78, 0.78, count)
    wide = 1.25 * y / count * number(params, "back_share")
    for place in at:
        ends = [
            (-x + 0.01, place * 0.85 * y, seat + 0.02),
            (-x - 0.6 * rake * back - 0.045 * (1 - place**2), place * 0.83 * y, seat + 0.55 * back),
            (-x - rake * back - 0.05 * (1 - place**2), place * 0.82 * y, high - number(params, "arch_m") * place**2),
        ]
        found.append(sweep("plastic", ends, wide, 0.01))
    for s in (1, -1):
        side = curved(
            [
                (x + 0.05, s * (y + 0.04), 0),
                (x - 0.01, s * (y + 0.035), seat),
                (x - 0.04, s * (y + 0.035), arm - 0.03),
                (x - 0.12, s * (y + 0.035), arm),
                (-0.5 * x, s * (y + 0.03), arm + 0.01),
                (-x - 0.55 * rake * back, s * 0.86 * y, arm + 0.06),
                (-x - rake * back, s * 0.82 * y, high - number(params, "arch_m")),
            ],
            26,
        )
        found.append(sweep("plastic", side, np.linspace(0.05, 0.055, 26), 0.022, up=(1, 0, 0.9), bevel_m=0.007))
        found.append(
            sweep(
                "plastic",
                [
                    (-x - 0.1, s * (y + 0.0), 0),
                    (-x, s * 0.86 * y, seat),
                    (-x - 0.55 * rake * back, s * 0.86 * y, arm + 0.06),
                ],
                [0.035, 0.05, 0.03],
                [0.045, 0.05, 0.03],
            )
        )
        found.append(
            beam("plastic", (x - 0.02, s * (y - 0.01), seat - 0.02), (-x, s * 0.86 * y, seat - 0.01), 0.05, 0.05)
        )
    return found


def folding(params: Params) -> list[Part]:
    """Two crossing pairs of legs that carry a seat and a strip of back."""
    x, y, seat, back = chair_size(params)
    rake, thick = number(params, "rake"), number(params, "leg_m")
    found = [
        moved(
            cushion("seat", (2 * x, 2 * y - 2.6 * thick, 0.025), edge_m=0.01, corner_m=0.06, crown_m=0.004),
            offset_m=(0.02, 0, seat - 0.02),
        )
    ]
    head = np.array([-x - rake * back, 0, seat + back])
    for s in (1, -1):
        long = curved(
            [
                (x + 0.06, s * y, 0.0),
                (-0.3 * x, s * y, 0.72 * seat),
                (-0.95 * x, s * y, seat + 0.06),
                (head[0], s * y, head[2]),
            ],
            9,
        )
        short = [(-x - 0.12, s * (y - thick), 0.0), (0.8 * x, s * (y - thick), seat - 0.03)]
        if params["section"] == "round":
            found += [rod("frame", long, thick / 2), rod("frame", short, thick / 2)]
        else:
            found += [
                sweep("frame", long, 0.6 * thick, 1.3 * thick),
                beam("frame", short[0], short[1], 0.6 * thick, 1.3 * thick),
            ]
    bars = [((x + 0.03, 0.08), y), ((-x - 0.08, 0.1), y - thick), ((head[0], head[2] - 0.01), y)]
    found += [rod("frame", [(a, b, z), (a, -b, z)], 0.4 * thick, 8) for (a, z), b in bars]
    for share in np.linspace(0.9, 0.9 - 0.3 * (number(params, "back_count") - 1), int(number(params, "back_count"))):
        a, z = 0.005 - 0.97 * x - share * rake * back, seat + share * back
        ends = _bow(np.array([a, y, z]), np.array([a, -y, z]), number(params, "bow_m"))
        found.append(sweep("seat", ends, 0.014, number(params, "top_rail_m"), bevel_m=0.005))
    return found


def armchair(params: Params) -> list[Part]:
    """A couch for one, with wings beside the head where asked for."""
    found = sofa_parts(params)
    if params["wings"]:
        inner, back = number(params, "seat_width_m") / 2, number(params, "back_height_m")
        arm, x = number(params, "arm_height_m"), number(params, "depth_m") / 2
        side = rectangle(0.34, back - arm + 0.05, 0.15, 5, 1)
        wing = board("cover", side, -0.035, 0.035, bevel_m=0.025)
        stand = rotation_about((1, 0, 0), np.pi / 2)
        z = (back + arm - 0.05) / 2
        found += [moved(wing, rotation=stand, offset_m=(-x + 0.18, s * (inner - 0.01), z)) for s in (1, -1)]
    return found


CHAIR_FORMS: dict[str, Callable[[Params], list[Part]]] = {
    "wooden": wooden,
    "padded": padded,
    "shell": shell,
    "office": office,
    "stool": stool,
    "bar_stool": stool,
    "monobloc": monobloc,
    "folding": folding,
    "armchair": armchair,
}
"""Builders by the style of the chair."""
