"""Turns a scene spec into the current Blender scene."""

from __future__ import annotations

from collections.abc import Mapping

import bpy

from blender_scenes.environments.surroundings import add_surroundings
from blender_scenes.environments.world import WorldKeeper
from blender_scenes.lights import LampPool
from blender_scenes.materials.pool import MaterialPool
from blender_scenes.motion import animate, animate_shape, camera_matrix, set_pose, set_shape, set_still
from blender_scenes.objects.meshes import add_object
from synthvis.camera.spec import CameraSpec
from synthvis.errors import RenderError
from synthvis.objects.mesh.mesh import Mesh, posed
from synthvis.scene.spec import SceneSpec, WorldSpec

__all__ = ["SceneBuilder"]


class SceneBuilder:
    """Builds one scene after the other in one Blender, keeping what is dear to change.

    Creating it empties the running Blender once; after that each `build` removes what the last one made.
    """

    def __init__(self) -> None:
        bpy.ops.wm.read_factory_settings(use_empty=True)
        self._world = WorldKeeper()
        self._lamps = LampPool()
        self._materials = MaterialPool()
        self._things: dict[int, bpy.types.Object] = {}
        self._joints_rad: dict[int, Mapping[str, float]] = {}
        camera = bpy.data.objects.new("camera", bpy.data.cameras.new("camera"))
        bpy.context.scene.collection.objects.link(camera)
        bpy.context.scene.camera = camera

    def shows_world(self, world: WorldSpec) -> bool:
        """Whether the scene's world is `world`."""
        return self._world.shows(world)

    def show_only_world(self, world: WorldSpec) -> None:
        """Remove all objects, darken all lamps, and show `world`.

        Raises:
            RenderError: The environment map does not exist.
        """
        self.clear()
        self._lamps.show(())
        self._world.show(world)

    def build(self, spec: SceneSpec, meshes: Mapping[int, Mesh]) -> None:
        """Show `spec` with the mesh of each object by instance id.

        Raises:
            RenderError: The spec names a surface, slot or environment map that does not exist, or lacks a mesh.
        """
        self.clear()
        self._world.show(spec.world)
        add_surroundings(spec.surroundings, self._materials)
        self._lamps.show(spec.lights)
        for thing in spec.objects:
            if thing.instance_id not in meshes:
                raise RenderError(f"image {spec.image_index}: object {thing.instance_id} ({thing.kind}) has no mesh")
            self._things[thing.instance_id] = add_object(thing, meshes[thing.instance_id], self._materials)
            self._joints_rad[thing.instance_id] = thing.joints_rad
        place_camera(bpy.context.scene.camera, spec.camera)

    def move(self, spec: SceneSpec, meshes: Mapping[int, Mesh]) -> None:
        """Give the objects and the camera of the scene that was built the poses of another frame of its film."""
        for item in spec.objects:
            thing = self._things[item.instance_id]
            set_still(thing, item.world_from_object)
            if self._joints_rad[item.instance_id] != item.joints_rad or thing.data.shape_keys is not None:
                set_shape(thing, meshes[item.instance_id].vertices_m)
                self._joints_rad[item.instance_id] = item.joints_rad
        # The lens is that of the film; to set it again would cost Cycles an update.
        set_pose(bpy.context.scene.camera, camera_matrix(spec.camera.world_from_cam))

    def open_shutter(self, spec: SceneSpec, meshes: Mapping[int, Mesh]) -> None:
        """Let everything move as it does while the shutter is open; `move` ends it."""
        animate(spec, self._things, bpy.context.scene.camera)
        for moving in () if spec.film is None else spec.film.objects:
            if moving.opened_joints_rad != moving.closed_joints_rad:
                mesh = meshes[moving.instance_id]
                shapes = [posed(mesh, angles) for angles in (moving.opened_joints_rad, moving.closed_joints_rad)]
                animate_shape(self._things[moving.instance_id], *(shape.vertices_m for shape in shapes))

    def clear(self) -> None:
        """Remove everything but the camera, the world, the lamps and the materials that may serve again."""
        camera = bpy.context.scene.camera
        objects = [thing for thing in bpy.data.objects if thing != camera and not self._lamps.owns(thing)]
        self._things.clear()
        bpy.context.scene.camera.animation_data_clear()
        bpy.data.batch_remove([*objects, *bpy.data.meshes, *bpy.data.node_groups, *bpy.data.actions])
        self._materials.take_back_all()


def place_camera(thing: bpy.types.Object, spec: CameraSpec) -> None:
    """Give Blender's camera the pose, lens and picture size of `spec`."""
    set_pose(thing, camera_matrix(spec.world_from_cam))
    camera_data, render = thing.data, bpy.context.scene.render
    camera_data.type, camera_data.sensor_fit, camera_data.lens_unit = "PERSP", "AUTO", "MILLIMETERS"
    camera_data.lens, camera_data.sensor_width = spec.focal_mm, spec.sensor_width_mm
    camera_data.shift_x = camera_data.shift_y = 0.0
    camera_data.clip_start, camera_data.clip_end = 0.001, 2000.0
    render.resolution_y, render.resolution_x = spec.image_hw
    render.pixel_aspect_x = render.pixel_aspect_y = 1.0
    if spec.intrinsics_px is not None:
        _set_intrinsics(camera_data, spec.intrinsics_px, spec.image_hw)


def _set_intrinsics(
    camera_data: bpy.types.Camera, intrinsics_px: tuple[float, float, float, float], image_hw: tuple[int, int]
) -> None:
    """fx, fy, cx, cy in Blender's terms: a focal length over the width, pixels that are not square, a shifted lens."""
    fx, fy, cx, cy = intrinsics_px
    height, width = image_hw
    camera_data.sensor_fit = "HORIZONTAL"
    camera_data.lens = fx * camera_data.sensor_width / width
    render = bpy.context.scene.render
    # A pixel is 1 / fx wide and 1 / fy high; Blender wants the smaller number to be 1.
    render.pixel_aspect_x, render.pixel_aspect_y = max(fy / fx, 1.0), max(fx / fy, 1.0)
    # A lens shifted by 1 moves the picture by the sensor's width, against the shift.
    camera_data.shift_x = 0.5 - cx / width
    camera_data.shift_y = (cy - height / 2) * fx / (fy * width)
