"""Halves, wedges and slices of fruit: unlabelled, as the labels of photographs box whole fruit only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from synthvis.draws import chance, pick, rounded
from synthvis.geometry import rotation_about
from synthvis.objects.fruit.apple import apple_profile_m, draw_apple, skin_surface
from synthvis.objects.fruit.orange import draw_orange, orange_profile_m, peel_surface
from synthvis.objects.mesh.mesh import Mesh
from synthvis.objects.mesh.meshes import Part, merge, moved
from synthvis.objects.mesh.params import jitter_color, linear_rgb, number, surface_seed, text
from synthvis.objects.object_type import ObjectType, RestPose, Sample
from synthvis.objects.spec import Param, SurfaceSpec

__all__ = ["OBJECT_TYPES"]

Float = NDArray[np.float64]
_COLUMNS = 33
_APPLE_VARIETIES = {"red": 3.0, "bright_red": 2.0, "striped": 2.0, "blushed": 1.0, "green": 0.7, "yellow": 0.4}


# Shape


def _sheet(slot: str, grid_m: Float, attributes: Mapping[str, Float]) -> Part:
    """Open surface over (R, C, 3) points, seen from outside when columns run to the right and rows up.

    Triangles without area, as at a pole where a row is one point, are left out.
    """
    rows, columns = grid_m.shape[:2]
    a = (np.arange(rows - 1)[:, None] * columns + np.arange(columns - 1)).reshape(-1)
    b, c, d = a + 1, a + columns + 1, a + columns
    faces = np.concatenate([np.stack([a, b, c], axis=1), np.stack([a, c, d], axis=1)])
    vertices = grid_m.reshape(-1, 3)
    corners = vertices[faces]
    area = np.linalg.norm(np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]), axis=1)
    flat = {name: np.broadcast_to(values, (rows, columns)).reshape(-1) for name, values in attributes.items()}
    return Part(slot=slot, vertices_m=vertices, faces=faces[area > 1e-13].astype(np.int32), attributes=flat)


def _wedge(radius_m: Float, height_m: Float, angle_rad: float, skin: str) -> list[Part]:
    """Skin over `angle_rad` of a solid of revolution, and the two cut faces that meet at its axis."""
    rows = len(radius_m)
    angles = np.linspace(0, angle_rad, _COLUMNS)
    along = np.linspace(0, 1, rows)[:, None]
    outer = np.stack(
        [
            radius_m[:, None] * np.cos(angles),
            radius_m[:, None] * np.sin(angles),
            np.repeat(height_m[:, None], _COLUMNS, axis=1),
        ],
        axis=2,
    )
    parts = [_sheet(skin, outer, {"along": along, "around_cos": np.cos(angles), "around_sin": np.sin(angles)})]
    axis = np.zeros((rows, 3))
    axis[:, 2] = np.linspace(height_m[0], height_m[-1], rows)
    for edge, flipped in ((outer[:, 0], False), (outer[:, -1], True)):
        share = np.linspace(0, 1, 3)
        face = axis[:, None] + (edge - axis)[:, None] * share[:, None]
        attributes = _section_attributes(face, radius_m, height_m, 1 - share)
        if flipped:
            face, attributes = face[:, ::-1], {name: values[:, ::-1] for name, values in attributes.items()}
        parts.append(_sheet("flesh", face, attributes))
    return parts


def _section_attributes(face_m: Float, radius_m: Float, height_m: Float, depth: Float) -> dict[str, Float]:
    """Where a point of a cut lies: "depth" 0 at the skin to 1 at the axis, "section_r" and "section_z" 0..1."""
    shape = face_m.shape[:2]
    return {
        "depth": np.broadcast_to(depth, shape),
        "section_r": np.linalg.norm(face_m[..., :2], axis=2) / radius_m.max(),
        "section_z": (face_m[..., 2] - height_m.min()) / np.ptp(height_m),
    }


def _cap(slot: str, ring_m: Float, *, up: bool) -> Part:
    """Flat face inside a (S, 3) ring that runs right-handed about +z, with "depth" 0 at the rim and 1 in the middle."""
    closed = np.concatenate([ring_m, ring_m[:1]])
    share = np.linspace(0, 1, 4)[:, None, None]
    middle = np.broadcast_to(ring_m.mean(axis=0), closed.shape)
    grid = closed * (1 - share) + middle * share if up else middle * (1 - share) + closed * share
    depth = share[..., 0] if up else 1 - share[..., 0]
    return _sheet(slot, grid, {"depth": depth, "section_r": 1 - depth})


def _disc_cut(radius_m: Float, height_m: Float, skin: str) -> list[Part]:
    """Part of a solid of revolution between its first and last profile point, each cut flat unless a pole."""
    angles = np.linspace(0, 2 * np.pi, 45)
    grid = np.stack(
        [
            radius_m[:, None] * np.cos(angles),
            radius_m[:, None] * np.sin(angles),
            np.repeat(height_m[:, None], len(angles), axis=1),
        ],
        axis=2,
    )
    grid[:, -1] = grid[:, 0]
    along = np.linspace(0.05, 0.9, len(radius_m))[:, None]
    parts = [_sheet(skin, grid, {"along": along, "around_cos": np.cos(angles), "around_sin": np.sin(angles)})]
    for row, up in ((0, False), (-1, True)):
        if radius_m[row] > 0:
            parts.append(_cap("face", grid[row, :-1], up=up))
    return parts


def _lying(parts: Sequence[Part], angle_rad: float) -> list[Part]:
    """A wedge turned onto its skin: its axis horizontal, the cut faces up."""
    turn = rotation_about((1, 0, 0), np.pi / 2) @ rotation_about((0, 0, 1), -np.pi / 2 - angle_rad / 2)
    # After the first turn the middle of the skin is at -y; the second takes -y down to -z.
    return [moved(part, rotation=turn) for part in parts]


def build_apple_cut(params: Mapping[str, Param]) -> Mesh:
    """Mesh of a half or a wedge of an apple with the slots "skin" and "flesh", cut faces up."""
    angle = number(params, "angle_rad")
    return merge(_lying(_wedge(*apple_profile_m(params), angle, "skin"), angle))


def build_orange_cut(params: Mapping[str, Param]) -> Mesh:
    """Mesh of an orange's half or slice (slots "skin", "face") or wedge ("skin", "flesh"), cut faces up."""
    radius, height = orange_profile_m(params)
    form, middle = text(params, "form"), len(radius) // 2
    if form == "wedge":
        angle = number(params, "angle_rad")
        return merge(_lying(_wedge(radius, height, angle, "skin"), angle), slots=("skin", "flesh"))
    if form == "half":
        return merge(_disc_cut(radius[:middle], height[:middle], "skin"))
    thick = number(params, "thickness_m") / 2
    return merge(_disc_cut(np.full(4, radius.max()), np.linspace(-thick, thick, 4), "skin"))


def build_banana_slice(params: Mapping[str, Param]) -> Mesh:
    """Mesh of a slice of a peeled banana with the slots "skin" (its side) and "face"."""
    radius, thick = number(params, "radius_m"), number(params, "thickness_m")
    profile = radius * np.array([0.97, 1.0, 1.0, 0.97])
    return merge(_disc_cut(profile, thick * np.array([0.0, 0.06, 0.94, 1.0]), "skin"))


# Sampling


def _apple_flesh(rng: Generator) -> SurfaceSpec:
    params: dict[str, Param] = {
        "color": jitter_color(rng, linear_rgb("f4ecc8" if chance(rng, 0.7) else "ecdca0"), value=0.08, hue=0.04),
        "pips": rounded(rng, (0.5, 1.0)) if chance(rng, 0.75) else 0.0,
        "browning": rounded(rng, (0.0, 0.4)),
        "seed": surface_seed(rng),
    }
    return SurfaceSpec(kind="apple_flesh", params=params)


def _sample_apple(rng: Generator) -> Sample:
    variety = pick(rng, _APPLE_VARIETIES)
    angle = np.pi if chance(rng, 0.6) else rounded(rng, (0.7, 1.7))
    params: dict[str, Param] = {**draw_apple(rng, variety), "angle_rad": float(angle)}
    return Sample(params=params, surfaces={"skin": skin_surface(rng, variety), "flesh": _apple_flesh(rng)})


def _sample_orange(rng: Generator) -> Sample:
    form = pick(rng, {"half": 0.5, "wedge": 0.35, "slice": 0.15})
    params: dict[str, Param] = {
        **draw_orange(rng),
        "form": form,
        "angle_rad": rounded(rng, (0.6, 1.7)),
        "thickness_m": rounded(rng, (0.006, 0.015)),
    }
    flesh: dict[str, Param] = {
        "color": jitter_color(rng, linear_rgb("f39a1e" if chance(rng, 0.6) else "ee7d12"), value=0.15, hue=0.06),
        "pith": jitter_color(rng, linear_rgb("f8e6b8"), value=0.08, hue=0.04),
        "pith_width": rounded(rng, (0.05, 0.13)),
        "segments": int(rng.integers(9, 13)),
        "seed": surface_seed(rng),
    }
    cut = "flesh" if form == "wedge" else "face"
    surfaces = {"skin": peel_surface(rng), cut: SurfaceSpec(kind=f"orange_{cut}", params=flesh)}
    return Sample(params=params, surfaces=surfaces)


def _sample_banana(rng: Generator) -> Sample:
    params: dict[str, Param] = {
        "radius_m": rounded(rng, (0.012, 0.017)),
        "thickness_m": rounded(rng, (0.006, 0.03)),
    }
    color = jitter_color(rng, linear_rgb("f2e4b4"), value=0.08, hue=0.04)
    look: dict[str, Param] = {"color": color, "seed": surface_seed(rng)}
    return Sample(
        params=params,
        surfaces={
            "skin": SurfaceSpec(kind="banana_flesh", params=look),
            "face": SurfaceSpec(kind="banana_face", params=look),
        },
    )


_POSES = (
    RestPose(name="cut up", weight=0.35, tilt_rad=(0.0, 0.4)),
    RestPose(name="leaning", weight=0.5, tilt_rad=(0.6, 1.4)),
    RestPose(name="standing", weight=0.15, tilt_rad=(1.4, 1.65)),
)

OBJECT_TYPES = (
    ObjectType(name="apple_cut", category=None, sample=_sample_apple, build=build_apple_cut, rest_poses=_POSES),
    ObjectType(name="orange_cut", category=None, sample=_sample_orange, build=build_orange_cut, rest_poses=_POSES),
    ObjectType(name="banana_slice", category=None, sample=_sample_banana, build=build_banana_slice, rest_poses=_POSES),
)
"""Cut apples, oranges and bananas."""
