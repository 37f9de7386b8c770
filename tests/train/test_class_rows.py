"""Rows of classes go by name, however they lie in a parameter."""

from __future__ import annotations

import pytest

pytest.importorskip("torch")

import torch
from torch import nn

from synthvis.train.engine.class_rows import RowLayout, copy_by_name

pytestmark = pytest.mark.train

MINE, THEIRS = ("cup", "Traffic_Light", "apple"), ("apple", "fork", "traffic light", "orange")


class OneLayer(nn.Module):
    """`trunk` is the same whatever the classes; `out` has rows that say by their number where they were."""

    def __init__(self, out: torch.Tensor, layout: RowLayout, trunk: float) -> None:
        super().__init__()
        self.trunk = nn.Parameter(torch.full((2,), trunk))
        self.out = nn.Parameter(out)
        self.class_layers = ("out",)
        self.row_layouts = {"out": layout}


def copied(layout: RowLayout, mine: torch.Tensor, theirs: torch.Tensor) -> torch.Tensor:
    network = OneLayer(mine, layout, 0.0)
    copy_by_name(network, OneLayer(theirs, layout, 5.0), MINE, THEIRS)
    assert network.trunk.tolist() == [5.0, 5.0]
    return network.out.detach()


def test_one_row_a_class() -> None:
    found = copied(RowLayout(), -torch.ones(3), torch.tensor([10.0, 11, 12, 13]))
    assert found.tolist() == [-1, 12, 10]


def test_background_and_four_rows_a_class() -> None:
    found = copied(RowLayout(background=1, width=4), -torch.ones(16), torch.arange(20.0))
    assert found.tolist() == [0, 1, 2, 3, -1, -1, -1, -1, 12, 13, 14, 15, 4, 5, 6, 7]


def test_the_list_of_classes_comes_again_with_each_anchor() -> None:
    found = copied(RowLayout(anchors=2, background=1), -torch.ones(8, 1), torch.arange(10.0)[:, None])
    assert found[:, 0].tolist() == [0, -1, 3, 1, 5, -1, 8, 6]


def test_classes_along_the_second_axis() -> None:
    theirs = torch.tensor([[10.0, 11, 12, 13], [20, 21, 22, 23]])
    assert copied(RowLayout(axis=1), -torch.ones(2, 3), theirs).tolist() == [[-1, 12, 10], [-1, 22, 20]]


def test_networks_that_do_not_say_how_their_rows_lie_have_one_a_class() -> None:
    mine, theirs = nn.Linear(1, 3), nn.Linear(1, 4)
    mine.class_layers = ("weight", "bias")
    before = mine.weight[0].clone()
    copy_by_name(mine, theirs, MINE, THEIRS)
    assert torch.equal(mine.weight, torch.stack([before, theirs.weight[2], theirs.weight[0]]))
