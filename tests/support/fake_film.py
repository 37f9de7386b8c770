"""Two frames of a film that is hand-made and needs no Blender."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from fake_render import box_mesh, camera, turned
from fake_scene import at, scene, thing

from synthvis.camera.pinhole import look_at
from synthvis.geometry import rigid, rotation_about
from synthvis.labels.flow.frame import FrameGeometry
from synthvis.labels.passes import Passes
from synthvis.objects.mesh.mesh import Mesh
from synthvis.scene.spec import SceneSpec

BARREL = (-0.25, 0.06, 0.002, -0.003, 0.0)


def crowd(rng: np.random.Generator, lens=None) -> tuple[SceneSpec, SceneSpec, dict[int, Mesh]]:
    """Boxes that tumble between two frames over a floor, before a camera that moves."""
    meshes = {k: box_mesh(-rng.uniform(0.05, 0.3, 3), rng.uniform(0.05, 0.3, 3)) for k in range(1, 7)}
    meshes[7] = box_mesh((-30, -30, -1), (30, 30, 0))
    first, second = [], []
    for k in range(1, 7):
        place = rng.uniform((-0.8, -0.8, 0.0), (0.8, 0.8, 0.5))
        start = np.asarray(turned(rng, *place))
        turn = rotation_about(rng.normal(size=3), 0.2)
        end = rigid(turn @ start[:3, :3], place + rng.normal(0, 0.08, 3))
        first.append(thing(k, tuple(map(tuple, start.tolist()))))
        second.append(thing(k, tuple(map(tuple, end.tolist()))))
    eyes = np.array([(1.5, -1.3, 2.2), (1.45, -1.38, 2.22)])
    cams = [
        replace(camera(look_at(eye, (0, 0, 0.1), roll_rad=0.1), image_hw=(60, 80)), distortion=lens) for eye in eyes
    ]
    floor = thing(7, at(0, 0, 0))
    return scene(cams[0], *first, floor), scene(cams[1], *second, floor), meshes


def frame_of(spec: SceneSpec, passes: Passes) -> FrameGeometry:
    """The geometry of a frame that was rendered."""
    return FrameGeometry.of(spec, passes.depth_m, passes.instance_id)
