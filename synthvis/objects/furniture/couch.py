"""Couches: two to four seats, corner sofas, rolled arms, chesterfields, in cloth and leather, with scatter cushions."""

from __future__ import annotations

from collections.abc import Mapping

from numpy.random import Generator

from synthvis.draws import chance, pick, rounded
from synthvis.objects.furniture.sofa_forms import sample_sofa, sofa_parts, sofa_points_m, sofa_slots
from synthvis.objects.mesh.finishes import cloth, hide, steel, wood
from synthvis.objects.mesh.mesh import Mesh
from synthvis.objects.mesh.meshes import merge
from synthvis.objects.object_type import FACES_PLUS_X, ObjectType, RestPose, Sample
from synthvis.objects.spec import Category, Param, SurfaceSpec

__all__ = ["COUCH", "OBJECT_TYPES"]

_CATEGORY = Category(
    id=63,
    name="couch",
    supercategory="furniture",
    keypoints=(
        "seat_front_left", "seat_front_right", "seat_rear_right", "seat_rear_left", "back_left", "back_right",
        "arm_left", "arm_right",
    ),
    skeleton=((0, 1), (1, 2), (2, 3), (3, 0), (3, 4), (2, 5), (4, 5), (0, 6), (1, 7), (6, 4), (7, 5)),
    flip_pairs=((0, 1), (2, 3), (4, 5), (6, 7)),
)  # fmt: skip


def _pillow_rows(rng: Generator, seats: int) -> tuple[float, ...]:
    """Mostly a cushion or two at either end; place, size, turn and surface of each."""
    if not chance(rng, 0.6):
        return ()
    places = [place for place in (-0.93, 0.93) if chance(rng, 0.85)]
    places += [place + (0.36 if place < 0 else -0.36) for place in places if seats > 1 and chance(rng, 0.3)]
    rows: list[float] = []
    for place in places:
        turn, size = rounded(rng, (-0.15, 0.15)), rounded(rng, (0.38, 0.5))
        rows += [place + rounded(rng, (-0.05, 0.05)), size, turn + (0.785 if chance(rng, 0.12) else 0.0)]
        rows.append(float(rng.integers(0, 2)))
    return tuple(rows)


def _sample(rng: Generator) -> Sample:
    style = pick(rng, {"modern": 5.0, "classic": 2.0, "chesterfield": 1.3, "corner": 2.2})
    seats = int(pick(rng, {"2": 4.0, "3": 5.0, "4": 0.7})) + (style == "corner")
    seats = min(seats, 4)
    params = sample_sofa(rng, seats, style="modern" if style == "corner" else style)
    params |= {"style": style, "pillows": _pillow_rows(rng, seats)}
    if style == "corner":
        arm = pick(rng, ("box", "slim", "soft"))
        params |= {"chaise": 1 if chance(rng, 0.5) else -1, "loose_back": True, "arm": arm}
        params |= {"arm_width_m": rounded(rng, (0.1, 0.22))}
    return Sample(params=params, surfaces=_surfaces(rng, params))


def _surfaces(rng: Generator, params: Mapping[str, Param]) -> dict[str, SurfaceSpec]:
    leather_share = 0.75 if params["style"] == "chesterfield" else 0.3
    cover = (
        hide(rng)
        if chance(rng, leather_share)
        else cloth(rng, pattern_share=0.0 if "tufts" in sofa_slots(params) else 0.12, wrinkle_m=0.008)
    )
    found = {
        "cover": cover,
        "tufts": SurfaceSpec(kind=cover.kind, params={**cover.params, "tuft_m": rounded(rng, (0.13, 0.2))}),
        "legs": steel(rng) if params["leg"] == "metal" and params["arm"] != "wood" else wood(rng, paint_share=0.15),
        "pillow_0": cloth(rng, pattern_share=0.5),
        "pillow_1": cloth(rng, pattern_share=0.3) if chance(rng, 0.7) else cover,
    }
    return {name: found[name] for name in sofa_slots(params)}


def _build(params: Mapping[str, Param]) -> Mesh:
    return merge(sofa_parts(params), sofa_points_m(params))


COUCH = ObjectType(
    name="couch",
    category=_CATEGORY,
    sample=_sample,
    build=_build,
    rest_poses=(RestPose(name="upright", weight=1.0, tilt_rad=(0.0, 0.0)),),
    front_rad=FACES_PLUS_X,
)

OBJECT_TYPES: tuple[ObjectType, ...] = (COUCH,)
