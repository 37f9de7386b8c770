"""The colours of flow against torchvision, which follows the same paper, and some of them by hand."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torchvision.utils import flow_to_image

from synthvis.labels.flow.colors import circle_rgb, flow_as_rgb

ALL = np.ones((1, 1), dtype=bool)


@pytest.mark.parametrize(
    ("flow", "rgb"),
    [
        ((5, 0), (255, 0, 0)),
        ((0, 0), (255, 255, 255)),
        ((2.5, 0), (255, 127, 127)),
        # A quarter of the 54 steps on: 13.5, between the colours 221 and 238 of red's arc to yellow.
        ((0, 5), (255, 229, 0)),
        # Half the circle: step 27, where green's four steps and 2 of cyan's eleven are past.
        ((-5, 0), (0, 209, 255)),
        # Longer than the longest that is told apart.
        ((10, 0), (191, 0, 0)),
    ],
)
def test_colors_by_hand(flow, rgb):
    found = flow_as_rgb(np.array([[flow]], np.float32), ALL, longest_px=5.0)[0, 0]
    assert np.abs(found.astype(int) - rgb).max() <= 1


def test_every_direction_and_length_as_torchvision_paints_it():
    flow = np.random.default_rng(1).normal(0, 7, (40, 50, 2)).astype(np.float32)
    expected = flow_to_image(torch.from_numpy(flow).permute(2, 0, 1)).permute(1, 2, 0).numpy()
    found = flow_as_rgb(flow, np.ones((40, 50), dtype=bool))
    # Both cut to whole numbers after sums in other precisions.
    assert np.abs(found.astype(int) - expected).max() <= 1


def test_the_circle_has_55_colours_and_its_corners():
    circle = circle_rgb()
    assert circle.shape == (55, 3)
    corners = circle[[0, 15, 21, 25, 36, 49]].tolist()
    assert corners == [[255, 0, 0], [255, 255, 0], [0, 255, 0], [0, 255, 255], [0, 0, 255], [255, 0, 255]]


def test_what_is_not_valid_is_black_and_does_not_count():
    flow = np.array([[[1e6, 0], [3, 0]]], np.float32)
    assert flow_as_rgb(flow, np.array([[False, True]])).tolist() == [[[0, 0, 0], [255, 0, 0]]]
    assert flow_as_rgb(flow, np.zeros((1, 2), dtype=bool)).tolist() == [[[0, 0, 0], [0, 0, 0]]]
    assert flow_as_rgb(np.zeros((1, 2, 2), np.float32), np.ones((1, 2), dtype=bool)).tolist() == [[[255] * 3] * 2]
