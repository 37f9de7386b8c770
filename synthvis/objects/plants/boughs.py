"""Branches in bulk: hundreds of curves with radii, grown and skinned at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from synthvis.objects.mesh.meshes import Part, loft

__all__ = ["Boughs", "grown", "resampled", "swept"]

Float = NDArray[np.float64]
Index = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Boughs:
    """Branches of one order.

    Attributes:
        curves_m: (N, R, 3) points along each, evenly spread.
        radii_m: (N, R) their radii.
    """

    curves_m: Float
    radii_m: Float

    def lengths_m(self) -> Float:
        """(N,) lengths."""
        total: Float = np.linalg.norm(np.diff(self.curves_m, axis=1), axis=2).sum(axis=1)
        return total

    def at(self, owner: Index, share: Float) -> Float:
        """(K, 3) points at 0..1 along the branches `owner`."""
        place = share * (self.curves_m.shape[1] - 1)
        row = np.minimum(place.astype(int), self.curves_m.shape[1] - 2)
        rest = (place - row)[:, None]
        points: Float = self.curves_m[owner, row] * (1 - rest) + self.curves_m[owner, row + 1] * rest
        return points

    def directions(self, owner: Index, share: Float) -> Float:
        """(K, 3) unit directions there."""
        row = np.minimum((share * (self.curves_m.shape[1] - 1)).astype(int), self.curves_m.shape[1] - 2)
        step = self.curves_m[owner, row + 1] - self.curves_m[owner, row]
        unit: Float = step / np.linalg.norm(step, axis=1, keepdims=True)
        return unit

    def tapered(self, base_m: Float, tip_m: float) -> Boughs:
        """The same with radii from (N,) `base_m` down to `tip_m`."""
        share = np.linspace(0, 1, self.curves_m.shape[1])
        return replace(self, radii_m=base_m[:, None] * (1 - share) + np.minimum(tip_m, base_m)[:, None] * share)


def grown(
    rng: Generator, start_m: Float, ahead: Float, long_m: Float, *, points: int, sag: float, wander: float
) -> Boughs:
    """Branches that set out from (N, 3) points along (N, 3) directions; radii are 0 for now.

    Args:
        rng: Source of chance.
        start_m: Where they begin.
        ahead: Unit directions.
        long_m: (N,) lengths.
        points: R, points a branch.
        sag: How far the end hangs below the straight line, in lengths.
        wander: How far it strays from it, in lengths.
    """
    share = np.linspace(0, 1, points)[None, :, None]
    aside = rng.normal(size=(len(start_m), 2, 3)) * wander
    stray = aside[:, :1] * np.sin(np.pi * share) + aside[:, 1:] * np.sin(2 * np.pi * share)
    drop = np.array([0.0, 0.0, -sag]) * share**2.2
    curves = start_m[:, None] + long_m[:, None, None] * (ahead[:, None] * share + stray + drop)
    return Boughs(curves, np.zeros(curves.shape[:2]))


def swept(slot: str, boughs: Boughs, sides: int, values: Mapping[str, Float]) -> Part:
    """All branches skinned as closed tubes.

    Args:
        slot: Name of the surface.
        boughs: What to skin.
        sides: Corners of the cross-section.
        values: (N, R) values that become attributes.
    """
    count = len(boughs.radii_m)
    tangent = np.gradient(boughs.curves_m, axis=1)
    tangent /= np.linalg.norm(tangent, axis=2, keepdims=True)
    # Across the way from end to end, along the axis that it follows least; branches never turn by a right angle.
    least = np.abs(boughs.curves_m[:, -1] - boughs.curves_m[:, 0]).argmin(axis=1)
    side = np.cross(tangent, np.eye(3)[least][:, None])
    side /= np.linalg.norm(side, axis=2, keepdims=True)
    over = np.cross(tangent, side)
    angle = np.arange(sides) / sides * 2 * np.pi
    round_m = np.cos(angle)[:, None] * side[:, :, None] + np.sin(angle)[:, None] * over[:, :, None]
    rings = boughs.curves_m[:, :, None] + boughs.radii_m[..., None, None] * round_m
    one = loft(slot, rings[0])
    ends = boughs.curves_m[:, [0, -1]]
    vertices = np.concatenate([rings.reshape(count, -1, 3), ends], axis=1)
    size = vertices.shape[1]
    faces = (one.faces[None] + (np.arange(count) * size)[:, None, None]).reshape(-1, 3).astype(np.int32)
    attributes = {name: np.tile(value, count) for name, value in one.attributes.items()}
    for name, value in values.items():
        around = np.repeat(value, sides, axis=1)
        attributes[name] = np.concatenate([around, value[:, [0, -1]]], axis=1).reshape(-1)
    return Part(slot=slot, vertices_m=vertices.reshape(-1, 3), faces=faces, attributes=attributes)


def resampled(boughs: Boughs, step_m: float) -> Float:
    """(N, 4) points along all branches, as many on each, at most `step_m` apart: x, y, z, radius."""
    steps = np.linalg.norm(np.diff(boughs.curves_m, axis=1), axis=2).max()
    count = max(int(np.ceil(steps / step_m)), 1)
    fine = np.linspace(0, boughs.curves_m.shape[1] - 1, count * (boughs.curves_m.shape[1] - 1) + 1)
    row = np.minimum(fine.astype(int), boughs.curves_m.shape[1] - 2)
    rest = (fine - row)[None, :, None]
    values = np.concatenate([boughs.curves_m, boughs.radii_m[..., None]], axis=2)
    return np.asarray((values[:, row] * (1 - rest) + values[:, row + 1] * rest).reshape(-1, 4))
