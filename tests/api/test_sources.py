"""What stands where data is asked for keeps its split, its name and its file."""

from __future__ import annotations

from pathlib import Path

import pytest
from fake_dataset import write_fake_dataset

import synthvis as sv
from synthvis.api.sources import source_text, source_texts
from synthvis.api.training import training_of


@pytest.fixture
def fruit(tmp_path: Path) -> Path:
    write_fake_dataset(tmp_path / "fruit")
    return tmp_path / "fruit"


def test_a_dataset_that_was_opened_with_a_split_keeps_it(fruit: Path) -> None:
    for text in (str(fruit), f"{fruit}:val", f"{fruit}:train", f"{fruit}/annotations/instances_val.json"):
        opened = sv.open_dataset(text)
        assert source_text(opened) == text
        again = sv.open_dataset(source_text(opened))
        assert (again.default_split, again.splits) == (opened.default_split, opened.splits)
    assert source_text(sv.open_dataset(fruit).by_default("train")) == f"{fruit}:train"
    assert source_texts([sv.open_dataset(f"{fruit}:val"), fruit]) == (f"{fruit}:val", str(fruit))


def test_a_named_set_keeps_its_name_and_split(fruit: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SYNTHVIS_REAL", str(fruit.parent))
    assert source_text(sv.open_dataset("fruit:train")) == "fruit:train"
    assert source_text(sv.open_dataset("fruit")) == "fruit"


def test_training_and_comparison_take_the_split_that_was_named(fruit: Path) -> None:
    val = sv.open_dataset(f"{fruit}:val")
    assert training_of(val, settings={}).train.split == "val"
    assert training_of(sv.open_dataset(fruit), settings={}).train.split == "train"
    gap = sv.compare(sv.open_dataset(f"{fruit}:train"), val, backbone=None)
    assert (gap.synthetic.split, gap.real.split) == ("train", "val")
