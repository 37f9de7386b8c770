"""Which object hides which, read off the index pass and the silhouettes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from synthvis.camera.enclosing import enclosing_pinhole, pinhole_pixels
from synthvis.camera.projector import projector_of
from synthvis.camera.spec import CameraSpec
from synthvis.geometry import transform_points
from synthvis.labels.silhouette import wholly_covered_pixels
from synthvis.objects.mesh.mesh import Mesh

__all__ = ["Occlusion", "occlusion_order", "wholly_covered"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Occlusion:
    """One object that hides part of another, by instance ids.

    Attributes:
        occluder: The one in front, which may be an unlabelled distractor.
        occluded: The one behind: labelled, and with visible pixels of its own.
        pixels: Pixels that show the occluder and lie wholly inside the silhouette of the occluded.
    """

    occluder: int
    occluded: int
    pixels: int


def wholly_covered(
    camera: CameraSpec, meshes: Mapping[int, Mesh], poses: Mapping[int, NDArray[np.float64]]
) -> dict[int, NDArray[np.bool_]]:
    """Pixels whose sample was within the silhouette of an object, wherever in its pixel it was taken.

    A distorted picture shows samples of pixels of a pinhole picture, so these are asked.

    Args:
        camera: With or without distortion.
        meshes: Meshes by instance id, at least those of `poses`.
        poses: `cam_from_object`, (4, 4), of each object wanted.

    Returns:
        (H, W) bool for each object wanted.
    """
    pinhole = enclosing_pinhole(camera)
    covered = {
        i: wholly_covered_pixels(transform_points(pose, meshes[i].vertices_m), meshes[i].faces, projector_of(pinhole))
        for i, pose in poses.items()
    }
    if pinhole is camera or not covered:
        return covered
    shown = pinhole_pixels(camera, pinhole)
    return {i: mask[shown] for i, mask in covered.items()}


def occlusion_order(instance_id: NDArray[np.uint16], covered: Mapping[int, NDArray[np.bool_]]) -> tuple[Occlusion, ...]:
    """Pairs of objects of which one hides part of the other.

    Where an object covers all of a pixel and the render met another one there, that other one is nearer: Cycles
    reports what a ray meets first, glass included. Pixels that an object covers in part say nothing, as the render's
    jittered sample may have passed it by; so no pair owes itself to the jitter.

    Args:
        instance_id: (H, W) index pass.
        covered: (H, W) bool for each object that may be hidden, by instance id: what `wholly_covered` says.

    Returns:
        Pairs by occluded and occluder. The stage has no id and hides nobody.
    """
    pairs = []
    for occluded, pixels in sorted(covered.items()):
        counts = np.bincount(instance_id[pixels])
        pairs += [
            Occlusion(occluder=int(occluder), occluded=occluded, pixels=int(counts[occluder]))
            for occluder in np.flatnonzero(counts)
            if occluder not in (0, occluded)
        ]
    return tuple(pairs)
