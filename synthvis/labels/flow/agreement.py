"""Whether flow agrees with depth and poses, and with the flow back: rules of the quality gate.

Depth maps are rounded, so the motion is computed of the depth as it is stored and of one a little greater; what both
say is held against the labels.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from numpy.typing import NDArray

from synthvis.labels.flow.around import FramesAround
from synthvis.labels.flow.flow_map import FlowMap
from synthvis.labels.flow.frame import FrameGeometry
from synthvis.labels.flow.motion import Motion, motion_between
from synthvis.labels.flow.pixels import MAX_FLOW_PX, STEPS_PER_PX

__all__ = ["flow_faults", "scene_flow_faults"]

Bool = NDArray[np.bool_]
Float = NDArray[np.float64]
Side = Callable[[FramesAround], FrameGeometry | None]

ROUNDING_M = 0.001
"""Of depth maps, and twice what it can be."""
TOLERANCE_PX = 1.5 / STEPS_PER_PX
"""Rounding of stored flow, half a step, and then some."""
TOLERANCE_M = 1e-4
"""Of scene flow: what single precision leaves of places 100 m away, and then some."""
LONG_PX = MAX_FLOW_PX - 1
"""Longer flow may be stored as none."""

DOUBTFUL_SHARE = 0.005
DOUBTFUL_PIXELS = 8
"""So many pixels may lie where the rounding of depth decides what hides what."""

BACK_PX, BACK_SHARE = 1.0, 0.05
"""There and back may end so far from the start: the way back is that of a pixel up to one and a half beside the point,
where an object that turns or comes nearer has another flow; more for long flow."""
LOST_SHARE = 0.02
"""So many matched pixels may come back elsewhere: those of things thinner than a pixel."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Expected:
    """What depth and poses say, and what a little more depth would change.

    Attributes:
        motion: Of the stored depth.
        farther: Of slightly greater depth.
    """

    motion: Motion
    farther: Motion

    @classmethod
    def of(cls, here: FrameGeometry, there: FrameGeometry) -> Self:
        farther = replace(here, depth_m=here.depth_m + np.float32(ROUNDING_M))
        return cls(motion=motion_between(here, there), farther=motion_between(farther, there))

    @property
    def is_valid(self) -> Bool:
        """Whatever the rounding."""
        return self.motion.flow.is_valid & self.farther.flow.is_valid

    @property
    def doubt_px(self) -> Float:
        """(H, W) how far flow may be off."""
        change = self.farther.flow.flow_xy_px.astype(np.float64) - self.motion.flow.flow_xy_px
        return np.asarray(np.abs(change).max(axis=2) + TOLERANCE_PX)


def flow_faults(side: Side, flow: FlowMap, around: FramesAround) -> Iterator[str]:
    """What contradicts depth and poses of two frames.

    Args:
        side: Names the other frame.
        flow: The label.
        around: The frames, with their stored depth.
    """
    other = side(around)
    if other is None:
        if flow.is_valid.any():
            yield f"{int(flow.is_valid.sum())} pixels have flow to a frame that is not there"
        return
    expected = _Expected.of(around.here, other)
    yield from _place_faults(flow, expected, around.here)
    yield from _occlusion_faults(flow, expected)
    yield from _way_back_faults(flow, around.here, other)


def _place_faults(flow: FlowMap, expected: _Expected, here: FrameGeometry) -> Iterator[str]:
    miss_px = np.abs(flow.flow_xy_px - expected.motion.flow.flow_xy_px).max(axis=2)
    compared = flow.is_valid & expected.is_valid
    off = _counted(compared & (miss_px > expected.doubt_px), here)
    if off.any():
        yield (
            f"{int(off.sum())} pixels end elsewhere than depth and poses say, by up to {miss_px[off].max():.2f} pixels"
        )
    is_short = (np.abs(expected.motion.flow.flow_xy_px) < LONG_PX).all(axis=2)
    lacking = int((expected.is_valid & is_short & ~flow.is_valid).sum())
    if lacking:
        yield f"{lacking} pixels have depth and poses, and no flow"
    # Beyond the range of the depth map there is nothing to compare with.
    is_nowhere = np.isfinite(here.depth_m) & ~expected.motion.flow.is_valid & ~expected.farther.flow.is_valid
    stray = int((is_nowhere & flow.is_valid).sum())
    if stray:
        yield f"{stray} pixels have flow to where the other picture has no place"


def _counted(off: Bool, here: FrameGeometry) -> Bool:
    """Pixels that are off, but for few on surfaces that change: where two limbs touch, rounding decides whose it is."""
    is_changing = np.isin(here.instance_id, list(here.changing))
    few = DOUBTFUL_PIXELS + DOUBTFUL_SHARE * is_changing.sum()
    return off & ~is_changing if (off & is_changing).sum() <= few else off


def _occlusion_faults(flow: FlowMap, expected: _Expected) -> Iterator[str]:
    is_clear = expected.motion.flow.is_matched == expected.farther.flow.is_matched
    compared = flow.is_valid & expected.is_valid & is_clear
    wrong = int((compared & (flow.is_matched != expected.motion.flow.is_matched)).sum())
    if wrong > DOUBTFUL_PIXELS + DOUBTFUL_SHARE * compared.sum():
        yield f"{wrong} pixels are occluded and the other depth map says that they are seen, or the reverse"


def _way_back_faults(flow: FlowMap, here: FrameGeometry, there: FrameGeometry) -> Iterator[str]:
    """Follow the flow, and from a pixel about its end the motion back."""
    rows, columns = np.nonzero(flow.is_matched)
    there_px = flow.flow_xy_px[rows, columns]
    ends = np.stack([columns, rows], axis=1) + 0.5 + there_px
    miss_px = _nearest_miss_px(ends, there_px, motion_between(there, here).flow)
    lost = miss_px > BACK_PX + BACK_SHARE * np.abs(there_px).max(axis=1)
    if lost.sum() > DOUBTFUL_PIXELS + LOST_SHARE * len(rows):
        yield f"{int(lost.sum())} of {len(rows)} pixels that are seen again do not come back by the flow back"


def _nearest_miss_px(ends: Float, there_px: NDArray[np.float32], back: FlowMap) -> Float:
    """(N,) how far there and back ends from the start, by that of the nine pixels about each end that comes nearest.

    The pixel in which a point ends may show what is beside it: each shows one sample.
    """
    height, width = back.is_valid.shape
    least = np.full(len(ends), np.inf)
    for down in (-1, 0, 1):
        for right in (-1, 0, 1):
            rows = np.clip(np.floor(ends[:, 1]).astype(np.int64) + down, 0, height - 1)
            columns = np.clip(np.floor(ends[:, 0]).astype(np.int64) + right, 0, width - 1)
            miss = np.abs(there_px + back.flow_xy_px[rows, columns]).max(axis=1)
            least = np.where(back.is_valid[rows, columns], np.minimum(least, miss), least)
    return least


def scene_flow_faults(scene_flow_m: NDArray[np.float32], around: FramesAround) -> Iterator[str]:
    """What contradicts depth and poses; NaN is no scene flow."""
    is_some = np.isfinite(scene_flow_m).all(axis=2)
    if around.after is None:
        if is_some.any():
            yield f"{int(is_some.sum())} pixels have scene flow to a frame that is not there"
        return
    expected = _Expected.of(around.here, around.after)
    is_known = np.isfinite(around.here.depth_m)
    unequal = int((is_known & (is_some != expected.motion.has_scene_flow)).sum())
    if unequal:
        yield f"{unequal} pixels have scene flow and no depth or pose, or these and no scene flow"
    compared = is_some & expected.motion.has_scene_flow
    difference_m = np.abs(scene_flow_m - expected.motion.scene_flow_m)[compared]
    doubt_m = np.abs(expected.farther.scene_flow_m - expected.motion.scene_flow_m)[compared] + TOLERANCE_M
    is_off = np.zeros(compared.shape, dtype=np.bool_)
    is_off[compared] = (difference_m > doubt_m).any(axis=1)
    off = _counted(is_off, around.here)
    if off.any():
        most_m = difference_m[off[compared]].max()
        yield f"{int(off.sum())} pixels move otherwise than depth and poses say, by up to {most_m:.3f} m"
