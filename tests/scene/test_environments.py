"""Places: nothing intersects, nothing floats by accident, the camera is outside of everything."""

from __future__ import annotations

import functools
import itertools
import math

import numpy as np
import pytest
from fake_render import camera
from mesh_oracles import is_closed
from placement_oracle import bodies, inside, vertices_inside

from synthvis.camera.pinhole import look_at
from synthvis.config.load import load_recipe
from synthvis.config.recipe import Camera, Objects, Recipe
from synthvis.errors import UsageError
from synthvis.geometry import rotation_about, transform_points
from synthvis.objects.mesh.patches import blob, box
from synthvis.objects.registry import OBJECT_TYPES, WITHOUT_OWN, mesh_of
from synthvis.scene.camera import Target, draw_camera
from synthvis.scene.environments.composer import SceneComposer
from synthvis.scene.environments.environment import Composition, Environment, View
from synthvis.scene.environments.layout import environment_layout
from synthvis.scene.environments.outdoors import altered
from synthvis.scene.environments.people import AT_TABLE, INDOORS, OUTDOORS, put_person, sit_on
from synthvis.scene.environments.registry import ENVIRONMENTS, NOTHING_OWN
from synthvis.scene.environments.sight import POINTS_EACH, points_in_sight
from synthvis.scene.placed_object import PlacedObject, sample_object
from synthvis.scene.sample import sample_scene
from synthvis.scene.spec import SceneSpec
from synthvis.scene.surroundings import Block, Crown, Ground, Surroundings, Tree
from synthvis.seeds import rng_for

SEEDS = range(1, 3)
SEATS = {"bench", "couch", "chair"}


def recipe(**weights: float) -> Recipe:
    return Recipe(name="environments", environments=weights, objects=Objects(kinds={"apple": 1.0}))


def composed(environment: Environment, number: int) -> tuple[PlacedObject, ...]:
    composer = SceneComposer(rng_for(5, number, "objects"), floor_m=environment.floor_m, level_m=environment.level_m)
    return environment.compose(composer).placed


def boxes_meet(one: PlacedObject, other: PlacedObject) -> bool:
    """What is inside another thing is inside its box: this spares most of the rays."""
    (low, high), (other_low, other_high) = np.array(one.box_m), np.array(other.box_m)
    return bool(((low < other_high) & (other_low < high)).all())


@pytest.mark.parametrize("name", sorted(ENVIRONMENTS))
@pytest.mark.slow
def test_no_object_of_a_place_is_inside_another(name: str) -> None:
    for number in SEEDS:
        items = composed(ENVIRONMENTS[name], number)
        assert len(items) >= 3
        # Goods on a shelf are one mesh many times over.
        closed = {id(mesh): is_closed(mesh) for mesh in {id(m): m for i in items for m in i.sampled.meshes}.values()}
        for one, other in itertools.permutations(items, 2):
            if boxes_meet(one, other) and all(closed[id(mesh)] for mesh in other.sampled.meshes):
                kinds = [item.sampled.parts[0][0].kind for item in (one, other)]
                if "person" in kinds and SEATS & set(kinds):
                    continue  # who sits sinks into the seat; how deep is tested below
                assert vertices_inside(one, other) == 0, (kinds, number)


@pytest.mark.parametrize("name", sorted(ENVIRONMENTS))
def test_nothing_of_a_place_is_below_its_floor_and_only_known_kinds_stand_there(name: str) -> None:
    environment = ENVIRONMENTS[name]
    for number in SEEDS:
        items = composed(environment, number)
        assert (
            min(float(vertices[:, 2].min()) for item in items for vertices, _ in bodies(item))
            > environment.level_m - 1e-6
        )
        assert {item.sampled.parts[0][0].kind for item in items} <= set(environment.kinds)
    assert set(environment.kinds) <= set(OBJECT_TYPES)


@pytest.mark.parametrize("name", sorted(ENVIRONMENTS))
@pytest.mark.slow
def test_the_camera_of_a_place_is_in_no_object_and_sees_one(name: str) -> None:
    for number in range(1, 7):
        spec = sample_scene(recipe(**{name: 1}), 9, number)
        assert spec.environment == name
        eye = np.array(spec.camera.world_from_cam)[:3, 3]
        for obj in spec.objects:
            vertices = transform_points(obj.world_from_object, mesh_of(obj).vertices_m)
            # In the frame of the place boxes are upright too, but turned; the object's own sphere is a fair bound.
            assert np.linalg.norm(vertices - eye, axis=1).min() > 0.02, obj.kind
        assert _in_front(spec) > 0


def _in_front(spec: SceneSpec) -> int:
    """Labelled objects whose origin the camera has before it and within its field of view."""
    cam_from_world = np.linalg.inv(np.array(spec.camera.world_from_cam))
    height, width = spec.camera.image_hw
    focal_px = spec.camera.focal_mm / spec.camera.sensor_width_mm * max(height, width)
    found = 0
    for obj in spec.objects:
        points = transform_points(cam_from_world @ np.array(obj.world_from_object), mesh_of(obj).vertices_m)
        x, y, z = points[points[:, 2] > 0.01].T
        seen = (abs(x / z) * focal_px < width / 2) & (abs(y / z) * focal_px < height / 2)
        found += obj.category is not None and bool(seen.any())
    return found


def test_a_cupboard_hides_what_stands_behind_it_and_nothing_that_stands_before_it() -> None:
    cupboard, apple = (
        sample_object("cupboard", np.random.default_rng(0)),
        sample_object("apple", np.random.default_rng(1)),
    )
    (x0, y0, z0), (x1, y1, _) = cupboard.box_m
    x_m, z_m = (x0 + x1) / 2, z0 + 0.3
    behind = PlacedObject(apple, (x_m, y1 + 0.3, z_m))
    placed = (PlacedObject(cupboard, (0.0, 0.0, 0.0)), behind)
    seen = {}
    for name, y_m in {"before": y0 - 0.3, "beyond": y1 + 1.0}.items():
        eye_m = np.array((x_m, y_m, z_m))
        there, away = (
            camera(look_at(eye_m, eye_m + side * (behind.centre_m - eye_m)), image_hw=(96, 128)) for side in (1, -1)
        )
        seen[name] = points_in_sight(there, placed, ())
        assert points_in_sight(there, placed, ("cupboard",)) == POINTS_EACH
        assert points_in_sight(away, placed, ()) == 0
    assert seen == {"before": 0, "beyond": POINTS_EACH}


def test_an_orchard_is_not_seen_from_behind_a_plank() -> None:
    """Image 11 of seed 0 was one: the camera stood against a crate, all fruit in its frame behind the boards."""
    spec = sample_scene(load_recipe("orchard", ["image.width_px=160", "image.height_px=120"]), 0, 11)
    eye_m = np.array(spec.camera.world_from_cam)[:3, 3]
    crates = [
        transform_points(np.array(o.world_from_object), mesh_of(o).vertices_m)
        for o in spec.objects
        if o.kind == "crate"
    ]
    assert crates
    assert min(float(np.linalg.norm(points - eye_m, axis=1).min()) for points in crates) > 0.4


def test_a_place_is_turned_as_a_whole() -> None:
    """Distances between objects are those of the composition, whatever the turn; heights stay."""
    spec = sample_scene(recipe(desk=1), 9, 2)
    items = ENVIRONMENTS["desk"].compose(SceneComposer(rng_for(9, 2, "objects"), floor_m=3.0, level_m=-0.74)).placed
    own = np.array([np.array(item.xyz_m) + pose[:3, 3] for item in items for _, pose in item.sampled.parts])
    world = np.array([np.array(obj.world_from_object)[:3, 3] for obj in spec.objects])
    assert np.allclose(own[:, 2], world[:, 2])
    between = [np.linalg.norm(points[:, None] - points[None], axis=2) for points in (own, world)]
    assert np.allclose(*between)
    assert not np.allclose(own, world)


def test_a_camera_that_looks_up_keeps_its_height_and_nearly_its_angle() -> None:
    target = Target((0.0, 0.0, 6.0), 0.3)
    for number in range(1, 20):
        camera = Camera().model_copy(
            update={
                "elevation_deg": (-40.0, -10.0),
                "height_m": (1.0, 1.6),
                "distance_m": (2.0, 60.0),
                "off_centre": 0.0,
            }
        )
        pose = np.array(draw_camera(camera, target, (480, 640), 2.0, rng_for(1, number, "camera")).world_from_cam)
        rise_m, reach_m = 6.0 - pose[2, 3], np.hypot(*pose[:2, 3])
        assert 1.0 <= pose[2, 3] <= 1.6
        assert 9.9 < np.degrees(np.arctan2(rise_m, reach_m)) < 46


@pytest.mark.parametrize(
    ("low", "high", "seen"),
    [
        ((1.0, -0.5, 0.5), (2.0, 0.5, 1.5), False),  # half way
        ((1.0, 0.1, 0.5), (2.0, 0.5, 1.5), True),  # beside the line of sight
        ((1.0, -0.5, 0.0), (2.0, 0.5, 0.9), True),  # below it
        ((3.5, -0.5, 0.5), (5.0, 0.5, 1.5), True),  # around what is looked at
        ((4.5, -0.5, 0.5), (5.0, 0.5, 1.5), True),  # behind it
        ((-2.0, -0.5, 0.5), (-1.0, 0.5, 1.5), True),  # behind the camera
        ((-1.0, -0.5, 0.5), (1.0, 0.5, 1.5), False),  # around the camera
    ],
)
def test_a_box_hides_what_it_stands_before(
    low: tuple[float, float, float], high: tuple[float, float, float], seen: bool
) -> None:
    # The camera at (0, 0, 1) looks along x at (4, 0, 1).
    target = Target((4.0, 0.0, 1.0), 0.2, boxes=((low, high),))
    assert target.is_in_sight(np.array([0.0, 0.0, 1.0])) is seen
    assert Target((4.0, 0.0, 1.0), 0.2).is_in_sight(np.array([0.0, 0.0, 1.0]))


def test_what_is_held_hangs_over_its_support_and_meets_nothing() -> None:
    composer = SceneComposer(rng_for(3, 1, "objects"))
    person = composer.place("person", composer.floor, (0.0, 0.0))
    assert person is not None
    board = composer.place("surfboard", composer.floor, (2.0, 0.0), poses=("upright",), lift_m=0.5)
    assert board is not None and board.box_m[0][2] == pytest.approx(0.5, abs=1e-5)
    ball = composer.place("sports_ball", composer.floor, (0.0, 0.0), stack=True, lift_m=0.1)
    assert ball is not None and ball.box_m[0][2] > 0.5
    assert vertices_inside(ball, person) == 0


def forward_rad(person: PlacedObject) -> float:
    """Where a person looks: the x axis of the mesh."""
    pose = person.sampled.parts[0][1]
    return float(np.arctan2(pose[1, 0], pose[0, 0]))


@pytest.mark.slow
def test_what_a_hand_holds_is_in_it_and_meets_nobody() -> None:
    held_by_kind: dict[str, int] = {}
    for number in range(1, 60):
        composer = SceneComposer(rng_for(11, number, "objects"))
        put_person(composer, composer.floor, (0.0, 0.0), held={**OUTDOORS, **INDOORS, **AT_TABLE})
        if len(composer.placed) < 2:
            continue
        person, thing = composer.placed
        kind = thing.sampled.parts[0][0].kind
        held_by_kind[kind] = held_by_kind.get(kind, 0) + 1
        if all(is_closed(mesh) for mesh in thing.sampled.meshes):
            assert vertices_inside(person, thing) == 0, (kind, number)
        assert vertices_inside(thing, person) == 0, (kind, number)
        # Some point of the hand is within a finger's width of the thing.
        (own, _), points = bodies(person)[0], np.concatenate([vertices for vertices, _ in bodies(thing)])
        gap_m = min(float(np.linalg.norm(points - vertex, axis=1).min()) for vertex in own[own[:, 2] > 0.5])
        # What is carried is held by its box, and a bear is no box.
        assert gap_m < (0.04 if min(np.ptp(points, axis=0)) < 0.12 else 0.15), (kind, number)
    assert len(held_by_kind) > 10


@pytest.mark.parametrize("kind", sorted(SEATS))
def test_who_sits_has_the_seat_under_the_thighs_and_looks_where_it_faces(kind: str) -> None:
    seated = 0
    for number in range(1, 12):
        composer = SceneComposer(rng_for(12, number, "objects"))
        seat = composer.place(kind, composer.floor, (0.0, 0.0), facing_rad=0.7)
        assert seat is not None
        person = sit_on(composer, seat, across=0.5)
        if person is None:
            continue
        seated += 1
        assert abs((forward_rad(person) - 0.7 + np.pi) % (2 * np.pi) - np.pi) < 0.5
        assert person.box_m[0][2] > -1e-6
        pose = seat.sampled.parts[0][1]
        corners = seat.sampled.meshes[0].keypoints_m[:4] @ pose[:3, :3].T + pose[:3, 3] + seat.xyz_m
        vertices, _ = bodies(person)[0]
        # Over the middle of the seat the lowest of the body is at its level, give or take a sinking of 8 cm.
        over = np.linalg.norm(vertices[:, :2] - corners[:, :2].mean(axis=0), axis=1) < 0.15
        if seat.sampled.parts[0][0].params["style"] not in {"bar_stool"}:
            assert -0.08 < vertices[over][:, 2].min() - corners[:, 2].mean() < 0.12, number
    assert seated > 8


@pytest.mark.parametrize(("upper", "share"), [((1.0, 1.0), 1.0), ((0.25, 0.25), 0.25), ((1.5, 1.5), 1.0)])
def test_a_portrait_is_about_the_upper_part_of_somebody(upper: tuple[float, float], share: float) -> None:
    seen: list[PlacedObject] = []

    def compose(composer: SceneComposer) -> Composition:
        put_person(composer, composer.floor, (0.0, 0.0), posture="stand")
        seen.extend(composer.placed)
        return Composition(surroundings=Surroundings(base=Ground()), placed=tuple(seen), view=View(upper=upper))

    alone = Environment(name="alone", description="", kinds=("person",), light="ground", compose=compose)
    layout = environment_layout(alone, recipe(park=1.0), functools.partial(rng_for, 8, 1), WITHOUT_OWN)
    low, high = np.array(seen[0].box_m)
    high_m = high[2] - low[2]
    assert layout.target_m[2] == pytest.approx(high[2] - share * high_m / 2)
    assert layout.target_radius_m == pytest.approx(math.hypot(*(high - low)[:2], share * high_m) / 2)


def test_the_classes_of_a_dataset_are_those_of_its_places() -> None:
    assert set(NOTHING_OWN.kinds_in(recipe(desk=1))) == set(ENVIRONMENTS["desk"].kinds)
    assert NOTHING_OWN.kinds_in(recipe()) == NOTHING_OWN.kinds_in(recipe(free=2, desk=0)) == ("apple",)
    assert set(NOTHING_OWN.kinds_in(recipe(desk=1, free=1))) == {"apple", *ENVIRONMENTS["desk"].kinds}


def test_an_unknown_place_is_named_with_the_nearest() -> None:
    with pytest.raises(UsageError, match="dsek") as caught:
        sample_scene(recipe(dsek=1), 0, 1)
    assert "did you mean 'desk'?" in str(caught.value)
    assert NOTHING_OWN.environment_named("desk").name == "desk"


def test_composer_keeps_a_wide_thing_off_a_narrow_board_and_a_tall_one_out_of_a_low_shelf() -> None:
    composer = SceneComposer(rng_for(1, 1, "objects"))
    narrow = composer.board(1.0, (-0.05, 0.05), (-0.05, 0.05))
    assert composer.place("tv", narrow, (0.0, 0.0)) is None
    low = composer.board(1.0, (-1.0, 1.0), (-1.0, 1.0), clearance_m=0.02)
    assert composer.place("bottle", low, (0.0, 0.0), poses=("upright",)) is None
    wide = composer.board(1.0, (-1.0, 1.0), (-1.0, 1.0))
    bottle = composer.place("bottle", wide, (0.2, 0.3), poses=("upright",))
    assert bottle is not None and bottle.box_m[0][2] == pytest.approx(1.0, abs=1e-5)
    assert composer.place("bottle", wide, (0.2, 0.3), poses=("upright",)) is None, "the place is taken"
    assert list(composer.placed) == [bottle]


def test_things_on_a_carrier_stand_on_its_top_and_never_beside_it() -> None:
    composer = SceneComposer(rng_for(2, 1, "objects"))
    table = composer.place("dining_table", composer.floor, (0.0, 0.0))
    assert table is not None
    top = composer.top_of(table)
    low, high = table.box_m
    for x_m, y_m in ((low[0], low[1]), (high[0], high[1]), (high[0] + 0.3, 0.0)):
        assert composer.place("cup", top, (x_m, y_m), poses=("upright",)) is None


@pytest.mark.parametrize("number", range(20))
def test_an_object_of_a_style_asked_for_has_its_surfaces(number: int) -> None:
    """Digital clocks have no dial, and one that is made round needs one."""
    for kind, style in (("clock", "round"), ("chair", "wooden")):
        (part,) = altered(kind, rng_for(number, 1, "objects"), {"style": style}).parts[:1]
        spec = part[0]
        assert spec.params["style"] == style
        assert set(OBJECT_TYPES[spec.kind].build(spec.params).slots) <= set(spec.surfaces)


@pytest.mark.parametrize("solid", ["crown", "block"])
def test_a_camera_keeps_out_of_crowns_and_buildings(solid: str) -> None:
    """A bench among eight trees or houses, where a camera would mostly be; by ray parity on what Blender gets."""
    turns = np.arange(8) * math.pi / 4
    if solid == "crown":
        rows = [(5 * math.cos(turn), 5 * math.sin(turn), 1.5, 1.4) for turn in turns]
        meshes = [blob((x, y, z), radius, "crown", seed=3 + number) for number, (x, y, z, radius) in enumerate(rows)]
    else:
        rows = [(5 * math.cos(turn), 5 * math.sin(turn), 0.0, 2.5, 1.5, 6.0, turn) for turn in turns]
        meshes = [box((x, y), foot, (d, w, h), "box_0", turn) for x, y, foot, w, d, h, turn in rows]

    def compose(composer: SceneComposer) -> Composition:
        composer.place("bench", composer.floor, (0.0, 0.0))
        view = View(azimuth_deg=180, elevation_deg=(3, 20), height_m=(1.0, 2.0), fill=(0.2, 0.5), distance_m=(4, 6))
        if solid == "crown":
            trees = tuple(Tree(x, y, 0.0, 0.01, 0.02, (Crown(x, y, z, radius),)) for x, y, z, radius in rows)
            around = Surroundings(base=Ground(), trees=trees, crown_seed=3)
        else:
            around = Surroundings(base=Ground(), blocks=tuple(Block(*row) for row in rows))
        return Composition(surroundings=around, placed=tuple(composer.placed), view=view)

    environment = Environment(name="clearing", description="", kinds=("bench",), light="ground", compose=compose)
    for index in range(1, 25):
        setting = environment_layout(environment, recipe(park=1.0), functools.partial(rng_for, 8, index), WITHOUT_OWN)
        place_from_world = rotation_about((0, 0, 1), -setting.surroundings.forward_rad)
        eye_m = place_from_world @ np.array(setting.camera.world_from_cam)[:3, 3]
        assert not any(inside(eye_m[None], mesh.vertices_m[mesh.faces])[0] for mesh in meshes), index
