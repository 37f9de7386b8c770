"""Fruit trees: sound wood, a level foot, stalks that end in the open, leaves from a seed."""

from __future__ import annotations

import numpy as np
import pytest
from mesh_oracles import is_closed

from synthvis.objects.mesh.meshes import volume_m3
from synthvis.objects.plants.fruit_tree import FRUIT_TREE, draw_tree, growth_of


@pytest.mark.parametrize("form", ["vase", "spindle"])
@pytest.mark.parametrize("fruit", ["apple", "orange"])
@pytest.mark.slow
def test_a_tree_stands_on_its_foot_and_its_wood_is_closed(fruit, form):
    for seed in range(4):
        sample = draw_tree(np.random.default_rng(seed), fruit, form)
        mesh = FRUIT_TREE.build(sample.params)
        assert mesh.vertices_m[:, 2].min() == pytest.approx(0.0, abs=1e-9)
        assert 1.5 < mesh.vertices_m[:, 2].max() < 4.5
        assert np.abs(mesh.vertices_m[:, :2]).max() < 3.0
        assert is_closed(mesh)
        assert 0.003 < volume_m3(mesh.vertices_m, mesh.faces) < 0.2
        assert {*mesh.slots, *(slot for part in mesh.scatters[0].meshes for slot in part.slots)} == set(sample.surfaces)


def test_wood_is_known_wherever_the_mesh_has_some():
    """Each vertex is a radius from a point of the wood, so what keeps clear of the points keeps clear of the mesh."""
    sample = draw_tree(np.random.default_rng(3), "apple", "spindle")
    mesh, growth = FRUIT_TREE.build(sample.params), growth_of(sample.params)
    for vertex in mesh.vertices_m[:: len(mesh.vertices_m) // 300]:
        gap = np.linalg.norm(growth.wood_m[:, :3] - vertex, axis=1) - growth.wood_m[:, 3]
        assert gap.min() < 0.01
    ends = [growth.wood_m[growth.stalk_of == stalk][:, 2].min() for stalk in range(len(growth.hooks_m))]
    assert np.allclose(ends, growth.hooks_m[:, 2]), "a stalk ends at its lowest point"


def test_leaves_grow_on_twigs_by_their_count_a_metre():
    sample = draw_tree(np.random.default_rng(1), "apple", "vase")
    mesh = FRUIT_TREE.build(sample.params)
    corners = mesh.vertices_m[mesh.faces]
    area_m2 = np.linalg.norm(np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]), axis=1) / 2
    count = (area_m2 * mesh.attributes["leafy"][mesh.faces].mean(axis=1)).sum()
    assert 300 < count < 6000
    trunk = mesh.vertices_m[:, 2] < 0.4
    assert not mesh.attributes["leafy"][trunk].any()
    again = FRUIT_TREE.build(sample.params)
    assert again.scatters[0].seed == mesh.scatters[0].seed
    assert np.array_equal(again.vertices_m, mesh.vertices_m)
