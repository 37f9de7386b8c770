"""Putting things where people put them: on the floor, on a table, against a wall, in the air; never into each other.

An environment is composed in a frame of its own: z up, the floor at z = 0, x into the picture, y to the left. The
camera looks from -x, and the whole is turned about z afterwards.
"""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from synthvis.objects.object_type import Sample
from synthvis.objects.registry import WITHOUT_OWN, ObjectCatalogue
from synthvis.scene.height_field import Footprint, HeightField, footprint_of
from synthvis.scene.placed_object import ObjectSample, PlacedObject, oriented_object, sample_object

__all__ = ["SceneComposer", "Span", "Support"]

Float = NDArray[np.float64]
Span = tuple[float, float]
TRIES = 12
LEVEL_TOLERANCE_M = 0.012
CONTACT_M = 5e-6
"""What touches is apart by that much, so that no point is on two surfaces."""
FLOOR_CELL_M, TOP_CELL_M = 0.025, 0.006


@dataclass(frozen=True, slots=True, eq=False)
class Support:
    """A level thing to put others on, with all that stands on it already.

    Attributes:
        field: Heights over `level_m`, centred on `centre_m`.
        centre_m: x and y of its middle.
        level_m: Height of its plane.
        half_m: Half its extent along x and y.
        clearance_m: Free height above it.
        carrier: What it belongs to.
    """

    field: HeightField
    centre_m: tuple[float, float]
    level_m: float
    half_m: tuple[float, float]
    clearance_m: float = math.inf
    carrier: PlacedObject | None = None


class SceneComposer:
    """Collects the objects of an environment.

    Args:
        rng: Source of all draws.
        floor_m: Half the side of the floor that things may stand on.
        level_m: Height of the floor.
        kinds: Every kind that the environment may hold, patterns of own assets written out.
        objects: Where kinds are looked up.
    """

    def __init__(
        self,
        rng: Generator,
        *,
        floor_m: float = 4.0,
        level_m: float = 0.0,
        kinds: tuple[str, ...] = (),
        objects: ObjectCatalogue = WITHOUT_OWN,
    ) -> None:
        self.rng = rng
        self.objects = objects
        self.kinds = kinds
        self.placed: list[PlacedObject] = []
        cell_m = max(FLOOR_CELL_M, floor_m / 250)
        self.floor = Support(HeightField(floor_m, cell_m), (0.0, 0.0), level_m, (floor_m, floor_m))

    def sample(
        self,
        kind: str,
        *,
        facing_rad: float | None = None,
        poses: tuple[str, ...] = (),
        sample: Sample | None = None,
    ) -> ObjectSample:
        """An object in one of its rest poses; arguments as in `place`."""
        return sample_object(kind, self.rng, facing_rad=facing_rad, poses=poses, sample=sample, objects=self.objects)

    def oriented(self, kind: str, turn: Float, sample: Sample | None = None) -> ObjectSample:
        """An object oriented by the (3, 3) rotation `turn`; `sample` is an earlier draw of its kind."""
        return oriented_object(kind, sample or self.objects.named(kind).sample(self.rng), turn, self.objects)

    def board(self, level_m: float, x_m: Span, y_m: Span, clearance_m: float = math.inf) -> Support:
        """A level board that the stage or an unlabelled object already provides: a shelf, a counter, a desk."""
        half = ((x_m[1] - x_m[0]) / 2, (y_m[1] - y_m[0]) / 2)
        field = HeightField(max(half) + TOP_CELL_M, _cell_m(max(half)), base_m=-math.inf)
        # The grid is square, the board need not be: nothing stands beyond its edges.
        field.block((-half[0], half[0]), (-half[1], half[1]), 0.0)
        centre = ((x_m[0] + x_m[1]) / 2, (y_m[0] + y_m[1]) / 2)
        return Support(field, centre, level_m, half, clearance_m)

    def top_of(self, carrier: PlacedObject, level_m: float | None = None, *, cell_m: float = 0.0) -> Support:
        """What a placed object carries at `level_m` above its foot, by default at its highest point.

        The field holds the object itself: what is put on a couch ends up on the seat or the cushion there. Coarser
        cells (`cell_m`) take less time, and things stand farther apart on them.
        """
        low, high = carrier.box_m
        half = ((high[0] - low[0]) / 2, (high[1] - low[1]) / 2)
        centre = ((high[0] + low[0]) / 2, (high[1] + low[1]) / 2)
        level = high[2] if level_m is None else low[2] + level_m
        field = HeightField(max(half) + 0.1, max(_cell_m(max(half)), cell_m), base_m=low[2] - level)
        footprint = _footprint(carrier.sampled, field.cell_m)
        x_m, y_m = (carrier.xyz_m[0] - centre[0], carrier.xyz_m[1] - centre[1])
        # The carrier keeps its place; the frame gives way to the grid.
        snapped = field.snap((x_m, y_m))
        centre = (centre[0] + x_m - snapped[0], centre[1] + y_m - snapped[1])
        field.add(footprint, snapped, carrier.xyz_m[2] - level)
        return Support(field, centre, level, half, carrier=carrier)

    def place(
        self,
        kind: str,
        support: Support,
        at_m: tuple[float, float],
        *,
        facing_rad: float | None = None,
        poses: tuple[str, ...] = (),
        jitter_m: float = 0.0,
        stack: bool = False,
        steady: bool = False,
        lift_m: float = 0.0,
        sample: Sample | None = None,
        rise_m: float = LEVEL_TOLERANCE_M,
    ) -> PlacedObject | None:
        """Let an object come to rest on a support; None where it finds no room.

        Args:
            kind: Registry name.
            support: What to put it on.
            at_m: Wished x and y of its origin, in the frame of the environment.
            facing_rad: Where its front looks; None: anywhere.
            poses: Rest poses to choose from; none: all.
            jitter_m: Standard deviation of the distance from `at_m`; grows with every failed try.
            stack: It may come to rest on what stands there already.
            steady: With `stack`: not where it would tip over an edge.
            lift_m: It is held that far above where it would rest: carried, afloat, in a leap.
            sample: An earlier draw of the kind, for one more of the same; None: a new one.
            rise_m: How far over the level it may come to rest without `stack`: the crown of a seat, a duvet.
        """
        sampled = self.sample(kind, facing_rad=facing_rad, poses=poses, sample=sample)
        return self.place_sampled(
            sampled, support, at_m, jitter_m=jitter_m, stack=stack, steady=steady, lift_m=lift_m, rise_m=rise_m
        )

    def place_sampled(
        self,
        sampled: ObjectSample,
        support: Support,
        at_m: tuple[float, float],
        *,
        jitter_m: float = 0.0,
        stack: bool = False,
        steady: bool = False,
        lift_m: float = 0.0,
        rise_m: float = LEVEL_TOLERANCE_M,
    ) -> PlacedObject | None:
        """Like `place`, for an object that has been sampled and oriented."""
        if sampled.height_m > support.clearance_m:
            return None
        footprint = _footprint(sampled, support.field.cell_m)
        for number in range(TRIES):
            spread = jitter_m * (1 + 0.3 * number)
            x_m, y_m = (value + spread * float(self.rng.normal()) for value in at_m)
            position = support.field.snap((x_m - support.centre_m[0], y_m - support.centre_m[1]))
            rest_m = support.field.rest_height_m(footprint, position)
            if not math.isfinite(rest_m) or rest_m + sampled.box_m[1][2] > support.clearance_m:
                continue
            if steady and support.field.topples(footprint, position, rest_m):
                continue
            on_level = rest_m <= -sampled.bottom_m + rise_m
            if (stack or on_level) and support.field.lowest_m(footprint, position) >= -LEVEL_TOLERANCE_M:
                rest_m += lift_m
                support.field.add(footprint, position, rest_m)
                x_m, y_m = position[0] + support.centre_m[0], position[1] + support.centre_m[1]
                item = self._keep(sampled, (x_m, y_m, rest_m + support.level_m + CONTACT_M))
                return item if support is self.floor else self._off_the_floor(item)
            if not jitter_m:
                break
        return None

    def attach(
        self,
        kind: str,
        at_m: tuple[float, float, float],
        *,
        facing_rad: float | None = None,
        poses: tuple[str, ...] = (),
        tilt: Float | None = None,
    ) -> PlacedObject | None:
        """Hang an object on a wall or hold it in the air, its middle at `at_m`; None where something is already.

        Args:
            kind: Registry name.
            at_m: Middle of its box, in the frame of the environment.
            facing_rad: Where its front looks; None: anywhere.
            poses: Rest poses to choose from; none: all.
            tilt: (3, 3) rotation instead of a rest pose.
        """
        if tilt is not None:
            return self.attach_sampled(self.oriented(kind, tilt), at_m)
        return self.attach_sampled(self.sample(kind, facing_rad=facing_rad, poses=poses), at_m)

    def attach_sampled(self, sampled: ObjectSample, at_m: tuple[float, float, float]) -> PlacedObject | None:
        """Like `attach`, for an object that has been sampled and oriented."""
        low, high = sampled.box_m
        position = tuple(wish - (a + b) / 2 for wish, a, b in zip(at_m, low, high, strict=True))
        item = PlacedObject(sampled, (position[0], position[1], position[2]))
        if any(_boxes_meet(item, other) for other in self.placed):
            return None
        return self._off_the_floor(self._keep(sampled, item.xyz_m))

    def hang(
        self, sampled: ObjectSample, at_m: tuple[float, float, float], *, within: Collection[PlacedObject] = ()
    ) -> PlacedObject | None:
        """Hold a oriented_object object in the air, its origin at `at_m`; None where its box meets another's.

        Args:
            sampled: What to hang.
            at_m: Where its origin comes to be, in the frame of the environment.
            within: Open things, such as trees, whose boxes may be entered; the caller keeps clear of their bodies.
        """
        item = PlacedObject(sampled, at_m)
        if any(_boxes_meet(item, other) for other in self.placed if other not in within):
            return None
        return self._keep(sampled, at_m)

    def anyhow(self) -> Float:
        """A rotation, uniform over all: a unit quaternion from four normal draws (Shoemake 1992)."""
        w, x, y, z = (quaternion := self.rng.normal(size=4)) / np.linalg.norm(quaternion)
        return np.array(
            [
                [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
                [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
                [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
            ]
        )

    def _off_the_floor(self, item: PlacedObject) -> PlacedObject:
        """What is put on the floor later must not reach through what stands on furniture or hangs: an arm, a crown."""
        (x_low, y_low, _), (x_high, y_high, top_m) = item.box_m
        self.floor.field.block((x_low, x_high), (y_low, y_high), top_m - self.floor.level_m)
        return item

    def _keep(self, sampled: ObjectSample, xyz_m: tuple[float, float, float]) -> PlacedObject:
        item = PlacedObject(sampled, xyz_m)
        self.placed.append(item)
        return item


@lru_cache(maxsize=32)
def _footprint(sampled: ObjectSample, cell_m: float) -> Footprint:
    """Kept for a while: goods on a shelf are one object many times over."""
    parts = [(mesh, pose) for mesh, (_, pose) in zip(sampled.meshes, sampled.parts, strict=True)]
    return footprint_of(parts, cell_m, whole=True)


def _cell_m(half_m: float) -> float:
    return max(TOP_CELL_M, half_m / 200)


def _boxes_meet(one: PlacedObject, other: PlacedObject) -> bool:
    (low, high), (other_low, other_high) = one.box_m, other.box_m
    return all(low[axis] < other_high[axis] and other_low[axis] < high[axis] for axis in range(3))
