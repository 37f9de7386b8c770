"""Cars, unlabelled: a lofted body with wheel arches, glass between pillars, lamps, bumpers, plates, mirrors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from synthvis.draws import pick, rounded
from synthvis.geometry import rotation_about
from synthvis.objects.clutter import distractor, joined
from synthvis.objects.mesh.joints import Joint, Rig
from synthvis.objects.mesh.mesh import Mesh
from synthvis.objects.mesh.meshes import Part, box, cylinder, ellipsoid, loft, moved, tube
from synthvis.objects.mesh.params import number, shade_of
from synthvis.objects.mesh.tyres import BLACK_RUBBER, STEEL, tyre
from synthvis.objects.object_type import ObjectType, Sample
from synthvis.objects.spec import Param, SurfaceSpec

__all__ = ["OBJECT_TYPES"]

Float = NDArray[np.float64]

WHEEL, ARCH = 0.455, 0.475
"""How far the middles of wheels and wheel arches are to the side, in widths of the car."""
AXLE = 0.3
"""How far the axles are from the middle, in lengths of the car."""
RADIUS_M = 0.32
SPOKES = 5


def _sample_car(rng: Generator) -> Sample:
    params: dict[str, Param] = {
        "length_m": rounded(rng, (3.6, 4.9)),
        "width_m": rounded(rng, (1.65, 1.95)),
        "height_m": rounded(rng, (1.4, 1.95)),
        "bonnet": rounded(rng, (0.05, 0.3)),
        "boot": rounded(rng, (0.0, 0.2)),
        "belt": rounded(rng, (0.5, 0.62)),
    }
    paint = shade_of(
        rng, pick(rng, ("#f2f2f2", "#c8cacc", "#6a6e72", "#161618", "#8a1518", "#1c3a7a", "#3a5a48", "#d8c8a0"))
    )
    surfaces = {
        "paint": SurfaceSpec(kind="plastic", params={"color": paint, "roughness": 0.2, "coat": 0.8, "grain": 0.0}),
        "glass": SurfaceSpec(
            kind="plastic", params={"color": (0.03, 0.038, 0.045), "roughness": 0.02, "coat": 1.0, "grain": 0.0}
        ),
        "tyres": BLACK_RUBBER,
        "rims": STEEL,
        "trim": SurfaceSpec(kind="plastic", params={"color": (0.02, 0.02, 0.022), "roughness": 0.5}),
        "lamps": SurfaceSpec(kind="plastic", params={"color": (0.75, 0.76, 0.78), "roughness": 0.08, "coat": 1.0}),
        "rear_lamps": SurfaceSpec(kind="plastic", params={"color": (0.4, 0.012, 0.01), "roughness": 0.12, "coat": 1.0}),
        "plates": SurfaceSpec(kind="plain", params={"color": (0.7, 0.7, 0.66), "roughness": 0.4}),
    }
    return Sample(params=params, surfaces=surfaces)


def _hull(slot: str, x_m: Float, half_m: Float, low_m: Float, high_m: Float) -> Part:
    """Loft along x of rounded rectangles, each with its half width and its lowest and highest z."""
    turn = np.arange(28) / 28 * 2 * np.pi
    c, s = np.cos(turn), np.sin(turn)
    # Superellipse of power 5: a rectangle with soft corners.
    reach = (np.abs(c) ** 5 + np.abs(s) ** 5) ** (-1 / 5)
    rings = np.empty((len(x_m), 28, 3))
    rings[..., 0] = x_m[:, None]
    rings[..., 1] = half_m[:, None] * reach * c
    rings[..., 2] = ((low_m + high_m) / 2)[:, None] + ((high_m - low_m) / 2)[:, None] * reach * s
    return loft(slot, rings)


def _build_car(params: Mapping[str, Param]) -> Mesh:
    length_m, w, h, bonnet, boot, belt = (
        number(params, k) for k in ("length_m", "width_m", "height_m", "bonnet", "boot", "belt")
    )
    share = np.array([0, 0.01, 0.05, 0.2, 0.5, 0.8, 0.95, 0.99, 1.0])
    top = belt * h * np.array([0.55, 0.7, 0.86, 0.95, 1.0, 1.02, 0.98, 0.85, 0.7])
    half = w / 2 * np.array([0.8, 0.9, 0.97, 1, 1, 1, 0.97, 0.9, 0.82])
    body = _hull("paint", (share - 0.5) * length_m, half, np.full(9, 0.2), top)
    start, end = -0.5 + 0.12 + bonnet, 0.5 - 0.04 - boot
    cabin_x = np.array([start, start + 0.1, start + 0.17, end - 0.1, end]) * length_m
    high = np.array([belt * h, 0.8 * h, 0.97 * h, 0.96 * h, belt * h])
    cabin = _hull("glass", cabin_x, w / 2 * np.array([0.9, 0.86, 0.78, 0.76, 0.86]), np.full(5, 0.45 * h), high)
    roof_x = np.linspace(cabin_x[2] - 0.05, cabin_x[3] + 0.05, 3)
    roof = _hull("paint", roof_x, np.full(3, 0.385 * w), np.full(3, 0.93 * h), np.array([0.985, 1.0, 0.98]) * h)
    fittings = [*_arches(length_m, w), *_pillars(cabin_x, w, h, belt), *_front_and_rear(length_m, w, h, belt)]
    rigid = [body, cabin, roof, *fittings, *_mirrors(float(cabin_x[0]) + 0.12 * length_m, w, belt * h)]
    wheels = _wheels(length_m, w)
    mesh = joined([*rigid, *(part for _, parts in wheels for part in parts)])
    return replace(mesh, rig=_rig(mesh, [joint for joint, _ in wheels], [parts for _, parts in wheels]))


def _rig(mesh: Mesh, joints: Sequence[Joint], wheels: Sequence[Sequence[Part]]) -> Rig:
    """Wheels turn with all their vertices, which are the last of the mesh."""
    counts = [sum(len(part.vertices_m) for part in parts) for parts in wheels]
    ends = len(mesh.vertices_m) - sum(counts) + np.cumsum(counts)
    weights = np.zeros((len(mesh.vertices_m), len(joints)), np.float32)
    for wheel, (count, end) in enumerate(zip(counts, ends, strict=True)):
        weights[end - count : end, wheel] = 1.0
    return Rig(
        joints=tuple(joints), weigh=lambda: weights, vertices_m=mesh.vertices_m,
        keypoint_joints=np.full(len(mesh.keypoints_m), -1), keypoints_m=mesh.keypoints_m,
    )  # fmt: skip


def _pillars(cabin_x: Float, w: float, h: float, belt: float) -> list[Part]:
    """Painted posts beside the windows: before the windscreen, in the middle, behind."""
    found = []
    rows = (
        (cabin_x[0] + 0.02, cabin_x[2]),
        (0.5 * (cabin_x[2] + cabin_x[3]),) * 2,
        (cabin_x[4] - 0.02, cabin_x[3] + 0.03),
    )
    for low_x, high_x in rows:
        for side in (1.0, -1.0):
            path = [(low_x, side * 0.435 * w, belt * h - 0.02), (high_x, side * 0.385 * w, 0.965 * h)]
            found.append(tube("paint", path, 0.032, 8, up=(0, 1, 0.2)))
    return found


def _front_and_rear(length_m: float, w: float, h: float, belt: float) -> list[Part]:
    """Lamps, grille, bumpers and plates; the front is at -x."""
    parts = []
    for end, lamp in ((-1.0, "lamps"), (1.0, "rear_lamps")):
        x = end * 0.482 * length_m
        for side in (1.0, -1.0):
            housing = ellipsoid(lamp, (0.09, 0.14, 0.075 if end < 0 else 0.11), 14, 8)
            parts.append(moved(housing, offset_m=(x, side * 0.33 * w, 0.68 * belt * h)))
        bumper = ellipsoid("trim", (0.09, 0.43 * w, 0.075), 18, 8)
        parts.append(moved(bumper, offset_m=(end * 0.49 * length_m, 0.0, 0.34)))
        plate = box("plates", (0.012, 0.5, 0.11))
        parts.append(moved(plate, offset_m=(end * 0.5 * length_m + end * 0.062, 0.0, 0.37 if end < 0 else 0.5)))
    grille = ellipsoid("trim", (0.05, 0.2 * w, 0.07), 14, 6)
    return [*parts, moved(grille, offset_m=(-0.495 * length_m, 0.0, 0.62 * belt * h))]


def _mirrors(x_m: float, w: float, z_m: float) -> list[Part]:
    return [
        moved(ellipsoid("paint", (0.06, 0.11, 0.075), 12, 8), offset_m=(x_m, side * 0.54 * w, z_m + 0.06))
        for side in (1.0, -1.0)
    ]


def _arches(length_m: float, width_m: float) -> list[Part]:
    """The dark of the wheel arches, a little before the body's side."""
    side = rotation_about((1, 0, 0), np.pi / 2)
    arch = moved(cylinder("trim", 0.4, 0.08, 28), offset_m=(0, 0, -0.04))
    return [
        moved(arch, rotation=side, offset_m=(x, y * ARCH * width_m, 0.34))
        for x in (-AXLE * length_m, AXLE * length_m)
        for y in (-1.0, 1.0)
    ]


def _wheels(length_m: float, width_m: float) -> list[tuple[Joint, list[Part]]]:
    """Each wheel with its axle, about which it turns forward, to -x, by positive angles."""
    side = rotation_about((1, 0, 0), np.pi / 2)
    found = []
    for end, x in (("front", -AXLE * length_m), ("rear", AXLE * length_m)):
        for name, sign in (("left", -1.0), ("right", 1.0)):
            middle = (x, sign * WHEEL * width_m, RADIUS_M)
            rim = moved(cylinder("rims", 0.2, 0.17, 20), offset_m=(0, 0, -0.085))
            wheel = [moved(tyre("tyres", RADIUS_M, 0.21), rotation=side), moved(rim, rotation=side), *_gaps(sign)]
            joint = Joint(name=f"{end}_{name}", parent=None, pivot_m=middle, axis=(0.0, -1.0, 0.0))
            found.append((joint, [moved(part, offset_m=middle) for part in wheel]))
    return found


def _gaps(sign: float) -> list[Part]:
    """The dark between the spokes of a rim, on its outer side."""
    gap = moved(box("trim", (0.11, 0.02, 0.06)), offset_m=(0.115, sign * 0.08, -0.03))
    return [moved(gap, rotation=rotation_about((0, 1, 0), 2 * np.pi * spoke / SPOKES)) for spoke in range(SPOKES)]


OBJECT_TYPES: tuple[ObjectType, ...] = (distractor("car", _sample_car, _build_car),)
