"""Scooters: a shield before the legs, a step for the feet, a seat over the hidden engine."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from synthvis.geometry import rotation_about
from synthvis.objects.mesh.meshes import Part, box, ellipsoid, moved, tube
from synthvis.objects.mesh.params import number
from synthvis.objects.mesh.plates import sheet
from synthvis.objects.spec import Param
from synthvis.objects.vehicles.hulls import hull, shifted
from synthvis.objects.vehicles.motorcycle_forms import (
    SIDES,
    Chassis,
    bar_ends,
    mirrors,
    plate_and_lamps,
    steered,
    wheel,
)
from synthvis.objects.vehicles.wheels import disc, on_axle

__all__ = ["scooter_parts"]

Float = NDArray[np.float64]


def _shield(shape: Chassis) -> list[Part]:
    """The curved plate before the legs, its inner side black, and the column that it hides."""
    head = shape.head_m
    low, high = 0.26, head[2] - 0.06
    v, u = np.meshgrid(np.linspace(0, 1, 10), np.linspace(-1, 1, 13), indexing="ij")
    z = low + (high - low) * v
    middle = np.interp(z, (low, 0.5 * (low + high), high), (head[0] - 0.14, head[0] - 0.06, head[0] - 0.02))
    half = np.interp(v, (0.0, 0.25, 0.7, 1.0), (0.17, 0.21, 0.2, 0.11))
    points = np.stack([middle + 0.11 * np.abs(u) ** 2.2, half * u, z], axis=2)
    inner = shifted(points, 0.03, 0.0, 0.0)
    parts = [sheet("paint", points, 0.012), sheet("black", inner * (1, 0.94, 1), 0.01)]
    column = [shape.front_m + 0.22 * shape.up, head - 0.02 * shape.up]
    parts.append(tube("black", np.array(column), 0.035, 10, up=(0, 1, 0)))
    cowl = [
        (head[0] - 0.15, 0.03, low + 0.12, high - 0.16),
        (head[0] - 0.1, 0.065, low + 0.05, high - 0.05),
        (head[0] - 0.03, 0.07, low + 0.1, high),
    ]
    return [*parts, hull("paint", cowl, count=8)]


def _body(shape: Chassis) -> tuple[list[Part], Float]:
    seat, rear = shape.seat_m, shape.rear_m
    start, end = -0.06, rear[0] + 0.24
    floor = hull(
        "black",
        [
            (shape.head_m[0] - 0.1, 0.14, 0.21, 0.29),
            (-0.25, 0.19, 0.2, 0.27),
            (0.1, 0.19, 0.2, 0.28),
            (0.2, 0.15, 0.2, 0.3),
        ],
        power=5.0,
    )
    sill = hull(
        "paint",
        [
            (shape.head_m[0] - 0.08, 0.15, 0.17, 0.25),
            (-0.25, 0.2, 0.16, 0.245),
            (0.12, 0.21, 0.17, 0.26),
            (0.25, 0.19, 0.2, 0.3),
        ],
        power=3.5,
    )
    tail = hull(
        "paint",
        [
            (start, 0.06, 0.26, seat - 0.2),
            (start + 0.05, 0.12, 0.26, seat - 0.1),
            (start + 0.2, 0.18, 0.27, seat - 0.07),
            (rear[0] - 0.12, 0.2, 0.36, seat - 0.05),
            (rear[0] + 0.08, 0.17, 0.45, seat - 0.01),
            (end - 0.03, 0.1, 0.56, seat + 0.01),
            (end, 0.05, 0.6, seat - 0.05),
        ],
        power=2.6,
        segments=20,
        count=18,
    )
    cushion = hull(
        "seat",
        [
            (start + 0.02, 0.07, seat - 0.13, seat - 0.03),
            (start + 0.1, 0.12, seat - 0.1, seat),
            (start + 0.32, 0.15, seat - 0.09, seat - 0.02),
            (start + 0.42, 0.15, seat - 0.08, seat + 0.025),
            (rear[0] + 0.02, 0.13, seat - 0.04, seat + 0.04),
            (rear[0] + 0.12, 0.08, seat - 0.01, seat + 0.03),
        ],
        power=2.8,
        segments=18,
        count=16,
    )
    parts = [floor, sill, tail, cushion, *_below(rear), *_rails(rear, seat, end)]
    return parts, np.array([start + 0.3, 0.0, seat - 0.02])


def _rails(rear: Float, seat_m: float, end_m: float) -> list[Part]:
    """To hold on to, on both sides behind the seat."""
    parts = []
    for side in SIDES:
        rail = [
            (rear[0] - 0.02, side * 0.12, seat_m + 0.02),
            (rear[0] + 0.1, side * 0.1, seat_m + 0.07),
            (end_m, side * 0.05, seat_m + 0.08),
            (end_m + 0.01, 0.0, seat_m + 0.08),
        ]
        parts.append(tube("metal", np.array(rail), 0.01, 7, up=(0, 0, 1)))
    return parts


def _below(rear: Float) -> tuple[Part, Part, Part]:
    """Engine, silencer and stand, by the middle of the rear wheel."""
    engine = hull(
        "engine",
        [
            (0.28, 0.05, 0.18, 0.36, -0.12),
            (0.36, 0.07, 0.15, 0.38, -0.13),
            (rear[0] + 0.02, 0.055, 0.16, 0.32, -0.13),
            (rear[0] + 0.1, 0.03, 0.2, 0.27, -0.13),
        ],
        power=3.0,
    )
    silencer = tube(
        "black",
        np.array(
            [
                shifted(rear, -0.22, 0.14, 0.0),
                shifted(rear, -0.18, 0.14, 0.0),
                shifted(rear, 0.14, 0.15, 0.06),
                shifted(rear, 0.17, 0.15, 0.065),
            ]
        ),
        [0.03, 0.055, 0.055, 0.035],
        12,
        up=(0, 1, 0),
    )
    stand = tube(
        "metal",
        np.array([(0.1, -0.12, 0.2), (0.13, -0.15, 0.03), (0.13, 0.15, 0.03), (0.1, 0.12, 0.2)]),
        0.011,
        6,
        up=(1, 0, 0),
    )
    return engine, silencer, stand


def _cockpit(shape: Chassis) -> tuple[list[Part], Float, Float]:
    """Handlebar in its cover with the lamp, mirrors, the mudguard of the front wheel."""
    head = shape.head_m + 0.05 * shape.up
    path = [
        shifted(head, 0.0, 0.0, 0.02),
        shifted(head, 0.0, 0.1, 0.03),
        shifted(head, 0.05, 0.22, 0.04),
        shifted(head, 0.1, 0.34, 0.03),
    ]
    parts, grips = bar_ends(shape, path, 0.016)
    cover = [
        (head[0] - 0.12, 0.05, head[2] - 0.05, head[2] + 0.05),
        (head[0] - 0.09, 0.1, head[2] - 0.08, head[2] + 0.08),
        (head[0] - 0.0, 0.15, head[2] - 0.06, head[2] + 0.085),
        (head[0] + 0.06, 0.13, head[2] - 0.03, head[2] + 0.05),
    ]
    parts.append(hull("paint", cover, power=2.3, segments=18, count=12))
    lamp = np.array([head[0] - 0.105, 0.0, head[2] - 0.005])
    parts.append(moved(ellipsoid("lamp", (0.03, 0.068, 0.06), 18, 8), offset_m=lamp))
    parts += mirrors(grips - 0.12 * np.array([[0.4, -1.0, -0.1], [0.4, 1.0, -0.1]]), 0.17, 0.06)
    front, radius, wide = shape.front_m, shape.radius_m + 0.03, 0.5 * shape.widths_m[0] + 0.03
    top = radius + front[2]
    guard = [
        (front[0] - 0.8 * radius, 0.04, top - 0.55 * radius, top - 0.32 * radius),
        (front[0] - 0.5 * radius, wide, top - 0.6 * radius, top - 0.06 * radius),
        (front[0], wide, top - 0.5 * radius, top + 0.03),
        (front[0] + 0.6 * radius, wide, top - 0.6 * radius, top - 0.12 * radius),
        (front[0] + 0.95 * radius, 0.06, top - 0.8 * radius, top - 0.6 * radius),
    ]
    parts.append(hull("paint", guard, power=2.4, segments=16, count=14))
    for side in SIDES:
        leg = [shifted(front, 0.0, side * 0.09, 0.0), shifted(front, 0.05, side * 0.085, 0.0) + 0.2 * shape.up]
        parts.append(tube("engine", np.array(leg), 0.022, 8, up=(0, 1, 0)))
    return parts, grips, lamp


def scooter_parts(shape: Chassis, params: Mapping[str, Param]) -> tuple[list[Part], Float]:
    """A scooter; and the (7, 3) keypoints."""
    turn = number(params, "steer_rad")
    cockpit, grips, lamp = _cockpit(shape)
    front = [*wheel(shape, front=True, wire=False), *cockpit]
    body, seat = _body(shape)
    back = np.array([shape.rear_m[0] + 0.235, 0.0, shape.seat_m - 0.08])
    parts = [*steered(shape, front, turn), *wheel(shape, front=False, wire=False), *_shield(shape), *body]
    parts += plate_and_lamps(shape, back, plate=bool(params["plate"]))
    for side in SIDES:
        lamp_at = (shape.head_m[0] - 0.03, side * 0.15, 0.62)
        parts.append(moved(ellipsoid("amber", (0.03, 0.03, 0.045), 10, 6), offset_m=lamp_at))
    parts += on_axle([disc("black", 0.03, 0.16, 12)], shape.rear_m)
    if params["screen"]:
        v, u = np.meshgrid(np.linspace(0, 1, 6), np.linspace(-1, 1, 9), indexing="ij")
        points = np.stack([0.16 * v + 0.09 * u**2, 0.2 * (1 - 0.3 * v**2) * u, 0.38 * v], axis=2)
        parts.append(moved(sheet("screen", points, 0.004), offset_m=shifted(shape.head_m, -0.1, 0.0, 0.08)))
    if params["case"]:
        low = shape.seat_m + 0.09
        rows = [
            (back[0] - 0.18, 0.15, low, low + 0.27),
            (back[0] - 0.16, 0.18, low - 0.01, low + 0.3),
            (back[0] + 0.13, 0.18, low - 0.01, low + 0.3),
            (back[0] + 0.17, 0.15, low, low + 0.26),
        ]
        parts.append(hull("black", rows, power=4.0))
        parts.append(moved(box("rear_lamp", (0.012, 0.2, 0.04)), offset_m=(back[0] + 0.162, 0.0, low + 0.1)))
    moving = (np.array([shape.front_m, *grips, lamp]) - shape.head_m) @ rotation_about(tuple(shape.up), turn).T
    axle, left, right, swung = moving + shape.head_m
    return parts, np.array([axle, shape.rear_m, swung, seat, back, left, right])
