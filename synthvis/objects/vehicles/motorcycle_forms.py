"""What motorcycles steer and roll on: wheels, fork, handlebar, mirrors, lamps; where these are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from synthvis.geometry import rotation_about
from synthvis.objects.mesh.joinery import curved
from synthvis.objects.mesh.meshes import Part, box, ellipsoid, moved, tube
from synthvis.objects.mesh.params import number, text
from synthvis.objects.mesh.plates import limb, sheet
from synthvis.objects.spec import Param
from synthvis.objects.vehicles.hulls import shifted
from synthvis.objects.vehicles.wheels import (
    disc,
    on_axle,
    ring,
    round_tyre,
    shaped_spokes,
    wire_spokes,
)

__all__ = [
    "SIDES",
    "Chassis",
    "bar",
    "bar_ends",
    "chassis_of",
    "cockpit",
    "fork",
    "mirrors",
    "plate_and_lamps",
    "steered",
    "wheel",
    "windscreen",
]

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
        style=style,
        radius_m=radius,
        widths_m=_TYRES_M[style],
        front_m=front,
        rear_m=np.array([half, 0.0, radius]),
        up=up,
        head_m=front - 0.04 * ahead + long_m * up,
        seat_m=number(params, "seat_m"),
    )


def steered(shape: Chassis, parts: Sequence[Part], turn_rad: float) -> list[Part]:
    """Parts of fork and handlebar after a turn to the left."""
    turn = rotation_about(tuple(shape.up), turn_rad)
    return [replace(part, vertices_m=(part.vertices_m - shape.head_m) @ turn.T + shape.head_m) for part in parts]


def bar(slot: str, points: object, radius_m: ArrayLike, segments: int = 8, up: ArrayLike = (0, 1, 0)) -> Part:
    """A tube along a curve; `up` is any direction that it does not start along."""
    return tube(slot, np.asarray(points, dtype=np.float64), radius_m, segments, up=up)


def wheel(shape: Chassis, *, front: bool, wire: bool) -> list[Part]:
    """A wheel with its tyre, rim, spokes and brake disc."""
    radius, width = shape.radius_m, shape.widths_m[0 if front else 1]
    rim = radius - 0.72 * min(width, 0.13)
    parts = [
        round_tyre("tyres", radius, width, 28),
        ring("rims", rim - 0.022, rim + 0.012, 0.62 * width, 24),
        disc("rims", 0.045, 0.11, 16),
    ]
    if wire:
        parts.append(wire_spokes("metal", 0.045, rim - 0.02, 0.04, 28, 0.002))
    else:
        twin = 0.42 if shape.style == "sport" else 0.0
        parts.append(
            shaped_spokes("rims", 0.03, rim - 0.01, 5 if twin else 6, (0.04, 0.026), (0.06, 0.03), twin_rad=twin)
        )
    big = 0.55 * rim + 0.035 if front else 0.11
    for side in SIDES if front and shape.style == "sport" else (1.0,):
        parts.append(moved(ring("metal", 0.62 * big, big, 0.005, 24), offset_m=(0, 0, side * 0.068)))
        parts.append(moved(ring("black", 0.04, 0.64 * big, 0.006, 7), offset_m=(0, 0, side * 0.067)))
    return on_axle(parts, shape.front_m if front else shape.rear_m)


# Fork, handlebar, lamps


def fork(shape: Chassis) -> list[Part]:
    """Stanchions, sliders, calipers and bridges."""
    half = 0.5 * shape.widths_m[0] + 0.034
    parts = []
    for side in SIDES:
        out = side * half * Y
        middle = shape.front_m + 0.5 * (shape.head_m - shape.front_m)
        middle += (shape.head_m - middle) - ((shape.head_m - middle) @ shape.up) * shape.up
        top = shape.head_m + 0.03 * shape.up
        parts.append(bar("metal", [middle + out, top + out], 0.02, 10))
        axle = shape.front_m + out
        parts.append(
            bar("engine", [axle - 0.02 * shape.up, axle + 0.04 * shape.up, middle + out], [0.022, 0.028, 0.027], 10)
        )
        if side > 0 or shape.style == "sport":
            caliper = box("black", (0.05, 0.045, 0.11))
            parts.append(moved(caliper, offset_m=shifted(axle, 0.11, -side * 0.012, 0.0)))
    for along in (0.0, -0.17):
        bridge = moved(box("engine", (0.07, 2 * half + 0.05, 0.028)), rotation=rotation_about((0, 1, 0), 0.45))
        parts.append(moved(bridge, offset_m=shape.head_m + along * shape.up))
    parts.append(bar("black", [shape.head_m - 0.18 * shape.up, shape.head_m], 0.03, 10))
    return parts


def bar_ends(shape: Chassis, path_right: ArrayLike, radius_m: float = 0.0115) -> tuple[list[Part], Float]:
    """Handlebar with grips and levers; and the (2, 3) middles of the grips, left first."""
    parts, grips = [], []
    for side in SIDES:
        path = curved(np.asarray(path_right) * (1, side, 1), 12)
        parts.append(bar("metal" if shape.style == "cruiser" else "black", path, radius_m, 8, up=(0, 0, 1)))
        hold = np.stack([path[-1] + 0.13 * (path[-4] - path[-1]) / np.linalg.norm(path[-4] - path[-1]), path[-1]])
        parts.append(bar("black", hold, 0.018, 10, up=(0, 0, 1)))
        switch = moved(ellipsoid("black", (0.03, 0.028, 0.026), 8, 5), offset_m=hold[0] + 0.12 * (hold[0] - hold[1]))
        ahead = np.array([-0.05, 0.0, -0.01])
        lever = [hold[0] + 0.5 * ahead, hold[0] + ahead, 0.9 * hold[1] + 0.1 * hold[0] + ahead]
        parts += [switch, bar("metal", lever, [0.01, 0.008, 0.006], 6, up=(0, 0, 1))]
        grips.append(hold.mean(axis=0))
    return parts, np.array(grips)


def mirrors(starts_m: Float, up_m: float = 0.15, size_m: float = 0.065) -> list[Part]:
    """A mirror on a stalk at each of two points, left first."""
    parts = []
    for start, side in zip(starts_m, SIDES, strict=True):
        head = shifted(start, -0.03, side * 0.07, up_m)
        parts.append(
            bar(
                "black",
                [start, shifted(start, -0.02, side * 0.015, 0.6 * up_m), head - (0.02, 0, 0)],
                0.006,
                6,
                up=(1, 0.2, 0),
            )
        )
        parts.append(moved(ellipsoid("black", (0.022, size_m, 0.7 * size_m), 12, 6), offset_m=head))
        face = moved(
            disc("mirror", 1.0, 0.1, 16),
            rotation=np.array([[0, 0, 0.05], [0, 0.86 * size_m, 0], [-0.58 * size_m, 0, 0]]),
        )
        parts.append(moved(face, offset_m=shifted(head, 0.019, 0, 0)))
    return parts


def cockpit(shape: Chassis, params: Mapping[str, Param]) -> tuple[list[Part], Float, Float]:
    """Handlebar, mirrors, headlamp, instruments; the grips and the middle of the lamp."""
    head = shape.head_m
    back = np.array([1.0, 0.0, 0.0])
    if shape.style == "cruiser":
        path = [
            shifted(head, 0.0, 0.0, 0.04),
            shifted(head, 0.0, 0.07, 0.12),
            shifted(head, 0.1, 0.3, 0.17),
            shifted(head, 0.29, 0.4, 0.13),
        ]
    elif shape.style == "sport":
        path = [shifted(head, 0.0, 0.09, -0.01), shifted(head, 0.015, 0.15, -0.015), shifted(head, 0.08, 0.3, -0.04)]
    else:
        path = [
            shifted(head, 0.0, 0.0, 0.06),
            shifted(head, -0.01, 0.09, 0.07),
            shifted(head, 0.03, 0.22, 0.13),
            shifted(head, 0.12, 0.37, 0.12),
        ]
    parts, grips = bar_ends(shape, path)
    if shape.style == "sport":
        return parts, grips, shifted(head, -0.26, 0.0, -0.06)
    parts += mirrors(grips - 0.1 * np.array([[0.5, -1.0, 0.0], [0.5, 1.0, 0.0]]) - 0.03 * back)
    lamp = shifted(head, -0.13, 0.0, -0.04)
    radius = 0.095 if shape.style == "cruiser" else 0.085
    shell = "metal" if shape.style == "cruiser" else "black"
    parts.append(
        bar(
            shell,
            [lamp + 0.11 * back, lamp + 0.08 * back, lamp + 0.02 * back, lamp - 0.035 * back],
            [0.03, 0.06, radius, radius],
            18,
            up=(0, 0, 1),
        )
    )
    parts.append(bar("metal", [lamp - 0.03 * back, lamp - 0.042 * back], [1.04 * radius, radius], 18, up=(0, 0, 1)))
    parts.append(moved(ellipsoid("lamp", (0.022, 0.92 * radius, 0.92 * radius), 16, 6), offset_m=lamp - 0.04 * back))
    for side in SIDES:
        parts += _indicator(shifted(lamp, 0.06, side * 0.085, -0.02), side)
        dial = moved(disc("black", 0.045, 0.05, 16), rotation=rotation_about((0, 1, 0), 0.5))
        parts.append(moved(dial, offset_m=shifted(head, -0.05, side * 0.055, 0.075)))
    if params["screen"]:
        parts.append(windscreen(shifted(lamp, 0.02, 0, 0.1), 0.16, 0.26))
    return parts, grips, lamp - 0.05 * back


def windscreen(foot: Float, half_m: float, up_m: float) -> Part:
    """A dark screen that leans back, its middle below at `foot`."""
    u, v = np.meshgrid(np.linspace(-1, 1, 9), np.linspace(0, 1, 6))
    width = half_m * (1 - 0.35 * v**2)
    points = np.stack([0.55 * up_m * v + 0.1 * u**2, width * u, up_m * v], axis=2)
    return moved(sheet("screen", points, 0.004), offset_m=foot)


def _indicator(at: Float, side: float) -> list[Part]:
    end = shifted(at, 0.0, side * 0.09, 0.0)
    return [limb("black", at, end, 0.006, 5), moved(ellipsoid("amber", (0.03, 0.02, 0.022), 8, 4), offset_m=end)]


def plate_and_lamps(shape: Chassis, at: Float, *, plate: bool) -> list[Part]:
    """Rear lamp, indicators and number plate about a point at the very back."""
    parts = [moved(ellipsoid("rear_lamp", (0.03, 0.06, 0.03), 14, 8), offset_m=at)]
    for side in SIDES:
        parts += _indicator(shifted(at, -0.03, side * 0.05, -0.05), side)
    if plate:
        lean = rotation_about((0, 1, 0), 0.35)
        holder = moved(box("black", (0.012, 0.15, 0.24)), rotation=lean, offset_m=shifted(at, -0.02, 0, -0.27))
        parts += [holder, moved(box("plate", (0.006, 0.19, 0.15)), rotation=lean, offset_m=shifted(at, 0.0, 0, -0.25))]
    return parts
