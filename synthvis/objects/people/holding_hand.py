"""A hand that holds something between its thumb and its fingers: palm, five digits with joints, and a forearm.

Frame of the hand: x to the thumb's side of a right hand, y along the palm from the wrist to the knuckles, z out of the
palm to what it holds. Lengths are those of an adult (Garrett, "The adult human hand", Human Factors 1971).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from synthvis.draws import chance, pick, rounded
from synthvis.objects.clutter import any_color, distractor
from synthvis.objects.mesh.mesh import Mesh
from synthvis.objects.mesh.meshes import Part, ellipsoid, loft, merge, moved, tube
from synthvis.objects.mesh.params import number, numbers, shade_of, surface_seed
from synthvis.objects.object_type import ObjectType, Sample
from synthvis.objects.spec import Param, SurfaceSpec

__all__ = ["DIGITS", "HOLDING_HAND", "OBJECT_TYPES", "RADIUS_M", "flexed_digit", "hand_sample", "lowest_m"]

Float = NDArray[np.float64]

DIGITS = ("thumb", "index", "middle", "ring", "little")
ROOTS_M = np.array(
    [
        [0.031, 0.036, 0.012],
        [0.029, 0.088, 0.0],
        [0.0095, 0.093, -0.001],
        [-0.0105, 0.089, 0.0],
        [-0.0285, 0.08, 0.002],
    ]
)
"""Where each digit begins."""
LENGTHS_M = np.array(
    [[0.042, 0.033, 0.025], [0.044, 0.026, 0.021], [0.048, 0.03, 0.022], [0.044, 0.028, 0.022], [0.035, 0.021, 0.019]]
)
"""Of the three parts of each digit."""
RADIUS_M = np.array([0.0098, 0.0084, 0.0086, 0.0082, 0.0073])
OUTWARDS = np.array([[1.0, -0.2, 0.1], [0.0, 1.0, -0.7], [0.0, 1.0, -0.7], [0.0, 1.0, -0.7], [0.0, 1.0, -0.7]])
"""To which side the joints of each digit stand out."""
SECTIONS_M = np.array(
    [
        [-0.52, 0.044, 0.044],
        [-0.27, 0.043, 0.041],
        [-0.12, 0.034, 0.031],
        [-0.05, 0.028, 0.0225],
        [-0.012, 0.0265, 0.0195],
        [0.015, 0.0295, 0.0195],
        [0.04, 0.037, 0.018],
        [0.065, 0.041, 0.0155],
        [0.085, 0.0405, 0.012],
        [0.094, 0.037, 0.0085],
    ]
)
"""Of forearm and palm: y, half width, half thickness."""
FOREARM_M = 0.52
GLOVES = {"#2a5fa8": 2.0, "#26282c": 2.0, "#e8e6e0": 1.0, "#7ab0d8": 2.0, "#d8a020": 0.5, "#8c8f94": 1.0}
SKINS = ("#e6c2a6", "#d8ac8c", "#b98a6a", "#8a5e46", "#5a3e30")


def flexed_digit(number_of_digit: int, tip_m: Float, side: float) -> Float:
    """(4, 3) joints of a digit, root to tip, all bent by one angle so that it ends at a point, or as near as it comes.

    Args:
        number_of_digit: Index into `DIGITS`.
        tip_m: (3,) where the middle of its end should be, in the frame of the hand.
        side: 1 for a right hand, -1 for a left one.
    """
    mirror = np.array([side, 1.0, 1.0])
    root, lengths = ROOTS_M[number_of_digit] * mirror, LENGTHS_M[number_of_digit]
    way = tip_m - root
    distance_m = float(np.linalg.norm(way))
    ahead = way / distance_m
    out = OUTWARDS[number_of_digit] * mirror
    out = out - (out @ ahead) * ahead
    out /= np.linalg.norm(out)
    low, high = 0.0, 1.9
    for _ in range(40):
        bend = (low + high) / 2
        low, high = (bend, high) if np.linalg.norm(_chain(lengths, bend)[-1]) > distance_m else (low, bend)
    flat = _chain(lengths, low)
    heading = np.arctan2(flat[-1, 1], flat[-1, 0])
    cos, sin = np.cos(heading), np.sin(heading)
    turned = flat @ np.array([[cos, -sin], [sin, cos]])
    joints: Float = root + turned[:, :1] * ahead + turned[:, 1:] * out
    return joints


def _chain(lengths_m: Float, bend_rad: float) -> Float:
    """(4, 2) joints of a chain that sets out along x and turns to -y by one angle at each joint."""
    heading = -bend_rad * np.arange(len(lengths_m))
    steps = lengths_m[:, None] * np.stack([np.cos(heading), np.sin(heading)], axis=1)
    return np.concatenate([np.zeros((1, 2)), np.cumsum(steps, axis=0)])


def hand_sample(rng: Generator, joints_m: Sequence[Float], side: float) -> Sample:
    """A bare or gloved hand.

    Args:
        rng: Source of the draws.
        joints_m: (4, 3) of each of `DIGITS`, as `flexed_digit` gives them.
        side: 1 for a right hand, -1 for a left one.
    """
    flat = tuple(round(float(value), 5) for digit in joints_m for value in digit.ravel())
    params: dict[str, Param] = {"joints_m": flat, "side": side, "cuff_m": rounded(rng, (0.02, 0.16))}
    if chance(rng, 0.35):
        glove: dict[str, Param] = {"color": shade_of(rng, pick(rng, GLOVES)), "roughness": rounded(rng, (0.4, 0.75))}
        skin = SurfaceSpec(kind="rubber" if chance(rng, 0.3) else "plain", params={**glove, "seed": surface_seed(rng)})
        nail = skin
    else:
        tone = shade_of(rng, pick(rng, SKINS), value=0.12, hue=0.03)
        skin = SurfaceSpec(kind="plain", params={"color": tone, "roughness": 0.65, "variation": 0.12})
        pale = tuple(round(min(0.9, 1.12 * channel + 0.03), 5) for channel in tone)
        nail = SurfaceSpec(kind="plain", params={"color": pale, "roughness": 0.25})
    cloth: dict[str, Param] = {"color": any_color(rng), "weave": 0.3, "roughness": 0.9, "pattern": "plain"}
    sleeve = SurfaceSpec(kind="fabric", params={**cloth, "seed": surface_seed(rng)})
    return Sample(params=params, surfaces={"skin": skin, "nail": nail, "sleeve": sleeve})


def lowest_m(params: Mapping[str, Param]) -> float:
    """The z of the lowest point in the frame of the hand; the mesh is moved up or down by it, to stand on z = 0."""
    return float(min(part.vertices_m[:, 2].min() for part in _parts(params)))


def _sample(rng: Generator) -> Sample:
    """Around a thing of some centimetres that is not there."""
    side = 1.0 if chance(rng, 0.5) else -1.0
    wide_m = rounded(rng, (0.01, 0.05))
    tips = [(0.016, 0.105 - wide_m / 2, 0.055), *((x, 0.12 + wide_m / 2, 0.05) for x in (0.022, 0.009, -0.006, -0.02))]
    mirror = np.array([side, 1.0, 1.0])
    return hand_sample(rng, [flexed_digit(k, np.array(tip) * mirror, side) for k, tip in enumerate(tips)], side)


def _build(params: Mapping[str, Param]) -> Mesh:
    return merge(_parts(params), np.zeros((0, 3)))


def _parts(params: Mapping[str, Param]) -> list[Part]:
    joints = np.array(numbers(params, "joints_m")).reshape(len(DIGITS), 4, 3)
    side, cuff_m = number(params, "side"), number(params, "cuff_m")
    parts = [_forearm_and_palm()]
    for number_of_digit, digit in enumerate(joints):
        parts += _digit(digit, float(RADIUS_M[number_of_digit]), OUTWARDS[number_of_digit] * (side, 1.0, 1.0))
    # The ball of the thumb, and the edge of the hand.
    parts.append(moved(ellipsoid("skin", (0.019, 0.034, 0.016), 20, 12), offset_m=(0.02 * side, 0.032, 0.004)))
    parts.append(moved(ellipsoid("skin", (0.014, 0.036, 0.014), 20, 12), offset_m=(-0.024 * side, 0.035, 0.002)))
    ends = (-cuff_m, -cuff_m - 0.004, -0.6 * cuff_m - 0.1, -FOREARM_M - 0.01)
    sleeve = np.array([[0.0, y, 0.0] for y in ends])
    parts.append(tube("sleeve", sleeve, [0.038, 0.043, 0.046, 0.055], 24, up=(1, 0, 0)))
    return parts


def _forearm_and_palm() -> Part:
    turn = np.arange(24) / 24 * 2 * np.pi
    power = 0.75
    cos, sin = np.cos(turn), np.sin(turn)
    rings = np.empty((len(SECTIONS_M), 24, 3))
    rings[..., 0] = SECTIONS_M[:, 1, None] * np.sign(sin) * np.abs(sin) ** power
    rings[..., 1] = SECTIONS_M[:, 0, None]
    rings[..., 2] = SECTIONS_M[:, 2, None] * np.sign(cos) * np.abs(cos) ** power
    return loft("skin", rings)


def _digit(joints_m: Float, radius_m: float, out: Float) -> list[Part]:
    """A digit with knuckles that are a little thicker, a round end, and a nail on its back."""
    corners = np.concatenate([joints_m[:1], joints_m, joints_m[-1:]])
    # Chaikin's cutting of corners, so that skin bends and does not fold (1974).
    for _ in range(2):
        near, far = 0.8 * corners[:-1] + 0.2 * corners[1:], 0.2 * corners[:-1] + 0.8 * corners[1:]
        corners = np.stack([near, far], axis=1).reshape(-1, 3)
    apart = np.concatenate([[True], np.linalg.norm(np.diff(corners, axis=0), axis=1) > 1e-4])
    curve = np.concatenate([joints_m[:1], corners[apart], joints_m[-1:]])
    curve = curve[np.concatenate([[True], np.linalg.norm(np.diff(curve, axis=0), axis=1) > 1e-4])]
    along = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(curve, axis=0), axis=1))])
    knots = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(joints_m, axis=0), axis=1))])
    thick = np.interp(along, knots, radius_m * np.array([1.12, 1.05, 0.98, 0.86]))
    knuckle = 0.07 * sum(np.exp(-(((along - at) / 0.006) ** 2)) for at in knots[1:3])
    ahead = (joints_m[-1] - joints_m[-2]) / np.linalg.norm(joints_m[-1] - joints_m[-2])
    end = radius_m * 0.86
    cap = np.array([0.35, 0.65, 0.87, 0.97])
    curve = np.concatenate([curve, curve[-1] + end * cap[:, None] * ahead])
    radius = np.concatenate([thick * (1 + knuckle), end * np.sqrt(1 - cap**2)])
    first = (joints_m[1] - joints_m[0]) / np.linalg.norm(joints_m[1] - joints_m[0])
    up = out - (out @ first) * first
    back = out - (out @ ahead) * ahead
    back /= np.linalg.norm(back)
    axes = np.column_stack([np.cross(ahead, back), ahead, back])
    nail = ellipsoid("nail", (0.62 * radius_m, 0.75 * radius_m, 0.25 * radius_m), 14, 8)
    place = joints_m[-1] + 0.1 * radius_m * ahead + 0.72 * radius_m * back
    return [tube("skin", curve, radius, 14, up=up), moved(nail, rotation=axes, offset_m=place)]


HOLDING_HAND = distractor("holding_hand", _sample, _build)

OBJECT_TYPES: tuple[ObjectType, ...] = (HOLDING_HAND,)
