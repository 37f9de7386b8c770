"""What a scene is: everything that decides one image and its labels, as plain values.

Specs hold only plain Python numbers, strings and tuples, so they compare, hash and serialise exactly. Frames and units
follow `synthvis.conventions`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from synthvis.camera.spec import CameraSpec
from synthvis.objects.spec import Mat4, ObjectSpec, Vec3
from synthvis.scene.surroundings import Surroundings

__all__ = [
    "FilmFrame",
    "LightSpec",
    "Moving",
    "RenderSpec",
    "SceneSpec",
    "SensorSpec",
    "ShakeSpec",
    "WorldSpec",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class WorldSpec:
    """Light from infinity, shared by a group of consecutive images because changing it is dear."""

    group: int
    hdri: str | None
    """File name among the environment maps inside the bpy wheel, a path within the cache for one of the user's (with a
    slash), or None for a constant colour."""
    strength: float
    color_rgb: Vec3


@dataclass(frozen=True, slots=True, kw_only=True)
class LightSpec:
    """A square area lamp that faces `target_m`."""

    position_m: Vec3
    target_m: Vec3
    size_m: float
    power_w: float
    color_rgb: Vec3


@dataclass(frozen=True, slots=True, kw_only=True)
class ShakeSpec:
    """How the whole picture moves on the sensor during the exposure: along an arc of a circle, at constant speed."""

    length_px: float
    angle_deg: float
    """Direction in the middle of the path: 0 to the right, 90 down."""
    bend_deg: float
    """How far the direction turns from end to end; 0 is a straight path."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SensorSpec:
    """What happens to the linear render before it is a JPEG; see `synthvis.render.sensor` for each formula."""

    exposure_ev: float
    white_balance_rgb: Vec3
    contrast: float
    saturation: float
    blur_sigma_px: float
    shot_noise: float
    read_noise: float
    vignette: float
    jpeg_quality: int
    noise_seed: int
    shake: ShakeSpec | None = None
    """None: the camera is held still."""
    least_mean: float | None = None
    """None: automatic exposure keeps the highlights, however dark the rest."""
    sharpen: float | None = None
    """None: nothing is sharpened."""
    gain: float | None = None
    """What light is multiplied with, `exposure_ev` included, in frames of a film; None: automatic exposure."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderSpec:
    """How Cycles is asked to render; part of the spec because pixels depend on it."""

    samples: int
    max_bounces: int
    denoise: bool
    cycles_seed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Moving:
    """An object that moves while the shutter is open; in between, the scene has its pose."""

    instance_id: int
    opened: Mat4
    """`world_from_object` when the shutter opens."""
    closed: Mat4
    """`world_from_object` when it closes."""
    velocity_world_mps: Vec3
    """Of its origin, in the middle of the exposure."""
    opened_joints_rad: Mapping[str, float] = field(default_factory=dict)
    """`joints_rad` of the object when the shutter opens."""
    closed_joints_rad: Mapping[str, float] = field(default_factory=dict)

    @property
    def is_blurred(self) -> bool:
        """Whether it moves while the shutter is open."""
        return self.opened != self.closed or self.opened_joints_rad != self.closed_joints_rad


@dataclass(frozen=True, slots=True, kw_only=True)
class FilmFrame:
    """Which frame of which film a scene is, and what moves while the shutter is open."""

    sequence: int
    """Number of the film, from 1."""
    frame: int
    """From 1."""
    frames: int
    fps: float
    exposure_s: float
    """Time for which each row of the picture is exposed; 0: no row is blurred. The scene is that in the middle."""
    readout_s: float = 0.0
    """Time from the exposure of the first row to that of the last; the scene is that of the middle row's."""
    objects: tuple[Moving, ...] = ()
    """Those that move in the film."""
    camera_opened: Mat4 | None = None
    """`world_from_cam` when the shutter opens; None: the camera stands still."""
    camera_closed: Mat4 | None = None

    @property
    def is_blurred(self) -> bool:
        """Whether anything moves while the shutter is open."""
        moves = any(item.is_blurred for item in self.objects)
        return self.open_s > 0 and (moves or self.camera_opened != self.camera_closed)

    @property
    def open_s(self) -> float:
        """Time from the opening of the shutter, for the first row, to its closing, for the last."""
        return self.exposure_s + self.readout_s


@dataclass(frozen=True, slots=True, kw_only=True)
class SceneSpec:
    """Everything that decides one image and its labels."""

    schema_version: int
    recipe_name: str
    seed: int
    image_index: int
    environment: str = "free"
    """A name in `synthvis.scene.environments`, or "free"."""
    surroundings: Surroundings
    world: WorldSpec
    lights: tuple[LightSpec, ...]
    objects: tuple[ObjectSpec, ...]
    camera: CameraSpec
    sensor: SensorSpec
    render: RenderSpec
    film: FilmFrame | None = None
    """None: an image by itself."""
