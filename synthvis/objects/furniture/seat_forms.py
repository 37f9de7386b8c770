"""Chairs that turn, perch or are moulded: office chairs, stools and shells; they face +x."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from synthvis.geometry import rotation_about
from synthvis.objects.furniture.sofa_forms import upright
from synthvis.objects.mesh.joinery import (
    beam,
    board,
    copies,
    curved,
    cushion,
    oval,
    rectangle,
    rod,
    sheet,
    sweep,
    turned,
)
from synthvis.objects.mesh.meshes import Part, moved, revolve
from synthvis.objects.mesh.params import number, text
from synthvis.objects.spec import Param

__all__ = ["chair_size", "office", "seat_outline", "shell", "stool"]

Float = NDArray[np.float64]
Params = Mapping[str, Param]
_Z = (0.0, 0.0, 1.0)


def chair_size(params: Params) -> tuple[float, float, float, float]:
    """Half depth, half width, seat height, height of the back above the seat."""
    return (
        number(params, "seat_depth_m") / 2,
        number(params, "seat_width_m") / 2,
        number(params, "seat_height_m"),
        number(params, "back_height_m"),
    )


def seat_outline(params: Params) -> Float:
    """(N, 2) plan of a seat, round, or square and narrower at the rear by `flare`."""
    x, y, _, _ = chair_size(params)
    if params["seat"] == "round":
        return oval(2 * x, 2 * y, 28)
    outline = rectangle(2 * x, 2 * y, 0.3 * min(x, y), 5, 1)
    outline[:, 1] *= 1 + number(params, "flare") * (outline[:, 0] / x - 1) / 2
    return outline


def shell(params: Params) -> list[Part]:
    """A moulded shell on dowels, steel legs or a sled."""
    x, y, seat, back = chair_size(params)
    rake, arms = number(params, "rake"), number(params, "arms_m")
    side = [
        (x, seat - 0.035),
        (0.82 * x, seat),
        (0.1 * x, seat - 0.02),
        (-0.62 * x, seat - 0.015),
        (-0.98 * x, seat + 0.09),
        (-1.05 * x - 0.5 * rake * back, seat + 0.55 * back),
        (-1.1 * x - rake * back, seat + back),
    ]
    u = curved(side, 15)
    share = np.linspace(0, 1, 15)[:, None]
    half = y * np.interp(share[:, 0], [0, 0.1, 0.3, 0.55, 0.8, 1.0], [0.84, 0.96, 1.02, 1.0, 0.92, 0.8])
    v = np.linspace(1, -1, 11)
    curl = np.abs(v) ** 2.5
    into_back = np.clip((share - 0.4) / 0.3, 0, 1)
    into_back = into_back**2 * (3 - 2 * into_back)
    wings = arms * np.exp(-(((share - 0.5) / 0.16) ** 2)) * curl
    grid = np.empty((15, 11, 3))
    grid[..., 0] = u[:, None, 0] + 0.07 * into_back * curl + 0.5 * wings * into_back
    grid[..., 1] = half[:, None] * v * (1 + 0.3 * wings / y)
    # The upper corners are cut round: the crest falls off towards the sides.
    grid[..., 2] = (
        u[:, None, 1]
        + 0.035 * curl * (1 - into_back)
        + wings
        - 0.3 * back * np.abs(v) ** 4 * np.clip(share - 0.6, 0, 1) / 0.4
    )
    found = [sheet("shell", grid, 0.007), *_shell_legs(params)]
    if params["pad"]:
        pad = cushion("pad", (1.3 * x, 1.5 * y, 0.035), edge_m=0.014, corner_m=0.09, crown_m=0.008, per_corner=4)
        found.append(moved(pad, offset_m=(0.1 * x, 0, seat - 0.022)))
    return found


def _shell_legs(params: Params) -> list[Part]:
    x, y, seat, _ = chair_size(params)
    found: list[Part] = []
    legs, splay, under = text(params, "legs"), number(params, "splay_m"), seat - 0.028
    if legs == "sled":
        for s in (1, -1):
            b = s * 0.7 * y
            curve = [
                (-0.35 * x, b, under),
                (0.45 * x, b, under),
                (0.75 * x + splay, s * y, 0.012),
                (-0.9 * x, s * y, 0.012),
                (-0.45 * x, b, under),
            ]
            found += [rod("legs", [p, q], 0.008, 6) for p, q in pairwise(curve)]
        return found
    width = 0.016 if legs == "dowel" else 0.01
    for sx in (1, -1):
        for sy in (1, -1):
            ends = [(sx * 0.5 * x, sy * 0.55 * y, under), (sx * (0.75 * x + splay), sy * (0.75 * y + splay), 0)]
            found.append(rod("legs", ends, width * np.array([1.0, 0.7]), 10))
        level = 0.72 * under if legs == "dowel" else under - 0.01
        out = 0.5 + 0.25 * (1 - level / under)
        z = level
        found.append(
            rod(
                "wire",
                [(sx * out * x, -0.62 * y, z), (-sx * out * x if legs == "dowel" else sx * out * x, 0.62 * y, z)],
                0.005,
                6,
            )
        )
    return found


def office(params: Params) -> list[Part]:
    """A swivel chair: five-star base on castors, gas column, seat, back and mostly arms."""
    x, y, seat, _ = chair_size(params)
    reach, thick = number(params, "base_m"), number(params, "seat_thick_m")
    turns = np.stack([rotation_about(_Z, 0.3 + k * 2 * np.pi / 5) for k in range(5)])
    spoke = sweep(
        "base", [(0.02, 0, 0.12), (0.6 * reach, 0, 0.1), (reach, 0, 0.072)], [0.055, 0.042, 0.03], [0.045, 0.035, 0.02]
    )
    wheel = revolve(
        "castors", [0.0, 0.018, 0.026, 0.026, 0.018, 0.0], [-0.022, -0.022, -0.014, 0.014, 0.022, 0.022], 12
    )
    wheel = moved(wheel, rotation=rotation_about((1, 0, 0), np.pi / 2), offset_m=(reach - 0.01, 0, 0.026))
    fork = rod("castors", [(reach - 0.01, 0, 0.075), (reach - 0.01, 0, 0.03)], 0.011, 6)
    still = np.zeros((5, 3))
    found = [copies(part, turns, still) for part in (spoke, wheel, fork)]
    found.append(
        turned(
            "base", [0.034, 0.036, 0.027, 0.027, 0.016, 0.016], [0.07, 0.13, 0.14, 0.5 * seat, 0.5 * seat, seat - thick]
        )
    )
    pan = moved(cushion("base", (0.55 * x, 0.5 * y, 0.045), edge_m=0.012), offset_m=(0, 0, seat - thick - 0.04))
    pad = cushion(
        "cover", (2 * x, 2 * y, thick), edge_m=0.032, crown_m=0.015, corner_m=0.1, bulge_m=0.005, per_corner=5
    )
    found += [pan, moved(pad, offset_m=(0, 0, seat - thick))]
    found += _office_back(params)
    if params["arm"]:
        z = seat + 0.2
        for s in (1, -1):
            b = s * (y + 0.035)
            curve = curved([(0.0, s * 0.5 * y, seat - thick + 0.005), (-0.02, b, seat - 0.03), (-0.03, b, z)], 7)
            found.append(sweep("base", curve, 0.022, 0.05, up=(1, 0, 0)))
            found.append(
                moved(cushion("castors", (0.25, 0.075, 0.028), edge_m=0.011, corner_m=0.035), offset_m=(0.02, b, z))
            )
    return found


def _office_back(params: Params) -> list[Part]:
    """A curved rest that stands off the seat on a bar."""
    x, y, seat, back = chair_size(params)
    rake, gap, thick = number(params, "rake"), number(params, "gap_m"), number(params, "seat_thick_m")
    share, v = np.linspace(0, 1, 10), np.linspace(1, -1, 9)
    half = y * number(params, "back_share") * np.interp(share, [0, 0.12, 0.5, 0.88, 1], [0.72, 0.94, 1.0, 0.9, 0.66])
    belly = 0.03 * np.sin(np.pi * np.clip(share / 0.7, 0, 1))
    grid = np.empty((10, 9, 3))
    grid[..., 0] = (-x - rake * (gap + share * (back - gap)) + belly)[:, None] + 0.05 * np.abs(v) ** 2.2
    grid[..., 1] = half[:, None] * v
    grid[..., 2] = (seat + gap + share * (back - gap))[:, None]
    found = [sheet("rest", grid, number(params, "back_thick_m"))]
    low = number(params, "back_thick_m")
    bar = curved(
        [
            (-0.4 * x, 0, seat - thick - 0.01),
            (-x - 0.05 - low, 0, seat - 0.03),
            (-x - 0.03 - low - rake * gap, 0, seat + gap + 0.1),
            (-x - 0.01 - low - 0.6 * rake * back, 0, seat + 0.6 * back),
        ],
        9,
    )
    found.append(sweep("base", bar, 0.06, 0.02, up=(0, 0.0, 1.0) if bar[-1, 2] < bar[0, 2] else (1.0, 0.0, 0.3)))
    if params["headrest"]:
        pad = cushion("rest", (0.14, 1.1 * y, 0.05), edge_m=0.02, corner_m=0.05)
        z = seat + back + 0.05
        found.append(upright(pad, height_m=0.14, back_m=-x - rake * back - 0.03, low_m=z, lean_rad=0.1))
        found.append(
            beam("base", (-x - rake * back - 0.025, 0, z + 0.06), (-x - rake * back - 0.03, 0, z - 0.12), 0.04, 0.012)
        )
    return found


def stool(params: Params) -> list[Part]:
    """A seat without a back on three or four splayed legs, low or as high as a bar."""
    foot = _pedestal if params["legs"] == "pedestal" else _splayed_legs
    return [_stool_seat(params), *foot(params), *_low_back(params)]


def _stool_seat(params: Params) -> Part:
    x, y, seat, _ = chair_size(params)
    thick = number(params, "seat_thick_m")
    if not params["pad"]:
        return board("seat", seat_outline(params), seat - thick, seat, bevel_m=0.006)
    corner_m = x if params["seat"] == "round" else 0.04
    pad = cushion(
        "seat", (2 * x, 2 * y, thick), edge_m=0.4 * thick, crown_m=0.015, corner_m=corner_m, per_corner=6
    )  # fmt: skip
    return moved(pad, offset_m=(0, 0, seat - thick))


def _pedestal(params: Params) -> list[Part]:
    """A foot plate, a column and a ring for the feet."""
    seat, thick, foot = (number(params, name) for name in ("seat_height_m", "seat_thick_m", "base_m"))
    radii_m = [foot, foot, 0.93 * foot, 0.05, 0.03, 0.03, 0.024, 0.024, 0.07, 0.07]
    heights_m = [
        0, 0.008, 0.016, 0.035, 0.06, 0.55 * seat, 0.55 * seat, seat - thick - 0.03, seat - thick - 0.02, seat - thick
    ]  # fmt: skip
    return [
        turned("frame", radii_m, heights_m, 28),
        _ring("frame", 0.15, 0.36 * seat, 0.011),
        rod("frame", [(0.0, -0.15, 0.36 * seat), (0.0, 0.15, 0.36 * seat)], 0.008, 6),
    ]


def _splayed_legs(params: Params) -> list[Part]:
    """Three or four legs, joined by a ring, by bars or not at all."""
    x, y, seat, _ = chair_size(params)
    under, leg, splay = seat - number(params, "seat_thick_m"), number(params, "leg_m"), number(params, "splay_m")
    count = int(number(params, "leg_count"))
    angle = (np.arange(count) + 0.5) * 2 * np.pi / count
    spread = np.stack([np.cos(angle), np.sin(angle)], axis=1) * (
        1.35 if count == 4 and params["seat"] != "round" else 1.0
    )
    top, foot_xy = spread * (min(x, y) - 0.7 * leg - 0.01), spread * (min(x, y) - 0.5 * leg + splay)
    found = []
    for (a, b), (c, d) in zip(top, foot_xy, strict=True):
        if params["section"] == "round":
            found.append(rod("frame", [(a, b, under), (c, d, 0)], leg / 2 * np.array([1.0, 0.8]), 10))
        else:
            found.append(beam("frame", (a, b, under), (c, d, 0), leg, leg, taper=0.8))
    level = number(params, "ring")
    joints, z = top + (foot_xy - top) * (1 - level), level * under
    if params["legs"] == "ring":
        found.append(_ring("frame", float(np.linalg.norm(joints[0])), z, 0.008))
    elif params["legs"] == "bars":
        pairs = zip(joints, np.roll(joints, -1, axis=0), strict=True)
        found += [rod("frame", [(a, b, z), (c, d, z)], 0.35 * leg, 8) for (a, b), (c, d) in pairs]
    return found


def _ring(slot: str, radius_m: float, z_m: float, thick_m: float) -> Part:
    turn = np.arange(8) / 8 * 2 * np.pi
    return revolve(slot, radius_m + thick_m * np.cos(turn), z_m + thick_m * np.sin(turn), 24, loop=True)


def _low_back(params: Params) -> list[Part]:
    x, y, seat, back = chair_size(params)
    if back < 0.05:
        return []
    angle = np.linspace(np.pi * 0.68, np.pi * 1.32, 9)
    rest = np.column_stack([1.04 * x * np.cos(angle), 1.1 * y * np.sin(angle), np.full(9, seat + back - 0.05)])
    found = [sweep("seat", rest, 0.022, 0.1, bevel_m=0.008)]
    return found + [
        rod("frame", [(-0.6 * x, s * 0.5 * y, seat - 0.02), (-0.84 * x, s * 0.64 * y, seat + back - 0.05)], 0.009, 6)
        for s in (1, -1)
    ]
