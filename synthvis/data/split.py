"""One split of a labelled set: what trainers, metrics and comparisons read, of renders and photographs alike."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal, Self

from synthvis.config.validate import nearest
from synthvis.data.film import Film
from synthvis.data.left_out import LeftOut
from synthvis.data.sample import KeypointNames, LabelledObject, Sample
from synthvis.data.sample_lists import each_changed, picked
from synthvis.errors import RealDataError, UsageError
from synthvis.formats.json_file import JsonObject

__all__ = ["EmptySplit", "LabelForm", "SourceFile", "Split", "class_key"]

LabelForm = Literal["objects", "images", "keypoints", "pixels"]
"""What is labelled."""


class EmptySplit(RealDataError):
    """A split that lists no image."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFile:
    """The COCO file that a split was read from.

    Attributes:
        path: Where it lies.
        info: Its "info"; empty where it has none.
        categories: Its category entries by id.
    """

    path: Path
    info: JsonObject
    categories: Mapping[int, JsonObject]


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """One split of a set: `len`, iteration and an index give its samples.

    Attributes:
        name: Name of the set, e.g. "fruit".
        kind: "real" or "synthetic".
        split: "train", "val", ...
        images: By image id; a tuple, or `SamplesOnDisk`.
        class_names: Names in the order of the category ids; empty where maps hold numbers.
        label_form: What is labelled.
        category_ids: The set's own id of each class name, where it has ids.
        keypoints: What the file says of the keypoints of each class that has some.
        films: What is known of the films whose frames its images are, by number; empty of still pictures.
        left_out: What of the set could not be used.
        source: The COCO file that it was read from, of which an export takes what it does not know itself; None: there
            is none, or ids are no longer those of a file.
    """

    name: str
    kind: str
    split: str
    images: Sequence[Sample]
    class_names: tuple[str, ...] = ()
    label_form: LabelForm = "objects"
    category_ids: Mapping[str, int] = field(default_factory=dict)
    keypoints: Mapping[str, KeypointNames] = field(default_factory=dict)
    films: Mapping[int, Film] = field(default_factory=dict)
    left_out: LeftOut = field(default_factory=LeftOut)
    source: SourceFile | None = field(default=None, compare=False)

    def __len__(self) -> int:
        return len(self.images)

    def __iter__(self) -> Iterator[Sample]:
        return iter(self.images)

    def __getitem__(self, index: int) -> Sample:
        return self.images[index]

    @property
    def object_count(self) -> int:
        """Objects, crowds left out."""
        return sum(not one.is_crowd for image in self.images for one in image.objects)

    @property
    def label_count(self) -> int:
        """What there is to learn from: objects, or an image each where images or pixels are labelled."""
        return self.object_count if self.label_form == "objects" else len(self.images)

    def of_classes(self, names: Iterable[str]) -> Self:
        """The same images with the objects of those classes only; of class folders, the images of those classes.

        Raises:
            UsageError: The split has no class of such a name.
        """
        own = {class_key(name): name for name in self.class_names}
        wanted = set()
        for name in names:
            if class_key(name) not in own:
                raise UsageError(f"{self.name} has no class {name!r}{nearest(name, self.class_names)}")
            wanted.add(own[class_key(name)])
        kept = tuple(name for name in self.class_names if name in wanted)
        if self.label_form == "images":
            return replace(self, images=tuple(one for one in self.images if one.class_name in wanted), class_names=kept)
        ids = {name: self.category_ids[name] for name in kept}
        return replace(self.with_objects(lambda one: one.class_name in wanted), class_names=kept, category_ids=ids)

    def with_objects(self, is_wanted: Callable[[LabelledObject], bool]) -> Self:
        """The same images with some of their objects."""

        def with_some(image: Sample) -> Sample:
            return replace(image, objects=tuple(one for one in image.objects if is_wanted(one)))

        return self.changed(with_some)

    def changed(self, change: Callable[[Sample], Sample]) -> Self:
        """The split with a change of each image, which is made at the access where images lie on disk."""
        return replace(self, images=each_changed(self.images, change))

    def at(self, positions: Sequence[int]) -> Self:
        """The images at these positions, in this order."""
        return replace(self, images=picked(self.images, positions))


def class_key(name: str) -> str:
    """The form in which class names are compared: lower case, without spaces, underscores and hyphens."""
    return "".join(character for character in name.casefold() if character not in " _-")
