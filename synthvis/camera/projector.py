"""From points before a camera to pixels of its image and back."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from synthvis.camera.distortion import Coefficients, Distortion, distort, distortion_of, distortion_within, undistort
from synthvis.camera.pinhole import K_of, directions_of, pixels_of, project
from synthvis.camera.spec import CameraSpec
from synthvis.camera.subdivision import distorted_edge, distorted_triangles

__all__ = ["Projector", "projector_of", "projector_through"]

Float = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Projector:
    """The projection of one image, in the OpenCV camera frame. `projector_of` makes it of a camera.

    Attributes:
        K: (3, 3) float64 intrinsics, pixels.
        image_hw: Height and width, pixels.
        distortion: The lens distortion, None for a pinhole.
    """

    K: Float
    image_hw: tuple[int, int]
    distortion: Distortion | None = None

    def project(self, points_cam_m: ArrayLike) -> Float:
        """Pixels of points.

        Args:
            points_cam_m: (N, 3) metres, camera frame.

        Returns:
            (N, 2) float64 pixel coordinates (x, y), which may lie outside the frame; NaN for points that are not in
            front of the camera, or for which distortion has no place.
        """
        if self.distortion is None:
            return project(points_cam_m, self.K)
        directions = project(points_cam_m, np.eye(3))
        directions = np.where(self.distortion.contains(directions)[:, None], directions, np.nan)
        return pixels_of(distort(directions, self.distortion.coefficients), self.K)

    def directions(self, pixels: Float) -> Float:
        """(..., 2) undistorted directions x / z, y / z of (..., 2) pixels within the frame.

        Raises:
            ValueError: The distortion cannot be undone at a pixel.
        """
        directions = directions_of(pixels, self.K)
        return directions if self.distortion is None else undistort(directions, self.distortion.coefficients)

    def rays(self, pixels: Float) -> Float:
        """Where the light of pixels comes from; a ray times a depth is the point that `project` puts on the pixel.

        Args:
            pixels: (..., 2) pixel coordinates (x, y) within the frame.

        Returns:
            (..., 3) float64, camera frame, z = 1.

        Raises:
            ValueError: The distortion cannot be undone at a pixel.
        """
        directions = self.directions(pixels)
        return np.concatenate([directions, np.ones((*directions.shape[:-1], 1))], axis=-1)

    def project_edge(self, ends_cam_m: Float) -> Float:
        """Pixels along a straight edge in space.

        Args:
            ends_cam_m: (2, 3) metres, camera frame, both in front of the camera.

        Returns:
            (N, 2) float64 pixel coordinates from end to end. Without distortion these are the two ends; else what
            distortion has no place for is cut off, which may leave nothing.
        """
        if self.distortion is None:
            return project(ends_cam_m, self.K)
        start, end = project(ends_cam_m, np.eye(3))
        return distorted_edge(start, end, self.K, self.distortion)

    def project_triangles(self, vertices_cam_m: Float, faces: NDArray[np.int32] | NDArray[np.int64]) -> Float:
        """Pixel corners of triangles that cover what a mesh covers.

        Args:
            vertices_cam_m: (V, 3) metres, camera frame, all in front of the camera.
            faces: (F, 3) vertex indices.

        Returns:
            (T, 3, 2) float64 pixel coordinates: the F triangles, or with distortion pieces of them.
        """
        if self.distortion is None:
            return np.asarray(project(vertices_cam_m, self.K)[faces])
        return distorted_triangles(project(vertices_cam_m, np.eye(3))[faces], self.K, self.distortion)

    def resized(self, factor: float) -> Projector:
        """The projection of the same image enlarged by `factor`."""
        height, width = self.image_hw
        return Projector(
            np.diag([factor, factor, 1.0]) @ self.K, (round(factor * height), round(factor * width)), self.distortion
        )


@lru_cache(maxsize=16)
def projector_of(camera: CameraSpec) -> Projector:
    """The projection of a camera's image.

    Raises:
        UsageError: The distortion folds the picture over.
    """
    K = K_of(camera)
    # Shared by all who ask for this camera's.
    K.setflags(write=False)
    return Projector(K, camera.image_hw, distortion_of(camera))


def projector_through(K: Float, image_hw: tuple[int, int], coefficients: Coefficients | None = None) -> Projector:
    """The projection of an image of which intrinsics and distortion are known.

    Args:
        K: (3, 3) intrinsics, pixels.
        image_hw: Height and width, pixels.
        coefficients: k1, k2, p1, p2, k3 of OpenCV; None for a pinhole.

    Raises:
        UsageError: The distortion folds the picture over.
    """
    return Projector(K, image_hw, None if coefficients is None else distortion_within(coefficients, K, image_hw))
