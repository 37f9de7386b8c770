"""Keypoints that stand in a file of their own, brought to the objects of a split."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from synthvis.data.keypoints import KeypointSplit
from synthvis.data.sample import LabelledObject
from synthvis.data.split import Split

__all__ = ["with_keypoints"]

Key = tuple[str, object]


def with_keypoints(split: Split, points: KeypointSplit) -> Split:
    """The split with the keypoints of the same objects, which are known by image, class and number or box."""
    own = {image.id: dict(_keypoints(image.objects)) for image in points.images}
    images = tuple(
        replace(
            image,
            objects=tuple(
                replace(one, keypoints_xyv_px=own.get(image.id, {}).get(_key(one), one.keypoints_xyv_px))
                for one in image.objects
            ),
        )
        for image in split.images
    )
    return replace(split, images=images, keypoints=points.keypoints)


def _keypoints(objects: tuple[LabelledObject, ...]) -> Iterator[tuple[Key, tuple[tuple[float, float, int], ...]]]:
    for one in objects:
        if one.keypoints_xyv_px:
            yield _key(one), one.keypoints_xyv_px


def _key(one: LabelledObject) -> Key:
    return one.class_name, one.bbox_xywh_px if one.instance_id is None else one.instance_id
