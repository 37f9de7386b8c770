"""OpenCV's own way from bent pixels back to directions, by the names that versions 4 and 5 have for it."""

from __future__ import annotations

import cv2
import numpy as np

UNTIL = (cv2.TERM_CRITERIA_COUNT | cv2.TERM_CRITERIA_EPS, 200, 1e-13)


def undistorted(pixels_xy, K, distortion):
    """(N, 2) x and y at z = 1 of the directions that (N, 2) pixels show."""
    points, lens = np.asarray(pixels_xy, dtype=np.float64).reshape(-1, 1, 2), np.asarray(distortion, dtype=np.float64)
    if hasattr(cv2, "undistortPointsIter"):
        return cv2.undistortPointsIter(points, K, lens, None, None, UNTIL)[:, 0]
    return cv2.undistortPoints(points, K, lens, criteria=UNTIL).reshape(-1, 2)
