"""What moves as one: parts with their carrier, and people with what they hold, not with what lies before their feet."""

from __future__ import annotations

import numpy as np
import pytest

from synthvis.objects.mesh.mesh import Mesh
from synthvis.objects.spec import ObjectSpec
from synthvis.scene.motion.assembly import Assembly, assemblies_of, overlap, with_held


def box(low: tuple[float, float, float], high: tuple[float, float, float]) -> Mesh:
    corners = np.array([[x, y, z] for x in (low[0], high[0]) for y in (low[1], high[1]) for z in (low[2], high[2])])
    quads = [(0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3)]
    faces = np.array([face for a, b, c, d in quads for face in ((a, b, c), (a, c, d))], np.int32)
    return Mesh(
        vertices_m=corners, faces=faces, face_slots=np.zeros(12, np.int32), slots=("a",), keypoints_m=np.zeros((0, 3))
    )


def thing(number: int, kind: str, xyz_m: tuple[float, float, float]) -> ObjectSpec:
    x, y, z = xyz_m
    pose = ((1.0, 0.0, 0.0, x), (0.0, 1.0, 0.0, y), (0.0, 0.0, 1.0, z), (0.0, 0.0, 0.0, 1.0))
    return ObjectSpec(instance_id=number, kind=kind, category=None, params={}, surfaces={}, world_from_object=pose)


PERSON_MESH, SMALL_MESH, BOARD_MESH = (
    box((-0.3, -0.3, 0.0), (0.3, 0.3, 1.8)), box((-0.05, -0.05, 0.0), (0.05, 0.05, 0.1)),
    box((-0.4, -0.1, 0), (0.4, 0.1, 0.1)),
)  # fmt: skip


def joined(*things: ObjectSpec) -> list[Assembly]:
    meshes = {"person": PERSON_MESH, "skateboard": BOARD_MESH, "bench": PERSON_MESH}
    by_id = {item.instance_id: meshes.get(item.kind, SMALL_MESH) for item in things}
    return with_held(assemblies_of(things, by_id, {}))


def kinds(assemblies: list[Assembly]) -> list[list[str]]:
    return [[item.kind for item in one.objects] for one in assemblies]


def test_parts_go_with_their_carrier() -> None:
    vase, flower, cup = thing(1, "vase", (1, 0, 0)), thing(2, "bouquet", (1, 0, 0.1)), thing(3, "cup", (4, 0, 0))
    meshes = dict.fromkeys((1, 2, 3), SMALL_MESH)
    both, alone = assemblies_of([vase, flower, cup], meshes, {2: 1})
    assert kinds([both, alone]) == [["vase", "bouquet"], ["cup"]]
    moved = np.tile(np.eye(4), (2, 1, 1))
    moved[:, :3, 3] = [(5, 0, 0), (6, 0, 0)]
    assert both.poses(moved)[2][:, :3, 3] == pytest.approx(np.array([(5, 0, 0.1), (6, 0, 0.1)]))
    assert both.box_m[1][2] == pytest.approx(0.2)


def test_people_keep_what_is_in_their_hands_and_the_board_below_their_feet() -> None:
    person, phone = thing(1, "person", (0, 0, 0)), thing(2, "cell_phone", (0.3, 0.1, 1.1))
    assert kinds(joined(person, phone)) == [["person", "cell_phone"]]
    assert kinds(joined(person, thing(2, "skateboard", (0, 0, -0.1)))) == [["person", "skateboard"]]


def test_what_lies_before_the_feet_stands_apart_or_is_large_is_not_held() -> None:
    person = thing(1, "person", (0, 0, 0))
    for other in (
        thing(2, "bottle", (0.3, 0, 0.0)), thing(2, "bottle", (0.5, 0, 1.0)), thing(2, "bench", (0.5, 0, 0.4)),
        thing(2, "person", (0.5, 0, 0.0)),
    ):  # fmt: skip
        assert len(joined(person, other)) == 2


def test_boxes_overlap_by_their_margin() -> None:
    one, other = joined(thing(1, "cup", (0, 0, 0)), thing(2, "cup", (0.15, 0, 0)))
    assert not overlap(one, other)
    assert not overlap(one, other, 0.04)
    assert overlap(one, other, 0.06)
    assert overlap(one, one.at(other.world_from_carrier), 0.06)
