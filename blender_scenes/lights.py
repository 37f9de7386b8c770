"""Area lamps."""

from __future__ import annotations

import bpy
from mathutils import Vector

from synthvis.types import LightSpec

__all__ = ["add_light"]


def add_light(spec: LightSpec) -> bpy.types.Object:
    """Hang a square lamp at its place, facing its target; the camera does not see it."""
    lamp = bpy.data.lights.new("lamp", "AREA")
    lamp.shape = "SQUARE"
    lamp.size = spec.size_m
    lamp.energy = spec.power_w
    lamp.color = spec.color_rgb
    thing = bpy.data.objects.new("lamp", lamp)
    thing.location = spec.position_m
    direction = Vector(spec.target_m) - Vector(spec.position_m)
    thing.rotation_euler = direction.to_track_quat("-Z", "Y").to_euler()
    thing.visible_camera = False
    bpy.context.scene.collection.objects.link(thing)
    return thing
