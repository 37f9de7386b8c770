"""Pictures and maps stay on top of each other through every view."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("torch")

import pickle
from typing import Any

import torch
from numpy.typing import NDArray

from synthvis.errors import UsageError
from synthvis.train.config import ModelConfig, TrainConfig
from synthvis.train.dense.placement import Placement, draw_placement
from synthvis.train.dense.views import DenseViews, MapRules, same_map
from synthvis.train.depth.task import RULES as DEPTH_RULES
from synthvis.train.normals.task import RULES as NORMAL_RULES
from synthvis.train.semantic.task import RULES as CLASS_RULES
from synthvis.train.views.letterbox import PAD_VALUE, letterbox_image
from synthvis.train.views.recipe import load_augment_recipe

pytestmark = pytest.mark.train

SIZE = 64
HW = (60, 90)


def ramp_pair(_: object) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    """A picture whose red and green say where a pixel is, and the same as a map (column, row, 1)."""
    row, column = np.mgrid[: HW[0], : HW[1]].astype(np.float32)
    where = np.stack([column * 2 + 20, row * 3 + 20, np.ones(HW, np.float32)], axis=2)
    pixels = where.copy()
    pixels[..., 2] = 200
    return pixels.astype(np.uint8), where


def views_of(rules: MapRules, augment: float, pair: Any = ramp_pair, size: int = SIZE) -> DenseViews:
    config = TrainConfig(model=ModelConfig(input_size=size), augment=augment)
    return DenseViews([0], pair, rules, config)


PLACE = MapRules(target="where", unknown=0, mirrored=same_map, zoomed=same_map)


def test_picture_and_map_go_to_the_same_place(monkeypatch: pytest.MonkeyPatch) -> None:
    views = views_of(PLACE, 1.0)
    monkeypatch.setattr(views, "_colours", None)
    for epoch in range(40):
        view = views[(epoch, 0)]
        image, where = view["image"].numpy().astype(float), view["where"].numpy()
        known = where[2] > 0
        assert known.sum() > 100
        # One pixel of the map is one of the picture; where the picture ends it mixes with nothing.
        apart = np.abs(image[:2] - where[:2])[:, known]
        assert np.median(apart) < 2.5 and np.quantile(apart, 0.99) < 9, epoch
        assert (image[:, ~known] == PAD_VALUE).all()


def test_a_view_depends_on_seed_epoch_and_index_only() -> None:
    first, second = views_of(PLACE, 1.0), views_of(PLACE, 1.0)
    torch.manual_seed(1)
    expected = first[(3, 0)]
    torch.manual_seed(2)
    second[(0, 0)]
    again = second[(3, 0)]
    assert all(torch.equal(expected[name], again[name]) for name in expected)
    assert not torch.equal(expected["image"], first[(4, 0)]["image"])


def test_without_augmentation_the_view_is_the_letterbox() -> None:
    view = views_of(PLACE, 0.0, size=96)[(0, 0)]
    np.testing.assert_array_equal(view["image"].permute(1, 2, 0).numpy(), letterbox_image(ramp_pair(0)[0], 96))
    assert (view["where"][2, 64:] == 0).all() and (view["where"][2, :64] == 1).all()


@pytest.mark.parametrize("strength", [0.5, 2.0])
def test_placements_keep_the_aspect_and_overlap_the_square(strength: float) -> None:
    rng = np.random.default_rng(0)
    mirrored, zooms = 0, []
    for _ in range(300):
        place = draw_placement(HW, SIZE, strength, rng)
        (height, width), (x, y) = place.inner_hw, place.corner_xy
        assert abs(width / height - 1.5) < 0.1
        assert min(0, SIZE - width) <= x <= max(0, SIZE - width) and min(0, SIZE - height) <= y <= max(0, SIZE - height)
        assert width == round(place.zoom * SIZE)
        mirrored += place.mirror
        zooms.append(place.zoom)
    assert 110 < mirrored < 190
    assert min(zooms) >= max(0.25, 1 - 0.4 * strength) and max(zooms) <= 1 + 0.5 * strength
    assert min(zooms) < 0.85 and max(zooms) > 1.2


def test_a_placement_by_hand() -> None:
    pixels = np.arange(12, dtype=np.uint8).reshape(2, 2, 3)
    values = np.array([[1.0, 2.0], [3.0, 4.0]], np.float32)
    place = Placement(inner_hw=(2, 2), corner_xy=(1, -1), mirror=True, zoom=1.0, view_hw=(2, 4))
    assert place.of_map(values, -1).tolist() == [[-1, 4, 3, -1], [-1, -1, -1, -1]]
    assert place.of_picture(pixels)[0, 1].tolist() == [9, 10, 11]
    assert place.of_picture(pixels)[1, 1].tolist() == [PAD_VALUE] * 3
    doubled = Placement(inner_hw=(4, 4), corner_xy=(0, 0), mirror=False, zoom=2.0, view_hw=(4, 4))
    assert doubled.of_map(values, 0)[:, 0].tolist() == [1, 1, 3, 3]


def test_normals_turn_in_a_mirror() -> None:
    slanted = np.array([0.6, 0.0, -0.8], np.float32)

    def pair(_: object) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
        return np.zeros((*HW, 3), np.uint8), np.broadcast_to(slanted, (*HW, 3)).copy()

    views, seen = views_of(NORMAL_RULES, 1.0, pair), set()
    for epoch in range(20):
        normals = views[(epoch, 0)]["normals"]
        known = (normals != 0).any(dim=0)
        found = normals[:, known].unique(dim=1)
        mirror = draw_placement(HW, SIZE, 1.0, np_rng(epoch)).mirror
        expected = slanted * [-1, 1, 1] if mirror else slanted
        np.testing.assert_allclose(found[:, 0], expected)
        assert found.shape == (3, 1)
        seen.add(mirror)
    assert seen == {True, False}


def test_what_is_enlarged_is_nearer() -> None:
    def pair(_: object) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
        return np.zeros((*HW, 3), np.uint8), np.full(HW, 3.0, np.float32)

    views = views_of(DEPTH_RULES, 1.0, pair)
    for epoch in range(10):
        depth_m = views[(epoch, 0)]["depth_m"]
        assert depth_m.dtype == torch.float32
        expected = 3.0 / draw_placement(HW, SIZE, 1.0, np_rng(epoch)).zoom
        np.testing.assert_allclose(depth_m[depth_m > 0].unique(), [expected], rtol=1e-6)


def test_classes_are_never_mixed() -> None:
    def pair(_: object) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
        return ramp_pair(0)[0], np.where(np.arange(HW[1]) < 40, 2, 7)[None].repeat(HW[0], 0).astype(np.uint8)

    views, seen = views_of(CLASS_RULES, 2.0, pair), set()
    for epoch in range(20):
        seen |= set(views[(epoch, 0)]["classes"].unique().tolist())
    assert seen == {2, 7, 255}


def test_large_pictures_are_shrunk_once_and_kept() -> None:
    calls = []

    def pair(_: object) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
        calls.append(1)
        return np.full((300, 400, 3), 9, np.uint8), np.full((300, 400), 2.0, np.float32)

    views = views_of(DEPTH_RULES, 0.0, pair)
    for _ in range(3):
        assert (views[(0, 0)]["depth_m"][:48] == 2).all()
    assert len(calls) == 1


def test_loader_processes_can_be_sent_the_rules() -> None:
    for rules in (CLASS_RULES, DEPTH_RULES, NORMAL_RULES):
        assert pickle.loads(pickle.dumps(rules)) == rules


def np_rng(epoch: int) -> np.random.Generator:
    from synthvis.seeds import rng_for

    return rng_for(0, epoch, "place/0")


def test_a_recipe_of_augmentations_is_refused() -> None:
    chosen = TrainConfig(task="depth", augment_recipe=load_augment_recipe("light"))
    with pytest.raises(UsageError, match="no augmentation by recipe"):
        DenseViews([None], ramp_pair, DEPTH_RULES, chosen)
