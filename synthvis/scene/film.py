"""Decides a film: a scene, and where everything in it and the camera are at every frame, before any is rendered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from synthvis.camera.pinhole import K_of, project
from synthvis.config.motion import Motion
from synthvis.config.recipe import Recipe
from synthvis.draws import chance, uniform
from synthvis.errors import RenderError
from synthvis.geometry import invert_rigid, transform_points
from synthvis.objects.spec import Mat4, ObjectSpec
from synthvis.scene.collision_shapes import hollow_shapes
from synthvis.scene.environments.registry import NOTHING_OWN, SceneCatalogue
from synthvis.scene.motion.assembly import Assembly, assemblies_of, with_held
from synthvis.scene.motion.camera_path import CameraPath, camera_path
from synthvis.scene.motion.ground_path import GroundPath, can_drive, can_walk, ground_paths
from synthvis.scene.motion.limbs import limbs_of
from synthvis.scene.motion.solid_surroundings import floor_m, solids_of, uprights_of
from synthvis.scene.motion.tumbling import camera_body, draw_kicks, loose_of, tumble
from synthvis.scene.rigid_bodies import Guided
from synthvis.scene.spec import FilmFrame, Moving, SceneSpec
from synthvis.scene.still import Still, draw_still
from synthvis.seeds import integer_seed_for, rng_for

__all__ = ["Film", "frame_of", "sample_film"]

Float = NDArray[np.float64]

DRAWS = 4
"""A film that shows its labelled things in too few frames is drawn again so often."""
SHOWN_SHARE = 0.5
PROBE_S = 0.005
"""Velocities are measured over twice that time."""
KEY_S = 0.05
"""Between places of the camera that physics knows."""
POSE_DECIMALS, TURN_DECIMALS = 6, 9
GUIDED_SHAPES = 30
TREMBLE = 2e-4
"""What strays less, in metres and in the sines of its turn, lies still."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Film:
    """A scene that moves.

    Attributes:
        base: The scene, everything at rest.
        sequence: Number of the film, from 1.
        fps: Frames a second.
        exposure_s: Time for which the shutter is open for each row.
        readout_s: Time from the exposure of the first row to that of the last.
        camera: (F, 3, 4, 4) `world_from_cam` of each frame when the shutter opens, in the middle, and when it closes.
        objects: (F, 3, 4, 4) `world_from_object` likewise, of each object that moves, by instance id.
        velocities_mps: (F, 3) of the origins of these objects in the middle of each exposure, world frame.
        joints_rad: (F, 3) angles at each joint by name, at these times, of each object that moves in itself.
    """

    base: SceneSpec
    sequence: int
    fps: float
    exposure_s: float
    camera: Float
    objects: Mapping[int, Float]
    velocities_mps: Mapping[int, Float]
    joints_rad: Mapping[int, Mapping[str, Float]] = field(default_factory=dict)
    readout_s: float = 0.0

    @property
    def frames(self) -> int:
        """How many there are."""
        return len(self.camera)

    def frame(self, number: int) -> SceneSpec:
        """The scene of a frame, which counts from 1.

        Raises:
            IndexError: There is no such frame.
        """
        if not 1 <= number <= self.frames:
            raise IndexError(f"film {self.sequence} has frames 1 to {self.frames}, not {number}")
        base, index = self.base, number - 1
        image_index = (self.sequence - 1) * self.frames + number
        opened, middle, closed = (_mat4(pose) for pose in self.camera[index])
        still = bool((self.camera == self.camera[:1, :1]).all())
        moving = tuple(
            Moving(
                instance_id=name,
                opened=_mat4(poses[index, 0]),
                closed=_mat4(poses[index, 2]),
                velocity_world_mps=_triple(self.velocities_mps[name][index]),
                opened_joints_rad=self._joints_rad(name, index, 0),
                closed_joints_rad=self._joints_rad(name, index, 2),
            )
            for name, poses in sorted(self.objects.items())
        )
        return replace(
            base,
            image_index=image_index,
            objects=tuple(
                replace(
                    item,
                    world_from_object=_mat4(self.objects[item.instance_id][index, 1]),
                    joints_rad=self._joints_rad(item.instance_id, index, 1),
                )
                if item.instance_id in self.objects
                else item
                for item in base.objects
            ),
            camera=replace(base.camera, world_from_cam=middle),
            sensor=replace(base.sensor, noise_seed=integer_seed_for(base.seed, image_index, "noise")),
            render=replace(base.render, cycles_seed=integer_seed_for(base.seed, image_index, "cycles")),
            film=FilmFrame(
                sequence=self.sequence,
                frame=number,
                frames=self.frames,
                fps=self.fps,
                exposure_s=self.exposure_s,
                readout_s=self.readout_s,
                objects=moving,
                camera_opened=None if still else opened,
                camera_closed=None if still else closed,
            ),
        )

    def _joints_rad(self, name: int, index: int, moment: int) -> dict[str, float]:
        return {joint: float(angles[index, moment]) for joint, angles in self.joints_rad.get(name, {}).items()}


def frame_of(image_index: int, frames: int) -> tuple[int, int]:
    """Number of the film and of the frame in it, both from 1, of an image."""
    sequence, frame = divmod(image_index - 1, frames)
    return sequence + 1, frame + 1


def sample_film(recipe: Recipe, seed: int, sequence: int, *, catalogue: SceneCatalogue = NOTHING_OWN) -> Film:
    """A film; it depends on its number, not on those beside it.

    Args:
        recipe: The distribution; it must have `motion`.
        seed: Dataset seed, >= 0.
        sequence: Number of the film, >= 1.
        catalogue: What the recipe's names mean.

    Raises:
        UsageError: The recipe names an environment or a kind of object that does not exist.
        MissingDependency: Things move by physics, and MuJoCo is not installed.
        ValueError: The recipe is not one of films.
    """
    if recipe.motion is None:
        raise ValueError("the recipe has no motion")
    shown: list[tuple[float, Film]] = []
    for redraw in range(DRAWS):
        still = draw_still(recipe, seed, sequence, sequence, catalogue, redraw)
        film = _Draw(recipe.motion, still, catalogue, seed, sequence, redraw).film()
        share = _shown_share(film)
        if share >= SHOWN_SHARE:
            return film
        shown.append((share, film))
    return max(shown, key=lambda found: found[0])[1]


class _Draw:
    """One draw of a film."""

    def __init__(
        self, motion: Motion, still: Still, catalogue: SceneCatalogue, seed: int, sequence: int, redraw: int
    ) -> None:
        self._motion, self._still, self._sequence = motion, still, sequence
        self._place = (seed, sequence, f", redraw {redraw}" if redraw else "")
        self._seconds = motion.frames / motion.fps
        self._exposure_s = uniform(self._rng("shutter"), motion.shutter_share) / motion.fps
        self._readout_s = uniform(self._rng("readout"), motion.readout_share) / motion.fps
        spec = still.spec
        self._mesh_of = catalogue.objects.mesh_of
        meshes = {item.instance_id: self._mesh_of(item) for item in spec.objects}
        self._assemblies = with_held(assemblies_of(spec.objects, meshes, still.carriers))
        self._floor_m = floor_m(spec.surroundings)
        self._uprights = uprights_of(spec.surroundings)

    def film(self) -> Film:
        spec, motion = self._still.spec, self._motion
        path = camera_path(
            motion, spec.camera, self._assemblies, self._uprights, self._floor_m, self._rng("camera path")
        )
        paths = self._ground_paths(path)
        rng = self._rng("limbs")
        walks = [(one, limbs_of(one, self._mesh_of, rng)) for one in paths]
        on_ground = {id(one.assembly) for one in paths}
        open_s = self._exposure_s + self._readout_s
        middles = np.arange(motion.frames) / motion.fps + open_s / 2
        offsets = np.array([-open_s / 2, 0.0, open_s / 2, -PROBE_S, PROBE_S])
        times = np.maximum(middles[:, None] + offsets, 0.0)
        poses: dict[int, Float] = {}
        joints: dict[int, Mapping[str, Float]] = {}
        for walk, limbs in walks:
            on_path = walk.assembly.poses(_at_times(walk.pose, times))
            poses |= on_path if limbs is None else limbs.raised(on_path, times)
            if limbs is not None:
                joints[limbs.carrier.instance_id] = limbs.angles_rad(times[:, :3])
                spec = _with_object(spec, limbs.carrier)
        rest = [one for one in self._assemblies if id(one) not in on_ground]
        poses |= self._tumbled(rest, paths, path, times)
        camera = _at_times(lambda time: path(time / self._seconds), times)
        moving = {name: found for name, found in poses.items() if np.ptp(found, axis=(0, 1)).max() > TREMBLE}
        at_rest = {name: found[0, 1] for name, found in poses.items() if name not in moving}
        return Film(
            base=_with_poses(spec, at_rest),
            sequence=self._sequence,
            fps=motion.fps,
            exposure_s=round(self._exposure_s, 9),
            readout_s=round(self._readout_s, 9),
            camera=_rounded(camera[:, :3]),
            objects={name: _rounded(found[:, :3]) for name, found in moving.items()},
            velocities_mps={name: _velocities(found, times) for name, found in moving.items()},
            joints_rad=joints,
        )

    def _rng(self, stream: str) -> Generator:
        seed, sequence, redraw = self._place
        return rng_for(seed, sequence, f"film: {stream}{redraw}")

    def _ground_paths(self, path: CameraPath) -> list[GroundPath]:
        rng, motion = self._rng("ground paths"), self._motion
        ways = (("walk", can_walk), ("drive", can_drive))
        able = [
            one
            for one in self._assemblies
            if any(motion.moves.get(name, 0.0) > 0 and can(one, self._floor_m) for name, can in ways)
        ]
        share = uniform(rng, motion.moving_share)
        movers = [one for one in able if chance(rng, share)]
        chosen = set(map(id, movers))
        others = [one for one in self._assemblies if id(one) not in chosen]
        return ground_paths(movers, others, self._uprights, path, self._seconds, rng)

    def _tumbled(
        self, rest: Sequence[Assembly], walks: Sequence[GroundPath], path: CameraPath, times: Float
    ) -> dict[int, Float]:
        """(F, 5, 4, 4) poses of all that is loose by instance id; none where nothing of it moves."""
        rng, moves = self._rng("tumbling"), self._motion.moves
        if not any(moves.get(name, 0.0) for name in ("fall", "slide", "fly")):
            return {}
        solids = solids_of(self._still.spec.surroundings)
        loose, stuck = loose_of(rest, solids, _focus_m(self._still.spec))
        others = [*stuck, *(walk.assembly for walk in walks)]
        kicks = draw_kicks(loose, moves, others, uniform(rng, self._motion.moving_share), rng)
        if not kicks:
            return {}
        keys = np.arange(0.0, self._seconds + KEY_S, KEY_S)
        guided = [camera_body(_at_times(lambda time: path(time / self._seconds), keys), keys)]
        guided += [_guided(walk, keys) for walk in walks]
        wanted_s, where = np.unique(times.round(9), return_inverse=True)
        try:
            found = tumble(loose, kicks, stuck, solids, guided, list(wanted_s))
        except RenderError:
            return {}
        poses: dict[int, Float] = {}
        for one, of_one in zip(loose, found, strict=True):
            poses |= one.poses(of_one[where.reshape(times.shape)])
        return poses


def _guided(walk: GroundPath, keys: Float) -> Guided:
    shapes = hollow_shapes(walk.assembly.carried_meshes, most=GUIDED_SHAPES)
    return Guided(shapes=shapes, times_s=keys, world_from_body=_at_times(walk.pose, keys))


def _at_times(pose_at: CameraPath, times: Float) -> Float:
    """(*S, 4, 4) poses at (*S) times."""
    return np.array([pose_at(float(time)) for time in times.ravel()]).reshape(*times.shape, 4, 4)


def _velocities(poses: Float, times: Float) -> Float:
    span = times[:, 4] - times[:, 3]
    found: Float = np.round((poses[:, 4, :3, 3] - poses[:, 3, :3, 3]) / span[:, None], 4) + 0.0
    return found


def _rounded(poses: Float) -> Float:
    found = np.round(poses, TURN_DECIMALS)
    found[..., :3, 3] = np.round(poses[..., :3, 3], POSE_DECIMALS)
    return np.asarray(found + 0.0)


def _with_poses(spec: SceneSpec, poses: Mapping[int, Float]) -> SceneSpec:
    objects = tuple(
        replace(item, world_from_object=_mat4(_rounded(poses[item.instance_id]))) if item.instance_id in poses else item
        for item in spec.objects
    )
    return replace(spec, objects=objects)


def _with_object(spec: SceneSpec, built: ObjectSpec) -> SceneSpec:
    objects = (built if item.instance_id == built.instance_id else item for item in spec.objects)
    return replace(spec, objects=tuple(objects))


def _focus_m(spec: SceneSpec) -> Float:
    pose = np.array(spec.camera.world_from_cam)
    found: Float = pose[:3, 3] + spec.camera.focus_distance_m * pose[:3, 2]
    return found


def _shown_share(film: Film) -> float:
    """Share of the frames in which the origin of a labelled thing is in the picture; 1 without labelled things."""
    labelled = [item for item in film.base.objects if item.category is not None]
    if not labelled:
        return 1.0
    height, width = film.base.camera.image_hw
    K, shown = K_of(film.base.camera), 0
    for index in range(film.frames):
        origins = [
            film.objects[item.instance_id][index, 1] if item.instance_id in film.objects else item.world_from_object
            for item in labelled
        ]
        points = transform_points(invert_rigid(film.camera[index, 1]), np.array(origins)[:, :3, 3])
        x, y = project(points, K).T
        shown += bool(((x > 0) & (x < width) & (y > 0) & (y < height)).any())
    return shown / film.frames


def _mat4(pose: Float) -> Mat4:
    rows = [tuple(float(value) for value in row) for row in pose]
    return rows[0], rows[1], rows[2], rows[3]  # type: ignore[return-value]  # four rows of four


def _triple(values: Float) -> tuple[float, float, float]:
    return float(values[0]), float(values[1]), float(values[2])
