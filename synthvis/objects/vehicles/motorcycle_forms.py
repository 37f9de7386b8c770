"""Motorcycles piece by piece: wheels, fork, handlebar, engine, tank, seat, exhaust, tail."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from synthvis.geometry import rotation_about
from synthvis.objects.mesh.joinery import curved
from synthvis.objects.mesh.meshes import Part, box, ellipsoid, moved, tube
from synthvis.objects.mesh.outlines import pads
from synthvis.objects.mesh.params import number, text
from synthvis.objects.mesh.plates import limb, sheet
from synthvis.objects.spec import Param
from synthvis.objects.vehicles.hulls import hull
from synthvis.objects.vehicles.wheels import (
    disc,
    mudguard,
    on_axle,
    ring,
    round_tyre,
    shaped_spokes,
    wire_spokes,
)

__all__ = ["Chassis", "bar_ends", "chassis_of", "mirrors", "motorcycle_parts", "plate_and_lamps", "steered", "wheel"]

Float = NDArray[np.float64]
SIDES = (-1.0, 1.0)
"""Left, right."""
Y = np.array([0.0, 1.0, 0.0])
_TYRES_M = {"scooter": (0.11, 0.12), "roadster": (0.12, 0.16), "cruiser": (0.12, 0.17), "sport": (0.12, 0.185)}
_HEAD_DEG = {"scooter": 63.5, "roadster": 65.0, "cruiser": 58.0, "sport": 66.5}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Chassis:
    """A motorcycle that stands on z = 0 and drives to -x, x = 0 midway between its axles; points are (3,), metres.

    Attributes:
        style: Of `motorcycle.STYLES`.
        radius_m: Of the wheels.
        widths_m: Of the front and the rear tyre.
        front_m: Front axle, steered straight.
        rear_m: Rear axle.
        up: (3,) direction of the steering axis.
        head_m: Middle of the upper fork bridge.
        seat_m: Height of the seat.
    """

    style: str
    radius_m: float
    widths_m: tuple[float, float]
    front_m: Float
    rear_m: Float
    up: Float
    head_m: Float
    seat_m: float


def chassis_of(params: Mapping[str, Param]) -> Chassis:
    """The main points of a motorcycle."""
    style, radius, half = text(params, "style"), number(params, "radius_m"), number(params, "wheelbase_m") / 2
    angle = np.radians(_HEAD_DEG[style])
    up = np.array([np.cos(angle), 0.0, np.sin(angle)])
    front = np.array([-half, 0.0, radius])
    long_m = {"scooter": 0.7, "roadster": 0.66, "cruiser": 0.72, "sport": 0.62}[style]
    ahead = np.array([-np.sin(angle), 0.0, np.cos(angle)])
    return Chassis(
        style=style, radius_m=radius, widths_m=_TYRES_M[style], front_m=front, rear_m=np.array([half, 0.0, radius]),
        up=up, head_m=front - 0.04 * ahead + long_m * up, seat_m=number(params, "seat_m"),
    )  # fmt: skip


def steered(shape: Chassis, parts: Sequence[Part], turn_rad: float) -> list[Part]:
    """Parts of fork and handlebar after a turn to the left."""
    turn = rotation_about(tuple(shape.up), turn_rad)
    return [replace(part, vertices_m=(part.vertices_m - shape.head_m) @ turn.T + shape.head_m) for part in parts]


def _bar(slot: str, points: ArrayLike, radius_m: ArrayLike, segments: int = 8, up: ArrayLike = (0, 1, 0)) -> Part:
    return tube(slot, np.asarray(points, dtype=np.float64), radius_m, segments, up=up)


def wheel(shape: Chassis, *, front: bool, wire: bool) -> list[Part]:
    """A wheel with its tyre, rim, spokes and brake disc."""
    radius, width = shape.radius_m, shape.widths_m[0 if front else 1]
    rim = radius - 0.72 * min(width, 0.13)
    parts = [
        round_tyre("tyres", radius, width, 32),
        ring("rims", rim - 0.022, rim + 0.012, 0.62 * width, 32),
        disc("rims", 0.045, 0.11, 16),
    ]
    if wire:
        parts.append(wire_spokes("metal", 0.045, rim - 0.02, 0.04, 36, 0.002))
    else:
        twin = 0.42 if shape.style == "sport" else 0.0
        parts.append(shaped_spokes("rims", 0.03, rim - 0.01, 5 if twin else 6, (0.04, 0.026), (0.06, 0.03), twin_rad=twin))
    big = 0.55 * rim + 0.035 if front else 0.11
    for side in SIDES if front and shape.style == "sport" else (1.0,):
        parts.append(moved(ring("metal", 0.62 * big, big, 0.005, 24), offset_m=(0, 0, side * 0.068)))
        parts.append(moved(ring("black", 0.04, 0.64 * big, 0.006, 7), offset_m=(0, 0, side * 0.067)))
    return on_axle(parts, shape.front_m if front else shape.rear_m)


# Fork, handlebar, lamps


def _fork(shape: Chassis) -> list[Part]:
    half = 0.5 * shape.widths_m[0] + 0.034
    parts = []
    for side in SIDES:
        out = side * half * Y
        middle = shape.front_m + 0.5 * (shape.head_m - shape.front_m)
        middle += (shape.head_m - middle) - ((shape.head_m - middle) @ shape.up) * shape.up
        top = shape.head_m + 0.03 * shape.up
        parts.append(_bar("metal", [middle + out, top + out], 0.02, 10))
        axle = shape.front_m + out
        parts.append(_bar("engine", [axle - 0.02 * shape.up, axle + 0.04 * shape.up, middle + out], [0.022, 0.028, 0.027], 10))
        if side > 0 or shape.style == "sport":
            caliper = box("black", (0.05, 0.045, 0.11))
            parts.append(moved(caliper, offset_m=axle + (0.11, -side * 0.012, 0.0)))
    for along in (0.0, -0.17):
        bridge = moved(box("engine", (0.07, 2 * half + 0.05, 0.028)), rotation=rotation_about((0, 1, 0), 0.45))
        parts.append(moved(bridge, offset_m=shape.head_m + along * shape.up))
    parts.append(_bar("black", [shape.head_m - 0.18 * shape.up, shape.head_m], 0.03, 10))
    return parts


def bar_ends(shape: Chassis, path_right: ArrayLike, radius_m: float = 0.0115) -> tuple[list[Part], Float]:
    """Handlebar with grips and levers; and the (2, 3) middles of the grips, left first."""
    parts, grips = [], []
    for side in SIDES:
        path = curved(np.asarray(path_right) * (1, side, 1), 12)
        parts.append(_bar("metal" if shape.style == "cruiser" else "black", path, radius_m, 8, up=(0, 0, 1)))
        hold = np.stack([path[-1] + 0.13 * (path[-4] - path[-1]) / np.linalg.norm(path[-4] - path[-1]), path[-1]])
        parts.append(_bar("black", hold, 0.018, 10, up=(0, 0, 1)))
        switch = moved(ellipsoid("black", (0.03, 0.028, 0.026), 8, 5), offset_m=hold[0] + 0.12 * (hold[0] - hold[1]))
        ahead = np.array([-0.05, 0.0, -0.01])
        lever = [hold[0] + 0.5 * ahead, hold[0] + ahead, 0.9 * hold[1] + 0.1 * hold[0] + ahead]
        parts += [switch, _bar("metal", lever, [0.01, 0.008, 0.006], 6, up=(0, 0, 1))]
        grips.append(hold.mean(axis=0))
    return parts, np.array(grips)


def mirrors(starts_m: Float, up_m: float = 0.15, size_m: float = 0.065) -> list[Part]:
    """A mirror on a stalk at each of two points, left first."""
    parts = []
    for start, side in zip(starts_m, SIDES, strict=True):
        head = start + (-0.03, side * 0.07, up_m)
        parts.append(_bar("black", [start, start + (-0.02, side * 0.015, 0.6 * up_m), head - (0.02, 0, 0)], 0.006, 6, up=(1, 0.2, 0)))
        parts.append(moved(ellipsoid("black", (0.022, size_m, 0.7 * size_m), 12, 6), offset_m=head))
        face = moved(disc("mirror", 1.0, 0.1, 16), rotation=np.array([[0, 0, 0.05], [0, 0.86 * size_m, 0], [-0.58 * size_m, 0, 0]]))
        parts.append(moved(face, offset_m=head + (0.019, 0, 0)))
    return parts


def _cockpit(shape: Chassis, params: Mapping[str, Param]) -> tuple[list[Part], Float, Float]:
    """Handlebar, mirrors, headlamp, instruments; the grips and the middle of the lamp."""
    head = shape.head_m
    back = np.array([1.0, 0.0, 0.0])
    if shape.style == "cruiser":
        path = [head + (0.0, 0.0, 0.04), head + (0.0, 0.07, 0.12), head + (0.1, 0.3, 0.17), head + (0.29, 0.4, 0.13)]
    elif shape.style == "sport":
        path = [head + (0.0, 0.09, -0.01), head + (0.015, 0.15, -0.015), head + (0.08, 0.3, -0.04)]
    else:
        path = [head + (0.0, 0.0, 0.06), head + (-0.01, 0.09, 0.07), head + (0.03, 0.22, 0.13), head + (0.12, 0.37, 0.12)]
    parts, grips = bar_ends(shape, path)
    if shape.style == "sport":
        return parts, grips, head + (-0.26, 0.0, -0.06)
    parts += mirrors(grips - 0.1 * np.array([[0.5, -1.0, 0.0], [0.5, 1.0, 0.0]]) - 0.03 * back)
    lamp = head + (-0.13, 0.0, -0.04)
    radius = 0.095 if shape.style == "cruiser" else 0.085
    shell = "metal" if shape.style == "cruiser" else "black"
    parts.append(_bar(shell, [lamp + 0.11 * back, lamp + 0.08 * back, lamp + 0.02 * back, lamp - 0.035 * back],
                      [0.03, 0.06, radius, radius], 18, up=(0, 0, 1)))  # fmt: skip
    parts.append(_bar("metal", [lamp - 0.03 * back, lamp - 0.042 * back], [1.04 * radius, radius], 18, up=(0, 0, 1)))
    parts.append(moved(ellipsoid("lamp", (0.022, 0.92 * radius, 0.92 * radius), 18, 8), offset_m=lamp - 0.04 * back))
    for side in SIDES:
        parts += _indicator(lamp + (0.06, side * 0.085, -0.02), side)
        dial = moved(disc("black", 0.045, 0.05, 16), rotation=rotation_about((0, 1, 0), 0.5))
        parts.append(moved(dial, offset_m=head + (-0.05, side * 0.055, 0.075)))
    if params["screen"]:
        parts.append(_screen(lamp + (0.02, 0, 0.1), 0.16, 0.26))
    return parts, grips, lamp - 0.05 * back


def _screen(foot: Float, half_m: float, up_m: float) -> Part:
    u, v = np.meshgrid(np.linspace(-1, 1, 9), np.linspace(0, 1, 6))
    width = half_m * (1 - 0.35 * v**2)
    points = np.stack([0.55 * up_m * v + 0.1 * u**2, width * u, up_m * v], axis=2)
    return moved(sheet("screen", points, 0.004), offset_m=foot)


def _indicator(at: Float, side: float) -> list[Part]:
    end = at + (0.0, side * 0.09, 0.0)
    return [limb("black", at, end, 0.006, 5), moved(ellipsoid("amber", (0.03, 0.02, 0.022), 8, 4), offset_m=end)]


# Body


def _engine(shape: Chassis) -> list[Part]:
    """Crankcase and finned cylinders."""
    low = 0.17
    parts = [hull("engine", [(-0.2, 0.1, low + 0.05, low + 0.2), (-0.17, 0.16, low + 0.01, low + 0.24),
                             (0.05, 0.18, low, low + 0.26), (0.22, 0.17, low + 0.02, low + 0.22),
                             (0.26, 0.1, low + 0.06, low + 0.18)], power=3.2, segments=16)]  # fmt: skip
    for side in SIDES:
        cover = moved(disc("metal" if shape.style == "cruiser" else "engine", 0.1, 0.05, 18), offset_m=(0, 0, 0))
        parts += on_axle([cover], (0.06, side * 0.18, low + 0.13))
    leans = (-0.42, 0.42) if shape.style == "cruiser" else (-0.3,)
    wide = 0.14 if shape.style == "cruiser" else 0.3
    for lean in leans:
        tall = 0.3 if shape.style == "cruiser" else 0.25
        levels = np.arange(0.02, tall, 0.026)
        middles = np.column_stack([0 * levels, 0 * levels, levels])
        fins = [pads("engine", middles, (0.17, wide), 0.008, section="soft", taper=0.02),
                moved(box("black", (0.13, 0.86 * wide, tall)), offset_m=(0, 0, 0)),
                moved(box("metal", (0.15, 0.92 * wide, 0.05)), offset_m=(0, 0, tall))]  # fmt: skip
        turn = rotation_about((0, 1, 0), lean)
        parts += [moved(part, rotation=turn, offset_m=(-0.05, 0.0, low + 0.2)) for part in fins]
    return parts


def _exhaust(shape: Chassis) -> list[Part]:
    slim = shape.style == "cruiser"
    tail = shape.rear_m + ((0.28, 0.2, 0.0) if slim else (0.12, 0.17, 0.2 if shape.style == "sport" else 0.1))
    starts = [(-0.16, 0.06, 0.5), (-0.2, -0.06, 0.5)] if not slim else [(-0.2, 0.1, 0.55), (0.08, 0.12, 0.55)]
    parts = []
    for number_of, start in enumerate(starts):
        shift = np.array([0.0, 0.0, -0.02 + 0.09 * number_of]) if slim else np.zeros(3)
        low = [start, (start[0] - 0.13, start[1], start[2] - 0.06), (start[0] - 0.14, start[1] * 1.2, 0.3), (-0.16, 0.13, 0.17),
               (0.2, 0.18, 0.2), tuple(0.5 * (np.array((0.2, 0.18, 0.2)) + tail))]  # fmt: skip
        if slim:
            low = [start, (start[0] - 0.06, 0.2, start[2] - 0.05), (start[0] + 0.05, 0.21, 0.3 + shift[2]), (0.4, 0.21, shape.radius_m - 0.02 + shift[2])]
        parts.append(_bar("metal", curved(low, 15), 0.021, 7, up=(0, 1, 0.2)))
        if slim or number_of == 0:
            begin = np.array(low[-1]) - (0.05, 0, 0)
            path = [begin, begin + 0.15 * (tail + shift - begin), tail + shift - 0.03 * (tail - begin), tail + shift]
            thick = np.array([0.024, 0.042 if slim else 0.058, 0.045 if slim else 0.062, 0.04 if slim else 0.05])
            parts.append(_bar("metal" if slim else "black", path, thick, 14, up=(0, 1, 0.2)))
            parts.append(_bar("black", [tail + shift - 0.005 * (tail - begin), tail + shift + 0.01 * (tail - begin)], 0.6 * thick[-1], 10, up=(0, 1, 0.2)))
    return parts


def _tank_and_seat(shape: Chassis) -> tuple[list[Part], Float]:
    seat, head = shape.seat_m, shape.head_m
    front, back = head[0] + 0.06, 0.1
    top = max(seat + 0.17, head[2] - 0.02)
    slope = -0.04 if shape.style == "cruiser" else 0.0
    tank = hull("paint", [(front, 0.05, top - 0.16, top - 0.03), (front + 0.03, 0.09, top - 0.19, top),
                          (front + 0.16, 0.145, top - 0.24, top + 0.035 + slope), (0.5 * (front + back) + 0.06, 0.15, seat - 0.1, top + 0.02 + slope),
                          (back - 0.05, 0.1, seat - 0.08, seat + 0.07), (back, 0.05, seat - 0.06, seat + 0.0)],
                power=2.5, segments=20, count=16)  # fmt: skip
    cap = moved(disc("metal", 0.035, 0.02, 16), offset_m=(front + 0.18, 0.0, top + 0.04 + slope))
    end = shape.rear_m[0] + (0.06 if shape.style != "sport" else 0.12)
    rise = {"sport": 0.1, "cruiser": 0.05, "roadster": 0.04}[shape.style]
    cushion = hull("seat", [(back - 0.06, 0.06, seat - 0.06, seat + 0.02), (back + 0.02, 0.1, seat - 0.07, seat),
                            (back + 0.2, 0.135, seat - 0.07, seat - 0.015), (back + 0.32, 0.12, seat - 0.06, seat + 0.3 * rise),
                            (end - 0.12, 0.1, seat - 0.02 + 0.5 * rise, seat + rise), (end - 0.02, 0.07, seat + 0.5 * rise, seat + 0.9 * rise)],
                   power=3.0, segments=18, count=16)  # fmt: skip
    tail = hull("paint", [(back + 0.05, 0.09, seat - 0.16, seat - 0.05), (back + 0.25, 0.125, seat - 0.14, seat - 0.045),
                          (end - 0.05, 0.1, seat - 0.06 + 0.5 * rise, seat + 0.55 * rise), (end + 0.12, 0.05, seat + 0.3 * rise, seat + 0.75 * rise)],
                power=2.8, segments=16, count=12)  # fmt: skip
    return [tank, cap, cushion, tail], np.array([back + 0.2, 0.0, seat - 0.015])


def _frame(shape: Chassis) -> list[Part]:
    head, seat = shape.head_m - 0.08 * shape.up, shape.seat_m
    parts = []
    for side in SIDES:
        down = [head + (0.02, 0.03 * side, 0), (-0.27, 0.1 * side, 0.45), (-0.23, 0.13 * side, 0.17), (0.22, 0.13 * side, 0.16), (0.3, 0.13 * side, 0.4), (0.22, 0.11 * side, seat - 0.1)]
        parts.append(_bar("black", curved(down, 15), 0.016, 6, up=(0, 1, 0.1)))
        rail = [head + (0.02, 0.03 * side, 0.02), (0.0, 0.11 * side, seat - 0.1), (0.5, 0.1 * side, seat - 0.06)]
        parts.append(_bar("black", curved(rail, 6), 0.015, 6, up=(0, 1, 0.1)))
        out = side * (0.5 * shape.widths_m[1] + 0.035)
        parts.append(_bar("black", [(0.26, 0.1 * side, 0.36), (shape.rear_m[0] - 0.2, out, 0.34), shape.rear_m + (0.04, out, 0)], 0.024, 8, up=(0, 1, 0.1)))
        if shape.style != "sport":
            low, high = shape.rear_m + (-0.03, out + side * 0.02, 0.03), np.array([shape.rear_m[0] - 0.17, out - 0.0, seat - 0.08])
            share = np.linspace(0, 1, 19)[:, None]
            spring = low + share * (high - low)
            coil = np.where(np.arange(19) % 2 == 0, 0.03, 0.019)
            coil[:5] = 0.02
            parts.append(_bar("metal", spring, coil, 7, up=(0, 1, 0.1)))
        peg = np.array([0.18 if shape.style != "cruiser" else -0.3, 0.15 * side, 0.31])
        parts.append(limb("black", peg, peg + (0.02, 0.12 * side, 0.0), 0.014, 7))
    stand = np.array([0.0, -0.13, 0.16])
    parts.append(_bar("black", [stand, (0.1, -0.27, 0.03), (0.12, -0.3, 0.025)], 0.012, 6, up=(1, 0, 0)))
    return parts


def plate_and_lamps(shape: Chassis, at: Float, *, plate: bool) -> list[Part]:
    """Rear lamp, indicators and number plate about a point at the very back."""
    parts = [moved(ellipsoid("rear_lamp", (0.03, 0.06, 0.03), 14, 8), offset_m=at)]
    for side in SIDES:
        parts += _indicator(at + (-0.03, side * 0.05, -0.05), side)
    if plate:
        lean = rotation_about((0, 1, 0), 0.35)
        holder = moved(box("black", (0.012, 0.15, 0.24)), rotation=lean, offset_m=at + (-0.02, 0, -0.27))
        parts += [holder, moved(box("plate", (0.006, 0.19, 0.15)), rotation=lean, offset_m=at + (0.0, 0, -0.25))]
    return parts


def _fairing(shape: Chassis) -> list[Part]:
    """Of a sports motorcycle: nose, sides and belly, with the screen."""
    head, seat = shape.head_m, shape.seat_m
    nose = head[0] - 0.27
    parts = [hull("paint", [(nose, 0.05, head[2] - 0.14, head[2] - 0.08), (nose + 0.05, 0.12, head[2] - 0.2, head[2] - 0.02),
                            (nose + 0.16, 0.17, head[2] - 0.28, head[2] + 0.03), (nose + 0.27, 0.18, head[2] - 0.3, head[2] - 0.0),
                            (nose + 0.32, 0.16, head[2] - 0.27, head[2] - 0.06)], power=2.4, segments=20, count=12)]  # fmt: skip
    for side in SIDES:
        lamp = moved(ellipsoid("lamp", (0.04, 0.05, 0.03), 12, 6), rotation=rotation_about((0, 0, 1), side * 0.5))
        parts.append(moved(lamp, offset_m=(nose + 0.035, side * 0.065, head[2] - 0.1)))
        panel = [(-0.42, 0.07, 0.42, head[2] - 0.12, side * 0.14), (-0.3, 0.05, 0.28, head[2] - 0.2, side * 0.18),
                 (-0.05, 0.035, 0.2, seat - 0.2, side * 0.19), (0.18, 0.02, 0.2, 0.45, side * 0.17), (0.3, 0.012, 0.22, 0.3, side * 0.14)]  # fmt: skip
        parts.append(hull("paint", panel, power=2.6, segments=14, count=12))
        stalk = np.array([nose + 0.18, side * 0.15, head[2] + 0.01])
        parts += [limb("black", stalk, stalk + (-0.02, side * 0.13, 0.07), 0.009, 6)]
        mirror = stalk + (-0.02, side * 0.17, 0.08)
        parts.append(moved(ellipsoid("black", (0.035, 0.07, 0.04), 12, 8), offset_m=mirror))
    parts.append(_screen(np.array([nose + 0.08, 0.0, head[2] - 0.02]), 0.14, 0.2))
    return parts


def motorcycle_parts(shape: Chassis, params: Mapping[str, Param]) -> tuple[list[Part], Float]:
    """Everything but scooters; and the (7, 3) keypoints."""
    turn = number(params, "steer_rad")
    wire = bool(params["wire_wheels"])
    cockpit, grips, lamp = _cockpit(shape, params)
    guard_m = shape.radius_m + (0.03 if shape.style == "cruiser" else 0.02)
    span = (0.3, 2.6) if shape.style == "cruiser" else (0.6, 2.1)
    guard = mudguard("paint", shape.front_m, guard_m, shape.widths_m[0] + 0.03, span)
    front = [*wheel(shape, front=True, wire=wire), *_fork(shape), *cockpit, guard]
    tank, seat = _tank_and_seat(shape)
    back = np.array([shape.rear_m[0] + 0.2, 0.0, shape.seat_m - 0.02])
    if shape.style == "cruiser":
        back = shape.rear_m + (shape.radius_m + 0.05) * np.array([0.78, 0.0, 0.65])
        tank.append(mudguard("paint", shape.rear_m, shape.radius_m + 0.035, shape.widths_m[1] + 0.05, (0.9, 2.75)))
    else:
        tank.append(mudguard("black", shape.rear_m, shape.radius_m + 0.03, shape.widths_m[1], (1.2, 2.5), arch=0.2))
    parts = [*steered(shape, front, turn), *wheel(shape, front=False, wire=wire), *tank, *_engine(shape),
             *_frame(shape), *_exhaust(shape), *plate_and_lamps(shape, back, plate=bool(params["plate"]))]  # fmt: skip
    if shape.style == "sport":
        parts += _fairing(shape)
    if params["case"]:
        parts.append(hull("black", [(back[0] - 0.22, 0.15, shape.seat_m + 0.08, shape.seat_m + 0.34), (back[0] - 0.2, 0.18, shape.seat_m + 0.06, shape.seat_m + 0.38),
                                    (back[0] + 0.08, 0.18, shape.seat_m + 0.06, shape.seat_m + 0.38), (back[0] + 0.12, 0.15, shape.seat_m + 0.08, shape.seat_m + 0.33)], power=4.0))  # fmt: skip
    turned = rotation_about(tuple(shape.up), turn)
    fixed = shape.style == "sport"
    moving = (np.array([shape.front_m, *grips, lamp]) - shape.head_m) @ turned.T + shape.head_m
    axle, left, right, swung = moving
    return parts, np.array([axle, shape.rear_m, lamp if fixed else swung, seat, back, left, right])
