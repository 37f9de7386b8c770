"""Where objects end in the image, and which side of such a boundary is in front."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from synthvis.labels.drawing import ColorMap
from synthvis.labels.label import Label, LabelInputs, LabelledImage, StoredLabel
from synthvis.labels.map_form import GREY_8

__all__ = ["BEHIND", "BOUNDARY", "INSIDE", "IN_FRONT", "LEVELS", "TOUCHING", "boundary_map"]

INSIDE, TOUCHING, BEHIND, IN_FRONT = 0, 85, 170, 255
"""Levels of a pixel: no boundary; an instance boundary without a step in depth; the farther and the nearer side (the
owner) of an occlusion boundary, which is an instance boundary with a step in depth."""

LEVELS = (INSIDE, TOUCHING, BEHIND, IN_FRONT)

STEP_M = 0.005
"""Smaller differences of depth are no step."""

SLOPES = 3.0
"""A step is more than this many times what the surfaces beside it change from pixel to pixel: two neighbouring samples,
jittered within their pixels, are up to two pixels apart, and the slope itself is measured with jitter."""

DEPTH_ROUNDING_M = 0.001
"""Of depth maps, against which stored boundaries are held."""

COLORS = {TOUCHING: (255, 225, 60), BEHIND: (60, 130, 255), IN_FRONT: (255, 60, 50)}

Float = NDArray[np.float64]
Ids = NDArray[np.uint16]
Levels = NDArray[np.uint8]

Part = tuple[slice, slice]
NEIGHBOURS: tuple[tuple[Part, Part], ...] = (
    (np.s_[:, :-1], np.s_[:, 1:]),
    (np.s_[:, 1:], np.s_[:, :-1]),
    (np.s_[:-1, :], np.s_[1:, :]),
    (np.s_[1:, :], np.s_[:-1, :]),
)
"""Parts of a map that lie beside each other: each pixel with its right, left, lower and upper neighbour."""


def boundary_map(instance_id: Ids, depth_m: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Boundaries between a pixel and its four neighbours; a pixel with several of them gets the highest level.

    Args:
        instance_id: (H, W) index pass; all ids count, distractors and the stage (0) too.
        depth_m: (H, W) along the optical axis, metres; inf where nothing was hit.

    Returns:
        (H, W) uint8, one of `LEVELS`.
    """
    levels = np.full(instance_id.shape, INSIDE, dtype=np.uint8)
    depth = depth_m.astype(np.float64)
    _mark_along_rows(instance_id, depth, levels)
    # Views, so what is marked in the transposed map is marked in the map.
    _mark_along_rows(instance_id.T, depth.T, levels.T)
    return levels


def _mark_along_rows(ids: Ids, depth: Float, levels: NDArray[np.uint8]) -> None:
    """Compare each pixel with its right neighbour and raise the levels of both."""
    left, right = np.s_[:, :-1], np.s_[:, 1:]
    differs = ids[left] != ids[right]
    is_seen = np.isfinite(depth[left]) | np.isfinite(depth[right])
    rise = np.subtract(depth[right], depth[left], out=np.zeros(differs.shape), where=differs & is_seen)
    slope = np.maximum(_slope_before(ids, depth)[left], _slope_before(ids[:, ::-1], depth[:, ::-1])[:, ::-1][right])
    is_step = differs & (np.abs(rise) > STEP_M + SLOPES * slope)
    for side, is_near in ((left, rise > 0), (right, rise < 0)):
        found = np.where(is_step, np.where(is_near, IN_FRONT, BEHIND), np.where(differs, TOUCHING, INSIDE))
        levels[side] = np.maximum(levels[side], found)


def _slope_before(ids: Ids, depth: Float) -> Float:
    """How much the depth changes a pixel in the two pixels left of each one, as far as they show the same object."""
    slope = np.zeros(depth.shape)
    for reach in (1, 2):
        own = ids[:, reach:] == ids[:, :-reach]
        if reach == 2:
            own &= ids[:, 1:-1] == ids[:, 2:]
        own &= np.isfinite(depth[:, reach:]) & np.isfinite(depth[:, :-reach])
        change = np.subtract(depth[:, reach:], depth[:, :-reach], out=np.zeros(own.shape), where=own)
        # Over two pixels where they are there: jitter counts for less.
        slope[:, reach:] = np.where(own, np.abs(change) / reach, slope[:, reach:])
    return slope


def _compute(inputs: LabelInputs) -> Levels:
    return boundary_map(inputs.passes.instance_id, inputs.passes.depth_m)


def _encode(levels: Levels) -> StoredLabel:
    return StoredLabel(map=levels)


def _decode(stored: StoredLabel) -> Levels:
    return np.asarray(stored.map, dtype=np.uint8)


def _check(levels: Levels, image: LabelledImage) -> Iterator[str]:
    if not np.isin(levels, LEVELS).all():
        yield f"the map holds other levels than {', '.join(map(str, LEVELS))}"
    ids, depth_m = image.instance_id, image.depth_m
    if ids.shape != levels.shape or depth_m.shape != levels.shape:
        return  # a finding of another rule
    differs, deeper, nearer = _neighbourhood(ids, depth_m.astype(np.float64))
    if np.any((levels != INSIDE) != differs):
        yield f"{int(((levels != INSIDE) != differs).sum())} pixels contradict the instance map"
    for level, has_step, side in ((IN_FRONT, deeper, "behind"), (BEHIND, nearer, "in front of")):
        lonely = (levels == level) & ~has_step
        if lonely.any():
            yield f"{int(lonely.sum())} pixels at level {level} have nobody {side} them in the depth map"


def _neighbourhood(ids: Ids, depth_m: Float) -> tuple[NDArray[np.bool_], ...]:
    """Pixels that have a neighbour of another object, such a one a step deeper, and such a one a step nearer."""
    differs, deeper, nearer = (np.zeros(ids.shape, dtype=np.bool_) for _ in range(3))
    step_m = STEP_M - DEPTH_ROUNDING_M
    for here, there in NEIGHBOURS:
        other = ids[here] != ids[there]
        differs[here] |= other
        deeper[here] |= other & (depth_m[there] > depth_m[here] + step_m)
        nearer[here] |= other & (depth_m[there] < depth_m[here] - step_m)
    return differs, deeper, nearer


def _draw(levels: Levels, image: LabelledImage) -> ColorMap:
    rgb = np.zeros((*levels.shape, 3), dtype=np.uint8)
    for level, color in COLORS.items():
        rgb[levels == level] = color
    caption = "red in front, blue behind, yellow touching"
    return ColorMap(rgb=rgb, where=np.isin(levels, list(COLORS)), caption=caption)


BOUNDARY = Label(
    name="boundary",
    title="Instance and occlusion boundaries",
    explanation="Where objects end in the picture, and which side of such a boundary is in front.",
    compute=_compute,
    encode=_encode,
    decode=_decode,
    check=_check,
    draw=_draw,
    map_form=GREY_8,
)
