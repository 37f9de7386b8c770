"""Which split is learnt from, for each way to type a set, and which splits are the same."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from synthvis.data.splits import share_pictures, train_split_of


@pytest.mark.parametrize(
    ("typed", "default", "splits", "expected"),
    [
        ("fruit", "val", ("train", "val"), "train"),
        ("fruit:val", "val", ("train", "val"), "val"),
        ("fruit:train", "train", ("train", "val"), "train"),
        ("some/folder", "val", ("test", "val"), "val"),
        ("one.json", "one", ("one",), "one"),
        # A colon that belongs to the name of a folder names no split.
        ("odd:folder", "val", ("train", "val"), "train"),
    ],
)
def test_train_is_meant_unless_another_split_is_named(
    typed: str, default: str, splits: tuple[str, ...], expected: str
) -> None:
    assert train_split_of(SimpleNamespace(default_split=default, splits=splits), typed) == expected


def test_a_render_named_like_a_real_set_is_another() -> None:
    real = SimpleNamespace(name="fruit", kind="real", split="val")
    assert share_pictures(real, SimpleNamespace(name="fruit", kind="real", split="val"))
    for change in ({"kind": "synthetic"}, {"split": "train"}, {"name": "cones"}):
        assert not share_pictures(real, SimpleNamespace(**{**vars(real), **change}))
