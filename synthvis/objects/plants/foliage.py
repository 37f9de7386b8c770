"""Leaves and fronds, and how they are aimed and scattered."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from synthvis.objects.mesh.joinery import copies, rod
from synthvis.objects.mesh.meshes import Part, loft

__all__ = ["GOLDEN_RAD", "frond_of", "leaf_of", "rotations", "scatter", "spiral"]

Float = NDArray[np.float64]
GOLDEN_RAD = 2.39996


def leaf_of(
    slot: str,
    length: float,
    width: float,
    *,
    droop: float,
    fold: float = 0.2,
    rows: int = 6,
    widest: float = 0.45,
    blunt: float = 0.8,
    thick: float = 0.012,
) -> Part:
    """A blade from the origin along +x that bends down by `droop` radians; `thick` is a share of its width."""
    share = np.linspace(0.0, 1.0, rows)
    bend = droop * share
    x = length * np.concatenate([[0], np.cumsum(np.cos(bend[1:]))]) / (rows - 1)
    z = -length * np.concatenate([[0], np.cumsum(np.sin(bend[1:]))]) / (rows - 1)
    power = np.log(0.5) / np.log(widest)
    half = width / 2 * np.maximum(np.sin(np.pi * share**power), 0.05) ** blunt
    # Seen along +x, +y lies to the left: from +y over +z to -y is right-handed.
    across = np.array([1.0, 0.0, -1.0, 0.0])
    upper = np.array([0.0, 1.0, 0.0, -1.0])
    rings = np.empty((rows, 4, 3))
    rings[..., 0] = x[:, None]
    rings[..., 1] = half[:, None] * across
    rings[..., 2] = z[:, None] + half[:, None] * (fold * np.abs(across) + upper * thick * 2) + 0.0004 * upper
    part = loft(slot, rings)
    attributes = {"along": np.append(np.repeat(share, 4), [0, 1]), "across": np.append(np.tile(across, rows), [0, 0])}
    return replace(part, attributes=attributes)


def rotations(yaw: Float, pitch: Float, roll: Float | float = 0.0) -> Float:
    """(N, 3, 3) rotations that point +x at `yaw` about z and `pitch` above the level, spun by `roll` about itself."""
    yaw, pitch, roll = np.broadcast_arrays(np.asarray(yaw, dtype=np.float64), pitch, roll)
    cy, sy, cp, sp, cr, sr = np.cos(yaw), np.sin(yaw), np.cos(pitch), np.sin(pitch), np.cos(roll), np.sin(roll)
    ahead = np.stack([cy * cp, sy * cp, sp], axis=1)
    left = np.stack([-sy, cy, np.zeros_like(cy)], axis=1)
    over = np.cross(ahead, left)
    return np.stack([ahead, cr[:, None] * left + sr[:, None] * over, cr[:, None] * over - sr[:, None] * left], axis=2)


def scatter(rng: Generator, part: Part, yaw: Float, pitch: Float, at: Float, scale: Float) -> Part:
    """Copies of a part aimed, set down and sized one by one, each with a roll and a tone of its own."""
    roll = rng.uniform(-0.35, 0.35, len(yaw))
    return copies(part, rotations(yaw, pitch, roll), at, scale, rng.uniform(0, 1, len(yaw)))


def spiral(rng: Generator, count: int) -> Float:
    """Yaws of leaves that follow one another at the golden angle, as they do on most stems."""
    return np.asarray(np.arange(count) * GOLDEN_RAD + rng.uniform(-0.3, 0.3, count) + rng.uniform(0, 6.28))


def frond_of(pairs: int, wide: float, droop: float, slim: float, sweep: float) -> Part:
    """A feathered leaf of length 1 along +x: a rib and pairs of slim leaflets."""
    along = np.linspace(0.16, 0.985, pairs)
    bend = droop * along
    # The rib is an arc that spins down by `droop` in all.
    at = np.stack([np.sin(bend) / droop, np.zeros(pairs), (np.cos(bend) - 1) / droop], axis=1)
    long = wide * np.sin(np.pi * (0.12 + 0.82 * along) ** 0.9) ** 0.7
    leaflet = loft(
        "leaf",
        np.array(
            [
                [(0.3, slim, 0.02), (0.3, 0.0, 0.06), (0.3, -slim, 0.02)],
                [(0.65, 0.8 * slim, -0.05), (0.65, 0.0, -0.02), (0.65, -0.8 * slim, -0.05)],
            ]
        ),
        start_m=(0, 0, 0),
        end_m=(1.0, 0, -0.22),
    )
    leaflet = replace(
        leaflet,
        attributes={"along": np.clip(leaflet.vertices_m[:, 0], 0, 1), "across": leaflet.vertices_m[:, 1] / slim},
    )
    sides = []
    for sign in (1.0, -1.0):
        yaw = sign * (sweep - 0.55 * along)
        spins = rotations(yaw, 0.12 - 0.5 * bend, 0.0)
        sides.append(copies(leaflet, spins, at, long))
    arc = droop * np.linspace(0, 1, 7)
    rib = rod(
        "leaf",
        np.stack([np.sin(arc) / droop, 0 * arc, (np.cos(arc) - 1) / droop], axis=1),
        0.007 * np.linspace(1.2, 0.3, 7),
        4,
        up=(0, 1, 0),
    )
    rib = replace(rib, attributes={"along": rib.vertices_m[:, 0] * 0, "across": rib.vertices_m[:, 0] * 0})
    pieces = [rib, *sides]
    starts = np.cumsum([0, *(len(p.vertices_m) for p in pieces)])
    faces = np.concatenate([p.faces + start for p, start in zip(pieces, starts, strict=False)]).astype(np.int32)
    attributes = {name: np.concatenate([p.attributes[name] for p in pieces]) for name in ("along", "across")}
    return Part(
        slot="leaf", vertices_m=np.concatenate([p.vertices_m for p in pieces]), faces=faces, attributes=attributes
    )
