"""Own meshes as types of object."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.random import Generator

from synthvis.assets.folder import AssetFile
from synthvis.assets.meshes.importing import Imported
from synthvis.config.finish import Finish
from synthvis.draws import pick, rounded
from synthvis.errors import SynthvisError
from synthvis.objects.mesh.mesh import Mesh
from synthvis.objects.mesh.stuffs import made_of, some_plastic
from synthvis.objects.object_type import FACES_PLUS_X, ObjectType, RestPose, Sample
from synthvis.objects.spec import Category, Param, SurfaceSpec

__all__ = ["object_type_of"]

UPRIGHT = RestPose(name="upright", weight=1.0, tilt_rad=(0.0, 0.0))


def object_type_of(file: AssetFile, found: Imported, category: Category | None, finish: Finish) -> ObjectType:
    """The kind of an own mesh.

    Args:
        file: Where it comes from.
        found: Where the cache has it.
        category: What it is labelled as.
        finish: What it is made of, where neither the file nor its entry says so.
    """
    materials, colors = file.entry.materials or finish.materials, file.entry.colors or finish.colors

    def sample(rng: Generator) -> Sample:
        return Sample(params={"content": found.content}, surfaces=_surfaces(found, materials, colors, rng))

    def build(params: Mapping[str, Param]) -> Mesh:
        if params.get("content") != found.content:
            raise SynthvisError(f"{file.kind} is another mesh than the scene was made with")
        names = category.keypoints if category else ()
        return _mesh(found.path, _slot_names(found), names, tuple(found.keypoints_m.items()), file.entry.smooth)

    return ObjectType(
        name=file.kind,
        category=category,
        sample=sample,
        build=build,
        rest_poses=_poses(file),
        front_rad=FACES_PLUS_X if file.entry.front else None,
        symmetry=None,
    )


def _poses(file: AssetFile) -> tuple[RestPose, ...]:
    return tuple(
        RestPose(
            name=pose.name,
            weight=pose.weight,
            tilt_rad=(math.radians(pose.tilt_deg[0]), math.radians(pose.tilt_deg[1])),
            tilt_axis=pose.axis,
        )
        for pose in file.entry.rest_poses
    ) or (UPRIGHT,)


def _slot_names(found: Imported) -> tuple[str, ...]:
    return tuple(f"{number}_{slot.name}" for number, slot in enumerate(found.slots))


def _surfaces(
    found: Imported, materials: tuple[str, ...], colors: tuple[str, ...], rng: Generator
) -> dict[str, SurfaceSpec]:
    """What the file says; one of the materials where it says nothing, alike on all such slots."""
    bare = made_of(pick(rng, materials), colors, rng) if materials else some_plastic(colors, rng)
    has_colors = _has_colors(found.path)
    surfaces: dict[str, SurfaceSpec] = {}
    for name, slot in zip(_slot_names(found), found.slots, strict=True):
        color, picture = slot.color_rgb, slot.picture
        if color is None and picture is None and not has_colors:
            surfaces[name] = bare
            continue
        params: dict[str, Param] = {
            "color": color or (0.6, 0.6, 0.6),
            "roughness": rounded(rng, (0.35, 0.75)) if slot.roughness is None else slot.roughness,
            "metallic": slot.metallic,
            "painted": has_colors and picture is None,
            "picture": picture or "",
        }
        surfaces[name] = SurfaceSpec(kind="asset", params=params)
    return surfaces


@lru_cache(maxsize=4096)
def _has_colors(path: Path) -> bool:
    with np.load(path, allow_pickle=False) as arrays:
        return "colors_rgb" in arrays


def _mesh(
    path: Path,
    slots: tuple[str, ...],
    names: tuple[str, ...],
    keypoints: tuple[tuple[str, object], ...],
    smooth: bool,
) -> Mesh:
    points = dict(keypoints)
    unknown = (math.nan, math.nan, math.nan)
    with np.load(path, allow_pickle=False) as arrays:
        attributes = {}
        if "colors_rgb" in arrays:
            colors = arrays["colors_rgb"]
            attributes = {name: colors[:, axis] for axis, name in enumerate(("red", "green", "blue"))}
        return Mesh(
            vertices_m=arrays["vertices_m"],
            faces=arrays["faces"],
            face_slots=arrays["face_slots"],
            slots=slots,
            keypoints_m=np.array([points.get(name, unknown) for name in names], dtype=np.float64).reshape(-1, 3),
            attributes=attributes,
            smooth=smooth,
            corner_uv=arrays.get("corner_uv"),
        )
