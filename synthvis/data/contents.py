"""What labelled sets may hold, so that a format can say what it keeps and an export what is lost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from enum import Enum

from synthvis.data.maps.files import (
    CLASS_MAPS,
    DEPTH_MAPS,
    FLOW_BACKWARD_MAPS,
    FLOW_MAPS,
    INSTANCE_MAPS,
    NORMAL_MAPS,
    SCENE_FLOW_MAPS,
    SEMANTIC_MAPS,
)
from synthvis.data.sample import LabelledObject, Sample
from synthvis.data.split import Split

__all__ = ["OBJECT_CONTENTS", "Content", "contents_of", "contents_of_image"]


class Content(Enum):
    """A kind of label, by its name in tables; counted by objects or by images."""

    BOXES = "boxes"
    MASKS = "masks"
    KEYPOINTS = "keypoints"
    IGNORE_REGIONS = "ignore regions"
    VISIBLE_SHARES = "visible shares"
    AMODAL = "amodal boxes and masks"
    POSES = "6D poses"
    TRACKS = "tracks"
    CAMERAS = "cameras"
    DISTORTION = "lens distortion"
    PICTURE_CLASSES = "classes of pictures"
    PIXEL_CLASSES = "classes of pixels"
    DEPTH = "depth"
    NORMALS = "normals"
    INSTANCE_MAPS = "instance maps"
    FLOW = "optical flow"
    SCENE_FLOW = "scene flow"


OBJECT_CONTENTS = frozenset(
    {
        Content.BOXES,
        Content.MASKS,
        Content.KEYPOINTS,
        Content.IGNORE_REGIONS,
        Content.VISIBLE_SHARES,
        Content.AMODAL,
        Content.POSES,
        Content.TRACKS,
    }
)
"""What may be said of an object."""

MAPS: Mapping[str, Content] = {
    CLASS_MAPS.name: Content.PIXEL_CLASSES,
    SEMANTIC_MAPS.name: Content.PIXEL_CLASSES,
    DEPTH_MAPS.name: Content.DEPTH,
    NORMAL_MAPS.name: Content.NORMALS,
    INSTANCE_MAPS.name: Content.INSTANCE_MAPS,
    FLOW_MAPS.name: Content.FLOW,
    FLOW_BACKWARD_MAPS.name: Content.FLOW,
    SCENE_FLOW_MAPS.name: Content.SCENE_FLOW,
}
"""What each map of a sample holds, by its name."""


def contents_of(split: Split) -> dict[Content, int]:
    """How many objects, or images, of a split have each kind of label; kinds that none has are absent."""
    counts = Counter[Content]()
    for image in split.images:
        counts.update(contents_of_image(image))
    return {content: counts[content] for content in Content if counts[content]}


def contents_of_image(image: Sample) -> Counter[Content]:
    """Which kinds of label an image has, and how many of its objects have each."""
    counts = Counter(_of_image(image))
    for one in image.objects:
        counts.update(_of_object(one))
    return counts


def _of_image(image: Sample) -> set[Content]:
    found = {MAPS[name] for name in image.maps if name in MAPS}
    if image.class_name is not None:
        found.add(Content.PICTURE_CLASSES)
    if image.camera_facts is not None:
        found.add(Content.CAMERAS)
        if image.camera_facts.get("distortion"):
            found.add(Content.DISTORTION)
    return found


def _of_object(one: LabelledObject) -> set[Content]:
    if one.is_crowd:
        return {Content.IGNORE_REGIONS}
    found = {Content.BOXES}
    if one.track_id is not None:
        found.add(Content.TRACKS)
    if one.segmentation is not None:
        found.add(Content.MASKS)
    if any(seen > 0 for _, _, seen in one.keypoints_xyv_px):
        found.add(Content.KEYPOINTS)
    if one.visible_fraction < 1:
        found.add(Content.VISIBLE_SHARES)
    if one.amodal_bbox_xywh_px is not None:
        found.add(Content.AMODAL)
    if one.cam_from_object is not None:
        found.add(Content.POSES)
    return found
