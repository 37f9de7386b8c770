"""The rules of the quality gate for labels made on request: NOCS maps, 3D boxes, occlusion order, boundaries."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from synthvis.camera.pinhole import pixels_of, project
from synthvis.checks.image import Finding, instance_id_of
from synthvis.conventions import EXTRA_LABELS, NAMESPACE
from synthvis.dataset.layout import DatasetLayout
from synthvis.errors import DatasetError
from synthvis.formats.arrays import decode_nocs
from synthvis.formats.coco import projector_of_entry
from synthvis.formats.images import read_png
from synthvis.formats.rle import decode_mask
from synthvis.geometry import transform_points
from synthvis.labels.boundary import BEHIND, IN_FRONT, INSIDE, LEVELS, STEP_M
from synthvis.labels.box3d import EDGES
from synthvis.labels.nocs import points_of_nocs
from synthvis.labels.occlusion_order import occlusion_order, wholly_covered
from synthvis.labels.pose import cam_from_object
from synthvis.labels.silhouette import NEAR_M
from synthvis.objects.mesh.mesh import Mesh
from synthvis.objects.spec import ObjectSpec
from synthvis.scene.spec import SceneSpec

__all__ = ["extra_findings", "extra_names", "order_findings"]

Masks = Mapping[int, NDArray[np.bool_]]
Float = NDArray[np.float64]

NOCS_TOLERANCE_PX = 1.0
NOCS_TOLERANCE_M = 0.001
"""Rounding of the depth map, and then some."""
DISTORTED_TOLERANCE = 2.0
"""Times that with distortion: the sample is not only anywhere in a pixel of the render, but so is the centre
of the pixel that shows it."""

CORNER_TOLERANCE_M = 1e-5
CORNER_TOLERANCE_PX = 0.01
RELATIVE_TOLERANCE = 1e-5
"""Of pixel coordinates far outside the frame, which a corner close to the camera has."""

ENCLOSURE_TOLERANCE_PX = 1.0
"""Boxes of masks reach to the border of their pixels."""

DEPTH_ROUNDING_M = 0.001

Part = tuple[slice, slice]
NEIGHBOURS: tuple[tuple[Part, Part], ...] = (
    (np.s_[:, :-1], np.s_[:, 1:]),
    (np.s_[:, 1:], np.s_[:, :-1]),
    (np.s_[:-1, :], np.s_[1:, :]),
    (np.s_[1:, :], np.s_[:-1, :]),
)
"""Parts of a map that lie beside each other: each pixel with its right, left, lower and upper neighbour."""


def extra_names(recipe: Mapping[str, Any]) -> tuple[str, ...]:
    """The labels that a dataset's recipe asks for by name."""
    labels = recipe.get("labels")
    asked = labels.get("extra") if isinstance(labels, Mapping) else None
    return tuple(name for name in EXTRA_LABELS if isinstance(asked, list | tuple) and name in asked)


def extra_findings(
    names: Collection[str],
    layout: DatasetLayout,
    split: str,
    image: Mapping[str, Any],
    annotations: Sequence[Mapping[str, Any]],
    masks: Masks,
) -> Iterator[Finding]:
    """Hold the labels in `names` of one image against its poses, masks and maps.

    Args:
        names: Labels that the dataset promises.
        layout: The dataset.
        split: Split of the image.
        image: Its COCO entry.
        annotations: Its annotations.
        masks: Their decoded masks by annotation id.
    """
    where = (split, int(image["id"]))
    hw = (int(image["height"]), int(image["width"]))
    if "nocs" in names:
        yield from _guarded("nocs", lambda: _nocs(layout, where, hw, image, annotations, masks))
    if "box3d" in names:
        yield from _guarded("box3d", lambda: _boxes(image, annotations))
    if "occlusion_order" in names:
        yield from _guarded("occlusion_order", lambda: _order(layout, where, image, annotations))
    if "boundary" in names:
        yield from _guarded("boundary", lambda: _boundary(layout, where, hw))


def order_findings(
    layout: DatasetLayout,
    split: str,
    image: Mapping[str, Any],
    spec: SceneSpec,
    annotations: Sequence[Mapping[str, Any]],
    mesh_of: Callable[[ObjectSpec], Mesh],
) -> Iterator[Finding]:
    """The stored occlusion order must be what the meshes of the scene and the instance map say."""
    yield from _guarded("occlusion_order", lambda: _order_by_scene(layout, split, image, spec, annotations, mesh_of))


def _order_by_scene(
    layout: DatasetLayout,
    split: str,
    image: Mapping[str, Any],
    spec: SceneSpec,
    annotations: Sequence[Mapping[str, Any]],
    mesh_of: Callable[[ObjectSpec], Mesh],
) -> Iterator[Finding]:
    ids = read_png(layout.instances(split, int(image["id"]))).astype(np.uint16)
    annotated = {instance_id_of(entry) for entry in annotations}
    items = {item.instance_id: item for item in spec.objects if item.instance_id in annotated}
    meshes = {i: mesh_of(item) for i, item in items.items()}
    poses = {i: cam_from_object(spec.camera, item) for i, item in items.items()}
    pairs = occlusion_order(ids, wholly_covered(spec.camera, meshes, poses))
    truth = {(pair.occluder, pair.occluded): pair.pixels for pair in pairs}
    stored = _facts(image).get("occlusion_order")
    found = {(p["occluder"], p["occluded"]): p["pixels"] for p in stored} if isinstance(stored, list) else {}
    for key in sorted(truth.keys() | found.keys()):
        if truth.get(key) != found.get(key):
            counts = f"{found.get(key, 0)} stored, {truth.get(key, 0)} by the scene"
            yield "occlusion_order", f"object {key[0]} before object {key[1]}: pixels {counts}"


def _guarded(rule: str, check: Callable[[], Iterator[Finding]]) -> Iterator[Finding]:
    """What a check finds; facts of a shape that it cannot use are a finding too."""
    try:
        yield from check()
    except DatasetError as error:
        yield rule, error.what
    except (KeyError, TypeError, ValueError, IndexError) as error:
        yield rule, f"the facts cannot be used: {error!r}"


def _nocs(
    layout: DatasetLayout,
    where: tuple[str, int],
    hw: tuple[int, int],
    image: Mapping[str, Any],
    annotations: Sequence[Mapping[str, Any]],
    masks: Masks,
) -> Iterator[Finding]:
    path = layout.nocs(*where)
    pixels = read_png(path)
    if pixels.dtype != np.uint16 or pixels.shape != (*hw, 3):
        yield "nocs", f"{path.name} is {pixels.dtype} of shape {pixels.shape}, not 16-bit RGB of {hw[1]} x {hw[0]}"
        return
    normalised, is_object = decode_nocs(pixels.astype(np.uint16))
    labelled = np.any([*masks.values(), np.zeros(hw, dtype=np.bool_)], axis=0)
    if np.any(is_object != labelled):
        yield "nocs", f"{int((is_object != labelled).sum())} pixels have coordinates and no mask, or a mask and none"
    depth_m = layout.read_depth_m(*where)
    projector = projector_of_entry(image)
    K = projector.K
    tolerance = 1.0 if projector.distortion is None else DISTORTED_TOLERANCE
    for entry in (entry for entry in annotations if entry["id"] in masks):
        facts = _facts(entry)
        rows, columns = np.nonzero(masks[entry["id"]] & is_object)
        centre_m, diagonal_m = _numbers(facts["nocs"]["centre_m"], (3,)), float(facts["nocs"]["diagonal_m"])
        points_m = points_of_nocs(normalised[rows, columns], centre_m, diagonal_m)
        points_cam_m = transform_points(_numbers(facts["cam_from_object"], (4, 4)), points_m)
        directions = projector.directions(np.stack([columns + 0.5, rows + 0.5], axis=1))
        # Compared without distortion: there a pixel of the render has one size everywhere.
        miss_px = np.abs(project(points_cam_m, K) - pixels_of(directions, K))
        if not np.all(miss_px <= tolerance * NOCS_TOLERANCE_PX):
            yield "nocs", f"annotation {entry['id']}: points miss their pixels by {np.max(miss_px):.1f} pixels"
        z = points_cam_m[:, 2]
        # Beyond what the depth map holds it has no depth to compare with.
        miss_m = np.where(np.isfinite(depth_m[rows, columns]), np.abs(z - depth_m[rows, columns]), 0.0)
        if not np.all(miss_m <= NOCS_TOLERANCE_M + tolerance * z / K[0, 0]):
            yield "nocs", f"annotation {entry['id']}: points are up to {miss_m.max():.3f} m off the depth map"


def _boxes(image: Mapping[str, Any], annotations: Sequence[Mapping[str, Any]]) -> Iterator[Finding]:
    projector = projector_of_entry(image)
    for entry in annotations:
        name, facts = f"annotation {entry['id']}", _facts(entry)
        box = facts["box3d"]
        corners_cam_m = _numbers(box["corners_cam_m"], (8, 3))
        ends = np.array(list(product((-0.5, 0.5), repeat=3))) * _numbers(box["size_m"], (3,))
        expected = transform_points(_numbers(facts["cam_from_object"], (4, 4)), _numbers(box["centre_m"], (3,)) + ends)
        miss_m = float(np.abs(corners_cam_m - expected).max())
        if not miss_m <= CORNER_TOLERANCE_M:
            yield "box3d", f"{name}: corners are {miss_m:.4f} m off what centre, size and pose say"
        is_given = np.array([corner is not None for corner in box["corners_px"]])
        expected_px = projector.project(corners_cam_m)
        if np.any(is_given != ((corners_cam_m[:, 2] >= NEAR_M) & np.isfinite(expected_px[:, 0]))):
            yield (
                "box3d",
                f"{name}: pixels must be given for corners that the camera has a place for, and only for these",
            )
            continue
        given = _numbers([corner for corner in box["corners_px"] if corner is not None], (int(is_given.sum()), 2))
        miss_px = np.abs(given - expected_px[is_given])
        if not np.all(miss_px <= CORNER_TOLERANCE_PX + RELATIVE_TOLERANCE * np.abs(given)):
            yield "box3d", f"{name}: corners miss their projection by {miss_px.max():.2f} pixels"
        if is_given.all():
            edges_px = [projector.project_edge(corners_cam_m[list(edge)]) for edge in EDGES]
            yield from _enclosure(name, facts["amodal_bbox"], np.concatenate(edges_px))


def _enclosure(name: str, amodal_bbox: Sequence[float], edges_px: Float) -> Iterator[Finding]:
    x, y, width, height = amodal_bbox
    low, high = edges_px.min(axis=0) - ENCLOSURE_TOLERANCE_PX, edges_px.max(axis=0) + ENCLOSURE_TOLERANCE_PX
    if np.any(low > (x, y)) or np.any(high < (x + width, y + height)):
        yield "box3d", f"{name}: the silhouette leaves the box"


def _order(
    layout: DatasetLayout, where: tuple[str, int], image: Mapping[str, Any], annotations: Sequence[Mapping[str, Any]]
) -> Iterator[Finding]:
    ids = read_png(layout.instances(*where))
    silhouettes = {instance_id_of(entry): _facts(entry)["amodal_segmentation"] for entry in annotations}
    seen = set()
    for pair in _facts(image)["occlusion_order"]:
        occluder, occluded, pixels = (int(pair[key]) for key in ("occluder", "occluded", "pixels"))
        name = f"object {occluder} before object {occluded}"
        if occluded not in silhouettes or occluder == occluded or (occluder, occluded) in seen:
            yield "occlusion_order", f"{name}: not a pair of two objects of which the second is annotated, named once"
            continue
        seen.add((occluder, occluded))
        room = int(np.count_nonzero((ids == occluder) & decode_mask(silhouettes[occluded])))
        if not 1 <= pixels <= room:
            yield "occlusion_order", f"{name}: {pixels} pixels stated, {room} show it within the other's silhouette"


def _boundary(layout: DatasetLayout, where: tuple[str, int], hw: tuple[int, int]) -> Iterator[Finding]:
    path = layout.boundary(*where)
    levels = read_png(path)
    if levels.dtype != np.uint8 or levels.shape != hw:
        yield "boundary", f"{path.name} is {levels.dtype} of shape {levels.shape}, not 8-bit grey of {hw[1]} x {hw[0]}"
        return
    if not np.isin(levels, LEVELS).all():
        yield "boundary", f"{path.name} holds other levels than {', '.join(map(str, LEVELS))}"
    ids, depth_m = read_png(layout.instances(*where)), layout.read_depth_m(*where)
    if ids.shape != hw or depth_m.shape != hw:
        return  # a finding of another rule
    differs, deeper, nearer = _neighbourhood(ids, depth_m.astype(np.float64))
    if np.any((levels != INSIDE) != differs):
        yield "boundary", f"{int(((levels != INSIDE) != differs).sum())} pixels contradict the instance map"
    for level, has_step, side in ((IN_FRONT, deeper, "behind"), (BEHIND, nearer, "in front of")):
        lonely = (levels == level) & ~has_step
        if lonely.any():
            yield "boundary", f"{int(lonely.sum())} pixels at level {level} have nobody {side} them in the depth map"


def _neighbourhood(ids: NDArray[Any], depth_m: Float) -> tuple[NDArray[np.bool_], ...]:
    """Pixels that have a neighbour of another object, such a one a step deeper, and such a one a step nearer."""
    differs, deeper, nearer = (np.zeros(ids.shape, dtype=np.bool_) for _ in range(3))
    step_m = STEP_M - DEPTH_ROUNDING_M
    for here, there in NEIGHBOURS:
        other = ids[here] != ids[there]
        differs[here] |= other
        deeper[here] |= other & (depth_m[there] > depth_m[here] + step_m)
        nearer[here] |= other & (depth_m[there] < depth_m[here] - step_m)
    return differs, deeper, nearer


def _facts(entry: Mapping[str, Any]) -> Mapping[str, Any]:
    facts = entry.get(NAMESPACE)
    return facts if isinstance(facts, Mapping) else {}


def _numbers(value: object, shape: tuple[int, ...]) -> Float:
    numbers = np.asarray(value, dtype=np.float64).reshape(shape)
    if not np.isfinite(numbers).all():
        raise ValueError("numbers that are not finite")
    return numbers
