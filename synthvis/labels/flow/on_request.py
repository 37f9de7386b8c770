"""The labels `flow`, `flow_backward` and `scene_flow` of films."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from operator import attrgetter

import numpy as np
from numpy.typing import NDArray

from synthvis.labels.drawing import ColorMap
from synthvis.labels.flow.agreement import flow_faults, scene_flow_faults
from synthvis.labels.flow.around import FramesAround
from synthvis.labels.flow.colors import flow_as_rgb
from synthvis.labels.flow.flow_map import FlowMap
from synthvis.labels.flow.frame import FrameGeometry
from synthvis.labels.flow.motion import Motion
from synthvis.labels.flow.pixels import OCCLUDED, STEPS_PER_PX, decode_flow_pixels, encode_flow_pixels
from synthvis.labels.label import Label, LabelInputs, LabelledImage, StoredLabel
from synthvis.labels.map_form import FLOAT_3, RGB_16

__all__ = ["FLOW", "FLOW_BACKWARD", "SCENE_FLOW"]

SceneFlow = NDArray[np.float32]

SHOWN_SHARE = 0.95
"""The drawing of scene flow tells lengths apart up to that of so many pixels."""


def _compute_flow(motion_of: Callable[[FramesAround], Motion | None], inputs: LabelInputs) -> FlowMap:
    motion = None if inputs.around is None else motion_of(inputs.around)
    return FlowMap.of_nothing(inputs.labels.image_hw) if motion is None else motion.flow


def _encode_flow(flow: FlowMap) -> StoredLabel:
    return StoredLabel(map=encode_flow_pixels(flow))


def _decode_flow(stored: StoredLabel) -> FlowMap:
    pixels = np.asarray(stored.map, dtype=np.uint16)
    if pixels[..., 2].max(initial=0) > OCCLUDED:
        raise ValueError(f"blue is {int(pixels[..., 2].max())} somewhere, which means nothing")
    return decode_flow_pixels(pixels, has_occlusion=True)


def _check_flow(flow: FlowMap, image: LabelledImage) -> Iterator[str]:
    height, width = image.image_hw
    columns, rows = np.meshgrid(np.arange(width) + 0.5, np.arange(height) + 0.5)
    x, y = columns + flow.flow_xy_px[..., 0], rows + flow.flow_xy_px[..., 1]
    step = 1 / STEPS_PER_PX
    has_left = (x < -step) | (y < -step) | (x > width + step) | (y > height + step)
    strays = int((has_left & flow.is_matched).sum())
    if strays:
        yield f"{strays} pixels leave the picture and are not marked as occluded"


def _draw_flow(flow: FlowMap, image: LabelledImage) -> ColorMap:
    if not flow.is_valid.any():
        return ColorMap(rgb=np.zeros((*image.image_hw, 3), dtype=np.uint8), caption="no other frame on this side")
    longest_px = float(np.hypot(flow.flow_xy_px[..., 0], flow.flow_xy_px[..., 1]).max())
    return ColorMap(
        rgb=flow_as_rgb(flow.flow_xy_px, flow.is_valid),
        caption=f"full colour: {longest_px:.1f} px",
    )


def _flow_label(
    name: str,
    title: str,
    explanation: str,
    motion_of: Callable[[FramesAround], Motion | None],
    other_of: Callable[[FramesAround], FrameGeometry | None],
) -> Label[FlowMap]:
    return Label(
        name=name,
        title=title,
        explanation=explanation,
        compute=partial(_compute_flow, motion_of),
        encode=_encode_flow,
        decode=_decode_flow,
        check=_check_flow,
        check_frames=partial(flow_faults, other_of),
        draw=_draw_flow,
        map_form=RGB_16,
        needs_film=True,
        # Of films with a camera in motion: flow changes from pixel to pixel.
        bytes_per_pixel=1.5,
    )


FLOW = _flow_label(
    "flow",
    "Optical flow",
    "Where the point that a pixel shows is in the next frame, in pixels, and whether it is seen there.",
    attrgetter("forward"),
    attrgetter("after"),
)
FLOW_BACKWARD = _flow_label(
    "flow_backward",
    "Optical flow backward",
    "Where the point that a pixel shows was in the frame before, in pixels, and whether it was seen there.",
    attrgetter("backward"),
    attrgetter("before"),
)


def _compute_scene_flow(inputs: LabelInputs) -> SceneFlow:
    motion = None if inputs.around is None else inputs.around.forward
    if motion is None:
        return np.full((*inputs.labels.image_hw, 3), np.nan, dtype=np.float32)
    return np.where(motion.has_scene_flow[..., None], motion.scene_flow_m, np.float32(np.nan))


def _encode_scene_flow(scene_flow_m: SceneFlow) -> StoredLabel:
    return StoredLabel(map=scene_flow_m)


def _decode_scene_flow(stored: StoredLabel) -> SceneFlow:
    return np.asarray(stored.map, dtype=np.float32)


def _check_scene_flow(scene_flow_m: SceneFlow, image: LabelledImage) -> Iterator[str]:
    is_some = np.isfinite(scene_flow_m)
    if np.any(is_some.any(axis=2) != is_some.all(axis=2)):
        yield "some pixels have scene flow along some axes only"


def _draw_scene_flow(scene_flow_m: SceneFlow, image: LabelledImage) -> ColorMap:
    """Along x, y and z as red, green and blue about grey."""
    is_some = np.isfinite(scene_flow_m).all(axis=2)
    # Far ground moves by metres where the camera turns, and would leave nothing of the rest.
    longest_m = float(np.quantile(np.abs(scene_flow_m[is_some]).max(axis=1), SHOWN_SHARE)) if is_some.any() else 0.0
    share = np.clip(np.where(is_some[..., None], scene_flow_m / (longest_m or 1.0), 0.0), -1, 1)
    rgb = np.where(is_some[..., None], np.rint(127.5 + 127.5 * share), 0).astype(np.uint8)
    return ColorMap(rgb=rgb, caption=f"x, y, z as RGB; full colour: {longest_m * 100:.1f} cm")


SCENE_FLOW = Label(
    name="scene_flow",
    title="Scene flow",
    explanation="How the point that a pixel shows moves until the next frame, in the frame of the camera, in metres.",
    compute=_compute_scene_flow,
    encode=_encode_scene_flow,
    decode=_decode_scene_flow,
    check=_check_scene_flow,
    check_frames=scene_flow_faults,
    draw=_draw_scene_flow,
    map_form=FLOAT_3,
    needs_film=True,
    bytes_per_pixel=12.0,
)
