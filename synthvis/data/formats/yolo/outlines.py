"""Masks as one closed outline, which is what a row of YOLO can hold, and back.

Vertices are the centres of the pixels at the edge, so that tools that cut coordinates to whole pixels and fill them
(`cv2.fillPoly`) get the mask again. Parts of a mask and its holes are joined by bridges: two edges there and back.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["mask_of_outline", "outline_of_mask"]

Points = NDArray[np.int32]
"""(N, 2) x, y of pixels."""

MIN_VERTICES = 3
MAX_DISTANCES = 1_000_000
"""Of one step: two outlines of a large picture have 10^9 pairs of vertices."""

TOUCHING = 2
"""Squared length of the longest step between neighbours: longer edges that are gone there and back are bridges."""


def outline_of_mask(mask: NDArray[np.bool_]) -> NDArray[np.float64]:
    """(N, 2) x, y in pixels of one closed outline of an (H, W) mask; (0, 2) of an empty one."""
    import cv2

    canvas = mask.astype(np.uint8)
    # Fewer vertices, where they say the same: one-pixel lines look like bridges when their vertices are far apart.
    for chain in (cv2.CHAIN_APPROX_SIMPLE, cv2.CHAIN_APPROX_NONE):
        contours, _ = cv2.findContours(canvas, cv2.RETR_CCOMP, chain)
        if not contours:
            return np.zeros((0, 2))
        ring = _joined([contour.reshape(-1, 2).astype(np.int32) for contour in contours])
        while len(ring) < MIN_VERTICES:
            ring = np.concatenate([ring, ring[-1:]])
        if np.array_equal(_filled(ring, mask.shape), mask):
            break
    return ring + 0.5


def mask_of_outline(outline_px: NDArray[np.float64], image_hw: tuple[int, int]) -> NDArray[np.bool_]:
    """(H, W) mask that an outline, (N, 2) x, y in pixels, stands for; what lies outside the picture is cut off."""
    # Far beyond any picture, so that they can be whole numbers.
    bounded = np.clip(np.nan_to_num(outline_px), -(2**20), 2**20)
    return _filled(np.floor(bounded).astype(np.int32), image_hw)


@dataclass(slots=True)
class _Bridge:
    """The shortest way from a contour to those that are joined already."""

    squared: int
    parent: int
    parent_vertex: int
    own_vertex: int


def _joined(contours: Sequence[Points]) -> Points:
    """One ring through all contours: a tree of shortest bridges (Prim's algorithm), walked around once."""
    longest = max(range(len(contours)), key=lambda index: len(contours[index]))
    children: dict[int, list[tuple[int, _Bridge]]] = {}
    rest = {index: _bridge(contours, longest, index) for index in range(len(contours)) if index != longest}
    while rest:
        chosen = min(rest, key=lambda index: rest[index].squared)
        bridge = rest.pop(chosen)
        children.setdefault(bridge.parent, []).append((chosen, bridge))
        for index, known in rest.items():
            other = _bridge(contours, chosen, index)
            if other.squared < known.squared:
                rest[index] = other
    return np.array(_walked(contours, longest, children), dtype=np.int32)


def _bridge(contours: Sequence[Points], parent: int, own: int) -> _Bridge:
    ring, other = contours[parent].astype(np.int64), contours[own].astype(np.int64)
    rows = max(1, MAX_DISTANCES // len(other))
    best = _Bridge(squared=np.iinfo(np.int64).max, parent=parent, parent_vertex=0, own_vertex=0)
    for start in range(0, len(ring), rows):
        squared = ((ring[start : start + rows, None] - other[None]) ** 2).sum(axis=2)
        at = int(squared.argmin())
        if int(squared.flat[at]) < best.squared:
            here, there = divmod(at, len(other))
            best = _Bridge(squared=int(squared.flat[at]), parent=parent, parent_vertex=start + here, own_vertex=there)
    return best


def _walked(
    contours: Sequence[Points], root: int, children: Mapping[int, Sequence[tuple[int, _Bridge]]]
) -> list[Points]:
    """Vertices of the ring; a stack, as hundreds of parts would be too deep for calls."""
    ring: list[Points] = []
    waiting: list[Points | tuple[int, int]] = [(root, 0)]
    while waiting:
        task = waiting.pop()
        if not isinstance(task, tuple):
            ring.append(task)
            continue
        contour, start = task
        by_vertex: dict[int, list[tuple[int, _Bridge]]] = {}
        for child, bridge in children.get(contour, ()):
            by_vertex.setdefault(bridge.parent_vertex, []).append((child, bridge))
        points, around = contours[contour], range(len(contours[contour]))
        order = [(start + step) % len(points) for step in around] + ([start] if contour != root else [])
        todo: list[Points | tuple[int, int]] = []
        for position, vertex in enumerate(order):
            todo.append(points[vertex])
            if position == 0 or vertex != start:
                for child, bridge in by_vertex.get(vertex, ()):
                    todo += [(child, bridge.own_vertex), points[vertex]]
        waiting += reversed(todo)
    return ring


def _filled(ring: Points, image_hw: Sequence[int]) -> NDArray[np.bool_]:
    import cv2

    canvas = np.zeros((image_hw[0], image_hw[1]), np.uint8)
    loops = [np.ascontiguousarray(loop, np.int32) for loop in _without_bridges(ring)]
    cv2.fillPoly(canvas, loops, (1,))
    return canvas.astype(np.bool_)


def _without_bridges(ring: Points) -> list[Points]:
    """The closed loops of a ring, cut at the edges that it goes there and back."""
    following = np.roll(ring, -1, axis=0)
    long = ((following - ring).astype(np.int64) ** 2).sum(axis=1) > TOUCHING
    edges = {(*ring[index], *following[index]): index for index in np.flatnonzero(long).tolist()}
    pairs = {index: edges.get((*key[2:], *key[:2])) for key, index in edges.items()}
    cuts = sorted(index for index, other in pairs.items() if other is not None)
    if not cuts:
        return [ring]
    partner = {index: other for index, other in pairs.items() if other is not None}
    loops: list[list[int]] = []
    open_loops: list[list[int]] = [[]]
    met: set[int] = set()
    for index in range(len(ring)):
        open_loops[-1].append(index)
        if index not in partner:
            continue
        if partner[index] in met and len(open_loops) > 1:
            loops.append(open_loops.pop())
        else:
            met.add(index)
            open_loops.append([])
    loops += open_loops
    return [ring[indices] for indices in loops if indices]
