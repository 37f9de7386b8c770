"""The samples of a split, held or left on disk, and changes of them that leave them there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import overload

from synthvis.data.sample import Sample

__all__ = ["SamplesOnDisk", "each_changed", "picked", "sample_ids"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SamplesOnDisk(Sequence[Sample]):
    """Samples that are read at each access and not kept, so that a set of any size takes little memory.

    Attributes:
        ids: `Sample.id` of each.
        read: Gives the sample at a position, from 0 on.
    """

    ids: Sequence[int]
    read: Callable[[int], Sample]

    def __len__(self) -> int:
        return len(self.ids)

    @overload
    def __getitem__(self, index: int) -> Sample: ...

    @overload
    def __getitem__(self, index: slice) -> tuple[Sample, ...]: ...

    def __getitem__(self, index: int | slice) -> Sample | tuple[Sample, ...]:
        chosen = range(len(self))[index]
        return self.read(chosen) if isinstance(chosen, int) else tuple(map(self.read, chosen))


def sample_ids(images: Sequence[Sample]) -> Sequence[int]:
    """`Sample.id` of each; no sample on disk is read."""
    return images.ids if isinstance(images, SamplesOnDisk) else [one.id for one in images]


def each_changed(images: Sequence[Sample], change: Callable[[Sample], Sample]) -> Sequence[Sample]:
    """The samples with a change: at once where they are held, else at each access."""
    if not isinstance(images, SamplesOnDisk):
        return tuple(map(change, images))
    return SamplesOnDisk(ids=images.ids, read=lambda position: change(images.read(position)))


def picked(images: Sequence[Sample], positions: Sequence[int]) -> Sequence[Sample]:
    """The samples at these positions, in this order."""
    if not isinstance(images, SamplesOnDisk):
        return tuple(images[position] for position in positions)
    ids = [images.ids[position] for position in positions]
    return SamplesOnDisk(ids=ids, read=lambda position: images.read(positions[position]))
