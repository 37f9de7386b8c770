"""Leaves to be scattered by the thousand: open sheets of a few triangles."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from synthvis.geometry import rotation_about
from synthvis.objects.mesh.mesh import Mesh
from synthvis.objects.mesh.meshes import Part, merge
from synthvis.objects.plants.foliage import GOLDEN_RAD

__all__ = ["rosette"]

Float = NDArray[np.float64]
ROWS = 4
PETIOLE = 0.3
"""Length of the stalk of a leaf, in lengths of its blade."""


def rosette(rng: Generator, count: int, length_m: float, width: float) -> Mesh:
    """Leaves about the z axis that start at the origin and open upwards; slot "leaf".

    Args:
        rng: Source of chance.
        count: Number of leaves.
        length_m: Length of a blade.
        width: Its width over its length.
    """
    parts = []
    for number in range(count):
        size = length_m * rng.uniform(0.75, 1.15)
        blade = _sheet(size, width * size, droop=rng.uniform(0.2, 1.1), fold=rng.uniform(0.05, 0.4))
        # From +x, its upper side up, to a slope about z; inner leaves stand steeper.
        slope = rotation_about((0, 1, 0), -rng.uniform(0.3, 1.2))
        roll = rotation_about((1, 0, 0), rng.normal() * 0.4)
        turn = rotation_about((0, 0, 1), number * GOLDEN_RAD + rng.uniform(-0.4, 0.4)) @ slope @ roll
        parts.append(replace(blade, vertices_m=blade.vertices_m @ turn.T))
    # The origin must stay where it is.
    return merge(parts, np.zeros((0, 3)), floor_m=0.0)


def _sheet(length_m: float, width_m: float, *, droop: float, fold: float) -> Part:
    """A petiole and a blade folded along its rib, along +x, its upper side to +z."""
    share = np.linspace(0, 1, ROWS)
    bend = droop * share
    x = np.concatenate([[0], np.cumsum(np.cos(bend[1:]))]) * length_m / (ROWS - 1) + PETIOLE * length_m
    z = -np.concatenate([[0], np.cumsum(np.sin(bend[1:]))]) * length_m / (ROWS - 1)
    half = np.maximum(width_m / 2 * np.sin(np.pi * (0.06 + 0.94 * share) ** 0.8) ** 0.7, 0.02 * width_m)
    across = np.array([-1.0, 0.0, 1.0])
    points = np.empty((ROWS + 1, 3, 3))
    points[0] = [(0, -0.02 * width_m, 0), (0, 0, 0), (0, 0.02 * width_m, 0)]
    points[1:, :, 0] = x[:, None]
    points[1:, :, 1] = half[:, None] * across
    points[1:, :, 2] = z[:, None] + fold * half[:, None] * np.abs(across)
    corner = np.arange(ROWS)[:, None] * 3 + np.arange(2)
    quads = [(corner, corner + 3, corner + 4), (corner, corner + 4, corner + 1)]
    faces = np.concatenate([np.stack([part.reshape(-1) for part in quad], axis=1) for quad in quads])
    attributes = {"along": np.repeat(np.append(0.0, share), 3), "across": np.tile(across, ROWS + 1)}
    return Part(slot="leaf", vertices_m=points.reshape(-1, 3), faces=faces.astype(np.int32), attributes=attributes)
