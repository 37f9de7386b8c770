"""What both ways of making a scene, free and by environment, hand over to light and sensor."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from synthvis.camera.spec import CameraSpec
from synthvis.objects.spec import ObjectSpec, Vec3
from synthvis.scene.surroundings import Surroundings

__all__ = ["Layout"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Surroundings, objects and camera of one picture, in the world frame.

    Attributes:
        surroundings: Floor and background.
        objects: With instance ids from 1.
        camera: Looks at the target.
        target_m: What lamps are aimed at.
        target_radius_m: How large that is.
        carriers: Instance id of the object that carries each object that is part of another.
    """

    surroundings: Surroundings
    objects: tuple[ObjectSpec, ...]
    camera: CameraSpec
    target_m: Vec3
    target_radius_m: float
    carriers: Mapping[int, int] = field(default_factory=dict)
