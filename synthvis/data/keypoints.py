"""One split of a COCO keypoints file, of renders and photographs alike."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Self

from synthvis.config.validate import nearest
from synthvis.data.sample import KeypointNames, LabelledObject, Sample
from synthvis.data.split import LabelForm, Split, class_key
from synthvis.errors import RealDataError, UsageError

__all__ = ["SEPARATOR", "KeypointSplit", "is_labelled", "keypoint_classes", "split_name"]

SEPARATOR = "/"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeypointSplit(Split):
    """Images with the objects of categories that have keypoints; every object has as many as its category.

    What a network predicts, `class_names`, are "CATEGORY/KEYPOINT".
    """

    label_form: LabelForm = "keypoints"

    @property
    def label_count(self) -> int:
        """Objects with a labelled keypoint."""
        return sum(is_labelled(one) for image in self.images for one in image.objects)

    def of_classes(self, names: Iterable[str]) -> Self:
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
        keypoints = {name: own for name, own in self.keypoints.items() if name in wanted}
        return replace(
            self.with_objects(lambda one: one.class_name in wanted),
            keypoints=keypoints,
            class_names=keypoint_classes(keypoints),
            category_ids={name: number for name, number in self.category_ids.items() if name in wanted},
        )

    def of_keypoints(self, category: str, names: Sequence[str]) -> Self:
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
        positions = [position for position, name in enumerate(self.keypoints[own].names) if class_key(name) in wanted]
        if not positions:
            raise RealDataError(
                f"the keypoints of '{own}' in {self.name} share no name with those asked for: "
                f"{', '.join(self.keypoints[own].names[:6])}",
                hint="keypoints are matched by name; choose another set",
            )
        alone = self.of_classes([own])

        def with_positions(image: Sample) -> Sample:
            return replace(image, objects=tuple(_with_positions(one, positions) for one in image.objects))

        keypoints = {own: _names_at(self.keypoints[own], positions)}
        return replace(alone.changed(with_positions), keypoints=keypoints, class_names=keypoint_classes(keypoints))


def keypoint_classes(keypoints: Mapping[str, KeypointNames]) -> tuple[str, ...]:
    """Names of all keypoints of these categories, "CATEGORY/KEYPOINT"."""
    return tuple(f"{category}{SEPARATOR}{name}" for category, own in keypoints.items() for name in own.names)


def is_labelled(box: LabelledObject) -> bool:
    """Whether it is an object with at least one keypoint that is not "not labelled"."""
    return not box.is_crowd and any(visibility > 0 for _, _, visibility in box.keypoints_xyv_px)


def split_name(class_name: str) -> tuple[str, str]:
    """Category and keypoint of an entry of `KeypointSplit.class_names`."""
    category, _, keypoint = class_name.rpartition(SEPARATOR)
    return category, keypoint


def _with_positions(box: LabelledObject, positions: Sequence[int]) -> LabelledObject:
    return replace(box, keypoints_xyv_px=tuple(box.keypoints_xyv_px[position] for position in positions))


def _names_at(own: KeypointNames, positions: Sequence[int]) -> KeypointNames:
    at = {position: number for number, position in enumerate(positions)}
    return KeypointNames(
        names=tuple(own.names[position] for position in positions),
        flip_pairs=tuple((at[a], at[b]) for a, b in own.flip_pairs if a in at and b in at),
        sigmas=tuple(own.sigmas[position] for position in positions) if own.sigmas else (),
    )
