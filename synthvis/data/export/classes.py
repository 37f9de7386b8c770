"""One list of classes for all splits of an export: most forms have one for the whole set."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from synthvis.data.sample import KeypointNames
from synthvis.data.split import Split

__all__ = ["with_same_classes"]


def with_same_classes(splits: Sequence[Split]) -> list[Split]:
    """The splits, each with the classes and keypoints of all.

    Ids stay as they are where the splits agree; else classes are numbered from 1 on as they are met.
    """
    names = list(dict.fromkeys(name for split in splits for name in _names(split)))
    ids: dict[str, int] = {}
    for split in splits:
        ids = {**split.category_ids, **ids}
    agree = all(ids[name] == number for split in splits for name, number in split.category_ids.items())
    if not agree or len(set(ids.values())) < len(names) or set(ids) != set(names):
        ids = {name: number for number, name in enumerate(names, start=1)}
    keypoints: dict[str, KeypointNames] = {}
    for split in splits:
        keypoints = {**split.keypoints, **keypoints}
    ordered = {name: ids[name] for name in sorted(names, key=ids.__getitem__)}
    return [_with(split, ordered, keypoints) for split in splits]


def _with(split: Split, ids: dict[str, int], keypoints: dict[str, KeypointNames]) -> Split:
    names = split.class_names if split.label_form == "keypoints" else tuple(ids)
    return replace(split, category_ids=ids, keypoints=keypoints, class_names=names)


def _names(split: Split) -> tuple[str, ...]:
    return tuple(split.category_ids) or split.class_names
