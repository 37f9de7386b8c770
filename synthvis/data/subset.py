"""Parts of a split: some of its classes, some of its images."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any, Protocol, TypeVar

from synthvis.config.validate import nearest
from synthvis.data.coco_split import CocoSplit, class_key
from synthvis.data.image_folder import FolderSplit
from synthvis.data.keypoint_split import KeypointSplit
from synthvis.data.semantic_split import SemanticSplit
from synthvis.errors import RealDataError, UsageError
from synthvis.seeds import rng_for

__all__ = ["of_classes", "of_known_classes", "shared_classes", "some_images"]

Labelled = TypeVar("Labelled", CocoSplit, FolderSplit, KeypointSplit, SemanticSplit)


class _Named(Protocol):
    @property
    def name(self) -> str: ...

    @property
    def class_names(self) -> tuple[str, ...]: ...


def of_classes(split: Labelled, names: Iterable[str]) -> Labelled:
    """The same images with the objects of those classes only, the others as background; of class folders those alone.

    Raises:
        UsageError: The split has no class of such a name.
    """
    if isinstance(split, (SemanticSplit, KeypointSplit)):
        return split.of_classes(names)
    own = {class_key(name): name for name in split.class_names}
    wanted = set()
    for name in names:
        if class_key(name) not in own:
            raise UsageError(f"{split.name} has no class {name!r}{nearest(name, split.class_names)}")
        wanted.add(own[class_key(name)])
    if isinstance(split, FolderSplit):
        return split.of_classes(wanted)
    images = tuple(
        replace(image, boxes=tuple(box for box in image.boxes if box.class_name in wanted)) for image in split.images
    )
    kept = tuple(name for name in split.class_names if name in wanted)
    return replace(
        split, images=images, class_names=kept, category_ids={name: split.category_ids[name] for name in kept}
    )


def of_known_classes(split: Any, classes: Sequence[str]) -> Any:
    """The split with those of the classes that it has, as networks match them; no classes: as it is."""
    if not classes:
        return split
    wanted = {class_key(name) for name in classes}
    return of_classes(split, [name for name in split.class_names if class_key(name) in wanted])


def some_images(split: Labelled, count: int, seed: int) -> Labelled:
    """`count` images by chance, in the split's order; a smaller count takes some of the same.

    Raises:
        UsageError: The split has fewer, or `count` is not positive.
    """
    if not 1 <= count <= len(split.images):
        raise UsageError(f"{count} images of {split.name}:{split.split}: it has {len(split.images)}")
    chosen = sorted(rng_for(seed, 1, "subset").permutation(len(split.images))[:count].tolist())
    return replace(split, images=tuple(split.images[index] for index in chosen))


def shared_classes(split: _Named, classes: Sequence[str]) -> list[str]:
    """The split's names of the classes that the network knows.

    Raises:
        RealDataError: There is none.
    """
    known = {class_key(name) for name in classes}
    shared = [name for name in split.class_names if class_key(name) in known]
    if not shared:
        raise RealDataError(
            f"{split.name} and the network share no class: it has {', '.join(split.class_names[:6])}; "
            f"the network knows {', '.join(classes[:6])}",
            hint="classes are matched by name; choose another set",
        )
    return shared
