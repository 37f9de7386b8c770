"""Where the camera stands and what its lens is."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from synthvis.camera.pinhole import look_at
from synthvis.camera.spec import CameraSpec
from synthvis.config.camera import Distortion, Intrinsics
from synthvis.config.recipe import Camera
from synthvis.draws import chance, log_uniform, uniform
from synthvis.geometry import rotation_about
from synthvis.objects.spec import Vec3
from synthvis.scene.placed_object import Group, PlacedObject

__all__ = ["Target", "draw_camera", "draw_distortion", "target_of"]

CLOSE_UP_SHARE = 0.2
CLEARANCE = 1.15
"""The camera keeps this many radii from the middle of every object."""
BOX_CLEARANCE_M = 0.12


@dataclass(frozen=True, slots=True)
class Target:
    """What to look at and where not to stand, metres.

    Attributes:
        centre_m: Middle of a sphere to look at.
        radius_m: Its radius.
        obstacles: Spheres (centre, radius) to stay out of.
        boxes: Boxes (low, high corner) to stay out of.
        aisle_m: Bounds of the camera's y.
    """

    centre_m: Vec3
    radius_m: float
    obstacles: tuple[tuple[Vec3, float], ...] = ()
    boxes: tuple[tuple[Vec3, Vec3], ...] = ()
    aisle_m: tuple[float, float] = (-math.inf, math.inf)

    def is_clear(self, eye_m: NDArray[np.float64]) -> bool:
        """Whether a camera at `eye_m` keeps its distance."""
        in_box = any(
            all(a - BOX_CLEARANCE_M < e < b + BOX_CLEARANCE_M for e, a, b in zip(eye_m, low, high, strict=True))
            for low, high in self.boxes
        )
        return not in_box and all(
            np.linalg.norm(eye_m - np.array(middle)) > CLEARANCE * radius for middle, radius in self.obstacles
        )

    def is_in_sight(self, eye_m: NDArray[np.float64]) -> bool:
        """Whether no box is between a camera at `eye_m` and the middle, but for those that hold the middle."""
        if not self.boxes:
            return True
        low, high = (np.array(corners) for corners in zip(*self.boxes, strict=True))
        middle = np.array(self.centre_m)
        others = ~((low <= middle) & (middle <= high)).all(axis=1)
        # The slabs of a box, as shares of the way from the camera to the middle (Kay and Kajiya 1986).
        way = middle - eye_m
        way = np.where(np.abs(way) < 1e-9, 1e-9, way)
        ends = np.stack([(low - eye_m) / way, (high - eye_m) / way])
        enters, leaves = ends.min(axis=0).max(axis=1), ends.max(axis=0).min(axis=1)
        return not bool((others & (enters < leaves) & (leaves > 0) & (enters < 1)).any())


def target_of(group: Group, labelled_count: int, rng: Generator, *, empty_radius_m: float) -> Target:
    """The labelled objects, sometimes one of them; a bare place when there is none.

    Args:
        group: All that stands together.
        labelled_count: How many of the group's first objects are labelled.
        rng: Source of the draws.
        empty_radius_m: Size of the bare place.
    """
    obstacles = tuple(_sphere(item) for item in group.placed)
    spheres = obstacles[:labelled_count]
    if not spheres:
        return Target((0.0, 0.0, 0.0), empty_radius_m, obstacles)
    if chance(rng, CLOSE_UP_SHARE):
        centre_m, radius_m = spheres[int(rng.integers(len(spheres)))]
        return Target(centre_m, radius_m, obstacles)
    centres = np.array([centre for centre, _ in spheres])
    middle = (centres.min(axis=0) + centres.max(axis=0)) / 2
    radius_m = max(float(np.linalg.norm(np.array(centre) - middle)) + radius for centre, radius in spheres)
    return Target((float(middle[0]), float(middle[1]), float(middle[2])), radius_m, obstacles)


def draw_camera(
    camera: Camera,
    target: Target,
    image_hw: tuple[int, int],
    azimuth_rad: float,
    rng: Generator,
    *,
    eye_m: Vec3 | None = None,
) -> CameraSpec:
    """A camera that stands off along `azimuth_rad` from the target and sees it at a sampled size.

    Args:
        camera: Ranges.
        target: What to look at.
        image_hw: Height and width, pixels.
        azimuth_rad: Direction from the target to the camera in the ground plane.
        rng: Source of the draws.
        eye_m: Where the camera is, whatever the azimuth and the size.
    """
    intrinsics_px = None
    if camera.intrinsics is None:
        focal_mm = log_uniform(rng, camera.focal_mm)
        half_view = min(image_hw) / max(image_hw) * camera.sensor_width_mm / (2 * focal_mm)
    else:
        intrinsics_px = _draw_intrinsics(camera.intrinsics, image_hw, rng)
        fx, fy = intrinsics_px[:2]
        half_view = min(image_hw[1] / fx, image_hw[0] / fy) / 2
        focal_mm = (fx if image_hw[1] >= image_hw[0] else fy) * camera.sensor_width_mm / max(image_hw)
    distance_m = target.radius_m / (half_view * log_uniform(rng, camera.fill))
    distance_m = float(np.clip(distance_m, *camera.distance_m))
    elevation_rad = math.radians(uniform(rng, camera.elevation_deg))
    if eye_m is None and elevation_rad < 0:
        distance_m = _below(target, distance_m, elevation_rad, camera)
    drawn = eye_m is None
    eye = _eye(target, distance_m, elevation_rad, azimuth_rad, camera.height_m) if drawn else np.array(eye_m)
    aim = _aim(target, eye, half_view, camera.off_centre, rng)
    roll_rad = math.radians(uniform(rng, camera.roll_deg))
    pose = [tuple(float(value) for value in row) for row in look_at(eye, aim, roll_rad=roll_rad)]
    return CameraSpec(
        world_from_cam=(pose[0], pose[1], pose[2], pose[3]),  # type: ignore[arg-type]  # four rows of four
        focal_mm=focal_mm,
        sensor_width_mm=camera.sensor_width_mm,
        image_hw=image_hw,
        f_number=log_uniform(rng, camera.f_number) if chance(rng, camera.defocus_share) else None,
        focus_distance_m=float(np.linalg.norm(eye - np.array(target.centre_m))),
        intrinsics_px=intrinsics_px,
    )


def draw_distortion(distortion: Distortion, rng: Generator) -> tuple[float, float, float, float, float] | None:
    """k1, k2, p1, p2, k3; None for a camera without distortion."""
    drawn = [uniform(rng, bounds) for bounds in distortion.ranges]
    return (drawn[0], drawn[1], drawn[2], drawn[3], drawn[4]) if any(drawn) else None


def _draw_intrinsics(
    intrinsics: Intrinsics, image_hw: tuple[int, int], rng: Generator
) -> tuple[float, float, float, float]:
    """fx, fy, cx, cy; fx and fy at the same place of their ranges, as a zoom moves both."""
    fx, fy, cx, cy = intrinsics.scaled(image_hw)
    share = float(rng.random())
    return (fx[0] * (fx[1] / fx[0]) ** share, fy[0] * (fy[1] / fy[0]) ** share, uniform(rng, cx), uniform(rng, cy))


def _sphere(item: PlacedObject) -> tuple[Vec3, float]:
    return item.centre_m, item.sampled.ball_radius_m


def _below(target: Target, distance_m: float, elevation_rad: float, camera: Camera) -> float:
    """Distance at which a camera that looks up does so at that angle although it can stand no higher than it does."""
    drop_m = target.centre_m[2] - camera.height_m[1]
    if drop_m <= distance_m * math.sin(-elevation_rad):
        return distance_m
    return float(min(drop_m / math.sin(-elevation_rad), max(camera.distance_m[1], 1.5 * drop_m)))


def _eye(
    target: Target, distance_m: float, elevation_rad: float, azimuth_rad: float, height_m: tuple[float, float]
) -> NDArray[np.float64]:
    """The camera's centre, pushed back until it is clear of every object."""
    centre = np.array(target.centre_m)
    while True:
        rise_m = float(np.clip(centre[2] + distance_m * math.sin(elevation_rad), *height_m)) - centre[2]
        reach_m = math.sqrt(max(distance_m**2 - rise_m**2, (0.3 * distance_m) ** 2))
        eye: NDArray[np.float64] = centre + np.array(
            [reach_m * math.cos(azimuth_rad), reach_m * math.sin(azimuth_rad), rise_m]
        )
        eye[1] = np.clip(eye[1], *target.aisle_m)
        if target.is_clear(eye):
            return eye
        distance_m *= 1.15


def _aim(
    target: Target,
    eye: NDArray[np.float64],
    half_view: float,
    off_centre: float,
    rng: Generator,
) -> NDArray[np.float64]:
    """A point beside the target, so that the target is off the centre of the picture."""
    forward = np.array(target.centre_m) - eye
    distance_m = float(np.linalg.norm(forward))
    right = np.cross(forward / distance_m, (0.0, 0.0, 1.0))
    right /= max(float(np.linalg.norm(right)), 1e-9)
    shift_m = distance_m * half_view * off_centre * math.sqrt(rng.random())
    sideways = rotation_about(forward, uniform(rng, (0, 2 * math.pi))) @ right
    aim: NDArray[np.float64] = np.array(target.centre_m) + shift_m * sideways
    return aim
