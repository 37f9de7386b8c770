"""People of an environment: walkers, sitters, and what they hold."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from synthvis.draws import chance, pick, uniform
from synthvis.geometry import rotation_about
from synthvis.objects.mesh.params import number
from synthvis.objects.object_type import Sample
from synthvis.objects.people.dyes import in_other_colours
from synthvis.objects.people.hand import Grip
from synthvis.objects.people.person import draw_person, seat_m, wrist_m
from synthvis.scene.environments.composer import SceneComposer, Support
from synthvis.scene.placed_object import ObjectSample, PlacedObject, oriented_object

__all__ = [
    "AT_TABLE",
    "INDOORS",
    "OUTDOORS",
    "put_copy",
    "put_person",
    "seat_corners_m",
    "shapes_of",
    "sit_on",
]

INDOORS = {"cell_phone": 3.0, "remote": 3.0, "cup": 2.0, "wine_glass": 1.5, "bottle": 1.5, "book": 1.2, "banana": 0.5,
           "donut": 0.7, "apple": 0.4, "teddy_bear": 0.7}  # fmt: skip
AT_TABLE = {"cup": 2.0, "wine_glass": 2.0, "fork": 1.0, "knife": 0.7, "spoon": 0.8, "bottle": 1.0, "donut": 1.0,
            "carrot": 0.5, "banana": 0.5, "apple": 0.4, "cell_phone": 1.0, "scissors": 0.3, "bowl": 0.8}  # fmt: skip
OUTDOORS = {"cell_phone": 3.0, "bottle": 1.5, "cup": 1.2, "frisbee": 1.0, "sports_ball": 1.0, "donut": 0.6,
            "teddy_bear": 0.5, "banana": 0.4, "apple": 0.4, "book": 0.5}  # fmt: skip
"""What people have in a hand, by where they are, weighted."""

Float = NDArray[np.float64]

POINTED = frozenset({"cell_phone", "remote", "book", "fork", "knife", "spoon", "scissors"})
"""What a hand holds from below, its upper side to the face; all else is upright before the hand."""
GRIP_AT = {"wine_glass": 0.4, "bottle": 0.45}
"""Where along it an upright thing is held, from its lower end; all else in its middle."""
REAR_M = 0.045
"""Where a thing that points ahead is held, from its rear end, which is over the wrist then."""
LARGE_M = 0.12
"""What is deeper than that is carried rather than gripped."""
HAND_M = 0.047
"""A hand takes that much of a thing to either side of where it holds it."""
HOLDING_SLEEVE = 1.75
"""Where the sleeve of an arm that holds something ends, in bones of the arm."""
IN_SEAT = 0.52
"""Where on a seat the body is, from its front to its rear."""
ON_SEAT_M = 0.02
"""Seats are crowned or raked by that much over the line between their corners."""


def put_person(
    composer: SceneComposer,
    support: Support,
    at_m: tuple[float, float],
    *,
    facing_rad: float | None = None,
    swim: bool = False,
    clothes: str | None = None,
    posture: str | None = None,
    jitter_m: float = 0.0,
    stack: bool = False,
    lift_m: float = 0.0,
    held: Mapping[str, float] | None = None,
) -> PlacedObject | None:
    """A person in clothes of any colour; None where there is no room.

    Args:
        composer: Of the environment.
        support: What to stand on.
        at_m: Wished x and y.
        facing_rad: Where the person looks; None: anywhere.
        swim: In swimwear, as on a beach.
        clothes: One of `CLOTHES`; None: what people wear in the street, or `swim`.
        posture: One of `POSTURES`; None: whatever people do who do nothing.
        jitter_m: As in `SceneComposer.place`.
        stack: As in `SceneComposer.place`: may stand on a board.
        lift_m: As in `SceneComposer.place`.
        held: Kinds of which one is in a hand, with weights; None: nothing.
    """
    rng = composer.rng
    turn_rad = uniform(rng, (0.0, 2 * math.pi)) if facing_rad is None else facing_rad
    thing = _held(composer, held, turn_rad) if held else None
    posture = "hold" if thing and posture is None else posture
    sample = _dressed(rng, posture, thing, swim=swim, clothes=clothes)
    sampled = oriented_object("person", sample, rotation_about((0, 0, 1), turn_rad))
    person = composer.place_sampled(sampled, support, at_m, jitter_m=jitter_m, stack=stack, lift_m=lift_m)
    if person is not None and thing is not None:
        thing.hand_to(composer, person)
    return person


def shapes_of(rng: Generator, count: int, *, clothes: str | None = None) -> list[Sample]:
    """Bodies for `put_copy`, which spares their meshes; arguments as in `put_person`."""
    return [draw_person(rng, clothes=clothes) for _ in range(count)]


def put_copy(
    composer: SceneComposer, shapes: Sequence[Sample], at_m: tuple[float, float], facing_rad: float, *, jitter_m: float
) -> PlacedObject | None:
    """One of some bodies on the floor, in other colours; None where there is no room."""
    rng = composer.rng
    sample = in_other_colours(rng, shapes[int(rng.integers(len(shapes)))])
    sampled = oriented_object("person", sample, rotation_about((0, 0, 1), facing_rad))
    return composer.place_sampled(sampled, composer.floor, at_m, jitter_m=jitter_m)


@dataclass(frozen=True, slots=True, eq=False)
class _Held:
    """A thing that is turned as it will be held.

    Attributes:
        sampled: The thing.
        grip: How a hand takes it.
        middle_m: Middle of what the hand takes of it, in its oriented frame turned back by `facing_rad`.
        facing_rad: Where the person looks.
    """

    sampled: ObjectSample
    grip: Grip
    middle_m: Float
    facing_rad: float

    def hand_to(self, composer: SceneComposer, person: PlacedObject) -> PlacedObject | None:
        """Put it into the hand of a person who was built with this grip; None where something is in the way."""
        origin_m = np.array(wrist_m(person.sampled.parts[0][0].params)) + self.grip.box_m - self.middle_m
        at_m = np.array(person.xyz_m) + rotation_about((0, 0, 1), self.facing_rad) @ origin_m
        return composer.hang(self.sampled, (float(at_m[0]), float(at_m[1]), float(at_m[2])), within=(person,))


def _held(composer: SceneComposer, weights: Mapping[str, float], facing_rad: float) -> _Held:
    """One of some kinds, upright before a hand that comes from behind, or lying ahead on a hand below it."""
    rng = composer.rng
    kind = pick(rng, weights)
    pointed = kind in POINTED
    tilt_rad = uniform(rng, (0.2, 1.2)) if pointed else math.pi / 2
    axes = Grip(0.0, 0.0, tilt_rad, from_behind=not pointed).axes
    facing = rotation_about((0, 0, 1), facing_rad)
    if pointed:
        turn = facing @ axes @ rotation_about((0, 0, 1), rng.normal() * 0.15)
        sampled = composer.oriented(kind, turn)
    else:
        sampled = composer.sample(kind, poses=("upright",))
    local_m = _along_edges(sampled) @ facing @ axes
    low_m, high_m = local_m[:, 1].min(), local_m[:, 1].max()
    length_m = high_m - low_m
    at_m = low_m + (min(REAR_M, 0.5 * length_m) if pointed else GRIP_AT.get(kind, 0.5) * length_m)
    taken = local_m[np.abs(local_m[:, 1] - at_m) < HAND_M]
    if np.ptp(taken[:, 2]) > LARGE_M:
        # A bear or a ball rests on the forearm, all of it before the body.
        at_m, taken = low_m + 0.2 * length_m, local_m
    low, high = taken.min(axis=0), taken.max(axis=0)
    half, middle = (high - low) / 2, (high + low) / 2
    grip = Grip(float(half[0]), float(half[2]), tilt_rad, from_behind=not pointed)
    return _Held(sampled, grip, axes @ np.array([middle[0], at_m, middle[2]]), facing_rad)


def _along_edges(sampled: ObjectSample) -> Float:
    """(N, 3) points along all edges of an object, less than a hand apart on what a hand can hold."""
    found = []
    for mesh, (_, pose) in zip(sampled.meshes, sampled.parts, strict=True):
        vertices = mesh.vertices_m @ pose[:3, :3].T + pose[:3, 3]
        start, end = (vertices[mesh.faces[:, columns]].reshape(-1, 3) for columns in ((0, 1, 2), (1, 2, 0)))
        found += [start + share * (end - start) for share in np.linspace(0.0, 1.0, 9)]
    return np.concatenate(found)


def seat_corners_m(seat: PlacedObject) -> Float:
    """(4, 3) corners of the seat of a couch, bench, chair or bed: front left and right, rear right and left."""
    pose = seat.sampled.parts[0][1]
    corners: Float = seat.sampled.meshes[0].keypoints_m[:4] @ pose[:3, :3].T + pose[:3, 3] + np.array(seat.xyz_m)
    return corners


def sit_on(
    composer: SceneComposer, seat: PlacedObject, *, across: float, held: Mapping[str, float] | None = None
) -> PlacedObject | None:
    """Let somebody sit on a couch, bench or chair; None where others or things are in the way.

    Args:
        composer: Of the environment.
        seat: Its first four keypoints are the corners of its seat.
        across: Where, from its left (0) to its right (1).
        held: Kinds of which one is in a hand, with weights; None: nothing.
    """
    rng = composer.rng
    corners = seat_corners_m(seat)
    front, rear = (corners[a] + across * (corners[b] - corners[a]) for a, b in ((0, 1), (3, 2)))
    facing_rad = math.atan2(*(front - rear)[[1, 0]].tolist()) + rng.normal() * 0.12
    thing = _held(composer, held, facing_rad) if held else None
    sample = _dressed(rng, "sit", thing, swim=False)
    x_m, y_m, z_m = (front + IN_SEAT * (rear - front)).tolist()
    sampled = oriented_object("person", sample, rotation_about((0, 0, 1), facing_rad))
    foot_m = max(seat.box_m[0][2], z_m + ON_SEAT_M - seat_m(sample.params))
    person = composer.hang(sampled, (x_m, y_m, foot_m), within=(seat,))
    if person is not None and thing is not None:
        thing.hand_to(composer, person)
    return person


def _dressed(
    rng: Generator, posture: str | None, thing: _Held | None, *, swim: bool, clothes: str | None = None
) -> Sample:
    """Somebody in clothes of any colour."""
    sample = draw_person(rng, clothes="swim" if swim and chance(rng, 0.6) else clothes, posture=posture)
    if thing is None:
        return sample
    grip = thing.grip
    held = (grip.half_width_m, grip.half_depth_m, grip.tilt_rad, float(grip.from_behind))
    # A sleeve slides up the forearm that holds something.
    sleeve = min(number(sample.params, "sleeve"), HOLDING_SLEEVE)
    return replace(sample, params={**sample.params, "grip": held, "sleeve": sleeve})
