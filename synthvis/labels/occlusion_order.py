"""Which object hides which, read off the index pass and the silhouettes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from synthvis.camera.enclosing import enclosing_pinhole, pinhole_pixels
from synthvis.camera.projector import projector_of
from synthvis.camera.spec import CameraSpec
from synthvis.geometry import transform_points
from synthvis.labels.drawing import Arrow, Arrows
from synthvis.labels.label import Label, LabelInputs, LabelledImage, StoredLabel
from synthvis.labels.pose import cam_from_object
from synthvis.labels.silhouette import wholly_covered_pixels
from synthvis.objects.mesh.mesh import Mesh
from synthvis.scene.spec import SceneSpec

__all__ = ["OCCLUSION_ORDER", "Occlusion", "occlusion_order", "wholly_covered"]


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


def _compute(inputs: LabelInputs) -> tuple[Occlusion, ...]:
    # Most objects are seen whole, and nothing need be asked about them.
    part_seen = [label for label in inputs.labels.instances if np.any(label.amodal_mask & ~label.mask)]
    poses = {label.instance_id: label.cam_from_object for label in part_seen}
    return occlusion_order(inputs.passes.instance_id, wholly_covered(inputs.spec.camera, inputs.meshes, poses))


def _encode(pairs: Sequence[Occlusion]) -> StoredLabel:
    facts = [{"occluder": p.occluder, "occluded": p.occluded, "pixels": p.pixels} for p in pairs]
    return StoredLabel(image_facts=facts)


def _decode(stored: StoredLabel) -> tuple[Occlusion, ...]:
    pairs: Any = stored.image_facts
    return tuple(
        Occlusion(occluder=int(p["occluder"]), occluded=int(p["occluded"]), pixels=int(p["pixels"])) for p in pairs
    )


def _check(pairs: Sequence[Occlusion], image: LabelledImage) -> Iterator[str]:
    ids, silhouettes = image.instance_id, {item.instance_id: item.amodal_mask for item in image.objects}
    seen = set()
    for pair in pairs:
        key = (pair.occluder, pair.occluded)
        if pair.occluded not in silhouettes or pair.occluder == pair.occluded or key in seen:
            yield f"{_name(key)}: not a pair of two objects of which the second is annotated, named once"
            continue
        seen.add(key)
        room = int(np.count_nonzero((ids == pair.occluder) & silhouettes[pair.occluded]))
        if not 1 <= pair.pixels <= room:
            yield f"{_name(key)}: {pair.pixels} pixels stated, {room} show it within the other's silhouette"


def _check_scene(
    pairs: Sequence[Occlusion], image: LabelledImage, spec: SceneSpec, meshes: Mapping[int, Mesh]
) -> Iterator[str]:
    poses = {
        item.instance_id: cam_from_object(spec.camera, item) for item in spec.objects if item.instance_id in meshes
    }
    truth = _pixels_by_pair(occlusion_order(image.instance_id, wholly_covered(spec.camera, meshes, poses)))
    stored = _pixels_by_pair(pairs)
    for key in sorted(truth.keys() | stored.keys()):
        if truth.get(key) != stored.get(key):
            yield f"{_name(key)}: pixels {stored.get(key, 0)} stored, {truth.get(key, 0)} by the scene"


def _pixels_by_pair(pairs: Sequence[Occlusion]) -> dict[tuple[int, int], int]:
    return {(pair.occluder, pair.occluded): pair.pixels for pair in pairs}


def _name(pair: tuple[int, int]) -> str:
    return f"object {pair[0]} before object {pair[1]}"


def _draw(pairs: Sequence[Occlusion], image: LabelledImage) -> Arrows:
    return Arrows(tuple(Arrow(start=p.occluder, end=p.occluded, text=str(p.pixels)) for p in pairs))


OCCLUSION_ORDER = Label(
    name="occlusion_order",
    title="Occlusion order",
    explanation="Which object hides which, and how many pixels of it.",
    compute=_compute,
    encode=_encode,
    decode=_decode,
    check=_check,
    draw=_draw,
    has_image_facts=True,
    check_scene=_check_scene,
)
