"""Goods on shelves and in trays: rows of one kind side by side, and piles."""

from __future__ import annotations

import math

import numpy as np

from synthvis.draws import chance, uniform
from synthvis.scene.environments.composer import SceneComposer, Span, Support
from synthvis.scene.height_field import HeightField
from synthvis.scene.placed_object import ObjectSample

__all__ = ["TO_CUSTOMER_RAD", "Stock", "ledge", "variants_of"]

TO_CUSTOMER_RAD = math.pi
"""Goods show their fronts to the camera's side."""

CELL_M = 0.006
SPACE_M = 3 * CELL_M
"""Between neighbours: footprints are a cell wider on either side than what casts them."""
DEEP_M = -1.0


def ledge(level_m: float, x_m: Span, y_m: Span, clearance_m: float = math.inf) -> Support:
    """A board beyond whose edges nothing can stand, not even in part."""
    half = ((x_m[1] - x_m[0]) / 2, (y_m[1] - y_m[0]) / 2)
    field = HeightField(max(half) + 0.1, CELL_M, base_m=DEEP_M)
    field.block((-half[0], half[0]), (-half[1], half[1]), 0.0)
    return Support(field, ((x_m[0] + x_m[1]) / 2, (y_m[0] + y_m[1]) / 2), level_m, half, clearance_m)


class Stock:
    """Puts out goods until there are as many objects as a picture can do with.

    Args:
        composer: Where they stand.
        most: Greatest count of objects, riders included.
    """

    def __init__(self, composer: SceneComposer, most: int) -> None:
        self.composer = composer
        self.most = most

    @property
    def count(self) -> int:
        """Objects of the environment so far, riders included."""
        return sum(len(item.sampled.parts) for item in self.composer.placed)

    @property
    def is_full(self) -> bool:
        """Whether no more objects should come."""
        return self.count >= self.most

    def row(
        self, objects: list[ObjectSample], support: Support, y_m: Span, *, depth_at: float = 0.5, gone: float = 0.1
    ) -> float:
        """Goods side by side from y = `y_m[0]` up, until the span is full; returns where they end.

        Args:
            objects: What takes turns.
            support: The shelf.
            y_m: Span along it.
            depth_at: Where on its depth, 0 at the front, 1 at the back.
            gone: Share that has been sold.
        """
        rng, at_m = self.composer.rng, y_m[0]
        while not self.is_full:
            sampled = objects[int(rng.integers(len(objects)))]
            (low_x, low_y, _), (high_x, high_y, _) = sampled.box_m
            wide_m, slack_m = high_y - low_y + SPACE_M, 2 * support.half_m[0] - (high_x - low_x) - SPACE_M
            if at_m + wide_m > y_m[1] or slack_m < 0 or sampled.height_m > support.clearance_m:
                break
            x_m = support.centre_m[0] - support.half_m[0] + SPACE_M / 2 + slack_m * depth_at - low_x
            if not chance(rng, gone):
                self.composer.place_sampled(sampled, support, (x_m, at_m + SPACE_M / 2 - low_y))
            at_m += wide_m + uniform(rng, (0.0, 0.008))
        return at_m

    def pile(self, objects: list[ObjectSample], support: Support, *, most: int) -> None:
        """Goods side by side over a tray, from one of its ends, and more upon them.

        Args:
            objects: What takes turns.
            support: The tray.
            most: How many, no more than two layers.
        """
        rng = self.composer.rng
        pitch = [float(np.median([d.box_m[1][axis] - d.box_m[0][axis] for d in objects])) + SPACE_M for axis in (0, 1)]
        counts = [max(1, int(2 * half / size)) for half, size in zip(support.half_m, pitch, strict=True)]
        end = 1.0 if chance(rng, 0.5) else -1.0
        spots = sorted(((a, b) for a in range(counts[0]) for b in range(counts[1])), key=lambda spot: end * spot[1])
        for number in range(min(most, 2 * len(spots))):
            if self.is_full:
                return
            layer, spot = divmod(number, len(spots))
            shares = [
                (index + 0.5 + 0.5 * layer) / count * 2 - 1 for index, count in zip(spots[spot], counts, strict=True)
            ]
            x_m, y_m = (m + s * h for m, s, h in zip(support.centre_m, shares, support.half_m, strict=True))
            sampled = objects[int(rng.integers(len(objects)))]
            self.composer.place_sampled(sampled, support, (x_m, y_m), stack=True, jitter_m=0.008)


def variants_of(
    composer: SceneComposer,
    kind: str,
    *,
    variants: int,
    turn_count: int = 1,
    turn_rad: float = 0.1,
    poses: tuple[str, ...] = (),
    dressed_share: float = 1.0,
) -> list[ObjectSample]:
    """Different goods of a kind, each turned in a few ways.

    Args:
        composer: Gives the draws.
        kind: Registry name.
        variants: How many differ.
        turn_count: How often each is turned.
        turn_rad: Standard deviation of their fronts' turn from the customer; inf: anywhere.
        poses: Rest poses to choose from; none: all.
        dressed_share: How many of them keep the appendages that they were drawn with, such as leaves.
    """
    rng, found = composer.rng, []
    for _ in range(variants):
        sample = composer.objects.named(kind).sample(rng)
        if not chance(rng, dressed_share):
            sample = composer.objects.named(kind).bare(sample)
        for _ in range(turn_count):
            facing = TO_CUSTOMER_RAD + rng.normal() * turn_rad if math.isfinite(turn_rad) else None
            found.append(composer.sample(kind, facing_rad=facing, poses=poses, sample=sample))
    return found
