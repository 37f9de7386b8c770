"""Chairs: wooden, padded, moulded, office and garden chairs, stools, folding chairs and armchairs."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from numpy.random import Generator

from synthvis.draws import chance, pick, rounded
from synthvis.objects.furniture.chair_forms import CHAIR_FORMS
from synthvis.objects.furniture.sofa_forms import sample_sofa, sofa_points_m, sofa_slots
from synthvis.objects.mesh.finishes import cloth, hide, painted, steel, wood
from synthvis.objects.mesh.joinery import grounded
from synthvis.objects.mesh.mesh import Mesh
from synthvis.objects.mesh.meshes import merge
from synthvis.objects.mesh.params import number, shade_of, surface_seed, text
from synthvis.objects.object_type import FACES_PLUS_X, ObjectType, RestPose, Sample
from synthvis.objects.spec import Category, Param, SurfaceSpec

__all__ = ["CHAIR", "OBJECT_TYPES"]

_CATEGORY = Category(
    id=62,
    name="chair",
    supercategory="furniture",
    keypoints=(
        "seat_front_left",
        "seat_front_right",
        "seat_rear_right",
        "seat_rear_left",
        "back_left",
        "back_right",
    ),
    skeleton=((0, 1), (1, 2), (2, 3), (3, 0), (3, 4), (2, 5), (4, 5)),
    flip_pairs=((0, 1), (2, 3), (4, 5)),
)

_STYLES = {
    "wooden": 5.0,
    "padded": 3.0,
    "shell": 2.2,
    "office": 3.0,
    "stool": 1.0,
    "bar_stool": 1.3,
    "monobloc": 1.6,
    "folding": 1.3,
    "armchair": 2.2,
}
_PLASTICS = {
    "#f4f3ee": 5.0,
    "#2e6a3e": 1.5,
    "#1d1d1f": 1.2,
    "#2a55a0": 0.7,
    "#a8261e": 0.8,
    "#8c8a86": 0.8,
    "#d8c8a8": 0.8,
}
_SHELLS = {
    "#f2f1ec": 5.0,
    "#1c1c1e": 3.0,
    "#8a8e90": 1.5,
    "#c8341e": 1.0,
    "#e0b428": 1.0,
    "#4a8a8e": 1.0,
    "#2a4a80": 0.7,
    "#d87a30": 0.7,
    "#6a8a58": 0.5,
}


def _wooden(rng: Generator) -> dict[str, Param]:
    back = pick(rng, {"ladder": 3.0, "slats": 2.5, "spindles": 2.5, "panel": 1.2, "cross": 1.3})
    counts = {"ladder": (1, 4), "slats": (3, 7), "spindles": (5, 9)}.get(back, (1, 2))
    is_round = chance(rng, 0.4)
    return {
        "seat_height_m": rounded(rng, (0.43, 0.48)),
        "seat_width_m": rounded(rng, (0.4, 0.49)),
        "seat_depth_m": rounded(rng, (0.38, 0.46)),
        "back_height_m": rounded(rng, (0.36, 0.58)),
        "seat": "round" if is_round and chance(rng, 0.25) else "square",
        "flare": rounded(rng, (0.0, 0.2)),
        "seat_thick_m": rounded(rng, (0.018, 0.04)),
        "section": "round" if is_round else "square",
        "leg_m": rounded(rng, (0.028, 0.045)),
        "splay_m": rounded(rng, (0.02, 0.07)) if is_round else rounded(rng, (0.0, 0.02)),
        "rake": rounded(rng, (0.1, 0.28)),
        "apron_m": 0.0 if is_round else rounded(rng, (0.04, 0.07)),
        "stretchers": chance(rng, 0.75 if is_round else 0.4),
        "back": back,
        "back_count": int(rng.integers(*counts)),
        "bow_m": rounded(rng, (0.01, 0.05)),
        "top_rail_m": rounded(rng, (0.05, 0.1)),
    }


def _padded(rng: Generator) -> dict[str, Param]:
    tall = chance(rng, 0.6)
    return {
        "seat_height_m": rounded(rng, (0.45, 0.5)),
        "seat_width_m": rounded(rng, (0.44, 0.52)),
        "seat_depth_m": rounded(rng, (0.42, 0.5)),
        "back_height_m": rounded(rng, (0.46, 0.62)) if tall else rounded(rng, (0.36, 0.45)),
        "seat_thick_m": rounded(rng, (0.07, 0.13)),
        "back_share": rounded(rng, (0.88, 1.0)),
        "back_corner_m": rounded(rng, (0.03, 0.18)),
        "gap_m": 0.0 if tall else rounded(rng, (0.05, 0.14)),
        "leg_m": rounded(rng, (0.03, 0.045)),
        "rake": rounded(rng, (0.08, 0.24)),
    }


def _shell(rng: Generator) -> dict[str, Param]:
    return {
        "seat_height_m": rounded(rng, (0.43, 0.47)),
        "seat_width_m": rounded(rng, (0.44, 0.52)),
        "seat_depth_m": rounded(rng, (0.4, 0.46)),
        "back_height_m": rounded(rng, (0.34, 0.42)),
        "rake": rounded(rng, (0.12, 0.3)),
        "arms_m": rounded(rng, (0.12, 0.19)) if chance(rng, 0.3) else 0.0,
        "legs": pick(rng, {"dowel": 5.0, "metal": 3.0, "sled": 1.2}),
        "splay_m": rounded(rng, (0.03, 0.07)),
        "pad": chance(rng, 0.3),
    }


def _office(rng: Generator) -> dict[str, Param]:
    boss = chance(rng, 0.3)
    return {
        "seat_height_m": rounded(rng, (0.42, 0.54)),
        "seat_width_m": rounded(rng, (0.46, 0.53)),
        "seat_depth_m": rounded(rng, (0.45, 0.52)),
        "back_height_m": rounded(rng, (0.64, 0.76)) if boss else rounded(rng, (0.44, 0.62)),
        "seat_thick_m": rounded(rng, (0.06, 0.1)),
        "back_thick_m": rounded(rng, (0.06, 0.09)) if boss else rounded(rng, (0.018, 0.05)),
        "back_share": rounded(rng, (0.86, 1.02)),
        "gap_m": 0.02 if boss else rounded(rng, (0.06, 0.15)),
        "rake": rounded(rng, (0.08, 0.22)),
        "base_m": rounded(rng, (0.28, 0.34)),
        "arm": chance(rng, 0.75),
        "headrest": not boss and chance(rng, 0.2),
    }


def _stool(rng: Generator) -> dict[str, Param]:
    size_m = rounded(rng, (0.28, 0.38))
    return {
        "seat_height_m": rounded(rng, (0.4, 0.5)),
        "seat_width_m": size_m,
        "seat_depth_m": size_m,
        "back_height_m": 0.0,
        "seat": pick(rng, {"round": 3.0, "square": 1.0}),
        "flare": 0.0,
        "pad": chance(rng, 0.2),
        "seat_thick_m": rounded(rng, (0.022, 0.045)),
        "leg_m": rounded(rng, (0.025, 0.042)),
        "leg_count": 3 if chance(rng, 0.25) else 4,
        "section": pick(rng, {"round": 2.0, "square": 1.0}),
        "splay_m": rounded(rng, (0.0, 0.06)),
        "legs": pick(rng, {"bars": 3.0, "ring": 0.6, "plain": 1.2}),
        "ring": rounded(rng, (0.3, 0.55)),
        "base_m": 0.2,
    }


def _bar_stool(rng: Generator) -> dict[str, Param]:
    size_m, pad = rounded(rng, (0.32, 0.42)), chance(rng, 0.55)
    return {
        **_stool(rng),
        "seat_height_m": rounded(rng, (0.62, 0.8)),
        "seat_width_m": size_m,
        "seat_depth_m": size_m,
        "back_height_m": rounded(rng, (0.16, 0.3)) if chance(rng, 0.45) else 0.0,
        "pad": pad,
        "seat_thick_m": rounded(rng, (0.05, 0.09)) if pad else rounded(rng, (0.025, 0.04)),
        "leg_m": rounded(rng, (0.022, 0.036)),
        "leg_count": 4,
        "splay_m": rounded(rng, (0.03, 0.08)),
        "legs": pick(rng, {"ring": 2.0, "bars": 2.5, "pedestal": 2.5}),
        "ring": rounded(rng, (0.3, 0.4)),
        "base_m": rounded(rng, (0.19, 0.23)),
    }


def _monobloc(rng: Generator) -> dict[str, Param]:
    return {
        "seat_height_m": rounded(rng, (0.4, 0.44)),
        "seat_width_m": rounded(rng, (0.43, 0.48)),
        "seat_depth_m": rounded(rng, (0.42, 0.46)),
        "back_height_m": rounded(rng, (0.36, 0.52)),
        "rake": rounded(rng, (0.22, 0.34)),
        "back_count": int(rng.integers(4, 9)),
        "back_share": rounded(rng, (0.75, 1.05)),
        "arm_height_m": rounded(rng, (0.2, 0.25)),
        "arch_m": rounded(rng, (0.02, 0.12)),
        "top_rail_m": rounded(rng, (0.05, 0.09)),
    }


def _folding(rng: Generator) -> dict[str, Param]:
    return {
        "seat_height_m": rounded(rng, (0.43, 0.46)),
        "seat_width_m": rounded(rng, (0.41, 0.47)),
        "seat_depth_m": rounded(rng, (0.36, 0.42)),
        "back_height_m": rounded(rng, (0.33, 0.42)),
        "rake": rounded(rng, (0.16, 0.3)),
        "leg_m": rounded(rng, (0.02, 0.028)),
        "section": pick(rng, {"round": 1.0, "square": 1.0}),
        "back_count": 2 if chance(rng, 0.4) else 1,
        "bow_m": rounded(rng, (0.01, 0.04)),
        "top_rail_m": rounded(rng, (0.08, 0.17)),
    }


def _armchair(rng: Generator) -> dict[str, Param]:
    style = pick(rng, {"modern": 3.0, "classic": 1.5, "chesterfield": 0.4})
    wings = style != "chesterfield" and chance(rng, 0.22)
    params = sample_sofa(rng, 1, style=style)
    if wings:
        return {
            **params,
            "wings": True,
            "back_height_m": rounded(rng, (1.0, 1.14)),
            "arm": "soft",
            "arm_width_m": 0.12,
            "loose_back": False,
        }
    return {**params, "wings": False}


_SAMPLERS: dict[str, Callable[[Generator], dict[str, Param]]] = {
    "wooden": _wooden,
    "padded": _padded,
    "shell": _shell,
    "office": _office,
    "stool": _stool,
    "bar_stool": _bar_stool,
    "monobloc": _monobloc,
    "folding": _folding,
    "armchair": _armchair,
}


def _cover(rng: Generator, hide_share: float, pattern_share: float = 0.15) -> SurfaceSpec:
    return hide(rng) if chance(rng, hide_share) else cloth(rng, pattern_share=pattern_share)


def _rush(rng: Generator) -> SurfaceSpec:
    color = shade_of(rng, "#b08a52", value=0.25)
    return SurfaceSpec(
        kind="wicker",
        params={"color": color, "size_m": rounded(rng, (0.008, 0.014)), "seed": surface_seed(rng)},
    )


def _surfaces(rng: Generator, params: Mapping[str, Param]) -> dict[str, SurfaceSpec]:
    style = text(params, "style")
    if style == "wooden":
        frame = wood(rng, paint_share=0.25)
        covers = {"same": 5.0, "cloth": 1.5, "rush": 1.0}
        seat = {"same": frame, "cloth": _cover(rng, 0.4), "rush": _rush(rng)}[pick(rng, covers)]
        return {"frame": frame, "seat": seat}
    if style == "padded":
        return {"frame": wood(rng, paint_share=0.15), "cover": _cover(rng, 0.3)}
    if style == "shell":
        shell = painted(rng, pick(rng, _SHELLS))
        found = {"shell": shell if chance(rng, 0.85) else wood(rng, paint_share=0.0)}
        found["legs"] = wood(rng, paint_share=0.1) if params["legs"] == "dowel" else steel(rng)
        found |= {"wire": painted(rng, "#161618")} if params["legs"] != "sled" else {}
        return found | ({"pad": _cover(rng, 0.3)} if params["pad"] else {})
    if style == "office":
        cover = hide(rng) if chance(rng, 0.35) else cloth(rng, pattern_share=0.0)
        if chance(rng, 0.55):
            cover = SurfaceSpec(kind=cover.kind, params={**cover.params, "color": shade_of(rng, "#19191b")})
        rest = cover if chance(rng, 0.7) else painted(rng, "#1a1a1c")
        return {"base": steel(rng, black_share=0.65), "castors": painted(rng, "#151516"), "cover": cover, "rest": rest}
    if style in ("stool", "bar_stool"):
        metal = params["legs"] in ("pedestal", "ring") or chance(rng, 0.35)
        frame = steel(rng) if metal else wood(rng)
        seat = _cover(rng, 0.6, 0.1) if params["pad"] else (wood(rng) if metal else frame)
        return {"frame": frame, "seat": seat}
    if style == "monobloc":
        return {"plastic": painted(rng, pick(rng, _PLASTICS))}
    if style == "folding":
        metal = chance(rng, 0.6)
        frame = steel(rng, black_share=0.5) if metal else wood(rng, paint_share=0.1)
        made_of = pick(rng, {"paint": 2.0, "cover": 1.0, "wood": 1.5} if metal else {"frame": 3.0, "cover": 1.0})
        makers: dict[str, Callable[[Generator], SurfaceSpec]] = {
            "paint": painted,
            "wood": wood,
            "cover": lambda source: _cover(source, 0.5),
        }
        return {"frame": frame, "seat": makers[made_of](rng) if made_of in makers else frame}
    # Buttoned covers are plain.
    cover = _cover(rng, 0.35, 0.0 if "tufts" in sofa_slots(params) else 0.25)
    tufts = SurfaceSpec(kind=cover.kind, params={**cover.params, "tuft_m": 0.16})
    found = {"cover": cover, "tufts": tufts, "legs": wood(rng, paint_share=0.2)}
    return {name: found[name] for name in sofa_slots(params)}


def _sample(rng: Generator) -> Sample:
    style = pick(rng, _STYLES)
    params = {**_SAMPLERS[style](rng), "style": style}
    return Sample(params=params, surfaces=_surfaces(rng, params))


def _keypoints(params: Mapping[str, Param]) -> list[tuple[float, float, float]]:
    if params["style"] == "armchair":
        return sofa_points_m(params)[:6]
    x, y, seat, back = (
        number(params, name) for name in ("seat_depth_m", "seat_width_m", "seat_height_m", "back_height_m")
    )
    x, y = x / 2, y / 2
    share = 0.71 if params.get("seat") == "round" else 0.93
    corners = [(sx * share * x, sy * share * y, seat) for sx, sy in ((1, 1), (1, -1), (-1, -1), (-1, 1))]
    rear = -x - (number(params, "rake") * back if "rake" in params else 0.0)
    if back < 0.05:
        return [*corners, corners[3], corners[2]]
    wide = {"bar_stool": 0.9, "shell": 0.55, "office": 0.7, "monobloc": 0.8}.get(text(params, "style"), 0.85)
    high = seat + back - (0.05 if params["style"] == "bar_stool" else 0.02)
    return [
        *corners,
        (rear if "rake" in params else -0.55 * x, wide * y, high),
        (rear if "rake" in params else -0.55 * x, -wide * y, high),
    ]


def _build(params: Mapping[str, Param]) -> Mesh:
    return merge(grounded(CHAIR_FORMS[text(params, "style")](params)), _keypoints(params))


CHAIR = ObjectType(
    name="chair",
    category=_CATEGORY,
    sample=_sample,
    build=_build,
    rest_poses=(RestPose(name="upright", weight=1.0, tilt_rad=(0.0, 0.0)),),
    front_rad=FACES_PLUS_X,
)

OBJECT_TYPES: tuple[ObjectType, ...] = (CHAIR,)
