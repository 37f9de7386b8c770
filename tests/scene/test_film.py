"""Films: paths of the camera worked by hand, things that fall by mechanics, films that know nothing of each other."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from synthvis.camera.pinhole import K_of, look_at, project
from synthvis.config.load import load_recipe, recipe_from
from synthvis.config.recipe import Recipe
from synthvis.errors import RecipeError
from synthvis.geometry import invert_rigid, transform_points
from synthvis.objects.registry import mesh_of
from synthvis.scene.film import Film, frame_of, sample_film
from synthvis.scene.motion.camera_path import hand_held, orbit, pan, travel
from synthvis.scene.sample import sample_scene
from synthvis.scene.serialise import scene_from_json, scene_to_json

TABLE = load_recipe(
    "tabletop",
    [
        "motion.frames=6",
        "motion.fps=10",
        "motion.moving_share=[1,1]",
        "motion.moves={fall: 1}",
        "motion.camera={still: 1}",
        "free_environment.weights={ground: 1}",
        "objects.count=[3,4]",
        "objects.empty_share=0",
        "distractors.count=[0,0]",
    ],
)
GRAVITY_MPS2 = 9.81
STREET = 2


@pytest.fixture(scope="module")
def film() -> Film:
    return sample_film(TABLE, 4, 2)


def with_keys(recipe: Recipe, *overrides: str) -> Recipe:
    return recipe_from(recipe.model_dump(mode="json"), list(overrides), where="test")


# The camera


def test_a_camera_that_pans_moves_a_far_point_by_f_tan(film: Film) -> None:
    """It looks level along +x; a point there is at the centre, and a turn by a puts it f tan a beside it."""
    camera = replace(film.base.camera, world_from_cam=((0.0,) * 4,) * 4)  # its pose comes from the path
    K = K_of(camera)
    path = pan(look_at((0, 0, 1), (1, 0, 1)), math.radians(20))
    far = np.array([[1e6, 0.0, 1.0]])
    for share in (0.0, 0.25, 0.5, 1.0):
        x, y = project(transform_points(invert_rigid(path(share)), far), K)[0]
        # Turned to the left (counter-clockwise from above), it sees the point on the right.
        turned = math.radians(20) * (share - 0.5)
        assert x - K[0, 2] == pytest.approx(K[0, 0] * math.tan(turned), abs=1e-2)
        assert y - K[1, 2] == pytest.approx(0.0, abs=1e-2)


def test_an_orbit_keeps_what_it_looks_at_in_the_centre_at_its_distance() -> None:
    start = look_at((3, 1, 2), (0, 0, 0.5))
    distance = float(np.linalg.norm(np.array([3, 1, 1.5])))
    path = orbit(start, distance, math.radians(90))
    assert path(0.5) == pytest.approx(start)
    for share in (0.0, 0.3, 1.0):
        seen = transform_points(invert_rigid(path(share)), np.array([[0, 0, 0.5]]))[0]
        assert seen == pytest.approx([0, 0, distance], abs=1e-9)
    first, last = path(0.0)[:2, 3], path(1.0)[:2, 3]
    assert first @ last == pytest.approx(0.0, abs=1e-9)


def test_a_camera_that_drives_stays_level_and_goes_its_way() -> None:
    start = look_at((0, 0, 2), (4, 0, 0))
    ahead = travel(start, 1.2, sideways=False)
    assert ahead(1.0)[:3, 3] - ahead(0.0)[:3, 3] == pytest.approx([1.2, 0, 0])
    aside = travel(start, 1.2, sideways=True)
    assert aside(1.0)[:3, 3] - aside(0.0)[:3, 3] == pytest.approx([0, -1.2, 0])
    down = travel(look_at((0, 0, 2), (0, 0, 0)), 1.0, sideways=False)
    assert (down(0.0) == down(1.0)).all()


def test_a_hand_trembles_little_and_goes_on_smoothly() -> None:
    start = look_at((2, 0, 1), (0, 0, 0.5))
    path = hand_held(start, 2.0, 7)
    poses = np.array([path(share) for share in np.linspace(0, 1, 201)])
    assert np.abs(poses[:, :3, 3] - start[:3, 3]).max() < 0.05
    turns = np.degrees(
        np.arccos(np.clip((np.trace(poses[:, :3, :3] @ start[:3, :3].T, axis1=1, axis2=2) - 1) / 2, -1, 1))
    )
    assert 0.05 < turns.max() < 2.5
    assert np.abs(np.diff(poses, axis=0)).max() < 0.004
    for pose in poses[::40]:
        assert pose[:3, :3] @ pose[:3, :3].T == pytest.approx(np.eye(3), abs=1e-9)


# Things


def test_what_falls_falls_by_half_g_t_squared_until_it_lands(film: Film) -> None:
    """From the first frame to the second, 0.1 s apart: at most that far, and some things just so."""
    assert film.objects
    drops = {name: poses[0, 1, 2, 3] - poses[1, 1, 2, 3] for name, poses in film.objects.items()}
    middle = film.exposure_s / 2
    free = GRAVITY_MPS2 / 2 * ((middle + 0.1) ** 2 - middle**2)
    assert max(drops.values()) < free + 0.08  # a spin about the middle moves the origin too
    speeds = {name: film.velocities_mps[name][0][2] for name in film.objects}
    assert min(speeds.values()) == pytest.approx(-GRAVITY_MPS2 * middle, abs=0.5)


def test_nothing_sinks_into_the_ground_and_all_is_at_rest_on_it_in_the_end() -> None:
    from synthvis.objects.registry import mesh_of

    film = sample_film(with_keys(TABLE, "motion.frames=30"), 4, 2)
    for item in film.base.objects:
        vertices = mesh_of(item).vertices_m
        # At the moment of an impact things give way a little, a ball more.
        least_m = -0.01 if item.kind == "sports_ball" else -0.002
        for pose in film.objects.get(item.instance_id, np.array(item.world_from_object)[None, None])[:, -1]:
            assert transform_points(pose, vertices)[:, 2].min() > least_m
    assert all(np.linalg.norm(velocity[-1]) < 0.5 for velocity in film.velocities_mps.values())


@pytest.fixture(scope="module")
def street() -> Film:
    """People walk and cars drive."""
    recipe = load_recipe(
        "coco",
        ["environments={street: 1}", "motion.frames=5", "motion.fps=5", "motion.moves={walk: 1, drive: 1}",
         "motion.moving_share=[1,1]"],
    )  # fmt: skip
    return sample_film(recipe, 1, STREET)


def test_people_walk_and_cars_drive_straight_at_the_speed_they_say(street: Film) -> None:
    names = {item.instance_id: item.kind for item in street.base.objects}
    for name, poses in street.objects.items():
        steps = np.diff(poses[:, 1, :3, 3], axis=0)
        speeds = [velocity[:2] / 5 for velocity in street.velocities_mps[name][1:]]
        assert steps[:, :2] == pytest.approx(np.array(speeds), abs=1e-4)
        # Who walks goes up and down by a few centimetres, with all that is carried.
        assert np.abs(steps[:, 2]).max() <= (1e-6 if names[name] == "car" else 0.05)
        assert np.ptp(poses[:, 1, :3, :3], axis=0) == pytest.approx(0.0, abs=1e-9)
    assert {"person", "car"} <= {names[name] for name in street.objects}


def test_wheels_turn_by_the_way_over_their_radius(street: Film) -> None:
    """In the 0.2 s from frame to frame, up to whole turns; and while the shutter is open."""
    cars = [item for item in street.base.objects if item.kind == "car" and item.instance_id in street.joints_rad]
    assert cars
    for car in cars:
        speed = float(np.linalg.norm(street.velocities_mps[car.instance_id][0]))
        for angles in street.joints_rad[car.instance_id].values():
            turned = np.exp(1j * np.diff(angles[:, 1]))
            assert turned == pytest.approx(np.exp(1j * np.full(4, speed / 5 / 0.32)), abs=1e-3)
            assert angles[:, 2] - angles[:, 0] == pytest.approx(speed * street.exposure_s / 0.32, abs=1e-3)


def test_feet_that_stand_do_not_slide(street: Film) -> None:
    """Between the moments of an exposure, some foot of everybody who walks keeps a point of its sole where it is."""
    walkers = [item for item in street.base.objects if item.kind == "person" and item.instance_id in street.joints_rad]
    assert walkers
    for person in walkers:
        for index in range(street.frames):
            soles = []
            for moment in (0, 2):
                angles = {
                    name: float(rows[index, moment]) for name, rows in street.joints_rad[person.instance_id].items()
                }
                mesh = mesh_of(replace(person, joints_rad=angles))
                pose = street.objects[person.instance_id][index, moment]
                soles.append(transform_points(pose, mesh.vertices_m))
            moved_m = np.linalg.norm(soles[1] - soles[0], axis=1)
            low = soles[0][:, 2].min()
            way_m = np.linalg.norm(street.velocities_mps[person.instance_id][index]) * street.exposure_s
            standing = soles[0][:, 2] < low + 0.01
            assert abs(low) < 2e-3
            assert moved_m[standing].min() < 0.05 * way_m + 2e-4


# Numbers


def test_a_film_depends_on_its_number_alone() -> None:
    alone = sample_film(TABLE, 4, 2)
    among = [sample_film(TABLE, 4, number) for number in (1, 2, 3)][1]
    for frame in range(1, 7):
        assert scene_to_json(alone.frame(frame)) == scene_to_json(among.frame(frame))
    assert scene_to_json(sample_film(TABLE, 4, 3).frame(1)) != scene_to_json(alone.frame(1))
    assert scene_to_json(sample_film(TABLE, 5, 2).frame(1)) != scene_to_json(alone.frame(1))


def test_images_count_on_from_film_to_film(film: Film) -> None:
    assert [frame_of(index, 6) for index in (1, 6, 7, 12, 13)] == [(1, 1), (1, 6), (2, 1), (2, 6), (3, 1)]
    spec = sample_scene(TABLE, 4, 9)
    assert spec == film.frame(3)
    assert spec.image_index == 9
    assert spec.film is not None
    assert (spec.film.sequence, spec.film.frame, spec.film.frames, spec.film.fps) == (2, 3, 6, 10.0)
    assert spec.world.group == 2
    with pytest.raises(IndexError, match="frames 1 to 6"):
        film.frame(7)


def test_frames_differ_in_poses_and_noise_alone_and_survive_their_file(film: Film) -> None:
    one, other = film.frame(1), film.frame(4)
    assert one.sensor.noise_seed != other.sensor.noise_seed
    assert one.render.cycles_seed != other.render.cycles_seed
    assert [item.params for item in one.objects] == [item.params for item in other.objects]
    assert one.camera == other.camera
    assert scene_from_json(scene_to_json(one)) == one
    still = replace(one, film=None)
    assert b"film" not in scene_to_json(still)
    assert scene_from_json(scene_to_json(still)) == still


def test_the_middle_of_the_exposure_lies_between_its_ends(film: Film) -> None:
    for name, poses in film.objects.items():
        opened, middle, closed = (poses[0, number, :3, 3] for number in range(3))
        velocity = film.velocities_mps[name][0]
        assert closed - opened == pytest.approx(velocity * film.exposure_s, abs=2e-3)
        # A parabola bends away from its chord by g t^2 / 2, t half of the exposure.
        bend_m = GRAVITY_MPS2 / 2 * (film.exposure_s / 2) ** 2
        assert (opened + closed) / 2 == pytest.approx(middle, abs=bend_m + 2e-4)


def test_without_an_open_shutter_nothing_is_blurred() -> None:
    sharp = sample_film(with_keys(TABLE, "motion.shutter_share=[0,0]"), 4, 2)
    frame = sharp.frame(1).film
    assert frame is not None
    assert not frame.is_blurred
    blurred = sample_film(TABLE, 4, 2).frame(1).film
    assert blurred is not None
    assert blurred.is_blurred


def test_a_sensor_that_is_read_row_by_row_is_open_longer() -> None:
    """With 0.05 s to read and no exposure, a pan of 20 degrees in 0.6 s turns by 20 / 12 degrees meanwhile."""
    keys = ("motion.moves={}", "motion.camera={pan: 1}", "motion.turn_deg=[20,20]", "motion.shutter_share=[0,0]")
    spec = sample_film(with_keys(TABLE, *keys, "motion.readout_share=[0.5,0.5]"), 4, 2).frame(1)
    assert spec.film is not None
    assert spec.film.is_blurred
    assert spec.film.readout_s == pytest.approx(0.05)
    opened, closed = (np.array(pose)[:3, :3] for pose in (spec.film.camera_opened, spec.film.camera_closed))
    turned = math.degrees(math.acos((np.trace(opened.T @ closed) - 1) / 2))
    assert turned == pytest.approx(20 / 12, abs=1e-3)
    assert scene_from_json(scene_to_json(spec)) == spec


def test_things_that_never_move_have_no_poses_of_their_own() -> None:
    still = sample_film(with_keys(TABLE, "motion.moves={}"), 4, 2)
    assert still.objects == {}
    assert still.frame(1).objects == still.base.objects


@pytest.mark.parametrize(
    ("override", "said"),
    [
        ("motion.moves={jump: 1}", "nothing moves by 'jump'"),
        ("motion.camera={orbit: 0}", "at least one weight"),
        ("motion.frames=0", "greater than or equal to 1"),
        ("motion.shutter_share=[0.5,0.2]", "lower bound"),
        ("motion.fps=.inf", "finite"),
        ("motion.speed=1", "there is no 'speed'"),
    ],
)
def test_a_wrong_key_is_named(override: str, said: str) -> None:
    with pytest.raises(RecipeError, match=said):
        load_recipe("tabletop", [override])


def test_a_recipe_without_films_is_what_it_always_was() -> None:
    plain = load_recipe("tabletop")
    assert "motion" not in plain.model_dump(mode="json")
    assert plain.content_hash() != TABLE.content_hash()
