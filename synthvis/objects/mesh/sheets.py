"""Smooth profiles through few knots, thin slabs for blades and bowls, and many copies of one small part."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from synthvis.objects.mesh.meshes import Part, loft

__all__ = ["copies", "slab", "smooth_interp", "spread_turns"]

Float = NDArray[np.float64]


def smooth_interp(at: ArrayLike, knots: ArrayLike, values: ArrayLike) -> Float:
    """Cubic through the knots that never overshoots them: slopes are harmonic means (Fritsch and Butland, 1984).

    Args:
        at: Where to evaluate; held constant outside the knots.
        knots: (K,) ascending, at least two.
        values: (K,) at the knots.
    """
    x, y = np.asarray(knots, dtype=np.float64), np.asarray(values, dtype=np.float64)
    step = np.diff(x)
    rise = np.diff(y) / step
    product = rise[:-1] * rise[1:]
    together = np.where(product > 0, rise[:-1] + rise[1:], 1.0)
    inner = np.where(product > 0, 2 * product / together, 0.0)
    slope = np.concatenate([rise[:1], inner, rise[-1:]])
    where = np.clip(np.asarray(at, dtype=np.float64), x[0], x[-1])
    cell = np.clip(np.searchsorted(x, where, side="right") - 1, 0, len(step) - 1)
    t, h = (where - x[cell]) / step[cell], step[cell]
    found: Float = (
        y[cell] * (1 + 2 * t) * (1 - t) ** 2
        + y[cell + 1] * t * t * (3 - 2 * t)
        + h * t * (1 - t) * (slope[cell] * (1 - t) - slope[cell + 1] * t)
    )
    return found


def slab(slot: str, middle_m: Float, thickness_m: ArrayLike) -> Part:
    """Closed sheet of some thickness around a middle surface.

    Args:
        slot: Name of the surface.
        middle_m: (N, M, 3) points; rows advance along +x, columns run from +y to -y.
        thickness_m: (N, M) or less, along z; keep it above 0 at the edges.
    """
    half = np.broadcast_to(np.asarray(thickness_m, dtype=np.float64) / 2, middle_m.shape[:2])
    up = np.stack([np.zeros_like(half), np.zeros_like(half), half], axis=2)
    return loft(slot, np.concatenate([middle_m + up, (middle_m - up)[:, ::-1]], axis=1))


def copies(part: Part, rotations: Float, offsets_m: Float, **attributes: Float) -> Part:
    """Many turned, scaled and shifted copies of one part.

    Args:
        part: What to copy.
        rotations: (K, 3, 3), may hold a scale.
        offsets_m: (K, 3).
        attributes: (K,) values, each constant over a copy.
    """
    count, size = len(offsets_m), len(part.vertices_m)
    vertices = np.einsum("kij,vj->kvi", rotations, part.vertices_m) + offsets_m[:, None]
    faces = part.faces[None] + (np.arange(count) * size)[:, None, None]
    held = {name: np.tile(values, count) for name, values in part.attributes.items()}
    held |= {name: np.repeat(np.asarray(values, dtype=np.float64), size) for name, values in attributes.items()}
    return replace(
        part, vertices_m=vertices.reshape(-1, 3), faces=faces.reshape(-1, 3).astype(np.int32), attributes=held
    )


def spread_turns(forward: Float, roll_rad: ArrayLike) -> Float:
    """(K, 3, 3) rotations that take +z to each direction of `forward` (K, 3), after a roll about z."""
    ahead = forward / np.linalg.norm(forward, axis=1, keepdims=True)
    helper = np.where(np.abs(ahead[:, 2:]) > 0.9, np.array([1.0, 0.0, 0.0]), np.array([0.0, 0.0, 1.0]))
    side = np.cross(helper, ahead)
    side /= np.linalg.norm(side, axis=1, keepdims=True)
    over = np.cross(ahead, side)
    roll = np.broadcast_to(np.asarray(roll_rad, dtype=np.float64), len(ahead))[:, None]
    first, second = side * np.cos(roll) + over * np.sin(roll), over * np.cos(roll) - side * np.sin(roll)
    return np.stack([first, second, ahead], axis=2)
