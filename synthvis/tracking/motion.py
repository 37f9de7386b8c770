"""Where a box will be: a Kalman filter with constant velocity.

The centre, width and height of a box are followed independently, each with its velocity in pixels a frame. Standard
deviations are shares of the size of the box, those of DeepSORT (Wojke et al., ICIP 2017), along each axis of its own
size, as in BoT-SORT (Aharon et al., arXiv 2206.14651). The filter is that of Kalman, "A new approach to linear
filtering and prediction problems", J. Basic Eng. 82, 1960.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["BoxMotion"]

POSITION_SHARE, VELOCITY_SHARE = 1 / 20, 1 / 160
"""Standard deviation of a position and of a velocity, as shares of the size of the box."""

STEP = np.array([[1.0, 1.0], [0.0, 1.0]])
"""Position and velocity one frame later."""

MIN_SIZE_PX = 1.0

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class BoxMotion:
    """What is known of the motion of a box.

    Attributes:
        mean: (4, 2) position and velocity of centre x, centre y, width and height, in pixels and pixels a frame.
        covariance: (4, 2, 2) of each position and velocity.
    """

    mean: Floats
    covariance: Floats

    @classmethod
    def of_first(cls, bbox_xywh_px: ArrayLike) -> Self:
        """Of a box that was seen once: it rests as far as anybody knows."""
        position = _centred(bbox_xywh_px)
        size = _sizes(position)
        mean = np.stack([position, np.zeros(4)], axis=1)
        return cls(mean=mean, covariance=_diagonal(2 * POSITION_SHARE * size, 10 * VELOCITY_SHARE * size))

    @property
    def bbox_xywh_px(self) -> Floats:
        """(4,) the box, left, top, width, height."""
        centre, size = self.mean[:2, 0], np.maximum(self.mean[2:, 0], MIN_SIZE_PX)
        return np.concatenate([centre - size / 2, size])

    def predicted(self) -> Self:
        """One frame later."""
        size = _sizes(self.mean[:, 0])
        noise = _diagonal(POSITION_SHARE * size, VELOCITY_SHARE * size)
        return type(self)(mean=self.mean @ STEP.T, covariance=STEP @ self.covariance @ STEP.T + noise)

    def corrected(self, bbox_xywh_px: ArrayLike) -> Self:
        """After the box was seen there."""
        measured = _centred(bbox_xywh_px)
        variance = (POSITION_SHARE * _sizes(self.mean[:, 0])) ** 2
        with_position = self.covariance[:, :, 0]
        gain = with_position / (with_position[:, 0] + variance)[:, None]
        mean = self.mean + gain * (measured - self.mean[:, 0])[:, None]
        return type(self)(mean=mean, covariance=self.covariance - gain[:, :, None] * with_position[:, None, :])


def _centred(bbox_xywh_px: ArrayLike) -> Floats:
    x, y, width, height = np.asarray(bbox_xywh_px, dtype=np.float64)
    return np.array([x + width / 2, y + height / 2, width, height])


def _sizes(position: Floats) -> Floats:
    """(4,) the size by which the noise of each number is scaled: width, height, width, height."""
    return np.tile(np.maximum(position[2:], MIN_SIZE_PX), 2)


def _diagonal(position: Floats, velocity: Floats) -> Floats:
    """(4, 2, 2) covariances of (4,) standard deviations."""
    found = np.zeros((4, 2, 2))
    found[:, 0, 0], found[:, 1, 1] = position**2, velocity**2
    return found
