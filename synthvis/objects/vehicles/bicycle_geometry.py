"""Where the points of a bicycle frame are: axles, crank, head tube, saddle, as frame builders give them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from synthvis.geometry import rotation_about
from synthvis.objects.mesh.meshes import Part

__all__ = ["Geometry", "geometry_of"]

Float = NDArray[np.float64]

SEAT_RAD = np.radians(73.0)
# Chain stay, wheelbase, height of the crank over the ground less 0.8 radii, seat tube, head tube (m); head angle
# (degrees), rake (m): of a middling frame.
_FRAMES: dict[str, tuple[float, float, float, float, float, float, float]] = {
    "city": (0.455, 1.08, 0.0, 0.54, 0.14, 69.5, 0.055),
    "step": (0.465, 1.10, 0.0, 0.50, 0.19, 68.0, 0.06),
    "racing": (0.412, 0.99, 0.0, 0.53, 0.14, 73.0, 0.045),
    "mountain": (0.438, 1.13, 0.035, 0.44, 0.12, 67.5, 0.044),
    "child": (1.32, 3.05, 0.02, 1.15, 0.42, 69.0, 0.03),
}
"""Of children's bicycles lengths but the rake and the height count in radii of the wheels."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Geometry:
    """A bicycle that stands on z = 0 and drives to -x, its crank over x = 0; all points (3,) in metres.

    Attributes:
        style: Of `bicycle.STYLES`.
        radius_m: Of the wheels.
        tyre_m: Width of the tyres.
        rear_axle_m: Middle of the rear wheel.
        front_axle_m: Middle of the front wheel, steered straight.
        crank_m: Middle of the bottom bracket.
        seat_cluster_m: Upper end of the seat tube.
        saddle_m: Middle of the saddle's top.
        head_low_m: Lower end of the head tube.
        head_high_m: Its upper end.
        bar_m: Where the stem holds the handlebar.
    """

    style: str
    radius_m: float
    tyre_m: float
    rear_axle_m: Float
    front_axle_m: Float
    crank_m: Float
    seat_cluster_m: Float
    saddle_m: Float
    head_low_m: Float
    head_high_m: Float
    bar_m: Float

    @property
    def scale(self) -> float:
        """1 for a grown-up's."""
        return 1.0 if self.style != "child" else float(self.radius_m / 0.34) ** 0.6

    @property
    def steering(self) -> Float:
        """(3,) direction of the steering axis, upwards."""
        found: Float = (self.head_high_m - self.head_low_m) / np.linalg.norm(self.head_high_m - self.head_low_m)
        return found

    def steered_points(self, points_m: ArrayLike, turn_rad: float) -> Float:
        """(N, 3) points of fork and handlebar after a turn to the left."""
        turn = rotation_about(tuple(self.steering), turn_rad)
        found: Float = (np.asarray(points_m) - self.head_low_m) @ turn.T + self.head_low_m
        return found

    def steered(self, parts: Sequence[Part], turn_rad: float) -> list[Part]:
        """Parts of fork and handlebar after a turn to the left."""
        return [replace(part, vertices_m=self.steered_points(part.vertices_m, turn_rad)) for part in parts]


def geometry_of(style: str, radius_m: float, tyre_m: float, size: float, saddle_up_m: float) -> Geometry:
    """The points of a frame.

    Args:
        style: Of `bicycle.STYLES`.
        radius_m: Of the wheels.
        tyre_m: Width of the tyres.
        size: Lengths of seat tube and wheelbase over those of a middling frame.
        saddle_up_m: Of the saddle over the upper end of the seat tube.
    """
    stay, base, rise, seat, head, head_deg, rake = _FRAMES[style]
    unit = radius_m if style == "child" else 1.0
    crank = np.array([0.0, 0.0, 0.8 * radius_m + rise])
    rear = np.array([np.sqrt((stay * unit) ** 2 - (radius_m - crank[2]) ** 2), 0.0, radius_m])
    front = np.array([rear[0] - base * unit * (0.5 + 0.5 * size), 0.0, radius_m])
    back = np.array([np.cos(SEAT_RAD), 0.0, np.sin(SEAT_RAD)])
    cluster = crank + seat * unit * size * back
    angle = np.radians(head_deg)
    up, ahead = np.array([np.cos(angle), 0.0, np.sin(angle)]), np.array([-np.sin(angle), 0.0, np.cos(angle)])
    suspended = 0.085 if style == "mountain" else 0.0
    low = front - rake * ahead + (radius_m + 0.5 * tyre_m + 0.028 + suspended) * up
    high = low + head * unit * up
    if style in ("city", "racing"):
        # The top tube lies level or nearly so.
        high = low + max(0.09, (cluster[2] - 0.045 - low[2]) / up[2]) * up
    raised = {"city": 0.1, "step": 0.13, "racing": 0.035, "mountain": 0.05, "child": 0.35 * radius_m}[style]
    bar = high + raised * up + {"racing": 0.1, "mountain": 0.06}.get(style, 0.02) * ahead
    saddle = cluster + saddle_up_m * back + np.array([0.0, 0.0, 0.055])
    return Geometry(
        style=style, radius_m=radius_m, tyre_m=tyre_m, rear_axle_m=rear, front_axle_m=front, crank_m=crank,
        seat_cluster_m=cluster, saddle_m=saddle, head_low_m=low, head_high_m=high, bar_m=bar,
    )  # fmt: skip
