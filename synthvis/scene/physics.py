"""How rigid bodies move: they fall, roll, slide, push each other and come to rest, before anything is rendered.

MuJoCo computes it. Shapes are convex: balls, boxes and convex hulls of points, which
`synthvis.scene.collision_shapes` makes of meshes. The state is rounded after every step, so that the last digits, in
which mathematical libraries differ from CPU to CPU, do not grow into other paths.

MuJoCo: Todorov, Erez and Tassa, "MuJoCo: A physics engine for model-based control", IROS 2012.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from synthvis.errors import MissingDependency, RenderError
from synthvis.scene.rigid_bodies import Ball, Body, Box, Fixed, Guided, Hull, Shape

if TYPE_CHECKING:
    import mujoco

__all__ = ["GRAVITY_MPS2", "Ball", "Body", "Box", "Fixed", "Guided", "Hull", "Rest", "Shape", "settle", "simulate"]

Float = NDArray[np.float64]

GRAVITY_MPS2 = 9.81
STEP_S = 0.001
GRID = 2.0**-26
"""The state is rounded to multiples of it: 15 nanometres, or as much a second."""
POSE_DECIMALS = 6
CONTACT_RAD_S = 520.0
"""How fast a contact rings that gives bodies back: they touch for about 6 ms."""
CONTACT_S = 0.003
"""Time in which a contact that gives nothing back comes to rest."""
REST_MPS, REST_RAD_S = 0.004, 0.08
"""Slower than that is at rest."""
REST_S = 0.1
FLOOR_HALF_M = 500.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Rest:
    """Bodies that were left alone.

    Attributes:
        world_from_body: (B, 4, 4) rigid transforms at the end.
        seconds: How long it took.
        at_rest: Whether all of them have come to rest.
    """

    world_from_body: Float
    seconds: float
    at_rest: bool


def simulate(
    bodies: Sequence[Body],
    fixed: Sequence[Fixed] = (),
    times_s: Sequence[float] = (),
    *,
    guided: Sequence[Guided] = (),
) -> Float:
    """Where bodies are at given times.

    In free flight the path is the exact parabola: velocities are half a step ahead of positions (leapfrog).

    Args:
        bodies: What moves.
        fixed: What stays.
        times_s: Ascending, from 0 on.
        guided: What moves along a path.

    Returns:
        (B, T, 4, 4) `world_from_body`, rounded to a micrometre.

    Raises:
        MissingDependency: MuJoCo is not installed.
        RenderError: A shape cannot be used, or the bodies overlap so much that they burst apart.
        ValueError: The times do not ascend from 0.
    """
    wanted = [float(time) for time in times_s]
    if any(b < a for a, b in zip([0.0, *wanted], wanted, strict=False)):
        raise ValueError("times must ascend from 0")
    found = np.empty((len(bodies), len(wanted), 4, 4))
    if not bodies:
        return found
    run = _Run(bodies, fixed, guided)
    before = after = run.poses()
    column = 0
    for step, time_s in enumerate(wanted):
        while column * STEP_S < time_s - 1e-9:
            before, after = after, run.step()
            column += 1
        share = 1.0 - max(0.0, column * STEP_S - time_s) / STEP_S
        found[:, step] = run.matrices(_between(before, after, share))
    return found


def settle(
    bodies: Sequence[Body],
    fixed: Sequence[Fixed] = (),
    *,
    limit_s: float = 4.0,
    guided: Sequence[Guided] = (),
) -> Rest:
    """Leave bodies alone until they have come to rest.

    Args:
        bodies: What moves.
        fixed: What stays.
        limit_s: Give up after so many seconds of their time.
        guided: What moves along a path; it is where it is at time 0.

    Raises:
        MissingDependency: MuJoCo is not installed.
        RenderError: A shape cannot be used, or the bodies overlap so much that they burst apart.
    """
    if not bodies:
        return Rest(world_from_body=np.empty((0, 4, 4)), seconds=0.0, at_rest=True)
    run = _Run(bodies, fixed, [_held(one) for one in guided])
    quiet_steps = steps = 0
    while steps * STEP_S < limit_s and quiet_steps * STEP_S < REST_S:
        run.step()
        steps += 1
        quiet_steps = quiet_steps + 1 if run.is_quiet() else 0
    at_rest = quiet_steps * STEP_S >= REST_S
    return Rest(world_from_body=run.matrices(run.poses()), seconds=steps * STEP_S, at_rest=at_rest)


def _held(one: Guided) -> Guided:
    return Guided(shapes=one.shapes, times_s=np.zeros(1), world_from_body=one.world_from_body[:1])


class _Run:
    """A compiled model and its state."""

    def __init__(self, bodies: Sequence[Body], fixed: Sequence[Fixed], guided: Sequence[Guided]) -> None:
        self._mujoco = _load_mujoco()
        self._guided = guided
        self._bodies = len(bodies)
        try:
            self.model = _compiled(self._mujoco, bodies, fixed, guided)
        except ValueError as error:
            raise RenderError(f"physics: a shape cannot be used: {' '.join(str(error).split())[:200]}") from error
        self._centre_m = self._centre_frames()
        self.data: Any = self._mujoco.MjData(self.model)
        self._guide(0.0)
        self._start(bodies)

    def step(self) -> Float:
        """Go on by one step; (B, 7) positions and quaternions."""
        self._guide(float(self.data.time) + STEP_S)
        self._mujoco.mj_step(self.model, self.data)
        state: Float = self.data.qpos
        if not np.isfinite(state).all() or any(self.data.warning.number[kind] for kind in self._fatal):
            raise RenderError("physics: bodies burst apart", hint="let them overlap less at the start")
        self.data.qpos[:] = np.round(state / GRID) * GRID
        self.data.qvel[:] = np.round(self.data.qvel / GRID) * GRID
        return self.poses()

    def poses(self) -> Float:
        """(B, 7) positions of the centres of mass and quaternions (w, x, y, z)."""
        return np.array(self.data.qpos).reshape(self._bodies, 7)

    def matrices(self, poses: Float) -> Float:
        """(B, 4, 4) `world_from_body` of what `poses` gave."""
        found = _matrices(poses)
        for axis in range(3):
            products = found[:, axis, :3] * self._centre_m
            found[:, axis, 3] -= products[:, 0] + products[:, 1] + products[:, 2]
        found[:, :3, :3] = np.round(found[:, :3, :3], 9)
        found[:, :3, 3] = np.round(found[:, :3, 3], POSE_DECIMALS)
        return np.asarray(found + 0.0)

    def is_quiet(self) -> bool:
        """Whether all bodies are slower than what counts as rest."""
        velocity = np.abs(np.array(self.data.qvel).reshape(self._bodies, 6))
        return bool((velocity[:, :3] < REST_MPS).all() and (velocity[:, 3:] < REST_RAD_S).all())

    @property
    def _fatal(self) -> tuple[int, ...]:
        kinds = self._mujoco.mjtWarning
        return tuple(int(kind) for kind in (kinds.mjWARN_BADQPOS, kinds.mjWARN_BADQVEL, kinds.mjWARN_BADQACC))

    def _start(self, bodies: Sequence[Body]) -> None:
        """Velocities at time 0, half a step ahead of the positions."""
        for number, body in enumerate(bodies):
            velocity = np.array(body.velocity_mps)
            velocity[2] += GRAVITY_MPS2 * STEP_S / 2
            turned = np.asarray(body.world_from_body, dtype=np.float64)[:3, :3]
            self.data.qvel[6 * number : 6 * number + 3] = velocity
            self.data.qvel[6 * number + 3 : 6 * number + 6] = turned.T @ np.array(body.angular_velocity_rad_s)

    def _centre_frames(self) -> Float:
        """Move the frame of each body to its centre of mass, so that it flies on a parabola; returns the moves."""
        model, moves = self.model, np.zeros((self._bodies, 3))
        for number in range(self._bodies):
            body = int(model.body(f"body-{number}").id)
            moves[number] = model.body_ipos[body]
            start = model.qpos0[7 * number : 7 * number + 7]
            start[:3] += _matrices(start[None])[0, :3, :3] @ moves[number]
            model.body_pos[body] = start[:3]
            model.geom_pos[model.geom_bodyid == body] -= moves[number]
            model.body_ipos[body] = 0.0
        self._mujoco.mj_setConst(model, self._mujoco.MjData(model))
        return moves

    def _guide(self, time_s: float) -> None:
        for number, one in enumerate(self._guided):
            where = [np.interp(time_s, one.times_s, one.world_from_body[:, axis, 3]) for axis in range(3)]
            self.data.mocap_pos[number] = where


def _load_mujoco() -> Any:
    try:
        import mujoco
    except ImportError as error:
        raise MissingDependency(
            "physics needs MuJoCo, which is not installed", hint="pip install 'synthvis[render]'"
        ) from error
    # It would write MUJOCO_LOG.TXT where the program runs; what goes wrong is read off the state after every step.
    mujoco.set_mju_user_warning(lambda message: None)
    return mujoco


def _compiled(mujoco: Any, bodies: Sequence[Body], fixed: Sequence[Fixed], guided: Sequence[Guided]) -> Any:
    spec = mujoco.MjSpec()
    option = spec.option
    option.timestep, option.gravity = STEP_S, (0.0, 0.0, -GRAVITY_MPS2)
    option.cone = mujoco.mjtCone.mjCONE_ELLIPTIC
    option.integrator = mujoco.mjtIntegrator.mjINT_EULER
    # What the solver found last time is more state, and it would carry unrounded digits on.
    option.disableflags = int(mujoco.mjtDisableBit.mjDSBL_WARMSTART) | int(mujoco.mjtDisableBit.mjDSBL_EULERDAMP)
    spec.compiler.degree = False
    builder = _ModelBuilder(mujoco, spec)
    for one in fixed:
        builder.add_fixed(one)
    for number, path in enumerate(guided):
        builder.add_guided(number, path)
    for number, body in enumerate(bodies):
        builder.add_body(number, body)
    return spec.compile()


class _ModelBuilder:
    """Writes bodies into a MuJoCo model."""

    def __init__(self, mujoco: Any, spec: mujoco.MjSpec) -> None:
        self._mujoco = mujoco
        self._spec = spec
        self._meshes = 0

    def add_fixed(self, one: Fixed) -> None:
        """What stays."""
        pose = np.asarray(one.world_from_body, dtype=np.float64)
        frame = self._spec.worldbody.add_frame(pos=pose[:3, 3], quat=_quaternion(pose))
        if not one.shapes:
            plane = self._spec.worldbody.add_geom(
                type=self._mujoco.mjtGeom.mjGEOM_PLANE, size=(FLOOR_HALF_M, FLOOR_HALF_M, 1.0)
            )
            self._finish(plane, one.friction, frame)
        for geom in self._geoms(self._spec.worldbody, one.shapes):
            self._finish(geom, one.friction, frame)

    def add_guided(self, number: int, path: Guided) -> None:
        """What moves along a path."""
        pose = path.world_from_body[0]
        body = self._spec.worldbody.add_body(
            name=f"guided-{number}", mocap=True, pos=pose[:3, 3], quat=_quaternion(pose)
        )
        for geom in self._geoms(body, path.shapes):
            self._finish(geom, path.friction)

    def add_body(self, number: int, one: Body) -> None:
        """What moves by itself."""
        pose = np.asarray(one.world_from_body, dtype=np.float64)
        body = self._spec.worldbody.add_body(name=f"body-{number}", pos=pose[:3, 3], quat=_quaternion(pose))
        body.add_freejoint()
        for geom in self._geoms(body, one.shapes):
            self._finish(geom, one.friction)
            geom.density = one.density_kg_m3
            if one.rolling_m:
                geom.condim, geom.friction = 6, (one.friction, 0.005, one.rolling_m)
            if one.restitution:
                geom.solref, geom.priority = _ringing(one.restitution), 1

    def _finish(self, geom: Any, friction: float, frame: Any = None) -> None:
        geom.friction, geom.condim = (friction, 0.005, 0.0001), 4
        geom.solref = (CONTACT_S, 1.0)
        if frame is not None:
            geom.set_frame(frame)

    def _geoms(self, body: Any, shapes: Sequence[Shape]) -> Iterator[Any]:
        kinds = self._mujoco.mjtGeom
        for shape in shapes:
            if isinstance(shape, Ball):
                yield body.add_geom(type=kinds.mjGEOM_SPHERE, size=(shape.radius_m, 0.0, 0.0), pos=shape.centre_m)
            elif isinstance(shape, Box):
                yield body.add_geom(type=kinds.mjGEOM_BOX, size=shape.half_m, pos=shape.centre_m)
            else:
                name = f"hull-{self._meshes}"
                self._meshes += 1
                self._spec.add_mesh(
                    name=name,
                    uservert=np.ascontiguousarray(shape.points_m, dtype=np.float32).ravel(),
                    inertia=self._mujoco.mjtMeshInertia.mjMESH_INERTIA_CONVEX,
                )
                yield body.add_geom(type=kinds.mjGEOM_MESH, meshname=name)


def _ringing(restitution: float) -> tuple[float, float]:
    """Time constant and damping ratio of a contact that gives back that share of the speed.

    A damped spring that a mass hits throws it back with exp(-pi z / sqrt(1 - z^2)) of its speed, z its damping ratio.
    """
    loss = -math.log(min(max(restitution, 1e-3), 0.95))
    ratio = loss / math.hypot(math.pi, loss)
    return 1.0 / (ratio * CONTACT_RAD_S), ratio


def _between(before: Float, after: Float, share: float) -> Float:
    near = np.where((before[:, 3:] * after[:, 3:]).sum(axis=1, keepdims=True) < 0, -1.0, 1.0)
    signed = np.concatenate([before[:, :3], near * before[:, 3:]], axis=1)
    mixed: Float = signed + share * (after - signed)
    return mixed


def _matrices(poses: Float) -> Float:
    """(B, 4, 4) of (B, 7) positions and quaternions; products and roots alone, which are the same on every CPU."""
    w, x, y, z = (poses[:, 3:] / np.sqrt((poses[:, 3:] * poses[:, 3:]).sum(axis=1, keepdims=True))).T
    found = np.zeros((len(poses), 4, 4))
    found[:, 3, 3] = 1.0
    found[:, 0, :3] = np.stack([1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)], axis=1)
    found[:, 1, :3] = np.stack([2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)], axis=1)
    found[:, 2, :3] = np.stack([2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)], axis=1)
    found[:, :3, 3] = poses[:, :3]
    return found


def _quaternion(pose: Float) -> tuple[float, float, float, float]:
    """w, x, y, z of a rotation (Shepperd 1978: the largest of the four first)."""
    r = pose[:3, :3]
    squares = np.array([1 + r[0, 0] + r[1, 1] + r[2, 2], 1 + r[0, 0] - r[1, 1] - r[2, 2],
                        1 - r[0, 0] + r[1, 1] - r[2, 2], 1 - r[0, 0] - r[1, 1] + r[2, 2]])  # fmt: skip
    largest = int(squares.argmax())
    s = 2 * math.sqrt(float(squares[largest]))
    sums = {(0, 1): r[2, 1] - r[1, 2], (0, 2): r[0, 2] - r[2, 0], (0, 3): r[1, 0] - r[0, 1],
            (1, 2): r[0, 1] + r[1, 0], (1, 3): r[0, 2] + r[2, 0], (2, 3): r[1, 2] + r[2, 1]}  # fmt: skip
    found = [s / 4 if one == largest else float(sums[min(one, largest), max(one, largest)]) / s for one in range(4)]
    return found[0], found[1], found[2], found[3]
