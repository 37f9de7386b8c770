"""Lamps: square areas of light that face a point."""

from __future__ import annotations

from collections.abc import Sequence

import bpy
from mathutils import Vector

from synthvis.scene.spec import LightSpec

__all__ = ["LampPool"]

LAMPS_FROM_THE_START = 4


class LampPool:
    """Lamps that stay in the scene from image to image and are dark when not needed.

    Cycles samples lamps in the order in which it met them; lamps made anew for each image would be met in an order
    that depends on the images before, and give the same image another noise.
    """

    def __init__(self) -> None:
        self._lamps: list[bpy.types.Object] = []
        self._grow(LAMPS_FROM_THE_START)

    def show(self, specs: Sequence[LightSpec]) -> None:
        """Light a lamp for each spec and darken the others."""
        self._grow(len(specs))
        for lamp, spec in zip(self._lamps, specs, strict=False):
            _set(lamp, spec)
        for lamp in self._lamps[len(specs) :]:
            lamp.data.energy = 0.0

    def owns(self, thing: bpy.types.Object) -> bool:
        """Whether an object of the scene is one of these lamps."""
        return thing in self._lamps

    def _grow(self, count: int) -> None:
        while len(self._lamps) < count:
            data = bpy.data.lights.new("lamp", "AREA")
            data.shape = "SQUARE"
            data.energy = 0.0
            lamp = bpy.data.objects.new("lamp", data)
            lamp.visible_camera = False
            bpy.context.scene.collection.objects.link(lamp)
            self._lamps.append(lamp)


def _set(lamp: bpy.types.Object, spec: LightSpec) -> None:
    data = lamp.data
    data.size, data.energy, data.color = spec.size_m, spec.power_w, spec.color_rgb
    position, target = Vector(spec.position_m), Vector(spec.target_m)
    facing = (target - position).to_track_quat("-Z", "Y")
    pose = facing.to_matrix().to_4x4()
    pose.translation = position
    lamp.matrix_world = pose
