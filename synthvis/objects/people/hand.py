"""A hand around what it holds: palm, four fingers and a thumb."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from synthvis.objects.clutter import blob
from synthvis.objects.mesh.meshes import Part, tube

__all__ = ["Grip", "hand_around"]

Float = NDArray[np.float64]

FINGER_M = 0.0085
"""Radius of a finger."""
PALM_M = (0.042, 0.013, 0.046)
"""Half the palm's width, thickness and length."""
WIDEST_M = 0.1
"""Fingers reach around nothing wider; then the hand is flat against it."""
KNUCKLES = (-0.0285, -0.0095, 0.0095, 0.0285)


@dataclass(frozen=True, slots=True)
class Grip:
    """How a hand takes hold of a box: all that `hand_around` needs of it.

    Attributes:
        half_width_m: Half the box across the hand.
        half_depth_m: Half the box from the palm to the fingertips.
        tilt_rad: Of the box's axis over the direction in which the person looks; 90 degrees: upright.
        from_behind: The palm is between the person and the box; else beyond it or below.
    """

    half_width_m: float
    half_depth_m: float
    tilt_rad: float
    from_behind: bool

    @property
    def axes(self) -> Float:
        """(3, 3) columns across the hand, along the box, and from the palm to the box, in the person's frame."""
        along = np.array([np.cos(self.tilt_rad), 0.0, np.sin(self.tilt_rad)])
        out = np.array([-np.sin(self.tilt_rad), 0.0, np.cos(self.tilt_rad)]) * (-1.0 if self.from_behind else 1.0)
        return np.column_stack([np.cross(along, out), along, out])

    @property
    def box_m(self) -> Float:
        """(3,) middle of the box from the wrist, in the person's frame."""
        middle: Float = self.palm_m + self.axes[:, 2] * (PALM_M[1] + 2 * FINGER_M + self.half_depth_m)
        return middle

    @property
    def palm_m(self) -> Float:
        """(3,) middle of the palm from the wrist, in the person's frame: a hand goes on along the forearm."""
        middle: Float = self.axes[:, 2] * 0.035 if self.from_behind else self.axes[:, 1] * 0.08
        return middle


def hand_around(slot: str, grip: Grip, wrist_m: Float, scale: float) -> list[Part]:
    """The parts of a hand at the end of a forearm.

    Args:
        slot: Name of the surface.
        grip: What it holds, and how.
        wrist_m: (3,) end of the forearm, in the person's frame.
        scale: 1 for a hand of a body of 1.75 m; scales what does not touch the box.
    """
    around = grip.half_width_m < WIDEST_M / 2
    clear_m = 1.25 * FINGER_M
    side, far, near = grip.half_width_m + clear_m, grip.half_depth_m + clear_m, -grip.half_depth_m - clear_m
    if around:
        # Across the hand and out from the middle of the box: along the palm, around the side, over the front.
        finger = np.array(
            [(0.3 * side, near), (side, near), (side + 0.3 * clear_m, 0.0), (side, far), (0.35 * side, far)]
        )
        thumb = np.array([(-0.3 * side, near), (-side, near), (-side - 0.3 * clear_m, 0.0), (-side, far)])
    else:
        reach_m = 0.085 * scale
        finger = np.array([(0.0, near), (0.4 * reach_m, near), (0.8 * reach_m, near), (reach_m, near)])
        thumb = np.array([(-0.02, near), (-0.045 * scale, near), (-0.06 * scale, near)])
    parts = [_digit(slot, grip, finger, along_m, wrist_m) for along_m in KNUCKLES]
    parts.append(_digit(slot, grip, thumb, 0.038, wrist_m))
    heel = tube(slot, [wrist_m, wrist_m + 0.7 * grip.palm_m], 0.019, 10, up=(0, 1, 0))
    return [*parts, _palm(slot, grip, wrist_m, scale), heel]


def _digit(slot: str, grip: Grip, path: Float, along_m: float, wrist_m: Float) -> Part:
    """A finger along (across, out) points at one place along the box."""
    # Every point of the path is among them: a finger that cut a corner would be in the box.
    steps = np.linspace(0, len(path) - 1, 4 * len(path) - 3)
    across, out = (np.interp(steps, np.arange(len(path)), path[:, k]) for k in (0, 1))
    points = np.column_stack([across, np.full(len(steps), along_m), out])
    radius_m = FINGER_M * np.concatenate([[0.8], np.ones(len(steps) - 2), [0.6]])
    centre_m = wrist_m + grip.box_m
    return tube(slot, centre_m + points @ grip.axes.T, radius_m, 8, up=grip.axes[:, 1])


def _palm(slot: str, grip: Grip, wrist_m: Float, scale: float) -> Part:
    ball = blob(slot, 1.0, 1.0, 0.0, 1, segments=14)
    half_m = np.array([PALM_M[0] * scale, PALM_M[2] * scale, PALM_M[1]])
    vertices = wrist_m + grip.palm_m + (ball.vertices_m * half_m) @ grip.axes.T
    return Part(slot=slot, vertices_m=vertices, faces=ball.faces, attributes=ball.attributes)
