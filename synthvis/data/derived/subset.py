"""Parts of a split: some of its classes, some of its images."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, TypeVar

from synthvis.data.split import Split, class_key
from synthvis.errors import RealDataError, UsageError
from synthvis.seeds import rng_for

__all__ = ["of_known_classes", "shared_classes", "some_images"]

Labelled = TypeVar("Labelled", bound=Split)


class _Named(Protocol):
    @property
    def name(self) -> str: ...

    @property
    def class_names(self) -> tuple[str, ...]: ...


def of_known_classes(split: Labelled, classes: Sequence[str]) -> Labelled:
    """The split with those of the classes that it has, as networks match them; no classes: as it is."""
    if not classes:
        return split
    wanted = {class_key(name) for name in classes}
    return split.of_classes([name for name in split.class_names if class_key(name) in wanted])


def some_images(split: Labelled, count: int, seed: int) -> Labelled:
    """`count` images by chance, in the split's order; a smaller count takes some of the same.

    Raises:
        UsageError: The split has fewer, or `count` is not positive.
    """
    if not 1 <= count <= len(split.images):
        raise UsageError(f"{count} images of {split.name}:{split.split}: it has {len(split.images)}")
    chosen = sorted(rng_for(seed, 1, "subset").permutation(len(split.images))[:count].tolist())
    return split.at(chosen)


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
