"""Physics against mechanics worked by hand, and against itself on other CPUs."""

from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
import pytest

from synthvis.errors import RenderError
from synthvis.geometry import rigid, rotation_about
from synthvis.scene.physics import Ball, Body, Box, Fixed, Guided, Hull, settle, simulate

G = 9.81
FLOOR = Fixed()
CUBE = Box((0.1, 0.1, 0.1))


def at(x_m: float, y_m: float, z_m: float, turn: np.ndarray | None = None) -> np.ndarray:
    return rigid(np.eye(3) if turn is None else turn, (x_m, y_m, z_m))


def path(body: Body, times_s: list[float], *fixed: Fixed) -> np.ndarray:
    return simulate([body], fixed, times_s)[0][:, :3, 3]


def test_a_falling_cube_falls_by_half_g_t_squared() -> None:
    times = [0.0, 0.1, 0.333, 0.7, 1.0]
    found = path(Body(shapes=(CUBE,), world_from_body=at(1, 2, 20)), times, FLOOR)
    assert found[:, 2] == pytest.approx([20 - G * t * t / 2 for t in times], abs=5e-5)
    assert found[:, :2] == pytest.approx(np.tile([1.0, 2.0], (5, 1)), abs=1e-6)


def test_a_thrown_ball_flies_along_a_parabola() -> None:
    body = Body(shapes=(Ball(0.05),), world_from_body=at(0, 0, 1), velocity_mps=(3.0, -2.0, 4.0))
    for t, (x, y, z) in zip((0.25, 0.5, 0.8), path(body, [0.25, 0.5, 0.8], FLOOR), strict=True):
        assert (x, y, z) == pytest.approx((3 * t, -2 * t, 1 + 4 * t - G * t * t / 2), abs=5e-5)


def test_a_spinning_body_turns_about_its_middle_which_flies_on() -> None:
    """Its origin is at one end: after half a turn that end lies on the other side of the middle."""
    stick = Box((0.2, 0.02, 0.02), (0.2, 0.0, 0.0))
    spin = np.pi / 0.5
    body = Body(
        shapes=(stick,), world_from_body=at(0, 0, 30), velocity_mps=(1.0, 0, 0), angular_velocity_rad_s=(0, 0, spin)
    )
    pose = simulate([body], (), [0.5])[0, 0]
    assert pose[:3, 3] == pytest.approx([0.2 + 0.5 + 0.2, 0.0, 30 - G * 0.125], abs=2e-3)
    assert pose[:3, :3] == pytest.approx(rotation_about((0, 0, 1), np.pi), abs=5e-3)


def test_a_ball_that_slides_ends_rolling_at_five_sevenths_of_its_speed() -> None:
    """Friction takes m v from the slide and gives it to the spin of a solid ball, 2/5 m r^2, until v = w r."""
    body = Body(shapes=(Ball(0.1),), world_from_body=at(0, 0, 0.1), velocity_mps=(2.0, 0, 0), friction=0.5)
    (x_1, y_1, z_1), (x_2, _, _) = path(body, [1.5, 2.0], FLOOR)
    assert (x_2 - x_1) / 0.5 == pytest.approx(2.0 * 5 / 7, rel=2e-3)
    assert (y_1, z_1) == pytest.approx((0.0, 0.1), abs=1e-3)
    pose = simulate([body], [FLOOR], [1.5, 1.51])[0]
    turned = np.arccos((np.trace(pose[0, :3, :3].T @ pose[1, :3, :3]) - 1) / 2)
    assert turned == pytest.approx((pose[1, 0, 3] - pose[0, 0, 3]) / 0.1, rel=5e-3)


def test_a_sliding_cube_stops_after_v_squared_over_2_mu_g() -> None:
    body = Body(shapes=(Box((0.2, 0.2, 0.05)),), world_from_body=at(0, 0, 0.05), velocity_mps=(1.5, 0, 0), friction=0.4)
    fixed = Fixed(friction=0.4)
    assert path(body, [3.0], fixed)[0][0] == pytest.approx(1.5**2 / (2 * 0.4 * G), rel=0.03)


@pytest.mark.parametrize("restitution", [0.4, 0.7])
def test_a_ball_bounces_to_the_square_of_its_restitution(restitution: float) -> None:
    body = Body(shapes=(Ball(0.1),), world_from_body=at(0, 0, 1.1), restitution=restitution)
    fall_s = np.sqrt(2 / G)
    heights = path(body, list(np.arange(fall_s + 0.05, fall_s + 2 * restitution * fall_s, 0.005)), FLOOR)[:, 2] - 0.1
    assert np.sqrt(heights.max()) == pytest.approx(restitution, rel=0.12)


def test_a_cube_at_rest_stays_and_a_leaning_one_falls_on_its_side() -> None:
    rest = settle([Body(shapes=(CUBE,), world_from_body=at(0, 0, 0.1))], [FLOOR])
    assert rest.at_rest
    assert rest.world_from_body[0] == pytest.approx(at(0, 0, 0.1), abs=1e-3)
    tilt = rotation_about((0, 1, 0), np.radians(50))
    rest = settle([Body(shapes=(CUBE,), world_from_body=at(0, 0, 0.1421, tilt))], [FLOOR])
    assert rest.at_rest
    # A quarter of a turn in all, so that its x axis points down.
    assert rest.world_from_body[0][:3, 0] == pytest.approx([0, 0, -1], abs=5e-3)
    assert rest.world_from_body[0][2, 3] == pytest.approx(0.1, abs=1e-3)


def test_a_heap_of_hulls_comes_to_rest_on_the_floor_within_walls() -> None:
    """No point is below the floor or beyond a wall by more than a millimetre."""
    rng = np.random.default_rng(3)
    points = [rng.uniform(-0.03, 0.03, size=(30, 3)) for _ in range(10)]
    bodies = [
        Body(shapes=(Hull(one),), world_from_body=at(*rng.uniform(-0.04, 0.04, 2), 0.05 + 0.07 * number))
        for number, one in enumerate(points)
    ]
    walls = Fixed(
        shapes=tuple(
            Box((0.01, 0.2, 0.3), (side * 0.11, 0.0, 0.3))
            if axis == 0
            else Box((0.2, 0.01, 0.3), (0, side * 0.11, 0.3))
            for side in (1, -1)
            for axis in (0, 1)
        )
    )
    rest = settle(bodies, [FLOOR, walls], limit_s=6.0)
    assert rest.at_rest
    everywhere = np.concatenate(
        [p @ pose[:3, :3].T + pose[:3, 3] for p, pose in zip(points, rest.world_from_body, strict=True)]
    )
    assert everywhere[:, 2].min() > -1e-3
    assert np.abs(everywhere[:, :2]).max() < 0.101


def test_what_is_guided_pushes_what_is_in_its_way() -> None:
    poses = np.stack([at(-1.0, 0, 0.5), at(1.0, 0, 0.5)])
    pusher = Guided(shapes=(Box((0.1, 0.5, 0.5)),), times_s=np.array([0.0, 2.0]), world_from_body=poses)
    cube = Body(shapes=(CUBE,), world_from_body=at(0, 0, 0.1))
    # At 1.5 s the front of the pusher is at 0.6 m, and the cube lies before it.
    x_m = simulate([cube], [FLOOR], [1.5], guided=[pusher])[0, 0, 0, 3]
    assert 0.69 < x_m < 0.8


def test_no_bodies_no_times_and_bad_input() -> None:
    assert simulate([], [FLOOR], [0.0, 1.0]).shape == (0, 2, 4, 4)
    cube = Body(shapes=(CUBE,), world_from_body=at(0, 0, 1))
    assert simulate([cube], [FLOOR], []).shape == (1, 0, 4, 4)
    assert settle([], [FLOOR]).at_rest
    assert simulate([cube], [], [0.0])[0, 0] == pytest.approx(at(0, 0, 1), abs=1e-9)
    with pytest.raises(ValueError, match="ascend"):
        simulate([cube], [FLOOR], [1.0, 0.5])
    with pytest.raises(RenderError, match="shape cannot be used"):
        settle([Body(shapes=(Hull(np.zeros((4, 3))),), world_from_body=np.eye(4))])


TUMBLE = """
import hashlib, numpy as np
from synthvis.geometry import rigid
from synthvis.scene.physics import Body, Fixed, Hull, simulate
rng = np.random.Generator(np.random.PCG64(5))
bodies = [
    Body(
        shapes=(Hull(rng.uniform(-0.05, 0.05, size=(20, 3))),),
        world_from_body=rigid(np.eye(3), (0.01 * n, 0, 0.2 + 0.1 * n)),
        velocity_mps=(0.5, 0.1 * n, 0), angular_velocity_rad_s=(3, n, 1), restitution=0.3,
    )
    for n in range(6)
]
print(hashlib.sha256(simulate(bodies, [Fixed()], np.arange(0, 2.0, 0.1)).tobytes()).hexdigest())
"""


def test_what_bursts_apart_is_an_error_and_leaves_no_log(tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    wild = Body(shapes=(CUBE,), world_from_body=at(0, 0, 0.1), velocity_mps=(0, 0, -1e12))
    with pytest.raises(RenderError, match="burst apart"):
        simulate([wild], [FLOOR], [1.0])
    assert list(tmp_path.iterdir()) == []


HULL = Hull(np.random.default_rng(8).uniform(-0.05, 0.05, size=(20, 3)))


def test_what_is_below_the_grid_leaves_no_trace() -> None:
    """A picometre at the start, where chaos would make a millimetre of it."""

    def tumble(x_m: float) -> np.ndarray:
        body = Body(
            shapes=(HULL,), world_from_body=at(x_m, 0, 0.5), velocity_mps=(1, 0, 0), angular_velocity_rad_s=(5, 3, 1)
        )
        return simulate([body], [FLOOR], list(np.arange(0.1, 3.0, 0.1)))

    assert (tumble(0.0) == tumble(1e-12)).all()
    assert (tumble(0.0) != tumble(1e-4)).any()


OLDER_CPUS = (
    {"GLIBC_TUNABLES": "glibc.cpu.hwcaps=-AVX2,-AVX,-FMA,-FMA4,-AVX512F,-AVX_Usable,-AVX2_Usable,-FMA_Usable"},
    {"OPENBLAS_CORETYPE": "Prescott"},
)


def test_the_same_tumble_on_other_cpus() -> None:
    """Six bodies that bounce and tumble: chaos would show any difference of a last digit within two seconds."""
    found = {
        subprocess.run(
            [sys.executable, "-c", TUMBLE], env={**os.environ, **extra}, capture_output=True, text=True, check=True
        ).stdout
        for extra in ({}, *OLDER_CPUS)
    }
    assert len(found) == 1
