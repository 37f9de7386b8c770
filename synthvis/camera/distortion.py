"""OpenCV's lens distortion: its formula, its inverse, and where it is one-to-one.

    r^2 = x^2 + y^2,  R = 1 + k1 r^2 + k2 r^4 + k3 r^6
    x_d = x R + 2 p1 x y + p2 (r^2 + 2 x^2)
    y_d = y R + p1 (r^2 + 2 y^2) + 2 p2 x y

with x = X / Z and y = Y / Z of a point in the OpenCV camera frame, and pixels (fx x_d + cx, fy y_d + cy).

The Jacobian of that map is symmetric: the map is the gradient of a function. Where the Jacobian is positive definite
throughout a convex region, that function is strictly convex there, so no two points of the region land on one place.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from synthvis.camera.pinhole import K_of
from synthvis.camera.spec import CameraSpec
from synthvis.errors import UsageError

__all__ = [
    "MIN_STRETCH",
    "Coefficients",
    "Distortion",
    "Rectangle",
    "distort",
    "distortion_of",
    "distortion_within",
    "frame_view",
    "least_stretch",
    "stretch",
    "undistort",
]

Float = NDArray[np.float64]
Coefficients = tuple[float, float, float, float, float]
"""k1, k2, p1, p2, k3 in OpenCV's order."""
Rectangle = tuple[float, float, float, float]
"""left, top, right, bottom in x / z and y / z."""

MIN_STRETCH = 0.05
"""A picture squeezed by more than twenty is as good as folded over."""
MAX_REACH = 5.0
"""Objects are followed up to two frames beyond each border."""
BORDER_POINTS = 65
"""A side of the frame is traced through so many points."""
GRID = 33
STEPS = 24
"""Of the walk from the middle of the picture to its border."""
NEWTON_STEPS = 30
CONVERGED = 1e-12


@dataclass(frozen=True, slots=True)
class Distortion:
    """Distortion of one camera.

    Attributes:
        coefficients: k1, k2, p1, p2, k3.
        bounds: Rectangle of undistorted directions, as large as is useful, within which the map is one-to-one. What
            lies beyond has no place in the picture, although the formula would put it somewhere.
    """

    coefficients: Coefficients
    bounds: Rectangle

    def contains(self, directions: Float) -> NDArray[np.bool_]:
        """Whether each (..., 2) undistorted direction lies within the bounds."""
        left, top, right, bottom = self.bounds
        x, y = directions[..., 0], directions[..., 1]
        inside: NDArray[np.bool_] = (x >= left) & (x <= right) & (y >= top) & (y <= bottom)
        return inside


def distort(directions: ArrayLike, coefficients: Coefficients) -> Float:
    """Distorted (..., 2) directions (x / z, y / z) of undistorted ones."""
    points = np.asarray(directions, dtype=np.float64)
    x, y = points[..., 0], points[..., 1]
    k1, k2, p1, p2, k3 = coefficients
    r2 = x * x + y * y
    radial = 1 + r2 * (k1 + r2 * (k2 + r2 * k3))
    return np.stack(
        [
            x * radial + 2 * p1 * x * y + p2 * (r2 + 2 * x * x),
            y * radial + p1 * (r2 + 2 * y * y) + 2 * p2 * x * y,
        ],
        axis=-1,
    )


def undistort(directions: ArrayLike, coefficients: Coefficients) -> Float:
    """Undistorted (..., 2) directions of distorted ones, by Newton's method to machine precision.

    Raises:
        ValueError: A direction has no origin that the method finds.
    """
    wanted = np.asarray(directions, dtype=np.float64)
    found = wanted.copy()
    for _ in range(NEWTON_STEPS):
        step = _newton_step(found, wanted, coefficients)
        found = found - step
        if not np.abs(step).max(initial=0.0) > CONVERGED:
            break
    if not np.abs(distort(found, coefficients) - wanted).max(initial=0.0) < 1e-9:
        raise ValueError(f"distortion {coefficients} cannot be undone everywhere")
    return found


def stretch(directions: Float, coefficients: Coefficients) -> tuple[Float, Float]:
    """Least and greatest magnification of the map at (..., 2) undistorted directions: its Jacobian's eigenvalues."""
    xx, xy, yy = _jacobian(directions, coefficients)
    middle, spread = (xx + yy) / 2, np.hypot((xx - yy) / 2, xy)
    return middle - spread, middle + spread


def least_stretch(rectangle: Rectangle, coefficients: Coefficients) -> float:
    """Least magnification within a rectangle of undistorted directions; at or below 0 the map folds over."""
    return float(stretch(direction_grid(rectangle), coefficients)[0].min())


def distortion_of(camera: CameraSpec) -> Distortion | None:
    """The distortion of a camera, None for a pinhole.

    Raises:
        UsageError: The coefficients fold the picture over.
    """
    return None if camera.distortion is None else distortion_within(camera.distortion, K_of(camera), camera.image_hw)


def distortion_within(coefficients: Coefficients, K: Float, image_hw: tuple[int, int]) -> Distortion:
    """The distortion of a camera of which only coefficients, intrinsics and image size are known.

    Args:
        coefficients: k1, k2, p1, p2, k3.
        K: (3, 3) intrinsics, pixels.
        image_hw: Height and width, pixels.

    Raises:
        UsageError: The coefficients fold the picture over.
    """
    return _distortion(coefficients, intrinsics_px_of(K), image_hw)


def frame_view(
    coefficients: Coefficients, intrinsics_px: tuple[float, float, float, float], image_hw: tuple[int, int]
) -> Rectangle:
    """The rectangle of undistorted directions that a frame shows.

    Args:
        coefficients: k1, k2, p1, p2, k3.
        intrinsics_px: fx, fy, cx, cy.
        image_hw: Height and width, pixels.

    Raises:
        UsageError: The map is not one-to-one there: the picture would fold over.
    """
    border = _border_directions(intrinsics_px, image_hw)
    found = np.zeros_like(border)
    # From the middle outwards, so that the branch of the inverse is the one that starts there.
    for step in range(1, STEPS + 1):
        wanted = border * (step / STEPS)
        for _ in range(6):
            found = found - _newton_step(found, wanted, coefficients)
        lost = np.abs(distort(found, coefficients) - wanted).max() > 1e-6
        if lost or not stretch(found, coefficients)[0].min() > MIN_STRETCH:
            raise _folded(coefficients, intrinsics_px, image_hw, step / STEPS)
    view = (*found.min(axis=0), *found.max(axis=0))
    rectangle = (float(view[0]), float(view[1]), float(view[2]), float(view[3]))
    if least_stretch(rectangle, coefficients) <= MIN_STRETCH:
        raise _folded(coefficients, intrinsics_px, image_hw, 1.0)
    return rectangle


def _folded(
    coefficients: Coefficients, intrinsics_px: tuple[float, ...], image_hw: tuple[int, int], share: float
) -> UsageError:
    fx, fy, _, _ = intrinsics_px
    return UsageError(
        f"{named_coefficients(coefficients)} folds the picture over: the formula is not one-to-one within the frame of "
        f"{image_hw[1]} x {image_hw[0]} pixels at fx {fx:.4g}, fy {fy:.4g}, from {share:.0%} of the way to its border",
        hint="take weaker camera.distortion, a longer focal length, or k2 and k3 that go on where k1 turns back",
    )


def named_coefficients(coefficients: Coefficients) -> str:
    named = zip(("k1", "k2", "p1", "p2", "k3"), coefficients, strict=True)
    return "camera.distortion " + ", ".join(f"{name} {value:.4g}" for name, value in named)


@lru_cache(maxsize=64)
def _distortion(
    coefficients: Coefficients, intrinsics_px: tuple[float, float, float, float], image_hw: tuple[int, int]
) -> Distortion:
    view = frame_view(coefficients, intrinsics_px, image_hw)
    fits, too_far = 1.0, MAX_REACH
    if least_stretch(_scaled(view, too_far), coefficients) > MIN_STRETCH:
        return Distortion(coefficients, _scaled(view, too_far))
    for _ in range(12):
        middle = (fits + too_far) / 2
        if least_stretch(_scaled(view, middle), coefficients) > MIN_STRETCH:
            fits = middle
        else:
            too_far = middle
    return Distortion(coefficients, _scaled(view, fits))


def _scaled(rectangle: Rectangle, factor: float) -> Rectangle:
    left, top, right, bottom = rectangle
    return left * factor, top * factor, right * factor, bottom * factor


def intrinsics_px_of(K: Float) -> tuple[float, float, float, float]:
    return float(K[0, 0]), float(K[1, 1]), float(K[0, 2]), float(K[1, 2])


def _border_directions(intrinsics_px: tuple[float, float, float, float], image_hw: tuple[int, int]) -> Float:
    """(N, 2) distorted directions all along the frame's border."""
    fx, fy, cx, cy = intrinsics_px
    height, width = image_hw
    x, y = np.linspace(0, width, BORDER_POINTS), np.linspace(0, height, BORDER_POINTS)
    sides = [(x, 0 * x), (x, 0 * x + height), (0 * y, y), (0 * y + width, y)]
    pixels = np.concatenate([np.stack(side, axis=1) for side in sides])
    return np.asarray((pixels - (cx, cy)) / (fx, fy))


def direction_grid(rectangle: Rectangle) -> Float:
    left, top, right, bottom = rectangle
    return np.stack(np.meshgrid(np.linspace(left, right, GRID), np.linspace(top, bottom, GRID)), axis=-1)


def _jacobian(points: Float, coefficients: Coefficients) -> tuple[Float, Float, Float]:
    """dx_d/dx, dx_d/dy = dy_d/dx, dy_d/dy."""
    x, y = points[..., 0], points[..., 1]
    k1, k2, p1, p2, k3 = coefficients
    r2 = x * x + y * y
    radial = 1 + r2 * (k1 + r2 * (k2 + r2 * k3))
    slope = 2 * (k1 + r2 * (2 * k2 + r2 * 3 * k3))
    return (
        radial + x * x * slope + 2 * p1 * y + 6 * p2 * x,
        x * y * slope + 2 * p1 * x + 2 * p2 * y,
        radial + y * y * slope + 6 * p1 * y + 2 * p2 * x,
    )


def _newton_step(points: Float, wanted: Float, coefficients: Coefficients) -> Float:
    xx, xy, yy = _jacobian(points, coefficients)
    determinant = xx * yy - xy * xy
    determinant = np.where(np.abs(determinant) > 1e-6, determinant, 1e-6)
    miss = distort(points, coefficients) - wanted
    along_x, along_y = miss[..., 0], miss[..., 1]
    step = np.stack([yy * along_x - xy * along_y, xx * along_y - xy * along_x], axis=-1)
    return np.asarray(step / determinant[..., None])
