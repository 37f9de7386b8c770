"""Colours of classes: the same everywhere, and apart for every eye. Distances are CIE's of OpenCV, not our own."""

from __future__ import annotations

from itertools import combinations

import cv2
import numpy as np
import pytest

from synthvis.viz.palette import class_colors, css_color, ink_on

# Linear RGB as dichromats see it: Vienot, Brettel & Mollon 1999, table 1, whose protanope and deuteranope differ from
# the model by which the colours were chosen.
PROTANOPE = np.array([[0.11238, 0.88762, 0], [0.11238, 0.88762, 0], [0.00401, -0.00401, 1]])
DEUTERANOPE = np.array([[0.29275, 0.70725, 0], [0.29275, 0.70725, 0], [-0.02234, 0.02234, 1]])


def lab(color, seen=None):
    rgb = np.array(color, np.float64) / 255
    if seen is not None:
        linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
        linear = np.clip(seen @ linear, 0, 1)
        rgb = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
    return cv2.cvtColor(rgb.astype(np.float32).reshape(1, 1, 3), cv2.COLOR_RGB2LAB)[0, 0]


def distance(first, second, seen=None):
    """CIE 1976 colour difference; about 2 is just seen."""
    return float(np.linalg.norm(lab(first, seen) - lab(second, seen)))


SETS = [
    ("apple", "banana", "orange"), ("cup", "bottle", "bowl"), ("keyboard", "mouse", "laptop"),
    ("person", "car", "traffic light"), ("screw", "nut"), ("traffic_cone", "person"),
]  # fmt: skip


@pytest.mark.parametrize("names", SETS)
def test_classes_of_one_set_are_far_apart(names):
    colors = class_colors(names)
    for first, second in combinations(colors.values(), 2):
        assert distance(first, second) > 40
        assert min(distance(first, second, seen) for seen in (PROTANOPE, DEUTERANOPE)) > 15


def test_eighty_classes_have_eighty_colours_that_can_be_seen_on_black_and_white():
    colors = class_colors([f"class {number}" for number in range(80)])
    assert len(set(colors.values())) == 80
    for first, second in combinations(colors.values(), 2):
        assert distance(first, second) > 5
    for color in colors.values():
        assert distance(color, (0, 0, 0)) > 50 and distance(color, (255, 255, 255)) > 35


def test_more_classes_than_colours():
    colors = class_colors([f"class {number}" for number in range(300)])
    assert len(colors) == 300


def test_a_class_keeps_its_colour_in_every_set():
    alone = class_colors(["apple"])["apple"]
    assert class_colors(["screw", "banana", "Apple", "apple"])["apple"] == alone
    assert class_colors(["Apple"])["Apple"] == alone
    names = [f"part {number}" for number in range(12)]
    assert class_colors(names) == class_colors(names[::-1])


def test_names_in_any_script():
    assert len(set(class_colors(["Äpfel", "りんご", "", "\ud800", "x" * 60]).values())) == 5


def test_css_and_ink():
    assert css_color((0, 127, 255)) == "#007fff"
    assert ink_on((255, 255, 0)) == (0, 0, 0)
    assert ink_on((0, 0, 150)) == (255, 255, 255)
