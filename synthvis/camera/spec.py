"""What a camera is, as plain numbers."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["CameraSpec"]

_Vec4 = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraSpec:
    """A camera with OpenCV's lens distortion or without.

    Lens blur is applied after the render by the sensor model, so labels stay sharp.
    """

    world_from_cam: tuple[_Vec4, _Vec4, _Vec4, _Vec4]
    focal_mm: float
    sensor_width_mm: float
    image_hw: tuple[int, int]
    f_number: float | None
    """None: everything in focus."""
    focus_distance_m: float
    intrinsics_px: _Vec4 | None = None
    """fx, fy, cx, cy in pixels, where they are given; None: square pixels, principal point at the image centre."""
    distortion: tuple[float, float, float, float, float] | None = None
    """OpenCV's k1, k2, p1, p2, k3; None: a pinhole."""
