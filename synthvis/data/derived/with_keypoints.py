"""Keypoints that stand in a file of their own, brought to the objects of a split."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import replace

from synthvis.data.keypoints import KeypointSplit
from synthvis.data.sample import LabelledObject, Sample
from synthvis.data.sample_lists import sample_ids
from synthvis.data.split import Split

__all__ = ["with_keypoints"]

Key = tuple[str, object]
Keypoints = tuple[tuple[float, float, int], ...]


def with_keypoints(split: Split, points: KeypointSplit) -> Split:
    """The split with the keypoints of the same objects, which are known by image, class and number or box.

    Where several objects of an image share these, they stand in the same order in both.
    """
    place_of = {number: place for place, number in enumerate(sample_ids(points.images))}

    def with_own(image: Sample) -> Sample:
        place = place_of.get(image.id)
        own = {} if place is None else _keypoints(points.images[place].objects)
        return replace(image, objects=tuple(_with(one, own.get(_key(one))) for one in image.objects))

    return replace(split.changed(with_own), keypoints=points.keypoints)


def _with(one: LabelledObject, found: deque[Keypoints] | None) -> LabelledObject:
    return replace(one, keypoints_xyv_px=found.popleft()) if found else one


def _keypoints(objects: Sequence[LabelledObject]) -> dict[Key, deque[Keypoints]]:
    found: dict[Key, deque[Keypoints]] = {}
    for one in objects:
        if one.keypoints_xyv_px:
            found.setdefault(_key(one), deque()).append(one.keypoints_xyv_px)
    return found


def _key(one: LabelledObject) -> Key:
    return one.class_name, one.bbox_xywh_px if one.instance_id is None else one.instance_id
