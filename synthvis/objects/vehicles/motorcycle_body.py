"""What motorcycles are besides wheels and fork: engine, exhaust, tank, seat, frame, fairing."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from synthvis.geometry import rotation_about
from synthvis.objects.mesh.joinery import curved
from synthvis.objects.mesh.meshes import Part, box, ellipsoid, moved
from synthvis.objects.mesh.outlines import pads
from synthvis.objects.mesh.params import number
from synthvis.objects.mesh.plates import limb
from synthvis.objects.spec import Param
from synthvis.objects.vehicles.hulls import hull, shifted
from synthvis.objects.vehicles.motorcycle_forms import (
    SIDES,
    Chassis,
    bar,
    cockpit,
    fork,
    plate_and_lamps,
    steered,
    wheel,
    windscreen,
)
from synthvis.objects.vehicles.wheels import (
    disc,
    mudguard,
    on_axle,
)

__all__ = ["motorcycle_parts"]

Float = NDArray[np.float64]


def _engine(shape: Chassis) -> list[Part]:
    """Crankcase and finned cylinders."""
    low = 0.17
    parts = [
        hull(
            "engine",
            [
                (-0.2, 0.1, low + 0.05, low + 0.2),
                (-0.17, 0.16, low + 0.01, low + 0.24),
                (0.05, 0.18, low, low + 0.26),
                (0.22, 0.17, low + 0.02, low + 0.22),
                (0.26, 0.1, low + 0.06, low + 0.18),
            ],
            power=3.2,
            segments=16,
        )
    ]
    for side in SIDES:
        cover = moved(disc("metal" if shape.style == "cruiser" else "engine", 0.1, 0.05, 18), offset_m=(0, 0, 0))
        parts += on_axle([cover], (0.06, side * 0.18, low + 0.13))
    leans = (-0.42, 0.42) if shape.style == "cruiser" else (-0.3,)
    wide = 0.14 if shape.style == "cruiser" else 0.3
    for lean in leans:
        tall = 0.3 if shape.style == "cruiser" else 0.25
        levels = np.arange(0.02, tall, 0.026)
        middles = np.column_stack([0 * levels, 0 * levels, levels])
        fins = [
            pads("engine", middles, (0.17, wide), 0.008, section="soft", taper=0.02),
            moved(box("black", (0.13, 0.86 * wide, tall)), offset_m=(0, 0, 0)),
            moved(box("engine", (0.15, 0.92 * wide, 0.045)), offset_m=(0, 0, tall)),
        ]
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
        low = [
            start,
            (start[0] - 0.13, start[1], start[2] - 0.06),
            (start[0] - 0.14, start[1] * 1.2, 0.3),
            (-0.16, 0.13, 0.17),
            (0.2, 0.18, 0.2),
            tuple(0.5 * (np.array((0.2, 0.18, 0.2)) + tail)),
        ]
        if slim:
            low = [
                start,
                (start[0] - 0.06, 0.2, start[2] - 0.05),
                (start[0] + 0.05, 0.21, 0.3 + shift[2]),
                (0.4, 0.21, shape.radius_m - 0.02 + shift[2]),
            ]
        parts.append(bar("metal", curved(low, 10 if slim else 14), 0.021, 6, up=(0, 1, 0.2)))
        if slim or number_of == 0:
            begin = np.array(low[-1]) - (0.05, 0, 0)
            path = [begin, begin + 0.15 * (tail + shift - begin), tail + shift - 0.03 * (tail - begin), tail + shift]
            thick = np.array([0.024, 0.042 if slim else 0.058, 0.045 if slim else 0.062, 0.04 if slim else 0.05])
            parts.append(bar("metal" if slim else "black", path, thick, 14, up=(0, 1, 0.2)))
            parts.append(
                bar(
                    "black",
                    [tail + shift - 0.005 * (tail - begin), tail + shift + 0.01 * (tail - begin)],
                    0.6 * thick[-1],
                    10,
                    up=(0, 1, 0.2),
                )
            )
    return parts


def _tank_and_seat(shape: Chassis) -> tuple[list[Part], Float]:
    seat, head = shape.seat_m, shape.head_m
    front, back = head[0] + 0.06, 0.1
    top = max(seat + 0.17, head[2] - 0.02)
    slope = -0.04 if shape.style == "cruiser" else 0.0
    tank = hull(
        "paint",
        [
            (front, 0.05, top - 0.16, top - 0.03),
            (front + 0.03, 0.09, top - 0.19, top),
            (front + 0.16, 0.145, top - 0.24, top + 0.035 + slope),
            (0.5 * (front + back) + 0.06, 0.15, seat - 0.1, top + 0.02 + slope),
            (back - 0.05, 0.1, seat - 0.08, seat + 0.07),
            (back, 0.05, seat - 0.06, seat + 0.0),
        ],
        power=2.5,
        segments=20,
        count=16,
    )
    cap = moved(disc("metal", 0.035, 0.02, 16), offset_m=(front + 0.18, 0.0, top + 0.04 + slope))
    end = shape.rear_m[0] + (0.06 if shape.style != "sport" else 0.12)
    rise = {"sport": 0.1, "cruiser": 0.05, "roadster": 0.04}[shape.style]
    cushion = hull(
        "seat",
        [
            (back - 0.06, 0.06, seat - 0.06, seat + 0.02),
            (back + 0.02, 0.1, seat - 0.07, seat),
            (back + 0.2, 0.135, seat - 0.07, seat - 0.015),
            (back + 0.32, 0.12, seat - 0.06, seat + 0.3 * rise),
            (end - 0.12, 0.1, seat - 0.02 + 0.5 * rise, seat + rise),
            (end - 0.02, 0.07, seat + 0.5 * rise, seat + 0.9 * rise),
        ],
        power=3.0,
        segments=18,
        count=16,
    )
    tail = hull(
        "paint",
        [
            (back + 0.05, 0.09, seat - 0.16, seat - 0.05),
            (back + 0.25, 0.125, seat - 0.14, seat - 0.045),
            (end - 0.05, 0.1, seat - 0.06 + 0.5 * rise, seat + 0.55 * rise),
            (end + 0.12, 0.05, seat + 0.3 * rise, seat + 0.75 * rise),
        ],
        power=2.8,
        segments=16,
        count=12,
    )
    return [tank, cap, cushion, tail], np.array([back + 0.2, 0.0, seat - 0.015])


def _frame(shape: Chassis) -> list[Part]:
    head, seat = shape.head_m - 0.08 * shape.up, shape.seat_m
    parts = []
    for side in SIDES:
        down = [
            shifted(head, 0.02, 0.03 * side, 0),
            (-0.27, 0.1 * side, 0.45),
            (-0.23, 0.13 * side, 0.17),
            (0.22, 0.13 * side, 0.16),
            (0.3, 0.13 * side, 0.4),
            (0.22, 0.11 * side, seat - 0.1),
        ]
        parts.append(bar("black", curved(np.array(down), 13), 0.016, 6, up=(0, 1, 0.1)))
        rail = [shifted(head, 0.02, 0.03 * side, 0.02), (0.0, 0.11 * side, seat - 0.1), (0.5, 0.1 * side, seat - 0.06)]
        parts.append(bar("black", curved(np.array(rail), 6), 0.015, 6, up=(0, 1, 0.1)))
        out = side * (0.5 * shape.widths_m[1] + 0.035)
        parts.append(
            bar(
                "black",
                [(0.26, 0.1 * side, 0.36), (shape.rear_m[0] - 0.2, out, 0.34), shifted(shape.rear_m, 0.04, out, 0)],
                0.024,
                8,
                up=(0, 1, 0.1),
            )
        )
        if shape.style != "sport":
            low, high = (
                shifted(shape.rear_m, -0.03, out + side * 0.02, 0.03),
                np.array([shape.rear_m[0] - 0.17, out - 0.0, seat - 0.08]),
            )
            share = np.linspace(0, 1, 17)[:, None]
            spring = low + share * (high - low)
            coil = np.where(np.arange(17) % 2 == 0, 0.03, 0.019)
            coil[:5] = 0.02
            parts.append(bar("metal", spring, coil, 6, up=(0, 1, 0.1)))
        peg = np.array([0.18 if shape.style != "cruiser" else -0.3, 0.15 * side, 0.31])
        parts.append(limb("black", peg, shifted(peg, 0.02, 0.12 * side, 0.0), 0.014, 7))
    stand = np.array([0.0, -0.13, 0.16])
    parts.append(bar("black", [stand, (0.1, -0.27, 0.03), (0.12, -0.3, 0.025)], 0.012, 6, up=(1, 0, 0)))
    return parts


def _fairing(shape: Chassis) -> list[Part]:
    """Of a sports motorcycle: nose, sides and belly, with the screen."""
    head, seat = shape.head_m, shape.seat_m
    nose = head[0] - 0.27
    parts = [
        hull(
            "paint",
            [
                (nose, 0.05, head[2] - 0.14, head[2] - 0.08),
                (nose + 0.05, 0.12, head[2] - 0.2, head[2] - 0.02),
                (nose + 0.16, 0.17, head[2] - 0.28, head[2] + 0.03),
                (nose + 0.27, 0.18, head[2] - 0.3, head[2] - 0.0),
                (nose + 0.32, 0.16, head[2] - 0.27, head[2] - 0.06),
            ],
            power=3.4,
            segments=18,
            count=9,
        )
    ]
    for side in SIDES:
        lamp = moved(ellipsoid("lamp", (0.04, 0.05, 0.03), 12, 6), rotation=rotation_about((0, 0, 1), side * 0.5))
        parts.append(moved(lamp, offset_m=(nose + 0.035, side * 0.065, head[2] - 0.1)))
        panel = [
            (-0.42, 0.07, 0.42, head[2] - 0.12, side * 0.14),
            (-0.3, 0.05, 0.28, head[2] - 0.2, side * 0.18),
            (-0.05, 0.035, 0.2, seat - 0.2, side * 0.19),
            (0.18, 0.02, 0.2, 0.45, side * 0.17),
            (0.3, 0.012, 0.22, 0.3, side * 0.14),
        ]
        parts.append(hull("paint", panel, power=3.4, segments=12, count=9))
        stalk = np.array([nose + 0.18, side * 0.15, head[2] + 0.01])
        parts += [limb("black", stalk, shifted(stalk, -0.02, side * 0.13, 0.07), 0.009, 6)]
        mirror = shifted(stalk, -0.02, side * 0.17, 0.08)
        parts.append(moved(ellipsoid("black", (0.035, 0.07, 0.04), 12, 8), offset_m=mirror))
    parts.append(windscreen(np.array([nose + 0.08, 0.0, head[2] - 0.02]), 0.14, 0.2))
    return parts


def motorcycle_parts(shape: Chassis, params: Mapping[str, Param]) -> tuple[list[Part], Float]:
    """Everything but scooters; and the (7, 3) keypoints."""
    turn = number(params, "steer_rad")
    wire = bool(params["wire_wheels"])
    steering, grips, lamp = cockpit(shape, params)
    guard_m = shape.radius_m + (0.03 if shape.style == "cruiser" else 0.02)
    span = (0.45, 2.5) if shape.style == "cruiser" else (0.85, 2.0)
    guard = mudguard("paint", shape.front_m, guard_m, shape.widths_m[0] + 0.03, span)
    front = [*wheel(shape, front=True, wire=wire), *fork(shape), *steering, guard]
    tank, seat = _tank_and_seat(shape)
    back = np.array([shape.rear_m[0] + 0.2, 0.0, shape.seat_m - 0.02])
    if shape.style == "cruiser":
        back = shape.rear_m + (shape.radius_m + 0.05) * np.array([0.78, 0.0, 0.65])
        tank.append(mudguard("paint", shape.rear_m, shape.radius_m + 0.035, shape.widths_m[1] + 0.05, (0.9, 2.75)))
    else:
        tank.append(mudguard("black", shape.rear_m, shape.radius_m + 0.03, shape.widths_m[1], (1.2, 2.5), arch=0.2))
    parts = [
        *steered(shape, front, turn),
        *wheel(shape, front=False, wire=wire),
        *tank,
        *_engine(shape),
        *_frame(shape),
        *_exhaust(shape),
        *plate_and_lamps(shape, back, plate=bool(params["plate"])),
    ]
    if shape.style == "sport":
        parts += _fairing(shape)
    if params["case"]:
        parts.append(
            hull(
                "black",
                [
                    (back[0] - 0.22, 0.15, shape.seat_m + 0.08, shape.seat_m + 0.34),
                    (back[0] - 0.2, 0.18, shape.seat_m + 0.06, shape.seat_m + 0.38),
                    (back[0] + 0.08, 0.18, shape.seat_m + 0.06, shape.seat_m + 0.38),
                    (back[0] + 0.12, 0.15, shape.seat_m + 0.08, shape.seat_m + 0.33),
                ],
                power=4.0,
            )
        )
    turned = rotation_about(tuple(shape.up), turn)
    fixed = shape.style == "sport"
    moving = (np.array([shape.front_m, *grips, lamp]) - shape.head_m) @ turned.T + shape.head_m
    axle, left, right, swung = moving
    return parts, np.array([axle, shape.rear_m, lamp if fixed else swung, seat, back, left, right])
