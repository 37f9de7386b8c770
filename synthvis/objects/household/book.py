"""Books: hardcovers and paperbacks, closed and open, in stacks and in rows.

The frame of a closed book: it lies on its back board, spine at -x, head at +y.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from synthvis.draws import chance, pick, rounded
from synthvis.geometry import rigid, rotation_about
from synthvis.objects.mesh.mesh import Mesh
from synthvis.objects.mesh.meshes import Part, box, loft, merge, moved
from synthvis.objects.mesh.outlines import mapped
from synthvis.objects.mesh.params import linear_rgb, number, shade_of, surface_seed, text
from synthvis.objects.object_type import Attachment, ObjectType, RestPose, Sample
from synthvis.objects.spec import Category, Mat4, Param, SurfaceSpec, Vec3

__all__ = ["BOOK", "BOOK_OPEN", "BOOK_ROW", "BOOK_STACK", "OBJECT_TYPES"]

Float = NDArray[np.float64]

_CATEGORY = Category(
    id=84,
    name="book",
    supercategory="indoor",
    keypoints=("spine_head", "spine_tail", "fore_tail", "fore_head"),
    skeleton=((0, 1), (1, 2), (2, 3), (3, 0)),
)

_COVERS = {
    "#1d2a4a": 1.6, "#7a1f22": 1.5, "#20242a": 2.0, "#f2efe6": 2.2, "#234a36": 1.0, "#c9a227": 0.7, "#c8442c": 1.1,
    "#2f78b8": 1.3, "#e2c9a0": 0.8, "#5a3a26": 1.0, "#8fb4c8": 0.7, "#e88a2a": 0.7, "#58306a": 0.5, "#9a9a94": 0.7,
    "#3aa08c": 0.5, "#e6a8b8": 0.4, "#f4d23c": 0.6,
}  # fmt: skip
_LAYOUTS = {
    "plain": 1.6, "band": 1.2, "half": 1.0, "frame": 0.7, "disc": 0.6, "stripes": 0.3, "photo": 1.8, "picture": 1.6,
}  # fmt: skip
# Width, height over width, thickness, hardcover share, weight.
_FORMATS: dict[str, tuple[tuple[float, float], tuple[float, float], tuple[float, float], float, float]] = {
    "pocket": ((0.102, 0.118), (1.5, 1.68), (0.01, 0.042), 0.05, 2.0),
    "trade": ((0.125, 0.155), (1.42, 1.58), (0.01, 0.045), 0.4, 3.0),
    "textbook": ((0.18, 0.215), (1.2, 1.36), (0.016, 0.06), 0.6, 1.6),
    "picture": ((0.2, 0.29), (0.8, 1.25), (0.007, 0.025), 0.75, 1.2),
    "booklet": ((0.145, 0.21), (1.36, 1.42), (0.0035, 0.009), 0.0, 0.7),
}


def _sample(rng: Generator) -> Sample:
    params = _shape(rng)
    return Sample(params=params, surfaces=_surfaces(rng, params))


def _shape(rng: Generator) -> dict[str, Param]:
    size = pick(rng, {name: row[4] for name, row in _FORMATS.items()})
    widths, shapes, thicknesses, hard_share, _ = _FORMATS[size]
    hard = chance(rng, hard_share)
    width_m = rounded(rng, widths)
    return {
        "style": "hardcover" if hard else "paperback",
        "width_m": width_m,
        "height_m": round(width_m * rounded(rng, shapes), 5),
        "thickness_m": round(rounded(rng, thicknesses) + 0.006 * hard, 5),
        "board_m": rounded(rng, (0.0018, 0.003)) if hard else rounded(rng, (0.0004, 0.0008)),
        "overhang_m": rounded(rng, (0.002, 0.0045)) if hard else 0.0002,
        "round": rounded(rng, (0.1, 0.3)) if hard and chance(rng, 0.6) else rounded(rng, (0.0, 0.06)),
        # A read paperback does not shut.
        "gape_rad": rounded(rng, (0.0, 0.06)) if not hard and chance(rng, 0.4) else 0.0,
    }


def _surfaces(rng: Generator, params: Mapping[str, Param]) -> dict[str, SurfaceSpec]:
    return {"cover": _cover(rng, hard=text(params, "style") == "hardcover"), "pages": _edges(rng)}


def _cover(rng: Generator, *, hard: bool) -> SurfaceSpec:
    names = [pick(rng, _COVERS) for _ in range(4)]
    color, second, third, fourth = (shade_of(rng, name) for name in names)
    cloth = hard and chance(rng, 0.35)
    layout = pick(rng, {"plain": 2.0, "frame": 0.6, "band": 0.4} if cloth else _LAYOUTS)
    ground = second if layout == "half" else color
    gold = linear_rgb("#c8a24a") if chance(rng, 0.6) else linear_rgb("#e8e4d8")
    light, dark = (0.82, 0.8, 0.75), (0.02, 0.02, 0.025)
    ink = gold if cloth else light if sum(ground) < 0.9 or layout == "photo" else dark
    values: dict[str, Param] = {
        "layout": layout,
        "color": color,
        "color_b": gold if cloth else second,
        "color_c": third,
        "color_d": fourth,
        "spine_color": color if chance(rng, 0.7) else second,
        "ink_color": ink,
        "edge": rounded(rng, (0.0, 0.45)),
        "end_band": 0.84 if chance(rng, 0.5) else 0.94,
        "title_v": rounded(rng, (0.38, 0.68)),
        "title_size": rounded(rng, (0.1, 0.22)),
        "wear": rounded(rng, (0.2, 1.0)) if chance(rng, 0.3) else 0.0,
        "roughness": rounded(rng, (0.6, 0.85)) if cloth else rounded(rng, (0.2, 0.5)),
        "seed": surface_seed(rng),
    }
    return SurfaceSpec(kind="book_cover", params=values)


def _paper(rng: Generator) -> Vec3:
    return shade_of(rng, pick(rng, {"#f0ebdc": 3.0, "#f6f4ee": 2.0, "#e0cfa6": 1.2, "#cdb27e": 0.5}), value=0.08)


def _edges(rng: Generator) -> SurfaceSpec:
    return SurfaceSpec(kind="page_edges", params={"color": _paper(rng), "seed": surface_seed(rng)})


def _build(params: Mapping[str, Param]) -> Mesh:
    w, h, t, board, over = (
        number(params, name) for name in ("width_m", "height_m", "thickness_m", "board_m", "overhang_m")
    )
    half = (w / 2, h / 2)
    lower = mapped(box("cover", (w, h, board)), half, spine=0.0)
    lift = rotation_about((0, 1, 0), -number(params, "gape_rad"))
    hinge = np.array([w / 2, 0.0, 0.0])
    upper = moved(moved(lower, offset_m=hinge), rotation=lift, offset_m=(-w / 2, 0.0, t - board))
    leaves = box("pages", (w - over - 0.3 * board, h - 2 * over, t - 1.9 * board))
    block = moved(leaves, offset_m=((0.3 * board - over) / 2, 0.0, 0.95 * board))
    corners = np.array([(-w, h / 2, board), (-w, -h / 2, board), (0.0, -h / 2, board), (0.0, h / 2, board)])
    keypoints = (corners + 2 * hinge) @ lift.T + (-w / 2, 0.0, t - board)
    return merge([lower, upper, _spine(params), block], keypoints)


def _spine(params: Mapping[str, Param]) -> Part:
    """A bar with a bowed outer side along the hinge."""
    w, h, t, board = (number(params, name) for name in ("width_m", "height_m", "thickness_m", "board_m"))
    across = np.linspace(-1.0, 1.0, 9)
    bow = number(params, "round") * t * (1 - across**2)
    z = t / 2 * (1 + across)
    outer = np.stack([-w / 2 - bow, z], axis=1)
    section = np.concatenate([[(-w / 2 + 1.2 * board, 0.0), (-w / 2 + 1.2 * board, t)], outer[::-1]])
    rings = np.empty((2, len(section), 3))
    rings[..., 0], rings[..., 2] = section[:, 0], section[:, 1]
    # A hair shorter than the boards, so that no two parts share an edge.
    rings[..., 1] = np.array([[h / 2 - 5e-5], [5e-5 - h / 2]])
    part = loft("cover", rings)
    at = moved(part, offset_m=(0.0, 0.0, -t / 2))
    return Part(
        slot="cover",
        vertices_m=part.vertices_m,
        faces=part.faces,
        attributes=mapped(at, (t / 2, h / 2), axes=(2, 1), spine=1.0).attributes,
    )


# Open


def _sample_open(rng: Generator) -> Sample:
    shape = _shape(rng)
    paper: Vec3 = _paper(rng)
    pictured = [shade_of(rng, pick(rng, _COVERS)) for _ in range(4)]
    page: dict[str, Param] = {
        "color": paper,
        "color_b": pictured[1],
        "color_c": pictured[2],
        "color_d": pictured[3],
        "lines": rounded(rng, (10.0, 19.0)),
    }
    pictures = chance(rng, 0.35)
    params: dict[str, Param] = {
        "style": text(shape, "style"),
        "width_m": number(shape, "width_m"),
        "height_m": number(shape, "height_m"),
        "thickness_m": max(number(shape, "thickness_m"), 0.008),
        "board_m": number(shape, "board_m"),
        "overhang_m": number(shape, "overhang_m"),
        "place": rounded(rng, (0.25, 0.75)),
        "belly": rounded(rng, (0.15, 0.5)),
        "loose": int(rng.integers(1, 4)) if chance(rng, 0.5) else 0,
        "loose_seed": int(rng.integers(0, 10_000)),
    }
    right = chance(rng, 0.5)
    surfaces = {"cover": _cover(rng, hard=text(shape, "style") == "hardcover")} | {
        name: SurfaceSpec(
            kind="printed_page", params={**page, "picture": pictures and right == (k == 1), "seed": surface_seed(rng)}
        )
        for k, name in enumerate(("left", "right"))
    }
    return Sample(params=params, surfaces=surfaces)


def _build_open(params: Mapping[str, Param]) -> Mesh:
    w, h, board = (number(params, name) for name in ("width_m", "height_m", "board_m"))
    over, place = number(params, "overhang_m"), number(params, "place")
    thick = number(params, "thickness_m")
    cover = mapped(box("cover", (2 * w + thick * 0.6, h, board)), (w, h / 2), spine=0.0)
    parts = [cover]
    for sign, share in ((-1.0, place), (1.0, 1 - place)):
        slot = "left" if sign < 0 else "right"
        parts.append(_leaves(params, slot, sign, thick * share, board, w - over, h - 2 * over))
    rng = np.random.default_rng(int(number(params, "loose_seed")))
    for rise in np.sort(rng.uniform(0.25, 1.5, int(number(params, "loose")))):
        parts.append(_loose(params, rise, w - over, h - 2 * over, thick))
    top = board + 0.5 * thick
    keypoints = [(0.0, h / 2, top), (0.0, -h / 2, top), (w, -h / 2, top), (w, h / 2, top)]
    return merge(parts, keypoints)


def _belly(params: Mapping[str, Param], share: Float) -> Float:
    """Height over the distance from the gutter (0) to the fore edge (1), as a share of the thickness."""
    rise = 1 - (1 - np.clip(share / 0.16, 0, 1)) ** 2
    swell: Float = rise * (1 + number(params, "belly") * np.sin(np.pi * np.clip(share, 0, 1)) * (1 - share))
    return 0.15 + 0.85 * swell


def _leaves(params: Mapping[str, Param], slot: str, sign: float, t: float, z: float, w: float, h: float) -> Part:
    """One half of an open block."""
    share = np.linspace(0.0, 1.0, 15) ** 1.3
    top = np.stack([share * w, z + t * _belly(params, share)], axis=1)
    section = np.concatenate([[(0.0, z), (w + 0.1 * t, z)], top[::-1]])
    rings = np.empty((2, len(section), 3))
    rings[..., 0], rings[..., 2] = section[:, 0], section[:, 1]
    rings[..., 1] = np.array([[h / 2], [-h / 2]])
    middle, end = rings[0].mean(axis=0) * (1, 0, 1), np.array([0.0, h / 2, 0.0])
    part = loft(slot, rings, start_m=middle + end, end_m=middle - end)
    part = mapped(moved(part, offset_m=(-w / 2, 0.0, 0.0)), (w / 2, h / 2))
    part = moved(part, offset_m=(w / 2, 0.0, 0.0))
    part = moved(part, offset_m=(5e-5, 0.0, 0.0))
    if sign > 0:
        return part
    mirrored = part.vertices_m * (-1.0, 1.0, 1.0)
    return Part(slot=slot, vertices_m=mirrored, faces=part.faces[:, ::-1], attributes=part.attributes)


def _loose(params: Mapping[str, Param], rise_rad: float, w: float, h: float, t: float) -> Part:
    """A leaf that stands up from the gutter and curls over to the right."""
    share = np.linspace(0.0, 1.0, 9)
    turn = 1.5 - rise_rad * share * 0.9
    step = w / 8
    x = np.concatenate([[0.0], np.cumsum(np.cos(turn[1:]) * step)])
    z = np.concatenate([[0.0], np.cumsum(np.sin(turn[1:]) * step)]) + 0.4 * t
    front, aside = np.stack([x, z], axis=1), np.array([0.00015, 0.0])
    section = np.concatenate([front + aside, front[::-1] - aside])
    rings = np.empty((2, len(section), 3))
    rings[..., 0], rings[..., 2] = section[:, 0], section[:, 1]
    rings[..., 1] = np.array([[h / 2], [-h / 2]])
    part = loft("right", rings)
    along = np.concatenate([share, share[::-1]]) * 2 - 1
    u = np.concatenate([along, along, [0.0, 0.0]])
    return Part(
        slot="right",
        vertices_m=moved(part, offset_m=(0.0002 + 0.001 * rise_rad, 0.0, 0.0)).vertices_m,
        faces=part.faces,
        attributes={"u": u, "v": part.vertices_m[:, 1] / (h / 2)},
    )


# Several


def _several(rng: Generator, count: int) -> list[tuple[dict[str, Param], dict[str, SurfaceSpec]]]:
    """Books of which some belong to one series."""
    drawn: list[tuple[dict[str, Param], dict[str, SurfaceSpec]]] = []
    for _ in range(count):
        if drawn and chance(rng, 0.22):
            params, surfaces = drawn[-1]
            print_of = {**surfaces["cover"].params, "seed": surface_seed(rng)}
            if chance(rng, 0.5):
                print_of["color"] = print_of["spine_color"] = shade_of(rng, pick(rng, _COVERS))
            params = {
                **params,
                "thickness_m": round(number(params, "thickness_m") * rounded(rng, (0.8, 1.2)), 5),
            }
            drawn.append((params, {**surfaces, "cover": SurfaceSpec(kind="book_cover", params=print_of)}))
            continue
        params = _shape(rng) | {"gape_rad": 0.0}
        drawn.append((params, _surfaces(rng, params)))
    return drawn


def _attached(books: list[tuple[dict[str, Param], dict[str, SurfaceSpec]]], poses: list[Float]) -> Sample:
    riders = tuple(
        Attachment(kind="book", params=params, surfaces=surfaces, object_from_part=_plain(pose))
        for (params, surfaces), pose in zip(books[1:], poses, strict=True)
    )
    return Sample(params=books[0][0], surfaces=books[0][1], attachments=riders)


def _plain(pose: Float) -> Mat4:
    a, b, c, d = ((float(w), float(x), float(y), float(z)) for w, x, y, z in pose)
    return (a, b, c, d)


def _sample_stack(rng: Generator) -> Sample:
    books = _several(rng, int(rng.integers(2, 7)))
    if chance(rng, 0.7):
        books.sort(key=lambda item: -number(item[0], "width_m") * number(item[0], "height_m") * rng.uniform(0.75, 1.3))
    top_m = number(books[0][0], "thickness_m")
    tidy = rounded(rng, (0.02, 0.35))
    poses = []
    for params, _ in books[1:]:
        yaw = float(rng.normal()) * tidy + np.pi * chance(rng, 0.3)
        shift = rng.normal(0.0, 0.012, 2)
        poses.append(rigid(rotation_about((0, 0, 1), yaw), (shift[0], shift[1], top_m + 0.0002)))
        top_m += number(params, "thickness_m") + 0.0002
    return _attached(books, poses)


def _sample_row(rng: Generator) -> Sample:
    books = _several(rng, int(rng.integers(3, 10)))
    first = books[0][0]
    reach_m = number(first, "thickness_m")
    leaning = int(rng.integers(1, 3)) if chance(rng, 0.4) else 0
    lean_rad = rounded(rng, (0.1, 0.3))
    poses: list[Float] = []
    for index, (params, _) in enumerate(books[1:], start=1):
        w, h, t = (number(params, name) for name in ("width_m", "height_m", "thickness_m"))
        x_m = (w - number(first, "width_m")) / 2 + float(rng.uniform(0.0, 0.008))
        tail_m = -number(first, "height_m") / 2
        lean = lean_rad if index >= len(books) - leaning else 0.0
        if lean and index == len(books) - leaning:
            neighbour_m = number(books[index - 1][0], "height_m")
            reach_m += min(h * np.sin(lean), neighbour_m * np.tan(lean))
        turn = rotation_about((1, 0, 0), -lean)
        corner = np.array([x_m, tail_m, reach_m + 0.0003])
        poses.append(rigid(turn, corner - turn @ np.array([0.0, -h / 2, 0.0])))
        reach_m += t / np.cos(lean) + 0.0003
    return _attached(books, poses)


_STANDING = RestPose(name="standing", weight=0.35, tilt_rad=(float(np.pi / 2), float(np.pi / 2)), tilt_axis="x")
_LYING = RestPose(name="lying", weight=0.55, tilt_rad=(0.0, 0.0))
_FACE_DOWN = RestPose(name="face_down", weight=0.1, tilt_rad=(float(np.pi), float(np.pi)), tilt_axis="x")

BOOK = ObjectType(
    name="book", category=_CATEGORY, sample=_sample, build=_build, rest_poses=(_LYING, _STANDING, _FACE_DOWN)
)
BOOK_OPEN = ObjectType(
    name="book_open", category=_CATEGORY, sample=_sample_open, build=_build_open, rest_poses=(_LYING,)
)
BOOK_STACK = ObjectType(name="book_stack", category=_CATEGORY, sample=_sample_stack, build=_build, rest_poses=(_LYING,))
"""Two to six books on each other, each labelled by itself; the object is the lowest one."""
BOOK_ROW = ObjectType(name="book_row", category=_CATEGORY, sample=_sample_row, build=_build, rest_poses=(_STANDING,))
"""Three to nine books side by side on their tails; the last ones may lean."""

OBJECT_TYPES: tuple[ObjectType, ...] = (BOOK, BOOK_OPEN, BOOK_STACK, BOOK_ROW)
