"""The geometry of one frame of a film, as far as the motion between two frames depends on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self

import numpy as np
from numpy.typing import NDArray

from synthvis.camera.projector import Projector, projector_of
from synthvis.objects.mesh.mesh import Mesh
from synthvis.scene.spec import SceneSpec

__all__ = ["FrameGeometry"]

Float = NDArray[np.float64]

NO_MESHES: Mapping[int, Mesh] = {}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FrameGeometry:
    """What a frame shows, and where camera and objects are.

    Attributes:
        depth_m: (H, W) float32 along the optical axis, metres; inf where nothing was hit.
        instance_id: (H, W) uint16, 0 for what stands still in the world.
        projector: Of the frame; two frames of a film may have different ones (zoom).
        world_from_cam: (4, 4) rigid transform of the OpenCV camera.
        world_from_object: (4, 4) rigid transform of each object of the scene by instance id. What moves by itself, such
            as a part of an object, has an id of its own, or its object is among `changing`.
        changing: Mesh of each object whose joints move, as it is in the frame, by instance id.
    """

    depth_m: NDArray[np.float32]
    instance_id: NDArray[np.uint16]
    projector: Projector
    world_from_cam: Float
    world_from_object: Mapping[int, Float]
    changing: Mapping[int, Mesh] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        spec: SceneSpec,
        depth_m: NDArray[np.float32],
        instance_id: NDArray[np.uint16],
        meshes: Mapping[int, Mesh] = NO_MESHES,
    ) -> Self:
        """The geometry of a scene with these maps of it, and the meshes at least of the objects whose joints move.

        Raises:
            ValueError: The maps are not of the picture's size.
            KeyError: The mesh of an object whose joints move is not there.
        """
        if not depth_m.shape == instance_id.shape == spec.camera.image_hw:
            raise ValueError(f"maps of {depth_m.shape} and {instance_id.shape}, a camera of {spec.camera.image_hw}")
        return cls(
            depth_m=depth_m,
            instance_id=instance_id,
            projector=projector_of(spec.camera),
            world_from_cam=np.asarray(spec.camera.world_from_cam),
            world_from_object={item.instance_id: np.asarray(item.world_from_object) for item in spec.objects},
            changing={item.instance_id: meshes[item.instance_id] for item in spec.objects if item.joints_rad},
        )
