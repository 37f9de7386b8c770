"""Reads what one Cycles render left in its multilayer EXR."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike, NDArray

from synthvis.errors import RenderError
from synthvis.labels.passes import Passes

__all__ = ["read_passes"]

NOTHING_HIT_M = 1e9
"""Cycles writes 1e10 as the depth of the sky."""

Channels = Mapping[str, NDArray[np.float32]]


def read_passes(exr_path: Path, world_from_cam: ArrayLike) -> Passes:
    """The arrays of one render, in the conventions of the project.

    Cycles' depth runs along the optical axis already. Depth and instance id come from the first sample of each pixel;
    normals are averaged over its samples and made unit length again.

    Args:
        exr_path: File that `BlenderSession.render` wrote.
        world_from_cam: (4, 4) rigid transform of the OpenCV camera, to turn world normals into camera normals.

    Raises:
        RenderError: The file cannot be read, or a pass is not in it.
    """
    channels = _read_channels(exr_path)
    rgb = _stack(channels, exr_path, "Combined", ("R", "G", "B"))
    depth_m = _single(channels, exr_path, ("Depth",))
    normal_world = _stack(channels, exr_path, "Normal", ("X", "Y", "Z"))
    index = _single(channels, exr_path, ("IndexOB", "Object Index"))
    is_hit = depth_m < NOTHING_HIT_M
    return Passes(
        rgb=rgb,
        depth_m=np.where(is_hit, depth_m, np.float32(np.inf)),
        normal_cam=_camera_normals(normal_world, np.asarray(world_from_cam, dtype=np.float64), is_hit),
        instance_id=np.rint(index).astype(np.uint16),
    )


def _read_channels(exr_path: Path) -> dict[str, NDArray[np.float32]]:
    """Every channel by "Pass.Channel", from every part: bpy 4.5 writes one part, bpy 5 one a pass."""
    import OpenEXR

    try:
        with OpenEXR.File(str(exr_path), separate_channels=True) as file:
            parts = [
                (part.name(), {name: channel.pixels for name, channel in part.channels.items()}) for part in file.parts
            ]
    except (RuntimeError, OSError, TypeError, ValueError) as error:
        raise RenderError(f"{exr_path}: cannot be read as EXR: {error}", hint="render the image again") from error
    return {_pass_name(part, name): pixels for part, found in parts for name, pixels in found.items()}


def _pass_name(part: str, channel: str) -> str:
    """The last two words of "ViewLayer.Depth.Z", whether they stand in the channel or partly in the part's name."""
    words = [*part.split("."), *channel.split(".")] if channel.count(".") < 1 else channel.split(".")
    return ".".join(words[-2:])


def _channel(channels: Channels, exr_path: Path, name: str) -> NDArray[np.float32]:
    if name not in channels:
        raise RenderError(f"{exr_path}: no {name} in the render (it holds {', '.join(sorted(channels))})")
    return channels[name]


def _stack(channels: Channels, exr_path: Path, name: str, letters: tuple[str, ...]) -> NDArray[np.float32]:
    arrays = [_channel(channels, exr_path, f"{name}.{letter}") for letter in letters]
    return np.stack(arrays, axis=-1).astype(np.float32, copy=False)


def _single(channels: Channels, exr_path: Path, names: tuple[str, ...]) -> NDArray[np.float32]:
    """A pass of one channel, by any of its names (bpy 5 renamed some) and whatever its channel's letter."""
    for name in names:
        for letter in ("Z", "X", "V", "Y"):
            if f"{name}.{letter}" in channels:
                return channels[f"{name}.{letter}"].astype(np.float32, copy=False)
    return _channel(channels, exr_path, f"{names[0]}.X")


def _camera_normals(
    normal_world: NDArray[np.float32], world_from_cam: NDArray[np.float64], is_hit: NDArray[np.bool_]
) -> NDArray[np.float32]:
    turned = normal_world @ world_from_cam[:3, :3].astype(np.float32)
    length = np.sqrt(np.einsum("hwc,hwc->hw", turned, turned))
    scale = np.where(is_hit & (length > 1e-6), 1 / np.maximum(length, 1e-6), 0).astype(np.float32)
    normals: NDArray[np.float32] = turned * scale[..., None]
    return normals
