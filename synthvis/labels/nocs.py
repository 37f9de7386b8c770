"""Normalised object coordinates (Wang et al., CVPR 2019): where in its object's box the point lies that a pixel shows.

The box is that of `synthvis.labels.box3d`, along the object's own axes. Its centre is at (0.5, 0.5, 0.5) and its space
diagonal has length 1, so shapes keep their proportions and every object fits into the unit cube.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from synthvis.camera.pinhole import pixels_of, project
from synthvis.camera.projector import Projector
from synthvis.geometry import invert_rigid, transform_points
from synthvis.labels.box3d import LENGTH_DECIMALS, Box3D, boxes_of
from synthvis.labels.drawing import ColorMap
from synthvis.labels.label import Label, LabelInputs, LabelledImage, LabelledObject, StoredLabel, numbers, rounded
from synthvis.labels.map_form import RGB_16

__all__ = ["NOCS", "Nocs", "UnitCube", "back_projected", "decode_nocs", "encode_nocs", "nocs_map", "points_of_nocs"]

Float = NDArray[np.float64]

STEPS = 65535
"""From one side of the unit cube to the other. No surface is at its corner (0, 0, 0), as a box has its diagonal for a
length, so black stays free to say "nothing"."""

TOLERANCE_PX = 1.0
TOLERANCE_M = 0.001
"""Rounding of the depth map, and then some."""
DISTORTED_TOLERANCE = 2.0
"""Times that with distortion: the sample is not only anywhere in a pixel of the render, but so is the centre
of the pixel that shows it."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class UnitCube:
    """What takes the coordinates of one object back to metres.

    Attributes:
        centre_m: (3,) float64, centre of the object's box, object frame.
        diagonal_m: Length of its space diagonal.
    """

    centre_m: Float
    diagonal_m: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Nocs:
    """Normalised coordinates of the labelled objects of one image.

    Attributes:
        normalised: (H, W, 3) float64 in 0..1, 0 for pixels of no labelled object.
        cubes: By instance id.
    """

    normalised: Float
    cubes: Mapping[int, UnitCube]


def nocs_map(
    depth_m: NDArray[np.float32],
    instance_id: NDArray[np.uint16],
    projector: Projector,
    poses: Mapping[int, Float],
    boxes: Mapping[int, Box3D],
) -> Float:
    """Normalised coordinates of every pixel of some objects.

    The point is the one on the ray through the pixel's centre at the depth that the render met in this pixel. So it
    projects to the pixel's centre, and lies off the surface by what the depth changes within half a pixel, or, with
    distortion, within a pixel of the render; where that takes it out of the unit cube, it is put back to its side.

    Args:
        depth_m: (H, W) along the optical axis, metres.
        instance_id: (H, W) index pass.
        projector: Of the image.
        poses: `cam_from_object`, (4, 4), of each object wanted, by instance id.
        boxes: Box of each of these.

    Returns:
        (H, W, 3) float64 in 0..1; 0 for pixels of no such object.
    """
    normalised = np.zeros((*instance_id.shape, 3))
    for wanted_id, cam_from_object in poses.items():
        rows, columns = np.nonzero((instance_id == wanted_id) & np.isfinite(depth_m))
        points_cam_m = back_projected(rows, columns, depth_m[rows, columns].astype(np.float64), projector)
        points_m = transform_points(invert_rigid(cam_from_object), points_cam_m)
        box = boxes[wanted_id]
        normalised[rows, columns] = np.clip((points_m - box.centre_m) / box.diagonal_m + 0.5, 0.0, 1.0)
    return normalised


def back_projected(rows: NDArray[np.int64], columns: NDArray[np.int64], depth_m: Float, projector: Projector) -> Float:
    """(N, 3) camera-frame points in metres, on the rays through pixel centres at (N,) depths along the optical axis."""
    return projector.rays(np.stack([columns + 0.5, rows + 0.5], axis=1)) * depth_m[:, None]


def points_of_nocs(normalised: Float, centre_m: Float, diagonal_m: float) -> Float:
    """Object-frame points in metres of normalised coordinates: the inverse of the map."""
    points: Float = (normalised - 0.5) * diagonal_m + centre_m
    return points


def encode_nocs(normalised: Float) -> NDArray[np.uint16]:
    """(H, W, 3) float64 in 0..1 -> uint16 RGB; 0 stays 0."""
    pixels: NDArray[np.uint16] = np.rint(np.clip(normalised, 0, 1) * STEPS).astype(np.uint16)
    return pixels


def decode_nocs(pixels: NDArray[np.uint16]) -> Float:
    """(H, W, 3) uint16 RGB -> float64 in 0..1."""
    return pixels.astype(np.float64) / STEPS


def _compute(inputs: LabelInputs) -> Nocs:
    passes, boxes = inputs.passes, boxes_of(inputs)
    return Nocs(
        normalised=nocs_map(passes.depth_m, passes.instance_id, inputs.projector, inputs.poses, boxes),
        cubes={i: UnitCube(centre_m=box.centre_m, diagonal_m=box.diagonal_m) for i, box in boxes.items()},
    )


def _encode(nocs: Nocs) -> StoredLabel:
    facts = {
        i: {
            "centre_m": rounded(cube.centre_m, LENGTH_DECIMALS),
            "diagonal_m": round(cube.diagonal_m, LENGTH_DECIMALS),
        }
        for i, cube in nocs.cubes.items()
    }
    return StoredLabel(map=encode_nocs(nocs.normalised), object_facts=facts)


def _decode(stored: StoredLabel) -> Nocs:
    return Nocs(
        normalised=decode_nocs(np.asarray(stored.map, dtype=np.uint16)),
        cubes={i: _cube(facts) for i, facts in stored.object_facts.items()},
    )


def _cube(facts: Any) -> UnitCube:
    return UnitCube(centre_m=numbers(facts["centre_m"], (3,)), diagonal_m=float(facts["diagonal_m"]))


def _check(nocs: Nocs, image: LabelledImage) -> Iterator[str]:
    masks = [item.mask for item in image.objects if item.mask is not None]
    is_object = np.any(nocs.normalised > 0, axis=2)
    is_labelled = np.any([*masks, np.zeros(image.image_hw, dtype=np.bool_)], axis=0)
    if np.any(is_object != is_labelled):
        yield f"{int((is_object != is_labelled).sum())} pixels have coordinates and no mask, or a mask and none"
    for item in image.objects:
        if item.mask is not None:
            yield from _check_object(nocs, image, item, item.mask & is_object)


def _check_object(nocs: Nocs, image: LabelledImage, item: LabelledObject, pixels: NDArray[np.bool_]) -> Iterator[str]:
    projector, cube = image.projector, nocs.cubes[item.instance_id]
    K, tolerance = projector.K, 1.0 if projector.distortion is None else DISTORTED_TOLERANCE
    rows, columns = np.nonzero(pixels)
    points_m = points_of_nocs(nocs.normalised[rows, columns], cube.centre_m, cube.diagonal_m)
    points_cam_m = transform_points(item.cam_from_object, points_m)
    directions = projector.directions(np.stack([columns + 0.5, rows + 0.5], axis=1))
    # Compared without distortion: there a pixel of the render has one size everywhere.
    miss_px = np.abs(project(points_cam_m, K) - pixels_of(directions, K))
    if not np.all(miss_px <= tolerance * TOLERANCE_PX):
        yield f"{item.name}: points miss their pixels by {np.max(miss_px):.1f} pixels"
    z, depth_m = points_cam_m[:, 2], image.depth_m[rows, columns]
    # Beyond what the depth map holds it has no depth to compare with.
    miss_m = np.where(np.isfinite(depth_m), np.abs(z - depth_m), 0.0)
    if not np.all(miss_m <= TOLERANCE_M + tolerance * z / K[0, 0]):
        yield f"{item.name}: points are up to {miss_m.max():.3f} m off the depth map"


def _draw(nocs: Nocs, image: LabelledImage) -> ColorMap:
    return ColorMap(rgb=np.rint(nocs.normalised * 255).astype(np.uint8))


NOCS = Label(
    name="nocs",
    title="Normalised object coordinates",
    explanation="Where in the box of its object the point lies that a pixel shows (Wang et al., CVPR 2019).",
    compute=_compute,
    encode=_encode,
    decode=_decode,
    check=_check,
    draw=_draw,
    map_form=RGB_16,
    has_object_facts=True,
    # Of desks with a sixth of the picture labelled.
    bytes_per_pixel=0.6,
)
