"""Several splits of one set as one: every labelled photograph to measure on, where none was trained on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from synthvis.data.sample import Sample
from synthvis.data.split import Split, class_key
from synthvis.errors import RealDataError

__all__ = ["joined", "joined_classes", "renumbered"]


def joined(splits: Sequence[Split]) -> Split:
    """The images of all splits, those of the first before those of the second, numbered from 1.

    Its name of a split is theirs with "+" between them, such as "train+val". Classes are joined by name, and keep the
    category ids of the first split that has them, where they are free.

    Raises:
        RealDataError: A split holds films, or pixels or keypoints of other classes than the first.
    """
    first, whole = splits[0], "+".join(one.split for one in splits)
    for one in splits:
        if one.films:
            hint = f"name one of them: {one.name}:{one.split}"
            raise RealDataError(f"{one.name}:{whole} would join films, which are measured one by one", hint=hint)
        if one.class_names != first.class_names and first.label_form not in ("objects", "images"):
            raise RealDataError(f"{one.name}:{whole}: the splits have other classes", hint="name one of them")
    names, ids, left_out = first.class_names, dict(first.category_ids), first.left_out
    for other in splits[1:]:
        names, ids = joined_classes(names, ids, other)
        left_out = left_out + other.left_out
    name_of = {class_key(name): name for name in names}
    images = [image for split in splits for image in split.images]
    return replace(
        first,
        split=whole,
        images=tuple(renumbered(image, number, name_of) for number, image in enumerate(images, start=1)),
        class_names=names,
        category_ids=ids,
        keypoints={name: points for one in reversed(splits) for name, points in one.keypoints.items()},
        left_out=left_out,
        source=None,
    )


def joined_classes(
    names: Sequence[str], ids: Mapping[str, int], other: Split
) -> tuple[tuple[str, ...], dict[str, int]]:
    """Class names and category ids, followed by those of the classes that only `other` has."""
    both = dict(ids)
    known = {class_key(name) for name in names}
    added = [name for name in other.class_names if class_key(name) not in known]
    for name in added:
        wanted = other.category_ids.get(name)
        if wanted is not None:
            both[name] = wanted if wanted not in both.values() else max(both.values()) + 1
    return (*names, *added), both


def renumbered(image: Sample, number: int, name_of: Mapping[str, str]) -> Sample:
    """The image with another id, and its classes called by the names of `name_of`, which has them by `class_key`."""

    def named(name: str) -> str:
        return name_of.get(class_key(name), name)

    objects = tuple(replace(one, class_name=named(one.class_name)) for one in image.objects)
    return replace(image, id=number, objects=objects, class_name=image.class_name and named(image.class_name))
