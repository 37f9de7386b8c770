"""One split of a COCO keypoints file, of renders and photographs alike."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from synthvis.config.validate import nearest
from synthvis.data.coco_split import ImageEntry, KeypointNames, LabelledBox, class_key
from synthvis.data.left_out import LeftOut
from synthvis.data.real import RealSet, read_split
from synthvis.dataset.manifest import open_dataset
from synthvis.errors import RealDataError, UsageError

__all__ = ["SEPARATOR", "KeypointSplit", "is_labelled", "read_keypoint_split", "split_name"]

SEPARATOR = "/"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeypointSplit:
    """Images with the objects of categories that have keypoints.

    Attributes:
        name: Name of the set.
        kind: "real" or "synthetic".
        split: "train", "val", ...
        images: By image id; every box has as many keypoints as its category.
        keypoints: Names and more, by category.
        category_ids: The set's own id of each category.
        left_out: What of the file could not be used.
    """

    name: str
    kind: str
    split: str
    images: tuple[ImageEntry, ...]
    keypoints: Mapping[str, KeypointNames]
    category_ids: Mapping[str, int]
    left_out: LeftOut = field(default_factory=LeftOut)

    @property
    def class_names(self) -> tuple[str, ...]:
        """What a network answers: "CATEGORY/KEYPOINT"."""
        return tuple(f"{category}{SEPARATOR}{name}" for category, own in self.keypoints.items() for name in own.names)

    @property
    def label_count(self) -> int:
        """Objects with a labelled keypoint."""
        return sum(is_labelled(box) for image in self.images for box in image.boxes)

    def of_classes(self, names: Iterable[str]) -> KeypointSplit:
        """The same images with the objects of these categories only.

        Raises:
            UsageError: No category of such a name has keypoints.
        """
        own = {class_key(name): name for name in self.keypoints}
        wanted = []
        for name in names:
            if class_key(name) not in own:
                raise UsageError(f"{self.name} has no keypoints of {name!r}{nearest(name, self.keypoints)}")
            wanted.append(own[class_key(name)])
        return replace(
            self,
            images=tuple(_with_boxes(image, lambda box: box.class_name in wanted) for image in self.images),
            keypoints={name: own for name, own in self.keypoints.items() if name in wanted},
            category_ids={name: number for name, number in self.category_ids.items() if name in wanted},
        )

    def of_keypoints(self, category: str, names: Sequence[str]) -> KeypointSplit:
        """One category with those of its keypoints that are among `names`, in the set's own order.

        Raises:
            RealDataError: The set has no such category, or none of the keypoints.
        """
        own = next((name for name in self.keypoints if class_key(name) == class_key(category)), None)
        if own is None:
            raise RealDataError(
                f"{self.name} has no keypoints of '{category}', only of {', '.join(list(self.keypoints)[:6])}",
                hint="categories are matched by name; choose another set",
            )
        wanted = {class_key(name) for name in names}
        places = [place for place, name in enumerate(self.keypoints[own].names) if class_key(name) in wanted]
        if not places:
            raise RealDataError(
                f"the keypoints of '{own}' in {self.name} share no name with those asked for: "
                f"{', '.join(self.keypoints[own].names[:6])}",
                hint="keypoints are matched by name; choose another set",
            )
        alone = self.of_classes([own])
        images = tuple(
            replace(image, boxes=tuple(_with_places(box, places) for box in image.boxes)) for image in alone.images
        )
        return replace(alone, images=images, keypoints={own: _names_at(self.keypoints[own], places)})


def is_labelled(box: LabelledBox) -> bool:
    """Whether it is an object with at least one keypoint that is not "not labelled"."""
    return not box.is_crowd and any(visibility > 0 for _, _, visibility in box.keypoints_xyv_px)


def split_name(class_name: str) -> tuple[str, str]:
    """Category and keypoint of an entry of `KeypointSplit.class_names`."""
    category, _, keypoint = class_name.rpartition(SEPARATOR)
    return category, keypoint


def read_keypoint_split(found: RealSet, split: str | None = None) -> KeypointSplit:
    """Read one split of a set. Mirror pairs that the file does not name come from the dataset.json of a render.

    Raises:
        RealDataError: There is no such split, its file is not COCO, or has no keypoints.
    """
    whole = read_split(found, split)
    if not whole.keypoints:
        raise RealDataError(
            f"{found.annotations[whole.split]} names no keypoints in its categories",
            hint="name a COCO keypoints file such as annotations/keypoints_val.json",
        )
    pairs = _pairs_of_render(found, whole.split)
    keypoints = {
        name: own if own.flip_pairs else replace(own, flip_pairs=pairs.get(name, ()))
        for name, own in whole.keypoints.items()
    }
    return KeypointSplit(
        name=whole.name,
        kind=whole.kind,
        split=whole.split,
        images=tuple(_with_zeros(image, keypoints) for image in whole.images),
        keypoints=keypoints,
        category_ids={name: number for name, number in whole.category_ids.items() if name in keypoints},
        left_out=whole.left_out,
    )


def _pairs_of_render(found: RealSet, split: str) -> dict[str, tuple[tuple[int, int], ...]]:
    root = found.annotations[split].parent.parent
    if found.kind != "synthetic" or not (root / "dataset.json").is_file():
        return {}
    return {category.name: category.flip_pairs for category in open_dataset(root).categories}


def _with_zeros(image: ImageEntry, keypoints: Mapping[str, KeypointNames]) -> ImageEntry:
    """Only boxes of these categories; one without keypoints has them all, none labelled."""
    boxes = [
        box
        if box.keypoints_xyv_px
        else replace(box, keypoints_xyv_px=((0.0, 0.0, 0),) * len(keypoints[box.class_name].names))
        for box in image.boxes
        if box.class_name in keypoints
    ]
    return replace(image, boxes=tuple(boxes))


def _with_boxes(image: ImageEntry, wanted: Any) -> ImageEntry:
    return replace(image, boxes=tuple(box for box in image.boxes if wanted(box)))


def _with_places(box: LabelledBox, places: Sequence[int]) -> LabelledBox:
    return replace(box, keypoints_xyv_px=tuple(box.keypoints_xyv_px[place] for place in places))


def _names_at(own: KeypointNames, places: Sequence[int]) -> KeypointNames:
    at = {place: number for number, place in enumerate(places)}
    return KeypointNames(
        names=tuple(own.names[place] for place in places),
        flip_pairs=tuple((at[a], at[b]) for a, b in own.flip_pairs if a in at and b in at),
        sigmas=tuple(own.sigmas[place] for place in places) if own.sigmas else (),
    )
