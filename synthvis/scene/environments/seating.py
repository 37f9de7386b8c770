"""Chairs pushed up to a table, as far as their seats go under its top."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from synthvis.objects.mesh.params import number
from synthvis.scene.environments.composer import SceneComposer
from synthvis.scene.height_field import Footprint, footprint_of
from synthvis.scene.placed_object import ObjectSample, PlacedObject

__all__ = ["Seat", "TableFloor", "seats_at"]

PITCH_M = 0.62
"""What a sitter needs of a table's edge."""

CLEAR_M = 0.015


@dataclass(frozen=True, slots=True)
class Seat:
    """A place at a table: a point of the top's edge, and the direction from there towards the middle."""

    edge_m: tuple[float, float]
    inward_rad: float

    def at(self, inward_m: float, left_m: float) -> tuple[float, float]:
        """A point so far in from the edge and to the sitter's left."""
        c, s = math.cos(self.inward_rad), math.sin(self.inward_rad)
        return self.edge_m[0] + inward_m * c - left_m * s, self.edge_m[1] + inward_m * s + left_m * c


def seats_at(table: PlacedObject, turn_rad: float) -> list[Seat]:
    """The places at a `dining_table` that is turned by `turn_rad` about z."""
    params = table.sampled.parts[0][0].params
    x, y = number(params, "long_m") / 2, number(params, "wide_m") / 2
    found = []
    if params["top"] == "round":
        count = max(2, round(2 * math.pi * x / 0.75))
        for index in range(count):
            angle = 2 * math.pi * index / count
            found.append(((x * math.cos(angle), x * math.sin(angle)), angle + math.pi))
    else:
        found = [((x, 0.0), math.pi), ((-x, 0.0), 0.0)]
        count = max(1, int((2 * x - (0.3 if params["top"] == "oval" else 0.05)) / PITCH_M))
        for index in range(count):
            along = ((index + 0.5) / count * 2 - 1) * x * (0.7 if params["top"] == "oval" else 0.92)
            edge = y * (1 - abs(along / x) ** 2.4) ** (1 / 2.4) if params["top"] == "oval" else y
            found += [((along, -edge), math.pi / 2), ((along, edge), -math.pi / 2)]
    c, s = math.cos(turn_rad), math.sin(turn_rad)
    ox, oy, _ = table.xyz_m
    return [Seat((ox + c * a - s * b, oy + s * a + c * b), angle + turn_rad) for (a, b), angle in found]


class TableFloor:
    """The floor around a table before the table fills it: what is low enough may stand under the top.

    Args:
        composer: Its floor does not hold the table yet.
        table: Rests on that floor.
    """

    def __init__(self, composer: SceneComposer, table: PlacedObject) -> None:
        self.composer = composer
        self.field = composer.floor.field
        self.table_m = self.field.snap(table.xyz_m[:2])
        self.table = self._footprint(table.sampled)
        self.height_m = table.xyz_m[2]

    def push_in(
        self, sampled: ObjectSample, seat: Seat, *, left_m: float = 0.0, back_m: float = 0.0
    ) -> PlacedObject | None:
        """Slide a chair that has been turned up to its place until it would touch the table.

        Args:
            sampled: Faces the table.
            seat: Where.
            left_m: How far to the sitter's left of the seat's middle.
            back_m: How far short of touching it stays.
        """
        footprint, found = self._footprint(sampled), None
        for out_m in np.arange(0.85, -0.25, -self.field.cell_m):
            position = self.field.snap(seat.at(-float(out_m), left_m))
            if not self._is_free(footprint, position, sampled):
                break
            found = float(out_m)
        if found is None:
            return None
        return self.composer.place_sampled(sampled, self.composer.floor, seat.at(-found - back_m, left_m))

    def close(self) -> None:
        """From now on nothing stands under the table."""
        self.field.add(self.table, self.table_m, self.height_m)

    def _footprint(self, sampled: ObjectSample) -> Footprint:
        parts = [(mesh, pose) for mesh, (_, pose) in zip(sampled.meshes, sampled.parts, strict=True)]
        return footprint_of(parts, self.field.cell_m, whole=True)

    def _is_free(self, chair: Footprint, place_m: tuple[float, float], sampled: ObjectSample) -> bool:
        """Neither another chair nor the table is in the way."""
        if self.field.rest_height_m(chair, place_m) > 0.01 - sampled.bottom_m:
            return False
        shift = [
            round((a - b) / self.field.cell_m) - own + other
            for a, b, own, other in zip(place_m, self.table_m, chair.origin_cell, self.table.origin_cell, strict=True)
        ]
        low = [max(0, start) for start in shift]
        high = [
            min(size, start + own)
            for size, start, own in zip(self.table.bottom_m.shape, shift, chair.bottom_m.shape, strict=True)
        ]
        if low[0] >= high[0] or low[1] >= high[1]:
            return True
        over = self.table.bottom_m[low[0] : high[0], low[1] : high[1]]
        under = chair.top_m[low[0] - shift[0] : high[0] - shift[0], low[1] - shift[1] : high[1] - shift[1]]
        return bool((under + CLEAR_M < over).all())
