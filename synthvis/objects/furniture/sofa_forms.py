"""Padded seats from one place to five: what couches and club chairs share."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.random import Generator

from synthvis.draws import chance, pick, rounded
from synthvis.geometry import rotation_about
from synthvis.objects.mesh.joinery import beam, cushion, grained, pillow, rod, turned
from synthvis.objects.mesh.meshes import Part, moved
from synthvis.objects.mesh.params import number, numbers, text
from synthvis.objects.spec import Param

__all__ = ["sample_sofa", "sofa_parts", "sofa_points_m", "sofa_slots", "upright"]

_Y = (0.0, 1.0, 0.0)


def upright(
    part: Part, *, height_m: float, back_m: float, low_m: float, lean_rad: float = 0.0, y_m: float = 0.0
) -> Part:
    """A cushion set on its edge: its x extent becomes the height, its top faces forward, its foot is at `back_m`."""
    turn = rotation_about(_Y, np.pi / 2 - lean_rad)
    half_m = height_m / 2
    place = (back_m - half_m * np.sin(lean_rad), y_m, low_m + half_m * np.cos(lean_rad))
    return moved(part, rotation=turn, offset_m=place)


def sample_sofa(rng: Generator, seats: int, *, style: str = "modern") -> dict[str, Param]:
    """Sizes of a padded seat; the style is "modern", "classic" (rolled arms) or "chesterfield"."""
    chesterfield = style == "chesterfield"
    arm = "rolled" if style != "modern" else pick(rng, {"box": 4.0, "slim": 2.0, "soft": 2.5, "wood": 1.2})
    width = {"slim": (0.06, 0.12), "wood": (0.05, 0.07), "rolled": (0.16, 0.24)}.get(arm, (0.14, 0.27))
    back_m = rounded(rng, (0.68, 0.78)) if chesterfield else rounded(rng, (0.72, 0.98))
    return {
        "seats": seats,
        "seat_width_m": rounded(rng, (0.56, 0.78)) if seats > 1 else rounded(rng, (0.52, 0.66)),
        "depth_m": rounded(rng, (0.78, 1.0)) if seats > 1 else rounded(rng, (0.74, 0.92)),
        "seat_height_m": rounded(rng, (0.38, 0.49)),
        "back_height_m": back_m,
        "back_depth_m": rounded(rng, (0.16, 0.26)),
        "lean_rad": rounded(rng, (0.05, 0.2)),
        "arm": arm,
        "arm_width_m": rounded(rng, width),
        "arm_height_m": back_m - (0.005 if seats > 1 else 0.13) if chesterfield else rounded(rng, (0.54, 0.68)),
        "loose_back": not chesterfield and chance(rng, 0.75),
        "crown_m": rounded(rng, (0.005, 0.04)),
        "leg": pick(rng, {"taper": 3.0, "block": 3.0, "metal": 1.0, "bun": 1.5 if style != "modern" else 0.2}),
        "leg_height_m": rounded(rng, (0.04, 0.17)),
        "chaise": 0,
        "pillows": (),
    }


def sofa_slots(params: Mapping[str, Param]) -> tuple[str, ...]:
    """The slots a seat with these parameters has."""
    found = ["cover", "legs"]
    if not params["loose_back"] and text(params, "arm") == "rolled":
        found.append("tufts")
    return tuple(found + [f"pillow_{int(k)}" for k in sorted(set(numbers(params, "pillows")[3::4]))])


def _half_width_m(params: Mapping[str, Param]) -> float:
    return number(params, "seats") * number(params, "seat_width_m") / 2


def _behind_arm_m(params: Mapping[str, Param]) -> float:
    """How far the back runs on behind an arm."""
    if params["arm"] == "wood":
        return 0.0
    rolled = params["arm"] == "rolled" and not params["loose_back"]
    return number(params, "arm_width_m") * (1.0 if rolled else 0.35)


def _base(params: Mapping[str, Param]) -> list[Part]:
    inner, depth, low = _half_width_m(params), number(params, "depth_m"), number(params, "leg_height_m")
    high = number(params, "seat_height_m") - 0.14
    arm = number(params, "arm_width_m") if params["arm"] != "wood" else 0.0
    size = (depth - 0.03, 2 * (inner + 0.5 * arm), max(high - low, 0.05))
    found = [moved(cushion("cover", size, edge_m=0.015, corner_m=0.03), offset_m=(-0.01, 0, low))]
    side = int(number(params, "chaise"))
    if side:
        seat = number(params, "seat_width_m")
        long = 0.62 * depth
        block = cushion("cover", (long, seat + 0.5 * arm, size[2]), edge_m=0.015, corner_m=0.03)
        y = side * (inner - seat / 2 + 0.25 * arm)
        found.append(moved(block, offset_m=(depth / 2 + long / 2 - 0.04, y, low)))
    return found


def _seats(params: Mapping[str, Param]) -> list[Part]:
    """Seat cushions; that of a chaise reaches further forward."""
    count, seat = int(number(params, "seats")), number(params, "seat_width_m")
    depth, back = number(params, "depth_m"), number(params, "back_depth_m")
    top, thick = number(params, "seat_height_m"), 0.15
    crown = number(params, "crown_m")
    found = []
    for k in range(count):
        y = (k - (count - 1) / 2) * seat
        long = depth - back - 0.02
        if number(params, "chaise") * (k - (count - 1) / 2) == (count - 1) / 2 and params["chaise"]:
            long += 0.62 * depth - 0.03
        pad = cushion("cover", (long, seat - 0.008, thick), edge_m=0.035, crown_m=crown, corner_m=0.05, bulge_m=0.008)
        found.append(moved(pad, offset_m=(-depth / 2 + back + long / 2 + 0.01, y, top - thick)))
    return found


def _back(params: Mapping[str, Param]) -> list[Part]:
    count, seat = int(number(params, "seats")), number(params, "seat_width_m")
    depth, back, lean = number(params, "depth_m"), number(params, "back_depth_m"), number(params, "lean_rad")
    inner, low = _half_width_m(params), number(params, "leg_height_m")
    top, seat_top = number(params, "back_height_m"), number(params, "seat_height_m")
    rolled = params["arm"] == "rolled" and not params["loose_back"]
    slot = "tufts" if rolled else "cover"
    thick = 0.09 if params["loose_back"] else 0.8 * back
    arm = _behind_arm_m(params)
    high = top - low - (0.07 if params["loose_back"] else 0.0)
    wall = cushion(slot, (high, 2 * inner + 2 * arm - 0.01, thick), edge_m=0.025, corner_m=0.03)
    found = [upright(wall, height_m=high, back_m=-depth / 2, low_m=low, lean_rad=0.02)]
    if rolled:
        radius = 0.5 * arm
        x = -depth / 2 + 0.3 * back
        ends = [(x, sign * (inner + 0.9 * arm), top - radius) for sign in (1, -1)]
        found.append(rod(slot, ends, radius, 16))
        # The buttons are in front; behind, the cover is stretched plain.
        plain = cushion("cover", (high - radius, 2 * inner + 2 * arm, 0.03), edge_m=0.01, corner_m=0.02)
        found.append(upright(plain, height_m=high - radius, back_m=-depth / 2 - 0.012, low_m=low, lean_rad=0.02))
        return found
    if not params["loose_back"]:
        return found
    tall = top - seat_top + 0.02
    for k in range(count):
        pad = cushion(
            "cover", (tall, seat - 0.015, back - 0.06), edge_m=0.05, crown_m=0.04, corner_m=0.06, bulge_m=0.012
        )
        y = (k - (count - 1) / 2) * seat
        found.append(
            upright(pad, height_m=tall, back_m=-depth / 2 + 0.085, low_m=seat_top - 0.01, lean_rad=lean, y_m=y)
        )
    return found


def _arms(params: Mapping[str, Param]) -> list[Part]:
    style, width, depth = text(params, "arm"), number(params, "arm_width_m"), number(params, "depth_m")
    inner, low, high = _half_width_m(params), number(params, "leg_height_m"), number(params, "arm_height_m")
    found: list[Part] = []
    for sign in (1, -1):
        y = sign * (inner + width / 2)
        if style == "wood":
            front, rear = depth / 2 - 0.08, -depth / 2 + 0.1
            found.append(
                beam("legs", (rear - 0.04, y, high - 0.03), (front + 0.06, y, high), width, 0.03, bevel_m=0.01)
            )
            found.append(beam("legs", (front, y, high - 0.02), (front + 0.02, y, 0), 0.04, 0.05, taper=0.7))
            found.append(beam("legs", (rear, y, high - 0.02), (rear - 0.08, y, 0), 0.04, 0.05, taper=0.7))
            found.append(beam("legs", (rear, y, 0.26), (front, y, 0.26), 0.03, 0.06))
            continue
        if style == "rolled":
            radius = 0.5 * width
            block = cushion("cover", (depth - 0.03, 0.7 * width, high - low - radius), edge_m=0.02, corner_m=0.03)
            found.append(moved(block, offset_m=(0, y - sign * 0.15 * width, low)))
            slot = "cover" if params["loose_back"] else "tufts"
            x = depth / 2
            curve = np.array([(-x + 0.01, y, high - radius), (x - 0.012, y, high - radius), (x, y, high - radius)])
            found.append(rod(slot, curve, radius * np.array([1.0, 1.0, 0.86]), 18))
            continue
        edge = {"box": 0.03, "slim": 0.02}.get(style, 0.09)
        block = cushion(
            "cover", (depth, width, high - low), edge_m=min(edge, 0.45 * width), crown_m=0.01, corner_m=edge
        )
        found.append(moved(block, offset_m=(0, y, low)))
    return found


def _legs(params: Mapping[str, Param]) -> list[Part]:
    kind, tall = text(params, "leg"), number(params, "leg_height_m")
    if params["arm"] == "wood":
        return []
    y = _half_width_m(params) + number(params, "arm_width_m") - 0.07
    x = number(params, "depth_m") / 2 - 0.08
    places = [(a, b) for a in (x, -x) for b in (y, -y)]
    if params["chaise"]:
        places.append((x + 0.55 * number(params, "depth_m"), number(params, "chaise") * y))
    found = []
    for a, b in places:
        if kind == "bun":
            share = np.array([0.0, 0.25, 0.5, 0.75, 1.0])
            leg = turned("legs", 0.035 * np.array([0.6, 0.95, 1.05, 0.95, 0.7]), share * (tall + 0.02))
            found.append(moved(leg, offset_m=(a, b, 0)))
        elif kind == "metal":
            found.append(rod("legs", [(a, b, tall + 0.02), (a, b, 0)], 0.012))
        else:
            out = 0.02 if kind == "taper" else 0.0
            end = (a + out * np.sign(a), b + out * np.sign(b), 0.0)
            taper = 0.55 if kind == "taper" else 1.0
            found.append(beam("legs", (a, b, tall + 0.02), end, 0.055, 0.055, taper=taper))
    return found


def _pillows(params: Mapping[str, Param]) -> list[Part]:
    """Scatter cushions: (place -1..1 over the width, size in metres, turn in radians, slot number) for each."""
    rows = np.asarray(numbers(params, "pillows")).reshape(-1, 4)
    inner, depth = _half_width_m(params), number(params, "depth_m")
    top, back = number(params, "seat_height_m"), number(params, "back_depth_m")
    found = []
    for place, size, turn, slot in rows.tolist():
        lean = number(params, "lean_rad") + 0.18
        one = pillow(f"pillow_{int(slot)}", size, size, 0.36 * size)
        spun = moved(grained(one, _Y), rotation=rotation_about((0, 0, 1), turn))
        y = place * (inner - 0.5 * size)
        found.append(
            upright(
                spun,
                height_m=0.97 * size,
                back_m=-depth / 2 + back + 0.14 * size + 0.09,
                low_m=top - 0.005,
                lean_rad=lean,
                y_m=y,
            )
        )
    return found


def sofa_parts(params: Mapping[str, Param]) -> list[Part]:
    """All pieces, facing +x on z = 0."""
    return [*_base(params), *_seats(params), *_back(params), *_arms(params), *_legs(params), *_pillows(params)]


def sofa_points_m(params: Mapping[str, Param]) -> list[tuple[float, float, float]]:
    """Seat corners (front left, front right, rear right, rear left), back top and arms (left before right)."""
    x, inner = number(params, "depth_m") / 2, _half_width_m(params)
    seat, back = number(params, "seat_height_m"), number(params, "back_height_m")
    rear = -x + number(params, "back_depth_m")
    arm_y = inner + number(params, "arm_width_m") / 2
    points = [(x - 0.01, inner, seat), (x - 0.01, -inner, seat), (rear, -inner, seat), (rear, inner, seat)]
    top_y = inner + _behind_arm_m(params) - 0.03
    high = back - (0.09 if params["loose_back"] else 0.03)
    points += [(-x + 0.04, sign * top_y, high) for sign in (1, -1)]
    return points + [(x, sign * arm_y, number(params, "arm_height_m")) for sign in (1, -1)]
