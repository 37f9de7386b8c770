"""Parts of bicycles on a given geometry: frame, wheels, handlebar, saddle, drivetrain, and what city ones carry."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike, NDArray

from synthvis.objects.mesh.joinery import curved
from synthvis.objects.mesh.meshes import Part, box, cylinder, ellipsoid, loft, moved, tube
from synthvis.objects.mesh.outlines import hoop
from synthvis.objects.mesh.params import number
from synthvis.objects.mesh.plates import limb, prism
from synthvis.objects.spec import Param
from synthvis.objects.vehicles.bicycle_geometry import Geometry
from synthvis.objects.vehicles.hulls import shifted
from synthvis.objects.vehicles.wheels import bars, disc, mudguard, on_axle, ring, round_tyre, wire_spokes

__all__ = ["controls", "drivetrain", "equipment", "frame_parts", "saddle", "wheel_parts"]

Float = NDArray[np.float64]
SIDES = (-1.0, 1.0)
"""Left, right."""
Y = np.array([0.0, 1.0, 0.0])
SLOPED = {"mountain": 0.72, "child": 0.45}
"""How far up the seat tube the top tube ends, where it is not at its upper end."""


def _bar(slot: str, points: object, radius_m: ArrayLike, segments: int = 8, up: ArrayLike = (0, 1, 0)) -> Part:
    return tube(slot, np.asarray(points, dtype=np.float64), radius_m, segments, up=up)


def _smooth(points: object, count: int = 14) -> Float:
    """(count, 3) curve through points."""
    return curved([tuple(point) for point in np.asarray(points, dtype=np.float64)], count)


# Frame and wheels


def frame_parts(shape: Geometry) -> list[Part]:
    """Tubes of the frame, seat post, chain and seat stays."""
    thick = {"mountain": 0.022, "racing": 0.018}.get(shape.style, 0.0165) * shape.scale
    crank, cluster, low, high = shape.crank_m, shape.seat_cluster_m, shape.head_low_m, shape.head_high_m
    up = shape.steering
    parts = [
        _bar("frame", [crank, cluster], 0.95 * thick, 10),
        _bar("frame", [low - 0.008 * up, low, high, high + 0.008 * up], [thick, 1.2 * thick, 1.2 * thick, thick], 10),
        *on_axle([disc("frame", 1.25 * thick, 0.07)], crank),
        _bar("metal", [cluster - 0.05 * up, shape.saddle_m - (0, 0, 0.05)], 0.0135 * shape.scale, 8),
        _bar("frame", [cluster, cluster + 0.012 * up], 1.2 * thick, 8),
    ]
    upper, lower = high - 0.03 * shape.scale * up, low + 0.035 * shape.scale * up
    if shape.style == "step":
        swan = _smooth(
            [lower, 0.62 * lower + 0.38 * crank - (0, 0, 0.055), 0.25 * lower + 0.75 * crank - (0, 0, 0.03), crank]
        )
        second = _smooth([upper, 0.6 * upper + 0.4 * crank + (0, 0, -0.02), 0.62 * crank + 0.38 * cluster])
        parts += [_bar("frame", swan, 1.1 * thick, 10), _bar("frame", second, 0.75 * thick, 8)]
    else:
        end = crank + SLOPED.get(shape.style, 0.95) * (cluster - crank)
        parts += [_bar("frame", [upper, end], 0.95 * thick, 10), _bar("frame", [lower, crank], 1.15 * thick, 10)]
    half = 0.065 * max(shape.scale, 0.7)
    for side in SIDES:
        out = side * half * Y
        near = side * 0.026 * Y
        wide = side * (0.5 * shape.tyre_m + 0.014) * Y
        axle = shape.rear_axle_m + out
        toward = crank + 0.35 * (shape.rear_axle_m - crank) + wide
        parts.append(_bar("frame", [crank + near, toward, axle], 0.0095, 6))
        top = cluster - 0.04 * up
        parts.append(_bar("frame", [top + 0.5 * near, top + 0.3 * (shape.rear_axle_m - top) + wide, axle], 0.008, 6))
    return parts


def _fork_parts(shape: Geometry) -> list[Part]:
    up, low, axle = shape.steering, shape.head_low_m, shape.front_axle_m
    half = 0.5 * shape.tyre_m + 0.016
    parts = []
    for side in SIDES:
        out = side * (half + 0.006) * Y
        crown = low - 0.012 * up + out
        if shape.style == "mountain":
            middle = axle + 0.42 * np.linalg.norm(low - axle) * up + out
            parts.append(_bar("metal", [crown, middle], 0.016, 8))
            parts.append(_bar("black", [middle + 0.03 * up, axle + out], 0.021, 8))
        else:
            straight = axle + 0.5 * np.linalg.norm(low - axle) * up
            straight += (low - straight) - ((low - straight) @ up) * up
            path = _smooth([crown, straight + out, 0.35 * straight + 0.65 * axle + out + 0.004 * up, axle + out], 10)
            parts.append(_bar("frame", path, np.linspace(0.0125, 0.008, 10), 8))
    parts.append(
        _bar(
            "frame",
            [low - 0.014 * up - half * Y, low - 0.004 * up, low - 0.014 * up + half * Y],
            0.016,
            8,
            up=(1, 0, 0),
        )
    )
    if shape.style == "mountain":
        bridge = axle + (shape.radius_m + 0.5 * shape.tyre_m + 0.005) * up
        ends = [bridge - half * Y, bridge + 0.02 * up, bridge + half * Y]
        parts.append(_bar("black", ends, 0.012, 6, up=(1, 0, 0)))
    return parts


def wheel_parts(shape: Geometry, params: Mapping[str, Param], *, front: bool) -> list[Part]:
    """A wheel with its mudguard, and the fork of the front one."""
    radius, tyre = shape.radius_m, shape.tyre_m
    axle = shape.front_axle_m if front else shape.rear_axle_m
    rim = radius - 0.85 * tyre
    depth = {"racing": 0.03, "child": 0.016}.get(shape.style, 0.02)
    half = 0.034 if front else 0.03
    wheel = [
        round_tyre("tyres", radius, tyre),
        ring("rims", rim - depth, rim, 0.7 * tyre),
        wire_spokes("rims", 0.024, rim - depth + 0.002, half, int(number(params, "spokes"))),
        disc("metal", 0.013, 0.1, 10),
        *(moved(disc("metal", 0.026, 0.004, 14), offset_m=(0, 0, s * half)) for s in SIDES),
    ]
    if params["discs"]:
        wheel.append(moved(ring("metal", 0.05, 0.08, 0.003, 24), offset_m=(0, 0, 0.045)))
        wheel.append(moved(ring("black", 0.018, 0.052, 0.004, 6), offset_m=(0, 0, 0.044)))
    parts = on_axle(wheel, axle)
    if shape.style != "racing" and number(params, "spokes") > 20:
        lens = box("lamp" if params["lights"] else "reflector", (0.06, 0.012, 0.018))
        parts.append(moved(lens, offset_m=shifted(axle, 0.02, 0.0, 0.62 * radius)))
    if params["mudguards"]:
        span = (0.25, 2.3) if front else (0.75, 3.3)
        parts.append(mudguard("guards", axle, radius + 0.5 * 0.03, tyre + 0.016, span))
        for side in SIDES:
            end = axle + (radius + 0.008) * np.array([-np.cos(span[1] - 0.25), 0.0, np.sin(span[1] - 0.25)])
            if front:
                end = axle + (radius + 0.008) * np.array([np.cos(0.55), 0.0, np.sin(0.55)])
            wide = side * (0.5 * tyre + 0.01) * Y
            parts.append(limb("metal", axle + side * 0.05 * Y, end + wide, 0.0025, 5))
    return [*parts, *(_fork_parts(shape) if front else [])]


# Handlebar


def _bar_half(style: str) -> list[tuple[float, float, float]]:
    """The left half of a handlebar from its middle: backwards, to the side, up."""
    if style == "racing":
        return [
            (0, 0, 0),
            (0, 0.12, 0),
            (-0.005, 0.19, 0),
            (-0.04, 0.205, -0.004),
            (-0.085, 0.208, -0.03),
            (-0.09, 0.21, -0.09),
            (-0.04, 0.213, -0.13),
            (0.035, 0.215, -0.135),
        ]
    if style == "mountain":
        return [(0, 0, 0), (0, 0.05, 0), (0.004, 0.11, 0.02), (0.02, 0.25, 0.026), (0.055, 0.37, 0.03)]
    if style == "child":
        return [(0, 0, 0), (0, 0.03, 0), (0, 0.08, 0.05), (0.01, 0.14, 0.085), (0.06, 0.22, 0.09)]
    return [
        (0, 0, 0),
        (-0.005, 0.05, 0.004),
        (-0.005, 0.15, 0.035),
        (0.03, 0.235, 0.05),
        (0.1, 0.275, 0.045),
        (0.19, 0.29, 0.03),
    ]


def controls(shape: Geometry, lights: bool, basket: str) -> tuple[list[Part], Float]:
    """Stem, handlebar, grips, levers, cables, bell, lamp, basket; and the (2, 3) middles of the grips."""
    bar, up, scale = shape.bar_m, shape.steering, shape.scale
    high = shape.head_high_m
    inner = high + ((bar - high) @ up) * up
    parts = [
        _bar("metal", [high - 0.02 * up, inner + 0.004 * up], 0.0135 * scale, 8),
        _bar("black" if shape.style in ("racing", "mountain") else "metal", [inner, bar + 1e-3 * up], 0.015 * scale, 8),
    ]
    grips = []
    for side in SIDES:
        path = _smooth(np.array(_bar_half(shape.style)) * (1, side, 1) * max(scale, 0.75) + bar, 18)
        parts.append(_bar("metal" if shape.style != "mountain" else "black", path, 0.011, 7, up=(0, 0.3, 1)))
        covered = path[3:] if shape.style == "racing" else path[-5:]
        parts.append(_bar("grips", covered + (covered - covered[:1]) * 0.02, 0.0155, 8, up=(0, 0.3, 1)))
        grips.append(covered[len(covered) // 2])
        parts += _lever(shape, path, side)
    if shape.style in ("city", "step", "child"):
        dome = moved(ellipsoid("metal", (0.022, 0.022, 0.016), 12, 6), offset_m=shifted(bar, 0.0, -0.09, 0.05 * scale))
        parts.append(dome)
    if lights:
        low_ahead = np.array([-1.0, 0.0, 0.0])
        lamp = high + 0.075 * low_ahead + (0, 0, 0.03)
        shell = _bar("black", [lamp - 0.02 * low_ahead, lamp + 0.02 * low_ahead], [0.018, 0.033], 12, up=(0, 0, 1))
        parts += [shell, moved(ellipsoid("lamp", (0.008, 0.03, 0.03), 12, 6), offset_m=lamp + 0.021 * low_ahead)]
    if basket == "wire":
        parts += _basket(shifted(bar, -0.2, 0.0, -0.16))
    return parts, np.array(grips)


def _lever(shape: Geometry, path: Float, side: float) -> list[Part]:
    """A brake lever and its cable to the fork or along the frame."""
    if shape.style == "racing":
        hood = path[9]
        lever = [
            shifted(hood, -0.02, 0, 0.03),
            shifted(hood, -0.05, 0, 0.035),
            shifted(hood, -0.055, 0, -0.02),
            shifted(hood, -0.035, 0, -0.09),
        ]
        shell = _bar("grips", [shifted(hood, 0.03, 0, 0.005), shifted(hood, -0.03, 0, 0.04)], [0.016, 0.014], 7)
        return [shell, _bar("black", lever, 0.006, 5)]
    start, end = path[-7], path[-2]
    ahead = np.array([-0.045, 0.0, -0.022])
    lever = [start, start + 0.6 * ahead, end + ahead]
    cable = _smooth(
        [
            shifted(start, -0.02, 0, 0),
            shifted(start, -0.09, -0.1 * side, 0.0),
            shifted(shape.head_high_m, -0.08, 0.03 * side, 0.0),
            shifted(shape.head_low_m, -0.01, 0.02 * side, 0.03),
        ],
        9,
    )
    return [_bar("black", lever, 0.0055, 5, up=(0, 0.2, 1)), _bar("black", cable, 0.0028, 4, up=(0.2, 1, 0))]


def _basket(middle: Float) -> list[Part]:
    """A wire basket, its rim 0.36 m wide."""
    turn = np.arange(26) / 26 * 2 * np.pi
    unit = np.stack([np.cos(turn), np.sin(turn)], axis=1)
    square = unit / np.maximum(np.abs(unit).max(axis=1, keepdims=True), 0.82 * np.abs(unit).sum(axis=1, keepdims=True))
    low = np.column_stack([square * (0.1, 0.14), np.full(26, -0.1)]) + middle
    high = np.column_stack([square * (0.135, 0.19), np.full(26, 0.12)]) + middle
    across = np.linspace(-0.08, 0.08, 7)
    floor = [np.column_stack([across, np.full(7, s * 0.13), np.full(7, -0.1)]) + middle for s in SIDES]
    parts = [bars("black", low, high, 0.0016), bars("black", floor[0], floor[1], 0.0016)]
    for share, thick in ((0.0, 0.0025), (0.33, 0.0016), (0.66, 0.0016), (1.0, 0.004)):
        parts.append(hoop("black", low + share * (high - low), thick, 5))
    return parts


# Saddle and drivetrain


def saddle(shape: Geometry) -> list[Part]:
    """Narrow in front, wide behind; two rails hold it."""
    wide = {"racing": 0.066, "mountain": 0.07, "child": 0.07}.get(shape.style, 0.095) * max(shape.scale, 0.75)
    along = np.array([-0.145, -0.13, -0.07, 0.0, 0.06, 0.1, 0.118]) * (0.75 if shape.style == "child" else 0.95)
    half = np.array([0.012, 0.02, 0.026, 0.045, 0.92 * wide, wide, 0.75 * wide])
    drop = np.array([0.012, 0.004, 0.0, 0.003, 0.0, -0.006, -0.002])
    deep = np.array([0.012, 0.025, 0.034, 0.04, 0.05, 0.046, 0.03])
    turn = np.arange(14) / 14 * 2 * np.pi
    # Seen along +x, +y lies to the left: the ring runs from +y over +z.
    c, s = np.cos(turn), np.sin(turn)
    rings = np.empty((7, 14, 3))
    rings[..., 0] = along[:, None]
    rings[..., 1] = half[:, None] * np.sign(c) * np.abs(c) ** 0.8
    rings[..., 2] = (-drop - deep / 2)[:, None] + deep[:, None] / 2 * np.sign(s) * np.abs(s) ** 0.6
    parts = [moved(loft("saddle", rings), offset_m=shape.saddle_m)]
    for side in SIDES:
        rail = [
            (-0.1, 0.012 * side, -0.03),
            (-0.04, 0.02 * side, -0.052),
            (0.05, 0.022 * side, -0.052),
            (0.085, 0.03 * side, -0.03),
        ]
        parts.append(_bar("metal", np.array(rail) * max(shape.scale, 0.75) + shape.saddle_m, 0.0035, 5, up=(0, 0, 1)))
    if shape.style in ("city", "step"):
        for side in SIDES:
            spring = moved(cylinder("metal", 0.014, 0.04, 10), offset_m=(0.075, side * 0.05, -0.06))
            parts.append(moved(spring, offset_m=shape.saddle_m))
    return parts


def drivetrain(shape: Geometry, crank_rad: float, *, guard: bool) -> list[Part]:
    """Chainring, cranks, pedals, sprockets, chain; a guard over it, or the cage of a derailleur."""
    scale = shape.scale
    out, crank, rear = 0.045, shape.crank_m, shape.rear_axle_m
    big, small = 0.095 * max(scale, 0.6), (0.035 if guard or shape.style == "child" else 0.05) * max(scale, 0.6)
    gears = [ring("metal", 0.82 * big, big, 0.004, 32)]
    arms = np.arange(5) / 5 * 2 * np.pi + crank_rad
    spider = np.stack([np.cos(arms), np.sin(arms), 0 * arms], axis=1)
    gears.append(bars("metal", 0.015 * spider, 0.86 * big * spider, 0.007))
    parts = on_axle(gears, crank + out * Y)
    sprockets = 1 if guard or shape.style == "child" else 4
    for number_of in range(sprockets):
        radius = small - 0.006 * number_of
        parts += on_axle([disc("chain", radius, 0.002, 20)], rear + (out - 0.014 + 0.005 * number_of) * Y)
    parts.append(_chain(crank, rear, big, small, out))
    long_m = 0.172 * max(scale, 0.55)
    for side, turn in ((1.0, crank_rad), (-1.0, crank_rad + np.pi)):
        away = np.array([np.cos(turn), 0.0, np.sin(turn)]) * long_m
        start, end = crank + side * (out + 0.012) * Y, crank + away + side * (out + 0.025) * Y
        parts.append(_bar("metal", [start, end], [0.013, 0.01], 7, up=(0.3, 1, 0.2)))
        pedal = moved(box("black", (0.085 * max(scale, 0.7), 0.09 * max(scale, 0.7), 0.022)), offset_m=(0, 0, -0.011))
        parts.append(moved(pedal, offset_m=crank + away + side * (out + 0.08) * Y))
    parts.append(limb("metal", crank - (out + 0.015) * Y, crank + (out + 0.015) * Y, 0.011, 8))
    if guard:
        parts.append(_guard(crank, rear, big, small, out))
    elif shape.style != "child":
        cage = shifted(rear, 0.0, out - 0.006, -0.045)
        parts += [limb("black", shifted(cage, 0.0, 0.004, 0.03), shifted(cage, -0.035, 0.004, -0.08), 0.009, 6)]
        parts += on_axle([disc("black", 0.022, 0.006, 12)], shifted(cage, -0.035, 0.0, -0.08))
    return parts


def _belt(crank: Float, rear: Float, big: float, small: float) -> Float:
    """(N, 2) x and z of a loop around the two gears."""
    apart = rear[[0, 2]] - crank[[0, 2]]
    far = np.linalg.norm(apart)
    lean = np.arctan2(apart[1], apart[0])
    wrap = np.arccos((big - small) / far)
    around = np.linspace(lean + wrap, lean + 2 * np.pi - wrap, 14)
    behind = np.linspace(lean - wrap, lean + wrap, 10)
    front = crank[[0, 2]] + big * np.stack([np.cos(around), np.sin(around)], axis=1)
    back = rear[[0, 2]] + small * np.stack([np.cos(behind), np.sin(behind)], axis=1)
    return np.concatenate([front, back])


def _chain(crank: Float, rear: Float, big: float, small: float, out: float) -> Part:
    loop = _belt(crank, rear, big, small)
    return on_axle([hoop("chain", np.column_stack([loop, np.zeros(len(loop))]), 0.0045, 4)], out * Y)[0]


def _guard(crank: Float, rear: Float, big: float, small: float, out: float) -> Part:
    outline = _belt(crank, rear, big + 0.02, small + 0.03)
    return on_axle([prism("guards", outline, -0.014, 0.012)], out * Y)[0]


# What city bicycles carry


def equipment(shape: Geometry, params: Mapping[str, Param]) -> list[Part]:
    """Rack, stand, rear lamp, bottle, small wheels for who learns."""
    parts: list[Part] = []
    if params["rack"]:
        parts += _rack(shape)
    behind = shape.rear_axle_m + (shape.radius_m + 0.03) * np.array([0.93, 0.0, 0.42])
    if params["mudguards"] and params["lights"]:
        parts.append(moved(box("reflector", (0.03, 0.055, 0.045)), offset_m=behind))
    elif shape.style != "racing":
        post = shifted(shape.seat_cluster_m, 0.045, 0.0, 0.02)
        parts.append(moved(box("reflector", (0.014, 0.04, 0.04)), offset_m=post))
    if params["stand"]:
        start = shape.crank_m + 0.75 * (shape.rear_axle_m - shape.crank_m) + (0, -0.06, 0)
        end = np.array([start[0] - 0.06, -0.2 * max(shape.scale, 0.6), 0.025])
        parts.append(_bar("black", [start, end, shifted(end, -0.02, -0.025, 0.0)], 0.009, 6, up=(1, 0, 0)))
    if params["bottle"]:
        line = shape.head_low_m - shape.crank_m
        middle = shape.crank_m + 0.5 * line + 0.062 * np.array([line[2], 0.0, -line[0]]) / np.linalg.norm(line)
        along = line / np.linalg.norm(line)
        path = [
            middle - 0.09 * along,
            middle - 0.085 * along,
            middle + 0.06 * along,
            middle + 0.075 * along,
            middle + 0.085 * along,
            middle + 0.1 * along,
        ]
        parts.append(_bar("bottle", path, [0.03, 0.037, 0.037, 0.028, 0.016, 0.014], 12))
        parts.append(_bar("black", [middle - 0.05 * along, middle - 0.03 * along], 0.039, 10))
    if params["trainers"]:
        for side in SIDES:
            ground = np.array([shape.rear_axle_m[0], side * 0.2, 0.062])
            parts += on_axle([round_tyre("tyres", 0.06, 0.03, 18), disc("rims", 0.045, 0.022, 16)], ground)
            parts.append(_bar("metal", [shape.rear_axle_m + side * 0.05 * Y, ground], 0.007, 5, up=(1, 0, 0)))
    return parts


def _rack(shape: Geometry) -> list[Part]:
    """A carrier over the rear wheel."""
    top = 2 * shape.radius_m + 0.055
    x = shape.rear_axle_m[0]
    parts = []
    for side in SIDES:
        y = side * 0.06
        rail = [(x - 0.2, y, top), (x + 0.2, y, top)]
        parts.append(limb("black", rail[0], rail[1], 0.006, 6))
        for foot, head in ((0.0, -0.03), (0.008, 0.12)):
            parts.append(
                limb("black", shifted(shape.rear_axle_m, foot, side * 0.068, 0.0), (x + head, y, top), 0.005, 6)
            )
    across = np.linspace(x - 0.2, x + 0.2, 6)
    starts = np.column_stack([across, np.full(6, -0.06), np.full(6, top)])
    parts.append(bars("black", starts, starts * (1, -1, 1), 0.004))
    parts.append(bars("black", [(x - 0.2, 0, top)], [(x + 0.2, 0, top)], 0.004))
    parts.append(limb("black", (x - 0.2, 0, top), shape.seat_cluster_m - (0, 0, 0.12), 0.005, 6))
    return parts
