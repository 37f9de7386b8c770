"""People of a place: walkers, sitters, and what they hold."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from synthvis.geometry import rotation_about
from synthvis.scene.draft import Draft, Placed, draft_of, drafted
from synthvis.scene.draw import chance, colour_rgb, pick, uniform
from synthvis.scene.places.composer import Composer, Support
from synthvis.shapes.draws import number
from synthvis.shapes.kind import Sample
from synthvis.shapes.person import hand_m, posed, seat_m
from synthvis.shapes.registry import kind_named
from synthvis.types import Param, SurfaceSpec

__all__ = ["AT_TABLE", "INDOORS", "OUTDOORS", "put_person", "sit_on"]

INDOORS = {"cell_phone": 3.0, "remote": 3.0, "cup": 2.0, "wine_glass": 1.5, "bottle": 1.5, "book": 1.2, "banana": 0.5,
           "donut": 0.7, "apple": 0.4, "teddy_bear": 0.7}  # fmt: skip
AT_TABLE = {"cup": 2.0, "wine_glass": 2.0, "fork": 1.0, "knife": 0.7, "spoon": 0.8, "bottle": 1.0, "donut": 1.0,
            "carrot": 0.5, "banana": 0.5, "apple": 0.4, "cell_phone": 1.0, "scissors": 0.3, "bowl": 0.8}  # fmt: skip
OUTDOORS = {"cell_phone": 3.0, "bottle": 1.5, "cup": 1.2, "frisbee": 1.0, "sports_ball": 1.0, "donut": 0.6,
            "teddy_bear": 0.5, "banana": 0.4, "apple": 0.4, "book": 0.5, "skateboard": 0.6}  # fmt: skip
"""What people have in a hand, by where they are, weighted."""

Float = NDArray[np.float64]

POINTED = frozenset({"cell_phone", "remote", "book", "fork", "knife", "spoon", "scissors", "skateboard"})
"""What a hand holds before the face, its upper side to it; all else is upright in a hand."""
FIST = 0.03
"""Its radius over body height."""
IN_SEAT = 0.52
"""Where on a seat the body is, from its front to its rear."""
ON_SEAT_M = 0.02
"""Seats are crowned or raked by that much over the line between their corners."""


def put_person(
    composer: Composer,
    support: Support,
    at_m: tuple[float, float],
    *,
    facing_rad: float | None = None,
    swim: bool = False,
    posture: str | None = None,
    jitter_m: float = 0.0,
    stack: bool = False,
    lift_m: float = 0.0,
    held: Mapping[str, float] | None = None,
) -> Placed | None:
    """A person in clothes of any colour; None where there is no room.

    Args:
        composer: Of the place.
        support: What to stand on.
        at_m: Wished x and y.
        facing_rad: Where the person looks; None: anywhere.
        swim: In swimwear, as on a beach.
        posture: One of `POSTURES`; None: whatever people do who do nothing.
        jitter_m: As in `Composer.put`.
        stack: As in `Composer.put`: may stand on a board.
        lift_m: As in `Composer.put`.
        held: Kinds of which one is in a hand, with weights; None: nothing.
    """
    rng = composer.rng
    posture = "hold" if held and posture is None else posture
    turn_rad = uniform(rng, (0.0, 2 * math.pi)) if facing_rad is None else facing_rad
    sample = _dressed(rng, posed(rng, posture) if posture else {}, swim=swim)
    draft = drafted("person", sample, rotation_about((0, 0, 1), turn_rad))
    person = composer.settle(draft, support, at_m, jitter_m=jitter_m, stack=stack, lift_m=lift_m)
    if person is not None and held:
        _hold_something(composer, person, turn_rad, held)
    return person


def _hold_something(composer: Composer, person: Placed, facing_rad: float, held: Mapping[str, float]) -> Placed | None:
    """Put one of the kinds of `held`, with weights, into the more raised hand; None where something is in the way."""
    rng, params = composer.rng, person.draft.parts[0][0].params
    kind = pick(rng, held)
    draft = _pointed(composer, kind, facing_rad) if kind in POINTED else draft_of(kind, rng, poses=("upright",))
    turned = rotation_about((0, 0, 1), facing_rad)
    points = [
        mesh.vertices_m @ pose[:3, :3].T + pose[:3, 3]
        for mesh, (_, pose) in zip(draft.meshes, draft.parts, strict=True)
    ]
    ahead_m = np.concatenate(points) @ turned
    # Before the fist, which is closed, so that nothing is within the other.
    low, high = ahead_m.min(axis=0), ahead_m.max(axis=0)
    fist_m = FIST * number(params, "height_m")
    grip_m = np.array([low[0] - fist_m, (low[1] + high[1]) / 2, min((low[2] + high[2]) / 2, low[2] + fist_m)])
    at_m = np.array(person.xyz_m) + turned @ (np.array(hand_m(params)) - grip_m)
    return composer.hold(draft, (float(at_m[0]), float(at_m[1]), float(at_m[2])), within=(person,))


def _pointed(composer: Composer, kind_name: str, facing_rad: float) -> Draft:
    """A thing that lies with its y axis ahead, tilted so that its upper side looks at the face."""
    rng = composer.rng
    tilt_rad = uniform(rng, (0.2, 1.2))
    ahead = np.array([math.cos(tilt_rad), 0.0, math.sin(tilt_rad)])
    over = np.array([-math.sin(tilt_rad), 0.0, math.cos(tilt_rad)])
    hand_from_object: Float = np.column_stack([np.cross(ahead, over), ahead, over])
    twist = rotation_about((0, 0, 1), rng.normal() * 0.3)
    turn = rotation_about((0, 0, 1), facing_rad) @ hand_from_object @ twist
    return drafted(kind_name, kind_named(kind_name).sample(rng), turn)


def sit_on(
    composer: Composer, seat: Placed, *, across: float, held: Mapping[str, float] | None = None
) -> Placed | None:
    """Let somebody sit on a couch, bench or chair; None where others or things are in the way.

    Args:
        composer: Of the place.
        seat: Its first four keypoints are the corners of its seat: front left and right, rear right and left.
        across: Where, from its left (0) to its right (1).
        held: Kinds of which one is in a hand, with weights; None: nothing.
    """
    rng = composer.rng
    pose = seat.draft.parts[0][1]
    corners = seat.draft.meshes[0].keypoints_m[:4] @ pose[:3, :3].T + pose[:3, 3] + np.array(seat.xyz_m)
    front, rear = (corners[a] + across * (corners[b] - corners[a]) for a, b in ((0, 1), (3, 2)))
    facing_rad = math.atan2(*(front - rear)[[1, 0]].tolist()) + rng.normal() * 0.12
    sample = _dressed(rng, posed(rng, "sit"), swim=False)
    x_m, y_m, z_m = (front + IN_SEAT * (rear - front)).tolist()
    draft = drafted("person", sample, rotation_about((0, 0, 1), facing_rad))
    foot_m = max(seat.box_m[0][2], z_m + ON_SEAT_M - seat_m(sample.params))
    person = composer.hold(draft, (x_m, y_m, foot_m), within=(seat,))
    if person is not None and held:
        _hold_something(composer, person, facing_rad, held)
    return person


def _dressed(rng: Generator, angles: Mapping[str, Param], *, swim: bool) -> Sample:
    """A person in clothes of any colour."""
    sample = kind_named("person").sample(rng)
    params: dict[str, Param] = {**sample.params, "hat": chance(rng, 0.15), **angles}
    surfaces = {**sample.surfaces, "top": _shirt(rng)}
    if swim and chance(rng, 0.6):
        bare = surfaces["skin"]
        surfaces["top"] = bare if chance(rng, 0.6) else surfaces["top"]
        # Bare legs below shorts, or a suit that covers all.
        params["outfit"] = "shorts" if chance(rng, 0.6) else "trousers"
        if params["outfit"] == "trousers":
            surfaces["trousers"] = surfaces["top"]
        params["short_sleeves"] = params["outfit"] == "shorts"
        surfaces["shoes"] = bare
    return Sample(params, surfaces)


def _shirt(rng: Generator) -> SurfaceSpec:
    params: dict[str, Param] = {
        "color": colour_rgb(rng, value=(0.02, 0.8), saturation=0.8),
        "color_2": colour_rgb(rng, value=(0.02, 0.8), saturation=0.6),
        "pattern": pick(rng, {"plain": 5.0, "stripes": 1.0, "checks": 0.6}),
        "size_m": uniform(rng, (0.02, 0.08)),
        "weave": 0.3,
        "seed": uniform(rng, (0, 1000)),
    }
    return SurfaceSpec(kind="fabric", params=params)
