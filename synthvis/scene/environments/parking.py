"""Vehicles that stand: bicycles at their stands, against walls or on the lawn; motorcycles at the kerb."""

from __future__ import annotations

import math

from numpy.random import Generator

from synthvis.draws import chance, pick, uniform
from synthvis.scene.environments.composer import SceneComposer

__all__ = ["CYCLES", "leave_bicycles", "park_bicycles", "park_motorcycles"]

CYCLES = ("bicycle", "motorcycle", "bicycle_stand")
"""What `park_bicycles` and `park_motorcycles` may place."""

BICYCLE_STEP_M, MOTORCYCLE_STEP_M = 0.72, 1.05
"""Between neighbours side by side: handlebars are 0.6 m and 0.8 m wide."""


def park_bicycles(composer: SceneComposer, at_m: tuple[float, float], row_rad: float) -> None:
    """A row of one to six, most with a stand between two, or two or three behind each other along a wall.

    Args:
        composer: Of the scene.
        at_m: Middle of the row.
        row_rad: Direction of the row.
    """
    rng = composer.rng
    if chance(rng, 0.3):
        for number in range(int(rng.integers(1, 4))):
            _stand(composer, "bicycle", _along(at_m, row_rad, 2.0 * number), _either_way(rng, row_rad))
        return
    count, has_stands = int(rng.integers(1, 7)), chance(rng, 0.7)
    across_rad = row_rad + math.pi / 2 + (0.35 * rng.normal() if chance(rng, 0.3) else 0.0)
    for number in range(count):
        away_m = BICYCLE_STEP_M * (number - (count - 1) / 2)
        if has_stands and number % 2 == 0:
            between = _along(at_m, row_rad, away_m + BICYCLE_STEP_M / 2)
            composer.place("bicycle_stand", composer.floor, between, facing_rad=across_rad)
        _stand(composer, "bicycle", _along(at_m, row_rad, away_m), _either_way(rng, across_rad))


def park_motorcycles(composer: SceneComposer, at_m: tuple[float, float], row_rad: float) -> None:
    """One to four, askew to the kerb; arguments as in `park_bicycles`."""
    rng = composer.rng
    across_rad = row_rad + (1.0 if chance(rng, 0.5) else -1.0) * uniform(rng, (0.9, 1.7))
    for number in range(int(pick(rng, {"1": 4.0, "2": 2.0, "3": 1.0, "4": 0.5}))):
        _stand(composer, "motorcycle", _along(at_m, row_rad, MOTORCYCLE_STEP_M * number), across_rad)


def leave_bicycles(composer: SceneComposer, at_m: tuple[float, float]) -> None:
    """One or two, turned anyhow, as on a lawn."""
    rng = composer.rng
    for number in range(int(rng.integers(1, 3))):
        _stand(composer, "bicycle", (at_m[0] + 0.3 * number, at_m[1] + 0.9 * number), uniform(rng, (0, 2 * math.pi)))


def _along(at_m: tuple[float, float], turn_rad: float, away_m: float) -> tuple[float, float]:
    return at_m[0] + away_m * math.cos(turn_rad), at_m[1] + away_m * math.sin(turn_rad)


def _either_way(rng: Generator, turn_rad: float) -> float:
    return turn_rad + (0.0 if chance(rng, 0.6) else math.pi) + float(rng.normal()) * 0.06


def _stand(composer: SceneComposer, kind: str, at_m: tuple[float, float], facing_rad: float) -> None:
    composer.place(kind, composer.floor, at_m, facing_rad=facing_rad, poses=("upright",), jitter_m=0.03)
