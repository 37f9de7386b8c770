"""A dataset in every encoding of depth: the gate and the preview read what dataset.json states."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from fake_dataset import write_fake_dataset

from synthvis.checks.gate import check_dataset
from synthvis.dataset.manifest import open_rendered
from synthvis.formats.depth import ENCODINGS
from synthvis.viz.annotated_images import select_images
from synthvis.viz.contact_sheet import image_view

EXTRA = ("nocs", "boundary")


@pytest.mark.parametrize("name", sorted(ENCODINGS))
def test_gate_and_preview_read_depth_as_it_is_stored(name: str, tmp_path: Path) -> None:
    root = write_fake_dataset(tmp_path / "data", EXTRA, depth=name)
    layout = open_rendered(root).layout
    assert layout.depth_encoding is ENCODINGS[name] and check_dataset(root).ok
    plain = open_rendered(write_fake_dataset(tmp_path / "plain", EXTRA)).layout
    ours, theirs = layout.read_depth_m("train", 1), plain.read_depth_m("train", 1)
    assert np.isfinite(ours).any() and np.array_equal(np.isfinite(ours), np.isfinite(theirs))
    known = np.isfinite(ours)
    assert np.abs(ours[known] - theirs[known]).max() <= 0.00051
    shown = [image_view(select_images(one, 1)[0], "depth", 64).astype(int) for one in (layout, plain)]
    assert np.abs(shown[0] - shown[1]).mean() < 3


@pytest.mark.parametrize("name", sorted(ENCODINGS))
def test_the_gate_knows_nothing_hit_from_too_far(name: str, tmp_path: Path) -> None:
    root = write_fake_dataset(tmp_path / "data", depth=name)
    layout = open_rendered(root).layout
    where, whole = ("train", 1), layout.read_depth_m("train", 1)
    coco = json.loads(layout.annotations("instances", "train").read_text())
    x, y, width, height = (int(value) for value in coco["annotations"][0]["bbox"])
    box = np.s_[y : y + height, x : x + width]
    for value, rules in ((1e6, set()), (np.inf, {"depth"})):
        depth_m = whole.copy()
        depth_m[box] = value
        layout.depth_encoding.write(layout.depth(*where), depth_m)
        assert {problem.rule for problem in check_dataset(root).problems} == rules, value


def test_a_map_in_another_form_than_stated_is_a_finding(tmp_path: Path) -> None:
    root = write_fake_dataset(tmp_path / "data", depth="npy_m")
    layout = open_rendered(root).layout
    path = layout.depth("train", 1)
    path.write_bytes(path.read_bytes()[:-4])
    found = check_dataset(root).problems
    assert [(problem.rule, problem.image_id) for problem in found] == [("depth", 1)] and "cut" in found[0].message
    path.unlink()
    assert {problem.rule for problem in check_dataset(root).problems} == {"depth"}
