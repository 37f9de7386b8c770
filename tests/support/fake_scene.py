"""Hand-made scenes for tests that need no Blender."""

from __future__ import annotations

import numpy as np

from synthvis.camera.spec import CameraSpec
from synthvis.objects.spec import Category, ObjectSpec, SurfaceSpec
from synthvis.scene.spec import RenderSpec, SceneSpec, SensorSpec, WorldSpec
from synthvis.scene.surroundings import Ground, Surroundings

BOX = Category(id=7, name="box", supercategory="thing", keypoints=("a", "b"), skeleton=((0, 1),))
PLAIN = Category(id=200, name="plain", supercategory="thing")
CATEGORIES = {"box": BOX, "plain": PLAIN}


def at(x_m: float, y_m: float, z_m: float) -> tuple:
    pose = np.eye(4)
    pose[:3, 3] = x_m, y_m, z_m
    return tuple(tuple(float(v) for v in row) for row in pose)


def thing(instance_id: int, pose, *, category: str | None = "box", kind: str = "box", params=None) -> ObjectSpec:
    return ObjectSpec(
        instance_id=instance_id,
        kind=kind,
        category=category,
        params=params or {},
        surfaces={"skin": SurfaceSpec(kind="plain")},
        world_from_object=pose,
    )


def scene(camera: CameraSpec, *objects: ObjectSpec, image_index: int = 1, seed: int = 0) -> SceneSpec:
    return SceneSpec(
        schema_version=1,
        recipe_name="test",
        seed=seed,
        image_index=image_index,
        surroundings=Surroundings(base=Ground()),
        world=WorldSpec(group=0, hdri=None, strength=1.0, color_rgb=(1.0, 1.0, 1.0)),
        lights=(),
        objects=objects,
        camera=camera,
        sensor=SensorSpec(
            exposure_ev=0.0,
            white_balance_rgb=(1.0, 1.0, 1.0),
            contrast=1.0,
            saturation=1.0,
            blur_sigma_px=0.0,
            shot_noise=0.0,
            read_noise=0.0,
            vignette=0.0,
            jpeg_quality=95,
            noise_seed=1,
        ),
        render=RenderSpec(samples=1, max_bounces=0, denoise=False, cycles_seed=1),
    )
