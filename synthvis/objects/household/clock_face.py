"""Dials of clocks: numerals drawn in strokes, minute marks, hands, and the seven segments of digital ones."""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from synthvis.objects.mesh.meshes import Part
from synthvis.objects.mesh.outlines import pads, strokes

__all__ = ["angle_rad", "digits", "hands", "marks", "numerals"]

Float = NDArray[np.float64]
Points = tuple[tuple[float, float], ...]

# Polylines in a box of 0.8 x 1.4 about the origin.
_ZERO: Points = (
    (0, 0.7),
    (-0.3, 0.5),
    (-0.38, 0),
    (-0.3, -0.5),
    (0, -0.7),
    (0.3, -0.5),
    (0.38, 0),
    (0.3, 0.5),
    (0, 0.7),
)
_SIX: Points = ((0.3, 0.62), (0, 0.7), (-0.3, 0.4), (-0.38, -0.15), (-0.28, -0.58), (0, -0.7), (0.3, -0.55),
                (0.36, -0.25), (0.2, 0.05), (-0.1, 0.05), (-0.35, -0.2))  # fmt: skip
_ARABIC: dict[str, tuple[Points, ...]] = {
    "0": (_ZERO,),
    "1": (((-0.2, 0.42), (0.08, 0.7), (0.08, -0.7)),),
    "2": (((-0.38, 0.35), (-0.25, 0.62), (0, 0.7), (0.25, 0.62), (0.36, 0.35), (0.25, 0.05), (-0.38, -0.7),
           (0.4, -0.7)),),
    "3": (((-0.35, 0.55), (0, 0.7), (0.33, 0.5), (0.3, 0.2), (0, 0.05), (0.36, -0.2), (0.33, -0.52), (0, -0.7),
           (-0.38, -0.5)),),
    "4": (((0.2, -0.7), (0.2, 0.7), (-0.4, -0.25), (0.42, -0.25)),),
    "5": (((0.35, 0.7), (-0.28, 0.7), (-0.34, 0.1), (0.05, 0.2), (0.37, -0.08), (0.35, -0.45), (0.05, -0.7),
           (-0.36, -0.55)),),
    "6": (_SIX,),
    "7": (((-0.38, 0.7), (0.38, 0.7), (-0.1, -0.7)),),
    "8": (((0, 0.05), (-0.3, 0.3), (-0.2, 0.62), (0.2, 0.62), (0.3, 0.3), (0, 0.05), (-0.37, -0.3), (-0.25, -0.62),
           (0.25, -0.62), (0.37, -0.3), (0, 0.05)),),
    "9": (tuple((-x, -y) for x, y in _SIX),),
    "I": (((0, 0.7), (0, -0.7)),),
    "V": (((-0.3, 0.7), (0, -0.7), (0.3, 0.7)),),
    "X": (((-0.32, 0.7), (0.32, -0.7)), ((0.32, 0.7), (-0.32, -0.7))),
}  # fmt: skip
_ADVANCE = {"I": 0.34, "V": 0.78, "X": 0.8, "1": 0.66}
_ROMAN = ("I", "II", "III", "IIII", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")
_SEGMENTS: Float = np.array(
    [((-1, 1), (1, 1)), ((1, 1), (1, 0)), ((1, 0), (1, -1)), ((-1, -1), (1, -1)), ((-1, 0), (-1, -1)),
     ((-1, 1), (-1, 0)), ((-1, 0), (1, 0))], dtype=np.float64,
)  # fmt: skip
_LIT = ("012345", "12", "01346", "01236", "1256", "02356", "023456", "012", "0123456", "012356")


@lru_cache(maxsize=64)
def _written(label: str) -> tuple[tuple[tuple[float, float], tuple[float, float]], ...]:
    """Segments of a label about its middle."""
    steps = [_ADVANCE.get(sign, 0.98) for sign in label]
    centres = np.cumsum(steps) - np.array(steps) / 2 - sum(steps) / 2
    return tuple(
        ((a[0] + float(middle), a[1]), (b[0] + float(middle), b[1]))
        for sign, middle in zip(label, centres, strict=True)
        for line in _ARABIC[sign]
        for a, b in pairwise(line)
    )


def angle_rad(hours: float) -> float:
    """Where a dial of twelve hours has a time, counter-clockwise from +x."""
    return float(np.pi / 2 - hours / 12 * 2 * np.pi)


def numerals(slot: str, style: str, radius_m: float, height_m: float, weight: float, z_m: tuple[float, float]) -> Part:
    """The hours as "arabic" (upright), "quarters" (upright, only four) or "roman" (feet towards the centre).

    Args:
        slot: Name of the surface.
        style: See above.
        radius_m: Of the circle on which their middles lie.
        height_m: Of a figure.
        weight: Width of the strokes over the height.
        z_m: Underside and top.
    """
    found = []
    for hour in range(1, 13):
        if style == "quarters" and hour % 3:
            continue
        label = _ROMAN[hour - 1] if style == "roman" else str(hour)
        lines = np.array(_written(label)) * (height_m / 1.4)
        angle = angle_rad(hour)
        if style == "roman":
            cos, sin = np.cos(angle - np.pi / 2), np.sin(angle - np.pi / 2)
            lines = lines @ np.array([[cos, sin], [-sin, cos]])
        found.append(lines + radius_m * np.array([np.cos(angle), np.sin(angle)]))
    return strokes(slot, np.concatenate(found), weight * height_m, z_m)


def marks(slot: str, count: int, inner_m: float, outer_m: float, width_m: float, z_m: tuple[float, float]) -> Part:
    """Radial strokes at equal angles."""
    angle = np.arange(count) / count * 2 * np.pi
    way = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    return strokes(slot, np.stack([inner_m * way, outer_m * way], axis=1), width_m, z_m)


def hands(slot: str, radius_m: float, hours: float, width: float, tip: float, z_m: float) -> list[Part]:
    """Hour and minute hand and the cap over their axle; `width` at the axle over the radius, `tip` over that."""
    parts = []
    for level, (turn, reach, share) in enumerate(((hours, 0.52, 1.25), (hours % 1 * 12, 0.8, 1.0))):
        angle = angle_rad(turn)
        way = np.array([np.cos(angle), np.sin(angle)])
        wide = width * share * radius_m
        low = z_m + 0.0012 * level
        ends = np.array([[-0.14 * radius_m * way, reach * radius_m * way]])
        parts.append(strokes(slot, ends, np.array([[wide, wide * tip]]), (low, low + 0.0008)))
    parts.append(pads(slot, (0.0, 0.0, z_m), (2.2 * width * radius_m,) * 2, 0.004, section="round"))
    return parts


def digits(slot: str, label: str, height_m: float, weight: float, z_m: tuple[float, float]) -> Part:
    """Seven-segment figures about the origin; ":" stands between them.

    Args:
        slot: Name of the surface.
        label: E.g. "12:45".
        height_m: Of a figure.
        weight: Width of a segment over the height.
        z_m: Underside and top.
    """
    steps = [0.36 if sign == ":" else 0.74 for sign in label]
    centres = np.cumsum(steps) - np.array(steps) / 2 - sum(steps) / 2
    half = np.array([0.24, 0.5 - weight / 2])
    lines = []
    for sign, middle in zip(label, centres, strict=True):
        if sign == ":":
            dots = np.array([[(-0.5, y), (0.5, y)] for y in (0.2, -0.2)]) * (weight, 1.0)
            lines.append(dots + np.array([middle, 0.0]))
            continue
        drawn = _SEGMENTS[[int(k) for k in _LIT[int(sign)]]]
        gap = 1 - 0.55 * weight / half[::-1]
        middles = drawn.mean(axis=1, keepdims=True)
        lines.append((middles + (drawn - middles) * np.minimum(gap, 0.92)) * half + np.array([middle, 0.0]))
    return strokes(slot, np.concatenate(lines) * height_m, weight * height_m, z_m)
