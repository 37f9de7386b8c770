"""One split of a COCO folder as plain values: what trainer and evaluation read, of renders and photographs alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from synthvis.data.left_out import LeftOut
from synthvis.errors import RealDataError

__all__ = [
    "CocoSplit",
    "EmptySplit",
    "ImageEntry",
    "KeypointNames",
    "LabelledBox",
    "Segmentation",
    "class_key",
]

Segmentation = Mapping[str, Any] | Sequence[Sequence[float]]
"""A mask in COCO's own form: an RLE, compressed or not, or polygons of x, y, x, y, ... in pixels."""


class EmptySplit(RealDataError):
    """A split is COCO and lists no image."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelledBox:
    """One object: its class name, half-open box and COCO facts. Crowds are regions to ignore, not objects.

    `visible_fraction` is 1 and the amodal box None where the file does not say, as those of photographs do not. The
    boxes of the body are None where it is the whole object; all zeros where nothing of the body shows.
    `segmentation` is None where there is no mask, `keypoints_xyv_px` empty where there are no keypoints: x, y in
    pixels and COCO's visibility of each of the class's keypoints.
    """

    class_name: str
    bbox_xywh_px: tuple[float, float, float, float]
    area_px: float
    is_crowd: bool
    visible_fraction: float = 1.0
    amodal_bbox_xywh_px: tuple[float, float, float, float] | None = None
    body_bbox_xywh_px: tuple[float, float, float, float] | None = None
    amodal_body_bbox_xywh_px: tuple[float, float, float, float] | None = None
    segmentation: Segmentation | None = None
    keypoints_xyv_px: tuple[tuple[float, float, int], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class KeypointNames:
    """The keypoints of a class, as its category entry gives them.

    Attributes:
        names: In the order of the annotations.
        flip_pairs: 0-based pairs that change places in a mirror; empty where the file does not say.
        sigmas: Spread of each keypoint as OKS takes it; empty where the file does not say.
    """

    names: tuple[str, ...]
    flip_pairs: tuple[tuple[int, int], ...] = ()
    sigmas: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageEntry:
    """One image and its objects; an image without objects is a negative."""

    id: int
    path: Path
    image_hw: tuple[int, int]
    boxes: tuple[LabelledBox, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CocoSplit:
    """One split of a set.

    Attributes:
        name: Name of the set, e.g. "fruit".
        kind: "real" or "synthetic".
        split: "train", "val", ...
        images: By image id.
        class_names: Names in the order of the category ids.
        category_ids: The set's own id of each class name.
        keypoints: What the file says of the keypoints of each class that has some.
        left_out: What of the file could not be used.
    """

    name: str
    kind: str
    split: str
    images: tuple[ImageEntry, ...]
    class_names: tuple[str, ...]
    category_ids: Mapping[str, int]
    keypoints: Mapping[str, KeypointNames] = field(default_factory=dict)
    left_out: LeftOut = field(default_factory=LeftOut)

    @property
    def box_count(self) -> int:
        """Objects, crowds left out."""
        return sum(not box.is_crowd for image in self.images for box in image.boxes)

    @property
    def label_count(self) -> int:
        """What there is to learn from: the objects."""
        return self.box_count


def class_key(name: str) -> str:
    """The form in which class names are compared: lower case, without spaces, underscores and hyphens."""
    return "".join(character for character in name.casefold() if character not in " _-")
