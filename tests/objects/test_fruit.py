import numpy as np
import pytest

from synthvis.errors import UsageError
from synthvis.objects import registry
from synthvis.objects.mesh import meshes
from synthvis.objects.registry import OBJECT_TYPES
from synthvis.objects.spec import ObjectSpec

FRUIT = ("apple", "red_apple", "green_apple", "orange", "banana", "banana_bunch")
OWN = (*FRUIT, "sprig", "apple_cut", "orange_cut", "banana_slice")
IDENTITY = ((1.0, 0.0, 0.0, 0.0), (0.0, 1.0, 0.0, 0.0), (0.0, 0.0, 1.0, 0.0), (0.0, 0.0, 0.0, 1.0))


def draw(name, seed):
    return OBJECT_TYPES[name].sample(np.random.default_rng(seed))


@pytest.mark.parametrize("name", OWN)
def test_same_draw_same_mesh(name):
    one, two = draw(name, 3), draw(name, 3)
    assert one == two
    a, b = (OBJECT_TYPES[name].build(sample.params) for sample in (one, two))
    assert np.array_equal(a.vertices_m, b.vertices_m)
    assert np.array_equal(a.faces, b.faces)


@pytest.mark.parametrize(
    ("name", "low_m", "high_m"), [("apple", 0.055, 0.11), ("orange", 0.045, 0.105), ("banana", 0.09, 0.24)]
)
def test_sizes_are_those_of_fruit(name, low_m, high_m):
    for seed in range(40):
        params = OBJECT_TYPES[name].bare(draw(name, seed)).params
        size = np.ptp(OBJECT_TYPES[name].build(params).vertices_m, axis=0)
        assert low_m < size.max() < high_m
        assert size.min() > 0.018


@pytest.mark.parametrize("name", [name for name in FRUIT if name != "green_apple"])
def test_keypoints_are_vertices(name):
    kind = OBJECT_TYPES[name]
    for seed in range(8):
        mesh = kind.build(draw(name, seed).params)
        gap = np.linalg.norm(mesh.keypoints_m[:, None] - mesh.vertices_m, axis=2).min(axis=1)
        assert gap.max() < 1e-9
        assert len(np.unique(mesh.keypoints_m.round(6), axis=0)) == len(mesh.keypoints_m)


def test_an_apple_has_a_dimple_at_either_end():
    for seed in range(20):
        mesh = OBJECT_TYPES["apple"].build(draw("apple", seed).params)
        stem, calyx = mesh.keypoints_m[:2, 2]
        assert mesh.vertices_m[:, 2].max() - stem > 0.004
        assert calyx > 0.0005
        assert stem > calyx


def test_a_banana_is_bent_and_tapers():
    for seed in range(20):
        mesh = OBJECT_TYPES["banana"].build(draw("banana", seed).params)
        ends, middle = mesh.keypoints_m[[0, -1]], mesh.keypoints_m[2]
        assert middle[1] < ends[:, 1].min() - 0.01
        rings = mesh.vertices_m[: 48 * 30].reshape(48, 30, 3)
        width = np.linalg.norm(rings - rings.mean(axis=1, keepdims=True), axis=2).mean(axis=1)
        assert width[24] > 1.5 * max(width[0], width[-1])


def faces_of(mesh, *slots):
    return mesh.faces[np.isin(mesh.face_slots, [mesh.slots.index(slot) for slot in slots])]


def test_a_banana_has_its_stalk():
    for seed in range(20):
        sample = draw("banana", seed)
        assert sample.attachments == ()
        mesh = OBJECT_TYPES["banana"].build(sample.params)
        assert mesh.appendage_slots == ("stalk",)
        stalk, skin = (mesh.vertices_m[np.unique(faces_of(mesh, slot))] for slot in ("stalk", "skin"))
        # It goes on where the skin ends, is a few centimetres long, and the keypoint is its far end.
        assert np.linalg.norm(stalk[:, None] - skin, axis=2).min() < 0.003
        assert 0.012 < np.ptp(stalk, axis=0).max() < 0.06
        assert np.linalg.norm(skin - mesh.keypoints_m[0], axis=1).min() > 0.01
        assert np.linalg.norm(stalk - mesh.keypoints_m[0], axis=1).min() < 1e-12


def test_a_bunch_shares_a_crown_and_is_labelled_banana_by_banana():
    for seed in range(8):
        sample = draw("banana_bunch", seed)
        assert {part.kind for part in sample.attachments} == {"banana"}
        assert 1 <= len(sample.attachments) <= 5
        assert OBJECT_TYPES["banana"].category == OBJECT_TYPES["banana_bunch"].category
        tops = [OBJECT_TYPES["banana_bunch"].build(sample.params).keypoints_m[0]]
        for part in sample.attachments:
            place = np.array(part.object_from_part)
            assert place[:3, :3] @ place[:3, :3].T == pytest.approx(np.eye(3), abs=1e-9)
            tops.append(place[:3, :3] @ OBJECT_TYPES["banana"].build(part.params).keypoints_m[0] + place[:3, 3])
        assert np.linalg.norm(np.ptp(tops, axis=0)) < 0.1


@pytest.mark.parametrize("name", ["apple", "orange"])
def test_stem_and_leaves_are_of_the_fruit(name):
    kind, seen = OBJECT_TYPES[name], set()
    for seed in range(60):
        sample = draw(name, seed)
        assert sample.attachments == ()
        mesh, bare = kind.build(sample.params), kind.build(kind.bare(sample).params)
        seen.add(mesh.appendage_slots)
        assert set(mesh.slots) == set(sample.surfaces)
        assert bare.appendage_slots == ()
        assert set(bare.slots) == set(kind.bare(sample).surfaces)
        # The fruit itself is where it was.
        assert np.array_equal(mesh.keypoints_m, bare.keypoints_m)
        body = [slot for slot in mesh.slots if slot not in mesh.appendage_slots]
        assert np.array_equal(mesh.vertices_m[np.unique(faces_of(mesh, *body))], bare.vertices_m)
        if mesh.appendage_slots:
            stem = mesh.vertices_m[np.unique(faces_of(mesh, "stem"))]
            assert stem[:, 2].min() > 0
            assert np.linalg.norm(stem - mesh.keypoints_m[0], axis=1).min() < 0.006
    assert seen == {(), ("stem",), ("stem", "leaf")}


def test_half_an_apple_is_half_an_apple():
    params = {**draw("apple_cut", 0).params, "angle_rad": float(np.pi), "lobes": 0.0, "irregularity": 0.0, "lean": 0.0}
    half, whole = OBJECT_TYPES["apple_cut"].build(params), OBJECT_TYPES["apple"].build(params)
    share = meshes.volume_m3(half.vertices_m, half.faces) / meshes.volume_m3(whole.vertices_m, whole.faces)
    assert share == pytest.approx(0.5, abs=0.01)
    flat = half.vertices_m[half.faces[half.face_slots == 1]][..., 2]
    assert np.ptp(flat) == pytest.approx(0, abs=1e-9)
    assert flat.mean() == pytest.approx(half.vertices_m[:, 2].max())


def test_registry_names_categories_and_meshes():
    assert all(name == kind.name for name, kind in OBJECT_TYPES.items())
    categories = registry.categories_for(["orange", "apple", "red_apple", "green_apple", "banana_bunch", "banana"])
    assert [(c.id, c.name) for c in categories] == [(52, "banana"), (53, "apple"), (55, "orange")]
    with pytest.raises(UsageError, match="no kind of object 'aple'; did you mean 'apple'"):
        registry.object_type_named("aple")
    sample = draw("apple", 1)
    spec = ObjectSpec(
        instance_id=1, kind="apple", category="apple", params=sample.params, surfaces={}, world_from_object=IDENTITY
    )
    assert registry.mesh_of(spec) is registry.mesh_of(spec)
