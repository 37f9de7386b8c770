"""Hair, beards and hats: layers over a head, and what falls from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from synthvis.objects.mesh.implicit import ellipsoid_distance_m, meet, skin_of, union
from synthvis.objects.mesh.meshes import Part, ellipsoid, moved, revolve, tube
from synthvis.objects.mesh.params import number, text
from synthvis.objects.people.head import AROUND, Head
from synthvis.objects.spec import Param

__all__ = ["BEARDS", "HAIR_STYLES", "HATS", "hair_parts"]

Float = NDArray[np.float64]

UNDER_M = -0.006
"""Where a layer is not, it is that far under the skin."""


@dataclass(frozen=True, slots=True)
class _Cut:
    """Thickness of hair on top, at the sides and behind, metres; how lumpy it is; how long what falls; bald on top."""

    top_m: float
    side_m: float
    back_m: float
    lumps: float = 0.15
    falls_m: float = 0.0
    bald: bool = False


HAIR_STYLES: Mapping[str, _Cut] = {
    "bald": _Cut(0.0, 0.0, 0.0),
    "crop": _Cut(0.005, 0.003, 0.003),
    "short": _Cut(0.017, 0.007, 0.008),
    "quiff": _Cut(0.03, 0.006, 0.008, 0.2),
    "messy": _Cut(0.026, 0.016, 0.016, 0.35),
    "curly": _Cut(0.035, 0.026, 0.028, 0.4),
    "afro": _Cut(0.06, 0.05, 0.055, 0.15),
    "balding": _Cut(0.008, 0.007, 0.008, bald=True),
    "bob": _Cut(0.014, 0.012, 0.014, falls_m=0.14),
    "long": _Cut(0.013, 0.009, 0.012, falls_m=0.3),
    "very_long": _Cut(0.012, 0.009, 0.012, falls_m=0.42),
    "ponytail": _Cut(0.008, 0.006, 0.008),
    "bun": _Cut(0.008, 0.006, 0.008),
}
BEARDS: Mapping[str, float] = {"none": 0.0, "stubble": 0.0, "short": 0.007, "full": 0.018, "long": 0.035}
"""Thickness of beards, metres."""
HATS = ("none", "cap", "beanie", "sun_hat", "helmet", "hood", "scarf")


def hair_parts(head: Head, params: Mapping[str, Param]) -> list[Part]:
    """Hair, beard and hat."""
    points_m = head.directions * head.reach_m[..., None]
    hat, cut = text(params, "hat"), HAIR_STYLES[text(params, "hair")]
    parts = []
    if hat != "scarf" and text(params, "hair") != "bald":
        parts.append(head.shell("hair", _hair_m(points_m, cut, params, pressed=hat != "none")))
        parts += [head.placed(part) for part in _falling(cut, params)]
    if BEARDS[text(params, "beard")] > 0:
        parts.append(head.shell("beard", _beard_m(points_m, BEARDS[text(params, "beard")], params)))
    if hat != "none":
        parts.append(head.shell("hat", _hat_m(points_m, hat)))
        parts += [head.placed(part) for part in _brim(hat)]
    return parts


def _step(value: Float, width: float) -> Float:
    share = np.clip(value / width + 0.5, 0.0, 1.0)
    soft: Float = share * share * (3 - 2 * share)
    return soft


def _lumps(points_m: Float, seed: int, length_m: float) -> Float:
    """Smooth noise over a head, about -1..1."""
    rng = np.random.default_rng(seed)
    turns = rng.normal(size=(6, 3)) * 2 * np.pi / length_m / 1.7
    waves: Float = np.sin(points_m @ turns.T + rng.uniform(0, 2 * np.pi, 6)).sum(axis=-1) / 3.0
    return waves


def _hair_m(points_m: Float, cut: _Cut, params: Mapping[str, Param], *, pressed: bool) -> Float:
    """Thickness of hair over the places of a head."""
    x, y, z = np.moveaxis(points_m, -1, 0)
    seed = int(number(params, "hair_seed"))
    recede_m, parting = number(params, "recede") * 0.03, 2.0 * (number(params, "hair_seed") % 7) / 7 - 1.0
    fine = _lumps(points_m, seed, 0.02)
    line = z - np.where(x > 0, 0.80 * x, 0.74 * x) + 0.004 - recede_m * (x > 0.02) + 0.003 * fine
    # The forehead is free up to the hairline, the ears stay free, sideburns end before them.
    line = np.minimum(line, (z - 0.056 - 0.6 * recede_m) + 14.0 * np.maximum(0.045 - x, 0.0) + 0.003 * fine)
    if cut.bald:
        line = np.minimum(line, 0.072 - z + 0.004 * fine - 0.5 * np.maximum(x, 0.0))
    top, back = _step(z - 0.07, 0.06), _step(-x - 0.03, 0.08) * (1 - _step(z - 0.07, 0.06))
    thick = cut.side_m + (cut.top_m - cut.side_m) * top + (cut.back_m - cut.side_m) * back
    thick = thick * (
        1
        + cut.lumps * _lumps(points_m, seed + 1, 0.035)
        + 0.25 * parting * np.sign(y) * _step(np.abs(y) - 0.02, 0.03) * top
    )
    if pressed:
        thick = np.minimum(thick, 0.006)
    thickness: Float = UNDER_M + (np.maximum(thick, 0.002) - UNDER_M) * _step(line, 0.014)
    return thickness


def _falling(cut: _Cut, params: Mapping[str, Param]) -> list[Part]:
    """What hangs from the head, head's frame."""
    style, seed = text(params, "hair"), int(number(params, "hair_seed"))
    if style == "ponytail":
        path = np.array(
            [(-0.088, 0, 0.045), (-0.125, 0, 0.05), (-0.148, 0, 0.01), (-0.142, 0, -0.07), (-0.13, 0, -0.15)]
        )
        return [tube("hair", path, [0.012, 0.02, 0.027, 0.024, 0.006], 10, up=(0, 1, 0))]
    if style == "bun":
        high = 0.05 + 0.05 * (seed % 2)
        return [moved(ellipsoid("hair", (0.032, 0.036, 0.033), 14, 10), offset_m=(-0.1 + 0.3 * (high - 0.05), 0, high))]
    if cut.falls_m <= 0:
        return []
    return [_curtain(cut, seed)]


def _curtain(cut: _Cut, seed: int) -> Part:
    """Hair around the sides and the back of head and neck, down to the shoulders or the back."""
    low_m = 0.02 - cut.falls_m

    def distance(p: Float) -> Float:
        x, y, z = p.T
        down = np.clip((0.02 - z) / cut.falls_m, 0.0, 1.2)
        wide, deep = 0.086 + 0.016 * down - 0.03 * down**3, 0.086 - 0.02 * down
        middle = -0.022 - 0.02 * down
        reach = np.sqrt((y / wide) ** 2 + ((x - middle) / deep) ** 2)
        column = (reach - 1) * np.minimum(wide, deep)
        column = np.maximum(column, np.maximum(z - 0.05, low_m - z))
        found = union(column, ellipsoid_distance_m(p, (-0.016, 0, 0.03), (0.1, 0.087, 0.094)), 0.03)
        # Nothing before the face.
        free = (x - 0.012) - 0.25 * np.maximum(z, -0.05) - 0.35 * (np.abs(y) - 0.06)
        found = meet(found, free, 0.012)
        waves = np.sin(np.arctan2(y, -x) * 15 + 30 * z + seed) + np.sin(np.arctan2(y, -x) * 8 - 17 * z + 2 * seed)
        shaped: Float = found - 0.002 * waves
        return shaped

    return skin_of("hair", distance, (-0.13, -0.12, low_m - 0.02), (0.08, 0.12, 0.13), 0.0145)


def _beard_m(points_m: Float, thick_m: float, params: Mapping[str, Param]) -> Float:
    x, y, z = np.moveaxis(points_m, -1, 0)
    fine = _lumps(points_m, int(number(params, "hair_seed")) + 5, 0.018)
    away = np.abs(y)
    jaw = np.minimum(-0.05 + 0.55 * np.maximum(away - 0.035, 0.0) - z, x + 0.002 - 0.3 * (z + 0.05))
    lip = np.minimum(np.minimum(z + 0.062, -0.0485 - z), 0.034 - away)
    mouth = np.sqrt((away / 0.027) ** 2 + ((z + 0.067) / 0.0125) ** 2) - 1.0
    region = np.minimum(np.maximum(jaw, np.where(x > 0.05, lip, -0.05)), 0.02 * mouth) + 0.002 * fine
    thick = thick_m * (0.35 + 0.65 * _step(-z - 0.075, 0.05)) * (1 + 0.15 * fine)
    thickness: Float = UNDER_M + (thick - UNDER_M) * _step(region, 0.01)
    return thickness


def _hat_m(points_m: Float, hat: str) -> Float:
    x, y, z = np.moveaxis(points_m, -1, 0)
    if hat == "scarf":
        oval = np.sqrt((y / 0.058) ** 2 + ((z + 0.022) / 0.083) ** 2) - 1.0
        region, thick = np.where(x > 0.0, 0.07 * oval, 0.05), np.full(z.shape, 0.012)
    elif hat == "hood":
        oval = np.sqrt((y / 0.07) ** 2 + ((z + 0.01) / 0.1) ** 2) - 1.0
        region, thick = np.where(x > -0.01, 0.07 * oval, 0.05), 0.024 + 0.02 * _step(z - 0.06, 0.1)
    elif hat == "beanie":
        region, thick = z - 0.5 * x - 0.004, 0.013 + 0.02 * _step(z - 0.085, 0.06)
    elif hat == "helmet":
        region, thick = z - 0.3 * x - 0.035, 0.03 + 0.01 * _step(z - 0.08, 0.1)
    else:
        region, thick = z - 0.18 * x - 0.042, 0.012 + 0.022 * _step(z - 0.075, 0.05)
    thickness: Float = UNDER_M - 0.004 + (thick - UNDER_M + 0.004) * _step(region, 0.008)
    return thickness


def _brim(hat: str) -> list[Part]:
    """The brim of a cap or of a sun hat, head's frame."""
    if hat == "cap":
        brim = ellipsoid("hat", (0.088, 0.082, 0.0045), 28, 8)
        x, y, z = brim.vertices_m.T
        bent = np.stack([x + 0.075, y, z - 3.2 * y**2 - 0.12 * np.maximum(x, 0) + 0.058], axis=1)
        return [Part(slot="hat", vertices_m=bent, faces=brim.faces)]
    if hat == "sun_hat":
        turn = np.arange(AROUND) / AROUND * 2 * np.pi
        wave = 0.006 * np.sin(3 * turn)
        radius = np.array([0.0, 0.075, 0.11, 0.165, 0.168, 0.165, 0.11, 0.075, 0.0])[:, None] * np.ones(AROUND)
        height = np.array([0.05, 0.05, 0.046, 0.028, 0.031, 0.034, 0.052, 0.056, 0.056])[:, None] + wave * (
            radius > 0.15
        )
        return [revolve("hat", radius, height, AROUND)]
    return []
